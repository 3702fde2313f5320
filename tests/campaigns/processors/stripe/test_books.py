"""Stripe's books, the oldest line first, under the refs by which the gifts are known."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.processors.base import MovementKind, ProcessorError, ProcessorFault, TransactionKind
from campaigns.processors.stripe import Stripe
from tests.campaigns.processors.stripe.orders import AN_ORDER, an_order
from tests.campaigns.stripe_double import KEY, SECRET, Hands, StripeDouble
from tests.factories import NOON

Kind = TransactionKind
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def lines(stripe, since=NOON - DAY, until=NOON + 30 * DAY):
    return list(stripe.transactions(since=since, until=until))


def test_every_kind_of_line_is_told_in_the_order_in_which_it_came(stripe, hands):
    ref = stripe.begin(AN_ORDER).ref
    intent = hands.at(NOON).pay(ref)["id"]
    collected = hands.at(NOON + HOUR) and stripe.collect(hands.save(), an_order(key="m1", amount=900))
    refund = hands.at(NOON + 2 * HOUR) and stripe.refund(ref, amount=400, key="r1")
    hands.at(NOON + 3 * DAY).fail_refund(refund.ref)
    dispute = hands.at(NOON + 4 * DAY).dispute(intent)["id"]
    hands.at(NOON + 5 * DAY).win(dispute)
    fee = hands.at(NOON + 6 * DAY).charge_a_fee(150)
    payout = hands.at(NOON + 7 * DAY).pay_out()
    told = lines(stripe)
    assert [(line.kind, line.ref, line.amount, line.at - NOON, line.fee) for line in told] == [
        (Kind.PAYMENT, ref, 2500, timedelta(), 63),
        (Kind.PAYMENT, collected.ref, 900, HOUR, 39),
        (Kind.REFUND, refund.ref, -400, 2 * HOUR, 0),
        (Kind.REFUND_FAILED, refund.ref, 400, 3 * DAY, 0),
        (Kind.DISPUTE, dispute, -2500, 4 * DAY, 2000),
        (Kind.DISPUTE_WON, dispute, 2500, 5 * DAY, 0),
        (Kind.OTHER, fee["id"], -150, 6 * DAY, 0),
        (Kind.PAYOUT, payout["id"], -payout["amount"], 7 * DAY, 0),
    ]
    assert [line.payment for line in told] == [ref, collected.ref, ref, ref, ref, ref, "", ""]
    assert [line.key for line in told] == [AN_ORDER.key, "m1", "r1", "r1", "", "", "", ""]
    assert {line.payout for line in told} == {payout["id"]}
    assert sum(line.amount - line.fee for line in told) == 0


def test_the_window_begins_with_its_first_second_and_ends_before_its_last(stripe, hands):
    for hour in range(3):
        ref = stripe.begin(an_order(key=f"k{hour}")).ref
        hands.at(NOON + hour * HOUR).pay(ref)
    told = lines(stripe, NOON + HOUR, NOON + 2 * HOUR)
    assert [line.key for line in told] == ["k1"]
    assert lines(stripe, NOON + HOUR, NOON + HOUR) == []
    # Two windows that meet within a second have what lies there once.
    edge = NOON + HOUR + timedelta(microseconds=1)
    assert [len(lines(stripe, NOON, edge)), len(lines(stripe, edge, NOON + DAY))] == [2, 1]


def test_more_lines_than_a_page_holds_are_told_once_each(stripe, double, hands):
    hands.at(NOON)
    for number in range(230):
        intent = double.account.intent(100 + number, "eur")
        double.account.succeed(intent, double.account.charge(intent))
    assert [line.amount for line in lines(stripe)] == list(range(100, 330))


def test_sessions_are_looked_up_a_hundred_at_a_time(stripe, double, hands):
    hands.at(NOON)
    refs = [stripe.begin(an_order(key=f"k{number}")).ref for number in range(5)]
    for ref in refs:
        hands.pay(ref)
    double.asked.clear()
    assert [line.ref for line in lines(stripe, NOON, NOON + HOUR)] == refs
    assert [asked.path for asked in double.asked] == ["/v1/balance_transactions", "/v1/checkout/sessions", "/v1/payouts"]


def test_a_debit_that_arrives_days_later_still_names_its_session(stripe, hands):
    ref = hands.at(NOON) and stripe.begin(AN_ORDER).ref
    intent = hands.pay(ref, later=True)["id"]
    assert lines(stripe) == []
    hands.at(NOON + 6 * DAY).arrive(intent)
    (line,) = lines(stripe, NOON + 5 * DAY, NOON + 7 * DAY)
    assert (line.ref, line.at) == (ref, NOON + 6 * DAY)


def test_payments_of_others_on_the_account_are_told_without_a_key(stripe, double, hands):
    hands.at(NOON)
    intent = double.account.intent(700, "eur")
    double.account.succeed(intent, double.account.charge(intent))
    (line,) = lines(stripe)
    assert (line.kind, line.ref, line.key) == (Kind.PAYMENT, intent["id"], "")
    assert stripe.look_up(line.ref).amount == 700


def test_what_the_balance_holds_in_another_currency_is_told_in_the_gifts(stripe, double, hands):
    double.account.rates["usd"] = 0.8
    ref = stripe.begin(an_order(currency="USD")).ref
    hands.at(NOON).pay(ref)
    (line,) = lines(stripe)
    assert (line.amount, line.currency, line.fee) == (2500, "USD", 63)  # 50 cents of a euro at that rate
    assert next(double.account.all("balance_transaction"))["fee"] == 50


def test_a_fee_without_a_rate_is_nonsense(stripe, double, hands):
    double.account.rates["usd"] = 0.8
    ref = stripe.begin(an_order(currency="USD")).ref
    hands.at(NOON).pay(ref)
    next(double.account.all("balance_transaction"))["exchange_rate"] = None
    with pytest.raises(ProcessorFault, match="rate"):
        lines(stripe)


def test_books_that_cannot_be_read_are_a_fault(stripe, double):
    double.fail(500, method="GET")
    with pytest.raises(ProcessorFault):
        lines(stripe)


DEEDS = st.sampled_from(["refund", "refund lost", "refund again", "refund there", "fail", "dispute", "win"])
SIGNS = {MovementKind.REFUND: -1, MovementKind.REFUND_FAILED: 1, MovementKind.DISPUTE: -1, MovementKind.DISPUTE_WON: 1}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(DEEDS, st.integers(min_value=1, max_value=1500)), max_size=10))
def test_whatever_happened_the_books_and_a_look_agree_to_the_cent_and_no_key_moved_twice(deeds):
    with StripeDouble().running() as double:
        stripe, hands = Stripe(secret_key=KEY, webhook_secret=SECRET, api_base=double.base), Hands(double).at(NOON)
        ref = stripe.begin(AN_ORDER).ref
        intent = hands.pay(ref)["id"]
        keys: list[tuple[str, int]] = []
        for number, (deed, amount) in enumerate(deeds):
            hands.at(NOON + number * HOUR)
            _do(deed, amount, stripe, hands, ref, intent, keys)
        payment, told = stripe.look_up(ref), lines(stripe)
    assert payment is not None
    moved = [(SIGNS[line.kind] * line.amount, line.ref, line.kind.value) for line in payment.movements]
    assert sorted(moved) == sorted((line.amount, line.ref, line.kind.value) for line in told[1:])
    assert 0 <= sum(line.amount for line in told) <= 2500
    ours = [line.key for line in payment.movements if line.kind == MovementKind.REFUND and line.key]
    assert len(ours) == len(set(ours))


def _do(deed: str, amount: int, stripe: Stripe, hands: Hands, ref: str, intent: str, keys: list[tuple[str, int]]) -> None:
    """One of them, where it can happen at all: what Stripe refuses, it refuses."""
    account = hands.account
    disputes = [dispute for dispute in account.all("dispute") if dispute["status"] == "needs_response"]
    sent = [refund for refund in account.all("refund") if refund["status"] == "succeeded"]
    charge = account.things[account.things[intent]["latest_charge"]]
    left = charge["amount_captured"] - charge["amount_refunded"]
    if deed.startswith("refund") and deed != "refund there":
        if deed == "refund again" and keys:
            key, amount = keys[-1]
            hands.double.forget_keys()  # a day later
        else:
            key = f"r{len(keys)}"
            keys.append((key, amount))
        if deed == "refund lost":
            hands.double.fail("drop", path="/v1/refunds")
        with suppress(ProcessorError):
            stripe.refund(ref, amount=amount, key=key)
        hands.double.faults.clear()
    elif deed == "refund there" and amount <= left and not charge["disputed"]:
        hands.refund(intent, amount)
    elif deed == "fail" and sent:
        hands.fail_refund(sent[0]["id"])
    elif deed == "dispute" and not charge["disputed"] and left:
        hands.dispute(intent)
    elif deed == "win" and disputes:
        hands.win(disputes[0]["id"])
