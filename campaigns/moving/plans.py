"""From a line of an export of subscriptions to a regular gift of ours, or the reason why it is none."""

import re
from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from campaigns import processors
from campaigns.moving import cells
from campaigns.moving.reading import Broken
from campaigns.moving.rows import MANDATE, TEST, Reader, Skipped
from campaigns.taking_over import PastPledge

RUNS = {
    *("active", "trialing", "past_due", "past due", "aktiv", "actif", "activo", "activa", "attivo", "ativo", "activeprofile"),
    *("failing",),
}
RHYTHMS = {
    "monthly": r"month|monat|mois|mensuel|mes|mensile|mese|mensal|1 month|every month",
    "yearly": r"year|annual|jahr|jährlich|annuel|an|année|anual|año|annuale|anno|ano|12 month",
}


def read(reader: Reader, line: int, row: Sequence[str]) -> PastPledge | Skipped:
    """Broken, with a sentence, for a line that cannot be understood."""
    if reader.cell(row, "mode").strip().casefold() in TEST:
        return Skipped("made in test mode")
    status = cells.text(reader.cell(row, "status"), 60)
    if status.casefold() not in RUNS | {""}:
        paused = re.search(r"paus|suspend|hold", status, re.IGNORECASE)
        return Skipped(f"not running there: “{status}”", line if paused else 0)
    rhythm = rhythm_of(reader.cell(row, "interval"), reader.cell(row, "count"))
    if rhythm is None:
        told = cells.text(f"{reader.cell(row, 'interval')} {reader.cell(row, 'count')}", 40)
        return Skipped(f"given in a rhythm that we do not have: “{told}”", line)
    return _pledge(reader, line, row, rhythm)


def _pledge(reader: Reader, line: int, row: Sequence[str], rhythm: str) -> PastPledge:
    currency = cells.currency_of(reader.cell(row, "currency"), reader.currency)
    amount = cells.sum_of(reader.cell(row, "amount"), currency) * _quantity(reader.cell(row, "quantity"))
    if amount <= 0:
        raise Broken("The amount is not more than nothing.")
    person = reader.person(row)
    if not person.email:
        raise Broken("There is no e-mail address: its donor could neither be told nor stop it.")
    own = cells.text(reader.cell(row, "id"), 100)
    key = _key(reader, own, cells.text(reader.cell(row, "transaction"), 100))
    started, due = _day(reader, row, "started"), _day(reader, row, "next")
    if started is None and due is None:
        raise Broken("Neither its beginning nor its next day is told.")
    processor, mandate, customer = _way(reader, row, key)
    return PastPledge(
        line=line, system=reader.system.name, key=key, own=own, processor=processor, mandate=mandate, customer=customer,
        amount=amount, currency=currency, rhythm=rhythm, started=started, due=due, person=person,
        anonymous=cells.truth(reader.cell(row, "anonymous")),
    )  # fmt: skip


def rhythm_of(interval: str, count: str) -> str | None:
    """“month”, “Monthly”, “1 month”, “month” and 12. None for every other one."""
    words = cells.text(interval, 60).casefold()
    number = re.match(r"(?:every )?(\d+)\s*", words)
    many = int(number[1]) if number else 1
    words = words[number.end() :] if number else words
    if count.strip().isdecimal():
        many *= int(count)
    for rhythm, known in RHYTHMS.items():
        if re.fullmatch(rf"(?:{known})(?:s|ly|e|en|lich|ally)?(?:\(s\))?", words):
            months = many * (12 if rhythm == "yearly" else 1)
            return {1: "monthly", 12: "yearly"}.get(months)
    return None


def _key(reader: Reader, own: str, profile: str) -> str:
    """Known to the processor by one name, whichever system tells of it."""
    for name in (profile, own):
        if name.startswith("sub_"):
            return f"stripe:{name}"
        if re.fullmatch(r"I-[0-9A-Z]{6,}", name):
            return f"paypal:{name}"
    if not own:
        raise Broken("The line has no number of its own: it could not be told from the same one in another file.")
    return f"{reader.system.name}:{own}"


def _way(reader: Reader, row: Sequence[str], key: str) -> tuple[str, str, str]:
    """(processor, saved way to pay, Stripe's customer). Old agreements with PayPal can be charged by nobody but PayPal."""
    customer, method = (cells.text(reader.cell(row, field), 80) for field in ("customer", "method"))
    customer = customer if re.fullmatch(r"cus_\w+", customer, re.ASCII) else ""
    if customer and "stripe" in processors.names():
        mandate = f"{customer}/{method}"
        return "stripe", mandate if MANDATE.fullmatch(mandate) else "", customer
    return f"import:{key.partition(':')[0]}", "", ""


def _day(reader: Reader, row: Sequence[str], field: str) -> date | None:
    """By the newsroom's calendar, where the file tells the hour of another zone."""
    told = reader.cell(row, field)
    if not told.strip():
        return None
    day = cells.day_of(told, reader.order)
    if not 2000 <= day.year <= timezone.localdate(reader.at).year + 5:
        raise Broken(f"The day “{cells.shown(told)}” cannot be right.")
    return day


def _quantity(cell: str) -> int:
    return int(cell) if cell.strip().isdecimal() and 1 <= int(cell) <= 1000 else 1
