"""Money that goes back, is held, or is fought for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns.processors.base import Movement, MovementKind, PaymentStatus, ProcessorFault, Refused, Standing, Uncertain
from tests.campaigns.paypal.conftest import AN_ORDER
from tests.factories import NOON

Kind = MovementKind


def moves(payment):
    return [(move.kind, move.amount) for move in payment.movements]


def test_a_refund_carries_its_key_and_is_made_once(paypal, ours, paid):
    ref = paid()
    refund = ours.refund(ref, amount=1000, key="r1")
    assert refund == Movement(refund.ref, Kind.REFUND, 1000, NOON, "r1")
    assert ours.refund(ref, amount=1000, key="r1") == refund
    payment = ours.look_up(ref)
    assert (payment.movements, payment.status, payment.amount, payment.refunded) == ((refund,), "paid", 2500, 1000)


def test_a_refund_whose_answer_was_lost_is_not_made_twice(paypal, ours, paid):
    ref = paid()
    paypal.befalls("/refund$", "lost")
    with pytest.raises(Uncertain):
        ours.refund(ref, amount=1000, key="r1")
    paypal.books.clock = lambda: NOON + timedelta(days=60)  # longer than PayPal knows the request by
    assert ours.refund(ref, amount=1000, key="r1").amount == 1000
    assert len(paypal.books.refunds) == 1


def test_the_rest_may_go_back_and_no_more(ours, paid):
    ref = paid()
    ours.refund(ref, amount=1000, key="r1")
    ours.refund(ref, amount=1500, key="r2")
    assert ours.look_up(ref).status == PaymentStatus.PAID
    with pytest.raises(Refused, match="More than is left"):
        ours.refund(ref, amount=1, key="r3")


def test_a_refund_that_is_pending_has_gone_and_one_that_fails_came_again(paypal, ours, paid):
    ref = paid()
    paypal.books.refund_status = "PENDING"
    refund = ours.refund(ref, amount=1000, key="r1")
    assert moves(ours.look_up(ref)) == [(Kind.REFUND, 1000)]
    paypal.books.refunds[refund.ref]["status"] = "FAILED"
    payment = ours.look_up(ref)
    assert moves(payment) == [(Kind.REFUND, 1000), (Kind.REFUND_FAILED, 1000)]
    assert {move.ref for move in payment.movements} == {refund.ref}
    assert [move.key for move in payment.movements] == ["", ""]  # it answers no wish


def test_a_refund_that_fails_at_once_is_refused(paypal, ours, paid):
    paypal.books.refund_status = "FAILED"
    with pytest.raises(Refused):
        ours.refund(paid(), amount=1000, key="r1")


@pytest.mark.parametrize("issue", ["REFUND_TIME_LIMIT_EXCEEDED", "TRANSACTION_DISPUTED", "REFUND_FAILED_INSUFFICIENT_FUNDS"])
def test_paypals_no_to_a_refund_is_a_sentence(paypal, ours, paid, issue):
    ref = paid()
    paypal.befalls("/refund$", f"422 {issue}")
    with pytest.raises(Refused) as refusal:
        ours.refund(ref, amount=1000, key="r1")
    assert issue not in str(refusal.value)


def test_nothing_goes_back_of_what_is_not_there(paypal, ours):
    with pytest.raises(Refused):
        ours.refund("NOSUCHORDER", amount=1, key="r1")
    with pytest.raises(Refused):
        ours.refund(ours.begin(AN_ORDER).ref, amount=1, key="r1")


@pytest.fixture
def held(paid):
    return paid(hold=True)


def test_a_held_gift_is_authorised_and_not_taken(paypal, ours, held):
    payment = ours.look_up(held)
    assert (payment.status, payment.amount, payment.paid_at, paypal.books.captures) == ("held", 2500, None, {})
    assert paypal.count("POST", "/authorize$") == 1


def test_what_is_held_is_taken_once(paypal, ours, held):
    first = ours.capture(held, key="take-1")
    assert (first.status, first.amount, first.fee, first.key) == ("paid", 2500, 110, "key-1")
    assert ours.capture(held, key="take-1") == first
    assert len(paypal.books.captures) == 1
    with pytest.raises(Refused, match="already"):
        ours.capture(held, key="take-2")
    assert ours.release(held).status == PaymentStatus.PAID


def test_what_is_held_is_let_go_and_cannot_be_taken_then(ours, held):
    assert ours.release(held).status == PaymentStatus.CANCELLED
    assert ours.release(held).status == PaymentStatus.CANCELLED
    with pytest.raises(Refused):
        ours.capture(held, key="take-1")


def test_what_is_not_held_is_not_taken(ours, paid):
    with pytest.raises(Refused):
        ours.capture(paid(), key="take-1")


def test_a_capture_of_a_held_gift_whose_answer_was_lost_is_looked_up(paypal, ours, held):
    paypal.befalls("/capture$", "lost")
    with pytest.raises(Uncertain):
        ours.capture(held, key="take-1")
    assert ours.look_up(held).status == PaymentStatus.PAID
    assert ours.capture(held, key="take-1").status == PaymentStatus.PAID


def test_an_open_dispute_takes_the_money_and_says_until_when_to_answer(paypal, ours, paid):
    ref = paid()
    dispute = paypal.books.dispute(paypal.books.capture_of(ref)["id"])
    due = NOON + timedelta(days=10)
    told = Movement(dispute["dispute_id"], Kind.DISPUTE, 2500, NOON, reason="UNAUTHORISED", answer_by=due, standing=Standing.OPEN)
    assert ours.look_up(ref).movements == (told,)


@pytest.mark.parametrize(
    ("outcome", "refunded", "movements"),
    [
        ("RESOLVED_SELLER_FAVOUR", "", [(Kind.DISPUTE, 2500), (Kind.DISPUTE_WON, 2500)]),
        ("CANCELED_BY_BUYER", "", [(Kind.DISPUTE, 2500), (Kind.DISPUTE_WON, 2500)]),
        ("RESOLVED_WITH_PAYOUT", "25.00", [(Kind.DISPUTE, 2500), (Kind.DISPUTE_WON, 2500)]),
        ("RESOLVED_BUYER_FAVOUR", "25.00", [(Kind.DISPUTE, 2500)]),
        ("RESOLVED_BUYER_FAVOUR", "", [(Kind.DISPUTE, 2500)]),
        ("RESOLVED_BUYER_FAVOUR", "10.00", [(Kind.DISPUTE, 2500), (Kind.DISPUTE_WON, 1500)]),
        ("ACCEPTED", "", [(Kind.DISPUTE, 2500)]),
        ("NONE", "", [(Kind.DISPUTE, 2500)]),
    ],
)
def test_what_becomes_of_a_dispute_is_what_the_donor_got(paypal, ours, paid, outcome, refunded, movements):
    ref = paid()
    dispute = paypal.books.dispute(paypal.books.capture_of(ref)["id"])
    paypal.books.resolve(dispute["dispute_id"], outcome, refunded=refunded)
    payment = ours.look_up(ref)
    assert moves(payment) == movements
    assert [move.answer_by for move in payment.movements] == [None] * len(movements)
    assert payment.movements[0].standing == ("won" if len(movements) == 2 else "lost")


def test_a_dispute_takes_no_more_than_refunds_left(paypal, ours, paid):
    ref = paid()
    ours.refund(ref, amount=1000, key="r1")
    capture = paypal.books.capture_of(ref)["id"]
    paypal.books.dispute(capture)
    assert moves(ours.look_up(ref)) == [(Kind.REFUND, 1000), (Kind.DISPUTE, 1500)]
    paypal.books.dispute(capture)
    assert moves(ours.look_up(ref)) == [(Kind.REFUND, 1000), (Kind.DISPUTE, 1500)]


def test_a_partial_dispute_is_of_its_own_amount(paypal, ours, paid):
    ref = paid()
    paypal.books.dispute(paypal.books.capture_of(ref)["id"], amount="5.00", reason="DUPLICATE_TRANSACTION")
    assert moves(ours.look_up(ref)) == [(Kind.DISPUTE, 500)]


def test_disputes_come_in_pages(paypal, ours, paid):
    ref = paid(amount=10000)
    for _ in range(51):
        paypal.books.dispute(paypal.books.capture_of(ref)["id"], amount="1.00")
    assert len(ours.look_up(ref).movements) == 51


def test_an_app_that_may_not_read_disputes_still_records_gifts(paypal, ours, paid, caplog):
    ref = paid()
    paypal.befalls("/v1/customer/disputes", "403 NOT_AUTHORIZED")
    assert ours.look_up(ref).status == PaymentStatus.PAID
    assert "Customer disputes" in caplog.text


def test_disputes_that_cannot_be_asked_for_now_are_not_taken_for_none(paypal, ours, paid):
    ref = paid()
    paypal.befalls("/v1/customer/disputes", "500")
    with pytest.raises(ProcessorFault):
        ours.look_up(ref)


def test_a_held_gift_may_be_in_a_currency_without_decimals(paypal, ours, paid):
    ref = paid(hold=True, amount=250000, currency="HUF")
    assert ours.capture(ref, key="take").amount == 250000
    assert ours.refund(ref, amount=100000, key="r1").amount == 100000


def test_the_renewal_of_a_name_twice_is_refused_by_its_invoice(paypal, ours, paid):
    paid()
    second = ours.begin(replace(AN_ORDER, key="key-2"))
    paypal.books.approve(second.ref)
    assert ours.look_up(second.ref).status == PaymentStatus.DECLINED
    assert len(paypal.books.captures) == 1
