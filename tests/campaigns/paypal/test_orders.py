"""A gift at PayPal: opened, approved, captured when it is looked up."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from campaigns.processors.base import PaymentStatus, ProcessorFault, Redirect, Refused, Uncertain
from tests.campaigns.paypal.conftest import AN_ORDER
from tests.factories import NOON


def last(paypal, path):
    return next(asked for asked in reversed(paypal.asked) if asked.path.endswith(path))


def test_an_order_says_what_is_paid_and_nothing_about_who_pays(paypal, ours):
    ours.begin(replace(AN_ORDER, description="Save\x00 the\n press " + "x" * 200, language="pt-br", save_method=True))
    asked = last(paypal, "/v2/checkout/orders")
    assert asked.headers["paypal-request-id"] == "begin-key-1"
    unit = asked.body["purchase_units"][0]
    assert (unit["custom_id"], unit["invoice_id"], unit["amount"]) == (
        "key-1",
        "7K3M-Q2XP",
        {"currency_code": "EUR", "value": "25.00"},
    )
    assert unit["description"] == "Save the press " + "x" * 112
    wallet = asked.body["payment_source"]["paypal"]
    assert wallet["attributes"] == {"vault": {"store_in_vault": "ON_SUCCESS", "usage_type": "MERCHANT"}}
    assert wallet["experience_context"] == {
        "return_url": AN_ORDER.return_url,
        "cancel_url": AN_ORDER.return_url,
        "shipping_preference": "NO_SHIPPING",
        "user_action": "PAY_NOW",
        "locale": "pt-BR",
    }
    assert b"ada" not in asked.raw.lower()


def test_a_language_that_paypal_has_no_name_for_is_left_to_paypal(paypal, ours):
    ours.begin(replace(AN_ORDER, language="x-klingon"))
    assert "locale" not in last(paypal, "/orders").body["payment_source"]["paypal"]["experience_context"]


def test_the_donor_is_sent_to_paypals_page(paypal, ours):
    opened = ours.begin(AN_ORDER)
    assert opened == Redirect(url=f"https://www.sandbox.paypal.com/checkoutnow?token={opened.ref}", ref=opened.ref)


def test_who_begins_again_what_was_paid_comes_to_the_page_that_says_so(paypal, ours, paid):
    assert paid() == ours.begin(AN_ORDER).ref
    assert ours.begin(AN_ORDER).url == AN_ORDER.return_url


def test_looking_up_what_was_approved_captures_it_once(paypal, ours):
    ref = ours.begin(replace(AN_ORDER, save_method=True)).ref
    paypal.books.approve(ref)
    payments = [ours.look_up(ref) for _ in range(3)]
    assert payments[0] == payments[1] == payments[2]
    payment = payments[0]
    assert (payment.ref, payment.key, payment.status, payment.amount, payment.currency) == (ref, "key-1", "paid", 2500, "EUR")
    assert (payment.paid_at, payment.fee, payment.method) == (NOON, 110, "PayPal (a…@example.org)")
    assert payment.mandate in paypal.books.tokens
    assert paypal.count("POST", "/capture$") == 1
    assert last(paypal, "/capture").headers["paypal-request-id"] == "capture-key-1"


def test_a_capture_whose_answer_was_lost_is_looked_up_and_not_made_again(paypal, ours):
    ref = ours.begin(AN_ORDER).ref
    paypal.books.approve(ref)
    paypal.befalls("/capture$", "lost")
    with pytest.raises(Uncertain):
        ours.look_up(ref)
    assert ours.look_up(ref).status == PaymentStatus.PAID
    assert len(paypal.books.captures) == 1


def test_a_capture_that_never_reached_paypal_is_made_by_the_next_look(paypal, ours):
    ref = ours.begin(AN_ORDER).ref
    paypal.books.approve(ref)
    paypal.befalls("/capture$", "drop")
    with pytest.raises(Uncertain):
        ours.look_up(ref)
    assert ours.look_up(ref).status == PaymentStatus.PAID


def test_an_order_of_somebody_else_on_the_account_is_not_captured(paypal, ours):
    told = paypal.books.create({"intent": "CAPTURE", "purchase_units": [{"amount": {"currency_code": "EUR", "value": "9.00"}}]})
    told |= {"status": "APPROVED"}
    assert ours.look_up(told["id"]).status == PaymentStatus.OPEN
    assert paypal.books.captures == {}


@pytest.mark.parametrize("issue", ["INSTRUMENT_DECLINED", "PAYER_ACCOUNT_RESTRICTED", "TRANSACTION_REFUSED"])
def test_a_donors_instrument_that_was_declined_is_not_tried_again_behind_their_back(paypal, ours, issue):
    ref = ours.begin(AN_ORDER).ref
    paypal.books.approve(ref)
    paypal.books.mishaps.append(issue)
    first = ours.look_up(ref)
    assert (first.status, first.key, first.problem != "") == ("declined", "key-1", True)
    assert ours.look_up(ref) == first  # PayPal would take it now, and the donor tries another gift
    assert paypal.count("POST", "/capture$") == 1


def test_a_bank_debit_is_pending_until_it_arrives(paypal, ours, paid):
    paypal.books.mishaps.append("PENDING")
    ref = paid()
    assert ours.look_up(ref).status == PaymentStatus.PENDING
    paypal.books.settle(paypal.books.capture_of(ref)["id"])
    assert ours.look_up(ref).status == PaymentStatus.PAID


def test_a_bank_debit_that_bounces_is_declined(paypal, ours, paid):
    paypal.books.mishaps.append("PENDING")
    ref = paid()
    paypal.books.settle(paypal.books.capture_of(ref)["id"], "DECLINED")
    assert ours.look_up(ref).status == PaymentStatus.DECLINED


def test_an_order_that_paypal_has_forgotten_was_never_paid(paypal, ours):
    ref = ours.begin(AN_ORDER).ref
    paypal.books.forget(ref)
    assert ours.look_up(ref).status == ours.release(ref).status == PaymentStatus.CANCELLED


@pytest.mark.parametrize("ref", ["key-1", "../../v1/oauth2/token", "x?y", "Ä", ""])
def test_what_is_no_name_of_an_order_is_not_asked_for(paypal, ours, ref):
    ours.look_up(ref)
    assert paypal.asked == []


def test_a_way_to_pay_that_is_kept_later_is_told_then(paypal, ours, paid):
    paypal.books.vaults_at_once = False
    ref = paid(save_method=True)
    assert ours.look_up(ref).mandate == ""
    paypal.books.keep_now(ref)
    assert ours.look_up(ref).mandate in paypal.books.tokens


def test_an_amount_that_paypal_does_not_take_is_refused_unasked(paypal, ours):
    with pytest.raises(Refused):
        ours.begin(replace(AN_ORDER, amount=250050, currency="HUF"))
    assert paypal.asked == []


@pytest.mark.parametrize("issue", ["PAYEE_ACCOUNT_RESTRICTED", "PAYEE_ACCOUNT_LOCKED_OR_CLOSED"])
def test_a_restricted_account_is_their_fault_in_the_form_and_in_the_probe(paypal, ours, issue):
    ours.probe()
    paypal.befalls("/v2/checkout/orders", f"422 {issue}", times=2)
    with pytest.raises(ProcessorFault, match=issue):
        ours.begin(AN_ORDER)
    with pytest.raises(ProcessorFault, match=issue):
        ours.probe()


def test_a_no_to_the_probe_itself_is_an_answer(paypal, ours):
    paypal.befalls("/v2/checkout/orders", "422 INVALID_CURRENCY_CODE")
    assert ours.probe() is None


def test_an_answer_that_is_lost_at_the_beginning_charged_nobody(paypal, ours):
    paypal.befalls("/v2/checkout/orders", "lost")
    with pytest.raises(ProcessorFault):
        ours.begin(AN_ORDER)
    assert ours.begin(AN_ORDER).ref in paypal.books.orders
    assert len(paypal.books.orders) == 1


def test_a_release_of_an_open_order_is_seen_by_every_look_after_it(paypal, ours):
    ref = ours.begin(AN_ORDER).ref
    assert ours.release(ref).status == PaymentStatus.CANCELLED
    paypal.books.approve(ref)  # the donor still has PayPal's page open
    assert (ours.look_up(ref).status, ours.look_up(ref).key) == ("cancelled", "key-1")
    assert ours.release(ref).status == PaymentStatus.CANCELLED
    assert paypal.books.captures == {}


def test_a_release_of_what_was_paid_meanwhile_says_so(ours, paid):
    assert ours.release(paid()).status == PaymentStatus.PAID


def test_a_release_that_paypal_does_not_take_is_refused(paypal, ours):
    ref = ours.begin(AN_ORDER).ref
    paypal.befalls(f"/v2/checkout/orders/{ref}$", "")  # the look
    paypal.befalls(f"/v2/checkout/orders/{ref}$", "422 NOT_PATCHABLE")
    with pytest.raises(Refused):
        ours.release(ref)


@pytest.mark.parametrize("member", ["id", "status", "purchase_units"])
def test_an_answer_without_what_it_must_have_is_their_fault(paypal, ours, member):
    ref = ours.begin(AN_ORDER).ref
    del paypal.books.orders[ref][member]
    with pytest.raises(ProcessorFault, match="understood"):
        ours.look_up(ref)


def test_a_moment_without_an_offset_is_their_fault(paypal, ours, paid):
    ref = paid()
    paypal.books.capture_of(ref)["create_time"] = "2026-11-23T12:00:00"
    with pytest.raises(ProcessorFault, match="understood"):
        ours.look_up(ref)


def test_its_secret_stands_in_no_text(paypal, ours):
    assert "not-to-be-seen" not in json.dumps([repr(ours), str(ours), repr(ours._wire)])


def test_many_looks_at_once_capture_once(paypal, ours):
    ref = ours.begin(AN_ORDER).ref
    paypal.books.approve(ref)
    with ThreadPoolExecutor(8) as threads:
        payments = list(threads.map(ours.look_up, [ref] * 16))
    assert {payment.status for payment in payments} == {"paid"}
    assert len(paypal.books.captures) == 1
