"""What PayPal tells us: its own, and about which payment."""

import json
from dataclasses import replace
from uuid import UUID

import pytest

from campaigns.processors.base import Forged, ProcessorFault
from campaigns.processors.paypal import PayPal
from tests.campaigns.paypal.conftest import AN_ORDER
from tests.campaigns.paypal_double.signer import signer


def verified(ours, message):
    headers, body = message
    return ours.verify(headers, body)


def test_what_paypal_signed_is_believed_and_its_certificate_fetched_once(paypal, ours):
    order = paypal.books.orders[ours.begin(AN_ORDER).ref]
    headers, body = paypal.teller.event("CHECKOUT.ORDER.APPROVED", order)
    event = ours.verify(headers, body)
    assert (event.id, event.kind, event.ref, event.key) == (
        json.loads(body)["id"],
        "CHECKOUT.ORDER.APPROVED",
        order["id"],
        "key-1",
    )
    for _ in range(3):
        ours.verify(headers, body)
    assert (paypal.count("GET", "/certs/"), paypal.count("POST", "/verify-webhook-signature")) == (1, 0)


def test_whose_chain_cannot_be_proved_is_asked_about_with_the_events_own_bytes(paypal):
    ours = PayPal(**paypal.settings() | {"roots": ""})
    headers, body = paypal.teller.event("MERCHANT.ONBOARDING.COMPLETED", {"name": "x"})
    ours.verify(headers, body)
    assert body in paypal.asked[-1].raw
    assert "paypal-request-id" not in paypal.asked[-1].headers  # a kept answer would be one to another body


def test_a_certificate_made_out_to_somebody_else_proves_nothing(paypal, ours, monkeypatch):
    monkeypatch.setattr(paypal.teller, "signer", signer("evil.example"))
    ours = PayPal(**paypal.settings())
    ours.verify(*paypal.teller.event("MERCHANT.ONBOARDING.COMPLETED", {"name": "x"}))
    assert paypal.count("POST", "/verify-webhook-signature") == 1


def test_a_stranger_makes_us_call_paypal_for_one_certificate_and_no_more(paypal, ours):
    headers, body = paypal.teller.event("MERCHANT.ONBOARDING.COMPLETED", {"name": "x"})
    for number in range(50):
        with pytest.raises(Forged):
            ours.verify(headers | {"paypal-transmission-id": f"t{number}-x"}, body)
    assert len(paypal.asked) == 1


def test_certificates_that_are_not_there_are_asked_for_thirty_times_an_hour_and_one_that_is_known_still_counts(paypal, ours):
    headers, body = paypal.teller.event("MERCHANT.ONBOARDING.COMPLETED", {"name": "x"})
    ours.verify(headers, body)
    for number in range(60):
        strange = {"paypal-cert-url": f"{paypal.base}/v1/notifications/certs/CERT-{number}"}
        for _ in range(2):
            with pytest.raises(ProcessorFault if number >= 29 else Forged):
                ours.verify(headers | strange, body)
    assert paypal.count("GET", "/certs/") == 30
    assert ours.verify(headers, body).kind == "MERCHANT.ONBOARDING.COMPLETED"


def test_a_body_written_anew_is_not_what_was_signed(paypal, ours):
    headers, body = paypal.teller.event("CHECKOUT.ORDER.APPROVED", paypal.books.orders[ours.begin(AN_ORDER).ref])
    with pytest.raises(Forged):
        ours.verify(headers, json.dumps(json.loads(body)).encode())


@pytest.mark.parametrize("mark", ["released.", "declined."])
def test_a_mark_of_ours_is_no_part_of_the_key(paypal, ours, mark):
    order = paypal.books.orders[ours.begin(AN_ORDER).ref]
    order["purchase_units"][0]["custom_id"] = f"{mark}key-1"
    assert verified(ours, paypal.teller.event("CHECKOUT.ORDER.APPROVED", order)).key == "key-1"


