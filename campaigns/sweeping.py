"""Gifts and refunds whose answer never came: a lost event, a donor who closed the page after paying."""

import logging
from datetime import datetime

from campaigns import giving, mishaps
from campaigns.giving import looks
from campaigns.models import Donation, Refund

logger = logging.getLogger(__name__)
AT_ONCE = 200  # the newest first: their donors are waiting


def settle_unfinished(*, at: datetime) -> int:
    """Look up the unfinished gifts whose turn it is. One's trouble delays nobody. Returns how many are settled now."""
    status = [Donation.Status.BEGUN, Donation.Status.HELD, Donation.Status.AWAITED]
    due = Donation.objects.filter(status__in=status, look_at__lte=at).order_by("-pk")
    return sum(_look_up(donation, at=at) for donation in list(due[:AT_ONCE]))


def finish_refunds(*, at: datetime) -> int:
    """Finish the refunds whose answer was lost. Returns how many are answered now."""
    asked = Refund.objects.filter(status=Refund.Status.ASKED, asked_at__lte=at - looks.FIRST)
    return sum(_finish(refund, at=at) for refund in list(asked.select_related("donation").order_by("-pk")[:AT_ONCE]))


def _look_up(donation: Donation, *, at: datetime) -> bool:
    # Its next turn is written before the call: a gift that breaks the worker does not come first again and again.
    mine = Donation.objects.filter(pk=donation.pk, look_at=donation.look_at)
    if not mine.update(look_at=looks.after(donation, at=at), look_problem=""):
        return False
    try:
        return not giving.settle(donation, at=at).is_unfinished
    except Exception as error:
        problem = mishaps.told(error)
        logger.warning("Gift %s could not be looked up: %s", donation.pk, problem)
        Donation.objects.filter(pk=donation.pk).update(look_problem=problem)
        return False


def _finish(refund: Refund, *, at: datetime) -> bool:
    try:
        return giving.finish_refund(refund, at=at).status != Refund.Status.ASKED
    except Exception as error:
        problem = mishaps.told(error)
        logger.warning("Refund %s has no answer yet: %s", refund.pk, problem)
        Refund.objects.filter(pk=refund.pk, status=Refund.Status.ASKED).update(problem=problem)
        return False
