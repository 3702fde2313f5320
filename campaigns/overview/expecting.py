"""What pledges will bring next month, by what they brought lately."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Count, F, Q, Sum, When

from campaigns.models import Instalment, Pledge
from campaigns.overview.periods import months_later

LOOKED_BACK = timedelta(days=90)
PATIENCE = timedelta(days=15)  # a declined gift is tried again for two weeks: before that nobody knows
Monthly, Yearly = Pledge.Rhythm.MONTHLY, Pledge.Rhythm.YEARLY


@dataclass(frozen=True, slots=True)
class Expected:
    """Minor units. `due` is promised for the month by so many pledges; of what was due lately `came` of `asked` arrived."""

    currency: str
    pledges: int
    due: int
    came: int
    asked: int

    @property
    def missed(self) -> float:
        """What usually does not come, in per cent."""
        return round(100 * (self.asked - self.came) / self.asked, 1) if self.asked else 0

    @property
    def likely(self) -> int:
        return self.due * self.came // self.asked if self.asked else self.due


def next_month(today: date) -> date:
    """Its first day."""
    return months_later(today, 1)


def expected(*, today: date) -> list[Expected]:
    """One for each currency in which active pledges fall due next month. Two queries."""
    first, last = next_month(today), months_later(today, 2) - timedelta(days=1)
    is_due = Q(rhythm=Monthly, next_due__lte=last) | Q(rhythm=Yearly, next_due__range=(first, last))
    due = Pledge.objects.filter(is_due, status=Pledge.Status.ACTIVE).order_by().values("currency")
    rows = due.annotate(number=Count("pk"), total=Sum("amount")).values_list("currency", "number", "total").order_by("currency")
    lately = _lately(today)
    return [Expected(currency, number, total, *lately.get(currency, (0, 0))) for currency, number, total in rows]


def _lately(today: date) -> dict[str, tuple[int, int]]:
    """{currency: (what came, what was due)} of the three months before the last two weeks."""
    last = today - PATIENCE
    known = Instalment.objects.filter(period__gt=last - LOOKED_BACK, period__lte=last).exclude(status=Instalment.Status.SKIPPED)
    came = Case(When(status=Instalment.Status.PAID, then=F("pledge__amount")), default=0)
    rows = known.order_by().values("pledge__currency").annotate(came=Sum(came), asked=Sum("pledge__amount"))
    return {row["pledge__currency"]: (row["came"], row["asked"]) for row in rows}
