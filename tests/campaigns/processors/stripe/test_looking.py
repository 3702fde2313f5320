"""How a payment stands, from its session or its PaymentIntent."""

from datetime import timedelta

import pytest

from campaigns.processors.base import Payment, PaymentStatus, ProcessorFault, Refused
from tests.campaigns.processors.stripe.orders import AN_ORDER, an_order
from tests.factories import NOON


def test_an_open_page_waits_for_its_donor(stripe):
    ref = stripe.begin(AN_ORDER).ref
    assert stripe.look_up(ref) == Payment(ref, AN_ORDER.key, PaymentStatus.OPEN, 2500, "EUR")


def test_a_paid_one_says_when_how_and_what_stripe_kept(stripe, hands):
    ref = stripe.begin(AN_ORDER).ref
    hands.at(NOON).pay(ref)
    assert stripe.look_up(ref) == Payment(
        ref, AN_ORDER.key, PaymentStatus.PAID, 2500, "EUR", paid_at=NOON, method="Visa ending in 4242", fee=63
    )


def test_its_fee_is_not_known_before_the_books_have_it(stripe, double, hands):
    ref = stripe.begin(AN_ORDER).ref
    double.account.books_lag = True
    hands.at(NOON).pay(ref)
    before = stripe.look_up(ref)
    double.account.catch_up()
    assert (before.status, before.paid_at, before.fee, stripe.look_up(ref).fee) == ("paid", NOON, None, 63)


def test_a_fee_in_another_currency_is_not_told(stripe, double, hands):
    ref = stripe.begin(an_order(currency="USD")).ref
    double.account.rates["usd"] = 0.9
    hands.pay(ref)
    payment = stripe.look_up(ref)
    assert (payment.amount, payment.currency, payment.fee) == (2500, "USD", None)


def test_a_declined_card_leaves_the_page_open_for_another(stripe, hands):
    ref = stripe.begin(AN_ORDER).ref
    hands.try_to_pay(ref, "insufficient_funds")
    assert stripe.look_up(ref).status == "open"
    hands.pay(ref)
    assert stripe.look_up(ref).status == "paid"


def test_a_page_that_was_left_for_a_day_is_cancelled_also_after_a_declined_card(stripe, hands):
    ref = stripe.begin(AN_ORDER).ref
    hands.try_to_pay(ref, "insufficient_funds")
    hands.leave(ref)
    assert stripe.look_up(ref).status == "cancelled"


def test_a_debit_is_on_its_way_until_the_bank_answers(stripe, hands):
    ref = stripe.begin(an_order(save_method=True)).ref
    intent = hands.pay(ref, later=True)["id"]
    assert stripe.look_up(ref).status == "pending"
    hands.arrive(intent)
    payment = stripe.look_up(ref)
    assert (payment.status, payment.method) == ("paid", "SEPA debit ending in 3000")


def test_a_debit_that_came_back_is_declined_with_a_reason(stripe, hands):
    ref = stripe.begin(AN_ORDER).ref
    hands.bounce(hands.pay(ref, later=True)["id"], "insufficient_funds")
    payment = stripe.look_up(ref)
    assert (payment.status, payment.problem) == ("declined", "There was not enough money in the account.")
    assert (payment.needs_donor, payment.is_final) == (False, False)


def test_a_payment_intent_of_checkout_is_told_as_its_session(stripe, hands):
    ref = stripe.begin(AN_ORDER).ref
    intent = hands.pay(ref)["id"]
    assert stripe.look_up(intent) == stripe.look_up(ref)


@pytest.mark.parametrize("ref", ["", "7K3M-Q2XP", "cs_unknown", "pi_unknown", "pi_1/../../account", "ch_1", "cs_é"])
def test_what_is_no_payment_there_is_refused(stripe, ref):
    with pytest.raises(Refused):
        stripe.look_up(ref)


def test_a_paid_one_is_found_by_its_key(stripe, hands):
    ref = stripe.begin(AN_ORDER).ref
    hands.pay(ref)
    assert stripe.find(AN_ORDER.key) == stripe.look_up(ref)


def test_the_search_may_lag_and_is_not_believed_too_much(stripe, double, hands):
    double.account.search_lags = True
    ref = stripe.begin(AN_ORDER).ref
    assert stripe.find(AN_ORDER.key).status == "open"
    hands.pay(ref)
    assert stripe.find(AN_ORDER.key) is None
    double.account.catch_up()
    assert stripe.find(AN_ORDER.key).status == "paid"


def test_an_account_without_a_search_finds_what_is_open(stripe, double):
    ref = stripe.begin(AN_ORDER).ref
    double.account.settings["search"] = False
    assert stripe.find(AN_ORDER.key).ref == ref
    assert stripe.find("another") is None


def test_a_key_with_quotes_asks_for_itself_alone(stripe, hands):
    ref = stripe.begin(AN_ORDER).ref
    hands.pay(ref)
    assert stripe.find(f"x' OR metadata['key']:'{AN_ORDER.key}") is None


