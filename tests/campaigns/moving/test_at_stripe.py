"""What was imported, at the double of Stripe: sent back, and collected."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command

from campaigns import collecting, giving, processors, taking_over
from campaigns.checking import differences
from campaigns.models import Donation, LedgerEntry, Pledge
from tests.campaigns.hands.stripe import Hand
from tests.campaigns.moving.exports import STRIPE, SUBSCRIPTIONS, written
from tests.campaigns.processors.stripe.orders import AN_ORDER
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def hand(settings) -> Iterator[Hand]:
    hand = Hand()
    with hand.configured() as configured:
        settings.PROCESSORS = settings.PROCESSORS | {"stripe": configured}
        yield hand


def test_an_imported_payment_is_sent_back_by_stripe_and_counted_once(tmp_path, hand):
    ref = processors.get("stripe").collect(hand.hands.save(), AN_ORDER).ref
    hand.double.account.things[ref]["metadata"] = {}  # it was not ours
    path = written(tmp_path / "stripe.csv", STRIPE, {"PaymentIntent ID": ref, "Created (UTC)": "2026-11-01 10:00"})
    call_command("import_gifts", path, stdout=StringIO())
    gift = Donation.objects.get()
    assert giving.refund(gift, amount=1000, key=UUID(int=1), by=None, at=NOON).status == "done"
    giving.settle(gift, at=NOON)
    assert list(LedgerEntry.objects.values_list("kind", "amount")) == [("gift", 2500), ("refund", -1000)]
    assert [refund["amount"] for refund in hand.double.account.all("refund")] == [1000]
    assert differences() == []


def test_an_imported_regular_gift_is_collected_once_from_the_day_it_was_started_for(tmp_path, hand):
    make_campaign(slug="help", currency="EUR")
    customer, _, method = hand.hands.save().partition("/")
    payment = {"Customer ID": customer, "Card ID": method, "Created (UTC)": "2026-11-01 10:00"}
    call_command("import_gifts", written(tmp_path / "pay.csv", STRIPE, payment), stdout=StringIO())
    plan = {"Customer ID": customer, "Current Period End (UTC)": f"{datetime.now(UTC).year + 1}-02-05 10:00"}
    call_command("import_pledges", written(tmp_path / "s.csv", SUBSCRIPTIONS, plan), campaign="help", stdout=StringIO())
    due = Pledge.objects.get().next_due
    assert due
    at = datetime(due.year, due.month, due.day, 12, tzinfo=UTC)
    collecting.collect_due(at=at)
    assert Donation.objects.count() == 1
    taking_over.start(old_is_off=True, by=None, at=datetime(due.year, 1, 20, tzinfo=UTC))
    for _ in range(2):
        collecting.collect_due(at=at)
    assert [intent["amount"] for intent in hand.double.account.all("payment_intent")] == [1000]
    assert Donation.objects.filter(pledge__isnull=False, status="received").count() == 1
    assert differences() == []
