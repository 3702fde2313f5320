"""PayPal within the newsroom: its events, and instalments whose answer was lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns import collecting, giving, inbox
from campaigns.checking import differences
from campaigns.models import Donation, Instalment, LedgerEntry, ProcessorEvent
from tests.campaigns.forms import an_open_campaign, filled_in, text_of
from tests.campaigns.gifts import begun, pledge_of
from tests.campaigns.paypal_double import Double
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _configured(paypal: Double, settings: Any) -> None:
    settings.PROCESSORS = {**settings.PROCESSORS, "paypal": ("campaigns.processors.paypal.PayPal", paypal.settings())}


def a_gift(paypal, **overrides):
    donation = begun(make_campaign(), processor="paypal", **overrides)
    paypal.books.approve(donation.processor_ref)
    return giving.settle(donation, at=NOON)


def told(paypal, kind, resource):
    headers, body = paypal.teller.event(kind, resource)
    event = inbox.receive("paypal", headers=headers, body=body, at=NOON)
    return inbox.process(event, at=NOON)


def entries():
    return list(LedgerEntry.objects.order_by("pk").values_list("kind", "amount"))


def test_an_approval_that_paypal_tells_takes_the_gift_of_a_donor_who_never_came_back(paypal):
    donation = begun(make_campaign(), processor="paypal")
    paypal.books.approve(donation.processor_ref)
    event = told(paypal, "CHECKOUT.ORDER.APPROVED", paypal.books.orders[donation.processor_ref])
    assert (event.status, entries()) == ("done", [("gift", 2500)])


def test_refunds_and_disputes_find_the_gift_by_their_capture(paypal):
    donation = a_gift(paypal, rhythm="monthly")
    capture = paypal.books.capture_of(donation.processor_ref)
    refund = paypal.books.refund(capture, {"amount": {"currency_code": "EUR", "value": "5.00"}})
    assert told(paypal, "PAYMENT.CAPTURE.REFUNDED", refund).status == "done"
    dispute = paypal.books.dispute(capture["id"], amount="20.00")
    assert told(paypal, "CUSTOMER.DISPUTE.CREATED", dispute).status == "done"
    assert entries() == [("gift", 2500), ("refund", -500), ("dispute", -2000)]
    assert pledge_of(donation).status == "paused"
    paypal.books.resolve(dispute["dispute_id"], "RESOLVED_SELLER_FAVOUR")
    assert told(paypal, "CUSTOMER.DISPUTE.RESOLVED", dispute).status == "done"
    assert entries()[-1] == ("dispute_won", 2000)
    assert differences() == []


def test_a_way_to_pay_that_is_kept_after_the_gift_comes_to_its_pledge(paypal):
    paypal.books.vaults_at_once = False
    donation = a_gift(paypal, rhythm="monthly")
    assert pledge_of(donation).mandate == ""
    paypal.books.keep_now(donation.processor_ref)
    (token,) = paypal.books.tokens.values()
    assert told(paypal, "VAULT.PAYMENT-TOKEN.CREATED", token).status == "done"
    assert pledge_of(donation).mandate == token["id"]


def test_a_way_to_pay_that_is_there_is_not_replaced(paypal):
    donation = a_gift(paypal, rhythm="monthly")
    before = pledge_of(donation).mandate
    paypal.books.keep_now(donation.processor_ref)
    told(paypal, "PAYMENT.CAPTURE.COMPLETED", paypal.books.capture_of(donation.processor_ref))
    assert (pledge_of(donation).mandate, before != "") == (before, True)


def test_an_event_of_another_shop_on_the_account_waits_and_takes_nothing(paypal):
    unit = {"amount": {"currency_code": "EUR", "value": "9.00"}, "custom_id": "basket-7"}
    order = paypal.books.create({"intent": "CAPTURE", "purchase_units": [unit]}) | {"status": "APPROVED"}
    paypal.books.orders[order["id"]] = order
    assert told(paypal, "CHECKOUT.ORDER.APPROVED", order).status == "parked"
    assert paypal.books.captures == {}


@pytest.mark.parametrize(("kind", "status"), [("", 200), ("503", 503), ("drop", 503), ("429", 503)])
def test_the_door_asks_paypal_to_come_again_when_it_cannot_tell_whose_message_it_is(paypal, client, kind, status):
    donation = begun(make_campaign(), processor="paypal")
    headers, body = paypal.teller.event("CHECKOUT.ORDER.APPROVED", paypal.books.orders[donation.processor_ref])
    if kind:
        paypal.befalls("/certs/", kind, times=2)
    answer = client.post("/processors/paypal/events/", body, content_type="application/json", headers=headers)
    assert (answer.status_code, ProcessorEvent.objects.count()) == (status, status == 200)


def test_the_door_refuses_a_stranger(paypal, client):
    answer = client.post("/processors/paypal/events/", b"{}", content_type="application/json")
    assert (answer.status_code, ProcessorEvent.objects.count(), paypal.asked) == (400, 0, [])


@pytest.mark.parametrize("hours", [1, 8])
def test_an_instalment_whose_answer_was_lost_is_charged_once_however_late_we_look(paypal, hours):
    donation = a_gift(paypal, rhythm="monthly")
    due = NOON + timedelta(days=31)
    now = timezone.now()  # PayPal's books are searched up to the present
    paypal.books.clock = lambda: now - timedelta(hours=hours)
    paypal.lag = timedelta(hours=3)
    paypal.befalls("/v2/checkout/orders$", "lost")
    assert collecting.collect_due(at=due) == (1, 1)
    paypal.books.clock = lambda: now
    assert collecting.collect_due(at=due + timedelta(hours=hours)) == (0, 0)
    assert [amount for _, amount in entries()] == [2500, 2500]
    assert len(paypal.books.captures) == 2
    assert Instalment.objects.filter(pledge=pledge_of(donation), status="paid").count() == 2


def test_an_instalment_that_a_restricted_account_cannot_take_is_not_declined(paypal):
    donation = a_gift(paypal, rhythm="monthly")
    paypal.befalls("/v2/checkout/orders$", "422 PAYEE_ACCOUNT_RESTRICTED")
    assert collecting.collect_due(at=NOON + timedelta(days=31)) == (1, 1)
    assert pledge_of(donation).status == "active"
    assert collecting.collect_due(at=NOON + timedelta(days=31, hours=1)) == (0, 0)
    assert [amount for _, amount in entries()] == [2500, 2500]


def test_a_donor_goes_from_the_form_to_paypal_and_back_to_thanks(paypal, client):
    now = timezone.now()
    paypal.books.clock = lambda: now
    campaign = an_open_campaign()
    answer = client.post(campaign.get_absolute_url(), filled_in(processor="paypal"), follow=True)
    order = next(iter(paypal.books.orders.values()))
    assert f"https://www.sandbox.paypal.com/checkoutnow?token={order['id']}" in answer.content.decode()
    donation = Donation.objects.get()
    assert client.get(donation.get_absolute_url()).status_code == 200  # back without having approved
    assert entries() == []
    paypal.books.approve(order["id"])
    assert "€25" in text_of(client.get(donation.get_absolute_url()))
    assert entries() == [("gift", 2500)]
