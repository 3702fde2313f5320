"""Gifts whose answer never came: a lost event, a donor who closed the page after paying. Asked for until it is known."""

import logging
from datetime import datetime, timedelta

from campaigns import giving
from campaigns.models import Donation
from campaigns.processors.base import ProcessorError

logger = logging.getLogger(__name__)
YOUNGEST, OLDEST = timedelta(minutes=10), timedelta(days=3)


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
