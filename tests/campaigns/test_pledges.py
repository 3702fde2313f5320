"""Promises, and the days on which they fall due."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import giving, pledges
from campaigns.models import Instalment, SandboxPayment
from campaigns.sandbox import bank
from tests.campaigns.gifts import begun, pledge_of, received
from tests.factories import NOON, make_campaign

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))


@pytest.mark.parametrize(
    ("period", "day", "months", "following"),
    [
        (date(2026, 11, 23), 23, 1, date(2026, 12, 23)),
        (date(2026, 12, 31), 31, 1, date(2027, 1, 31)),
        (date(2027, 1, 31), 31, 1, date(2027, 2, 28)),
        (date(2027, 2, 28), 31, 1, date(2027, 3, 31)),
        (date(2028, 1, 31), 31, 1, date(2028, 2, 29)),
        (date(2028, 1, 30), 30, 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 29, 1, date(2028, 3, 29)),
        (date(2027, 3, 31), 31, 1, date(2027, 4, 30)),
        (date(2028, 2, 29), 29, 12, date(2029, 2, 28)),
        (date(2031, 2, 28), 29, 12, date(2032, 2, 29)),
        (date(2100, 1, 31), 31, 1, date(2100, 2, 28)),
    ],
)
def test_the_next_day_due_is_right_for_short_months_and_leap_years(period, day, months, following):
    assert pledges.due_after(period, day=day, months=months) == following


@given(DAYS)
def test_a_year_of_months_comes_back_to_the_same_day_and_misses_none(start):
    period, seen = start, []
    for _ in range(12):
        period = pledges.due_after(period, day=start.day)
        seen.append((period.year, period.month))
    assert len(set(seen)) == 12
    assert (period.year, period.month) == (start.year + 1, start.month)
    assert start.day - period.day <= (1 if (start.month, start.day) == (2, 29) else 0)


@pytest.mark.django_db
def test_the_day_of_the_first_gift_is_the_pledges_day_in_the_newsrooms_zone(settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    donation = begun(make_campaign(), rhythm="monthly")  # NOON is already the 24th there
    bank.pay(donation.processor_ref, at=NOON.replace(day=30), tell=False)
    giving.settle(donation, at=NOON)
    pledge = pledge_of(donation)
    assert (pledge.day, pledge.next_due) == (1, date(2027, 1, 1))


@pytest.mark.django_db
def test_another_gift_does_not_begin_it_again():
    donation = received(make_campaign(), rhythm="monthly")
    for _ in range(3):
        pledges.activate(pledge_of(donation), first=donation, mandate="another")
    assert pledge_of(donation).mandate.startswith("mandate_")
    assert Instalment.objects.count() == 1


@pytest.mark.django_db
def test_a_gift_of_another_amount_begins_no_pledge():
    donation = begun(make_campaign(), rhythm="monthly")
    SandboxPayment.objects.update(amount=1)
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    giving.settle(donation, at=NOON)
    assert pledge_of(donation).status == "begun"


@pytest.mark.django_db
def test_stopping_is_once_and_for_all():
    donation = received(make_campaign(), rhythm="monthly")
    pledge = pledges.end(pledge_of(donation), at=NOON)
    assert (pledge.status, pledge.ended_at, pledge.next_due) == ("ended", NOON, None)
    assert pledges.end(pledge, at=NOON + timedelta(days=1)).ended_at == NOON
    assert pledges.pause(pledge, at=NOON, why="").status == "ended"
