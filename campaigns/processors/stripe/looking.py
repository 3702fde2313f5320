"""One payment in Stripe's books: by its ref, or by the key that we sent with it."""

import re
from dataclasses import replace

import stripe

from campaigns.processors.base import Inquiry, Movement, Payment, Refused
from campaigns.processors.stripe.charging import WHOLE, closed
from campaigns.processors.stripe.client import PAGE
from campaigns.processors.stripe.errors import Asked, always, answered
from campaigns.processors.stripe.opening import still_open
from campaigns.processors.stripe.reading import (
    CHECKOUT,
    disputes_of,
    inquiries_of,
    opened_by,
    payment_of_intent,
    payment_of_session,
    refunds_of,
)

REF = re.compile(r"(?:cs|pi)_\w+", re.ASCII)
REFUNDS = "latest_charge.refunds"
Thing = stripe.checkout.Session | stripe.PaymentIntent


def payment(client: stripe.StripeClient, ref: str) -> Payment:
    """Refused for what is no payment there. A PaymentIntent that Checkout made is told as its session."""
    found = thing(client, ref)
    with answered(Asked.READ):
        return _told(client, found)


def thing(client: stripe.StripeClient, ref: str) -> Thing:
    """What the ref names, with its PaymentIntent, charge, line in the books and refunds."""
    if not REF.fullmatch(ref):
        raise Refused("Stripe knows no payment of this name.")
    with answered(Asked.READ, refused=always):
        if ref.startswith("cs_"):
            whole = [f"payment_intent.{part}" for part in (WHOLE, REFUNDS)]
            return client.v1.checkout.sessions.retrieve(ref, {"expand": whole})
        intent = client.v1.payment_intents.retrieve(ref, {"expand": [WHOLE, REFUNDS]})
        return _session_of(client, intent) or intent


def intent_of(client: stripe.StripeClient, ref: str) -> stripe.PaymentIntent:
    """Refused when the donor never got as far as paying."""
    found = thing(client, ref)
    intent = found if isinstance(found, stripe.PaymentIntent) else found.payment_intent
    if not isinstance(intent, stripe.PaymentIntent):
        raise Refused("Nothing was paid here.")
    return intent


def refunds_of_intent(client: stripe.StripeClient, intent: str) -> list[stripe.Refund]:
    asked = client.v1.refunds.list({"payment_intent": intent, "limit": PAGE, "expand": ["data.failure_balance_transaction"]})
    return list(asked.auto_paging_iter())


def find(client: stripe.StripeClient, key: str) -> Payment | None:
    """Stripe's search lags by a minute, and an open session is in no search: the hundred newest are looked through.

    Nothing depends on that. A session whose answer was lost has no reader, and `begin` under the same key tells it
    again; `collect` looks through the customer's own payments before it charges.
    """
    intent = _searched(client, key)
    if intent is None:
        with answered(Asked.READ):
            session = still_open(client, key)
        return payment_of_session(session) if session else None
    if opened_by(intent.metadata) == CHECKOUT:
        return payment(client, intent.id)
    intent = closed(client, intent)
    with answered(Asked.READ):
        return _told(client, intent)


def _session_of(client: stripe.StripeClient, intent: stripe.PaymentIntent) -> stripe.checkout.Session | None:
    if opened_by(intent.metadata) != CHECKOUT:
        return None
    found = client.v1.checkout.sessions.list({"payment_intent": intent.id, "limit": 1}).data
    if not found:
        return None
    found[0].payment_intent = intent
    return found[0]


def _told(client: stripe.StripeClient, thing: Thing) -> Payment:
    if isinstance(thing, stripe.PaymentIntent):
        payment, intent = payment_of_intent(thing), thing
    else:
        payment, found = payment_of_session(thing), thing.payment_intent
        if not isinstance(found, stripe.PaymentIntent):
            return payment
        intent = found
    movements, inquiries = _after(client, intent)
    return replace(payment, movements=movements, inquiries=inquiries)


def _after(client: stripe.StripeClient, intent: stripe.PaymentIntent) -> tuple[tuple[Movement, ...], tuple[Inquiry, ...]]:
    """What followed the payment, movements the oldest first. What the charge says that it has not is not asked for."""
    charge = intent.latest_charge
    if intent.status != "succeeded" or not isinstance(charge, stripe.Charge):
        return (), ()
    shown = getattr(charge, "refunds", None)  # left out where it was not asked for
    refunds = refunds_of_intent(client, intent.id) if shown is None or shown.data else []
    disputes: list[stripe.Dispute] = []
    if charge.disputed:
        disputes = list(client.v1.disputes.list({"payment_intent": intent.id, "limit": PAGE}).auto_paging_iter())
    moved = sorted(refunds_of(refunds) + disputes_of(disputes), key=lambda movement: movement.at)
    return tuple(moved), inquiries_of(disputes)


def _searched(client: stripe.StripeClient, key: str) -> stripe.PaymentIntent | None:
    quoted = key.replace("\\", "\\\\").replace("'", "\\'")
    try:
        with answered(Asked.READ, refused=always):  # Stripe in India has no search
            asked = client.v1.payment_intents.search(
                {"query": f"metadata['key']:'{quoted}'", "limit": 1, "expand": [f"data.{WHOLE}", f"data.{REFUNDS}"]}
            )
            return asked.data[0] if asked.data else None
    except Refused:
        return None
