"""Through a file, batch by batch: tried, or imported. Each batch is one transaction, with how far it has come."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from campaigns import taking_over as pledging
from campaigns.giving import taking_over as giving
from campaigns.giving.past import PastGift, PastRefund
from campaigns.models import Campaign, MoveIn
from campaigns.moving import cells, plans
from campaigns.moving.figures import Figures
from campaigns.moving.reading import Broken, Source
from campaigns.moving.rows import Reader, Skipped
from campaigns.moving.systems import System
from campaigns.tables import Unreadable

BATCH = 500
SAMPLED = 2000  # rows that tell how days are written
Parsed = PastGift | PastRefund | pledging.PastPledge | Skipped | Broken
After = Callable[[int, Figures], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file is to be imported. `campaign` None: past gifts go into a closed one, “Before we moved”, of their currency."""

    system: System
    columns: Mapping[str, int]
    order: str
    currency: str = ""
    campaign: Campaign | None = None


def nothing(rows: int, figures: Figures) -> None:
    """Nobody watches."""


def planned(
    source: Source, system: System, *, columns: Mapping[str, int] | None = None, days: str = "", currency: str = "",
    campaign: Campaign | None = None,
) -> Plan:  # fmt: skip
    """Fill in what is not told, from the file. Unreadable when something is missing."""
    found = dict(system.guess(source.header) if columns is None else columns)
    missing = [field for field in system.needs if field not in found]
    if missing:
        raise Unreadable(f"No column was found for {' and '.join(missing)}. Say which it is.")
    if system.kind == MoveIn.Kind.PLEDGES and campaign is None:
        raise Unreadable("Choose the campaign that regular gifts are given to from now on.")
    return Plan(system, found, days or _days(source, system, found), currency.upper(), campaign)


def go_through(
    source: Source,
    plan: Plan,
    *,
    by: User | None,
    at: datetime,
    trial: bool,
    figures: Figures | None = None,
    after: After = nothing,
) -> Figures:
    """Every row of the file after those that `figures` has seen. `after` is called in the transaction of each batch."""
    figures = figures or Figures()
    seen = _Seen()
    numbered = _after(source.rows(), figures.rows)
    reader = Reader(plan.system, plan.columns, plan.order, plan.currency, at)
    for batch in batched(numbered, BATCH):
        parsed = [(line, _parse(reader, line, row)) for line, row in batch]
        with transaction.atomic():
            _take(parsed, plan, figures, seen, by=by, at=at, trial=trial)
            figures.rows += len(batch)
            after(figures.rows, figures)
    if plan.system.name == "paypal" and plan.system.kind == MoveIn.Kind.GIFTS:
        _take_back(source, reader, figures, seen, by=by, at=at, trial=trial)
        with transaction.atomic():
            after(figures.rows, figures)
    return figures


class _Seen:
    """What a trial would have made by now, as hashes: eight bytes for each."""

    def __init__(self) -> None:
        self.names: set[int] = set()
        self.donors: set[int] = set()

    def fresh(self, kind: set[int], keys: Sequence[Any]) -> bool:
        hashes = {hash(key) for key in keys}
        is_new = not hashes & kind
        kind |= hashes
        return is_new


def _after(rows: Iterator[Any], done: int) -> Iterator[Any]:
    for number, row in enumerate(rows):
        if number >= done:
            yield row


def _parse(reader: Reader, line: int, row: Sequence[str] | Broken) -> Parsed:
    if isinstance(row, Broken):
        return row
    try:
        is_gift = reader.system.kind == MoveIn.Kind.GIFTS
        return reader.read(line, row) if is_gift else plans.read(reader, line, row)
    except Broken as sentence:
        return sentence


def _take(
    parsed: Sequence[tuple[int, Parsed]], plan: Plan, figures: Figures, seen: _Seen, *, by: User | None, at: datetime, trial: bool
) -> None:
    for line, one in parsed:
        if isinstance(one, Skipped):
            figures.skipped[one.reason] += 1
            if one.line:
                figures.tell(one.line, f"Left out, {one.reason}.")
        elif isinstance(one, Broken):
            figures.broken(line, str(one))
    gifts = [one for _, one in parsed if isinstance(one, PastGift)]
    if gifts:
        _take_gifts(gifts, plan, figures, seen, by=by, at=at, trial=trial)
    some = [one for _, one in parsed if isinstance(one, pledging.PastPledge)]
    if some and plan.campaign:
        _take_pledges(some, plan, figures, seen, by=by, at=at, trial=trial)


