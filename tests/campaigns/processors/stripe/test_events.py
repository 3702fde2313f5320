"""Stripe's events on their way through the inbox to the gift, by whichever name they call its payment."""

from itertools import permutations
from uuid import UUID

import pytest

from campaigns import giving, inbox
from campaigns.checking import differences
from campaigns.models import Donation, LedgerEntry, ProcessorEvent
from tests.campaigns.gifts import begun
from tests.campaigns.stripe_double import KEY, SECRET
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def configured(settings, double) -> None:
    arguments = {"secret_key": KEY, "webhook_secret": SECRET, "api_base": double.base}
    settings.PROCESSORS = {**settings.PROCESSORS, "stripe": ("campaigns.processors.stripe.Stripe", arguments)}


@pytest.fixture
def donation() -> Donation:
    return begun(make_campaign(), processor="stripe")


def post(client, headers: dict[str, str], body: bytes) -> int:
    sent = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return client.post("/processors/stripe/events/", body, content_type="application/json", **sent).status_code


def lines() -> list[tuple[str, int]]:
    return list(LedgerEntry.objects.values_list("kind", "amount"))


def statuses() -> set[str]:
    return set(ProcessorEvent.objects.values_list("status", flat=True))


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_whatever_order_they_come_in_the_ledger_is_the_same(hands, donation, order):
    intent = hands.at(NOON).pay(donation.processor_ref)
    refund = hands.refund(intent["id"], 700)["id"]
    events = [
        hands.event("checkout.session.completed", donation.processor_ref),
        hands.event("payment_intent.succeeded", intent["id"]),
        hands.event("charge.refunded", intent["latest_charge"]),
        hands.event("refund.created", refund),
    ]
    for turn in order:
        headers, body = events[turn]
        inbox.process(inbox.receive("stripe", headers=headers, body=body, at=NOON), at=NOON)
    assert (lines(), statuses(), differences()) == ([("gift", 2500), ("refund", -700)], {"done"}, [])


def test_a_dispute_finds_its_gift_by_asking_whose_payment_it_is(client, run_jobs, hands, donation):
    intent = hands.at(NOON).pay(donation.processor_ref)["id"]
    giving.settle(donation, at=NOON)
    assert post(client, *hands.event("charge.dispute.created", hands.dispute(intent)["id"])) == 200
    run_jobs()
    assert lines() == [("gift", 2500), ("dispute", -2500)]
    event = ProcessorEvent.objects.get()
    assert (event.object_ref, event.order_key, event.status) == (intent, donation.key, "done")


def test_an_event_about_another_shops_payment_on_the_account_waits_and_changes_nothing(client, run_jobs, double, hands, donation):
    intent = double.account.intent(700, "eur", metadata={"key": "order 12"})
    double.account.succeed(intent, double.account.charge(intent))
    refund = hands.refund(intent["id"], 100)["id"]
    for kind, thing in (("payment_intent.succeeded", intent["id"]), ("refund.created", refund)):
        assert post(client, *hands.event(kind, thing)) == 200
    run_jobs()
    assert (lines(), statuses()) == ([], {"parked"})


def test_a_payment_that_stripe_does_not_know_any_more_waits(client, run_jobs, double, hands, donation):
    intent = hands.pay(donation.processor_ref)["id"]
    headers, body = hands.event("charge.dispute.created", hands.dispute(intent)["id"])
    del double.account.things[intent]
    assert post(client, headers, body) == 200
    run_jobs()
    assert statuses() == {"parked"}


def test_what_is_about_no_payment_is_put_by_at_once_and_asks_nobody(client, run_jobs, double, hands):
    headers, body = hands.event("payout.paid", hands.pay_out()["id"])
    double.asked.clear()
    assert post(client, headers, body) == 200
    run_jobs()
    assert (statuses(), double.asked) == ({"ignored"}, [])


def test_one_that_stripe_could_not_be_asked_about_stays_new_for_its_next_try(double, hands, donation):
    intent = hands.pay(donation.processor_ref)["id"]
    headers, body = hands.event("charge.dispute.created", hands.dispute(intent)["id"])
    event = inbox.receive("stripe", headers=headers, body=body, at=NOON)
    double.fail(500, method="GET")
    with pytest.raises(Exception, match="in trouble"):
        inbox.process(event, at=NOON)
    event.refresh_from_db()
    assert event.status == "new"
    assert inbox.process(event, at=NOON).status == "done"


def test_one_that_names_the_payment_intent_and_came_before_its_gift_was_known_gets_its_turn(run_jobs, hands, donation):
    intent = hands.at(NOON).pay(donation.processor_ref)["id"]
    token = donation.token
    Donation.objects.update(token=UUID(int=1))  # our row is not there yet
    headers, body = hands.event("payment_intent.succeeded", intent)
    event = inbox.receive("stripe", headers=headers, body=body, at=NOON)
    assert inbox.process(event, at=NOON).status == "parked"
    Donation.objects.update(token=token)
    inbox.unpark(Donation.objects.get())
    run_jobs()
    assert lines() == [("gift", 2500)]


def test_an_event_cannot_bring_a_gift_another_payment(client, run_jobs, double, hands, donation):
    """Its key alone is believed to name the gift; what came is looked up under the gift's own ref."""
    other = double.account.intent(99_000, "eur", metadata={"key": donation.key})
    double.account.succeed(other, double.account.charge(other))
    assert post(client, *hands.event("payment_intent.succeeded", other["id"])) == 200
    run_jobs()
    assert (lines(), Donation.objects.get().status) == ([], "begun")


def test_an_event_that_comes_ten_times_counts_once(client, run_jobs, hands, donation):
    hands.at(NOON).pay(donation.processor_ref)
    headers, body = hands.event("checkout.session.completed", donation.processor_ref)
    for _ in range(10):
        assert post(client, headers, body) == 200
    run_jobs()
    assert (lines(), ProcessorEvent.objects.count()) == ([("gift", 2500)], 1)


def test_nothing_that_was_not_signed_gets_in(client, hands, donation):
    headers, body = hands.event("checkout.session.completed", donation.processor_ref)
    assert post(client, headers, body + b" ") == 400
    assert post(client, {}, body) == 400
    assert ProcessorEvent.objects.count() == 0
