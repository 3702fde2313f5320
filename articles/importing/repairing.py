"""Mends what real exports get wrong, before the XML parser sees it. Line ends stay, so line numbers hold.

Mended: a bare `&`, HTML's named characters (`&nbsp;`), numbers of characters that XML forbids, a `<` that opens no
tag, `]]>` outside or inside a CDATA section (old versions of WordPress did not split it), what a misbehaving plug-in
printed before the document. Comments and processing instructions are left out. A document type declaration is refused:
WordPress writes none, and it is where entity bombs and external entities come from. No entity but XML's five passes.
"""

import re
from collections.abc import Iterator
from html.entities import html5
from xml.sax.saxutils import escape

from articles.importing.decoding import Notes, Refused

TROUBLE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)|<(?![A-Za-z_/])|\]\]>")
REFERENCE = re.compile(r"&(?:#(\d{1,9})|#[xX]([0-9a-fA-F]{1,8})|([A-Za-z][A-Za-z0-9]{1,40}));")
START = re.compile(r"<\?xml\s|<rss[\s>]")
OPENED = re.compile(r"<([^\s<>/]+)[^<>]*>\s*")
SURE_END = re.compile(r"\s*(?:</([^\s<>/]+)|<!\[CDATA\[)")
MIXED = re.compile(r"(?:[^<\]]++|\](?!\]>)|<!\[CDATA\[(?:[^\]]++|\](?!\]>))*+\]\]>)*+")
AHEAD = 1000  # characters that must be in sight to judge one: longer than any reference, opening or tag name
PIECE = 1 << 16
FAR = 8_000_000  # how far a field's closing tag is looked for when the end of a CDATA section is in doubt


def repaired(chunks: Iterator[str], notes: Notes) -> Iterator[str]:
    """The same text, mended, in pieces large enough to be worth the parser's while."""
    pieces, size = list[str](), 0
    for piece in Repairer(chunks, notes).run():
        pieces.append(piece)
        size += len(piece)
        if size > PIECE:
            yield "".join(pieces)
            pieces, size = [], 0
    yield "".join(pieces)


