"""WordPress's export format (WXR 1.0–1.2) → a stream of records, whatever the file's size.

The parser is expat on repaired text (`repairing.py`): it never sees a document type, so it expands and fetches nothing.
Elements are known by their namespace's address, or by the usual prefix where a file forgot to declare it.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from articles.importing.decoding import Notes, Refused, text_of
from articles.importing.records import Author, Item, Record, Site, Term, made
from articles.importing.repairing import repaired

FIELD_LIMIT = 16_000_000  # characters in one field: more is no article
DEPTH_LIMIT = 100
NAMESPACE = re.compile(
    r"https?://(?:www\.)?(?:(?P<excerpt>wordpress\.org/export/[\d.]+/excerpt/?)|(?P<wp>wordpress\.org/export/[\d.]+/?)"
    r"|(?P<content>purl\.org/rss/1\.0/modules/content/?)|(?P<dc>purl\.org/dc/elements/1\.1/?))"
)
USUAL = {"wp": "wp", "excerpt": "excerpt", "content": "content", "dc": "dc"}
RECORDS = {"item", "wp:author", "wp:category", "wp:tag", "wp:term"}


class Export:
    """One export file. `records()` may be read again and again; `site` fills as it is read, mostly before the first item."""

    def __init__(self, path: Path, encoding: str = "") -> None:
        self.path, self.encoding = path, encoding
        self.site, self.notes, self.characters = Site(), Notes(), 0

    def records(self) -> Iterator[Author | Term | Item]:
        """Every author, term and item, in the file's order. Raises Refused, at the place where reading fails."""
        self.notes, self.characters = Notes(), 0
        reader = _Reader(self.notes)
        self.site = reader.site
        for text in repaired(text_of(self.path, self.notes, self.encoding), self.notes):
            self.characters += len(text)
            reader.feed(text)
            yield from reader.taken()
        reader.close()
        yield from reader.taken()


