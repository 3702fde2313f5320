"""From a cell of somebody's export to a value, or a sentence that says why not."""

import html
import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import cache, lru_cache

from babel.core import Locale
from django.core.exceptions import ValidationError
from django.utils import timezone as ours

from campaigns import tables
from campaigns.giving.intent import MAXIMUM
from campaigns.moving.reading import Broken
from campaigns.tables import Unreadable
from newsroom import addresses, money

EARLIEST = 2000
MONEY = re.compile(r"[^\d=@\"|<>]{0,6}\(?[+-]?\d[\d.,'’\s]*[^\d=@\"|<>]{0,6}")
CLOCK = re.compile(r"[T ]*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)? ?([AaPp])?\.?[Mm]?\.? ?(Z|[A-Z]{3,4}|[+-]\d{2}:?\d{2})?")
UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")
# PayPal's short names of zones, in hours from UTC. Others are the newsroom's own time.
ZONES = {
    "UTC": 0,
    "GMT": 0,
    "Z": 0,
    "WET": 0,
    "BST": 1,
    "WEST": 1,
    "CET": 1,
    "MEZ": 1,
    "CEST": 2,
    "MESZ": 2,
    "EET": 2,
    "EEST": 3,
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "AEST": 10,
    "AEDT": 11,
    "NZST": 12,
    "NZDT": 13,
    "JST": 9,
    "BRT": -3,
    "ART": -3,
}
YES = {"yes", "true", "1", "on", "y", "ja", "oui", "si", "sí", "sim"}


def sum_of(cell: str, currency: str, *, what: str = "amount") -> int:
    """Minor units, signed. “1,234” of a currency with cents may be either: it is asked about, not guessed."""
    text = html.unescape(cell).strip()
    if not MONEY.fullmatch(text):
        raise Broken(f"The {what} “{shown(cell)}” is no sum.")
    lone = re.fullmatch(r"[^\d]*\d{1,3}([.,])\d{3}[^\d]*", text)
    places = money.exponent(currency)
    if lone and places == 2:
        raise Broken(f"The {what} “{shown(cell)}” may be thousands or decimals: write it without a sign between them.")
    try:
        value = tables.amount(text.replace(lone[1], "") if lone and places == 0 else text)
        minor = money.to_minor(value, currency)
    except (Unreadable, ValueError) as error:
        raise Broken(f"The {what} “{shown(cell)}” cannot be read. {error}") from None
    if abs(minor) > MAXIMUM:
        raise Broken(f"The {what} “{shown(cell)}” is a fortune.")
    return minor


def currency_of(cell: str, otherwise: str) -> str:
    code = cell.strip().upper() or otherwise
    if not code:
        raise Broken("The line names no currency. Say which one the file is in.")
    if code not in money.TENDER and code not in money.CURRENCIES:
        raise Broken(f"“{shown(cell)}” is no currency.")
    return code


def moment(day_cell: str, time_cell: str, zone_cell: str, *, order: str, zone: str, at: datetime) -> datetime:
    """The moment in one, two or three cells. A day alone is its noon: so it is the same day in most zones."""
    day, clock, named = _parts(day_cell, order)
    if time_cell.strip():
        found = CLOCK.fullmatch(time_cell.strip())
        clock, named = (_clock(found), found[5] or named) if found else (clock, named)
    named = zone_cell.strip().upper() or named or ""
    moment = datetime.combine(day, clock or time(12), _zone(named or zone))
    if moment.year < EARLIEST:
        raise Broken(f"The day “{shown(day_cell)}” is before the year {EARLIEST}.")
    if moment > at + timedelta(days=1):
        raise Broken(f"The day “{shown(day_cell)}” is still to come.")
    return min(moment.astimezone(UTC), at)


def day_of(cell: str, order: str) -> date:
    return _parts(cell, order)[0]


@lru_cache(maxsize=8192)
def _parts(cell: str, order: str) -> tuple[date, time | None, str]:
    text = cell.strip()
    found = re.search(CLOCK.pattern + "$", text)
    stem = text[: found.start()] if found else text
    try:
        return _day(stem.strip().rstrip(","), order), _clock(found) if found else None, (found and found[5]) or ""
    except (Unreadable, ValueError):
        raise Broken(f"“{shown(cell)}” is no day as {order}." if stem else "The day is missing.") from None


@lru_cache(maxsize=8192)
def _day(stem: str, order: str) -> date:
    return tables.day(stem, order)


def _clock(found: re.Match[str]) -> time:
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + (12 if found[4] in "Pp" else 0)
    return time(hour, int(found[2]), min(int(found[3] or 0), 59))


def _zone(name: str) -> tzinfo:
    if offset := re.fullmatch(r"([+-])(\d{2}):?(\d{2})", name):
        away = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return timezone(-away if offset[1] == "-" else away)
    return timezone(timedelta(hours=ZONES[name])) if name in ZONES else ours.get_default_timezone()


def order_of(cells: list[str], preferred: str) -> str:
    """How the cells write their days: the order that reads most of them. Unreadable when two read all, and differently."""
    found: dict[str, int] = {}
    for order in tables.DATES:
        found[order] = sum(_is_day(cell, order) for cell in cells)
    most = max(found.values(), default=0)
    if not most:
        raise Unreadable("The days in this column cannot be read. Choose another column.")
    best = [order for order, number in found.items() if number == most]
    if len(best) > 1 and any(len({day_of(cell, order) for order in best}) > 1 for cell in cells if _is_day(cell, best[0])):
        if preferred in best:
            return preferred
        raise Unreadable(f"The days may be {' or '.join(best)}: say which.")
    return preferred if preferred in best else best[0]


def _is_day(cell: str, order: str) -> bool:
    try:
        day_of(cell, order)
    except Broken:
        return False
    return True


@lru_cache(maxsize=8192)
def address_of(cell: str) -> str:
    if not cell.strip():
        return ""
    try:
        return addresses.clean(cell)
    except ValidationError as error:
        raise Broken(f"The e-mail address cannot be used. {error.messages[0]}") from None


def text(cell: str, most: int) -> str:
    """On one line and without what cannot be seen."""
    return UNSEEN.sub(" ", cell).strip()[:most].strip()


def truth(cell: str) -> bool:
    return cell.strip().casefold() in YES


@cache
def _territories() -> dict[str, str]:
    known: dict[str, str] = {}
    for language in ("en", "de", "fr", "es", "it", "pt"):
        known |= {name.casefold(): code for code, name in Locale(language).territories.items() if len(code) == 2}
    return known


def country_of(cell: str) -> str:
    """ISO 3166; empty for what is none: no gift is left out for its country."""
    name = cell.strip()
    if len(name) == 2 and name.upper() in Locale("en").territories:
        return name.upper()
    return _territories().get(name.casefold(), "")


def shown(cell: str) -> str:
    return text(cell, 40)


def share(fee: int, amount: int, of: Decimal) -> int:
    """A fee told in another currency, in the gift's own."""
    return round(Decimal(fee) * amount / of) if of else 0
