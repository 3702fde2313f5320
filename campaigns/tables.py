"""Other people's tables: CSV as banks, processors and other systems write it, in whatever coding and with whatever separator."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

MOST_BYTES = 20 * 1024 * 1024
MOST_COLUMNS = 200
HEAD = 200  # lines, among which the header is
LONGEST_CELL = 100_000
LONGEST_RECORD = 20  # lines
DATES = {
    "year-month-day": ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
    "day.month.year": ("%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d-%m-%y", "%d %b %Y", "%d %B %Y"),
    "month/day/year": ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%b %d, %Y", "%B %d, %Y"),
}
CLOCK = re.compile(r"[T ]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp]\.?[Mm]\.?)?( ?(Z|UTC|GMT|[A-Z]{3,4}|[+-]\d{2}:?\d{2}))?$")
# A currency's code or sign may stand before or after a sum; any other letter makes it none (“1e5”).
UNIT = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])|[$€£¥₹₽₩₺₴₦]|(?<=\d)\s?(?:Kč|zł|kr|Fr)\.?(?!\w)")
# “CR” and “DR” after a sum, in German “H” (Haben) and “S” (Soll).
MARK = re.compile(r"(?<=[\d)])\s*(CR|DR|C|D|H|S)\.?\s*$", re.IGNORECASE)
AWAY = {"DR", "D", "S"}
SPACES = re.compile(r"[\s'’]")
FIGURES = re.compile(r"[(+-]*[0-9.,]*[)-]?")
GROUPED_BY_COMMA = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
GROUPED_BY_POINT = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?")


class Unreadable(ValueError):
    """A sentence that says what is wrong with the file, or with the cell."""


class Ambiguous(Unreadable):
    """It can be read in two ways: a person has to say which."""


@dataclass(frozen=True, slots=True)
class Table:
    """`numbers` are the lines of the file that the rows stand in; `trouble` names every other line under the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]  # as many cells as the header has
    numbers: tuple[int, ...] = ()
    trouble: tuple[str, ...] = ()


def read(data: bytes, words: Iterable[str] = ()) -> Table:
    """The table in a file. Its header is the first line with two of the `words`; where none is, the first one that has as
    many cells as most. What stands before it (banks put the account there) is left out. Unreadable says why there is none."""
    if len(data) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1024**2} MB: export a shorter time.")
    lines = list(io.StringIO(decoded(data), newline=None))
    if not any(line.strip() for line in lines):
        raise Unreadable("The file is empty.")
    separator, start, width = _layout(lines, {_plain(word) for word in words})
    if width > MOST_COLUMNS:
        raise Unreadable(f"The table has more than {MOST_COLUMNS} columns.")
    found = list(_records(lines[start:], separator, width, start + 1))
    header, below = _headed(found, width)
    rows = [(number, _fitted(cells, width)) for number, cells in below if not isinstance(cells, str) and _fits(cells, width)]
    trouble = tuple(_why(number, cells, width) for number, cells in below if isinstance(cells, str) or not _fits(cells, width))
    if not rows:
        raise Unreadable(trouble[0] if trouble else "The table has a header and no lines.")
    return Table(header, tuple(cells for _, cells in rows), tuple(number for number, _ in rows), trouble)


def decoded(data: bytes) -> str:
    """UTF-8 or UTF-16 by its mark, else UTF-8 where it is that, else Windows-1252, which banks still write."""
    for mark, coding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _without_nul(data.decode(coding, "replace"))
    if data[:400].count(0) > len(data[:400]) // 4:  # without a mark: letters of Europe have a NUL beside each
        return _without_nul(data.decode("utf-16-le" if data[1:2] == b"\x00" else "utf-16-be", "replace"))
    try:
        return _without_nul(data.decode())
    except UnicodeDecodeError:
        return _without_nul(data.decode("cp1252", "replace"))


