"""A file of any size, line by line: never more of it in memory than a line and a piece."""

import codecs
import csv
import io
from collections.abc import Buffer, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from campaigns import tables
from campaigns.models import MoveIn
from campaigns.tables import Unreadable

PIECE = 1024 * 1024
LONGEST_CELL = 100_000
LONGEST_LINE = 4 * 1024 * 1024  # characters; what is longer is no line of a table
HEAD = 256 * 1024
TRIED_LINES = 200

Pieces = Callable[[], Iterator[bytes]]


class Broken(ValueError):
    """A line that cannot be read, in a sentence."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file and how it is written. `header` are its columns, `first` is how many lines stand before its first row."""

    pieces: Pieces
    coding: str
    separator: str
    header: tuple[str, ...]
    first: int

    def rows(self) -> Iterator[tuple[int, Sequence[str] | Broken]]:
        """Each row with its line number in the file: as many cells as the header has, or why it is none."""
        lines = _lines(self.pieces(), self.coding)
        for _ in range(self.first):
            next(lines, None)
        csv.field_size_limit(LONGEST_CELL)
        reader = csv.reader(lines, delimiter=self.separator)
        width, at = len(self.header), self.first
        while True:
            number = at + reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield number, Broken(f"This line cannot be read: {_why(error)}.")
                continue
            if not any(cells):
                continue
            if (len(cells) > width and any(cells[width:])) or len(cells) < width - 1:
                yield number, Broken(f"This line has {len(cells)} cells, and the table {width}.")
                continue
            yield number, [cell.strip() for cell in [*cells[:width], *[""] * (width - len(cells))]]


def source(pieces: Pieces) -> Source:
    """Look at the file: its coding, separator and header. Unreadable says why it is no table."""
    coding = _coding(pieces())
    head = _head(pieces(), coding)
    if not head.strip():
        raise Unreadable("The file is empty.")
    if head.startswith("PK\x03\x04"):
        raise Unreadable("This is a spreadsheet or an archive: save the table as CSV.")
    separator = max(",;\t|", key=lambda sign: _regularity(head, sign))
    csv.field_size_limit(LONGEST_CELL)
    lines = head.splitlines(keepends=True)[:TRIED_LINES]
    parsed = [line for line, _ in _parsed(lines, separator)]
    widths = [len(line) for line in parsed if len(line) > 1]
    if not widths:
        raise Unreadable("No table was found: save it as CSV, with commas, semicolons or tabs between the columns.")
    width = max(set(widths), key=lambda number: (widths.count(number), number))
    if width > tables.MOST_COLUMNS * 3:  # Stripe's has one for each kind of metadata
        raise Unreadable(f"The table has more than {tables.MOST_COLUMNS * 3} columns.")
    header, first = next(found for found in _parsed(lines, separator) if len(found[0]) >= width - (width > 3))
    names = tuple(cell.strip() for cell in [*header, *[""] * (width - len(header))])
    return Source(pieces, coding, separator, names, first)


def of_path(path: Path) -> Pieces:
    def pieces() -> Iterator[bytes]:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece

    return pieces


def of_row(move_in: MoveIn) -> Pieces:
    def pieces() -> Iterator[bytes]:
        for number in move_in.parts.order_by("number").values_list("number", flat=True):
            yield bytes(move_in.parts.values_list("data", flat=True).get(number=number))

    return pieces


class _Pieces(io.RawIOBase):
    """An iterator of bytes as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        room = memoryview(buffer)
        size = min(len(room), len(self._left))
        room[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


def _lines(pieces: Iterator[bytes], coding: str) -> Iterator[str]:
    """What is longer than a line can be is cut off; the row it stands in is told as broken by its width."""
    text = io.TextIOWrapper(io.BufferedReader(_Pieces(pieces), PIECE), encoding=coding, errors="replace", newline="")
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            while (rest := text.readline(LONGEST_LINE)) and not rest.endswith("\n"):
                pass
            line = line[: LONGEST_CELL * 2] + "\n"
        yield line.replace("\x00", "")


def _coding(pieces: Iterator[bytes]) -> str:
    """UTF-16 by its mark, UTF-8 where all of it is that, else Windows-1252, which spreadsheets still write."""
    first, decoder = True, codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in pieces:
            if first and piece.startswith((b"\xff\xfe", b"\xfe\xff")):
                return "utf-16"
            decoder.decode(piece)
            first = False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _head(pieces: Iterator[bytes], coding: str) -> str:
    text = ""
    for line in _lines(pieces, coding):
        text += line
        if len(text) > HEAD:
            break
    return text


def _parsed(lines: list[str], separator: str) -> Iterator[tuple[list[str], int]]:
    """What can be read of the first lines, each with the number of lines up to its end."""
    reader = csv.reader(lines, delimiter=separator)
    while True:
        try:
            yield next(reader), reader.line_num
        except StopIteration:
            return
        except csv.Error:
            continue


def _regularity(text: str, sign: str) -> tuple[int, int]:
    counts = [line.count(sign) for line in text.splitlines()[:TRIED_LINES] if line.strip()]
    usual = max((number for number in counts if number), key=counts.count, default=0)
    return (counts.count(usual) if usual else 0, usual)


def _why(error: csv.Error) -> str:
    return "a cell is longer than any can be, or a quotation mark is missing" if "larger" in str(error) else str(error)[:80]
