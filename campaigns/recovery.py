"""What an outage costs, and what came back of it: for the command and the desk. Read only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, Count, F, Q, QuerySet, Sum, When
from django.db.models.functions import TruncDate

from campaigns import rescue, telling, ways
from campaigns.models import LedgerEntry, Outage, Pledge, PledgeMail, Stranding
from newsroom import money

Sums = dict[str, int]  # by currency, in minor units


@dataclass(frozen=True, slots=True)
class Plan:
    """What `processor_down` would do."""

    pledges: int
    monthly: Sums
    without_address: int
    ways: dict[str, list[str]]  # by currency: what donors would be offered
    sample: str


@dataclass(frozen=True, slots=True)
class Figures:
    stranded: int
    mailed: int
    waiting: int  # whose mail has not left yet
    without_address: int
    opened: int
    recovered: int
    restored: int
    ended: int
    still_open: int
    monthly_stranded: Sums
    monthly_recovered: Sums


@dataclass(slots=True)
class Day:
    """One day by the newsroom's calendar: pledges that got a new way, what they are worth a month, and what came by them."""

    day: date
    recovered: int = 0
    monthly: Sums = field(default_factory=dict)
    received: Sums = field(default_factory=dict)


def plan(name: str) -> Plan:
    rescue.check(name)
    active = rescue.active_at(name)
    monthly = _monthly(active)
    first = active.select_related("donor", "campaign").order_by("pk").first()
    return Plan(
        pledges=active.count(),
        monthly=monthly,
        without_address=active.filter(donor__email="").count(),
        ways={currency: _others(name, currency) for currency in monthly},
        sample=telling.sample(first) if first else "",
    )


def figures(outage: Outage) -> Figures:
    rows = Stranding.objects.filter(outage=outage)
    got_back = Q(recovered_at__isnull=False)
    is_open = Q(recovered_at=None, restored_at=None) & ~Q(pledge__status=Pledge.Status.ENDED)
    counted = rows.aggregate(
        stranded=Count("pk"),
        without_address=Count("pk", filter=Q(pledge__donor__email="")),
        opened=Count("pk", filter=Q(opened_at__isnull=False)),
        recovered=Count("pk", filter=got_back),
        restored=Count("pk", filter=Q(restored_at__isnull=False, recovered_at=None)),
        ended=Count("pk", filter=Q(recovered_at=None, restored_at=None, pledge__status=Pledge.Status.ENDED)),
        still_open=Count("pk", filter=is_open),
    )
    mails = PledgeMail.objects.filter(kind=PledgeMail.Kind.STRANDED, about=f"{outage.pk}")
    mailed = mails.filter(mailed_at__isnull=False).count()
    return Figures(
        **counted,
        mailed=mailed,
        waiting=mails.count() - mailed,
        monthly_stranded=_monthly(rows),
        monthly_recovered=_monthly(rows.filter(got_back)),
    )


def per_day(outage: Outage) -> list[Day]:
    """Days on which something happened, the earliest first."""
    days: dict[date, Day] = {}
    got_back = Stranding.objects.filter(outage=outage, recovered_at__isnull=False)
    by_day = got_back.annotate(day=TruncDate("recovered_at")).order_by().values("day", "currency")
    for row in by_day.annotate(number=Count("pk"), **WORTH):
        day = days.setdefault(row["day"], Day(row["day"]))
        day.recovered += row["number"]
        day.monthly[row["currency"]] = _worth(row)
    for day_, currency, amount in _received(outage):
        days.setdefault(day_, Day(day_)).received[currency] = amount
    return [days[day_] for day_ in sorted(days)]


def in_words(sums: Sums) -> str:
    """“€1,250 and US$30”; “nothing”."""
    told = [money.display(amount, currency) for currency, amount in sorted(sums.items()) if amount]
    return " and ".join(told) or "nothing"


WORTH = {
    "each_month": Sum(Case(When(rhythm="monthly", then=F("amount")), default=0, output_field=BigIntegerField())),
    "each_year": Sum(Case(When(rhythm="yearly", then=F("amount")), default=0, output_field=BigIntegerField())),
}


def _monthly(rows: QuerySet[Any]) -> Sums:
    return {row["currency"]: _worth(row) for row in rows.order_by().values("currency").annotate(**WORTH)}


def _worth(row: Mapping[str, Any]) -> int:
    """A year's gift is a twelfth of it each month."""
    worth: int = row["each_month"] + row["each_year"] // 12
    return worth


def _received(outage: Outage) -> Iterable[tuple[date, str, int]]:
    """Gifts of stranded pledges that came by their new way."""
    gifts = LedgerEntry.objects.filter(
        kind=LedgerEntry.Kind.GIFT,
        donation__pledge__strandings__outage=outage,
        donation__processor=F("donation__pledge__strandings__recovered_to"),
        at__gte=outage.began_at,
    )
    by_day = gifts.annotate(day=TruncDate("at")).order_by().values("day", "currency").annotate(sum=Sum("amount"))
    return by_day.values_list("day", "currency", "sum")


def _others(name: str, currency: str) -> list[str]:
    return [offer.label for offer in ways.offered(currency) if offer.name != name and (offer.saves_methods or offer.by_hand)]
