"""What a payment processor is to us: values in, values out.

An implementation knows no model, no request and no template, and it is never called inside a database transaction.
The contract suite (tests/campaigns/test_contract.py) says what each of them must do; docs/fundraising.md how to add one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class ProcessorError(Exception):
    """Something between us and the processor. The message is a sentence for the operator, without personal data."""


class ProcessorFault(ProcessorError):
    """Their fault, and nothing was charged: down, refusing our account, answering nonsense. Another processor may do it."""


class Refused(ProcessorError):
    """They answered no, for a reason of the donor's or of the payment: a declined card, a refund larger than the payment."""


class Uncertain(ProcessorError):
    """No answer: it may or may not have happened. `find` the key before anything is asked again, and then with the same key."""


class Forged(ProcessorError):
    """A message to our webhook that the processor did not sign."""


class PaymentStatus(StrEnum):
    OPEN = "open"  # the donor has not finished
    PENDING = "pending"  # the donor has; the answer comes later
    PAID = "paid"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class MovementKind(StrEnum):
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"


@dataclass(frozen=True, slots=True)
class Order:
    """One gift to be paid. `key` is the idempotency key: the same key is the same payment, however often it is sent."""

    key: str
    amount: int  # minor units
    currency: str  # ISO 4217
    description: str
    return_url: str
    reference: str
    email: str = ""
    name: str = ""
    language: str = "en"
    save_method: bool = False  # keep the way to pay, so that `collect` works later


@dataclass(frozen=True, slots=True)
class Redirect:
    """The donor goes to the processor's own page to pay."""

    url: str
    ref: str


@dataclass(frozen=True, slots=True)
class Instructions:
    """Nobody is charged: the donor is told how to send the money, and somebody records its arrival by hand."""

    ref: str


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that went back, or came again, after a payment. `amount` is positive; the kind tells the direction.

    `key` is the one our `refund` was sent with, in its answer and in the books: it tells which wish of ours this answers.
    """

    ref: str
    kind: MovementKind
    amount: int
    at: datetime
    key: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """What the processor's books say now. `amount` is what was really paid, whatever was asked."""

    ref: str
    key: str
    status: PaymentStatus
    amount: int
    currency: str
    paid_at: datetime | None = None
    mandate: str = ""  # names the saved way to pay; empty when none was kept
    problem: str = ""  # why it was declined, in words for the donor
    movements: tuple[Movement, ...] = ()

    @property
    def refunded(self) -> int:
        """What went back at the donor's wish, in minor units."""
        sign = {MovementKind.REFUND: 1, MovementKind.REFUND_FAILED: -1}
        return sum(sign.get(movement.kind, 0) * movement.amount for movement in self.movements)


@dataclass(frozen=True, slots=True)
class Event:
    """A hint that something changed. It is never believed beyond that: the truth is looked up."""

    id: str
    kind: str
    ref: str  # the payment it is about
    key: str = ""  # the order's key, where the event repeats it


class Processor(Protocol):
    """Every method may raise ProcessorFault and Uncertain."""

    label: str  # what the donor chooses: "Card"
    hint: str  # one sentence beside it, or empty
    saves_methods: bool  # whether `collect` can charge a mandate
    by_hand: bool  # no books to ask: a person of the newsroom records what arrived and sends it back

    def begin(self, order: Order) -> Redirect | Instructions:
        """Open a payment, or tell the same one again for a key that is known. Refused: not for this amount or currency."""
        ...

    def look_up(self, ref: str) -> Payment | None:
        """The payment as their books have it now. None when there are no books to ask (cheques)."""
        ...

    def find(self, key: str) -> Payment | None:
        """The payment opened under this key, for when its answer was lost. None: it never reached them."""
        ...

    def collect(self, mandate: str, order: Order) -> Payment | Instructions:
        """Charge a saved way to pay, once per key. A decline is a Payment that says so."""
        ...

    def refund(self, ref: str, *, amount: int, key: str) -> Movement:
        """Send money back, once per key. Refused when it is more than is left of the payment."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes) -> Event:
        """What a message to our webhook says. Forged unless they signed it. Header names are lower case."""
        ...
