"""A payment that is held is taken or let go, once, whatever happens between."""

import pytest

from campaigns.processors.base import Refused, Uncertain
from tests.campaigns.processors.stripe.orders import AN_ORDER, an_order


@pytest.fixture
def ref(stripe, hands) -> str:
    """Of a payment that is held."""
    opened = stripe.begin(an_order(hold=True, save_method=True)).ref
    hands.pay(opened)
    return opened


def test_it_is_held_and_nothing_is_in_the_books(stripe, double, ref):
    payment = stripe.look_up(ref)
    assert (payment.status, payment.amount, payment.mandate, payment.method) == ("held", 2500, "", "Visa ending in 4242")
    assert list(double.account.all("balance_transaction")) == []


def test_what_is_taken_has_its_mandate(stripe, ref):
    payment = stripe.capture(ref, key="c1")
    assert (payment.status, payment.mandate != "") == ("paid", True)


def test_it_is_taken_once_a_key_also_when_stripe_has_forgotten_it(stripe, double, ref):
    first = stripe.capture(ref, key="c1")
    double.forget_keys()
    assert stripe.capture(ref, key="c1") == first
    assert len(list(double.account.all("balance_transaction"))) == 1
    with pytest.raises(Refused):
        stripe.capture(ref, key="c2")


def test_a_lost_answer_to_taking_it_is_found_out(stripe, double, ref):
    double.fail("drop", path="/v1/payment_intents/")
    with pytest.raises(Uncertain):
        stripe.capture(ref, key="c1")
    assert stripe.capture(ref, key="c1").status == "paid"


def test_what_was_never_held_cannot_be_taken(stripe, hands):
    opened = stripe.begin(AN_ORDER).ref
    with pytest.raises(Refused):
        stripe.capture(opened, key="c1")
    hands.pay(opened)
    with pytest.raises(Refused):
        stripe.capture(opened, key="c1")


def test_one_that_was_taken_while_it_was_let_go_says_so(stripe, double, ref, monkeypatch):
    let_go = stripe._let_go

    def taken_first(ref: str) -> None:
        stripe.capture(ref, key="c1")
        let_go(ref)

    monkeypatch.setattr(stripe, "_let_go", taken_first)
    assert stripe.release(ref).status == "paid"


def test_a_page_on_which_somebody_paid_while_it_was_closed_says_so(stripe, hands, monkeypatch):
    opened = stripe.begin(AN_ORDER).ref
    expire = stripe._expire

    def paid_first(ref: str) -> None:
        hands.pay(ref)
        expire(ref)

    monkeypatch.setattr(stripe, "_expire", paid_first)
    assert stripe.release(opened).status == "paid"


def test_a_collected_one_may_be_held_as_well(stripe, hands):
    payment = stripe.collect(hands.save(), an_order(hold=True))
    assert payment.status == "held"
    assert stripe.release(payment.ref).status == "cancelled"
