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
        yield from (address_in(campaign, translation.language) for translation in campaign.translations.all())
        yield reverse("campaigns:progress_svg", args=[campaign.slug])
        yield reverse("campaigns:progress_png", args=[campaign.slug])
        yield reverse("campaigns:progress_json", args=[campaign.slug])


def every() -> Iterator[str]:
    """Their forms in frames, and the names of who gave."""
    hosts = list(PartnerHost.objects.values_list("host", flat=True))
    for campaign in Campaign.objects.public(at=timezone.now()).only("slug", "has_wall").order_by("-pk"):
        yield reverse("campaigns:embed", args=[campaign.slug])
        yield from (reverse("campaigns:embed_for", args=[campaign.slug, host]) for host in hosts)
        if campaign.has_wall:
            yield reverse("campaigns:wall", args=[campaign.slug])
            full = wall.page_of(campaign).full
            yield from (reverse("campaigns:wall_page", args=[campaign.slug, number]) for number in range(full, 0, -1))