def test_anothers_payment_on_the_account_may_be_open_and_is_none_of_ours(stripe, double):
    intent = double.account.intent(700, "eur", metadata={"order": "12"})
    payment = stripe.look_up(intent["id"])
    assert (payment.status, payment.key, payment.amount) == ("open", "", 700)


def test_only_what_moved_is_asked_for_in_its_own_call(stripe, double, hands):
    ref = stripe.begin(AN_ORDER).ref
    intent = hands.pay(ref)["id"]
    double.asked.clear()
    stripe.look_up(ref)
    assert len(double.asked) == 1
    hands.refund(intent, 100)
    hands.dispute(intent)
    double.asked.clear()
    stripe.look_up(ref)
    assert [asked.path for asked in double.asked] == [f"/v1/checkout/sessions/{ref}", "/v1/refunds", "/v1/disputes"]


def test_partial_refunds_a_failed_one_and_a_won_dispute_are_all_told(stripe, hands):
    ref = stripe.begin(AN_ORDER).ref
    intent = hands.at(NOON).pay(ref)["id"]
    first, second = (hands.at(NOON + timedelta(hours=hour)).refund(intent, 500)["id"] for hour in (1, 2))
    hands.at(NOON + timedelta(hours=3)).fail_refund(first)
    dispute = hands.at(NOON + timedelta(hours=4)).dispute(intent, reason="product_not_received")["id"]
    told = stripe.look_up(ref)
    assert [(line.kind, line.ref, line.amount, (line.at - NOON).seconds // 3600) for line in told.movements] == [
        ("refund", first, 500, 1),
        ("refund", second, 500, 2),
        ("refund_failed", first, 500, 3),
        ("dispute", dispute, 2000, 4),
    ]
    assert told.refunded == 500
    assert told.movements[-1].reason == "product_not_received"
    assert (told.movements[-1].answer_by, told.movements[-1].standing) == (NOON + timedelta(days=7, hours=4), "open")
    hands.at(NOON + timedelta(hours=5)).win(dispute)
    last = stripe.look_up(ref).movements[-2:]
    assert [(line.kind, line.amount, line.answer_by) for line in last] == [("dispute", 2000, None), ("dispute_won", 2000, None)]


def test_a_lost_dispute_stays_one_line_without_a_deadline(stripe, hands):
    ref = stripe.begin(AN_ORDER).ref
    dispute = hands.dispute(hands.pay(ref)["id"])["id"]
    hands.lose(dispute)
    assert [(line.kind, line.answer_by, line.standing) for line in stripe.look_up(ref).movements] == [("dispute", None, "lost")]


def test_an_inquiry_takes_no_money(stripe, hands):
    ref = stripe.begin(AN_ORDER).ref
    hands.dispute(hands.pay(ref)["id"], status="warning_needs_response")
    assert stripe.look_up(ref).movements == ()


@pytest.mark.parametrize(
    ("status", "standing", "waits"),
    [
        ("warning_needs_response", "open", True),
        ("warning_under_review", "answered", False),
        ("warning_closed", "closed", False),
    ],
)
def test_an_inquiry_is_told_with_its_last_day_and_how_it_stands(stripe, hands, status, standing, waits):
    ref = stripe.begin(AN_ORDER).ref
    dispute = hands.dispute(hands.pay(ref)["id"], status=status)
    [told] = stripe.look_up(ref).inquiries
    assert (told.ref, told.amount, told.reason, told.standing) == (dispute["id"], 2500, "fraudulent", standing)
    assert (told.answer_by is not None and told.answer_by > told.at) == waits


def test_an_inquiry_that_takes_the_money_is_a_dispute_under_the_same_name(stripe, hands):
    ref = stripe.begin(AN_ORDER).ref
    dispute = hands.dispute(hands.pay(ref)["id"], status="warning_needs_response")
    hands.escalate(dispute["id"])
    payment = stripe.look_up(ref)
    assert (payment.inquiries, [(line.kind, line.ref, line.standing) for line in payment.movements]) == (
        (),
        [("dispute", dispute["id"], "open")],
    )


def test_a_refund_on_its_way_counts_and_one_that_never_was_in_the_books_does_not(stripe, hands):
    ref = stripe.begin(AN_ORDER).ref
    intent = hands.pay(ref)["id"]
    hands.refund(intent, 700, status="pending")
    hands.refund(intent, 100, status="failed")
    assert [(line.kind, line.amount) for line in stripe.look_up(ref).movements] == [("refund", 700)]


def test_a_probe_tells_whether_payments_are_let_through(stripe, double):
    stripe.probe()
    double.account.settings["charges_enabled"] = False
    with pytest.raises(ProcessorFault, match="no payments"):
        stripe.probe()


def test_a_restricted_key_that_may_not_see_the_account_still_probes(stripe, double):
    double.fail(403, method="GET", path="/v1/account")
    stripe.probe()
    assert [asked.path for asked in double.asked] == ["/v1/checkout/sessions", "/v1/account"]
