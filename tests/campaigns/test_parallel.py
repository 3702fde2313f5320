"""Many at once, on real connections: the row locks, the advisory lock and the constraints have to hold."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from campaigns import collecting, giving, inbox
from campaigns.checking import differences
from campaigns.models import (
    Donation,
    Instalment,
    LedgerEntry,
    Pledge,
    ProcessorEvent,
    Receipt,
    Refund,
    SandboxMovement,
    SandboxPayment,
)
from campaigns.sandbox import bank
from tests.campaigns.gifts import begun, received
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def all_at_once[T](number: int, deed: Callable[[int], T]) -> list[T]:
    """`deed(0)` … `deed(number - 1)`, each in a thread with a connection of its own, started together."""
    start = Barrier(number)

    def run(turn: int) -> T:
        start.wait(timeout=30)
        try:
            return deed(turn)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


@pytest.mark.parametrize("key", ["", "the-forms-key"])
def test_a_hundred_parallel_submits_of_one_form_are_one_gift(key):
    campaign = make_campaign(ends_at=None)
    form = {"key": key, "rhythm": "monthly", "amount_monthly": "2500", "email": "ada@example.org", "processor": "sandbox"}
    answers = all_at_once(100, lambda turn: Client().post(campaign.get_absolute_url(), form))
    payment = SandboxPayment.objects.get()
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {
        (303, f"/processors/sandbox/pay/{payment.ref}/")
    }
    assert Donation.objects.get().processor_ref == payment.ref


def test_one_payment_settled_by_twenty_at_once_is_one_entry_and_one_receipt():
    donation = begun(make_campaign())
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    all_at_once(20, lambda turn: giving.settle(donation, at=NOON + timedelta(seconds=turn)))
    assert list(LedgerEntry.objects.values_list("kind", "amount")) == [("gift", 2500)]
    assert Receipt.objects.count() == 1


def test_receipts_of_gifts_that_arrive_together_are_numbered_without_a_gap():
    campaign = make_campaign()
    donations = [begun(campaign, email=f"donor{number}@example.org") for number in range(20)]
    for donation in donations:
        bank.pay(donation.processor_ref, at=NOON, tell=False)
    all_at_once(20, lambda turn: giving.settle(donations[turn], at=NOON))
    assert list(Receipt.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 21))
    assert differences() == []


def test_one_event_delivered_twenty_times_at_once_is_stored_once():
    donation = begun(make_campaign())
    headers, body = bank.signed_event(donation.processor_ref, "payment.paid")
    all_at_once(20, lambda turn: inbox.receive("sandbox", headers=headers, body=body, at=NOON))
    assert ProcessorEvent.objects.count() == 1


def test_a_refund_form_sent_twenty_times_at_once_refunds_once():
    donation = received(make_campaign())
    key = UUID(int=7)
    all_at_once(20, lambda turn: giving.refund(donation, amount=2500, key=key, by=None, at=NOON))
    assert list(Refund.objects.values_list("amount", "status")) == [(2500, "done")]
    assert SandboxMovement.objects.count() == 1
    assert LedgerEntry.objects.total() == 0


def test_a_cheque_form_sent_twenty_times_at_once_is_one_gift():
    campaign = make_campaign()
    all_at_once(20, lambda turn: giving.record_cheque(campaign, amount=700, key="k", by=None, at=NOON, email="a@example.org"))
    assert LedgerEntry.objects.total() == 700
    assert Donation.objects.count() == 1


def test_two_collectors_at_once_charge_every_pledge_once():
    campaign = make_campaign(ends_at=None)
    for number in range(6):
        received(campaign, rhythm="monthly", email=f"donor{number}@example.org")
    all_at_once(4, lambda turn: collecting.collect_due(at=NOON + timedelta(days=30)))
    assert Instalment.objects.filter(status="paid").count() == 12
    assert SandboxPayment.objects.filter(status="paid").count() == 12
    assert LedgerEntry.objects.total() == 12 * 2500


def test_no_processor_is_called_inside_a_transaction(settings):
    seen: list[tuple[str, bool]] = []
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.Watching", {"seen": seen})}
    donation = received(make_campaign(ends_at=None), rhythm="monthly")
    giving.refund(donation, amount=100, key=UUID(int=1), by=None, at=NOON)
    collecting.collect_due(at=NOON + timedelta(days=30))
    assert seen == [(name, False) for name in ("begin", "look_up", "refund", "find", "collect")]


def test_two_runs_that_finish_one_old_claim_together_charge_it_once():
    received(make_campaign(ends_at=None), rhythm="monthly")
    due = NOON + timedelta(days=30)
    assert collecting.claim(Pledge.objects.get().pk, today=due.date(), at=due) is not None
    all_at_once(6, lambda turn: collecting.collect_due(at=due + timedelta(minutes=20)))
    assert SandboxPayment.objects.filter(status="paid").count() == 2
    assert LedgerEntry.objects.total() == 5000
