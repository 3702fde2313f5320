"""What the tests of gifts share: a gift to give, the moment, and the way through the pretended bank."""

from datetime import datetime
from typing import Any

from django.core import mail

from campaigns import giving
from campaigns.giving import Gift
from campaigns.models import Campaign, Donation, Pledge
from campaigns.sandbox import bank
from tests.factories import NOON, make_campaign


def a_gift(**overrides: Any) -> Gift:
    fields: dict[str, Any] = {"amount": 2500, "email": "ada@example.org", "processor": "sandbox", "name": "Ada"}
    return Gift(**fields | overrides)


def begun(campaign: Campaign, *, key: str = "", at: datetime = NOON, **overrides: Any) -> Donation:
    return giving.begin(campaign, gift=a_gift(**overrides), key=key, at=at)


def pledge_of(donation: Donation) -> Pledge:
    """As it stands now."""
    return Pledge.objects.get(donations=donation)


def received(campaign: Campaign, *, at: datetime = NOON, mail: bool = False, **overrides: Any) -> Donation:
    """A gift paid at the pretended bank and settled, without events."""
    donation = giving.begin(campaign, gift=a_gift(**overrides), at=at, mail=mail)
    if donation.processor == "offline":
        return giving.record_arrival(donation, amount=donation.amount, by=None, at=at, mail=mail)
    bank.pay(donation.processor_ref, at=at, tell=False)
    return giving.settle(donation, at=at, mail=mail)


def a_pledge(**overrides: Any) -> Pledge:
    """Monthly, active, its first gift paid at NOON: the 23rd is its day."""
    fields: dict[str, Any] = {"rhythm": "monthly"} | overrides
    campaign = fields.pop("campaign", None) or make_campaign(ends_at=None)
    return pledge_of(received(campaign, **fields))


def periods(pledge: Pledge) -> list[tuple[str, str]]:
    """Its instalments, the earliest first: (day, status)."""
    return [(str(period), status) for period, status in pledge.instalments.order_by("period").values_list("period", "status")]


def subjects() -> list[str]:
    """Of the mails that left, in their order."""
    return [str(message.subject) for message in mail.outbox]
