"""Authors, categories and tags of an export → our authors, sections and tags."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from django.db import models

from articles.importing import slugs
from articles.importing.clean import plain
from articles.importing.records import Item
from articles.importing.report import Report
from articles.models import Author, FormerAddress, ImportedObject, Section, Tag

UNCATEGORISED = "uncategorized"
TAGS = {"post_tag", "tag"}
PRIMARY = ("_yoast_wpseo_primary_category", "rank_math_primary_category", "_primary_category")
SECTION_LENGTH, TAG_LENGTH = 80, 100
NAVIGATION = 8  # sections that a navigation can show


@dataclass
class Wanted:
    key: str
    name: str
    slug: str
    description: str = ""
    parent: str = ""
    number: str = ""  # WordPress's own
    addresses: list[str] = field(default_factory=list)  # the last parts of its former addresses
    pk: int = 0
    new: bool = False


class Terms:
    def __init__(self) -> None:
        self.authors: dict[str, Wanted] = {}
        self.sections: dict[str, Wanted] = {}
        self.tags: dict[str, Wanted] = {}
        self.by_number: dict[str, str] = {}  # a category's number → its key
        self.keys: dict[tuple[str, str, str], str] = {}  # (domain, slug, name) as an item gives them → key

    # Collecting

    def author(self, login: str, name: str = "") -> str:
        """Note an author under the sign-in name (or the slug that Co-Authors Plus gives); returns the key."""
        key = (slugs.sound(login, 160) or login.strip()).lower()[:250]
        name = plain(name)
        if not key:
            return ""
        known = self.authors.get(key)
        if known is None:
            shown = name or login.strip()
            shown = shown.split("@")[0] if "@" in shown else shown
            slug = slugs.sound(shown, 150) or slugs.sound(key, 150) or "author"
            self.authors[key] = Wanted(key, shown[:160], slug, addresses=[key])
        elif name and known.name == login.strip():
            known.name = name[:160]
        return key

    def category(self, slug: str, name: str, *, description: str = "", parent: str = "", number: str = "") -> str:
        key = _note(self.sections, slug, name, number, SECTION_LENGTH)
        if key and number:
            self.by_number.setdefault(number, key)
        if key and not self.sections[key].parent:
            self.sections[key].parent = slugs.sound(parent, SECTION_LENGTH)
        _describe(self.sections, key, description)
        return key

    def tag(self, slug: str, name: str, *, description: str = "", number: str = "") -> str:
        key = _note(self.tags, slug, name, number, TAG_LENGTH)
        _describe(self.tags, key, description)
        return key

    # Items

    def place(self, item: Item) -> tuple[str, list[str]]:
        """(the section's key, the tags' keys). An article has one section; its further categories become tags.

        A page has none unless the file gives it one, and then its section is "".
        """
        categories = [(self.key("category", slug, name), slug, name) for domain, slug, name in item.terms if domain == "category"]
        categories = [each for each in categories if each[0]]
        if not categories and item.type != "page":
            categories = [(self.category(UNCATEGORISED, "Uncategorized"), "", "")]
        given = [key for key, _, _ in categories]
        primary = [self.by_number.get(number.strip(), "") for name in PRIMARY for number in item.meta.get(name, [])]
        chosen = next((key for key in primary if key in given), "")
        chosen = chosen or next((key for key in given if key != UNCATEGORISED), given[0] if given else "")
        tags = [self.key("post_tag", slug, name) for domain, slug, name in item.terms if domain in TAGS]
        further = [self.key("post_tag", slug, name) for key, slug, name in categories if key not in {chosen, UNCATEGORISED}]
        return chosen, [key for key in dict.fromkeys([*tags, *further]) if key]

    def sign(self, item: Item) -> list[str]:
        """The authors' keys: those that Co-Authors Plus names, in its order, else the one who wrote it."""
        named = [self.key("author", slug.removeprefix("cap-"), name) for domain, slug, name in item.terms if domain == "author"]
        named = [key for key in dict.fromkeys(named) if key]
        return named or [key for key in [self.key("author", item.creator, "")] if key]

    def key(self, domain: str, slug: str, name: str) -> str:
        asked = (domain, slug, name)
        if asked not in self.keys:
            make: dict[str, Callable[[str, str], str]]
            make = {"category": self.category, "post_tag": self.tag, "author": self.author}
            self.keys[asked] = make[domain](slug, name)
        return self.keys[asked]

    # Settling

    def settle(self, source: str, report: Report, *, write: bool) -> None:
        """Find those that are here already; make the rest (unless `write` is false)."""
        _settle(self.authors, Author, "author", source, report, write=write, one_name=False)
        _settle(self.sections, Section, "section", source, report, write=write, one_name=True, parents=True)
        _settle(self.tags, Tag, "tag", source, report, write=write, one_name=True)

    def path(self, key: str) -> str:
        """A category's path as WordPress writes it: its parents' slugs before its own."""
        parts: list[str] = []
        while key in self.sections and len(parts) < 10:
            parts.insert(0, self.sections[key].addresses[0])
            key = self.sections[key].parent
        return "/".join(parts)


