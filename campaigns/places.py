"""Campaigns that are asked for beside a section or a tag, when the articles' desk merges or deletes it.

Articles know nothing of campaigns: their signals tell us. Both run inside the transaction that merges or deletes.
"""

from collections.abc import Iterable
from typing import Any

from articles.models import Section, Tag
from campaigns.models import Campaign
from campaigns.pages import telling


def follow(sender: Any, *, tags: Iterable[int], into: Tag, **_: Any) -> None:
    """What was asked for with a tag is asked for with the one into which it is merged."""
    named = Campaign.objects.filter(tags__in=tags).distinct()
    if named.exists():
        with telling():
            for campaign in named:
                campaign.tags.add(into)
                campaign.tags.remove(*tags)


def forget(sender: Any, *, instance: Section | Tag, **_: Any) -> None:
    """A campaign that named nothing else is asked for everywhere from now on."""
    field = "sections" if isinstance(instance, Section) else "tags"
    named = Campaign.objects.filter(**{field: instance})
    if named.exists():
        with telling():
            for campaign in named:
                getattr(campaign, field).remove(instance)
