"""Hosted Checkout: a page of Stripe's own for one gift."""

import time
from datetime import UTC, datetime, timedelta

import stripe
from stripe.params.checkout import SessionCreateParams, SessionCreateParamsPaymentIntentData

from campaigns.processors.base import Order, Redirect, Refused
from campaigns.processors.stripe.amounts import takes, to_stripe
from campaigns.processors.stripe.client import PAGE
from campaigns.processors.stripe.errors import Asked, answered, is_in_use
from campaigns.processors.stripe.reading import CHECKOUT, OPENED_BY, key_of

# Checkout speaks these; in all others it goes by the browser's wish.
LANGUAGES = (
    "bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr"
    " vi zh zh-HK zh-TW"
)
LOCALES = {language.lower(): language for language in LANGUAGES.split()} | {
    "zh-hans": "zh",
    "zh-hant": "zh-TW",
    "nn": "nb",
    "no": "nb",
}
OPEN_FOR = timedelta(hours=24)  # a session's life
LONGEST = 250  # characters of a product's name
PAUSES = (0.25, 0.5, 1.0)  # seconds, while the same form's twin is being answered


def open_session(client: stripe.StripeClient, order: Order) -> Redirect:
    """One session a key: within a day Stripe repeats its answer. Two clicks at once wait for each other. Where the words
    changed under a key that is known (a campaign's title), the session that was opened with the former ones is told."""
    if not takes(order.amount, order.currency):
        raise Refused("Stripe does not take this amount of this currency.")
    with answered(Asked.OPENED, refused=_concerns_order):
        try:
            session = _create(client, order)
        except stripe.IdempotencyError:
            known = still_open(client, order.key)
            if known is None or not _is_for(known, order):
                raise
            session = known
    return Redirect(url=session.url or "", ref=session.id)


def _create(client: stripe.StripeClient, order: Order) -> stripe.checkout.Session:
    for pause in PAUSES:
        try:
            return client.v1.checkout.sessions.create(_terms(order), {"idempotency_key": f"{order.key}:begin"})
        except stripe.APIError as error:
            if not is_in_use(error):
                raise
            time.sleep(pause)
    return client.v1.checkout.sessions.create(_terms(order), {"idempotency_key": f"{order.key}:begin"})


def _terms(order: Order) -> SessionCreateParams:
    """Made from the order alone, without a clock: the same order asks the same words, as one key demands."""
    intent: SessionCreateParamsPaymentIntentData = {
        "description": order.description[:LONGEST],
        "metadata": {"key": order.key, "reference": order.reference, OPENED_BY: CHECKOUT},
    }
    terms: SessionCreateParams = {
        "mode": "payment",
        "submit_type": "donate",
        "client_reference_id": order.key,
        "metadata": {"key": order.key, "reference": order.reference},
        "locale": locale(order.language),
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": order.currency.lower(),
                    "unit_amount": to_stripe(order.amount, order.currency),
                    "product_data": {"name": order.description[:LONGEST] or order.reference},
                },
            }
        ],
        "adaptive_pricing": {"enabled": False},  # what comes is what was promised, to the cent
        "success_url": order.return_url,
        "cancel_url": order.return_url,  # the session stays open: the donor may go on
        "payment_intent_data": intent,
    }
    if order.email:
        terms["customer_email"] = order.email
    if order.save_method:
        terms["customer_creation"] = "always"
        intent["setup_future_usage"] = "off_session"
    if order.hold:
        intent["capture_method"] = "manual"
    return terms


def still_open(client: stripe.StripeClient, key: str) -> stripe.checkout.Session | None:
    """Among the hundred newest that are open: no list and no search of Stripe's knows them by our key."""
    since = int((datetime.now(UTC) - OPEN_FOR).timestamp())
    asked = client.v1.checkout.sessions.list({"created": {"gte": since}, "status": "open", "limit": PAGE})
    return next((session for session in asked.data if key_of(session.metadata) == key), None)


def _is_for(session: stripe.checkout.Session, order: Order) -> bool:
    asked = (to_stripe(order.amount, order.currency), order.currency.lower())
    return (session.amount_total, session.currency) == asked


def locale(language: str) -> str:
    tag = language.lower().replace("_", "-")
    return LOCALES.get(tag) or LOCALES.get(tag.partition("-")[0]) or "auto"


def _concerns_order(error: stripe.InvalidRequestError) -> bool:
    """What another amount, currency or address would heal. Nobody's odd address may look like an outage."""
    codes = {"amount_too_small", "amount_too_large", "invalid_charge_amount", "email_invalid", "currency_not_supported"}
    return error.code in codes or any(word in (error.param or "") for word in ("customer_email", "unit_amount", "currency"))
