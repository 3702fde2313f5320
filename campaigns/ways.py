"""The ways to give: what donors are offered, in which order, what each costs, and which of them work just now.

A circuit stands before each processor. One fault of theirs opens it: donors are offered the next way at once and nobody
waits for the broken one again, until a probe (`probe_due`, by the worker) finds it well. What a person stopped stays stopped.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from articles.pages import tell
from campaigns import mishaps, processors
from campaigns.models import Way
from campaigns.processors.base import Busy, ProcessorFault, Uncertain
from newsroom import alarms, audit, money

logger = logging.getLogger(__name__)
WAYS = "ways"  # the key of pages that show how one may pay
FIRST_PROBE, LONGEST = timedelta(seconds=30), timedelta(minutes=30)
WHOLE = 10_000  # a rate is in hundredths of a per cent


@dataclass(frozen=True, slots=True)
class Offer:
    """A way as a donor is offered it; sums in minor units of the currency it was asked for."""

    name: str
    label: str
    hint: str
    fee_rate: int
    fee_fixed: int
    least: int
    most: int | None
    saves_methods: bool
    by_hand: bool
    works: bool

    def takes(self, amount: int) -> bool:
        return self.least <= amount and (self.most is None or amount <= self.most)


def offered(currency: str) -> list[Offer]:
    """What donors may choose now, the first one first. One query.

    Only ways that work; when none does, those with an open circuit all the same: rather a try than a closed door.
    """
    offers = [_offer(way, currency) for way in _ways() if way.is_offered and way.stopped_at is None and _is_ready(way, currency)]
    return [offer for offer in offers if offer.works] or offers


def fee(amount: int, offer: Offer) -> int:
    """What the processor keeps of a payment, as it was entered at the desk; a part of a minor unit counts as one."""
    return -(-amount * offer.fee_rate // WHOLE) + offer.fee_fixed


def cover(amount: int, offer: Offer) -> int:
    """The least that must be added so that `amount` is left when the fee is taken from both together.

    >>> cover(2500, Offer("card", "Card", "", 290, 30, 1, None, True, False, True))  # 2606 less 75.574 and 30 is 2500.4
    106
    """
    added = (amount * offer.fee_rate + offer.fee_fixed * WHOLE) // (WHOLE - offer.fee_rate)
    while fee(amount + added, offer) > added:
        added += 1
    return added


def works(name: str) -> bool:
    """Whether payments may be asked of this processor now. One query."""
    way = Way.objects.filter(processor=name).first()
    return way is None or way.works


def why_not(name: str, amount: int, currency: str) -> str:
    """Why this way cannot take a gift of `amount`, in a sentence for its donor; empty when it can. Of one that is not set up
    here nothing is known. One query."""
    if name not in processors.names():
        return ""
    offer = _offer(Way.objects.filter(processor=name).first() or Way(processor=name), currency)
    if amount < offer.least:
        return f"The smallest gift by this way ({offer.label}) is {money.display(offer.least, currency)}."
    if offer.most is not None and amount > offer.most:
        largest = money.display(offer.most, currency)
        return f"The largest gift by this way ({offer.label}) is {largest}. For more, choose another way to pay first."
    if not processors.get(name).takes(amount, currency):
        sum_ = money.display(amount, currency)
        return f"This way ({offer.label}) cannot take {sum_}. Choose another amount, or another way to pay first."
    return ""


def failed(name: str, problem: str, *, at: datetime) -> None:
    """A fault of theirs: the circuit opens, and people are told. One that is open already is left to its probes."""
    with _changing(name) as way:
        if not way.works:
            return
        way.failures, way.opened_at, way.problem, way.probe_at = 1, at, problem[:300], at + FIRST_PROBE
        way.save()
        label = _label(way)
        alarms.sound(
            _alarm(name),
            f"“{label}” does not work: {problem} Donors are offered the other ways. It comes back by itself when it answers.",
            at=at,
            link="/admin/campaigns/way/",
        )
    logger.error("Processor %s does not work: %s", name, problem)


def blame(name: str, error: Exception, *, at: datetime) -> None:
    """What an error says of a processor: a fault of theirs, or no answer, opens its circuit; a donor's double click does not."""
    if isinstance(error, ProcessorFault | Uncertain) and not isinstance(error, Busy):
        failed(name, mishaps.told(error), at=at)


