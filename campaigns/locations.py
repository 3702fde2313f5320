"""Which public addresses campaigns have: for `manage.py pages warm`."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign


def first() -> Iterator[str]:
    """There are few campaigns: all of them, the one that is asked for now before the others."""
    yield reverse("campaigns:list")
    for campaign in Campaign.objects.public(at=timezone.now()).only("slug").order_by("-status", "-priority", "-pk"):
        yield campaign.get_absolute_url()
        yield reverse("campaigns:progress_svg", args=[campaign.slug])
        yield reverse("campaigns:progress_png", args=[campaign.slug])
        yield reverse("campaigns:progress_json", args=[campaign.slug])


def every() -> Iterator[str]:
    return iter(())
