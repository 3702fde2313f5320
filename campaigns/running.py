"""The verbs of a campaign. The only place that changes its status."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from campaigns import mishaps
from campaigns.models import Campaign
from campaigns.models.campaigns import check_currency
from campaigns.pages import telling
from newsroom import money

logger = logging.getLogger(__name__)
Status = Campaign.Status


def allow(user: User | None) -> None:
    if user is not None and not user.has_perm("campaigns.change_campaign"):
        raise PermissionDenied("You may not open or close campaigns.")


def locked(campaign: Campaign) -> Campaign:
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)


def open_campaign(campaign: Campaign, *, by: User | None, at: datetime) -> Campaign:
    """Draft, planned or closed → open; planned when its start is still to come. ValidationError names what is missing."""
    allow(by)
    with transaction.atomic():
        campaign = locked(campaign)
        if campaign.status == Status.OPEN:
            return campaign
        check(campaign, at=at)
        campaign.status, campaign.closed_at = (Status.OPEN if campaign.starts_at <= at else Status.PLANNED), None
        if campaign.status == Status.OPEN:
            campaign.opened_at = campaign.opened_at or at
        campaign.schedule_error = ""
        with telling():
            campaign.save(update_fields=["status", "opened_at", "closed_at", "schedule_error"])
    return campaign


def close_campaign(campaign: Campaign, *, by: User | None, at: datetime) -> Campaign:
    """Open → closed: its page thanks instead of asking. Planned → draft, or closed as it
    was before. Money that is under way still arrives."""
    allow(by)
    with transaction.atomic():
        campaign = locked(campaign)
        if campaign.status == Status.OPEN:
            campaign.status, campaign.closed_at = Status.CLOSED, at
        elif campaign.status == Status.PLANNED:
            campaign.status, campaign.closed_at = (Status.CLOSED, at) if campaign.opened_at else (Status.DRAFT, None)
        campaign.schedule_error = ""
        with telling():
            campaign.save(update_fields=["status", "closed_at", "schedule_error"])
    return campaign


def campaigns_due(*, at: datetime) -> tuple[int, int]:
    """Open what has reached its start and close what has reached its end: (opened, closed). Gifts obey to the second anyway.

    One campaign's trouble delays no other: why it could not open stands in its row, and it is tried again.
    """
    starting = Campaign.objects.filter(status=Status.PLANNED, starts_at__lte=at).exclude(ends_at__lte=at)
    ending = Campaign.objects.filter(status=Status.OPEN, ends_at__lte=at)
    closed = [_try(close_campaign, campaign, at=at) for campaign in ending]
    opened = [_try(open_campaign, campaign, at=at) for campaign in starting]
    return sum(opened), sum(closed)


def _try(verb: Callable[..., Campaign], campaign: Campaign, *, at: datetime) -> bool:
    try:
        verb(campaign, by=None, at=at)
    except Exception as error:
        problem = mishaps.told(error)
        if problem != campaign.schedule_error:  # every minute: said once
            logger.warning("Campaign %s: %s failed. %s", campaign.pk, verb.__name__, problem)
            with transaction.atomic():
                campaign = locked(campaign)
                with telling():  # by the clock it may be seen as open
                    Campaign.objects.filter(pk=campaign.pk).update(schedule_error=problem)
        return False
    return True


def check(campaign: Campaign, *, at: datetime) -> None:
    """Whether it could open at that moment. ValidationError names what is missing."""
    if campaign.ends_at and campaign.ends_at <= at:
        raise ValidationError("The end has passed: choose a later one, or none, and open the campaign again.")
    check_currency(campaign.currency)
    if not campaign.call.strip():
        raise ValidationError("Before it can open the campaign needs its call: one or two sentences.")
    if not campaign.suggested_amounts:
        raise ValidationError("Before it can open the campaign needs amounts to suggest.")
    if not campaign.rhythms:
        raise ValidationError("Before it can open the campaign needs a rhythm: once, monthly or yearly.")
    for rhythm in campaign.rhythms:
        if any(amount < campaign.least(rhythm) for amount in campaign.suggested(rhythm)):
            smallest = money.display(campaign.least(rhythm), campaign.currency)
            raise ValidationError(f"A suggested amount is below the smallest gift, {smallest}.")
