"""What a trial found or an import did: sums that can be kept as JSON and go on after an interruption."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from newsroom import money

NAMED = 500  # lines told by their number; more are counted


@dataclass(slots=True)
class Figures:
    rows: int = 0
    known: int = 0
    donors: int = 0
    gifts: Counter[str] = field(default_factory=Counter)  # "2024 EUR" → how many
    sums: Counter[str] = field(default_factory=Counter)  # "2024 EUR" → minor units
    returned: Counter[str] = field(default_factory=Counter)  # "EUR" → minor units
    returns: int = 0
    pledges: Counter[str] = field(default_factory=Counter)  # "monthly stripe paused" → how many
    pledged: Counter[str] = field(default_factory=Counter)  # "monthly EUR" → minor units each time
    skipped: Counter[str] = field(default_factory=Counter)  # reason → how many
    without: int = 0  # gifts whose donor has no e-mail address that can be used
    problems: int = 0
    named: int = 0  # lines that something was to be said of
    lines: list[tuple[int, str]] = field(default_factory=list)

    def tell(self, line: int, sentence: str) -> None:
        self.named += 1
        if len(self.lines) < NAMED:
            self.lines.append((line, sentence[:300]))

    @property
    def more(self) -> int:
        """Lines of which only their number is told."""
        return max(0, self.named - len(self.lines))

    def broken(self, line: int, sentence: str) -> None:
        self.problems += 1
        self.tell(line, sentence)

    @property
    def new(self) -> int:
        return sum(self.gifts.values()) + sum(self.pledges.values())

    def as_json(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in self.__slots__}
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in plain.items()}

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> "Figures":
        figures = cls()
        for name, value in kept.items():
            if name in cls.__slots__:
                is_counter = isinstance(getattr(figures, name), Counter)
                setattr(figures, name, Counter(value) if is_counter else value)
        figures.lines = [(line, sentence) for line, sentence in figures.lines]
        return figures

    def in_words(self, *, trial: bool) -> list[str]:
        """For a terminal and a page, a sentence a line."""
        word = "regular gift" if self.pledges else "gift"
        told = [f"{many(self.new, word)} {'to import' if trial else 'imported'}."]
        for key in sorted(self.gifts):
            currency = key.split()[1]
            told.append(f"{key}: {many(self.gifts[key], 'gift')}, {money.display(self.sums[key], currency)}")
        for key in sorted(self.pledges):
            rhythm, processor, state = key.split()
            number = self.pledges[key]
            meaning = either(number, "waits", "wait") + " to be started" if state == "paused" else either(number, "needs", "need")
            told.append(f"{rhythm}, {processor}: {number:,} {meaning}{'' if state == 'paused' else ' a new way to pay'}")
        for key in sorted(self.pledged):
            rhythm, currency = key.split()
            told.append(f"{rhythm}, together each time: {money.display(self.pledged[key], currency)}")
        if self.returns:
            sums = ", ".join(money.display(amount, currency) for currency, amount in sorted(self.returned.items()))
            told.append(f"Sent back: {many(self.returns, 'time')}, {sums}")
        told.append(f"New donors: {self.donors:,}")
        if self.without:
            told.append(f"Gifts whose donor has no e-mail address that can be used: {self.without:,}")
        if self.known:
            told.append(f"Here already: {self.known:,}")
        told += [f"Left out, {reason}: {number:,}" for reason, number in self.skipped.most_common(30)]
        if self.problems:
            told.append(f"Lines that could not be read: {self.problems:,}")
        return told


def either(number: int, one: str, more: str) -> str:
    """“is” or “are”."""
    return one if number == 1 else more


def many(number: int, word: str) -> str:
    return f"1 {word}" if number == 1 else f"{number:,} {word}s"
