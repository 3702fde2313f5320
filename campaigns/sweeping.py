"""Gifts whose answer never came: a lost event, a donor who closed the page after paying. Asked for until it is known."""

import logging
from datetime import datetime, timedelta

from campaigns import giving
from campaigns.models import Donation, Refund
from campaigns.processors.base import ProcessorError

logger = logging.getLogger(__name__)
YOUNGEST, OLDEST = timedelta(minutes=10), timedelta(days=3)
KEYS_ARE_KNOWN_FOR = timedelta(hours=20)  # Stripe forgets an idempotency key after 24


def settle_unfinished(*, at: datetime) -> int:
    """Look up every unfinished gift that a processor knows of, between ten minutes and three days old.

    One's trouble delays nobody. Returns how many are settled now.
    """
    status = [Donation.Status.BEGUN, Donation.Status.AWAITED]
    gifts = Donation.objects.filter(status__in=status, created_at__range=(at - OLDEST, at - YOUNGEST))
    settled = 0
    for donation in gifts.exclude(processor_ref="").exclude(processor="offline").order_by("pk").iterator():
        try:
            settled += not giving.settle(donation, at=at).is_unfinished
        except ProcessorError as error:
            logger.warning("Gift %s could not be looked up: %s", donation.pk, error)
    return settled


def finish_refunds(*, at: datetime) -> int:
    """Refunds whose answer was lost: asked again under the same key, as long as processors know it. Returns how many are done."""
    asked = Refund.objects.filter(status=Refund.Status.ASKED, asked_at__range=(at - KEYS_ARE_KNOWN_FOR, at - YOUNGEST))
    done = 0
    for refund in asked.select_related("donation").order_by("pk"):
        try:
            after = giving.refund(refund.donation, amount=refund.amount, key=refund.token, by=None, at=at)
            done += after.status == Refund.Status.DONE
        except ProcessorError as error:
            logger.warning("Refund %s has no answer yet: %s", refund.pk, error)
    return done
