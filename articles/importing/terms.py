"""Authors, categories and tags of an export → our authors, sections and tags."""

from collections.abc import Callable, Iterable

from articles.importing import slugs
from articles.importing.clean import plain
from articles.importing.records import Item
from articles.importing.report import Report
from articles.importing.settling import UNCATEGORISED, Settling, Wanted
from articles.importing.writable import unquoted
from articles.models import Author, Section, Tag

TAGS = {"post_tag", "tag"}
PRIMARY = ("_yoast_wpseo_primary_category", "rank_math_primary_category", "_primary_category")
SECTION_LENGTH, TAG_LENGTH = 80, 100


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
        Settling(Author, "author", source, report).settle(self.authors, write=write)
        Settling(Section, "section", source, report).settle(self.sections, write=write)
        Settling(Tag, "tag", source, report).settle(self.tags, write=write)

    def path(self, key: str) -> str:
        """A category's path as WordPress writes it: its parents' slugs before its own."""
        parts: list[str] = []
        while key in self.sections and len(parts) < 10:
            parts.insert(0, self.sections[key].addresses[0])
            key = self.sections[key].parent
        return "/".join(parts)


def _note(kind: dict[str, Wanted], slug: str, name: str, number: str, length: int) -> str:
    key = slugs.sound(slug or name, length) or (f"term-{number}" if number else "")
    name = plain(name) or unquoted(slug)
    if key and name and key not in kind:
        kind[key] = Wanted(key, name[:length].strip(), key, number=number, addresses=[unquoted(slug).strip("/") or key])
    return key if key in kind else ""


def _describe(kind: dict[str, Wanted], key: str, description: str) -> None:
    if key and description and not kind[key].description:
        kind[key].description = plain(description)


def addresses_of(terms: Terms, base: str) -> Iterable[tuple[str, Wanted, list[str]]]:
    """(kind, term, the paths that WordPress's own settings give it)."""
    for each in terms.authors.values():
        yield "author", each, [f"{base}/author/{part}/" for part in each.addresses]
    for each in terms.sections.values():
        paths = {f"{base}/category/{terms.path(each.key)}/", f"{base}/category/{each.addresses[0]}/"}
        yield "section", each, [*sorted(paths), *([f"{base}/?cat={each.number}"] if each.number else [])]
    for each in terms.tags.values():
        yield "tag", each, [f"{base}/tag/{each.addresses[0]}/", f"{base}/?tag={each.addresses[0]}"]