def _note(kind: dict[str, Wanted], slug: str, name: str, number: str, length: int) -> str:
    key = slugs.sound(slug or name, length) or (f"term-{number}" if number else "")
    name = plain(name) or unquote(slug)
    if key and name and key not in kind:
        kind[key] = Wanted(key, name[:length].strip(), key, number=number, addresses=[unquote(slug).strip("/") or key])
    return key if key in kind else ""


def _describe(kind: dict[str, Wanted], key: str, description: str) -> None:
    if key and description and not kind[key].description:
        kind[key].description = plain(description)


def _settle(
    wanted: dict[str, Wanted], model: type[models.Model], kind: str, source: str, report: Report,
    *, write: bool, one_name: bool, parents: bool = False,
) -> None:  # fmt: skip
    length = limit(model, "name")
    rows = model._default_manager.values_list("pk", "name", "slug")
    slug_of = {pk: slug for pk, _, slug in rows}
    by_name = {name.casefold(): pk for pk, name, _ in rows}
    by_slug = {slug: pk for pk, slug in slug_of.items()}
    remembered = dict(ImportedObject.objects.filter(source=source, kind=kind).values_list("key", "object_id"))
    fresh: dict[str, Wanted] = {}  # by the name that each new one takes
    merged: list[tuple[Wanted, Wanted]] = []
    for each in wanted.values():
        pk = remembered.get(each.key, 0)
        if pk and pk not in slug_of:
            pk = _merged_into(kind, each.slug)
        pk = pk or by_name.get(each.name.casefold(), 0) or (by_slug.get(each.slug, 0) if one_name else 0)
        if pk:
            each.pk, each.slug = pk, slug_of.get(pk, each.slug)
            continue
        if one_name and each.name.casefold() in fresh and parents:
            above = wanted.get(each.parent)
            ending = f" ({above.name if above else each.slug})"
            each.name = slugs.unique(each.name[: length - len(ending)] + ending, length, lambda name: name.casefold() in fresh)
        elif one_name and each.name.casefold() in fresh:
            merged.append((each, fresh[each.name.casefold()]))
            report.lost(f"{kind}s of one name, now one", f"{each.name}: {each.key}")
            continue
        each.new = True
        each.slug = slugs.unique(each.slug, limit(model, "slug"), by_slug.__contains__)
        by_slug[each.slug] = -1
        fresh[each.name.casefold() if one_name else each.key] = each
    report.counts[f"{kind}s"] += len(fresh)
    if write:
        _make(list(fresh.values()), model)
    for each, other in merged:
        each.pk, each.slug = other.pk, other.slug
    if write:
        ImportedObject.objects.bulk_create(
            [
                ImportedObject(source=source, kind=kind, key=each.key, object_id=each.pk)
                for each in wanted.values()
                if remembered.get(each.key) != each.pk
            ],
            update_conflicts=True, unique_fields=["source", "kind", "key"], update_fields=["object_id"], batch_size=1000,
        )  # fmt: skip


def limit(model: type[models.Model], name: str) -> int:
    return getattr(model._meta.get_field(name), "max_length", None) or 80


def _merged_into(kind: str, slug: str) -> int:
    """Where an editor has merged a tag into another since: the other one."""
    found = FormerAddress.objects.filter(path=f"/{kind}s/{slug}/").first()
    return (getattr(found, f"{kind}_id", None) or 0) if found else 0


def _make(fresh: list[Wanted], model: type[models.Model]) -> None:
    columns = {field.name for field in model._meta.concrete_fields}
    rows = []
    shown = Section.objects.filter(in_navigation=True).count() if model is Section else 0
    for each in fresh:
        values: dict[str, object] = {"name": each.name, "slug": each.slug}
        if "description" in columns:
            values["description"] = each.description
        if model is Section:
            values["in_navigation"] = not each.parent and each.key != UNCATEGORISED and shown < NAVIGATION
            shown += bool(values["in_navigation"])
        rows.append(model(**values))
    made = model._default_manager.bulk_create(rows, batch_size=1000)
    for each, row in zip(fresh, made, strict=True):
        each.pk = row.pk


def addresses_of(terms: Terms, base: str) -> Iterable[tuple[str, Wanted, list[str]]]:
    """(kind, term, the paths that WordPress's own settings give it)."""
    for each in terms.authors.values():
        yield "author", each, [f"{base}/author/{part}/" for part in each.addresses]
    for each in terms.sections.values():
        paths = {f"{base}/category/{terms.path(each.key)}/", f"{base}/category/{each.addresses[0]}/"}
        yield "section", each, [*sorted(paths), *([f"{base}/?cat={each.number}"] if each.number else [])]
    for each in terms.tags.values():
        yield "tag", each, [f"{base}/tag/{each.addresses[0]}/", f"{base}/?tag={each.addresses[0]}"]
