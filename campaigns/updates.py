"""The verbs of a campaign's news. Mailing it is in campaigns/news.py."""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef

from campaigns.models import Campaign, CampaignUpdate
from campaigns.models.campaigns import CampaignQuerySet
from newsroom import pages

MOST = 50  # on a campaign's page


def news_of(campaign_id: int) -> str:
    """The key of pages that show a campaign's news."""
    return f"news:{campaign_id}"


def with_news(campaigns: CampaignQuerySet) -> CampaignQuerySet:
    """Campaigns with `.has_news`: no query more."""
    published = CampaignUpdate.objects.filter(campaign=OuterRef("pk")).exclude(published_at=None)
    return campaigns.annotate(has_news=Exists(published))


def on_page(campaign: Campaign) -> list[CampaignUpdate]:
    """Published news, newest first, as many as a page can bear. One query; none for a campaign that is known to have no news."""
    if not getattr(campaign, "has_news", True):
        return []
    published = CampaignUpdate.objects.filter(campaign=campaign).exclude(published_at=None).select_related("image")
    return list(published.order_by("-published_at", "-pk")[:MOST])


def shown(campaign: Campaign, news: list[CampaignUpdate]) -> list[str]:
    faces = [f"image:{update.image_id}:{face}" for update in news if update.image_id for face in ("full", "words")]
    return [news_of(campaign.pk), *faces]


def publish(update: CampaignUpdate, *, by: User | None, at: datetime) -> CampaignUpdate:
    """Onto its campaign's page."""
    _allow(by)
    with transaction.atomic():
        update = locked(update)
        if update.published_at is None:
            if not (update.headline.strip() and update.text.strip()):
                raise ValidationError("News needs a headline and a text.")
            update.published_at = at
            update.save(update_fields=["published_at"])
            pages.touch(news_of(update.campaign_id))
    return update


def withdraw(update: CampaignUpdate, *, by: User | None) -> CampaignUpdate:
    """Off the page again. What was mailed stays mailed, and such news stays on the page."""
    _allow(by)
    with transaction.atomic():
        update = locked(update)
        if update.mailed_from:
            raise ValidationError("This was mailed to donors: it stays on the page. Correct it there.")
        if update.published_at:
            update.published_at = None
            update.save(update_fields=["published_at"])
            pages.touch(news_of(update.campaign_id))
    return update


def locked(update: CampaignUpdate) -> CampaignUpdate:
    return CampaignUpdate.objects.select_for_update(no_key=True, of=("self",)).select_related("campaign").get(pk=update.pk)


def _allow(user: User | None) -> None:
    if user is not None and not user.has_perm("campaigns.change_campaignupdate"):
        raise PermissionDenied("You may not publish news of campaigns.")
