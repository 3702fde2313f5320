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
FAR = 8_000_000  # how far a field's closing tag is looked for when the end of a CDATA section is in doubt


def repaired(chunks: Iterator[str], notes: Notes) -> Iterator[str]:
    """The same text, mended, in pieces large enough to be worth the parser's while."""
    return Repairer(chunks, notes).run()


class Repairer:
    """`text` is what is in sight; up to `at` it was passed on, and up to `eye` it was looked at and found in order."""

    def __init__(self, chunks: Iterator[str], notes: Notes) -> None:
        self.chunks, self.notes = chunks, notes
        self.text, self.at, self.eye, self.line, self.ended = "", 0, 0, 1, False
        self.out: list[str] = []
        self.field = ""  # the name of the element that the last CDATA section stands in
        self.field_end = -1  # where that element was last seen to close, from the start of the file
        self.gone = 0  # characters dropped from the front of `text`

    def run(self) -> Iterator[str]:
        while not self.ended and not START.search(self.text) and len(self.text) < 65536:
            self.more()
        self.junk_before()
        while self.plain() and self.cdata():
            if self.out:
                yield "".join(self.out)
                self.out = []
        yield "".join(self.out)

    def more(self) -> bool:
        """Read on; what was looked at is passed on, and dropped but for a little that tells the way back to the last tag."""
        chunk = next(self.chunks, None)
        if chunk is None:
            self.ended = True
            return False
        self.pass_on(self.eye)
        cut = max(0, self.at - AHEAD)
        self.text, self.at, self.gone = self.text[cut:] + chunk, self.at - cut, self.gone + cut
        self.eye = self.at
        return True

    def pass_on(self, end: int) -> None:
        """The text up to `end`, as it is."""
        if end > self.at:
            piece = self.text[self.at : end]
            self.out.append(piece)
            self.line += piece.count("\n")
            self.at = self.eye = end

    def put(self, replacement: str, end: int) -> None:
        """`replacement` for the text up to `end`; line ends stay."""
        lines = self.text.count("\n", self.at, end)
        self.out.append(replacement + "\n" * lines)
        self.line += lines
        self.at = self.eye = end

    def skip_to(self, mark: str) -> bool:
        """Drop everything up to where `mark` next stands, and the mark; False if it never comes."""
        while (found := self.text.find(mark, self.at)) < 0:
            self.put("", max(self.at, len(self.text) - len(mark)))
            if not self.more():
                return False
        self.put("", found + len(mark))
        return True

    def junk_before(self) -> None:
        start = START.search(self.text)
        before = self.text[: start.start()] if start else ""
        if start and before.strip() and not before.lstrip().startswith("<!"):
            self.notes.add("text before the document", 1, len(before.strip()))
            self.put("", start.start())

    def plain(self) -> bool:
        """Look at everything up to the inside of the next CDATA section; False at the end of the text."""
        while True:
            limit = len(self.text) if self.ended else len(self.text) - AHEAD
            trouble = TROUBLE.search(self.text, self.eye)
            if trouble is None or trouble.start() >= limit:
                self.eye = max(self.eye, limit)
                if self.ended:
                    self.pass_on(self.eye)
                    return False
                self.more()
            elif self.text.startswith("<![CDATA[", trouble.start()):
                self.eye = trouble.start()
                return True
            else:
                self.pass_on(trouble.start())
                self.mend()

    def mend(self) -> None:
        text, at = self.text, self.at
        if text[at] == "&":
            self.reference()
        elif text[at] == "]":
            self.notes.add("“]]>” outside a CDATA section", self.line)
            self.put("]]&gt;", at + 3)
        elif text.startswith("<!--", at):
            self.leave_out(4, "-->")
        elif text.startswith("<?", at):
            self.leave_out(2, "?>")
        elif re.match(r"<![A-Za-z]", text[at : at + 3]):
            self.refuse_declaration()
        else:
            self.notes.add("bare “<”", self.line)
            self.put("&lt;", at + 1)

    def leave_out(self, opening: int, closing: str) -> None:
        begun = self.line
        self.put("", self.at + opening)
        if not self.skip_to(closing):
            raise Refused(f"a comment or instruction begins here and never ends (“{closing}” is missing).", begun)

    def refuse_declaration(self) -> None:
        if self.text[self.at : self.at + 14].lower() == "<!doctype html":
            raise Refused("this is a web page, not a WordPress export.", self.line)
        raise Refused(
            "the file declares a document type or entities of its own, which WordPress never does. For safety it is not read.",
            self.line,
        )

    def reference(self) -> None:
        found = REFERENCE.match(self.text, self.at)
        if not found or (found[3] and found[3] + ";" not in html5):
            self.notes.add("bare “&”", self.line)
            self.put("&amp;", self.at + 1)
        elif found[3]:
            self.notes.add("HTML’s names of characters", self.line)
            self.put(escape(html5[found[3] + ";"], {'"': "&quot;"}), found.end())
        elif allowed(code := int(found[1]) if found[1] else int(found[2], 16)):
            self.eye = found.end()
        else:
            self.notes.add("numbers of characters that do not exist", self.line)
            self.put("" if code < 32 else "\ufffd", found.end())

    def cdata(self) -> bool:
        """Look at a CDATA section that begins here, to its end; False at the end of the text."""
        before = self.text[max(0, self.eye - AHEAD) : self.eye]
        opened = OPENED.fullmatch(before, max(0, before.rfind("<")))
        if opened and opened[1] != self.field:
            self.field, self.field_end = opened[1], -1
        self.eye += 9
        while True:
            end = self.text.find("]]>", self.eye)
            if end < 0:
                self.eye = max(self.eye, len(self.text) - 2)
            if end < 0 or len(self.text) - end < AHEAD:
                if self.more():
                    continue
                if end < 0:
                    self.pass_on(len(self.text))
                    return False
            if self.surely_ends(end):
                self.eye = end + 3
                return True
            self.pass_on(end)
            if self.ends_here():
                self.eye = self.at + 3
                return True
            self.notes.add("“]]>” inside a CDATA section", self.line)
            self.put("]]]]><![CDATA[>", self.at + 3)

    def surely_ends(self, end: int) -> bool:
        """Whether after this `]]>` its element ends, or another section begins."""
        sure = SURE_END.match(self.text, end + 3)
        return not self.field or bool(sure and sure[1] in (None, self.field))

    def ends_here(self) -> bool:
        """Whether the `]]>` at `at` ends its section, or is text that an old WordPress forgot to split.

        It is text only where XML would be broken otherwise: between it and the end of its element stands something
        that is neither character data nor another section.
        """
        closing = f"</{self.field}"
        if self.field_end < self.gone + self.at:
            while (found := self.text.find(closing, self.at)) < 0:
                if len(self.text) - self.at > FAR or not self.more():
                    return True
            self.field_end = self.gone + found
        return bool(MIXED.fullmatch(self.text, self.at + 3, self.field_end - self.gone))


def allowed(code: int) -> bool:
    """Whether XML 1.0 allows a character of this number (section 2.2)."""
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
