"""The processor itself: values in, values out.

A gift that went through Checkout has its session's name as ref (“cs_…”), for the PaymentIntent comes only when the donor
pays; one that we collected has its PaymentIntent's (“pi_…”). `look_up` takes both.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property

import stripe
from django.utils.translation import gettext_noop

from campaigns.processors.base import (
    Event,
    Instructions,
    Movement,
    Order,
    Payment,
    PaymentStatus,
    ProcessorFault,
    Redirect,
    Refused,
    Transaction,
)
from campaigns.processors.stripe import charging, looking, opening, signed
from campaigns.processors.stripe.amounts import takes, to_stripe
from campaigns.processors.stripe.books import Books
from campaigns.processors.stripe.client import client
from campaigns.processors.stripe.errors import Asked, always, answered
from campaigns.processors.stripe.reading import key_of, refund_movement, said

CAPTURE = "capture_key"  # in our metadata
LIVE = {"live": True, "test": False}


class Stripe:
    label = gettext_noop("Card")
    hint = gettext_noop("Or a wallet or bank, as Stripe offers you. You pay on Stripe's own page.")
    saves_methods = True
    by_hand = False
    holds = True

    def __init__(self, *, secret_key: str = "", webhook_secret: str = "", api_base: str = "") -> None:
        """`webhook_secret`: one, or several with commas while it is being changed."""
        self._key, self._base = secret_key.strip(), api_base
        self._secrets = [secret.strip() for secret in webhook_secret.split(",") if secret.strip()]

    def missing(self) -> tuple[str, ...]:
        there = {"STRIPE_SECRET_KEY": self._key, "STRIPE_WEBHOOK_SECRET": self._secrets}
        return tuple(name for name, value in there.items() if not value)

    def takes(self, amount: int, currency: str) -> bool:
        return takes(amount, currency)

    def probe(self) -> None:
        with answered(Asked.READ):
            self._client.v1.checkout.sessions.list({"limit": 1})
            try:
                account = self._client.v1.accounts.retrieve_current()
            except stripe.PermissionError:
                return  # a restricted key may not see the account, and sees the sessions all the same
        if not account.charges_enabled:
            raise ProcessorFault("Stripe lets this account take no payments.")

    def begin(self, order: Order) -> Redirect | Instructions:
        return opening.open_session(self._client, order)

    def look_up(self, ref: str) -> Payment | None:
        return looking.payment(self._client, ref)

    def find(self, key: str) -> Payment | None:
        return looking.find(self._client, key)

    def collect(self, mandate: str, order: Order) -> Payment | Instructions:
        return charging.collect(self._client, mandate, order)

    def refund(self, ref: str, *, amount: int, key: str) -> Movement:
        """Once per key for ever: the payment's own refunds are looked through first, for Stripe knows a key for a day."""
        intent = looking.intent_of(self._client, ref)
        with answered(Asked.READ):
            sent = looking.refunds_of_intent(self._client, intent.id)
        known = next((refund for refund in sent if key_of(refund.metadata) == key), None)
        refund = known or self._send_back(intent, amount, key)
        if refund.status in {"failed", "canceled"} and not refund.balance_transaction:
            raise Refused("Stripe could not send the money back.")
        return refund_movement(refund)

    def capture(self, ref: str, *, key: str) -> Payment:
        intent = looking.intent_of(self._client, ref)
        if intent.status == "requires_capture":
            with answered(Asked.MOVED, refused=always):
                self._client.v1.payment_intents.capture(
                    intent.id, {"metadata": {CAPTURE: key}}, {"idempotency_key": f"{key}:capture"}
                )
        elif intent.status != "succeeded" or said(intent.metadata, CAPTURE) != key:
            raise Refused("This payment is not held any more.")
        return looking.payment(self._client, ref)

    def release(self, ref: str) -> Payment:
        """What changed while we asked is not forced: the answer is how it stands then."""
        payment = looking.payment(self._client, ref)
        if payment.status == PaymentStatus.OPEN:
            self._expire(ref)
            payment = looking.payment(self._client, ref)
        if payment.status == PaymentStatus.HELD:
            self._let_go(ref)
            payment = looking.payment(self._client, ref)
        return payment

    def transactions(self, *, since: datetime, until: datetime) -> Iterator[Transaction]:
        return Books(self._client, since, until).lines()

    def forget(self, mandate: str) -> None:
        charging.forget(self._client, mandate)

    def verify(self, headers: Mapping[str, str], body: bytes) -> Event:
        is_live = LIVE.get(self._key[3:7])  # sk_live_…, rk_test_…
        return signed.read(headers.get(signed.HEADER, ""), body, secrets=self._secrets, is_live=is_live)

    @cached_property
    def _client(self) -> stripe.StripeClient:
        if not self._key:
            raise ProcessorFault("Stripe has no key here: STRIPE_SECRET_KEY is missing.")
        return client(self._key, self._base)

    def _send_back(self, intent: stripe.PaymentIntent, amount: int, key: str) -> stripe.Refund:
        try:
            figure = to_stripe(amount, intent.currency.upper())
        except ValueError as error:
            raise Refused(str(error)) from error
        with answered(Asked.MOVED, refused=always):
            return self._client.v1.refunds.create(
                {"payment_intent": intent.id, "amount": figure, "metadata": {"key": key}}, {"idempotency_key": f"{key}:refund"}
            )

    def _expire(self, ref: str) -> None:
        with answered(Asked.OPENED):
            try:
                self._client.v1.checkout.sessions.expire(ref)
            except stripe.InvalidRequestError:
                return  # it is not open any more

    def _let_go(self, ref: str) -> None:
        intent = looking.intent_of(self._client, ref)
        with answered(Asked.MOVED):
            try:
                self._client.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "requested_by_customer"})
            except stripe.InvalidRequestError as error:
                if error.code != "payment_intent_unexpected_state":
                    raise  # else it is not held any more