def _take_gifts(
    gifts: list[PastGift], plan: Plan, figures: Figures, seen: _Seen, *, by: User | None, at: datetime, trial: bool
) -> None:
    if trial:
        first = [gift for gift in gifts if seen.fresh(seen.names, gift.names)]
        figures.known += len(gifts) - len(first)
        gifts = first
    into = {} if trial else {currency: campaign_of(currency, plan.campaign, at=at) for currency in {g.currency for g in gifts}}
    taken = giving.take_over(gifts, into=into, by=by, at=at, trial=trial)
    figures.known += taken.known
    figures.donors += _new(taken.donors, seen, trial=trial) + taken.nameless
    for gift in taken.new:
        key = f"{timezone.localdate(gift.at).year} {gift.currency}"
        figures.gifts[key] += 1
        figures.sums[key] += gift.amount
        if gift.without:
            figures.without += 1
            figures.tell(
                gift.line, f"Its gift counts, its donor {'will have' if trial else 'has'} no e-mail address. {gift.without}"
            )
    for amount, currency in taken.refunds:
        figures.returns += 1
        figures.returned[currency] += amount
    for line, sentence in taken.problems:
        figures.broken(line, sentence)


def _take_pledges(
    some: list[pledging.PastPledge], plan: Plan, figures: Figures, seen: _Seen, *, by: User | None, at: datetime, trial: bool
) -> None:
    assert plan.campaign
    if trial:
        first = [one for one in some if seen.fresh(seen.names, [one.key])]
        figures.known += len(some) - len(first)
        some = first
    taken = pledging.take_over(some, into=plan.campaign, label=plan.system.label, by=by, at=at, trial=trial)
    figures.known += taken.known
    figures.donors += _new(taken.donors, seen, trial=trial)
    for one, state in taken.new:
        figures.pledges[f"{one.rhythm} {one.processor.removeprefix('import:')} {state}"] += 1
        figures.pledged[f"{one.rhythm} {one.currency}"] += one.amount
    for line, sentence in taken.problems:
        figures.broken(line, sentence)


def _new(donors: set[str], seen: _Seen, *, trial: bool) -> int:
    return sum(seen.fresh(seen.donors, [email]) for email in donors) if trial else len(donors)


def _take_back(
    source: Source, reader: Reader, figures: Figures, seen: _Seen, *, by: User | None, at: datetime, trial: bool
) -> None:
    """PayPal writes refunds as lines of their own, above or below the payment: they are read when all payments are there."""
    found = ((line, _parse(reader, line, row)) for line, row in source.rows())
    backs = (one for _, one in found if isinstance(one, PastRefund))
    for batch in batched(backs, BATCH):
        if trial:
            known = giving.known_names(one.gift for one in batch)
            for one in batch:
                if one.gift in known or hash(one.gift) in seen.names:
                    figures.returns += 1
                    figures.returned[one.currency] += one.amount
                else:
                    figures.broken(one.line, "The payment that this money went back from is not here.")
            continue
        with transaction.atomic():
            taken = giving.take_back(batch, by=by, at=at)
        figures.known += taken.known
        for amount, currency in taken.refunds:
            figures.returns += 1
            figures.returned[currency] += amount
        for line, sentence in taken.problems:
            figures.broken(line, sentence)


def _days(source: Source, system: System, columns: Mapping[str, int]) -> str:
    """How the file writes its days, from its first rows; from all of them while they leave it open."""
    wanted = [columns[field] for field in ("day", "next", "started") if field in columns]
    if not wanted:
        raise Unreadable("No column was found for the day. Say which it is.")
    sample: dict[str, None] = {}
    for _, row in source.rows():
        if not isinstance(row, Broken):
            sample |= dict.fromkeys(row[column] for column in wanted if row[column])
        if len(sample) > SAMPLED:
            break
    if not sample:
        raise Unreadable("The table has a header and no lines.")
    return cells.order_of(list(sample), system.days)


TITLE = "Before we moved"


def campaign_of(currency: str, chosen: Campaign | None, *, at: datetime) -> Campaign:
    """The chosen one where its currency is the gift's; else the one for what came before, which nobody sees.

    It stays a draft: it has no page, asks nobody, and cannot be opened without a call.
    """
    if chosen and chosen.currency == currency:
        return chosen
    told = {"title": f"{TITLE} ({currency})", "currency": currency, "goal": 1, "starts_at": at}
    campaign, _ = Campaign.objects.get_or_create(slug=f"before-we-moved-{currency.lower()}", defaults=told)
    return campaign
