"""What stands in each export. An article that brought a gift does not: beside a donor's name it would tell what they read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns.donors import with_net
from campaigns.models import Donation, Donor, LedgerEntry, Pledge, Rhythm
from campaigns.overview.periods import Period
from newsroom import money

Cell = str | int | Decimal | None
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is asked for: a span of days, of one campaign or of all."""

    period: Period
    campaign: int | None = None

    def within(self, moment: str) -> Q:
        return Q(**{f"{moment}__gte": self.period.begin, f"{moment}__lt": self.period.end}) & self.of_campaign

    @property
    def of_campaign(self) -> Q:
        return Q(campaign=self.campaign) if self.campaign else Q()


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of export. `columns` are (heading, field). A field “sum:x” is minor units of the row's `currency`, “sum:x:y” of the
    currency in y: told as a decimal."""

    name: str
    label: str
    model: type[Model]
    columns: list[tuple[str, str]]
    rows: Callable[[Chosen], QuerySet[Any]]

    @property
    def permission(self) -> str:
        return f"campaigns.view_{self.model._meta.model_name}"

    @property
    def headings(self) -> list[str]:
        return [heading for heading, _ in self.columns]

    def count(self, chosen: Chosen, *, most: int) -> int:
        return self.rows(chosen).order_by()[:most].count()

    def lines(self, chosen: Chosen) -> Iterator[list[Cell]]:
        """Every row, by its key, some thousands at a time: no cursor and no transaction stays open while somebody downloads."""
        fields = [field.split(":") for _, field in self.columns]
        names = [parts[1] if parts[0] == "sum" else parts[0] for parts in fields]
        currency_of = [names.index((*parts, "currency")[2]) if parts[0] == "sum" else None for parts in fields]
        rows, last = self.rows(chosen).order_by("pk").values_list("pk", *names), 0
        while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
            for _, *values in chunk:
                yield [_cell(value, "" if at is None else values[at]) for value, at in zip(values, currency_of, strict=True)]
            last = chunk[-1][0]


def _cell(value: Any, currency: str) -> Cell:
    """Amounts as decimals, moments by the newsroom's clock with its offset, days as they are: both as ISO 8601 has them."""
    if value is None or value == "":
        return None
    if currency:
        return money.to_decimal(value, currency)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def _gifts(chosen: Chosen) -> QuerySet[Any]:
    arrived = Donation.objects.filter(chosen.within("received_at"), status=Donation.Status.RECEIVED)
    return with_net(arrived).annotate(rhythm=Coalesce(F("pledge__rhythm"), Value(Rhythm.ONCE.value)))


def _donors(chosen: Chosen) -> QuerySet[Any]:
    """Those who gave within the span, with the number of those gifts: sums in several currencies make none."""
    given = Donation.objects.filter(chosen.within("received_at"), donor=OuterRef("pk"), status=Donation.Status.RECEIVED)
    number = given.order_by().values("donor").annotate(number=Count("pk")).values("number")
    return Donor.objects.filter(Exists(given)).annotate(gifts=Subquery(number))


DONOR = [("Donor", "donor_id"), ("Name", "donor__name"), ("E-mail", "donor__email")]
TABLES = {
    table.name: table
    for table in [
        Table(
            "gifts",
            "Gifts that arrived",
            Donation,
            [
                ("Reference", "reference"),
                ("Received", "received_at"),
                ("Amount", "sum:amount"),
                ("Currency", "currency"),
                ("In the books", "sum:net:net_currency"),
                ("Currency there", "net_currency"),
                ("Of it for the fee", "sum:covered"),
                ("Fee", "sum:fee"),
                ("Rhythm", "rhythm"),
                ("Pledge", "pledge_id"),
                ("Campaign", "campaign__title"),
                *DONOR,
                ("Name on the gift", "name"),
                ("Anonymous", "anonymous"),
                ("Message", "message"),
                ("Processor", "processor"),
                ("Its reference", "processor_ref"),
            ],
            _gifts,
        ),
        Table(
            "pledges",
            "Pledges that began",
            Pledge,
            [
                ("Pledge", "pk"),
                ("Began", "started_at"),
                ("Amount", "sum:amount"),
                ("Currency", "currency"),
                ("Rhythm", "rhythm"),
                ("Day", "day"),
                ("State", "status"),
                ("Next due", "next_due"),
                ("Paused until", "paused_until"),
                ("Ended", "ended_at"),
                ("Campaign", "campaign__title"),
                *DONOR,
                ("Processor", "processor"),
                ("Agreed", "consented_at"),
            ],
            lambda chosen: Pledge.objects.filter(chosen.within("started_at")),
        ),
        Table(
            "donors",
            "Donors who gave",
            Donor,
            [
                ("Donor", "pk"),
                ("Name", "name"),
                ("E-mail", "email"),
                ("Street", "street"),
                ("Postcode", "postcode"),
                ("City", "city"),
                ("Region", "region"),
                ("Country", "country"),
                ("Tax number", "tax_number"),
                ("Language", "language"),
                ("Wants news", "wants_news"),
                ("Known since", "created_at"),
                ("Gifts in this time", "gifts"),
            ],
            _donors,
        ),
        Table(
            "ledger",
            "Lines of the ledger",
            LedgerEntry,
            [
                ("Line", "pk"),
                ("When", "at"),
                ("Kind", "kind"),
                ("Amount", "sum:amount"),
                ("Currency", "currency"),
                ("Gift", "donation__reference"),
                ("Campaign", "campaign__title"),
                ("Processor", "processor"),
                ("Its reference", "processor_ref"),
                ("Recorded", "recorded_at"),
                ("Recorded by", "recorded_by__username"),
                ("Note", "note"),
            ],
            lambda chosen: LedgerEntry.objects.filter(chosen.within("at")),
        ),
    ]
}
