"""The client of the pretended bank: turns its answers into ours, as the client of a real one would."""

from collections.abc import Mapping

from campaigns.processors.base import (
    Event,
    Forged,
    Instructions,
    Movement,
    MovementKind,
    Order,
    Payment,
    PaymentStatus,
    Redirect,
    Refused,
)
from campaigns.sandbox import bank


class Sandbox:
    label = "Card (pretended)"
    hint = "A trial: no money moves, no card is needed."
    saves_methods = True
    by_hand = False

    def begin(self, order: Order) -> Redirect | Instructions:
        opened = bank.open_payment(_terms(order))
        return Redirect(url=opened.url, ref=opened.ref)

    def look_up(self, ref: str) -> Payment | None:
        return _payment(bank.statement(ref))

    def find(self, key: str) -> Payment | None:
        ref = bank.ref_of(key)
        return self.look_up(ref) if ref else None

    def collect(self, mandate: str, order: Order) -> Payment | Instructions:
        try:
            return _payment(bank.statement(bank.charge(mandate, _terms(order)).ref))
        except bank.BankRefuses as refusal:
            raise Refused(str(refusal)) from refusal

    def refund(self, ref: str, *, amount: int, key: str) -> Movement:
        try:
            line = bank.refund(ref, amount=amount, key=key)
        except bank.BankRefuses as refusal:
            raise Refused(str(refusal)) from refusal
        return _movement(line)

    def verify(self, headers: Mapping[str, str], body: bytes) -> Event:
        try:
            told = bank.check_signature(headers.get(bank.SIGNATURE_HEADER, ""), body)
            return Event(id=told["id"], kind=told["kind"], ref=told["ref"], key=told["key"])
        except (ValueError, TypeError, KeyError) as error:
            raise Forged(str(error)) from error


def _terms(order: Order) -> bank.Terms:
    return bank.Terms(
        key=order.key,
        amount=order.amount,
        currency=order.currency,
        description=order.description[:200],
        return_url=order.return_url,
        save_method=order.save_method,
    )


def _payment(statement: bank.Statement) -> Payment:
    return Payment(
        ref=statement.ref,
        key=statement.key,
        status=PaymentStatus(statement.status),
        amount=statement.amount,
        currency=statement.currency,
        paid_at=statement.settled_at if statement.status == PaymentStatus.PAID else None,
        mandate=statement.mandate,
        problem="The bank declined the payment." if statement.status == PaymentStatus.DECLINED else "",
        movements=tuple(_movement(line) for line in statement.lines),
    )


def _movement(line: bank.Line) -> Movement:
    return Movement(ref=line.ref, kind=MovementKind(line.kind), amount=line.amount, at=line.at, key=line.key)
