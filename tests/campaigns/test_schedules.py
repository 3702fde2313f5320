"""Whatever is done to a pledge, in whatever order: no period is charged twice, and none is left out without a row."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.exceptions import ValidationError
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from campaigns import collecting, giving, pledges, renewing, rescue, steering, ways
from campaigns.checking import differences
from campaigns.models import Donation, Pledge, SandboxPayment
from campaigns.sandbox import bank
from tests.campaigns.gifts import a_pledge

pytestmark = pytest.mark.django_db
SANDBOX = "campaigns.processors.sandbox.Sandbox"
MOODS = {
    "works": SANDBOX,
    "is poor": "tests.campaigns.doubles.Poor",
    "loses": "tests.campaigns.doubles.LosesAnswers",
    "is down": "tests.campaigns.doubles.Down",
}
DEEDS = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 45), st.integers(1, 20)),
    st.tuples(st.just("wait"), st.integers(1, 45), st.integers(1, 20)),
    st.tuples(st.just("day"), st.integers(1, 31)),
    st.tuples(st.just("rest"), st.integers(1, 6)),
    st.tuples(st.just("mood"), st.sampled_from(sorted(MOODS))),
    st.tuples(st.just("renew"), st.sampled_from(["sandbox", "other"]), st.booleans()),
    st.tuples(st.sampled_from(["go_on", "pause", "down", "up", "pay_late", "restart"])),
)


class Story:
    """One pledge, the worker, and two banks; `at` is now."""

    def __init__(self, start: date, rhythm: str) -> None:
        self.at = datetime(start.year, start.month, start.day, 12, tzinfo=configured_zone())
        self.months = pledges.MONTHS[Pledge.Rhythm(rhythm)]
        self.pledge = a_pledge(rhythm=rhythm, at=self.at)
        self.begun: list[Donation] = []

    def tell(self, deed: tuple[Any, ...]) -> None:
        with suppress(ValidationError):
            getattr(self, deed[0])(*deed[1:])

    def wait(self, days: int, stride: int) -> None:
        for _ in range(0, days, stride):
            self.at += timedelta(days=stride)
            self.worker()

    def worker(self) -> None:
        ways.probe_due(at=self.at)
        steering.wake_due(at=self.at)
        rescue.go_on(at=self.at)
        collecting.collect_due(at=self.at)

    def day(self, day: int) -> None:
        steering.change_day(self.pledge, day=day, at=self.at)

    def rest(self, months: int) -> None:
        steering.rest(self.pledge, months=months, at=self.at)

    def go_on(self) -> None:
        steering.go_on(self.pledge, at=self.at)

    def pause(self) -> None:
        pledges.pause(self.pledge, at=self.at, why="")

    def down(self) -> None:
        rescue.go_down("sandbox", by=None, at=self.at)

    def up(self) -> None:
        rescue.come_back("sandbox", by=None, at=self.at)

    def mood(self, mood: str) -> None:
        configured.PROCESSORS = {**configured.PROCESSORS, "sandbox": (MOODS[mood], {})}

    def restart(self) -> None:
        self.mood("works")
        ways.succeeded("sandbox", at=self.at)

    def renew(self, name: str, pays: bool) -> None:
        self.pledge.refresh_from_db()
        offer = next((offer for offer in renewing.offers(self.pledge) if offer.name == name), None)
        if offer is None or (name == "sandbox" and configured.PROCESSORS[name][0] != SANDBOX):
            return
        donation = renewing.renew(self.pledge, offer=offer, at=self.at)
        assert donation
        self.begun.append(donation)
        if pays:
            self.pay_late()

    def pay_late(self) -> None:
        if not self.begun:
            return
        donation = self.begun.pop()
        if configured.PROCESSORS[donation.processor][0] == MOODS["is down"]:
            return
        bank.pay(donation.processor_ref, at=self.at, tell=False)
        giving.settle(donation, at=self.at)

    def check(self) -> None:
        self.pledge.refresh_from_db()
        rows = list(self.pledge.instalments.order_by("period").values_list("period", "status"))
        turns = [period.year * 12 + period.month for period, _ in rows]
        assert turns == [turns[0] + self.months * number for number in range(len(turns))], rows
        assert self.pledge.next_due
        following = self.pledge.next_due.year * 12 + self.pledge.next_due.month
        assert following == turns[-1] + self.months, (rows, self.pledge.next_due)
        received = self.pledge.donations.filter(status="received").count()
        assert received == sum(status == "paid" for _, status in rows), rows

    def end(self) -> None:
        """All is well again: what is on its way comes in."""
        self.restart()
        for hours in (1, 26, 52):
            self.at += timedelta(hours=hours)
            collecting.collect_due(at=self.at)
        self.check()
        paid = SandboxPayment.objects.filter(status="paid").count()
        assert paid == self.pledge.instalments.filter(status="paid").count()
        assert differences() == []


def configured_zone() -> Any:
    from django.utils import timezone

    return timezone.get_default_timezone()


class Schedules(TestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.dates(date(2027, 1, 1), date(2028, 12, 31)),
        st.sampled_from(["monthly", "monthly", "yearly"]),
        st.lists(DEEDS, min_size=3, max_size=18),
    )
    def test_no_period_is_charged_twice_or_left_out(self, start: date, rhythm: str, deeds: list[tuple[Any, ...]]) -> None:
        names: Any = {"sandbox": (SANDBOX, {}), "other": ("tests.campaigns.doubles.SecondBank", {})}
        with override_settings(PROCESSORS={**names, "offline": configured.PROCESSORS["offline"]}):
            story = Story(start, rhythm)
            for deed in deeds:
                story.tell(deed)
                story.check()
            story.end()
