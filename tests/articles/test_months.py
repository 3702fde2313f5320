"""Months by the newsroom's clock, held against the plain query, wherever the newsroom is."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.db.models import Count, Max
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from articles import months
from articles.models import Article, Tally
from tests.factories import make_article

pytestmark = pytest.mark.django_db

ZONES = ["UTC", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns"]
TURNS = [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)]


@pytest.fixture(params=ZONES)
def zone(request):
    with timezone.override(request.param):
        yield request.param


@pytest.fixture
def articles() -> list[Article]:
    """Some hours before and after the turns of months, and the changes in another order."""
    found = []
    for number, turn in enumerate(TURNS):
        for hours in (-300, -13, -5, -1, 0, 2, 9, 13, 300):
            at = turn + timedelta(hours=hours)
            updated = at + timedelta(days=(hours * 7 + number) % 90) if hours % 2 else None
            found.append(make_article(published_at=at, updated_at=updated))
    make_article(published_at=TURNS[0] - timedelta(days=900), status="withdrawn", withdrawn_at=TURNS[0])
    return found


def test_entries_are_counted_by_the_newsrooms_clock(zone, articles):
    plain = Article.objects.published().order_by().annotate(m=TruncMonth("published_at")).values("m").annotate(n=Count("pk"))
    assert list(months.entries().items()) == [(row["m"].date(), row["n"]) for row in plain.order_by("-m")]


def test_the_last_change_is_that_of_the_newsrooms_month(zone, articles):
    plain = Article.objects.published().order_by().annotate(m=TruncMonth("published_at")).values("m")
    changed = plain.annotate(changed=Max(Coalesce("updated_at", "published_at"))).order_by("-m")
    assert months.changes(months.entries()) == [(row["m"].date(), row["changed"]) for row in changed]


def test_folding_the_tallies_changes_nothing(zone, articles):
    before = months.entries()
    Tally.objects.fold()
    assert months.entries() == before


def test_a_month_left_empty_is_not_there(zone):
    article = make_article(published_at=TURNS[1] + timedelta(days=14))
    assert months.entries() == {date(2026, 2, 1): 1}
    article.delete()
    assert months.entries() == {}
    assert months.changes([]) == []


def test_each_month_ends_where_the_next_begins(zone):
    firsts = [months.after(date(2025, 11, 1), number) for number in range(5)]
    assert [f"{first:%Y-%m}" for first in firsts] == ["2025-11", "2025-12", "2026-01", "2026-02", "2026-03"]
    assert all(months.bounds(f"{a:%Y}", f"{a:%m}")[1] == months.start_of(b) for a, b in pairwise(firsts))