class _Reader:
    def __init__(self, notes: Notes) -> None:
        self.notes, self.site, self.ready = notes, Site(), list[Record]()
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text, self.parser.buffer_size = True, 1 << 16
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.open: list[tuple[str, int, dict[str, str] | None]] = []  # (name, line, prefixes outside if it declares some)
        self.prefixes, self.names = dict(USUAL), dict[str, str]()
        self.record: Record | None = None
        self.field, self.field_depth, self.text, self.size = "", 0, list[str](), 0
        self.attributes: dict[str, str] = {}
        self.items = self.fed = self.channel_line = self.version_line = 0
        self.finished = self.has_posts = False

    # Feeding

    def feed(self, text: str) -> None:
        if self.finished:
            return self.after_the_end(text)
        data = text.encode()
        try:
            self.parser.Parse(data, False)
        except expat.ExpatError as error:
            if not self.finished:
                raise self.refusal(error) from None
            self.after_the_end(data[max(0, self.parser.ErrorByteIndex - self.fed) :].decode(errors="replace"))
        self.fed += len(data)
        return None

    def after_the_end(self, text: str) -> None:
        line = self.parser.ErrorLineNumber
        if "<rss" in text:
            raise Refused("a second document begins after the end of the first. Split the file in two.", line)
        if text.strip():
            self.notes.add("text after the document", line)

    def close(self) -> None:
        if not self.finished:
            try:
                self.parser.Parse(b"", True)
            except expat.ExpatError as error:
                raise self.refusal(error) from None
        self.check_version()

    def taken(self) -> Iterator[Author | Term | Item]:
        ready, self.ready = self.ready, []
        for record in ready:
            yield made(record)

    def refusal(self, error: expat.ExpatError) -> Refused:
        if not self.open and error.code in {2, 3}:  # a syntax error before any element, or no element at all
            return Refused("there is no XML document in this file.", error.lineno)
        within = f"<{self.open[-1][0]}> (begun on line {self.open[-1][1]})" if self.open else "the document"
        if error.code in {3, 5, 6, 20}:  # no element, unclosed token, partial character, unclosed CDATA section
            return Refused(f"the file ends inside {within}: it has been cut off.", error.lineno)
        if error.code == 7:
            return Refused(f"the closing tag here does not match {within}.", error.lineno)
        return Refused(f"this is not well-formed XML, inside {within}: {expat.ErrorString(error.code)}.", error.lineno)

    def check_version(self) -> None:
        """WordPress's own importer refuses a missing or malformed version; so do we, unless posts tell what the file is."""
        version = self.site.version
        if not self.channel_line:
            raise Refused("there is no <channel> in this file: it is not a WordPress export.", 1)
        if not version and self.has_posts:
            self.notes.add("no version of the export format: read as 1.2", self.channel_line)
        elif not version:
            raise Refused("this does not look like a WordPress export: <wp:wxr_version> is missing.", self.channel_line)
        elif not re.fullmatch(r"\d+\.\d+", version):
            raise Refused(
                f"“{version[:40]}” is no version of WordPress’s export format (<wp:wxr_version> should be 1.0, 1.1 or 1.2).",
                self.version_line,
            )
        elif version not in {"1.0", "1.1", "1.2"}:
            self.notes.add(f"version {version} of the export format is unknown here: read as 1.2", self.version_line)

    # What expat calls

    def start(self, name: str, attributes: dict[str, str]) -> None:
        line, depth = self.parser.CurrentLineNumber, len(self.open) + 1
        if depth > DEPTH_LIMIT:
            raise Refused(f"elements stand more than {DEPTH_LIMIT} deep in one another.", line)
        self.open.append((name, line, self.declare(attributes, root=depth == 1) if attributes else None))
        if self.field:  # markup where text is due: kept as it is written
            self.characters("<" + name + "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items()) + ">")
        elif depth == 1 and name != "rss":
            raise Refused(f"this is not a WordPress export: its first element is <{name[:40]}>, not <rss>.", line)
        elif depth == 2 and name == "channel":
            self.channel_line = self.channel_line or line
        elif depth == 3 and self.open[1][0] == "channel":
            self.start_in_channel(self.known(name), line)
        elif depth > 3 and self.record:
            self.start_in_record(self.known(name), attributes, depth)

    def start_in_channel(self, name: str, line: int) -> None:
        if name in RECORDS:
            self.items += name == "item"
            self.record = Record(name, line, self.items)
        else:
            self.field, self.field_depth = name, 3
            if name == "wp:wxr_version":
                self.version_line = line

    def start_in_record(self, name: str, attributes: dict[str, str], depth: int) -> None:
        if depth == 4 and name == "wp:comment":
            self.record.comments += 1  # type: ignore[union-attr]
        elif depth == 4 and name not in {"wp:postmeta", "wp:termmeta"}:
            self.field, self.field_depth, self.attributes = name, 4, attributes
        elif depth == 5 and name in {"wp:meta_key", "wp:meta_value"} and self.known(self.open[3][0]) == "wp:postmeta":
            self.field, self.field_depth = name, 5

    def end(self, name: str) -> None:
        depth = len(self.open)
        if self.field and depth == self.field_depth:
            self.keep(self.field, "".join(self.text))
            self.field, self.text, self.size = "", [], 0
        elif self.field:
            self.characters(f"</{name}>")
        elif depth == 3 and self.record:
            self.has_posts |= bool(self.record.fields.get("wp:post_type"))
            self.ready.append(self.record)
            self.record = None
        if (outside := self.open.pop()[2]) is not None:
            self.prefixes, self.names = outside, {}
        self.finished = depth == 1

    def characters(self, text: str) -> None:
        if self.field:
            self.size += len(text)
            if self.size <= FIELD_LIMIT:
                self.text.append(text)

    def keep(self, name: str, text: str) -> None:
        """A field was read to its end. The first of a name counts, as for WordPress's own importer."""
        record = self.record
        if record is None:
            self.keep_site(name, text.strip())
        elif self.size > FIELD_LIMIT:
            record.oversized.append(name)
        elif name == "wp:meta_key":
            record.key = text.strip()
        elif name == "wp:meta_value":
            record.meta.append((record.key, text))
            record.key = ""
        elif name == "category":
            record.terms.append((self.attributes.get("domain", ""), self.attributes.get("nicename", ""), text.strip()))
        else:
            record.fields.setdefault(name, text)

    def keep_site(self, name: str, text: str) -> None:
        column = {"pubDate": "exported", "wp:wxr_version": "version"}.get(name, name.removeprefix("wp:"))
        if column in Site.__slots__ and not getattr(self.site, column):
            setattr(self.site, column, text)

    # Names

    def declare(self, attributes: dict[str, str], *, root: bool) -> dict[str, str] | None:
        declared = {key[6:]: value for key, value in attributes.items() if key == "xmlns" or key.startswith("xmlns:")}
        if not declared:
            return None
        outside, self.prefixes, self.names = self.prefixes, dict(self.prefixes), {}
        for prefix, address in declared.items():
            self.prefixes[prefix] = self.family(prefix, address.strip(), root=root)
        return outside

    def family(self, prefix: str, address: str, *, root: bool) -> str:
        """At the top, an unknown address behind a usual prefix is a slip; further down it says: not WordPress's."""
        if found := NAMESPACE.fullmatch(address):
            return found.lastgroup or ""
        if not prefix and (root or not address):
            return ""
        if root and prefix in USUAL:
            return USUAL[prefix]
        if prefix in USUAL:
            self.notes.add(
                f"“{prefix}:” declared as something else than WordPress’s, and left out", self.parser.CurrentLineNumber
            )
        return "?"

    def known(self, name: str) -> str:
        """“wp:status” for an element of WordPress's, whatever prefix the file gives it; “?:…” for a stranger's."""
        if name not in self.names:
            prefix, colon, local = name.rpartition(":")
            family = self.prefixes.get(prefix, "" if not colon else "?")
            self.names[name] = f"{family}:{local}" if family else local
        return self.names[name]
