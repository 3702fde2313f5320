"""PayPal's own books, line by line."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from campaigns.processors.base import ProcessorFault, Transaction, TransactionKind
from tests.factories import NOON

Kind = TransactionKind
DAY = timedelta(days=1)


def lines(ours, *, since=NOON - DAY, until=NOON + DAY):
    return list(ours.transactions(since=since, until=until))


def test_a_payment_is_told_with_its_order_its_key_and_its_fee(paypal, ours, paid):
    ref = paid()
    capture = paypal.books.capture_of(ref)["id"]
    assert lines(ours) == [
        Transaction(
            ref=ref, kind=Kind.PAYMENT, amount=2500, currency="EUR", at=NOON, payment=ref, key="key-1", fee=110, also=capture
        )
    ]


def test_a_refund_is_told_with_its_payment_and_its_key(paypal, ours, paid):
    ref = paid()
    capture = paypal.books.capture_of(ref)["id"]
    refund = ours.refund(ref, amount=1000, key="r1")
    assert lines(ours)[-1] == Transaction(
        ref=refund.ref, kind=Kind.REFUND, amount=-1000, currency="EUR", at=NOON, payment=ref, key="r1", also=capture
    )


def test_payouts_and_all_the_rest_are_told_apart(paypal, ours):
    for code, value in [("T0400", "-90.00"), ("T0403", "-5.00"), ("T0106", "-0.30"), ("T0300", "10.00"), ("T0000", "-4.00")]:
        paypal.books.line(code, value, "EUR")
    assert [(line.kind, line.amount) for line in lines(ours)] == [
        (Kind.PAYOUT, -9000),
        (Kind.PAYOUT, -500),
        (Kind.OTHER, -30),
        (Kind.OTHER, 1000),
        (Kind.OTHER, -400),
    ]


def test_what_is_pending_or_denied_moved_nothing(paypal, ours):
    for status in ("P", "D"):
        paypal.books.line("T0006", "25.00", "EUR", transaction_status=status)
    assert lines(ours) == []


def test_a_payment_that_belongs_to_no_order_keeps_its_own_name(paypal, ours):
    name = paypal.books.line("T0013", "25.00", "EUR")
    assert [line.ref for line in lines(ours)] == [name]


@pytest.mark.parametrize(
    ("outcome", "refunded", "told"),
    [
        ("", "", [("dispute", -2500)]),
        ("RESOLVED_SELLER_FAVOUR", "", [("dispute", -2500), ("dispute_won", 2500)]),
        ("RESOLVED_BUYER_FAVOUR", "", [("other", -2500), ("other", 2500), ("dispute", -2500)]),
    ],
)
def test_a_dispute_has_one_line_that_counts_and_the_name_that_the_payment_tells(paypal, ours, paid, outcome, refunded, told):
    ref = paid()
    dispute = paypal.books.dispute(paypal.books.capture_of(ref)["id"])["dispute_id"]
    if outcome:
        paypal.books.resolve(dispute, outcome, refunded=refunded)
    found = lines(ours)[1:]
    assert [(line.kind, line.amount) for line in found] == told
    assert {line.payment for line in found} == {ref}
    counted = [line for line in found if line.kind != Kind.OTHER]
    assert {line.ref for line in counted} == {dispute}
    movements = ours.look_up(ref).movements
    assert [(line.kind, abs(line.amount)) for line in counted] == [(move.kind, move.amount) for move in movements]


def test_the_oldest_comes_first_and_a_moment_belongs_to_one_window(paypal, ours):
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    days = [64, 0, 30, 60, 29, 59, 65]
    for day in days:
        paypal.books.clock = lambda day=day: begin + day * DAY
        paypal.books.line("T0400", "-1.00", "EUR")
    found = [line.at for line in lines(ours, since=begin, until=begin + 65 * DAY)]
    assert found == [begin + day * DAY for day in sorted(days)[:-1]]
    assert paypal.count("GET", "/v1/reporting/transactions") == 3


def test_a_window_may_be_given_in_any_zone(paypal, ours):
    paypal.books.line("T0400", "-1.00", "EUR")
    there = NOON.astimezone(timezone(timedelta(hours=-5, minutes=-30)))
    assert len(lines(ours, since=there, until=there + DAY)) == 1


def test_books_come_in_pages(paypal, ours):
    for _ in range(1001):
        paypal.books.line("T0400", "-1.00", "EUR")
    assert len(lines(ours)) == 1001
    assert paypal.count("GET", "/v1/reporting/transactions") == 3


def test_a_window_with_too_many_lines_is_cut(paypal, ours):
    paypal.most_lines = 10
    for hour in range(40):
        paypal.books.clock = lambda hour=hour: NOON + timedelta(hours=hour)
        paypal.books.line("T0400", "-1.00", "EUR")
    assert len(lines(ours, since=NOON, until=NOON + 2 * DAY)) == 40


def test_a_moment_with_too_many_lines_is_their_fault_and_no_endless_loop(paypal, ours):
    paypal.most_lines = 10
    for _ in range(11):
        paypal.books.line("T0400", "-1.00", "EUR")
    with pytest.raises(ProcessorFault, match="RESULTSET_TOO_LARGE"):
        lines(ours)


def test_an_empty_window_asks_nothing(paypal, ours):
    assert lines(ours, since=NOON, until=NOON) == []
    assert paypal.asked == []
