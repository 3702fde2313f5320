"""The client of the pretended bank: turns its answers into ours, as the client of a real one would."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_noop

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
    Standing,
    Transaction,
    TransactionKind,
)
from campaigns.sandbox import bank


class Sandbox:
    label = gettext_noop("Card (pretended)")
    hint = gettext_noop("A trial: no money moves, no card is needed.")
    saves_methods = True
    by_hand = False
    holds = True

    def missing(self) -> tuple[str, ...]:
        return ()

    def takes(self, amount: int, currency: str) -> bool:
        return amount > 0

    def probe(self) -> None:
        bank.ref_of("")

    def begin(self, order: Order) -> Redirect | Instructions:
        opened = bank.open_payment(_terms(order))
        return Redirect(url=opened.url, ref=opened.ref)

    def look_up(self, ref: str) -> Payment | None:
        try:
            return _payment(bank.statement(ref))
        except bank.BankRefuses as refusal:
            raise Refused(str(refusal)) from refusal

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

    def capture(self, ref: str, *, key: str) -> Payment:
        try:
            bank.capture(ref)
        except bank.BankRefuses as refusal:
            raise Refused(str(refusal)) from refusal
        return _payment(bank.statement(ref))

    def release(self, ref: str) -> Payment:
        bank.release(ref)
        return _payment(bank.statement(ref))

    def transactions(self, *, since: datetime, until: datetime) -> Iterator[Transaction]:
        return (_transaction(told, line) for told, line in bank.books(since=since, until=until))

    def forget(self, mandate: str) -> None:
        bank.forget(mandate)

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
        hold=order.hold,
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
        problem=gettext_noop("The bank declined the payment.") if statement.status == PaymentStatus.DECLINED else "",
        movements=tuple(_movement(line) for line in statement.lines),
        method="Pretended card" if statement.mandate else "",
        fee=statement.fee if statement.status == PaymentStatus.PAID else None,
        needs_donor=statement.wants_donor and statement.status == PaymentStatus.DECLINED,
        is_final=statement.blocked and statement.status == PaymentStatus.DECLINED,
    )


def _movement(line: bank.Line) -> Movement:
    kind = MovementKind(line.kind)
    plain = Movement(ref=line.ref, kind=kind, amount=line.amount, at=line.at, key=line.key)
    if kind != MovementKind.DISPUTE:
        return plain
    return replace(plain, reason="pretended", answer_by=line.answer_by, standing=Standing.OPEN)  # this bank decides at once


def _transaction(told: bank.Statement, line: bank.Line | None) -> Transaction:
    if line is None:
        assert told.settled_at
        return Transaction(
            ref=told.ref,
            kind=TransactionKind.PAYMENT,
            amount=told.amount,
            currency=told.currency,
            at=told.settled_at,
            payment=told.ref,
            key=told.key,
            fee=told.fee,
        )
    kind = TransactionKind(line.kind)
    sign = -1 if kind in {TransactionKind.REFUND, TransactionKind.DISPUTE} else 1
    return Transaction(
        ref=line.ref, kind=kind, amount=sign * line.amount, currency=told.currency, at=line.at, payment=told.ref, key=line.key
    )
