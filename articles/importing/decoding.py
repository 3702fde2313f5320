"""An export's bytes → text, chunk by chunk: the encoding found, line ends made \\n, forbidden characters left out."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CHUNK = 1 << 17
STRAY_BYTES = 100
CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
SURROGATES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
DECLARATION = re.compile(rb"""<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
BYTE_ORDER_MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
ARCHIVES = [(b"PK\x03\x04", "a zip archive"), (b"\x1f\x8b", "packed with gzip"), (b"BZh", "packed with bzip2")]
# What browsers read under these names (WHATWG Encoding): the larger set that the label is used for in practice.
WIDER = {"ascii": "utf-8", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949",
         "iso8859-9": "cp1254", "tis-620": "cp874", "iso8859-11": "cp874", "big5": "big5hkscs"}  # fmt: skip
KNOWN = re.compile(r"utf-(8|16|32)(-[lb]e)?|iso8859-\d+|cp(125\d|866|874|932|949|437|850)|koi8-[rut]|gb18030|big5hkscs|euc_jp|"
                   r"iso2022_jp|mac-(roman|cyrillic)")  # fmt: skip


class Refused(Exception):
    """The file cannot be imported. The message is a sentence for the person, with the line where one is known."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.line = line


@dataclass
class Notes:
    """What was mended while reading: how often, and the line of the first."""

    found: dict[str, tuple[int, int]] = field(default_factory=dict)
    beyond_ascii: int = 0  # well-formed bytes of characters beyond ASCII: what the invalid ones are weighed against

    def add(self, what: str, line: int, times: int = 1) -> None:
        count, first = self.found.get(what, (0, line))
        self.found[what] = (count + times, first)

    def times(self, what: str) -> int:
        return self.found.get(what, (0, 0))[0]


def text_of(path: Path, notes: Notes, encoding: str = "") -> Iterator[str]:
    """The file's text, in chunks. `encoding` overrides what the file says of itself."""
    with path.open("rb") as file:
        head = file.read(4096)
        name, skip = (checked(encoding), 0) if encoding else detect(head)
        file.seek(skip)
        blocks = iter(lambda: file.read(CHUNK), b"")
        yield from _with_line_feeds(_utf8(blocks, notes) if name == "utf-8" else _other(blocks, name, notes))


def detect(head: bytes) -> tuple[str, int]:
    """(Python's name of the encoding, bytes of byte order mark to skip). The bytes outrank the declaration."""
    for magic, what in ARCHIVES:
        if head.startswith(magic):
            raise Refused(f"This file is {what}. Unpack it first and import the .xml file inside.")
    for mark, name in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return name, len(mark)
    start = head.lstrip(b" \t\r\n\x00")[:1]
    if start == b"<" and b"\x00" in head[:200]:
        return ("utf-16-be" if head[:1] == b"\x00" else "utf-16-le"), 0
    declared = DECLARATION.search(head)
    name = checked(declared.group(1).decode()) if declared else "utf-8"
    return ("utf-8" if name.startswith(("utf-16", "utf-32")) else name), 0


def checked(name: str) -> str:
    try:
        found = codecs.lookup(name).name
    except LookupError:
        found = ""
    found = WIDER.get(found, found)
    if not KNOWN.fullmatch(found):
        raise Refused(f"The file says its encoding is “{name}”, which is not known here. Name the right one with --encoding.", 1)
    return found


def _utf8(blocks: Iterator[bytes], notes: Notes) -> Iterator[str]:
    """UTF-8; a stray byte that is none is read as Windows-1252, where such bytes come from."""
    line, rest = 1, b""
    for block in blocks:
        data = rest + block.translate(None, CONTROLS)
        if missing := len(rest) + len(block) - len(data):
            notes.add("control characters", line, missing)
        text, used = _lenient(data, line, notes)
        rest = data[used:]
        weigh(notes)
        if not text.isascii():
            notes.beyond_ascii += used - len(text)
            text = text.replace("\ufffe", "").replace("\uffff", "")
        line += text.count("\n")
        yield text
    yield rest.decode("cp1252", "replace")
    if rest:
        notes.add("invalid bytes", line, len(rest))


def weigh(notes: Notes) -> None:
    """A few stray bytes are mended; a file full of them is in another encoding, which nobody should guess."""
    invalid, first = notes.found.get("invalid bytes", (0, 0))
    if invalid > STRAY_BYTES and invalid * 5 > notes.beyond_ascii:
        raise Refused(
            "the text is not in UTF-8, as the file says or leaves to be assumed. Name its encoding, for example "
            "--encoding windows-1252.",
            first,
        )


def _lenient(data: bytes, line: int, notes: Notes) -> tuple[str, int]:
    """(text, bytes used): all of it but a character that the next block may complete."""
    parts, position, view = [], 0, memoryview(data)
    while position < len(data):
        try:
            text, used = codecs.utf_8_decode(view[position:], "strict", False)
        except UnicodeDecodeError as error:
            bad = position + error.start
            parts.append(str(view[position:bad], "utf-8"))
            character, position = _mended(data, bad, position + error.end)
            parts.append(character)
            notes.add("invalid bytes", line + data.count(b"\n", 0, bad), position - bad)
        else:
            parts.append(text)
            position += used
            break
    return "".join(parts), position


def _mended(data: bytes, start: int, end: int) -> tuple[str, int]:
    """(what stands at `start`, where to go on): a pair of surrogates (CESU-8, from old MySQL), else Windows-1252."""
    if pair := SURROGATES.match(data, start):
        character = pair[0].decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        return character, pair.end()
    return data[start:end].decode("cp1252", "replace"), end


def _other(blocks: Iterator[bytes], name: str, notes: Notes) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(name)("replace")
    line = 1
    for block in blocks:
        text, times = FORBIDDEN.subn("", decoder.decode(block))
        if times:
            notes.add("control characters", line, times)
        if lost := text.count("\ufffd"):
            notes.add("unreadable characters", line, lost)
        line += text.count("\n")
        yield text
    yield decoder.decode(b"", True)


def _with_line_feeds(chunks: Iterator[str]) -> Iterator[str]:
    held = ""
    for chunk in chunks:
        text = held + chunk
        held = "\r" if text.endswith("\r") else ""
        text = text[: len(text) - len(held)]
        yield text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    yield "\n" if held else ""
