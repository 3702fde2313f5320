"""The fundraisers' page: figures of the ledger, by currency and never across."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from campaigns import giving, overview
from campaigns.models import Campaign, Donation, Instalment, Pledge
from campaigns.overview import Cohort, Line, Period, Sheet
from tests.campaigns.gifts import pledge_of, received
from tests.factories import NOON, make_article, make_campaign, make_user

pytestmark = pytest.mark.django_db
PAGE = "/admin/campaigns/overview/"
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
TODAY = date(2026, 11, 23)


def signed_in(group: str) -> Client:
    client = Client()
    client.force_login(make_user(group))
    return client


def told(lines: list[Line]) -> list[tuple[str, int, int, int]]:
    return [(line.what, line.gifts, line.came, line.net) for line in lines]


def sheet(period: Period = NOVEMBER) -> Sheet:
    (only,) = overview.sheets(period)
    return only


def a_campaign(**overrides: Any) -> Campaign:
    return make_campaign(**{"starts_at": datetime(2020, 1, 1, tzinfo=UTC), "ends_at": None} | overrides)


def in_november(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


# What moved


def test_every_way_to_part_the_money_adds_up_to_what_moved():
    winter, spring = a_campaign(title="Winter"), a_campaign(title="Spring")
    received(winter, amount=2500, at=in_november(3), rhythm="monthly")
    received(winter, amount=1000, at=in_november(3), email="b@example.org", processor="offline")
    received(spring, amount=500, at=in_november(9), email="c@example.org")
    found = sheet()
    assert told([found.total]) == [("", 3, 4000, 4000)]
    assert [(line.day, line.gifts, line.came) for line in found.days] == [
        (date(2026, 11, 3), 2, 3500),
        (date(2026, 11, 9), 1, 500),
    ]
    assert told(found.campaigns) == [("Winter", 2, 3500, 3500), ("Spring", 1, 500, 500)]
    assert told(found.processors) == [("sandbox", 2, 3000, 3000), ("offline", 1, 1000, 1000)]
    assert told(found.rhythms) == [("Monthly", 1, 2500, 2500), ("Once", 2, 1500, 1500)]


def test_what_goes_back_counts_on_the_day_it_goes_back():
    donation = received(a_campaign(), amount=2500, at=in_november(3), processor="offline")
    giving.refund(donation, amount=1000, by=None, at=in_november(5), key=uuid4())
    days = [(line.day, line.gifts, line.came, line.back, line.net) for line in sheet().days]
    assert days == [(date(2026, 11, 3), 1, 2500, 0, 2500), (date(2026, 11, 5), 0, 0, 1000, -1000)]
    assert told([sheet().total]) == [("", 1, 2500, 1500)]


def test_currencies_are_never_added_together():
    received(make_campaign(currency="EUR"), amount=2500)
    received(make_campaign(currency="JPY"), amount=300, email="b@example.org")
    assert [(found.currency, found.total.came) for found in overview.sheets(NOVEMBER)] == [("EUR", 2500), ("JPY", 300)]


def test_days_are_those_of_the_newsrooms_calendar_and_both_ends_are_within(settings):
    settings.TIME_ZONE = "America/Lima"  # five hours behind Greenwich
    campaign = a_campaign()
    for number, at in enumerate([(1, 4), (1, 5), (30, 23)]):
        received(campaign, amount=100 * 10**number, at=in_november(*at), email=f"d{number}@example.org")
    received(campaign, amount=200, at=datetime(2026, 12, 1, 4, 59, tzinfo=UTC), email="e@example.org")
    received(campaign, amount=300, at=datetime(2026, 12, 1, 5, tzinfo=UTC), email="f@example.org")
    assert [(line.day, line.came) for line in sheet().days] == [(date(2026, 11, 1), 1000), (date(2026, 11, 30), 10_200)]


def test_long_spans_are_told_by_months():
    campaign = a_campaign()
    for month, email in [(8, "a@example.org"), (8, "b@example.org"), (10, "c@example.org")]:
        received(campaign, amount=1000, at=datetime(2026, month, 5, tzinfo=UTC), email=email)
    days = sheet(Period(date(2026, 1, 1), date(2026, 11, 30))).days
    assert [(line.day, line.gifts) for line in days] == [(date(2026, 8, 1), 2), (date(2026, 10, 1), 1)]


def test_nothing_is_told_of_days_without_money():
    received(make_campaign(), at=NOON)
    assert overview.sheets(Period(date(2026, 10, 1), date(2026, 10, 31))) == []


def test_articles_are_credited_and_small_numbers_are_hidden():
    campaign, read, rare = make_campaign(), make_article(headline="Much read"), make_article(headline="Rare")
    for number in range(5):
        received(campaign, amount=1000, email=f"m{number}@example.org", article=read.pk)
    for number in range(4):
        received(campaign, amount=7000, email=f"r{number}@example.org", article=rare.pk)
    received(campaign, email="n@example.org")
    much, few = sheet().articles
    assert told([much]) == [("Much read", 5, 5000, 5000)]
    assert (few.what, few.is_few, few.gifts, few.came, few.part) == ("Rare", True, 0, 0, 0)


def test_the_order_of_the_few_does_not_tell_their_numbers():
    campaign, first, second = make_campaign(), make_article(headline="First"), make_article(headline="Second")
    for number in range(3):
        received(campaign, email=f"a{number}@example.org", article=first.pk)
    received(campaign, email="b@example.org", article=second.pk)
    assert [line.what for line in sheet().articles] == ["Second", "First"]


# How long pledges last


def a_pledge(begun: datetime, *gifts: datetime, rhythm: str = "monthly", **more: Any) -> Pledge:
    campaign = a_campaign()
    number = Donation.objects.count()
    pledge = pledge_of(received(campaign, at=begun, rhythm=rhythm, email=f"p{number}@example.org"))
    for at in gifts:
        again = received(campaign, at=at, email=pledge.donor.email)
        Donation.objects.filter(pk=again.pk).update(pledge=pledge)
    Pledge.objects.filter(pk=pledge.pk).update(started_at=begun, **more)
    return pledge


def month(number: int, day: int = 10, year: int = 2026) -> datetime:
    return datetime(year, number, day, 12, tzinfo=UTC)


def test_a_monthly_pledge_gives_as_long_as_gifts_arrive():
    a_pledge(month(5), month(6), month(7), month(8))
    a_pledge(month(5, 20), month(6, 19))
    a_pledge(month(5, 28))
    assert overview.cohorts(today=TODAY) == [Cohort(date(2026, 5, 1), 3, [2, 1, None, None])]
    assert overview.cohorts(today=date(2026, 12, 16))[0].kept == [2, 1, 0, None]
    assert overview.cohorts(today=date(2026, 12, 16))[0].parts == [67, 33, 0, None]


def test_the_months_end_is_no_decline():
    a_pledge(month(1, 31), month(2, 28))
    assert overview.cohorts(today=TODAY)[0].kept == [1, 0, 0, None]


def test_a_yearly_pledge_gives_until_it_is_ended_or_its_next_gift_does_not_come():
    a_pledge(month(9, year=2025), month(9), rhythm="yearly")
    a_pledge(month(9, year=2025), rhythm="yearly")
    a_pledge(month(9, year=2025), rhythm="yearly", ended_at=month(1), status="ended", next_due=None)
    assert overview.cohorts(today=TODAY) == [Cohort(date(2025, 9, 1), 3, [3, 3, 2, 1])]


def test_this_month_and_what_is_older_than_two_years_are_left_out():
    a_pledge(month(11, 1))
    a_pledge(month(10, 31, year=2024))
    assert overview.cohorts(today=TODAY) == []


# What will come


def due(amount: int, on: date, *, rhythm: str = "monthly", status: str = "active", currency: str = "EUR") -> Pledge:
    campaign = make_campaign(currency=currency)
    pledge = pledge_of(received(campaign, amount=amount, rhythm=rhythm, email=f"d{Pledge.objects.count()}@example.org"))
    Pledge.objects.filter(pk=pledge.pk).update(next_due=on, status=status)
    return pledge


def instalment(pledge: Pledge, period: date, status: str) -> None:
    Instalment.objects.create(pledge=pledge, period=period, status=status, claimed_at=NOON)


def test_next_month_brings_what_active_pledges_owe_it():
    due(1000, date(2026, 12, 31))
    due(2000, date(2026, 11, 30))  # this month's gift, and next month's after it
    due(4000, date(2027, 1, 1))
    due(12_000, date(2026, 12, 1), rhythm="yearly")
    due(50_000, date(2026, 11, 30), rhythm="yearly")
    due(7000, date(2026, 12, 5), status="paused")
    due(300, date(2026, 12, 5), currency="JPY")
    found = overview.expected(today=TODAY)
    assert [(sum_.currency, sum_.pledges, sum_.due) for sum_ in found] == [("EUR", 3, 15_000), ("JPY", 1, 300)]


def test_what_usually_does_not_come_is_taken_off():
    pledge = due(1000, date(2026, 12, 5))
    for day, status in [(1, "paid"), (2, "paid"), (3, "paid"), (4, "failed"), (5, "skipped")]:
        instalment(pledge, date(2026, 10, day), status)
    instalment(pledge, date(2026, 11, 9), "failed")  # may still come
    instalment(pledge, date(2026, 7, 1), "failed")  # long ago
    (found,) = overview.expected(today=TODAY)
    assert (found.came, found.asked, found.missed, found.likely) == (3000, 4000, 25.0, 750)


def test_without_a_past_nothing_is_taken_off():
    due(1000, date(2026, 12, 5))
    (found,) = overview.expected(today=TODAY)
    assert (found.asked, found.missed, found.likely) == (0, 0, 1000)


# The page


@pytest.fixture
def fundraiser() -> Client:
    return signed_in("Fundraiser")


def lately(**overrides: Any) -> Donation:
    return received(a_campaign(), at=timezone.now() - timedelta(hours=1), **overrides)


@pytest.mark.parametrize("group", ["Fundraiser", "Administrator"])
def test_fundraisers_and_administrators_see_it_from_the_desk(group):
    lately(amount=4200)
    client = signed_in(group)
    assert f'href="{PAGE}"' in client.get("/admin/").content.decode()
    assert "€42" in client.get(PAGE).content.decode()


@pytest.mark.parametrize("group", ["", "Writer", "Editor"])
def test_others_neither_see_it_nor_the_way_to_it(group):
    client = signed_in(group)
    assert f'href="{PAGE}"' not in client.get("/admin/").content.decode()
    assert client.get(PAGE).status_code == 403


def test_a_stranger_is_sent_to_sign_in(client):
    assert client.get(PAGE).status_code == 302


def test_no_donor_is_named_on_it(fundraiser):
    lately(name="Ada Lovelace", message="For my aunt")
    page = fundraiser.get(PAGE).content.decode()
    for personal in ("Ada", "ada@example.org", "aunt"):
        assert personal not in page


def test_the_time_is_chosen(fundraiser):
    received(a_campaign(), amount=4200, at=datetime(2020, 5, 5, tzinfo=UTC))
    assert "€42" not in fundraiser.get(PAGE).content.decode()
    assert "€42" in fundraiser.get(PAGE, {"span": "own", "first": "2020-05-05", "last": "2020-05-05"}).content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"span": "own"}, "Choose a day."),
        ({"span": "own", "first": "x", "last": "2026-01-01"}, "Enter a valid date."),
        ({"span": "own", "first": "2026-01-02", "last": "2026-01-01"}, "The last day comes before the first one."),
        ({"span": "own", "first": "1990-01-01", "last": "2026-01-01"}, "Choose 20 years at the most."),
        ({"span": "own", "first": "0001-01-01", "last": "9999-12-31"}, "greater than or equal to"),
        ({"span": "x" * 50}, "Select a valid choice."),
        ({"span": "\0", "first": "\0"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_shown_is_said_and_the_last_days_are_shown(fundraiser, query, sentence):
    lately(amount=4200)
    page = fundraiser.get(PAGE, query).content.decode()
    assert sentence in page
    assert "€42" in page


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_the_same_however_many_gifts_campaigns_and_articles(fundraiser, django_assert_num_queries, number):
    for turn in range(number):
        lately(email=f"d{turn}@example.org", rhythm="monthly", article=make_article().pk)
    with django_assert_num_queries(12):
        fundraiser.get(PAGE)
