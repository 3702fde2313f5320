"""Which public addresses campaigns have: for `manage.py pages warm`."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from campaigns import wall
from campaigns.models import Campaign, PartnerHost
from campaigns.wording import address_in


def first() -> Iterator[str]:
    """There are few campaigns: all of them, the one that is asked for now before the others."""
    yield reverse("campaigns:list")
    public = Campaign.objects.public(at=timezone.now()).only("slug", "language", "has_wall").prefetch_related("translations")
    for campaign in public.order_by("-status", "-priority", "-pk"):
        yield campaign.get_absolute_url()
        others = [translation.language for translation in campaign.translations.all()]
        yield from (address_in(campaign, language) for language in others)
        for named in ([campaign.slug], *([campaign.slug, language] for language in others)):
            yield reverse("campaigns:progress_svg", args=named)
            yield reverse("campaigns:progress_png", args=named)
            yield reverse("campaigns:progress_json", args=named)


def every() -> Iterator[str]:
    """Their forms in frames, and the names of who gave."""
    hosts = list(PartnerHost.objects.values_list("host", flat=True))
    public = Campaign.objects.public(at=timezone.now()).only("slug", "has_wall").prefetch_related("translations")
    for campaign in public.order_by("-pk"):
        yield reverse("campaigns:embed", args=[campaign.slug])
        yield from (reverse("campaigns:embed_for", args=[campaign.slug, host]) for host in hosts)
        for translation in campaign.translations.all():
            named = [campaign.slug, translation.language]
            yield reverse("campaigns:embed_in", args=named)
            yield from (reverse("campaigns:embed_in_for", args=[*named, host]) for host in hosts)
        if campaign.has_wall:
            yield reverse("campaigns:wall", args=[campaign.slug])
            full = wall.page_of(campaign).full
            yield from (reverse("campaigns:wall_page", args=[campaign.slug, number]) for number in range(full, 0, -1))
