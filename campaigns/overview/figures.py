"""What moved in a span of days, from the tallies of the ledger."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from articles.models import Article
from campaigns import tallying
from campaigns.models import Campaign, Rhythm
from campaigns.overview.periods import Period, zone

FEW = 5  # fewer gifts than that might point at a person
MOST_ARTICLES = 50

MOVED = f"""
    SELECT currency, grouping(day, campaign_id, processor, rhythm) AS set, day, campaign_id, processor, rhythm,
        coalesce(sum(lines) FILTER (WHERE kind = 'gift'), 0)::bigint AS gifts,
        coalesce(sum(amount) FILTER (WHERE kind = 'gift'), 0)::bigint AS came, sum(amount)::bigint AS net
    FROM (
        SELECT currency, kind, campaign_id, processor, rhythm, sum(lines) AS lines, sum(amount) AS amount,
            date_trunc(%(step)s, at AT TIME ZONE %(zone)s)::date AS day
        FROM ({tallying.MOVED.format(of_tally="", of_line="")}) moved GROUP BY currency, kind, campaign_id, processor, rhythm, day
    ) days
    GROUP BY GROUPING SETS ((currency), (currency, day), (currency, campaign_id), (currency, processor), (currency, rhythm))
    HAVING sum(lines) > 0
    ORDER BY currency, day, came DESC, campaign_id, processor, rhythm
"""  # noqa: S608  nothing but constants stands in it
# Where there are few of them their order tells nothing of their number.
BROUGHT = f"""
    SELECT * FROM (
        SELECT b.*, row_number() OVER (
            PARTITION BY currency ORDER BY CASE WHEN gifts < %(few)s THEN 0 ELSE gifts END DESC, article_id DESC) AS place
        FROM (
            SELECT currency, article_id, sum(gifts)::bigint AS gifts, sum(came)::bigint AS came, sum(net)::bigint AS net
            FROM ({tallying.BROUGHT}) brought GROUP BY currency, article_id HAVING sum(lines) > 0
        ) b
    ) b WHERE place <= %(most)s ORDER BY currency, place
"""  # noqa: S608
DAY, CAMPAIGN, PROCESSOR, RHYTHM, ALL = 0b0111, 0b1011, 0b1101, 0b1110, 0b1111


@dataclass(frozen=True, slots=True)
class Line:
    """Minor units. `came` is what donors gave, `net` what is left after refunds and disputes of the same days."""

    what: str
    gifts: int
    came: int
    net: int
    day: date | None = None
    is_few: bool = False  # so few that no figure is told
    part: float = 0  # of the sheet's `came`, in per cent

    @property
    def back(self) -> int:
        return self.came - self.net


@dataclass(slots=True)
class Sheet:
    """The figures of one currency."""

    currency: str
    total: Line
    days: list[Line] = field(default_factory=list)
    campaigns: list[Line] = field(default_factory=list)
    processors: list[Line] = field(default_factory=list)
    rhythms: list[Line] = field(default_factory=list)
    articles: list[Line] = field(default_factory=list)


def sheets(period: Period) -> list[Sheet]:
    """One for each currency that moved, by its code. Four queries, however long the span."""
    cut = tallying.span(period.begin, period.end, cuts=period.steps)
    rows = _rows(MOVED, {"step": period.step, "zone": zone(), **cut})
    found = {row["currency"]: Sheet(row["currency"], _line("", row)) for row in rows if row["set"] == ALL}
    titles = Campaign.objects.in_bulk({row["campaign_id"] for row in rows if row["campaign_id"]})
    for row in rows:
        sheet = found[row["currency"]]
        if row["set"] == DAY:
            sheet.days.append(_line("", row, sheet, day=row["day"]))
        elif row["set"] == CAMPAIGN:
            sheet.campaigns.append(_line(titles[row["campaign_id"]].title, row, sheet))
        elif row["set"] == PROCESSOR:
            sheet.processors.append(_line(row["processor"], row, sheet))
        elif row["set"] == RHYTHM:
            sheet.rhythms.append(_line(str(Rhythm(row["rhythm"]).label), row, sheet))
    _add_articles(found, tallying.span(period.begin, period.end))
    return list(found.values())


def _add_articles(found: dict[str, Sheet], facts: dict[str, Any]) -> None:
    rows = _rows(BROUGHT, facts | {"few": FEW, "most": MOST_ARTICLES}) if found else []
    headlines = dict(Article.objects.filter(pk__in={row["article_id"] for row in rows}).values_list("pk", "headline"))
    for row in rows:
        sheet, headline = found[row["currency"]], headlines.get(row["article_id"], "An article that is gone")
        few = row["gifts"] < FEW
        sheet.articles.append(Line(headline, 0, 0, 0, is_few=True) if few else _line(headline, row, sheet))


def _line(what: str, row: dict[str, Any], sheet: Sheet | None = None, *, day: date | None = None) -> Line:
    whole = sheet.total.came if sheet else 0
    part = round(100 * row["came"] / whole, 1) if whole else 0
    return Line(what, row["gifts"], row["came"], row["net"], day=day, part=part)


def _rows(statement: str, facts: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        names = [column.name for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
