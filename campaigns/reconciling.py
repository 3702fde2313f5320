"""Our ledger against the processors' own books: read day by day, compared by the database, healed where the truth can be asked.

A day (UTC) that was read two days after its end is complete; earlier it is read again, for books lag behind. Killed at any
point, the next run goes on where this one was. What is younger than an hour is no difference yet.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import batched

from django.db import connection
from django.db.models import Count, Min
from django.urls import reverse

from campaigns import adopting, giving, mishaps, processors
from campaigns.comparing import compare
from campaigns.models import BooksDay, Difference, Dispute, Donation, ProcessorTransaction
from campaigns.processors.base import Transaction
from newsroom import alarms

logger = logging.getLogger(__name__)
COMPLETE_AFTER = timedelta(days=2)
PAID_OUT_WITHIN = timedelta(days=35)  # a line's payout is named when it happens: within a month
DAY = timedelta(days=1)
WINDOW = 31  # days asked for in one call
BATCH = 2000  # lines: one statement
MANY = 10_000  # lines, after which the database has to count its tables anew
AT_ONCE = 1000  # differences that one run tries to heal: each is a call
# Read again, a line is the same row.
KEEP = """INSERT INTO campaigns_processortransaction AS t
    (processor, read_at, kind, ref, payment, also, key, payout, amount, currency, at, fee)
    SELECT %s, %s, * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[],
        %s::text[], %s::timestamptz[], %s::bigint[])
    ON CONFLICT (processor, kind, ref) DO UPDATE SET read_at = excluded.read_at, payment = excluded.payment,
        also = excluded.also, key = excluded.key, payout = excluded.payout, amount = excluded.amount,
        currency = excluded.currency, at = excluded.at, fee = excluded.fee"""
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one processor's run. The lists are those that are open after it."""

    processor: str
    lines: int = 0
    adopted: int = 0
    theirs: int = 0
    ours: int = 0
    both: int = 0
    new: int = 0
    problem: str = ""

    @property
    def is_good(self) -> bool:
        return not (self.problem or self.theirs or self.ours or self.both)


def with_books() -> list[str]:
    """The configured processors that keep books and have their keys."""
    return [name for name in processors.names() if not (one := processors.get(name)).by_hand and not one.missing()]


def reconcile(name: str, *, since: date | None = None, at: datetime, tell: Tell = lambda text: None) -> Outcome:
    """Read what is missing of a processor's books, compare, and adopt what belongs to gifts of ours. `since` is the first
    day (UTC) wanted. A processor's trouble is in the outcome, and what was read before it is compared all the same."""
    lines, problem = 0, ""
    try:
        for read in _read(name, since=since, at=at, tell=tell):
            lines = read
    except Exception as error:
        problem = mishaps.told(error)
        logger.warning("The books of %s could not be read: %s", name, problem)
    if lines >= MANY:
        _count_anew()
    _alarm_unread(name, problem, at=at)
    found = compare(name, at=at)
    adopted = heal(name, at=at)
    ask_of_disputes(name, at=at)
    new = found - adopted + compare(name, at=at)
    adopting.heed(name, at=at, is_new=new > 0)
    still = Difference.objects.filter(processor=name, status=Difference.Status.OPEN)
    counts = dict(still.order_by().values_list("side").annotate(Count("pk")))
    sides = {side.value: counts.get(side.value, 0) for side in Difference.Side}
    return Outcome(name, lines, adopted, **sides, new=new, problem=problem)


def heal(name: str, *, at: datetime) -> int:
    """What they alone have of gifts that we know: looked up and written down, as if its event had come. Returns how many."""
    found = Difference.objects.filter(processor=name, side=Difference.Side.THEIRS, status=Difference.Status.OPEN)
    healed = 0
    for difference in list(found.select_related("transaction").order_by("transaction__at", "pk")[:AT_ONCE]):
        try:
            healed += adopting.adopt_by_itself(difference, at=at)
        except Exception as error:
            problem = mishaps.told(error)
            logger.warning("Difference %s could not be adopted: %s", difference.pk, problem)
            Difference.objects.filter(pk=difference.pk).update(problem=problem)
    return healed


