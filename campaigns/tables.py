"""Other people's tables: CSV as banks, processors and other systems write it, in whatever coding and with whatever separator."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

MOST_BYTES = 20 * 1024 * 1024
MOST_COLUMNS = 200
DATES = {
    "year-month-day": ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
    "day.month.year": ("%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d-%m-%y", "%d %b %Y", "%d %B %Y"),
    "month/day/year": ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%b %d, %Y", "%B %d, %Y"),
}
CLOCK = re.compile(r"[T ]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp]\.?[Mm]\.?)?( ?(Z|UTC|GMT|[A-Z]{3,4}|[+-]\d{2}:?\d{2}))?$")
# A currency's code or sign may stand before or after a sum; any other letter makes it none (“1e5”).
UNIT = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])|[$€£¥₹₽₩₺₴₦]|(?<=\d)\s?(?:Kč|zł|kr|Fr)\.?(?!\w)")
SPACES = re.compile(r"[\s'’]")
FIGURES = re.compile(r"[(+-]*[0-9.,]*[)-]?")
GROUPED_BY_COMMA = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
GROUPED_BY_POINT = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?")


class Unreadable(ValueError):
    """A sentence that says what is wrong with the file, or with the cell."""


@dataclass(frozen=True, slots=True)
class Table:
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]  # as many cells as the header has


def read(data: bytes) -> Table:
    """The table in a file: the first line that has as many cells as most is its header. Lines before it (banks put the
    account there) and empty ones are left out. Unreadable says why."""
    if len(data) > MOST_BYTES:
        raise Unreadable(f"The file is larger than {MOST_BYTES // 1024**2} MB: export a shorter time.")
    text = decoded(data)
    lines = [line for line in _parsed(text) if any(line)]
    if not lines:
        raise Unreadable("The file is empty.")
    widths = [len(line) for line in lines]
    width = max(set(widths), key=lambda number: (widths.count(number), number))
    if width < 2:
        raise Unreadable("No table was found: save it as CSV, with commas, semicolons or tabs between the columns.")
    if width > MOST_COLUMNS:
        raise Unreadable(f"The table has more than {MOST_COLUMNS} columns.")
    start = next(number for number, line in enumerate(lines) if len(line) >= width or _is_nearly(line, width))
    header = _fitted(lines[start], width)
    rows = tuple(_fitted(line, width) for line in lines[start + 1 :] if len(line) > 1)
    if not rows:
        raise Unreadable("The table has a header and no lines.")
    return Table(header, rows)


def decoded(data: bytes) -> str:
    """UTF-8 or UTF-16 by its mark, else UTF-8 where it is that, else Windows-1252, which banks still write."""
    for mark, coding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _without_nul(data.decode(coding, "replace"))
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
    figures = SPACES.sub("", UNIT.sub("", cell.replace("\u2212", "-")))
    if not FIGURES.fullmatch(figures):
        raise Unreadable(f"“{cell[:40]}” is no sum.")
    negative = figures.startswith(("-", "(")) or figures.endswith("-")
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
    """The order of day, month and year that reads all cells; the first of DATES when several do."""
    sample = [cell for cell in cells if cell.strip()]
    for order in DATES:
        try:
            for cell in sample:
                day(cell, order)
        except Unreadable:
            continue
        return order
    raise Unreadable("The days in this column cannot be read. Choose another column.")


def _parsed(text: str) -> list[list[str]]:
    separator = max(";,\t|", key=lambda sign: _regularity(text, sign))
    csv.field_size_limit(1024 * 1024)
    try:
        return [[cell.strip() for cell in line] for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]
    except csv.Error as error:
        raise Unreadable(f"The file is no CSV: {error}.") from None


def _regularity(text: str, sign: str) -> tuple[int, int]:
    """How many of the first lines have the number of separators that is the most usual, and that number."""
    counts = [line.count(sign) for line in text.splitlines()[:200] if line.strip()]
    usual = max((number for number in counts if number), key=counts.count, default=0)
    return (counts.count(usual) if usual else 0, usual)


def _is_nearly(line: list[str], width: int) -> bool:
    """Some banks leave the last separator of the header out."""
    return len(line) == width - 1 and width > 3 and all(line)


def _fitted(line: list[str], width: int) -> tuple[str, ...]:
    return tuple([*line, *[""] * (width - len(line))][:width])


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def _without_nul(text: str) -> str:
    return text.replace("\x00", "")
