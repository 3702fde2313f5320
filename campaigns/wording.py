"""A campaign's texts in one of its languages."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
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


def titled(rows: QuerySet[Any], language: str) -> QuerySet[Any]:
    """Gifts or pledges with `.title` of their campaign in that language, and `.told_in`, the language it came out: the
    campaign's own where it has no other. No query more."""
    known = CampaignTranslation.objects.filter(campaign=OuterRef("campaign"), language=language)
    return rows.annotate(
        title=Coalesce(Subquery(known.values("title")[:1]), F("campaign__title")),
        told_in=Coalesce(Subquery(known.values("language")[:1]), F("campaign__language")),
    )


def title_in(campaign: Campaign, language: str) -> str:
    """Empty where the campaign has no such language. No query for its own."""
    if language == campaign.language:
        return campaign.title
    found = CampaignTranslation.objects.filter(campaign=campaign, language=language).values_list("title", flat=True)
    return found.first() or ""


def progress_in(words: Words, form: str) -> str:
    """The address of its progress as “svg”, “png” or “json”, in the language of the words."""
    return f"{words.address}progress.{form}"


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
