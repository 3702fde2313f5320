"""Lines as CSV and as XLSX."""

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import batched
from tempfile import TemporaryFile
from typing import IO, Any

from xlsxwriter import Workbook

from campaigns.exporting.tables import Cell

BOM = "\ufeff"  # without it Excel takes UTF-8 for the code page of its country; whatever else reads CSV skips it
LINES_AT_ONCE = 500
# A workbook is whole before its first byte: as many rows as are made well within what a proxy waits (benchmarks/overview.py).
MOST_ROWS = 100_000
# What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection), the wide forms of East Asian keyboards too.
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class _Echo:
    """A file that hands back what is written."""

    def write(self, line: str) -> str:
        return line


def as_csv(headings: list[str], lines: Iterable[list[Cell]]) -> Iterator[bytes]:
    """RFC 4180, in UTF-8. What people typed and what would be a formula stands behind an apostrophe."""
    writer: Any = csv.writer(_Echo())
    yield (BOM + writer.writerow(headings)).encode()
    for some in batched(lines, LINES_AT_ONCE):
        yield "".join(writer.writerow([_plain(cell) for cell in line]) for line in some).encode()


def as_xlsx(name: str, headings: list[str], lines: Iterable[list[Cell]]) -> IO[bytes]:
    """A workbook in a temporary file, to be read from its beginning. Every text is a text in it, whatever it begins with."""
    file = TemporaryFile()  # noqa: SIM115  the response closes it
    with Workbook(file, {"constant_memory": True}) as book:
        sheet, bold = book.add_worksheet(name), book.add_format({"bold": True})
        figures = {places: book.add_format({"num_format": f"0.{'0' * places}" if places else "0"}) for places in range(5)}
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, bold)
        for number, line in enumerate(lines, start=1):
            for column, cell in enumerate(line):
                if isinstance(cell, Decimal):
                    sheet.write_number(number, column, float(cell), figures[_places(cell)])
                elif isinstance(cell, int):
                    sheet.write_number(number, column, cell)
                elif cell:
                    sheet.write_string(number, column, cell)
    file.seek(0)
    return file


def _places(amount: Decimal) -> int:
    return max(0, -int(amount.as_tuple().exponent))


def _plain(cell: Cell) -> Cell:
    if isinstance(cell, str):
        text = cell.replace("\0", "")
        return f"'{text}" if text.startswith(BEGINS_A_FORMULA) else text
    return f"{cell:f}" if isinstance(cell, Decimal) else cell
