"""What a way to give costs, in words for donors."""

from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_decimal

from campaigns import ways
from newsroom import money, tongues


@dataclass(frozen=True, slots=True)
class Cost:
    """What a way to give costs, and what covering it adds to a gift: [(rhythm, what is added, to which amount)]."""

    offer: ways.Offer
    currency: str
    examples: list[tuple[str, int, int]]

    @property
    def words(self) -> str:
        """“2.9 % + €0.25”."""
        rate = f"{format_decimal(Decimal(self.offer.fee_rate) / 100, locale=money.locale_of(tongues.manner()))}\u00a0%"
        fixed = money.display(self.offer.fee_fixed, self.currency)
        return " + ".join([*([rate] if self.offer.fee_rate else []), *([fixed] if self.offer.fee_fixed else [])])
