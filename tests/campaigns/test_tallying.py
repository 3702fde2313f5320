"""The ledger's tallies: the plain sums of its lines, for any span, in any order, whoever writes them."""

import random
from collections import defaultdict
from datetime import datetime, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from campaigns import giving, tallying
from campaigns.checking import differences
from campaigns.models import ArticleTally, Campaign, Donation, LedgerEntry, LedgerTally, Pledge
from campaigns.overview import Period, sheets
from campaigns.progress import progress_of
from campaigns.sandbox import bank
from tests.campaigns.gifts import received
from tests.factories import NOON, make_article, make_campaign

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def a_week(campaign: Campaign) -> None:
    """Gifts of all hours, at midnights too; some went back, in part or whole, some monthly, some brought by an article."""
    article, chance = make_article(), random.Random(7)
    for number in range(14):
        rhythm = "monthly" if number % 3 == 0 else "once"
        moment = NOON + 12 * number * HOUR + timedelta(minutes=chance.randrange(60) if number % 4 else 0)
        brought_by = None if number % 5 == 1 else article.pk
        gift = received(campaign, email=f"{number}@example.org", at=moment, rhythm=rhythm, article=brought_by)
        if number % 5 == 0:
            amount = 2500 if number % 2 else 500
            bank.refund(gift.processor_ref, amount=amount, key=f"r{number}", at=moment + 30 * HOUR, tell=False)
            giving.settle(gift, at=moment + 30 * HOUR)


def plainly(campaign: Campaign, begin: datetime, end: datetime) -> dict[tuple[str, str], tuple[int, int]]:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for entry in LedgerEntry.objects.filter(campaign=campaign, at__gte=begin, at__lt=end):
        found[entry.currency, entry.kind].append(entry.amount)
    return {key: (len(amounts), sum(amounts)) for key, amounts in found.items()}


def spans() -> list[tuple[datetime, datetime]]:
    moments = [NOON + n * HOUR for n in (-36, -1, 0, 11, 12, 13, 36, 40, 60, 97, 130, 300)]
    return [(begin, end) for begin in moments for end in moments if begin < end]


@pytest.mark.parametrize("fold", [False, True])
def test_any_span_has_the_sum_of_its_lines(fold):
    campaign, another = make_campaign(ends_at=None), make_campaign(ends_at=None)
    a_week(campaign)
    a_week(another)
    if fold:
        LedgerTally.fold()
    assert [tallying.sums(campaign.pk, begin=begin, end=end) for begin, end in spans()] == [
        plainly(campaign, begin, end) for begin, end in spans()
    ]


def test_the_lines_of_one_moment_are_told_apart_by_their_keys():
    campaign = make_campaign(ends_at=None)
    for number in range(3):
        received(campaign, email=f"{number}@example.org", at=NOON)
    keys = LedgerEntry.objects.order_by("pk").values_list("pk", flat=True)
    until = [tallying.sums(campaign.pk, end=NOON, end_key=key + 1)["EUR", "gift"] for key in keys]
    assert until == [(1, 2500), (2, 5000), (3, 7500)]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kathmandu"])
@pytest.mark.parametrize("days", [9, 100])
def test_the_figures_of_a_period_are_those_of_its_lines_wherever_the_newsroom_is(settings, zone, days):
    settings.TIME_ZONE = zone
    a_week(make_campaign(ends_at=None))
    period = Period(NOON.date() - timedelta(days=days - 9), NOON.date() + timedelta(days=4))
    lines = list(LedgerEntry.objects.filter(at__gte=period.begin, at__lt=period.end))
    by_step: dict[object, int] = defaultdict(int)
    for line in lines:
        day = line.at.astimezone(ZoneInfo(zone)).date()
        by_step[day if period.step == "day" else day.replace(day=1)] += line.amount
    (sheet,) = sheets(period)
    assert {line.day: line.net for line in sheet.days} == by_step
    regular = Pledge.objects.filter(donations__entries__in=lines).distinct().count()
    assert {line.what: line.gifts for line in sheet.rhythms}["Monthly"] == regular
    brought = [line for line in lines if line.donation.article_id]
    told = (sum(line.kind == "gift" for line in brought), sum(line.amount for line in brought))
    assert [(line.gifts, line.net) for line in sheet.articles] == [told]


