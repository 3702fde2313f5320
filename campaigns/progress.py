"""How far a campaign has come: the sum of its ledger, as the tallies of its days have it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns import tallying
from campaigns.models import Campaign, LedgerEntry
from campaigns.words import number_in_words
from newsroom import money


@dataclass(frozen=True, slots=True)
class Progress:
    total: int  # minor units, in the campaign's currency
    gifts: int  # those of which something is left
    goal: int  # minor units, or a number of donors
    currency: str
    donors: int = 0  # those of whose gifts something is left; counted where the goal is a number of donors
    is_of_donors: bool = False

    @property
    def reached(self) -> int:
        """How far it is to the goal, in the goal's own units."""
        return self.donors if self.is_of_donors else self.total

    @property
    def filled(self) -> int:
        """What a bar up to the goal shows."""
        return max(0, min(self.reached, self.goal))

    @property
    def per_cent(self) -> int:
        """Rounded down: a hundred is only said when it is there."""
        return max(0, self.reached) * 100 // self.goal

    @property
    def is_reached(self) -> bool:
        return self.reached >= self.goal

    @property
    def total_text(self) -> str:
        return money.display(self.total, self.currency)

    @property
    def reached_text(self) -> str:
        return number_in_words(self.donors) if self.is_of_donors else self.total_text

    @property
    def goal_text(self) -> str:
        if self.is_of_donors:
            return ngettext("{number} donor", "{number} donors", self.goal).format(number=number_in_words(self.goal))
        return money.display(self.goal, self.currency)

    @property
    def came_text(self) -> str:
        """What stands beside the figure: the gifts, with their sum where the figure is no sum."""
        if not self.is_of_donors:
            return self.gifts_text
        return _("{sum} in {gifts}").format(sum=self.total_text, gifts=self.gifts_text)

    @property
    def gifts_text(self) -> str:
        return ngettext("{number} gift", "{number} gifts", self.gifts).format(number=number_in_words(self.gifts))

    @property
    def words(self) -> str:
        return _("{reached} of {goal}").format(reached=self.reached_text, goal=self.goal_text)


def progress_of(campaign: Campaign) -> Progress:
    """One query, or none where the sums came along (`tallying.with_totals`). Entries in another currency (a processor's
    mistake) are not counted: `check_ledger` names them.

    Who the donors are is asked only where the goal counts them: no tally knows, so that every line is read.
    """
    is_of_donors = campaign.goal_kind == Campaign.GoalKind.DONORS
    total, gifts, donors = _with_donors(campaign) if is_of_donors else (*tallying.total(campaign), 0)
    return Progress(
        total=total,
        gifts=gifts,
        goal=campaign.goal,
        currency=campaign.currency,
        donors=donors,
        is_of_donors=is_of_donors,
    )


def _with_donors(campaign: Campaign) -> tuple[int, int, int]:
    lines = LedgerEntry.objects.filter(campaign=campaign, currency=campaign.currency).order_by()
    nets, is_left = lines.values("donation", "donation__donor").annotate(net=Sum("amount")), Q(net__gt=0)
    sums = nets.aggregate(
        total=Coalesce(Sum("net"), 0),
        gifts=Count("donation", filter=is_left),
        donors=Count("donation__donor", filter=is_left, distinct=True),
    )
    return sums["total"], sums["gifts"], sums["donors"]


def last_day(ends_at: datetime) -> date:
    """The last day on which gifts are taken, by the newsroom's calendar: an end at midnight belongs to the day before."""
    return timezone.localdate(ends_at - timedelta(microseconds=1))


def days_left(campaign: Campaign, *, at: datetime) -> int | None:
    """Days until the last day: 0 on it. None when there is no end, or it has passed."""
    if campaign.ends_at is None or campaign.ends_at <= at:
        return None
    return (last_day(campaign.ends_at) - timezone.localdate(at)).days


def days_change_at(campaign: Campaign, *, at: datetime) -> datetime | None:
    """When the days left will be others: at midnight, or at the end. None when they stay."""
    if days_left(campaign, at=at) is None:
        return None
    assert campaign.ends_at
    midnight = datetime.combine(timezone.localdate(at) + timedelta(days=1), time(), timezone.get_current_timezone())
    return min(campaign.ends_at, midnight)


def days_left_in_words(campaign: Campaign, *, at: datetime) -> str:
    days = days_left(campaign, at=at)
    if days is None:
        return ""
    if days == 0:
        return _("last day")
    return ngettext("{number} day left", "{number} days left", days).format(number=days)
