"""Charging a saved way to pay while its owner is away."""

import re

import stripe
from stripe.params import PaymentIntentCreateParams

from campaigns.processors.base import Order, Payment, Refused, Uncertain
from campaigns.processors.stripe.amounts import takes, to_stripe
from campaigns.processors.stripe.client import PAGE
from campaigns.processors.stripe.errors import Asked, answered
from campaigns.processors.stripe.opening import LONGEST
from campaigns.processors.stripe.reading import COLLECT, OPENED_BY, key_of, payment_of_intent

MANDATE = re.compile(r"(?P<customer>cus_\w+)/(?P<method>(?:pm|card|src|ba)_\w+)", re.ASCII)
WHOLE = "latest_charge.balance_transaction"
UNPAID = {"requires_payment_method", "requires_confirmation", "requires_action"}


def collect(client: stripe.StripeClient, mandate: str, order: Order) -> Payment:
    """Once per key for ever: Stripe knows a key for a day, and the customer's list, which never lags, all that came before."""
    saved = MANDATE.fullmatch(mandate)
    if not saved:
        raise Refused("Stripe has no such saved way to pay.")
    if not takes(order.amount, order.currency):
        raise Refused("Stripe does not take this amount of this currency.")
    intent = _known(client, saved["customer"], order.key) or _confirm(client, saved, order)
    return payment_of_intent(closed(client, intent))


def forget(client: stripe.StripeClient, mandate: str) -> None:
    """Detached, nobody can charge it any more, and Stripe lets nobody attach it again."""
    saved = MANDATE.fullmatch(mandate)
    if saved:
        with answered(Asked.MOVED):
            try:
                client.v1.payment_methods.detach(saved["method"])
            except stripe.InvalidRequestError:
                return  # it is gone, or detached already


def closed(client: stripe.StripeClient, intent: stripe.PaymentIntent) -> stripe.PaymentIntent:
    """One that was declined is cancelled: nobody can ever pay it afterwards. One that is paid, held or on its way stays."""
    if intent.status not in UNPAID:
        return intent
    with answered(Asked.MOVED):
        try:
            return client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "abandoned", "expand": [WHOLE]})
        except stripe.InvalidRequestError as error:
            if error.code != "payment_intent_unexpected_state":
                raise
        intent = client.v1.payment_intents.retrieve(intent.id, {"expand": [WHOLE]})
    if intent.status in UNPAID:
        raise Uncertain("Stripe did not close a payment that was declined.")
    return intent


def _known(client: stripe.StripeClient, customer: str, key: str) -> stripe.PaymentIntent | None:
    with answered(Asked.READ, refused=_is_gone):
        asked = client.v1.payment_intents.list({"customer": customer, "limit": PAGE, "expand": [f"data.{WHOLE}"]})
        return next((intent for intent in asked.auto_paging_iter() if key_of(intent.metadata) == key), None)


def _confirm(client: stripe.StripeClient, saved: re.Match[str], order: Order) -> stripe.PaymentIntent:
    terms: PaymentIntentCreateParams = {
        "amount": to_stripe(order.amount, order.currency),
        "currency": order.currency.lower(),
        "customer": saved["customer"],
        "payment_method": saved["method"],
        "confirm": True,
        "off_session": True,
        "return_url": order.return_url,  # wanted where a method could send the donor somewhere; off session none does
        "description": order.description[:LONGEST],
        "metadata": {"key": order.key, "reference": order.reference, OPENED_BY: COLLECT},
        "expand": [WHOLE],
    }
    if order.hold:
        terms["capture_method"] = "manual"
    with answered(Asked.MOVED, refused=_concerns_donor):
        try:
            return client.v1.payment_intents.create(terms, {"idempotency_key": f"{order.key}:collect"})
        except stripe.CardError as error:
            declined = getattr(error.error, "payment_intent", None)
            if declined is None:
                raise
    with answered(Asked.MOVED):  # the error tells its moment's state; when it is repeated, the intent is closed already
        return client.v1.payment_intents.retrieve(declined.id, {"expand": [WHOLE]})


def _is_gone(error: stripe.InvalidRequestError) -> bool:
    return error.code == "resource_missing"


def _concerns_donor(error: stripe.InvalidRequestError) -> bool:
    """The saved method, or the amount. Anything else is between Stripe and us, and says nothing of the donor."""
    codes = {
        "amount_too_small",
        "amount_too_large",
        "invalid_charge_amount",
        "payment_method_unexpected_state",
        "resource_missing",
    }
    return error.code in codes or error.param in {"customer", "payment_method", "amount", "currency"}
