"""Whatever happens, in whatever order and however often: the books agree to the cent."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from campaigns import giving, inbox, reconciling, sweeping
from campaigns.checking import differences
from campaigns.models import Donation, LedgerEntry, ProcessorEvent, SandboxMovement, SandboxPayment
from campaigns.progress import progress_of
from campaigns.sandbox import bank
from tests.campaigns.gifts import a_gift
from tests.factories import NOON, make_campaign

GIFTS = 3
WHICH = st.integers(0, GIFTS - 1)
AMOUNT = st.integers(1, 3000)
DEEDS = st.one_of(
    st.tuples(st.sampled_from(["begin", "pay", "later", "decline", "cancel", "dispute", "win", "settle", "replay"]), WHICH),
    st.tuples(st.just("refund_fails"), WHICH),
    st.tuples(st.sampled_from(["refund", "refund_elsewhere"]), WHICH, AMOUNT, st.integers(1, 4)),
    st.tuples(st.just("event"), WHICH, st.integers(1, 6)),
    st.tuples(st.sampled_from(["process", "reconcile"])),
)
# What happens at the bank, and what donors and fundraisers do. Nobody tells us anything.
UNTOLD = st.one_of(
    st.tuples(st.sampled_from(["begin", "pay", "decline", "cancel", "dispute", "win", "refund_fails"]), WHICH),
    st.tuples(st.sampled_from(["refund", "refund_elsewhere"]), WHICH, AMOUNT, st.integers(1, 4)),
)


class Story:
    """A campaign, three donors, and the bank beside it."""

    def __init__(self) -> None:
        self.campaign = make_campaign(ends_at=None)
        self.events: dict[int, tuple[dict[str, str], bytes]] = {}

    def tell(self, deed: tuple[Any, ...]) -> None:
        name, *rest = deed
        which, *more = rest or [0]
        if name in {"process", "reconcile"}:
            globals()[name]()
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

    def refund_fails(self, donation: Donation) -> None:
        sent = SandboxMovement.objects.filter(payment__ref=donation.processor_ref, kind="refund").first()
        if sent:
            refused(bank.refund_fails, donation.processor_ref, key=sent.key, tell=False)

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


def reconcile() -> None:
    """Tomorrow's run: nothing is too young for it. It leaves nothing open."""
    assert reconciling.reconcile("sandbox", at=timezone.now() + timedelta(days=1)).is_good


def banks_sum() -> int:
    """What the bank's own books say, apart from everything of ours."""
    paid = sum(SandboxPayment.objects.filter(status="paid").values_list("amount", flat=True))
    signs = {"refund": -1, "refund_failed": 1, "dispute": -1, "dispute_won": 1}
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

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(UNTOLD, min_size=5, max_size=30))
    def test_where_every_event_is_lost_one_reconcile_heals_all_money(self, deeds: list[tuple[Any, ...]]) -> None:
        story = Story()
        for deed in deeds:
            story.tell(deed)
        reconcile()
        assert progress_of(story.campaign).total == banks_sum()
        assert differences() == []
        lines = LedgerEntry.objects.count()
        reconcile()
        assert LedgerEntry.objects.count() == lines

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(UNTOLD, min_size=5, max_size=30))
    def test_the_sweep_and_one_reconcile_bring_every_gift_to_where_the_bank_has_it(self, deeds: list[tuple[Any, ...]]) -> None:
        story = Story()
        for deed in deeds:
            story.tell(deed)
        sweeping.settle_unfinished(at=NOON + timedelta(hours=1))
        sweeping.finish_refunds(at=timezone.now() + timedelta(hours=1))
        reconcile()
        theirs = dict(SandboxPayment.objects.values_list("ref", "status"))
        ours = dict(Donation.objects.values_list("processor_ref", "status"))
        same = {"open": "begun", "pending": "awaited", "paid": "received", "declined": "declined", "cancelled": "cancelled"}
        assert ours == {ref: same[status] for ref, status in theirs.items()}
        assert (progress_of(story.campaign).total, differences()) == (banks_sum(), [])

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.integers(0, 4), min_size=50, max_size=50), st.integers(0, 50))
    def test_webhooks_replayed_ten_times_in_any_order_are_one_ledger(self, order: list[int], reconciled_at: int) -> None:
        donation = giving.begin(make_campaign(ends_at=None), gift=a_gift(), key="1", at=NOON)
        bank.pay(donation.processor_ref, at=NOON, tell=False)
        for key in ("r1", "r2"):
            bank.refund(donation.processor_ref, amount=300, key=key, at=NOON, tell=False)
        bank.refund_fails(donation.processor_ref, key="r1", at=NOON, tell=False)
        bank.dispute(donation.processor_ref, at=NOON, tell=False)
        letters = [bank.signed_event(donation.processor_ref, f"payment.{n}") for n in range(5)]
        for number, which in enumerate([*order, *range(5)]):
            headers, body = letters[which]
            event = inbox.receive("sandbox", headers=headers, body=body, at=NOON)
            inbox.replay(event)
            inbox.process(event, at=NOON)
            if number == reconciled_at:
                reconcile()
        told = sorted(donation.entries.values_list("kind", "amount"))
        assert told == [("dispute", -2200), ("gift", 2500), ("refund", -300), ("refund", -300), ("refund_failed", 300)]
        assert (ProcessorEvent.objects.filter(status="done").count(), differences()) == (5, [])


pytestmark = pytest.mark.django_db
