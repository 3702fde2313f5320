"""A statement's lines: money that came in, once each, whatever file they stand in."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction

from campaigns import tables
from campaigns.giving import MAXIMUM
from campaigns.giving.arriving import EARLIEST, allow
from campaigns.models import BankLine, BankStatement
from campaigns.tables import Table, Unreadable
from newsroom import money

# What banks call their columns, in the order in which a column is preferred: German (Sparkassen's CAMT-CSV, Deutsche Bank,
# ING, Volksbanken, DKB, N26), Dutch, Spanish (BBVA, Santander, CaixaBank), Peruvian (BCP), French, Italian, British
# (Barclays, HSBC, Monzo, Starling) and American (Chase), as public readers of their exports name them.
NAMES = {
    "day": (
        *("booking date", "buchungstag", "buchungsdatum", "buchung", "value date", "valutadatum", "wertstellung", "datum"),
        *("date", "fecha", "fecha operación", "fecha operacion", "fecha de operación", "f operación", "fecha contable"),
        *("fecha valor", "f valor", "fecha valuta", "data", "data operazione", "data contabile", "data valuta"),
        *("date de comptabilisation", "date opération", "date operation", "date de l opération", "date comptable"),
        *("posting date", "post date", "transaction date", "completed date", "date utc", "wert", "date valeur"),
    ),
    "amount": (
        *("amount", "betrag", "umsatz", "importe", "importo", "montant", "bedrag", "valor", "monto", "total amount"),
        *("transaction amount", "montant de l opération", "importe operación", "net amount"),
    ),
    "credit": (
        *("credit", "credit amount", "paid in", "money in", "haben", "crédit", "credito", "crédito", "accrediti", "avere"),
        *("entrate", "abono", "abonos", "ingreso", "ingresos", "deposit", "deposits", "recettes"),
    ),
    "debit": (
        *("debit", "debit amount", "paid out", "money out", "soll", "débit", "debito", "débito", "addebiti", "dare"),
        *("uscite", "cargo", "cargos", "gasto", "gastos", "withdrawal", "withdrawals", "dépenses"),
    ),
    "sign": (
        *("af bij", "debit credit", "credit debit", "credit debit indicator", "soll haben", "s h", "d c", "dr cr", "cr dr"),
        *("cargo abono", "debe haber", "dare avere", "sens"),
    ),
    "currency": ("currency", "währung", "waehrung", "divisa", "moneda", "devise", "valuta", "muntsoort", "account currency"),
    "payer": (
        *("beguenstigter zahlungspflichtiger", "begünstigter auftraggeber", "auftraggeber empfänger", "name zahlungsbeteiligter"),
        *("auftraggeber begünstigter", "zahlungspflichtige r", "zahlungspflichtiger", "auftraggeber", "counter party"),
        *("counterparty name", "counterparty", "partner name", "payer", "payee", "sender", "ordenante", "ordinante", "émetteur"),
        *(
            "naam tegenpartij",
            "naam omschrijving",
            "controparte",
            "debtor",
            "tiers",
            "name",
            "nombre",
            "from",
            "libellé",
            "libelle",
        ),
    ),
    "text": (
        *("verwendungszweck", "buchungstext verwendungszweck", "remittance information", "observaciones", "más datos"),
        *("mededelingen", "notes and tags", "notes tags", "payment reference", "reference", "referencia", "concepto", "causale"),
        *("descripción operación", "descripción", "descripcion", "movimiento", "descrizione", "libellé", "libelle"),
        *("libellé opération", "omschrijving", "memo", "description", "transaction description", "details", "purpose", "betreff"),
        *("buchungstext", "text"),
    ),
}
WORDS = tuple(word for words in NAMES.values() for word in words)
CAME = {"c", "cr", "crdt", "credit", "bij", "haben", "h", "+", "abono", "haber", "avere", "crédit", "a", "in"}
WENT = {"d", "dr", "dbit", "debit", "af", "soll", "s", "-", "cargo", "debe", "dare", "débit", "out"}
CODE = re.compile(r"^(.*?)[\s(]+([A-Z]{3})\)?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is what, by its number, and how days are written (a key of tables.DATES).

    `amount` is signed, or what came where `debit` has what went; `sign` says which of the two a sum is; `code` is the currency
    that the header names, where no column does.
    """

    day: int
    amount: int
    order: str
    payer: int | None = None
    text: int | None = None
    currency: int | None = None
    debit: int | None = None
    sign: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of every line under the header: `came` are money that came, `known` of them were here already, `went` is
    money that left, `blank` have no sum, and `trouble` says which could not be read, and why. Totals by currency, in minor
    units."""

    statement: BankStatement
    came: int
    known: int
    went: int
    blank: int
    totals: dict[str, int]
    trouble: list[str]

    @property
    def new(self) -> int:
        return self.came - self.known

    @property
    def lines(self) -> int:
        return self.came + self.went + self.blank + len(self.trouble)


def read(data: bytes) -> Table:
    """The table of a statement. Unreadable says why there is none."""
    return tables.read(data, WORDS)


def guess(table: Table, order: str = "") -> Columns | None:
    """By the header's words; None when day or amount cannot be told, and a person has to say. Ambiguous where the days can be
    read in two ways, and no `order` says which."""
    plain = [_without_code(cell)[0] for cell in table.header]
    found = tables.guessed(plain, NAMES)
    amount, debit = found.get("amount"), None
    if amount is None or ("credit" in found and not any(row[amount] for row in table.rows)):
        amount, debit = found.get("credit"), found.get("debit")
    if amount is None or "day" not in found:
        return None
    try:
        order = order or tables.order_of(row[found["day"]] for row in table.rows)
    except tables.Ambiguous:
        raise
    except Unreadable:
        order = _usual_order(row[found["day"]] for row in table.rows)
        if not order:
            return None
    more = {name: found.get(name) for name in ("payer", "text", "currency", "sign")}
    return Columns(found["day"], amount, order, debit=debit, code=_without_code(table.header[amount])[1], **more)


def keep(table: Table, columns: Columns, *, name: str, currency: str, by: User | None, at: datetime) -> Kept:
    """The statement with its new lines of money that came.

    `currency` is the account's, for tables that do not say. Everything or nothing: the same file again brings nothing new.
    """
    allow(by)
    told: Counter[str] = Counter()
    trouble = list(table.trouble)
    lines = list(_lines(table, columns, currency, trouble, told))
    with transaction.atomic():
        statement = BankStatement.objects.create(name=name[:200], uploaded_at=at, uploaded_by=by)
        for line in lines:
            line.statement = statement
        known = set(BankLine.objects.filter(key__in=[line.key for line in lines]).values_list("key", flat=True))
        BankLine.objects.bulk_create(lines, ignore_conflicts=True, batch_size=1000)
    totals: Counter[str] = Counter()
    for line in lines:
        totals[line.currency] += line.amount
    return Kept(statement, len(lines), len(known), told["went"], told["blank"], dict(totals), trouble)


def _without_code(cell: str) -> tuple[str, str]:
    """“Amount (GBP)” is Amount, in GBP."""
    found = CODE.match(cell.strip().strip('"'))
    return (found[1], found[2]) if found and found[2] in money.TENDER else (cell, "")


def _usual_order(cells: Iterable[str]) -> str:
    """The one that reads most days, where a line has none: a balance below the table, or a mistake, which is told."""
    sample = [cell for cell in cells if cell]
    good: list[str] = []
    for order in tables.DATES:
        readable = [cell for cell in sample if tables.is_day(cell, order)]
        if len(readable) * 2 > len(sample):
            good += readable
    return tables.order_of(good) if good and len(set(good)) else ""


def _lines(table: Table, columns: Columns, currency: str, trouble: list[str], told: Counter[str]) -> Iterator[BankLine]:
    seen: Counter[str] = Counter()
    for number, row in zip(table.numbers, table.rows, strict=True):
        try:
            line = _line(row, columns, currency)
        except ValueError as error:
            trouble.append(f"Line {number}: {error}")
            continue
        if line is None:
            told["went" if row[columns.amount] or (columns.debit is not None and row[columns.debit]) else "blank"] += 1
            continue
        # Two alike on one day are two gifts: the second of them is the second in every file that has the day whole.
        seen[line.key] += 1
        line.key = hashlib.sha256(f"{line.key} {seen[line.key]}".encode()).hexdigest()
        yield line


def _line(row: tuple[str, ...], columns: Columns, currency: str) -> BankLine | None:
    """None for money that left, and for what is no movement (a balance, an empty line)."""
    worth = _worth(row, columns)
    if worth is None:
        return None
    code = (row[columns.currency].upper() if columns.currency is not None else "") or columns.code or currency
    if code not in money.CURRENCIES:
        raise Unreadable(f"“{code[:10]}” is no currency.")
    amount = money.to_minor(worth, code)
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


def _worth(row: tuple[str, ...], columns: Columns) -> Decimal | None:
    """Signed: more than nothing came. None where the line has no sum."""
    gone = row[columns.debit] if columns.debit is not None else ""
    if not row[columns.amount] and not gone:
        return None
    worth = tables.amount(row[columns.amount]) if row[columns.amount] else Decimal(0)
    if columns.sign is not None:
        mark = row[columns.sign].casefold()
        if mark not in CAME | WENT:
            raise Unreadable(f"“{mark[:20]}” does not say whether the money came or went.")
        return abs(worth) if mark in CAME else -abs(worth)
    return worth - abs(tables.amount(gone)) if gone else worth
