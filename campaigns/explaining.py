"""Why a campaign's total is what it is: its lines in the ledger, with what they make up to each, and up to any day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from campaigns import tallying
from campaigns.models import Campaign, LedgerEntry

PAGE = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines. Days are the newsroom's, the last one included; empty: all."""

    kind: str = ""
    processor: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves out lines that the total of its last day has."""
        return bool(self.kind or self.processor or self.first)


@dataclass(frozen=True, slots=True)
class Line:
    entry: LedgerEntry
    sum: int  # of this line and all before it, in minor units


@dataclass(frozen=True, slots=True)
class Part:
    """What lines of one kind, or in one other currency, sum to."""

    label: str
    count: int
    sum: int
    currency: str


def parts(campaign: Campaign, *, last: date | None = None) -> list[Part]:
    """What makes the total at the end of that day, by kind. Their sums add up to it."""
    found = tallying.sums(campaign.pk, end=_after(last))
    counted = {kind: part for (currency, kind), part in found.items() if currency == campaign.currency}
    return [Part(kind.label, *counted[kind.value], campaign.currency) for kind in LedgerEntry.Kind if kind.value in counted]


def not_counted(campaign: Campaign) -> list[Part]:
    """Lines in other currencies than the campaign's: kept, and in no total."""
    counts, sums = Counter[str](), Counter[str]()
    for (currency, _), (count, sum_) in tallying.sums(campaign.pk).items():
        counts[currency] += count
        sums[currency] += sum_
    return [
        Part(currency, counts[currency], sums[currency], currency) for currency in sorted(counts) if currency != campaign.currency
    ]


def lines(campaign: Campaign, wanted: Wanted, *, before: tuple[datetime, int] | None = None) -> tuple[list[Line], bool]:
    """A page of lines, the latest first, and whether there are older ones. `before` is the (moment, key) of the last line
    of the page before: no page is dearer than another. The sums are of the wanted lines."""
    found = _wanted(campaign, wanted)
    if before:
        found = found.filter(Q(at=before[0], pk__lt=before[1]) | Q(at__lt=before[0]), at__lte=before[0])
    rows = list(found.select_related("donation", "recorded_by").order_by("-at", "-pk")[: PAGE + 1])
    sum_ = _up_to(campaign, wanted, rows[0]) if rows else 0
    return _with_sums(rows[:PAGE], sum_), len(rows) > PAGE


def _with_sums(rows: Sequence[LedgerEntry], sum_: int) -> list[Line]:
    """From the latest, which has all that came until it, downwards."""
    told = []
    for entry in rows:
        told.append(Line(entry, sum_))
        sum_ -= entry.amount
    return told


def _up_to(campaign: Campaign, wanted: Wanted, latest: LedgerEntry) -> int:
    """What the wanted lines make, that one included."""
    begin = _midnight(wanted.first) if wanted.first else None
    found = tallying.sums(campaign.pk, begin=begin, end=latest.at, end_key=latest.pk + 1, processor=wanted.processor)
    kinds = [wanted.kind] if wanted.kind else LedgerEntry.Kind.values
    return sum(found.get((campaign.currency, kind), (0, 0))[1] for kind in kinds)


def _wanted(campaign: Campaign, wanted: Wanted) -> Any:
    named = {name: value for name, value in {"kind": wanted.kind, "processor": wanted.processor}.items() if value}
    found = LedgerEntry.objects.filter(campaign=campaign, currency=campaign.currency, **named)
    if wanted.last:
        found = found.filter(at__lt=_after(wanted.last))
    return found.filter(at__gte=_midnight(wanted.first)) if wanted.first else found


def _after(last: date | None) -> datetime | None:
    """The first moment after that day."""
    return _midnight(last + timedelta(days=1)) if last else None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
