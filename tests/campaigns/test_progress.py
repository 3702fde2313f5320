"""How far a campaign has come."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from campaigns import checking, giving
from campaigns.progress import Progress, days_left, days_left_in_words, last_day, progress_of
from tests.campaigns.gifts import begun, received
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db


def test_only_what_arrived_counts(django_assert_num_queries):
    campaign, other = make_campaign(), make_campaign()
    assert progress_of(campaign) == Progress(total=0, gifts=0, goal=100_000, currency="EUR")
    first = received(campaign, amount=2500)
    received(campaign, amount=1050, email="b@example.org")
    begun(campaign, amount=9900, email="c@example.org")
    received(other, amount=777)
    giving.refund(first, amount=500, key=UUID(int=1), by=None, at=NOON)
    with django_assert_num_queries(1):
        progress = progress_of(campaign)
    assert (progress.total, progress.gifts, progress.words) == (3050, 2, "€30.50 of €1,000")


@pytest.mark.parametrize(
    ("total", "filled", "per_cent", "reached"),
    [
        (0, 0, 0, False),
        (99_999, 99_999, 99, False),
        (100_000, 100_000, 100, True),
        (250_000, 100_000, 250, True),
        (-500, 0, 0, False),
    ],
)
def test_a_hundred_per_cent_is_only_said_when_it_is_there(total, filled, per_cent, reached):
    progress = Progress(total=total, gifts=3, goal=100_000, currency="EUR")
    assert (progress.filled, progress.per_cent, progress.is_reached) == (filled, per_cent, reached)


def test_gifts_are_counted_in_words():
    words = [Progress(total=0, gifts=gifts, goal=1, currency="EUR").gifts_text for gifts in (0, 1, 2, 1234)]
    assert words == ["0 gifts", "1 gift", "2 gifts", "1,234 gifts"]


@pytest.mark.parametrize(
    ("ends_at", "words"),
    [
        (NOON + timedelta(days=10), "10 days left"),
        (NOON + timedelta(days=1), "1 day left"),
        (NOON + timedelta(seconds=1), "last day"),
        (datetime(2026, 11, 24, tzinfo=UTC), "last day"),
        (datetime(2026, 11, 25, tzinfo=UTC), "1 day left"),
        (NOON, ""),
        (None, ""),
    ],
)
def test_days_left_are_days_of_the_calendar(ends_at, words):
    assert days_left_in_words(make_campaign(ends_at=ends_at), at=NOON) == words


def test_an_end_at_midnight_belongs_to_the_day_before_in_the_newsrooms_zone(settings):
    settings.TIME_ZONE = "America/New_York"
    midnight = datetime(2027, 1, 1, 5, tzinfo=UTC)
    assert str(last_day(midnight)) == "2026-12-31"
    assert days_left(make_campaign(ends_at=midnight), at=midnight - timedelta(seconds=1)) == 0


# A goal of donors


def test_donors_are_people_of_whose_gifts_something_is_left(django_assert_num_queries):
    campaign, other = make_campaign(goal_kind="donors", goal=3), make_campaign(goal_kind="donors", goal=1)
    first, _ = received(campaign, amount=2500), received(campaign, amount=1000, message="Once more")
    gone = received(campaign, amount=900, email="b@example.org")
    received(other, amount=777, email="c@example.org")
    giving.refund(gone, amount=900, key=UUID(int=1), by=None, at=NOON)
    giving.refund(first, amount=2500, key=UUID(int=2), by=None, at=NOON)
    with django_assert_num_queries(1):
        progress = progress_of(campaign)
    assert (progress.donors, progress.gifts, progress.total, progress.per_cent) == (1, 1, 1000, 33)
    assert (progress.words, progress.came_text) == ("1 of 3 donors", "€10 in 1 gift")
    assert (progress_of(other).words, progress_of(other).is_reached) == ("1 of 1 donor", True)
    assert checking.differences() == []


@pytest.mark.parametrize(("currency", "words"), [("JPY", "¥2,500 of ¥100,000"), ("KWD", "KWD\xa02.500 of KWD\xa0100.000")])
def test_sums_stand_in_the_currencys_own_decimals(currency, words):
    campaign = make_campaign(currency=currency)
    received(campaign, amount=2500)
    assert progress_of(campaign).words == words
