"""Whatever happens, in whatever order and however often: the books agree to the cent."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from campaigns import giving, inbox
from campaigns.checking import differences
from campaigns.models import Donation, ProcessorEvent, SandboxMovement, SandboxPayment
from campaigns.progress import progress_of
from campaigns.sandbox import bank
from tests.campaigns.gifts import a_gift
from tests.factories import NOON, make_campaign

GIFTS = 3
WHICH = st.integers(0, GIFTS - 1)
AMOUNT = st.integers(1, 3000)
DEEDS = st.one_of(
    st.tuples(st.sampled_from(["begin", "pay", "later", "decline", "cancel", "dispute", "win", "settle", "replay"]), WHICH),
    st.tuples(st.sampled_from(["refund", "refund_elsewhere"]), WHICH, AMOUNT, st.integers(1, 4)),
    st.tuples(st.just("event"), WHICH, st.integers(1, 6)),
    st.tuples(st.just("process")),
)


class Story:
    """A campaign, three donors, and the bank beside it."""

    def __init__(self) -> None:
        self.campaign = make_campaign(ends_at=None)
        self.events: dict[int, tuple[dict[str, str], bytes]] = {}

    def tell(self, deed: tuple[Any, ...]) -> None:
        name, *rest = deed
        which, *more = rest or [0]
        if name == "process":
            process()
        elif name == "begin":
            giving.begin(self.campaign, gift=a_gift(amount=1000 * (which + 1)), key=f"form-{which}", at=NOON)
        elif donation := Donation.objects.filter(amount=1000 * (which + 1)).order_by("-pk").first():
            getattr(self, name)(donation, *more)

    def pay(self, donation: Donation) -> None:
        bank.pay(donation.processor_ref, at=NOON, tell=False)

    def later(self, donation: Donation) -> None:
        bank.pay_later(donation.processor_ref)

    def decline(self, donation: Donation) -> None:
        bank.decline(donation.processor_ref, tell=False)

    def cancel(self, donation: Donation) -> None:
        bank.cancel(donation.processor_ref, tell=False)

    def dispute(self, donation: Donation) -> None:
        refused(bank.dispute, donation.processor_ref, tell=False)

    def win(self, donation: Donation) -> None:
        refused(bank.dispute_won, donation.processor_ref, tell=False)

    def settle(self, donation: Donation) -> None:
        giving.settle(donation, at=NOON + timedelta(minutes=1))

    def refund(self, donation: Donation, amount: int, key: int) -> None:
        refused(giving.refund, donation, amount=amount, key=UUID(int=key * 10 + donation.amount), by=None, at=NOON)

    def refund_elsewhere(self, donation: Donation, amount: int, key: int) -> None:
        refused(bank.refund, donation.processor_ref, amount=amount, key=f"{donation.pk}-{key}", tell=False)

    def event(self, donation: Donation, number: int) -> None:
        number = number * 10 + donation.pk
        if number not in self.events:
            self.events[number] = bank.signed_event(donation.processor_ref, "payment", event_id=f"evt_{number}")
        headers, body = self.events[number]
        inbox.receive("sandbox", headers=headers, body=body, at=NOON)

    def replay(self, donation: Donation) -> None:
        for event in ProcessorEvent.objects.filter(object_ref=donation.processor_ref):
            inbox.replay(event)


def refused(verb: Any, *args: Any, **options: Any) -> None:
    """Do it, or be told no: either is an answer."""
    with suppress(bank.BankRefuses, ValidationError, SandboxMovement.DoesNotExist):
        verb(*args, **options)


def process() -> None:
    for event in ProcessorEvent.objects.order_by("pk"):
        inbox.process(event, at=NOON)


def banks_sum() -> int:
    """What the bank's own books say, apart from everything of ours."""
    paid = sum(SandboxPayment.objects.filter(status="paid").values_list("amount", flat=True))
    signs = {"refund": -1, "dispute": -1, "dispute_won": 1}
    return paid + sum(signs[kind] * amount for kind, amount in SandboxMovement.objects.values_list("kind", "amount"))


class AnyOrder(TestCase):
    @settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(DEEDS, min_size=5, max_size=40))
    def test_totals_equal_the_banks_to_the_cent_after_any_story(self, deeds: list[tuple[Any, ...]]) -> None:
        story = Story()
        for deed in deeds:
            story.tell(deed)
            assert differences() == []
        for donation in Donation.objects.all():
            giving.settle(donation, at=NOON + timedelta(hours=1))
        process()
        assert differences() == []
        assert progress_of(story.campaign).total == banks_sum()
        assert not ProcessorEvent.objects.filter(status__in=["failed", "new"]).exists()

    @settings(max_examples=40, deadline=None)
    @given(st.permutations(range(6)), st.lists(st.integers(0, 5), max_size=10))
    def test_the_same_events_in_any_order_and_number_are_the_same_ledger(self, order: list[int], again: list[int]) -> None:
        campaign = make_campaign(ends_at=None)
        donations = [giving.begin(campaign, gift=a_gift(amount=1000 + n), key=f"{n}", at=NOON) for n in range(2)]
        letters = []
        for donation in donations:
            bank.pay(donation.processor_ref, at=NOON, tell=False)
            letters.append(bank.signed_event(donation.processor_ref, "payment.paid"))
            bank.refund(donation.processor_ref, amount=100, key=f"r{donation.pk}", at=NOON, tell=False)
            letters.append(bank.signed_event(donation.processor_ref, "payment.refund"))
            bank.dispute(donation.processor_ref, at=NOON, tell=False)
            letters.append(bank.signed_event(donation.processor_ref, "payment.dispute"))
        for number in [*order, *again]:
            headers, body = letters[number]
            inbox.process(inbox.receive("sandbox", headers=headers, body=body, at=NOON), at=NOON)
        for donation in donations:
            lines = list(donation.entries.order_by("kind").values_list("kind", "amount"))
            assert lines == [("dispute", 100 - donation.amount), ("gift", donation.amount), ("refund", -100)]
        assert (progress_of(campaign).total, progress_of(campaign).gifts, differences()) == (0, 0, [])


pytestmark = pytest.mark.django_db