def test_what_happened_to_an_order_is_told_by_its_name(paypal, ours, paid):
    ref = paid(save_method=True)
    capture = paypal.books.capture_of(ref)
    refund = paypal.books.refunds[ours.refund(ref, amount=100, key=str(UUID(int=7))).ref]
    dispute = paypal.books.dispute(capture["id"])
    token = next(iter(paypal.books.tokens.values()))
    held = ours.begin(replace(AN_ORDER, key="key-2", reference="REF2", hold=True)).ref
    paypal.books.approve(held)
    ours.look_up(held)
    kinds = {
        "PAYMENT.CAPTURE.COMPLETED": (capture, ref),
        "PAYMENT.CAPTURE.REFUNDED": (refund, ref),
        "CUSTOMER.DISPUTE.CREATED": (dispute, ref),
        "VAULT.PAYMENT-TOKEN.CREATED": (token, ref),
        "PAYMENT.AUTHORIZATION.CREATED": (next(iter(paypal.books.authorizations.values())), held),
    }
    told = {kind: verified(ours, paypal.teller.event(kind, resource)) for kind, (resource, _) in kinds.items()}
    assert {kind: event.ref for kind, event in told.items()} == {kind: ref for kind, (_, ref) in kinds.items()}
    assert told["PAYMENT.CAPTURE.COMPLETED"].key == told["CUSTOMER.DISPUTE.CREATED"].key == "key-1"


def test_a_capture_that_names_its_order_by_a_link_alone_is_told_by_it(paypal, ours, paid):
    ref = paid()
    capture = {key: value for key, value in paypal.books.capture_of(ref).items() if key != "supplementary_data"}
    assert verified(ours, paypal.teller.event("PAYMENT.CAPTURE.COMPLETED", capture)).ref == ref


def test_a_dispute_of_what_is_not_ours_is_told_by_its_transaction(paypal, ours):
    resource = {"dispute_id": "PP-1", "disputed_transactions": [{"seller_transaction_id": "NOTOURS"}]}
    assert verified(ours, paypal.teller.event("CUSTOMER.DISPUTE.CREATED", resource)).ref == "NOTOURS"


def test_an_event_about_something_else_is_an_event_about_no_payment(paypal, ours):
    assert verified(ours, paypal.teller.event("MERCHANT.ONBOARDING.COMPLETED", {"name": "x"})).ref == ""


@pytest.fixture
def message(paypal, ours):
    return paypal.teller.event("CHECKOUT.ORDER.APPROVED", paypal.books.orders[ours.begin(AN_ORDER).ref])


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("paypal-transmission-sig", "sforged"),
        ("paypal-transmission-sig", ""),
        ("paypal-transmission-sig", 'x", "webhook_id": "'),
        ("paypal-transmission-id", "12345"),
        ("paypal-transmission-id", "a\r\nb"),
        ("paypal-transmission-time", "yesterday"),
        ("paypal-transmission-time", "2026-11-23T12:00:01Z"),
        ("paypal-auth-algo", "none; drop"),
    ],
)
def test_headers_that_paypal_did_not_send_are_forged(ours, message, header, value):
    headers, body = message
    with pytest.raises(Forged):
        ours.verify(headers | {header: value}, body)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/cert.pem",
        "https://api.paypal.com/v1/notifications/certs/CERT-1",  # the other one's: we talk to the pretended one
        "https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/../../oauth2/token",
        "http://api.paypal.com/cert.pem",
        "https://api.paypal.com.evil.example/",
        "https://evil.example/?.paypal.com",
        "https://user@evilpaypal.com/",
        "https://[::1/",
        "file:///etc/passwd",
    ],
)
def test_a_certificate_from_elsewhere_is_not_even_asked_about(paypal, ours, message, address):
    headers, body = message
    asked = len(paypal.asked)
    with pytest.raises(Forged):
        ours.verify(headers | {"paypal-cert-url": address}, body)
    assert len(paypal.asked) == asked


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"{} {}",
        b'{"id": NaN}',
        b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b'{"id": "\xff"}',
    ],
)
def test_what_is_no_json_object_is_forged_and_goes_nowhere(paypal, ours, message, body):
    asked = len(paypal.asked)
    with pytest.raises(Forged):
        ours.verify(message[0], body)
    assert len(paypal.asked) == asked


@pytest.mark.parametrize("body", [b"{}", b'{"id": "x", "event_type": "y"}', b'{"id": 1, "event_type": "y", "resource": []}'])
def test_what_paypal_signed_and_is_no_event_is_forged(paypal, ours, message, body):
    headers, _ = message
    signature = paypal.teller.sign(headers["paypal-transmission-id"], headers["paypal-transmission-time"], body)
    with pytest.raises(Forged):
        ours.verify(headers | {"paypal-transmission-sig": signature}, body)


def test_what_cannot_be_verified_now_is_sent_again(paypal, ours, message):
    paypal.befalls("/certs/", "503")
    with pytest.raises(ProcessorFault):
        ours.verify(*message)


def test_without_the_webhooks_id_nothing_is_believed(paypal, message):
    ours = PayPal(**paypal.settings() | {"webhook_id": ""})
    with pytest.raises(ProcessorFault, match="PAYPAL_WEBHOOK_ID"):
        ours.verify(*message)
