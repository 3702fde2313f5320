"""What the bulk consists of. Each article is a pure function of its number, so the same command makes the same rows."""

import random
from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate

from articles import writing
from demo.bulk import words

FIRST = datetime(1996, 1, 1, 6, tzinfo=UTC)
APART = timedelta(minutes=10.5)  # some fifty thousand articles a year, twenty years for a million
MOST = 1_500_000
SECTIONS = ["Politics", "Economy", "Region", "Science", "Culture", "Sport", "Opinion", "Weekend", "Letters"]
AUTHORS, TAGS = 3_000, 30_000
RARE = 12  # articles that share a name which no others have
SLUG = "benchmark-"


@dataclass(frozen=True, slots=True)
class Piece:
    number: int
    headline: str
    standfirst: str
    body: str
    teaser: str
    word_count: int
    published_at: datetime
    section: int  # these three count from 0
    authors: list[int]
    tags: list[int]


def rare_word(number: int) -> str:
    return words.name(number // RARE)


def tag_name(rank: int) -> str:
    """By rank, the most used first: “Water”, “Harbour budget”, “Ferry Bavirok”."""
    things = words.THINGS
    if rank < len(things):
        return things[rank].capitalize()
    if rank < len(things) * 40:
        return f"{words.KINDS[rank // len(things) - 1].capitalize()} {things[rank % len(things)]}"
    return f"{things[rank % len(things)].capitalize()} {words.name(970_000 + rank)}"


def author_name(number: int) -> str:
    return f"{words.PEOPLE[number % len(words.PEOPLE)]} {words.name(900_000 + number)}"


@cache
def _shares(count: int, offset: int) -> list[float]:
    """Zipf's distribution, a little flattened at its head."""
    weights = list(accumulate(1 / (rank + offset) for rank in range(count)))
    return [weight / weights[-1] for weight in weights]


def _drawn(chance: random.Random, count: int, offset: int) -> int:
    return bisect_left(_shares(count, offset), chance.random())


def piece(number: int) -> Piece:
    """The article of a number from 0, oldest first."""
    chance = random.Random(number)
    stock, rare = words.paragraphs(), rare_word(number)
    headline = f"{words.sentence(chance)[:-1].strip('“”')} in {rare}"[:200]
    standfirst = words.sentence(chance)
    parts = [stock[int(len(stock) * chance.random())] for _ in range(chance.randint(3, 7))]
    body = "\n".join([f"<p>{words.sentence(chance)} {rare} had waited for it.</p>", *parts])
    summary = writing.summarise(body, 40)
    return Piece(
        number=number,
        headline=headline,
        standfirst=standfirst,
        body=body,
        teaser=summary,
        word_count=body.count(" ") + len(parts),
        published_at=FIRST + APART * number + timedelta(seconds=chance.randrange(600)),
        section=_drawn(chance, len(SECTIONS), 3),
        authors=list({_drawn(chance, AUTHORS, 4): None for _ in range(1 + (chance.random() < 0.3))}),
        tags=list({_drawn(chance, TAGS, 4): None for _ in range(chance.randint(2, 6))}),
    )
