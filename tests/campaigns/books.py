"""Lines of a processor's books, for tests of what is made of them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from campaigns.models import ProcessorTransaction
from campaigns.processors.base import ProcessorFault, Transaction, TransactionKind
from campaigns.processors.sandbox import Sandbox
from tests.factories import NOON


def a_line(ref: str = "pay_theirs", **overrides: Any) -> Transaction:
    fields: dict[str, Any] = {"kind": TransactionKind.PAYMENT, "amount": 2500, "currency": "EUR", "at": NOON}
    return Transaction(ref=ref, **fields | overrides)


def kept(ref: str = "pay_theirs", **overrides: Any) -> ProcessorTransaction:
    """A line that was read."""
    fields: dict[str, Any] = {"processor": "sandbox", "kind": "payment", "amount": 2500, "currency": "EUR", "at": NOON}
    return ProcessorTransaction.objects.create(ref=ref, **fields | {"read_at": NOON} | overrides)


class WithLines(Sandbox):
    """The pretended bank, with lines in its books that no payment of its own made. Takes down which days were asked for."""

    def __init__(self, lines: list[Transaction], asked: list[tuple[datetime, datetime]], breaks_after: int = -1) -> None:
        self.lines, self.asked, self.breaks_after = lines, asked, breaks_after

    def transactions(self, *, since: datetime, until: datetime) -> Iterator[Transaction]:
        self.asked.append((since, until))
        theirs = [line for line in self.lines if since <= line.at < until]
        for number, line in enumerate(
            sorted([*super().transactions(since=since, until=until), *theirs], key=lambda line: line.at)
        ):
            if number == self.breaks_after:
                raise ProcessorFault("The line dropped.")
            yield line
