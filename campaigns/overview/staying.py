"""How many of the pledges begun in a month still give after 1, 3, 6 and 12 months."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from campaigns.overview.periods import Period, months_later, zone

AFTER = (1, 3, 6, 12)
COHORTS = 24
PATIENCE = timedelta(days=15)  # a declined gift is tried again for two weeks

# A monthly one gives after n months when a gift arrived then or later; three days are for what a bank takes, and for the hour of
# the first one. A yearly one that is not yet due again gives until it is ended.
GIVES = """count(*) FILTER (WHERE CASE WHEN rhythm = 'yearly' AND {n} < 12
    THEN ended IS NULL OR ended >= (begun + interval '{n} months')::date
    ELSE latest >= (begun + interval '{n} months')::date - 3 END)"""
STAYED = f"""
    SELECT date_trunc('month', begun)::date AS month, count(*), {", ".join(GIVES.format(n=n) for n in AFTER)}
    FROM (
        SELECT p.rhythm, (p.started_at AT TIME ZONE %(zone)s)::date AS begun, (p.ended_at AT TIME ZONE %(zone)s)::date AS ended,
            (SELECT (max(d.received_at) AT TIME ZONE %(zone)s)::date FROM campaigns_donation d
                WHERE d.pledge_id = p.id AND d.status = 'received') AS latest
        FROM campaigns_pledge p WHERE p.started_at >= %(begin)s AND p.started_at < %(end)s
    ) p GROUP BY 1 ORDER BY 1
"""  # noqa: S608  nothing but constants stands in it


@dataclass(frozen=True, slots=True)
class Cohort:
    """The pledges that began in a month. `kept` has for each of AFTER how many still gave; None while that is not known."""

    month: date
    begun: int
    kept: list[int | None]

    @property
    def parts(self) -> list[int | None]:
        """In per cent."""
        return [None if kept is None else round(100 * kept / self.begun) for kept in self.kept]


def cohorts(*, today: date) -> list[Cohort]:
    """Of the last two years, this month's left out: oldest first. One query."""
    this_month = months_later(today, 0)
    span = Period(months_later(today, -COHORTS), this_month - timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(STAYED, {"zone": zone(), "begin": span.begin, "end": span.end})
        rows = cursor.fetchall()
    return [Cohort(month, begun, _known(month, kept, today)) for month, begun, *kept in rows]


def _known(month: date, kept: list[int], today: date) -> list[int | None]:
    """Not before the month's last pledge has had its time."""
    return [number if months_later(month, 1 + n) + PATIENCE <= today else None for n, number in zip(AFTER, kept, strict=True)]
