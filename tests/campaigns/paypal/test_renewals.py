"""What was vaulted is charged by us: once a key, whatever becomes of the answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from campaigns.processors.base import ProcessorFault, Refused, Uncertain
from tests.campaigns.paypal.conftest import AN_ORDER
from tests.factories import NOON

RENEWAL = replace(AN_ORDER, key="m1", reference="9P2Q-7WXY")


@pytest.fixture
def mandate(ours, paid):
    return ours.look_up(paid(save_method=True)).mandate


def test_a_renewal_is_paid_at_once(paypal, ours, mandate):
    payment = ours.collect(mandate, RENEWAL)
    assert (payment.status, payment.key, payment.amount, payment.currency, payment.fee) == ("paid", "m1", 2500, "EUR", 110)
    assert ours.look_up(payment.ref) == payment
    assert (paypal.asked[-3].headers["paypal-request-id"], paypal.count("POST", "/capture$")) == ("collect-m1", 1)


def test_a_renewal_whose_answer_was_lost_is_told_by_the_next_and_charged_once(paypal, ours, mandate):
    paypal.befalls("/v2/checkout/orders$", "lost")
    with pytest.raises(Uncertain):
        ours.collect(mandate, RENEWAL)
    paypal.lag = timedelta(hours=3)
    assert ours.find("m1") is None
    assert ours.collect(mandate, RENEWAL).status == "paid"
    assert len(paypal.books.captures) == 2  # the first gift and this one


def test_after_paypal_forgot_the_request_its_invoice_number_stands_against_a_second_charge(paypal, ours, mandate):
    now = datetime.now(UTC)
    paypal.books.clock = lambda: now - timedelta(hours=8)
    charged = ours.collect(mandate, RENEWAL)
    paypal.books.clock = lambda: now
    assert ours.collect(mandate, RENEWAL) == charged
    assert ours.find("m1") == charged
    assert len(paypal.books.captures) == 2


def test_what_was_charged_before_and_is_not_in_the_books_yet_is_uncertain(paypal, ours, mandate):
    now = datetime.now(UTC)
    paypal.lag = timedelta(hours=9)
    paypal.books.clock = lambda: now - timedelta(hours=8)
    ours.collect(mandate, RENEWAL)
    paypal.books.clock = lambda: now
    with pytest.raises(Uncertain):
        ours.collect(mandate, RENEWAL)


@pytest.mark.parametrize(
    ("issue", "needs_donor", "is_final"),
    [
        ("INSTRUMENT_DECLINED", False, False),
        ("TRANSACTION_REFUSED", False, False),
        ("PAYER_ACTION_REQUIRED", True, False),
        ("CONSENT", True, False),
        ("AGREEMENT_ALREADY_CANCELLED", False, True),
        ("PAYER_ACCOUNT_LOCKED_OR_CLOSED", False, True),
        ("PAYER_ACCOUNT_RESTRICTED", False, True),
    ],
)
def test_a_decline_says_whose_turn_it_is(paypal, ours, mandate, issue, needs_donor, is_final):
    paypal.books.mishaps.append(issue)
    payment = ours.collect(mandate, RENEWAL)
    assert (payment.status, payment.key, payment.amount) == ("declined", "m1", 2500)
    assert (payment.needs_donor, payment.is_final, payment.problem != "") == (needs_donor, is_final, True)
    assert len(paypal.books.captures) == 1


def test_a_renewal_by_bank_debit_is_pending(paypal, ours, mandate):
    paypal.books.mishaps.append("PENDING")
    assert ours.collect(mandate, RENEWAL).status == "pending"


def test_a_renewal_that_the_bank_declines_is_declined(paypal, ours, mandate):
    paypal.books.mishaps.append("DECLINED")
    assert ours.collect(mandate, RENEWAL).status == "declined"


@pytest.mark.parametrize("mandate", ["", "nobody", "a b", "x" * 256, "Ä"])
def test_a_way_to_pay_that_paypal_does_not_know_is_refused(ours, mandate):
    with pytest.raises(Refused):
        ours.collect(mandate, RENEWAL)


def test_an_account_that_may_not_be_paid_is_their_fault_and_no_decline(paypal, ours, mandate):
    paypal.books.mishaps.append("PAYEE_ACCOUNT_RESTRICTED")
    with pytest.raises(ProcessorFault):
        ours.collect(mandate, RENEWAL)


def test_books_that_may_not_be_read_stop_the_search_aloud(paypal, ours):
    paypal.befalls("/v1/reporting/transactions", "403 NOT_AUTHORIZED")
    with pytest.raises(ProcessorFault, match="NOT_AUTHORIZED"):
        ours.find("m1")


def test_the_books_are_read_once_for_all_the_renewals_of_a_run(paypal, ours):
    assert [ours.find(f"m{number}") for number in range(20)] == [None] * 20
    assert paypal.count("GET", "/v1/reporting/transactions") == 1


def test_a_held_renewal_is_authorised_only(paypal, ours, mandate):
    payment = ours.collect(mandate, replace(RENEWAL, hold=True))
    assert (payment.status, len(paypal.books.captures), payment.paid_at) == ("held", 1, None)
    assert ours.capture(payment.ref, key="take").paid_at == NOON
