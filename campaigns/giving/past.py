"""What other systems tell of gifts, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

Name = tuple[str, str]  # (source, what it is called there)


@dataclass(frozen=True, slots=True)
class Person:
    email: str = ""
    name: str = ""
    address: Mapping[str, str] = field(default_factory=dict)  # of donors.ADDRESS


@dataclass(frozen=True, slots=True)
class PastGift:
    """A gift as another system has it. `line` is where it stands in the file; amounts are minor units of `currency`.

    `names` are all that it is called by, the system's own first; `processor` and `ref` under which it is booked; `refunded`
    what of it went back, in all; `key` our own token, when the payment was ours all along; `without` why there is no e-mail
    address, in a sentence.
    """

    line: int
    system: str
    names: tuple[Name, ...]
    processor: str
    ref: str
    amount: int
    currency: str
    at: datetime
    person: Person
    without: str = ""
    fee: int | None = None
    refunded: int = 0
    message: str = ""
    anonymous: bool = False
    receipt: str = ""
    customer: str = ""
    mandate: str = ""
    subscription: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class PastRefund:
    """Money that went back, as a line of its own."""

    line: int
    system: str
    gift: Name
    ref: str
    amount: int
    currency: str
    at: datetime
    note: str = ""


@dataclass(slots=True)
class Taken:
    """What became of a batch."""

    new: list[PastGift] = field(default_factory=list)
    known: int = 0
    donors: set[str] = field(default_factory=set)  # addresses that were not known, in small letters
    nameless: int = 0  # new donors without an address
    refunds: list[tuple[int, str]] = field(default_factory=list)  # (minor units, currency) sent back
    problems: list[tuple[int, str]] = field(default_factory=list)