def guessed(header: Iterable[str], names: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Which column is what, by the words that each is known under: {"amount": 3}. The first word that fits wins."""
    columns = [_plain(cell) for cell in header]
    found: dict[str, int] = {}
    for field, words in names.items():
        wanted = [_plain(word) for word in words]
        exact = [columns.index(word) for word in wanted if word in columns]
        if exact:
            found[field] = exact[0]
    return found


def amount(cell: str) -> Decimal:
    """A signed sum as machines write it: “1.234,56”, “-1,234.56 EUR”, “(12.00)”, “12,00-”. Unreadable when it is none."""
    mark = MARK.search(cell)
    figures = SPACES.sub("", UNIT.sub("", (cell[: mark.start()] if mark else cell).replace("\u2212", "-")))
    if not FIGURES.fullmatch(figures):
        raise Unreadable(f"“{cell[:40]}” is no sum.")
    negative = figures.startswith(("-", "(")) or figures.endswith("-") or bool(mark and mark[1].upper() in AWAY)
    figures = figures.strip("()+-")
    if GROUPED_BY_POINT.fullmatch(figures) and not (figures.count(".") == 1 and "," not in figures):
        figures = figures.replace(".", "").replace(",", ".")
    elif GROUPED_BY_COMMA.fullmatch(figures) and not (figures.count(",") == 1 and "." not in figures):
        figures = figures.replace(",", "")
    elif figures.count(",") + figures.count(".") == 1:
        figures = figures.replace(",", ".")  # a lone one parts the decimals: machines group consistently, or not at all
    try:
        value = Decimal(figures)
    except InvalidOperation:
        raise Unreadable(f"“{cell[:40]}” is no sum.") from None
    return -value if negative else value


def day(cell: str, order: str) -> date:
    """The day in a cell, with or without a time after it. `order` is a key of DATES. Unreadable when it is none."""
    text = CLOCK.sub("", cell.strip())
    for form in DATES[order]:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    raise Unreadable(f"“{cell[:40]}” is no day as {order}.")


def order_of(cells: Iterable[str]) -> str:
    """The order of day, month and year that reads all cells. Ambiguous when two do, and read other days."""
    sample = list(dict.fromkeys(cell for cell in cells if cell.strip()))
    found = {order: days for order in DATES if (days := _days(sample, order)) is not None}
    if not found:
        raise Unreadable("The days in this column cannot be read. Choose another column.")
    if len({tuple(days) for days in found.values()}) > 1:
        raise Ambiguous(f"The days may be {' or '.join(found)}: say which.")
    return next(iter(found))


def is_day(cell: str, order: str) -> bool:
    return _days([cell], order) is not None


def _days(cells: Iterable[str], order: str) -> list[date] | None:
    try:
        return [day(cell, order) for cell in cells]
    except Unreadable:
        return None


def _layout(lines: Sequence[str], words: set[str]) -> tuple[str, int, int]:
    """(separator, lines before the header, columns)."""
    best = (1, "", 0, 0)
    for separator in ";,\t|":
        for number, line in enumerate(lines[:HEAD]):
            cells = _cells(line, separator)
            known = len({_plain(cell) for cell in cells or ()} & words)
            if cells and known > best[0]:
                best = (known, separator, number, len(cells))
    if best[1]:
        return best[1:]
    separator = max(";,\t|", key=lambda sign: _regularity(lines, sign))
    widths = [len(cells) if (cells := _cells(line, separator)) and any(cells) else 0 for line in lines]
    usual = [width for width in widths if width]
    width = max(set(usual), key=lambda number: (usual.count(number), number), default=0)
    if width < 2:
        raise Unreadable("No table was found: save it as CSV, with commas, semicolons or tabs between the columns.")
    # Some banks leave the last separator of the header out.
    start = next(
        n for n, one in enumerate(widths) if one >= width or (one == width - 1 > 2 and all(_cells(lines[n], separator) or ""))
    )
    return separator, start, width


def _cells(line: str, separator: str) -> list[str] | None:
    """Of one line by itself; None where a quotation mark is not closed in it."""
    csv.field_size_limit(LONGEST_CELL)
    try:
        found = next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return None
    return [cell.strip() for cell in found]


def _records(lines: Sequence[str], separator: str, width: int, first: int) -> Iterator[tuple[int, list[str] | str]]:
    """(number in the file, its cells or why it has none) of every line that is not empty. A cell may go on for some lines;
    a quotation mark that nobody closes is a letter like any other, so that it swallows nothing."""
    at = 0
    while at < len(lines):
        cells, taken = _record(lines, at, separator, width)
        if isinstance(cells, str) or any(cells):
            yield first + at, cells
        at += taken


def _record(lines: Sequence[str], at: int, separator: str, width: int) -> tuple[list[str] | str, int]:
    if (cells := _cells(lines[at], separator)) is not None:
        return cells, 1
    joined = lines[at]
    for more in range(1, min(LONGEST_RECORD, len(lines) - at)):
        joined += lines[at + more]
        if joined.count('"') % 2 == 0 and len(joined) < LONGEST_CELL:
            cells = _cells_of_many(joined, separator)
            if cells is not None and len(cells) == width:
                return cells, more + 1
    plain = [cell.strip().strip('"') for cell in lines[at].rstrip("\r\n").split(separator)]
    return (plain if len(plain) == width else "a quotation mark is missing"), 1


def _cells_of_many(text: str, separator: str) -> list[str] | None:
    try:
        found = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        return None
    return [cell.strip() for cell in found[0]] if len(found) == 1 else None


def _headed(found: list[tuple[int, list[str] | str]], width: int) -> tuple[tuple[str, ...], list[tuple[int, list[str] | str]]]:
    """(header, what stands below). A line with a day and a sum is no header: some banks write none."""
    first = found[0][1]
    if isinstance(first, str) or (any(map(_is_day, first)) and any(map(_is_sum, first))):
        return tuple("" for _ in range(width)), found
    return _fitted(first, width), found[1:]


def _is_day(cell: str) -> bool:
    try:
        order_of([cell])
    except Ambiguous:
        return True
    except Unreadable:
        return False
    return bool(cell)


def _is_sum(cell: str) -> bool:
    try:
        amount(cell)
    except Unreadable:
        return False
    return True


def _fits(cells: Sequence[str], width: int) -> bool:
    return len(cells) >= width - 1 and not any(cells[width:])


def _why(number: int, cells: list[str] | str, width: int) -> str:
    what = cells if isinstance(cells, str) else f"it has {len(cells)} cell{'s' * (len(cells) != 1)}, and the table {width}"
    return f"Line {number} was left out: {what}."


def _regularity(lines: Sequence[str], sign: str) -> tuple[int, int]:
    """How many of the first lines have the number of separators that is the most usual, and that number."""
    counts = [line.count(sign) for line in lines[:HEAD] if line.strip()]
    usual = max((number for number in counts if number), key=counts.count, default=0)
    return (counts.count(usual) if usual else 0, usual)


def _fitted(line: Sequence[str], width: int) -> tuple[str, ...]:
    return tuple([*line, *[""] * (width - len(line))][:width])


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def _without_nul(text: str) -> str:
    return text.replace("\x00", "")