def succeeded(name: str, *, at: datetime) -> None:
    """It answered well: an open circuit closes."""
    if not Way.objects.filter(processor=name, opened_at__isnull=False).exists():
        return
    with _changing(name) as way:
        way.failures, way.opened_at, way.problem, way.probe_at = 0, None, "", None
        way.save()
        alarms.over(_alarm(name), at=at)


def stop(name: str, *, by: User | None, at: datetime) -> None:
    """A person's decision: nothing is charged or offered there until `resume`."""
    allow(by)
    with _changing(name) as way:
        if way.stopped_at is None:
            way.stopped_at = at
            way.save()
            audit.record(by, "stopped", way, at=at)


def resume(name: str, *, by: User | None, at: datetime) -> None:
    """The end of `stop`. Whether it works is found out by the next payment."""
    allow(by)
    with _changing(name) as way:
        if way.stopped_at is not None:
            way.stopped_at, way.opened_at, way.failures, way.problem, way.probe_at = None, None, 0, "", None
            way.save()
            alarms.over(_alarm(name), at=at)
            audit.record(by, "resumed", way, at=at)


def allow(user: User | None) -> None:
    if user is not None and not user.has_perm("campaigns.change_way"):
        raise PermissionDenied("You may not stop or resume a way to give.")


def probe_due(*, at: datetime) -> int:
    """Ask the broken ones whose turn it is. Returns how many came back."""
    due = Way.objects.filter(opened_at__isnull=False, stopped_at=None, probe_at__lte=at)
    return sum(_probe(way, at=at) for way in list(due))


def face() -> object:
    """What readers see of the ways, for telling: one query."""
    return [
        (way.processor, way.label, way.hint, way.works, way.fee_rate, way.fee_fixed, way.least, way.most)
        for way in _ways()
        if way.is_offered
    ]


def add_rows() -> None:
    """Give every configured processor its row, for the desk to list."""
    names = processors.names()
    rows = [Way(processor=name, position=10 * number) for number, name in enumerate(names, 1)]
    Way.objects.bulk_create(rows, ignore_conflicts=True)


@contextmanager
def telling() -> Iterator[None]:
    """Inside a transaction: touch the pages with forms when the block changed what they offer. One at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('campaigns.ways'))")
    before = {WAYS: face()}
    yield
    tell(before, {WAYS: face()})


def _probe(way: Way, *, at: datetime) -> bool:
    # The next turn is written before the call: a probe that hangs is not asked by the next run too.
    wait = min(FIRST_PROBE * 2 ** min(way.failures, 10), LONGEST)
    mine = Way.objects.filter(pk=way.pk, probe_at=way.probe_at)
    if not mine.update(probe_at=at + wait, failures=F("failures") + 1):
        return False
    try:
        processors.get(way.processor).probe()
    except Exception as error:
        Way.objects.filter(pk=way.pk, opened_at__isnull=False).update(problem=mishaps.told(error))
        return False
    succeeded(way.processor, at=at)
    return True


@contextmanager
def _changing(name: str) -> Iterator[Way]:
    with transaction.atomic():
        position = 10 * (processors.names().index(name) + 1) if name in processors.names() else 1000
        Way.objects.bulk_create([Way(processor=name, position=position)], ignore_conflicts=True)
        with telling():
            yield Way.objects.select_for_update(no_key=True).get(processor=name)


def _ways() -> list[Way]:
    """Those that are configured, in the order of the desk; one without a row stands where the settings have it."""
    known = {way.processor: way for way in Way.objects.all()}
    ways = [known.get(name) or Way(processor=name, position=10 * number) for number, name in enumerate(processors.names(), 1)]
    return sorted(ways, key=lambda way: way.position)


def _is_ready(way: Way, currency: str) -> bool:
    processor = processors.get(way.processor)
    largest = way.most.get(currency) or 10**7
    return not processor.missing() and processor.takes(largest, currency)


def _offer(way: Way, currency: str) -> Offer:
    processor = processors.get(way.processor)
    return Offer(
        name=way.processor,
        label=way.label or _(processor.label),
        hint=way.hint or _(processor.hint),
        fee_rate=way.fee_rate,
        fee_fixed=way.fee_fixed.get(currency, 0),
        least=way.least.get(currency) or 1,
        most=way.most.get(currency),
        saves_methods=processor.saves_methods,
        by_hand=processor.by_hand,
        works=way.works,
    )


def _label(way: Way) -> str:
    try:
        return way.label or processors.get(way.processor).label
    except processors.UnknownProcessor:
        return way.processor


def _alarm(name: str) -> str:
    return f"processor:{name}"
