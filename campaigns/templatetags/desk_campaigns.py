"""How far the campaigns have come that ask now, on the desk's first page."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone

from campaigns import tallying
from campaigns.models import Campaign
from campaigns.progress import days_left_in_words, progress_of
from newsroom import money

register = template.Library()
SHOWN = 4


@register.inclusion_tag("admin/_campaigns_now.html", takes_context=True)
def campaigns_now(context: dict[str, Any]) -> dict[str, Any]:
    """One query for those who may see campaigns; nothing for others. Nobody's name is in it."""
    user = context["request"].user
    if not user.has_perm("campaigns.view_campaign"):
        return {}
    open_now = Campaign.objects.filter(status=Campaign.Status.OPEN).order_by("ends_at", "pk")
    rows = tallying.with_totals(open_now)[:SHOWN]
    return {"campaigns": [_told(campaign) for campaign in rows], "may_see_giving": user.has_perm("campaigns.view_ledgerentry")}


def _told(campaign: Campaign) -> dict[str, Any]:
    """Of a goal that counts donors the sum alone: to count them every line of the ledger is read."""
    if campaign.goal_kind == Campaign.GoalKind.DONORS:
        total, gifts = tallying.total(campaign)
        progress = None
        words = f"{money.display(total, campaign.currency)} in {gifts:,} gift{'' if gifts == 1 else 's'}"
    else:
        progress = progress_of(campaign)
        words = f"{progress.words}, {progress.gifts_text}"
    left = days_left_in_words(campaign, at=timezone.now())
    return {
        "title": campaign.title,
        "address": reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
        "progress": progress,
        "words": f"{words}, {left}" if left else words,
    }