def ask_of_disputes(name: str, *, at: datetime) -> None:
    """Undecided disputes and inquiries are looked up: that one is lost or over moves no money, and no book has a line of it."""
    undecided = Dispute.objects.filter(processor=name, status__in=Dispute.UNDECIDED)
    gifts = Donation.objects.filter(pk__in=undecided.values("donation")).order_by("pk")
    for donation in list(gifts[:AT_ONCE]):
        try:
            giving.settle(donation, at=at)
        except Exception as error:
            logger.warning("How the disputes of gift %s stand could not be told: %s", donation.pk, mishaps.told(error))


# Reading


def _read(name: str, *, since: date | None, at: datetime, tell: Tell) -> Iterator[int]:
    """Yields the number of lines read so far. No call is made inside a transaction."""
    count = 0
    for first, last in _windows(sorted(_days_to_read(name, since=since, at=at))):
        until = min(_begin(last + DAY), at)
        told = processors.get(name).transactions(since=_begin(first), until=until)
        reached = first
        for lines in batched(told, BATCH):
            _keep(name, lines, at=at)
            count += len(lines)
            day = min(max(_day(lines[-1].at), reached), last)
            _mark(name, reached, day, at=at)  # the oldest first: all before this day is there
            reached = day
            tell(f"{name}: {day}, {_lines(count)}")
            yield count
        _mark(name, reached, last + DAY, at=at)
        tell(f"{name}: {last}, {_lines(count)}")
        yield count


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"


def _days_to_read(name: str, *, since: date | None, at: datetime) -> set[date]:
    known = dict(BooksDay.objects.filter(processor=name).values_list("day", "read_at"))
    first = min(known) if known else _first_gift(name, at=at)
    first = min(first, since) if since else first
    again = _waits_for_payout(name, at=at)
    every = {first + n * DAY for n in range((_day(at) - first).days + 1)}
    return {day for day in every if day not in known or day >= again or known[day] < _begin(day + DAY) + COMPLETE_AFTER}


def _first_gift(name: str, *, at: datetime) -> date:
    """The day before it: where its line should be is known then."""
    begun = Donation.objects.filter(processor=name).aggregate(first=Min("created_at"))["first"]
    return _day(begun or at) - DAY


def _waits_for_payout(name: str, *, at: datetime) -> date:
    """From which day on lines may yet learn the payout that they went into, where these books name payouts."""
    kept = ProcessorTransaction.objects.filter(processor=name)
    if not kept.exclude(payout="").exists():
        return date.max
    waiting = kept.filter(payout="", at__gte=at - PAID_OUT_WITHIN).exclude(kind=ProcessorTransaction.Kind.PAYOUT)
    first = waiting.aggregate(first=Min("at"))["first"]
    return _day(first) if first else date.max


def _windows(days: list[date]) -> Iterator[tuple[date, date]]:
    """Days that follow each other, some at a time: (first, last)."""
    first = last = None
    for day in days:
        if first is None or last is None or day != last + DAY or (day - first).days >= WINDOW:
            if first is not None and last is not None:
                yield first, last
            first = day
        last = day
    if first is not None and last is not None:
        yield first, last


def _keep(name: str, lines: tuple[Transaction, ...], *, at: datetime) -> None:
    """One statement, with an array for each column."""
    rows = {(line.kind, line.ref): _row(line) for line in lines}
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [name, at, *map(list, zip(*rows.values(), strict=True))])


def _row(line: Transaction) -> tuple[str | int | datetime, ...]:
    """As KEEP wants it."""
    texts = line.ref, line.payment, line.also, line.key, line.payout
    return line.kind.value, *(text[:200] for text in texts), line.amount, line.currency[:3], line.at, line.fee


def _mark(name: str, first: date, until: date, *, at: datetime) -> None:
    """The days from `first` to before `until` are read."""
    days = [BooksDay(processor=name, day=first + n * DAY, read_at=at) for n in range((until - first).days)]
    BooksDay.objects.bulk_create(days, update_conflicts=True, unique_fields=["processor", "day"], update_fields=["read_at"])


def _count_anew() -> None:
    """Else the database still takes the tables for empty, and joins them row by row with row: 100 times as slow."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE campaigns_processortransaction, campaigns_booksday")


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _alarm_unread(name: str, problem: str, *, at: datetime) -> None:
    key = f"books-unread:{name}"
    if problem:
        alarms.sound(key, f"The books of {name} could not be read to compare them with ours. {problem}", at=at, link=lists())
    else:
        alarms.over(key, at=at)


def lists() -> str:
    return reverse("admin:campaigns_difference_changelist")
