"""Stripe's events: signed, and told apart without asking anybody."""

import json
from typing import Any

import stripe

from campaigns.processors.base import Event, Forged

HEADER = "stripe-signature"
TOLERANCE = 300  # seconds a signature stays good
SESSION, INTENT = "checkout.session", "payment_intent"
COPIES_METADATA = {INTENT, "charge"}  # a charge has its PaymentIntent's; refunds and disputes have their own


def read(header: str, body: bytes, *, secrets: list[str], is_live: bool | None) -> Event:
    """Forged unless one of the secrets signed it within the last five minutes, and for a test's event at a live key."""
    if not any(_is_signed(header, body, secret) for secret in secrets):
        raise Forged("The signature does not belong to this message.")
    try:
        told = json.loads(body)
    except ValueError as error:
        raise Forged("The message is not JSON.") from error
    if not isinstance(told, dict) or told.get("object") not in {"event", "v2.core.event"}:
        raise Forged("The message is not an event.")
    if not all(isinstance(told.get(name), str) and told[name] for name in ("id", "type")):
        raise Forged("The event has no name.")
    if is_live is not None and told.get("livemode") is not is_live:
        raise Forged("A trial's event at a live key, or the other way round.")
    ref, key = _about(told)
    return Event(id=told["id"], kind=told["type"], ref=ref, key=key)


def _is_signed(header: str, body: bytes, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(body, header, secret, TOLERANCE))
    except (stripe.SignatureVerificationError, ValueError, TypeError):  # of the latter: no UTF-8, letters in a signature
        return False


def _about(told: dict[str, Any]) -> tuple[str, str]:
    """The payment's ref and our key. A session's events name the session; all others the PaymentIntent, whose ref is
    the session where Checkout made it: then the key tells the gift, or `look_up` of the PaymentIntent does."""
    thing = _dict(_dict(told.get("data")).get("object")) or _dict(told.get("related_object"))
    kind, name = thing.get("object", thing.get("type")), _text(thing.get("id"))
    if kind == SESSION:
        return name, _text(thing.get("client_reference_id"))
    key = _text(_dict(thing.get("metadata")).get("key")) if kind in COPIES_METADATA else ""
    return name if kind == INTENT else _text(thing.get("payment_intent")), key


def _dict(thing: object) -> dict[str, Any]:
    return thing if isinstance(thing, dict) else {}


def _text(thing: object) -> str:
    return thing if isinstance(thing, str) else ""
