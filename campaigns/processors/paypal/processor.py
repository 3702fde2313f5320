"""PayPal as a Processor."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext_noop

from campaigns.processors.base import (
    Event,
    Instructions,
    Movement,
    Order,
    Payment,
    PaymentStatus,
    ProcessorError,
    ProcessorFault,
    Redirect,
    Refused,
    Transaction,
    Uncertain,
)
from campaigns.processors.paypal import amounts, books, disputes, orders, reading, signing, words
from campaigns.processors.paypal.certificates import certificates
from campaigns.processors.paypal.wire import No, understood, wire

ORDERS, PAYMENTS, TOKENS = "/v2/checkout/orders", "/v2/payments", "/v3/vault/payment-tokens"
MANDATE = re.compile(r"[0-9a-zA-Z_-]{1,255}")


class PayPal:
    label = gettext_noop("PayPal")
    hint = gettext_noop("You confirm on PayPal’s own page.")
    saves_methods = True
    by_hand = False
    holds = True

    def __init__(self, *, client_id: str, client_secret: str, webhook_id: str, api_base: str, roots: str = "") -> None:
        """`roots`: a file of the certificates that PayPal's may hang from; else those that browsers trust."""
        self._given = {"PAYPAL_CLIENT_ID": client_id, "PAYPAL_CLIENT_SECRET": client_secret, "PAYPAL_WEBHOOK_ID": webhook_id}
        self._webhook_id = webhook_id
        self._wire = wire(api_base, client_id, client_secret)
        self._signers = certificates(self._wire, api_base, roots)

    def __repr__(self) -> str:
        return f"PayPal({self._wire!r})"

    def missing(self) -> tuple[str, ...]:
        return tuple(name for name, value in self._given.items() if not value)

    def takes(self, amount: int, currency: str) -> bool:
        return amounts.takes(amount, currency)

    def probe(self) -> None:
        """Opens an order that nobody is sent to: it costs nothing and is forgotten within hours. A restricted account is
        told of here and by nothing that is only read. A no to this very order is an answer of one that works."""
        unit = {"amount": amounts.written(100, "EUR"), "custom_id": "probe"}
        with suppress(No):
            self._wire.post(ORDERS, {"intent": "CAPTURE", "purchase_units": [unit]}, once=f"probe-{uuid4()}")

    def begin(self, order: Order) -> Redirect | Instructions:
        """An order that the donor approves on PayPal's page. A lost answer is a ProcessorFault: nothing can be charged
        before it was approved, and its address was in the answer."""
        self._check(order)
        try:
            told = self._wire.post(ORDERS, orders.to_approve(order), once=f"begin-{order.key}")
        except No as no:
            raise Refused("PayPal does not take this payment.") from no
        with understood():
            # Nothing is left to approve of one that was paid meanwhile: the donor's page at ours tells that.
            return Redirect(url=orders.link(told) or order.return_url, ref=_named(told))

    def look_up(self, ref: str) -> Payment | None:
        """The order as it stands. One that the donor has approved is captured here (or authorised, to be held).

        The donor pressed “Pay now” on PayPal's page, and was told so: capturing is our part of that, due at once and
        by whoever looks first, the donor's return or PayPal's event. It happens once, by the key's PayPal-Request-Id and
        because an order can be captured once; a lost answer is looked up by the next call. An order that PayPal does not
        know any more was never approved: they forget those within hours.
        """
        order = self._order(ref)
        if order is None:
            return _forgotten(ref)
        with understood():
            if order["status"] == "APPROVED" and orders.key_of(order) and not orders.mark_of(order):
                return reading.payment(self._take(order))  # a moment old: nobody disputes it yet
            return reading.payment(order, self._disputes(order))

    def find(self, key: str) -> Payment | None:
        """By PayPal's books, which lag three hours. What is open is not found: there is no search by our key.

        That is sound. An order to approve whose answer was lost can be paid by nobody, for its address was lost with it;
        and a renewal is asked again under the same PayPal-Request-Id for six hours, and after that under the same invoice
        number, of which PayPal takes one payment only (see `collect`).
        """
        return self._found(key, fresh=False)

    def collect(self, mandate: str, order: Order) -> Payment | Instructions:
        self._check(order)
        if not MANDATE.fullmatch(mandate):
            raise Refused("PayPal does not know this saved way to pay.")
        try:
            body = orders.to_renew(order, mandate)
            told = self._wire.post(ORDERS, body, once=f"collect-{order.key}", moves_money=True)
            with understood(unsure=True):
                return self._collected(told)
        except No as no:
            return self._not_collected(no, order)

    def refund(self, ref: str, *, amount: int, key: str) -> Movement:
        order = self._whole(ref)
        with understood():
            sent = [told for told in reading.refunds(order) if told.get("custom_id") == key]
            capture = _with_left(order, amount) if not sent else {}
            currency = amounts.read(capture["amount"])[1] if capture else ""
        if not sent:
            body = {"amount": amounts.written(amount, currency), "custom_id": key}
            path = f"{PAYMENTS}/captures/{capture['id']}/refund"
            sent = [self._wire.post(path, body, once=f"refund-{key}", moves_money=True)]
        with understood(unsure=True):
            if sent[-1]["status"] in {"FAILED", "CANCELLED"}:
                raise Refused("PayPal could not send this money back.")
            return reading.refund({"custom_id": key, **sent[-1]})

    def capture(self, ref: str, *, key: str) -> Payment:
        order = self._whole(ref)
        with understood():
            held = reading.authorization(order)
        if held is None:
            raise Refused("This payment is not held.")
        path = f"{PAYMENTS}/authorizations/{held['id']}/capture"
        self._wire.post(path, {"final_capture": True}, once=f"capture-{key}", moves_money=True)
        return self._told(ref)

    def release(self, ref: str) -> Payment:
        """A held payment is voided. An order that is still open cannot be closed at PayPal: it is marked in their books as
        one that must not be captured, which is what takes the money (`look_up`), and PayPal forgets it within hours."""
        order = self._order(ref)
        if order is None:
            return _forgotten(ref)
        with understood():
            held, key = reading.authorization(order), orders.key_of(order)
            is_open = order["status"] not in {"COMPLETED", "VOIDED"} and not orders.mark_of(order)
        try:
            if held:
                self._wire.post(f"{PAYMENTS}/authorizations/{held['id']}/void", b"", once=f"void-{held['id']}", moves_money=True)
            elif is_open:
                self._wire.patch(f"{ORDERS}/{ref}", orders.marking("released.", key))
        except No:
            pass  # it was paid, let go or captured meanwhile: their books say which
        told = self._told(ref)
        if told.status in {PaymentStatus.OPEN, PaymentStatus.HELD}:
            raise Refused("PayPal does not let go of this payment yet.")
        return told

    def transactions(self, *, since: datetime, until: datetime) -> Iterator[Transaction]:
        """Up to three hours behind; the lines of three years. An order is asked for with each line of a payment."""
        return books.transactions(self._wire, since=since, until=until)

    def forget(self, mandate: str) -> None:
        """Deleted from the vault; the payer sees it go in their own account."""
        if MANDATE.fullmatch(mandate):
            with suppress(No):  # it is gone already
                self._wire.delete(f"{TOKENS}/{mandate}")

    def verify(self, headers: Mapping[str, str], body: bytes) -> Event:
        if not self._webhook_id:
            raise ProcessorFault("PAYPAL_WEBHOOK_ID is not set: nothing can be told from a forgery.")
        return signing.read(self._wire, signing.check(self._wire, self._signers, self._webhook_id, headers, body))

    def _check(self, order: Order) -> None:
        if not self.takes(order.amount, order.currency):
            raise Refused(f"PayPal does not take this amount in {order.currency}.")

    def _order(self, ref: str) -> dict[str, Any] | None:
        """None for one that PayPal does not know."""
        if not orders.ID.fullmatch(ref):
            return None
        try:
            return self._wire.get(f"{ORDERS}/{ref}")
        except No as no:
            if no.status == 404:
                return None
            raise

    def _whole(self, ref: str) -> dict[str, Any]:
        order = self._order(ref)
        if order is None:
            raise Refused("PayPal does not know this payment.")
        return order

    def _told(self, ref: str) -> Payment:
        order = self._whole(ref)
        with understood():
            return reading.payment(order, self._disputes(order))

    def _disputes(self, order: dict[str, Any]) -> list[dict[str, Any]]:
        taken = reading.captures(order, reading.PAID)
        return [dispute for capture in taken for dispute in disputes.of_capture(self._wire, str(capture["id"]))]

    def _take(self, order: dict[str, Any]) -> dict[str, Any]:
        """Capture what was approved, or authorise it; the order as it is then. Uncertain passes through."""
        ref, key = _named(order), orders.key_of(order)
        deed = "authorize" if order["intent"] == "AUTHORIZE" else "capture"
        try:
            self._wire.post(f"{ORDERS}/{ref}/{deed}", {}, once=f"{deed}-{key}", moves_money=True)
        except No as no:
            if not no.issues & (words.DONE_ALREADY | words.NOT_YET):
                return self._not_taken(order)
        return self._whole(ref)

    def _not_taken(self, order: dict[str, Any]) -> dict[str, Any]:
        """The donor is told, and tries again with another gift: this order must not be captured after all."""
        changes = orders.marking("declined.", orders.key_of(order))
        with suppress(ProcessorError):
            self._wire.patch(f"{ORDERS}/{_named(order)}", changes)
        order["purchase_units"][0]["custom_id"] = changes[0]["value"]
        return order

    def _collected(self, told: dict[str, Any]) -> Payment:
        order = self._take(told) if told["status"] == "APPROVED" else told
        payment = reading.payment(order)
        if payment.status == PaymentStatus.OPEN:  # PayPal wants the donor's consent to this one
            raise No(words.DECLINED, status=422, issues=frozenset({"PAYER_ACTION_REQUIRED"}))
        return payment

    def _not_collected(self, no: No, order: Order) -> Payment:
        if words.PAID_ALREADY in no.issues:
            return self._paid_already(order)
        if no.status == 404 or no.issues & words.UNKNOWN_MANDATE:
            raise Refused("PayPal does not know this saved way to pay.") from None
        return Payment(
            ref=order.key,  # there is no order of theirs to name
            key=order.key,
            status=PaymentStatus.DECLINED,
            amount=order.amount,
            currency=order.currency,
            problem=words.DECLINED,
            needs_donor=bool(no.issues & words.NEEDS_DONOR),
            is_final=bool(no.issues & words.FINAL),
        )

    def _paid_already(self, order: Order) -> Payment:
        """Its invoice number was paid: an earlier answer was lost, for longer than PayPal knows its request by."""
        payment = self._found(order.key, fresh=True)
        if payment is None:
            raise Uncertain("PayPal has taken this renewal before, and its books do not show it yet.")
        return payment

    def _found(self, key: str, *, fresh: bool) -> Payment | None:
        capture = books.lately(self._wire).capture_of(key, fresh=fresh)
        ref = books.order_of(self._wire, capture) if capture else ""
        return self.look_up(ref) if ref else None


def _forgotten(ref: str) -> Payment:
    return Payment(ref=ref, key="", status=PaymentStatus.CANCELLED, amount=0, currency="")


def _named(order: dict[str, Any]) -> str:
    ref = str(order["id"])
    if not orders.ID.fullmatch(ref):
        raise ValueError("an order without a name")
    return ref


def _with_left(order: dict[str, Any], amount: int) -> dict[str, Any]:
    """The capture that an amount can go back from. Refused when none has as much left."""
    taken = reading.captures(order, reading.PAID)
    gone = sum(amounts.read(told["amount"])[0] for told in reading.refunds(order) if told["status"] in {"COMPLETED", "PENDING"})
    left = sum(amounts.read(capture["amount"])[0] for capture in taken) - gone
    if not taken or not 0 < amount <= left:
        raise Refused(words.SENTENCES["REFUND_AMOUNT_EXCEEDED"])
    return max(taken, key=lambda capture: amounts.read(capture["amount"])[0])
