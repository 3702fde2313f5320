"""What became of the gifts that were let through: the guard learns from banks, not from guesses."""

from datetime import datetime

from django.db.models import F

from campaigns.guard.counting import count
from campaigns.models import Donation, GuardTrace

# One page of a processor may see many cards before its payment ends: each refusal is an event of its own.
REFUSALS = {"payment_intent.payment_failed"}


def told(donation: Donation, *, at: datetime) -> None:
    """A gift was paid or declined. Counted once, however often it is said; not at all for gifts without a try of a form."""
    mine = GuardTrace.objects.filter(donation=donation)
    if donation.is_received and mine.filter(paid=False).update(paid=True):
        _count(donation, at=at, paid=1)
    if donation.status == Donation.Status.DECLINED and mine.filter(declines=0).update(declines=1):
        _count(donation, at=at, declined=1)


def heard(donation: Donation, kind: str, *, at: datetime) -> None:
    """An event says that a card was refused, while the payment may still go on with another one."""
    if kind in REFUSALS and GuardTrace.objects.filter(donation=donation).update(declines=F("declines") + 1):
        _count(donation, at=at, declined=1)


def _count(donation: Donation, *, at: datetime, **what: int) -> None:
    keys = GuardTrace.objects.values_list("keys", flat=True).get(donation=donation)
    count(keys, at=at, hour=what, **what)
