"""Months in the site's time zone, and what was published in them.

The tallies and the index `changed_in_month` know the months of UTC, for a zone is a setting and may change. What lies
between the two clocks at the turn of a month, some hours, is looked up.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.http import Http404
from django.utils import timezone

from articles.models import Kind, Tally

ACROSS = """
SELECT first, CASE WHEN here < utc THEN entries ELSE -entries END
FROM unnest(%s::date[], %s::timestamptz[], %s::timestamptz[]) AS turn (first, here, utc), LATERAL (
    SELECT count(*) AS entries FROM articles_article
    WHERE status = 'published' AND published_at >= least(here, utc) AND published_at < greatest(here, utc)
) AS between_the_clocks
"""

# The newest change among those of UTC's month that are also of this one, then among the hours it has before and after.
CHANGED = """
SELECT first, greatest(
    (SELECT coalesce(updated_at, published_at) FROM articles_article
     WHERE status = 'published' AND articles_bucket('latest', published_at) = first
         AND published_at >= start AND published_at < "end"
     ORDER BY coalesce(updated_at, published_at) DESC LIMIT 1),
    (SELECT max(coalesce(updated_at, published_at)) FROM articles_article
     WHERE status = 'published' AND published_at >= start AND published_at < utc_start),
    (SELECT max(coalesce(updated_at, published_at)) FROM articles_article
     WHERE status = 'published' AND published_at >= utc_end AND published_at < "end")
) FROM unnest(%s::date[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])
    AS month (first, start, "end", utc_start, utc_end)
"""


def bounds(year: str, month: str) -> tuple[datetime, datetime]:
    """When a month of an address begins, and when the next one does. Http404 for what no calendar of ours has."""
    if not 1 < int(year) < 9999:  # at its edges a zone's own hours fall out of the calendar
        raise Http404("There is no such month.")
    first = date(int(year), int(month), 1)
    return start_of(first), start_of(after(first))


def start_of(first: date) -> datetime:
    return timezone.make_aware(datetime.combine(first, time.min))


def after(first: date, months: int = 1) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def entries() -> dict[date, int]:
    """How many articles each month has, newest first; without the months that have none."""
    found = dict(Tally.objects.filter(kind=Kind.LATEST).values_list("bucket").annotate(Sum("change")))
    turns = sorted({first for month in found for first in (month, after(month))})
    for first, across in _across(turns):
        found[first] = found.get(first, 0) + across
        found[after(first, -1)] = found.get(after(first, -1), 0) - across
    return {first: found[first] for first in sorted(found, reverse=True) if found[first]}


def _across(turns: list[date]) -> list[Any]:
    """For the turns of months at which the clocks differ: the articles that are this month's already, or not yet."""
    return _rows(ACROSS, [(first, start_of(first), _utc(first)) for first in turns if start_of(first) != _utc(first)])


def changes(months: Iterable[date]) -> list[Any]:
    """(month, when an article of it was changed last)."""
    return _rows(CHANGED, [(m, start_of(m), start_of(after(m)), _utc(m), _utc(after(m))) for m in months])


def _rows(sql: str, given: Sequence[tuple[date, ...]]) -> list[Any]:
    if not given:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(column) for column in zip(*given, strict=True)])
        return cursor.fetchall()


def _utc(first: date) -> datetime:
    return datetime.combine(first, time.min, tzinfo=UTC)
