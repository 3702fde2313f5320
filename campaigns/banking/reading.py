"""A statement's lines: money that came in, once each, whatever file they stand in."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from campaigns import tables
from campaigns.giving import MAXIMUM
from campaigns.giving.arriving import EARLIEST, allow
from campaigns.models import BankLine, BankStatement
from campaigns.tables import Table, Unreadable
from newsroom import money

# What banks of some countries call their columns.
NAMES = {
    "day": (
        *("booking date", "buchungstag", "buchungsdatum", "value date", "valutadatum", "wertstellung", "date", "datum"),
        "fecha",
        *(
            "fecha operación",
            "fecha valor",
            "data",
            "data contabile",
            "date de comptabilisation",
            "date opération",
            "posting date",
        ),
        *("transaction date", "completed date", "date utc"),
    ),
    "amount": (
        *(
            "amount",
            "betrag",
            "betrag eur",
            "umsatz",
            "importe",
            "importo",
            "montant",
            "crédit",
            "credit",
            "credit amount",
            "haben",
        ),
        *("bedrag", "valor", "total amount", "paid in", "betrag in eur", "amount eur", "abono"),
    ),
    "currency": ("currency", "währung", "divisa", "moneda", "devise", "valuta", "muntsoort"),
    "payer": (
        *(
            "beguenstigter zahlungspflichtiger",
            "auftraggeber empfänger",
            "name zahlungsbeteiligter",
            "zahlungspflichtiger",
            "payer",
        ),
        *(
            "auftraggeber",
            "zahlungspflichtige r",
            "sender",
            "counterparty",
            "counterparty name",
            "partner name",
            "name",
            "ordenante",
        ),
        *("ordinante", "émetteur", "naam tegenpartij", "debtor", "from", "description payer", "nombre"),
    ),
    "text": (
        *(
            "verwendungszweck",
            "buchungstext verwendungszweck",
            "reference",
            "payment reference",
            "remittance information",
            "concepto",
        ),
        *("causale", "libellé", "omschrijving", "mededelingen", "description", "details", "memo", "purpose", "betreff"),
    ),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is what, by its number, and how days are written (a key of tables.DATES)."""

    day: int
    amount: int
    order: str
    payer: int | None = None
    text: int | None = None
    currency: int | None = None


def guess(table: Table) -> Columns | None:
    """By the header's words; None when day or amount cannot be told, and a person has to say."""
    found = tables.guessed(table.header, NAMES)
    if not {"day", "amount"} <= found.keys():
        return None
    try:
        order = tables.order_of(row[found["day"]] for row in table.rows)
    except Unreadable:
        return None
    return Columns(found["day"], found["amount"], order, found.get("payer"), found.get("text"), found.get("currency"))


def keep(
    table: Table, columns: Columns, *, name: str, currency: str, by: User | None, at: datetime
) -> tuple[BankStatement, int, list[str]]:
    """The statement with its new lines of money that came: (statement, lines known before, lines that cannot be read).

    `currency` is the account's, for tables that do not say. Everything or nothing: the same file again brings nothing new.
    """
    allow(by)
    trouble: list[str] = []
    lines = list(_lines(table, columns, currency, trouble))
    with transaction.atomic():
        statement = BankStatement.objects.create(name=name[:200], uploaded_at=at, uploaded_by=by)
        for line in lines:
            line.statement = statement
        known = set(BankLine.objects.filter(key__in=[line.key for line in lines]).values_list("key", flat=True))
        BankLine.objects.bulk_create(lines, ignore_conflicts=True, batch_size=1000)
    return statement, len(known), trouble


def _lines(table: Table, columns: Columns, currency: str, trouble: list[str]) -> Iterator[BankLine]:
    seen: Counter[str] = Counter()
    for number, row in enumerate(table.rows, 2):
        try:
            line = _line(row, columns, currency)
        except ValueError as error:
            trouble.append(f"Line {number}: {error}")
            continue
        if line is None:
            continue
        # Two alike on one day are two gifts: the second of them is the second in every file that has the day whole.
        seen[line.key] += 1
        line.key = hashlib.sha256(f"{line.key} {seen[line.key]}".encode()).hexdigest()
        yield line


def _line(row: tuple[str, ...], columns: Columns, currency: str) -> BankLine | None:
    """None for money that left, and for what is no movement (a balance, an empty line)."""
    if not row[columns.amount]:
        return None
    code = (row[columns.currency].upper() if columns.currency is not None else "") or currency
    if code not in money.CURRENCIES:
        raise Unreadable(f"“{code[:10]}” is no currency.")
    amount = money.to_minor(tables.amount(row[columns.amount]), code)
    if amount <= 0:
        return None
    if amount > MAXIMUM:
        raise Unreadable("The sum is larger than any gift.")
    day = tables.day(row[columns.day], columns.order)
    if day.year < EARLIEST:
        raise Unreadable(f"The day is before the year {EARLIEST}.")
    payer = " ".join(row[columns.payer].split())[:200] if columns.payer is not None else ""
    text = " ".join(row[columns.text].split())[:500] if columns.text is not None else ""
    told = json.dumps([f"{day}", amount, code, payer, text])
    return BankLine(key=hashlib.sha256(told.encode()).hexdigest(), day=day, amount=amount, currency=code, payer=payer, text=text)
