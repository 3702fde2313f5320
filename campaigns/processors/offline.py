"""Cheques and bank transfers: nobody is charged, and a person of the newsroom records what arrived."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from django.utils.translation import gettext_noop

from campaigns.processors.base import (
    Event,
    Forged,
    Instructions,
    Movement,
    MovementKind,
    Order,
    Payment,
    Redirect,
    Refused,
    Transaction,
)


class Offline:
    label = gettext_noop("Cheque or bank transfer")
    hint = gettext_noop("We tell you how, here and by mail.")
    saves_methods = False
    by_hand = True
    holds = False

    def missing(self) -> tuple[str, ...]:
        return ()

    def takes(self, amount: int, currency: str) -> bool:
        return True

    def probe(self) -> None:
        """Envelopes always come."""

    def begin(self, order: Order) -> Redirect | Instructions:
        return Instructions(ref=order.reference)

    def look_up(self, ref: str) -> Payment | None:
        return None

    def find(self, key: str) -> Payment | None:
        return None

    def collect(self, mandate: str, order: Order) -> Payment | Instructions:
        return Instructions(ref=order.reference)

    def refund(self, ref: str, *, amount: int, key: str) -> Movement:
        """The newsroom sends the money back by its own bank: here it is only taken down."""
        return Movement(ref=key, kind=MovementKind.REFUND, amount=amount, at=datetime.now(UTC), key=key)

    def capture(self, ref: str, *, key: str) -> Payment:
        raise Refused("Cheques and transfers are not held.")

    def release(self, ref: str) -> Payment:
        raise Refused("Cheques and transfers are not held.")

    def transactions(self, *, since: datetime, until: datetime) -> Iterator[Transaction]:
        """Bank statements are read by campaigns/banking."""
        return iter(())

    def forget(self, mandate: str) -> None:
        """Nothing is saved here."""

    def verify(self, headers: Mapping[str, str], body: bytes) -> Event:
        raise Forged("Nobody sends events about cheques and transfers.")
