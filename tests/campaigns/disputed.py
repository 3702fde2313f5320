"""Gifts that a bank took back, and what there is to be seen of it."""

from datetime import timedelta
from typing import Any

from django.core import mail

from campaigns import giving
from campaigns.models import Dispute
from campaigns.sandbox import bank
from newsroom.models import Alarm
from tests.campaigns.gifts import received
from tests.factories import NOON, make_campaign

SOON = NOON + timedelta(hours=1)
END = NOON + bank.ANSWER_WITHIN


def disputed(*, settled: Any = SOON, **overrides: Any) -> Dispute:
    donation = received(make_campaign(ends_at=None), **overrides)
    bank.dispute(donation.processor_ref, at=NOON, tell=False)
    giving.settle(donation, at=settled)
    return Dispute.objects.get()


def alarms() -> list[str]:
    return list(Alarm.objects.filter(over_at=None).order_by("pk").values_list("sentence", flat=True))


def told_of_disputes() -> list[Any]:
    return [message for message in mail.outbox if "took back" in message.subject]


def versions(dispute: Dispute) -> list[int]:
    """What each version of the receipt says is left, the oldest first."""
    return [one.contents["left"] for one in dispute.donation.receipt.versions.order_by("version")]
