"""Events are Stripe's or they are nobody's."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.processors.base import Event, Forged
from campaigns.processors.stripe import Stripe
from tests.campaigns.processors.stripe.orders import AN_ORDER
from tests.campaigns.stripe_double import KEY, SECRET
from tests.campaigns.stripe_double.hands import signed

THING = {"object": "event", "id": "evt_1", "type": "payment_intent.succeeded", "livemode": False}


def a_processor(**overrides: str) -> Stripe:
    return Stripe(**{"secret_key": KEY, "webhook_secret": SECRET} | overrides)


def told(**overrides: object) -> str:
    return json.dumps(
        THING | {"data": {"object": {"object": "payment_intent", "id": "pi_1", "metadata": {"key": "k"}}}} | overrides
    )


def test_a_sessions_event_names_the_session_and_our_key(stripe, hands):
    ref = stripe.begin(AN_ORDER).ref
    event = stripe.verify(*hands.event("checkout.session.completed", ref, event_id="evt_1"))
    assert event == Event("evt_1", "checkout.session.completed", ref, AN_ORDER.key)


def test_others_name_the_payment_intent_and_those_that_repeat_it_our_key(stripe, double, hands):
    ref = stripe.begin(AN_ORDER).ref
    intent = hands.pay(ref)
    refund, dispute = stripe.refund(ref, amount=1, key="r1").ref, hands.dispute(intent["id"])["id"]
    things = [intent["id"], intent["latest_charge"], refund, dispute]
    events = [stripe.verify(*hands.event("kind", thing)) for thing in things]
    assert {event.ref for event in events} == {intent["id"]}
    assert [event.key for event in events] == [AN_ORDER.key, AN_ORDER.key, "", ""]  # a refund's key is not the gift's


def test_what_is_about_no_payment_names_none(stripe, hands):
    event = stripe.verify(*hands.event("payout.paid", hands.pay_out()["id"]))
    assert (event.kind, event.ref, event.key) == ("payout.paid", "", "")


def test_a_thin_event_is_read_too(stripe):
    body = json.dumps({"object": "v2.core.event", "id": "evt_1", "type": "v1.billing.meter.error", "livemode": False})
    assert stripe.verify(*signed(body)) == Event("evt_1", "v1.billing.meter.error", "", "")


def test_each_of_several_secrets_is_good_while_one_is_exchanged_for_another():
    processor = a_processor(webhook_secret="whsec_old, whsec_new,")
    for secret in ("whsec_old", "whsec_new"):
        assert processor.verify(*signed(told(), secret=secret)).ref == "pi_1"
    for secret in ("whsec_other", "", "whsec_old, whsec_new,"):
        with pytest.raises(Forged):
            processor.verify(*signed(told(), secret=secret))


def test_without_a_secret_nothing_is_believed():
    for secret in ("", " , ", "anything"):
        with pytest.raises(Forged):
            a_processor(webhook_secret="").verify(*signed(told(), secret=secret))


@pytest.mark.parametrize("age", [301, 3600, 10**9])
def test_an_old_signature_is_not_good(age):
    with pytest.raises(Forged):
        a_processor().verify(*signed(told(), at=int(time.time()) - age))


def test_one_of_four_minutes_ago_is():
    assert a_processor().verify(*signed(told(), at=int(time.time()) - 240)).id == "evt_1"


@pytest.mark.parametrize(
    ("key", "livemode"), [("sk_live_1", False), ("rk_live_1", False), ("sk_test_1", True), ("sk_live_1", None)]
)
def test_a_trials_event_at_a_live_key_is_forged_and_the_other_way_round(key, livemode):
    with pytest.raises(Forged, match="trial"):
        a_processor(secret_key=key).verify(*signed(told(livemode=livemode)))


def test_a_live_event_at_a_live_key_is_good():
    assert a_processor(secret_key="rk_live_1").verify(*signed(told(livemode=True))).key == "k"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        "null",
        '"evt_1"',
        '{"object": "event"}',
        told(id=1),
        told(id=""),
        told(type=None),
        told(object="charge"),
        told(livemode="no"),
    ],
)
def test_what_is_signed_and_no_event_is_forged(body):
    with pytest.raises(Forged):
        a_processor().verify(*signed(body))


@pytest.mark.parametrize(
    "data", [None, [], {}, {"object": None}, {"object": []}, {"object": {"object": "payment_intent", "id": 7}}]
)
def test_an_event_about_nonsense_names_no_payment(data):
    event = a_processor().verify(*signed(told(data=data)))
    assert (event.ref, event.key) == ("", "")


@given(st.text(), st.binary())
def test_nothing_that_somebody_makes_up_passes_or_breaks_it(header, body):
    with pytest.raises(Forged):
        a_processor().verify({"stripe-signature": header}, body)
