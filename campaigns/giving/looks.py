"""When an unfinished gift is looked up next, if nobody tells us before: soon at first, then ever more seldom."""

from datetime import datetime, timedelta

from campaigns.models import Donation

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRST = 10 * MINUTE
# Most forms that were sent and not paid were left: five looks, by the gift's age.
OF_BEGUN = [FIRST, 30 * MINUTE, 2 * HOUR, 12 * HOUR, 3 * DAY]
# A bank debit takes days, and its donor has done their part: followed for two months, a quarter of its age between looks.
FOLLOWED_FOR, LONGEST = 60 * DAY, 12 * HOUR


def after(donation: Donation, *, at: datetime) -> datetime | None:
    """The look that follows one at `at`; None when it was the last."""
    age = at - donation.created_at
    if donation.status == Donation.Status.BEGUN:
        return next((donation.created_at + step for step in OF_BEGUN if step > age), None)
    return at + min(max(age / 4, FIRST), LONGEST) if age < FOLLOWED_FOR else None
