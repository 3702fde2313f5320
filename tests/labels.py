"""The sentences that templates and code mark for translation, as Babel and Django read them: no program from outside."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
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


def _of(path: Path) -> Iterator[tuple[int, str | tuple[str, str], str | None]]:
    text = path.read_text()
    source = text if path.suffix == ".py" else templatize(text, origin=str(path))
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