class Repairer:
    def __init__(self, chunks: Iterator[str], notes: Notes) -> None:
        self.chunks, self.notes = chunks, notes
        self.text, self.at, self.line, self.ended = "", 0, 1, False
        self.field = ""  # the name of the element that the last CDATA section stands in
        self.field_end = -1  # where that element was last seen to close, from the start of the file
        self.gone = 0  # characters dropped from the front of `text`

    def run(self) -> Iterator[str]:
        while not self.ended and not START.search(self.text) and len(self.text) < 65536:
            self.more()
        yield self.junk_before()
        while True:
            yield from self.plain()
            if self.at >= len(self.text):
                return
            yield from self.cdata()

    def more(self) -> bool:
        """Read on; what was dealt with is dropped, but for a little that tells the way back to the last tag."""
        chunk = next(self.chunks, None)
        if chunk is None:
            self.ended = True
            return False
        cut = max(0, self.at - AHEAD)
        self.text, self.at, self.gone = self.text[cut:] + chunk, self.at - cut, self.gone + cut
        return True

    def take(self, end: int) -> str:
        """The text up to `end`, as it is."""
        piece = self.text[self.at : end]
        self.at = end
        self.line += piece.count("\n")
        return piece

    def drop(self, end: int) -> str:
        """The line ends up to `end`."""
        return "\n" * self.take(end).count("\n")

    def skip_to(self, mark: str) -> str | None:
        """Go to where `mark` next stands and give the line ends passed; None if it never comes."""
        lines = ""
        while (found := self.text.find(mark, self.at)) < 0:
            lines += self.drop(max(self.at, len(self.text) - len(mark)))
            if not self.more():
                return None
        return lines + self.drop(found)

    def junk_before(self) -> str:
        start = START.search(self.text)
        before = self.text[: start.start()] if start else ""
        if not start or not before.strip() or before.lstrip().startswith("<!"):
            return ""
        self.notes.add("text before the document", 1, len(before.strip()))
        return self.drop(start.start())

    def plain(self) -> Iterator[str]:
        """Everything up to the inside of the next CDATA section, or to the end."""
        while True:
            limit = len(self.text) if self.ended else len(self.text) - AHEAD
            trouble = TROUBLE.search(self.text, self.at)
            if trouble is None or trouble.start() >= limit:
                if limit > self.at:
                    yield self.take(limit)
                if self.ended:
                    return
                self.more()
                continue
            yield self.take(trouble.start())
            if self.text.startswith("<![CDATA[", self.at):
                self.enter()
                yield self.take(self.at + 9)
                return
            yield self.mended()

    def mended(self) -> str:
        text, at = self.text, self.at
        if text[at] == "&":
            return self.reference()
        if text[at] == "]":
            self.notes.add("“]]>” outside a CDATA section", self.line)
            self.take(at + 3)
            return "]]&gt;"
        if text.startswith("<!--", at):
            return self.without(4, "-->")
        if text.startswith("<?", at):
            return self.without(2, "?>")
        if re.match(r"<![A-Za-z]", text[at : at + 3]):
            self.refuse_declaration()
        self.notes.add("bare “<”", self.line)
        self.take(at + 1)
        return "&lt;"

    def without(self, opening: int, closing: str) -> str:
        begun = self.line
        lines = self.drop(self.at + opening)
        passed = self.skip_to(closing)
        if passed is None:
            raise Refused(f"a comment or instruction begins here and never ends (“{closing}” is missing).", begun)
        return lines + passed + self.drop(self.at + len(closing))

    def refuse_declaration(self) -> None:
        if self.text[self.at : self.at + 14].lower() == "<!doctype html":
            raise Refused("this is a web page, not a WordPress export.", self.line)
        raise Refused(
            "the file declares a document type or entities of its own, which WordPress never does. For safety it is not read.",
            self.line,
        )

    def reference(self) -> str:
        found = REFERENCE.match(self.text, self.at)
        if not found or (found[3] and found[3] + ";" not in html5):
            self.notes.add("bare “&”", self.line)
            self.take(self.at + 1)
            return "&amp;"
        self.take(found.end())
        if found[3]:
            self.notes.add("HTML’s names of characters", self.line)
            return escape(html5[found[3] + ";"], {'"': "&quot;"})
        code = int(found[1]) if found[1] else int(found[2], 16)
        if code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000:
            return found[0]
        self.notes.add("numbers of characters that do not exist", self.line)
        return "" if code < 32 else "\ufffd"

    def enter(self) -> None:
        """Note the name of the element in which a CDATA section begins."""
        if opened := OPENED.fullmatch(self.text, max(0, self.text.rfind("<", 0, self.at)), self.at):
            if opened[1] != self.field:
                self.field, self.field_end = opened[1], -1

    def cdata(self) -> Iterator[str]:
        """The inside of a CDATA section and its end."""
        while True:
            end = self.text.find("]]>", self.at)
            if end < 0 and len(self.text) - 2 > self.at:
                yield self.take(len(self.text) - 2)
            if end < 0 or len(self.text) - end < AHEAD:
                if self.more():
                    continue
                if end < 0:
                    yield self.take(len(self.text))
                    return
            distance = end - self.at
            if self.is_end(distance):
                yield self.take(self.at + distance + 3)
                return
            yield self.take(self.at + distance) + "]]]]><![CDATA[>"
            self.notes.add("“]]>” inside a CDATA section", self.line)
            self.at += 3

    def is_end(self, distance: int) -> bool:
        """Whether this `]]>` ends its section, or is text that an old WordPress forgot to split.

        It is text only where XML would be broken otherwise: between it and the end of its element stands something
        that is neither character data nor another section.
        """
        sure = SURE_END.match(self.text, self.at + distance + 3)
        if not self.field or (sure and sure[1] in (None, self.field)):
            return True
        closing = f"</{self.field}"
        if self.field_end < self.gone + self.at + distance:
            while (found := self.text.find(closing, self.at + distance)) < 0:
                if len(self.text) - self.at - distance > FAR or not self.more():
                    return True
            self.field_end = self.gone + found
        return bool(MIXED.fullmatch(self.text, self.at + distance + 3, self.field_end - self.gone))
