"""Whether PayPal sent a message, and what it is about.

The signature is checked here: RSA with SHA-256 over “transmission id|time|webhook id|CRC-32 of the body”, by the certificate
that the message names at a host of PayPal's own (developer.paypal.com, “Webhooks”, “Self verification method”). So a stranger
cannot make us call PayPal for each message. Where the certificate signed it, and its chain cannot be proved here, PayPal is
asked once more (verify-webhook-signature).
"""

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from zlib import crc32

from campaigns.processors.base import Event, Forged
from campaigns.processors.paypal import books, orders
from campaigns.processors.paypal.certificates import Certificates
from campaigns.processors.paypal.wire import Malformed, No, Wire

# What they ask for, by the header that brings it: their description's own limits.
HEADERS = {
    "auth_algo": ("paypal-auth-algo", re.compile(r"SHA256withRSA")),
    "cert_url": ("paypal-cert-url", re.compile(r"https?://[\x21-\x7e]{1,490}")),
    "transmission_id": ("paypal-transmission-id", re.compile(r"(?!\d+$)\w[\x21-\x7e]{1,49}", re.ASCII)),
    "transmission_sig": ("paypal-transmission-sig", re.compile(r"[A-Za-z0-9+/]{300,900}={0,2}")),
    "transmission_time": ("paypal-transmission-time", re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]{5,20}(?:Z|[+-]\d\d:?\d\d)", re.ASCII)),
}
UP_TO_ORDER = re.compile(r"/v2/checkout/orders/([A-Z0-9]{1,36})$")
UP_TO_CAPTURE = re.compile(r"/v2/payments/captures/([A-Z0-9]{1,36})$")


def check(wire: Wire, signers: Certificates, webhook_id: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """The event, if PayPal signed it; Forged otherwise. ProcessorFault when that cannot be told now."""
    event, told = _event(body), {}
    for name, (header, pattern) in HEADERS.items():
        told[name] = headers.get(header, "")
        if not pattern.fullmatch(told[name]):
            raise Forged(f"The message has no {header} as PayPal sends it.")
    signed = f"{told['transmission_id']}|{told['transmission_time']}|{webhook_id}|{crc32(body)}".encode()
    if not signers.check(told["cert_url"], _bytes(told["transmission_sig"]), signed):
        _ask(wire, webhook_id, told, body)
    return event


def _bytes(signature: str) -> bytes:
    try:
        return b64decode(signature, validate=True)
    except binascii.Error:
        raise Forged("The signature is none.") from None


def _ask(wire: Wire, webhook_id: str, told: dict[str, str], body: bytes) -> None:
    # Their signature is over the body's own bytes: they go back as they came, not as another program would write them.
    question = json.dumps(told | {"webhook_id": webhook_id}).encode()[:-1] + b', "webhook_event": ' + body + b"}"
    try:
        answer = wire.post("/v1/notifications/verify-webhook-signature", question)
    except (Malformed, No):
        raise Forged("PayPal does not understand the signature.") from None
    if answer.get("verification_status") != "SUCCESS":
        raise Forged("PayPal did not sign this.")


def read(wire: Wire, event: dict[str, Any]) -> Event:
    """Which payment an event is about. A refund's and a dispute's names its capture: the order is looked up."""
    try:
        resource = event["resource"]
        ref, key = _about(wire, resource)
        return Event(id=str(event["id"]), kind=str(event["event_type"]), ref=ref, key=orders.key_in(key))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise Forged("This is no event as PayPal sends it.") from None


def _event(body: bytes) -> dict[str, Any]:
    """One JSON object and nothing else, so that it stands in the question as what it is."""
    try:
        event = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Forged("The message is not JSON.") from None
    if not isinstance(event, dict):
        raise Forged("The message is not an event.")
    return event


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _about(wire: Wire, resource: dict[str, Any]) -> tuple[str, str]:
    if units := resource.get("purchase_units"):  # an order
        return str(resource["id"]), str(units[0].get("custom_id") or "")
    if order := _order_in(resource):  # a capture, an authorization, a way to pay that was kept
        return order, str(resource.get("custom_id") or "")
    if disputed := resource.get("disputed_transactions"):
        capture, key = str(disputed[0].get("seller_transaction_id") or ""), str(disputed[0].get("custom") or "")
        return books.order_of(wire, capture) or capture, key
    capture = _linked(resource, UP_TO_CAPTURE)
    if capture and capture != resource.get("id"):  # a refund: its custom_id is the refund's key, not the order's
        return books.order_of(wire, capture) or capture, ""
    return _linked(resource, UP_TO_ORDER), str(resource.get("custom_id") or "")


def _linked(resource: dict[str, Any], pattern: re.Pattern[str]) -> str:
    links = [str(link["href"]) for link in resource.get("links") or []]
    return next((found[1] for address in links if (found := pattern.search(address))), "")


def _order_in(resource: dict[str, Any]) -> str:
    related = (resource.get("supplementary_data") or {}).get("related_ids") or {}
    return str(related.get("order_id") or (resource.get("metadata") or {}).get("order_id") or "")
