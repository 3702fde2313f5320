"""What sponsors promised to add, reckoned from the ledger: never kept, so a refund frees its share at once.

A gift is matched once, in the order in which gifts arrived: by the first pool whose window it came into and of which
something is left. What a pool cannot take any more goes on to the next one. Of a gift counts what is left of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from campaigns.models import Campaign, MatchingPool
from campaigns.models.campaigns import CampaignQuerySet
from newsroom import money, pages

# The gifts of which something is left, with the moment at which each arrived.
GIFTS = """
    nets AS (
        SELECT donation_id, sum(amount)::bigint AS rest FROM campaigns_ledgerentry
        WHERE campaign_id = %s AND currency = %s GROUP BY donation_id HAVING sum(amount) > 0
    ), gifts0 AS (
        SELECT e.at, e.id, d.donor_id, n.rest FROM nets n
        JOIN campaigns_ledgerentry e ON e.donation_id = n.donation_id AND e.kind = 'gift'
        JOIN campaigns_donation d ON d.id = n.donation_id
    )"""
# One pool takes its part, and what is left of each gift goes on. A gift that is matched in full is used up.
POOL = """
    wanted{n} AS (
        SELECT *, CASE WHEN at >= %s AND (%s::timestamptz IS NULL OR at < %s) AND donor_id IS DISTINCT FROM %s::bigint
            THEN rest * %s / %s END AS want FROM gifts{last}
    ), taken{n} AS (
        SELECT *, greatest(0, least(
            coalesce(want, 0), %s - (sum(coalesce(want, 0)) OVER (ORDER BY at, id) - coalesce(want, 0))
        ))::bigint AS took FROM wanted{n}
    ), gifts{n} AS (
        SELECT at, id, donor_id, CASE WHEN want IS NULL THEN rest WHEN took = want THEN 0
            ELSE rest - (took * %s + %s - 1) / %s END AS rest FROM taken{n}
    )"""
SUM = "(SELECT coalesce(sum(took), 0) FROM taken{n})"


@dataclass(frozen=True, slots=True)
class Match:
    """How a pool stands. Sums in minor units of the campaign's currency."""

    pool: MatchingPool
    matched: int
    currency: str
    is_planned: bool
    is_over: bool

    @property
    def left(self) -> int:
        return self.pool.cap - self.matched

    @property
    def is_exhausted(self) -> bool:
        return self.left <= 0

    @property
    def is_running(self) -> bool:
        return not (self.is_planned or self.is_over or self.is_exhausted)

    @property
    def does(self) -> str:
        """“doubles every gift”, “adds €1 to every €2 given”."""
        ratio = (self.pool.numerator, self.pool.denominator)
        if ratio[1] == 1 and ratio[0] in WORDS:
            return _(WORDS[ratio[0]])
        adds, each = (money.display(part * 10 ** money.exponent(self.currency), self.currency) for part in ratio)
        return _("adds {adds} to every {each} given").format(adds=adds, each=each)


WORDS = {1: gettext_noop("doubles every gift"), 2: gettext_noop("trebles every gift")}


def with_pools(campaigns: CampaignQuerySet) -> CampaignQuerySet:
    """Campaigns with `.has_pools`: no query more."""
    return campaigns.annotate(has_pools=Exists(MatchingPool.objects.filter(campaign=OuterRef("pk"))))


def matches_of(campaign: Campaign, *, at: datetime) -> list[Match]:
    """Every pool of the campaign as it stands at that moment, the one that is used first before the others. Two queries;
    none for a campaign that is known to have no pool."""
    if not getattr(campaign, "has_pools", True):
        return []
    pools = list(campaign.pools.order_by("starts_at", "pk"))
    return [
        Match(
            pool=pool,
            matched=matched,
            currency=campaign.currency,
            is_planned=at < pool.starts_at,
            is_over=not campaign.is_open or (pool.ends_at is not None and pool.ends_at <= at),
        )
        for pool, matched in zip(pools, _matched(campaign, pools), strict=True)
    ]


def until_keys(matches: Sequence[Match], *, at: datetime) -> list[str]:
    """The moments at which a page about them says something else."""
    bounds = [bound for match in matches for bound in (match.pool.starts_at, match.pool.ends_at) if bound and bound > at]
    return [pages.until(bound) for bound in bounds]


def _matched(campaign: Campaign, pools: Sequence[MatchingPool]) -> list[int]:
    if not pools:
        return []
    parts = [GIFTS]
    params: list[Any] = [campaign.pk, campaign.currency]
    for number, pool in enumerate(pools, 1):
        parts.append(POOL.format(n=number, last=number - 1))
        params += [pool.starts_at, pool.ends_at, pool.ends_at, pool.donor_id, pool.numerator, pool.denominator]
        params += [pool.cap, pool.denominator, pool.numerator, pool.numerator]
    sums = ", ".join(SUM.format(n=number) for number in range(1, len(pools) + 1))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {','.join(parts)} SELECT {sums}", params)
        return [int(matched) for matched in cursor.fetchone()]
