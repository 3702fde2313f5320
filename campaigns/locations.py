"""Which public addresses campaigns have: for `manage.py pages warm`."""

from collections.abc import Iterator

from django.urls import reverse

from campaigns.models import Campaign
from campaigns.wording import address_in


def first() -> Iterator[str]:
    """There are few campaigns: all of them, the one that is asked for now before the others."""
    yield reverse("campaigns:list")
    public = Campaign.objects.public().only("slug", "language").prefetch_related("translations")
    for campaign in public.order_by("-status", "-priority", "-pk"):
        yield campaign.get_absolute_url()
        yield from (address_in(campaign, translation.language) for translation in campaign.translations.all())
        yield reverse("campaigns:progress_svg", args=[campaign.slug])
        yield reverse("campaigns:progress_json", args=[campaign.slug])


def every() -> Iterator[str]:
    return iter(())
