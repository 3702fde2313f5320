"""What a payment processor is to us: values in, values out.

An implementation knows no model, no request and no template, and it is never called inside a database transaction.
The contract suite (tests/campaigns/test_contract.py) says what each of them must do; docs/fundraising.md how to add one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class ProcessorError(Exception):
    """Something between us and the processor. The message is a sentence for the operator, without personal data."""


class ProcessorFault(ProcessorError):
    """Their fault, and nothing was charged: down, refusing our account, answering nonsense. Another processor may do it."""


class TooFast(ProcessorFault):
    """We ask too many things at a time, and nothing was charged. Slower, the same question is answered."""


class Refused(ProcessorError):
    """They answered no, for a reason of the donor's or of the payment: a declined card, a refund larger than the payment."""


class Uncertain(ProcessorError):
    """No answer: it may or may not have happened. `find` the key before anything is asked again, and then with the same key."""


class Busy(Uncertain):
    """They are just answering the same question, which a twin of ours asked: a form sent twice. Nobody's fault; ask again."""


class Forged(ProcessorError):
    """A message to our webhook that the processor did not sign."""


class PaymentStatus(StrEnum):
    OPEN = "open"  # the donor has not finished
    PENDING = "pending"  # the donor has; the answer comes later
    HELD = "held"  # authorised: `capture` takes the money, `release` lets it go
    PAID = "paid"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class MovementKind(StrEnum):
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"


class Standing(StrEnum):
    """How a dispute stands."""

    OPEN = "open"  # evidence is waited for
    ANSWERED = "answered"  # it was sent, and somebody decides
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"  # of an inquiry: it is over, and nothing was taken


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
    hold: bool = False  # authorise only: somebody looks at it first


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
    reason: str = ""  # of a dispute, in the processor's own word
    answer_by: datetime | None = None  # of a dispute that is open: the last moment for evidence
    standing: Standing | None = None  # of a dispute, where the books tell it


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A bank asks about a payment and has taken nothing. `ref` is that of the dispute which it may become."""

    ref: str
    amount: int
    at: datetime
    reason: str = ""
    answer_by: datetime | None = None
    standing: Standing = Standing.OPEN


@dataclass(frozen=True, slots=True)
class Payment:
    """What the processor's books say now. `amount` is what was really paid, whatever was asked.

    Of a decline `needs_donor` says that the bank wants the donor present (strong customer authentication), and `is_final`
    that the same way to pay must not be tried again (a stolen card, an account that is closed).
    """

    ref: str
    key: str
    status: PaymentStatus
    amount: int
    currency: str
    paid_at: datetime | None = None
    mandate: str = ""  # names the saved way to pay; empty when none was kept
    problem: str = ""  # why it was declined, in words for the donor
    movements: tuple[Movement, ...] = ()
    inquiries: tuple[Inquiry, ...] = ()
    method: str = ""  # the way to pay, as its owner knows it: “Visa ending in 4242”
    fee: int | None = None  # what the processor kept, in minor units of `currency`; None when it does not say (yet)
    needs_donor: bool = False
    is_final: bool = False

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


class TransactionKind(StrEnum):
    PAYMENT = "payment"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"
    PAYOUT = "payout"  # from the processor to the newsroom's bank
    OTHER = "other"  # fees of the month, corrections, top-ups


@dataclass(frozen=True, slots=True)
class Transaction:
    """A line of the processor's own books, for `manage.py reconcile`. Unique by (`kind`, `ref`)."""

    ref: str  # for a payment what `look_up` takes; for a movement its `Movement.ref`
    kind: TransactionKind
    amount: int  # minor units, signed as the newsroom's balance moves: a payment +, a refund, a dispute and a payout −
    currency: str
    at: datetime
    payment: str = ""  # the payment that a movement belongs to, as `look_up` takes it
    key: str = ""  # the key we sent with it, where the books repeat it
    fee: int = 0  # what the processor kept of it, in minor units
    payout: str = ""  # the payout that it went into, where the books say so
    also: str = ""  # another name of that payment, by which other systems know it: the charge, the capture


class Processor(Protocol):
    """Every method may raise ProcessorFault and Uncertain."""

    label: str  # what the donor chooses: "Card"
    hint: str  # one sentence beside it, or empty
    saves_methods: bool  # whether `collect` can charge a mandate
    by_hand: bool  # no books to ask: a person of the newsroom records what arrived and sends it back
    holds: bool  # whether an Order with `hold` is authorised only

    def missing(self) -> tuple[str, ...]:
        """The environment variables without which it cannot work. Empty: ready. No call is made."""
        ...

    def takes(self, amount: int, currency: str) -> bool:
        """Whether it can take this amount at all: its currencies and its least. No call is made."""
        ...

    def probe(self) -> None:
        """Ask for something that costs nothing. ProcessorFault: down, or it refuses our account."""
        ...

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

    def capture(self, ref: str, *, key: str) -> Payment:
        """Take the money of a payment that is held, once per key. Refused when it is not held any more."""
        ...

    def release(self, ref: str) -> Payment:
        """Let a held payment go, or close one that is still open: nobody can pay it afterwards. The payment as it is then;
        one that was paid meanwhile says so."""
        ...

    def transactions(self, *, since: datetime, until: datetime) -> Iterator[Transaction]:
        """The lines of their books in [since, until), the oldest first."""
        ...

    def forget(self, mandate: str) -> None:
        """Give up a saved way to pay, whose donor is erased. One that they do not know any more is forgotten already."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes) -> Event:
        """What a message to our webhook says. Forged unless they signed it. Header names are lower case."""
        ...
