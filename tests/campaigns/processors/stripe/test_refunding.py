"""Money goes back once a key, however long ago."""

import pytest

from campaigns.processors.base import ProcessorFault, Refused, Uncertain
from tests.campaigns.processors.stripe.orders import AN_ORDER, an_order

REFUNDS = "/v1/refunds"


@pytest.fixture
def ref(stripe, hands) -> str:
    """Of a gift that is paid."""
    opened = stripe.begin(AN_ORDER).ref
    hands.pay(opened)
    return opened


def refunded(double) -> list[int]:
    return [refund["amount"] for refund in double.account.all("refund")]


def test_a_part_goes_back_under_its_key(stripe, double, ref):
    movement = stripe.refund(ref, amount=1000, key="r1")
    (asked,) = double.posted(REFUNDS)
    intent = double.account.things[ref]["payment_intent"]
    assert (asked.key, asked.told) == ("r1:refund", {"payment_intent": intent, "amount": "1000", "metadata": {"key": "r1"}})
    assert (movement.kind, movement.amount, movement.key) == ("refund", 1000, "r1")
    assert stripe.look_up(ref).movements == (movement,)


def test_an_instalment_goes_back_too(stripe, hands):
    payment = stripe.collect(hands.save(), AN_ORDER)
    assert stripe.refund(payment.ref, amount=2500, key="r1").amount == 2500
    assert stripe.look_up(payment.ref).refunded == 2500


def test_a_key_sends_money_back_once_also_when_stripe_has_forgotten_it(stripe, double, ref):
    first = stripe.refund(ref, amount=1000, key="r1")
    double.forget_keys()
    assert stripe.refund(ref, amount=1000, key="r1") == first
    assert refunded(double) == [1000]


def test_a_refund_whose_answer_was_lost_is_found(stripe, double, ref):
    double.fail("drop", path=REFUNDS)
    with pytest.raises(Uncertain):
        stripe.refund(ref, amount=1000, key="r1")
    double.forget_keys()
    stripe.refund(ref, amount=1000, key="r1")
    assert refunded(double) == [1000]


def test_a_refund_after_an_error_of_stripes_is_uncertain(stripe, double, ref):
    double.fail(500, path=REFUNDS)
    with pytest.raises(Uncertain):
        stripe.refund(ref, amount=1000, key="r1")


def test_an_account_that_is_refused_sent_nothing_back(stripe, double, ref):
    double.fail(403, path=REFUNDS)
    with pytest.raises(ProcessorFault):
        stripe.refund(ref, amount=1000, key="r1")
    assert refunded(double) == []


def test_amounts_go_back_as_stripe_counts_them(stripe, double, hands):
    opened = stripe.begin(an_order(amount=500, currency="ISK")).ref
    double.account.rates["isk"] = 0.007
    hands.pay(opened)
    assert stripe.refund(opened, amount=200, key="r1").amount == 200
    assert refunded(double) == [20_000]
    assert stripe.look_up(opened).refunded == 200


def test_what_all_went_back_or_is_disputed_is_refused_in_words(stripe, double, hands, ref):
    stripe.refund(ref, amount=2500, key="r1")
    with pytest.raises(Refused, match="All of this payment was sent back already"):
        stripe.refund(ref, amount=1, key="r2")


def test_a_disputed_one_is_refused_in_words(stripe, double, hands, ref):
    hands.dispute(double.account.things[ref]["payment_intent"])
    with pytest.raises(Refused, match="disputes this payment"):
        stripe.refund(ref, amount=1, key="r1")


def test_nothing_was_paid_so_nothing_goes_back(stripe):
    with pytest.raises(Refused, match="Nothing was paid"):
        stripe.refund(stripe.begin(AN_ORDER).ref, amount=1, key="r1")


def test_one_that_waits_counts_and_one_that_fails_at_once_is_refused(stripe, double, ref):
    double.account.settings["refunds"] = "pending"
    assert stripe.refund(ref, amount=100, key="r1").amount == 100
    double.account.settings["refunds"] = "failed"
    with pytest.raises(Refused, match="could not send"):
        stripe.refund(ref, amount=200, key="r2")
    assert [line.amount for line in stripe.look_up(ref).movements] == [100]


def test_one_that_fails_later_comes_back(stripe, hands, ref):
    movement = stripe.refund(ref, amount=1000, key="r1")
    hands.fail_refund(movement.ref)
    payment = stripe.look_up(ref)
    assert [(line.kind, line.ref, line.key) for line in payment.movements] == [
        ("refund", movement.ref, "r1"),
        ("refund_failed", movement.ref, "r1"),
    ]
    assert payment.refunded == 0
