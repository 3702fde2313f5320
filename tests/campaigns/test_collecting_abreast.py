"""Several instalments at once: each charged once, and none any more when the processor fails or is stopped."""

from collections import Counter
from datetime import timedelta
from threading import Barrier, Lock

import pytest

from campaigns import abreast, collecting, ways
from campaigns.checking import differences
from campaigns.models import Instalment, LedgerEntry, SandboxPayment, Way
from campaigns.processors.base import Instructions, Order, Payment, ProcessorFault, TooFast
from campaigns.processors.sandbox import Sandbox
from tests.campaigns.gifts import a_pledge
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
DUE = NOON + timedelta(days=30)
MANY, AT_ONCE = 12, 4


class Counting(Sandbox):
    """Counts who asks to collect. What the others do happens at the first one."""

    lock, asked = Lock(), 0

    def collect(self, mandate: str, order: Order) -> Payment | Instructions:
        with self.lock:
            type(self).asked += 1
            self.happens(type(self).asked)
        return super().collect(mandate, order)

    def happens(self, number: int) -> None:
        """Nothing."""


class Together(Sandbox):
    """Answers only when so many wait for an answer."""

    barrier = Barrier(AT_ONCE)

    def collect(self, mandate: str, order: Order) -> Payment | Instructions:
        self.barrier.wait(timeout=30)
        return super().collect(mandate, order)


class Breaks(Counting):
    def happens(self, number: int) -> None:
        raise ProcessorFault("The bank is closed.")


class Stopped(Counting):
    def happens(self, number: int) -> None:
        if number == 1:
            ways.stop("sandbox", by=None, at=DUE)


class Hurried(Counting):
    def happens(self, number: int) -> None:
        if number <= 5:
            raise TooFast("Slower, please.")


@pytest.fixture(autouse=True)
def many(settings) -> None:
    campaign = make_campaign(ends_at=None)
    for number in range(MANY):
        a_pledge(campaign=campaign, email=f"donor{number}@example.org", amount=1000 + number)
    settings.COLLECT_AT_ONCE = AT_ONCE


def collected(settings, double: type[Sandbox], *, later: int = 0) -> tuple[int, int]:
    settings.PROCESSORS = {"sandbox": (f"{__name__}.{double.__name__}", {})}
    if issubclass(double, Counting):
        double.asked = 0
    return collecting.collect_due(at=DUE + timedelta(minutes=later))


def charged() -> int:
    return SandboxPayment.objects.filter(status="paid").count() - MANY


def test_as_many_as_the_setting_says_are_asked_at_once_and_each_once(settings):
    assert collected(settings, Together) == (MANY, 0)
    assert charged() == MANY
    assert Counter(Instalment.objects.values_list("period", "status")) == {
        (NOON.date(), "paid"): MANY,
        (DUE.date(), "paid"): MANY,
    }
    assert LedgerEntry.objects.total() == 2 * sum(1000 + number for number in range(MANY))
    assert collected(settings, Counting, later=30) == (0, 0)
    assert differences() == []


def test_one_that_breaks_is_asked_by_nobody_who_is_not_under_way(settings):
    asked, unanswered = collected(settings, Breaks)
    assert asked == unanswered == Breaks.asked <= AT_ONCE
    assert not ways.works("sandbox")
    ways.succeeded("sandbox", at=DUE)
    collected(settings, Counting, later=11)
    assert charged() == MANY
    assert differences() == []


def test_one_that_a_person_stops_is_asked_by_nobody_who_is_not_under_way(settings):
    collected(settings, Stopped)
    assert 1 <= charged() == Stopped.asked <= AT_ONCE
    ways.resume("sandbox", by=None, at=DUE)
    collected(settings, Counting, later=11)
    assert charged() <= MANY
    assert differences() == []


def test_one_that_is_asked_too_fast_is_asked_slower_and_nobody_is_sent_away_from_it(settings, monkeypatch):
    monkeypatch.setattr(abreast, "FIRST_REST", 0.01)
    assert collected(settings, Hurried) == (MANY, 5)
    assert (charged(), Way.objects.exclude(opened_at=None).count()) == (MANY - 5, 0)
    assert collected(settings, Counting, later=11) == (0, 0)
    assert charged() == MANY
    assert differences() == []
