"""The sentences that templates and code mark for translation, as Babel and Django read them: no program from outside."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

KEYWORDS = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop", "lazy"], None),
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
WHERE = ("articles", "campaigns", "digest", "newsroom", "templates")


def files() -> list[Path]:
    root = settings.BASE_DIR
    return sorted(
        path
        for folder in WHERE
        for path in (root / folder).rglob("*")
        if path.suffix in {".py", ".html", ".txt"} and "admin" not in path.relative_to(root).parts and path.is_file()
    )


def marked() -> Catalog:
    """Every marked sentence with the files it stands in, in the order of the files."""
    catalog = Catalog(charset="utf-8")
    for path in files():
        for line, message, context in _of(path):
            place = str(path.relative_to(settings.BASE_DIR))
            catalog.add(message, locations=[(place, line)], context=context)
    return catalog


def catalogs() -> list[Path]:
    return sorted(path for folder in settings.LOCALE_PATHS for path in Path(folder).glob("*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def compiled(catalog: Catalog) -> bytes:
    """As the .mo beside it is to be: the same bytes whenever it is made."""
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def untranslated(catalog: Catalog) -> list[Message]:
    return [one for one in catalog if one.id and not all([one.string] if isinstance(one.string, str) else one.string or [""])]


def renew(path: Path) -> int:
    """Take what is marked now into the file, and compile it. Returns how many sentences have no translation."""
    catalog = read(path)
    catalog.update(marked(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    with path.open("wb") as file:
        write_po(file, catalog, width=130, omit_header=False, include_lineno=False)
    path.with_suffix(".mo").write_bytes(compiled(catalog))
    return len(untranslated(catalog))


def _as_python(calls: str) -> str:
    """Django leaves what is no call as words and blanks: each line by itself is Python."""
    return "\n".join(line.strip() for line in calls.split("\n"))


def _of(path: Path) -> Iterator[tuple[int, str | tuple[str, str], str | None]]:
    text = path.read_text()
    source = text if path.suffix == ".py" else _as_python(templatize(text, origin=str(path)))
    for line, function, messages, _comments in extract_python(BytesIO(source.encode()), KEYWORDS, [], {"encoding": "utf-8"}):
        parts = [messages] if isinstance(messages, str) else list(messages or ())
        told = [part for part in parts if isinstance(part, str)]
        if not told:
            continue
        if function in {"pgettext", "npgettext"}:
            yield line, told[1] if len(told) == 2 else (told[1], told[2]), told[0]
        elif function == "ngettext":
            yield line, (told[0], told[1]), None
        else:
            yield line, told[0], None
