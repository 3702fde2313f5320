"""Gifts, pledges, donors and the ledger as files, row by row: memory stays flat however many there are."""

from campaigns.exporting.files import MOST_ROWS, as_csv, as_xlsx
from campaigns.exporting.tables import TABLES, Chosen, Table

__all__ = ["MOST_ROWS", "TABLES", "Chosen", "Table", "as_csv", "as_xlsx"]
