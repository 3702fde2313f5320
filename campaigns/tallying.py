"""Sums of the ledger over any span, from the tallies of its days and the lines themselves where the span cuts a day.

Tallies are of days in UTC, so no change of the newsroom's time zone makes them wrong. A day that the span begins or ends in,
or that is cut between two steps of it, is summed line by line. Each answer is one statement: what is written meanwhile
stands in the tally and in the lines, or in neither.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, JSONObject

from campaigns.models import Campaign, LedgerTally
from campaigns.models.campaigns import CampaignQuerySet

ALWAYS = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)

# The moment of a whole day is its beginning. A line stands before the end by its moment and key. Gifts are looked up one by one:
# Postgres takes the lines of a day for many more than they are, and would read every gift.
MOVED = """
    SELECT t.campaign_id, t.currency, t.kind, t.processor, t.rhythm, t.day::timestamp AT TIME ZONE 'UTC' AS at, t.lines, t.amount
    FROM campaigns_ledgertally t
    WHERE t.day BETWEEN %(first)s AND %(last)s AND t.day <> ALL(%(cut)s::date[]) {of_tally}
    UNION ALL
    SELECT e.campaign_id, e.currency, e.kind, e.processor, coalesce((SELECT p.rhythm FROM campaigns_donation d
        JOIN campaigns_pledge p ON p.id = d.pledge_id WHERE d.id = e.donation_id), 'once'), e.at, 1, e.amount
    FROM unnest(%(cut)s::date[]) AS c (day)
    JOIN campaigns_ledgerentry e ON e.at >= greatest(c.day::timestamp AT TIME ZONE 'UTC', %(begin)s)
        AND e.at < (c.day + 1)::timestamp AT TIME ZONE 'UTC' AND (e.at, e.id) < (%(end)s, %(end_key)s) {of_line}
"""
BROUGHT = """
    SELECT t.article_id, t.currency, t.lines, t.gifts, t.came, t.net FROM campaigns_articletally t
    WHERE t.day BETWEEN %(first)s AND %(last)s AND t.day <> ALL(%(cut)s::date[])
    UNION ALL
    SELECT d.article_id, e.currency, 1, (e.kind = 'gift')::int, CASE e.kind WHEN 'gift' THEN e.amount ELSE 0 END, e.amount
    FROM unnest(%(cut)s::date[]) AS c (day)
    JOIN campaigns_ledgerentry e ON e.at >= greatest(c.day::timestamp AT TIME ZONE 'UTC', %(begin)s)
        AND e.at < (c.day + 1)::timestamp AT TIME ZONE 'UTC' AND e.at < %(end)s
    CROSS JOIN LATERAL (SELECT article_id FROM campaigns_donation WHERE id = e.donation_id OFFSET 0) d
    WHERE d.article_id IS NOT NULL
"""
OF_CAMPAIGN = {"of_tally": "AND t.campaign_id = %(campaign)s", "of_line": "AND e.campaign_id = %(campaign)s"}
SUMS = f"""
    SELECT currency, kind, sum(lines)::bigint, sum(amount)::bigint FROM ({MOVED.format(**OF_CAMPAIGN)}) moved
    WHERE %(processor)s IN ('', processor) GROUP BY 1, 2 HAVING sum(lines) > 0
"""  # noqa: S608  nothing but constants stands in it
SUMMED = JSONObject(total=Coalesce(Sum("amount"), 0), gifts=Coalesce(Sum("kept"), 0))


def span(begin: datetime, end: datetime, *, end_key: int = 0, cuts: Iterable[datetime] = ()) -> dict[str, Any]:
    """What MOVED is asked with: the lines from `begin` up to `end`, in which no tally is cut at `cuts`.

    Of the lines of the moment `end` those before `end_key` belong to it.
    """
    first, last = _day(begin), _day(end)
    cut = {_day(moment) for moment in (begin, *cuts) if not _is_midnight(moment)}
    if end_key or not _is_midnight(end):
        cut.add(last)
    else:
        last -= timedelta(days=1)
    return {"begin": begin, "end": end, "end_key": end_key, "first": first, "last": last, "cut": sorted(cut)}


def sums(
    campaign_pk: int, *, begin: datetime | None = None, end: datetime | None = None, end_key: int = 0, processor: str = ""
) -> dict[tuple[str, str], tuple[int, int]]:
    """{(currency, kind): (lines, sum)} of a campaign's lines in [begin, end), and those before `end_key` of the moment `end`."""
    asked = span(begin or ALWAYS[0], end or ALWAYS[1], end_key=end_key)
    with connection.cursor() as cursor:
        cursor.execute(SUMS, asked | {"campaign": campaign_pk, "processor": processor})
        return {(currency, kind): (lines, sum_) for currency, kind, lines, sum_ in cursor.fetchall()}


def with_totals(campaigns: CampaignQuerySet) -> CampaignQuerySet:
    """Campaigns with `.tallied`, what `total` answers: no query more."""
    own = LedgerTally.objects.filter(campaign_id=OuterRef("pk"), currency=OuterRef("currency")).order_by().values("campaign_id")
    return campaigns.annotate(tallied=Subquery(own.annotate(found=SUMMED).values("found")))


def total(campaign: Campaign) -> tuple[int, int]:
    """(the sum of a campaign's lines in its currency, the gifts of which something is left). One query, or none."""
    if hasattr(campaign, "tallied"):
        found = campaign.tallied or {"total": 0, "gifts": 0}
    else:
        found = LedgerTally.objects.filter(campaign_id=campaign.pk, currency=campaign.currency).aggregate(found=SUMMED)["found"]
    return found["total"], found["gifts"]


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _is_midnight(moment: datetime) -> bool:
    there = moment.astimezone(UTC)
    return there == datetime(there.year, there.month, there.day, tzinfo=UTC)
