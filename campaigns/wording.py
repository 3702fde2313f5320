"""A campaign's texts in one of its languages."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse

from campaigns.models import Campaign, CampaignTranslation
from campaigns.models.campaigns import CampaignQuerySet


@dataclass(frozen=True, slots=True)
class Words:
    """What a translation leaves empty is said in the campaign's own language: the two last say in which."""

    language: str
    address: str
    title: str
    call: str
    appeal: str
    story: str
    thanks: str
    story_language: str
    thanks_language: str


def with_languages(campaigns: CampaignQuerySet) -> CampaignQuerySet:
    """Campaigns with `.translated`, the languages they have besides their own: no query more."""
    own = CampaignTranslation.objects.filter(campaign=OuterRef("pk")).order_by("language").values("language")
    return campaigns.annotate(translated=ArraySubquery(own))


def languages_of(campaign: Campaign) -> list[str]:
    """Its own, and those that it was translated into."""
    known: list[str] | None = getattr(campaign, "translated", None)
    if known is None:
        known = list(campaign.translations.values_list("language", flat=True))
    return [campaign.language, *(language for language in known if language != campaign.language)]


def address_in(campaign: Campaign, language: str) -> str:
    """Of its page in that language."""
    if language == campaign.language:
        return campaign.get_absolute_url()
    return reverse("campaigns:translated", args=[campaign.slug, language])


def words_of(campaign: Campaign, language: str = "") -> Words:
    """Its texts in that language; in its own for none, and for one that it does not have. One query at the most."""
    if not language or language == campaign.language:
        return in_words(campaign)
    return in_words(campaign, CampaignTranslation.objects.filter(campaign=campaign, language=language).first())


def in_words(campaign: Campaign, translation: CampaignTranslation | None = None) -> Words:
    of = translation or campaign
    return Words(
        language=of.language,
        address=address_in(campaign, of.language),
        title=of.title,
        call=of.call,
        appeal=of.appeal or campaign.appeal,
        story=of.story or campaign.story,
        thanks=of.thanks or campaign.thanks,
        story_language=of.language if of.story else campaign.language,
        thanks_language=of.language if of.thanks else campaign.language,
    )