def test_a_gift_of_which_nothing_is_left_is_not_counted():
    campaign = make_campaign(ends_at=None)
    a_week(campaign)
    assert progress_of(campaign).gifts == 13
    assert differences() == []


def test_folding_leaves_one_row_a_day_and_every_sum():
    campaign = make_campaign(ends_at=None)
    a_week(campaign)
    before = progress_of(campaign)
    for tally in (LedgerTally, ArticleTally):
        tally.fold()
        tally.fold()
        rows = tally.objects.values_list(*tally.KEY)
        assert len(rows) == len(set(rows)) > 0
        assert not tally.objects.filter(folded=False).exists()
    received(campaign, email="late@example.org", at=NOON)
    LedgerTally.fold()
    assert progress_of(campaign).total == before.total + 2500
    assert differences() == []


def test_the_gifts_of_a_deleted_article_leave_its_tally():
    a_week(make_campaign(ends_at=None))
    article = Donation.objects.exclude(article=None)[0].article
    assert article
    period = Period.days(30, today=NOON.date() + timedelta(days=9))
    assert len(sheets(period)[0].articles) == 1
    article.delete()
    assert sheets(period)[0].articles == []
    assert differences() == []


def test_a_gift_that_is_given_to_a_pledge_later_has_its_rhythm():
    """As imports do, whose pledges come after their gifts."""
    campaign = make_campaign(ends_at=None)
    once, monthly = received(campaign), received(campaign, email="b@example.org", rhythm="monthly")
    Donation.objects.filter(pk=once.pk).update(pledge=monthly.pledge)
    (sheet,) = sheets(Period.days(1, today=NOON.date()))
    assert [(line.what, line.gifts, line.net) for line in sheet.rhythms] == [("Monthly", 2, 5000)]
    assert differences() == []
    Donation.objects.filter(pk=once.pk).update(pledge=None)
    assert differences() == []


def test_what_stood_in_the_ledger_before_is_tallied_as_the_trigger_would_have():
    a_week(make_campaign(ends_at=None))
    kept = [state(tally) for tally in (LedgerTally, ArticleTally)]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM campaigns_ledgertally; DELETE FROM campaigns_articletally")
        cursor.execute(import_module("campaigns.migrations.0181_tallies_keep_themselves").FILL)
    assert [state(tally) for tally in (LedgerTally, ArticleTally)] == kept
    assert differences() == []


def state(tally: type[LedgerTally | ArticleTally]) -> list[object]:
    tally.fold()
    left_out = "kept" if tally is LedgerTally else "lines"  # the day on which a gift came to be left is the trigger's alone
    names = [name for name in (*tally.KEY, *tally.SUMS) if name != left_out]
    return sorted(tally.objects.values_list(*names))


@pytest.mark.parametrize(
    ("tally", "change", "sentence"),
    [
        (LedgerTally, {"amount": 7}, "the tally of campaign {c} on 2026-11-23 says 1 lines, 7 EUR, the ledger 1 lines, 2500"),
        (LedgerTally, {"kept": 0}, "the tally of campaign {c} counts 0 gifts in EUR of which something is left, the ledger 1"),
        (
            ArticleTally,
            {"gifts": 2},
            "the tally of article {a} on 2026-11-23 says 2 gifts, 2500 of 2500 EUR, the ledger 1 gifts, 2500 of 2500",
        ),
    ],
)
def test_a_tally_that_lies_is_named(tally, change, sentence):
    campaign, article = make_campaign(ends_at=None), make_article()
    received(campaign, article=article.pk)
    assert differences() == []
    tally.objects.update(**change)
    assert sentence.format(c=campaign.pk, a=article.pk) in differences()


def test_a_tally_that_is_gone_is_named():
    campaign = make_campaign(ends_at=None)
    received(campaign)
    LedgerTally.objects.all().delete()
    assert (
        f"the tally of campaign {campaign.pk} on 2026-11-23 says None lines, None EUR, the ledger 1 lines, 2500" in differences()
    )
