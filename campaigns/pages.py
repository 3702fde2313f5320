"""Which keys the pages of campaigns show. There are few campaigns: a change looks at all of them, before and after."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import Model

from articles.pages import Faces, tell
from campaigns.models import Campaign
from campaigns.wording import in_words
from newsroom import pages

CALL = "call"  # the house notice: the campaign that is asked for now
ASKED_FOR = "asked-for"  # which one that is: its own page has no notice
LIST = "campaigns"


def gifts(campaign_id: int) -> str:
    """Of what each gift changes: a campaign's page and the drawings of its progress, nothing else."""
    return f"gifts:{campaign_id}"


def text(campaign_id: int, language: str) -> str:
    """Of what a campaign's page says in one of its languages."""
    return f"campaign:{campaign_id}:{language}"


def faces() -> Faces:
    """What readers see of campaigns: four queries."""
    asked_for = Campaign.objects.asked_for().values_list("pk", "title", "slug", "call", "appeal").first()
    public = list(Campaign.objects.public().order_by("-priority", "-pk").prefetch_related("translations", "pools"))
    told: Faces = {
        CALL: asked_for,
        ASKED_FOR: asked_for and asked_for[0],
        LIST: [(one.pk, one.title, one.slug, one.call, one.status, one.ends_at) for one in public],
    }
    for one in public:
        told |= _page(one)
        told[f"progress:{one.pk}"] = (one.title, one.slug, one.goal_kind, one.goal, one.currency, one.status, one.ends_at)
    return told


def _page(campaign: Campaign) -> Faces:
    """What stands on it in every language, what in one, and where."""
    pools = [(*_seen(pool), pool.starts_at) for pool in campaign.pools.all()]
    known, translations = (_seen(campaign), pools), campaign.translations.all()
    languages = [translation.language for translation in translations]
    told: Faces = {f"campaign:{campaign.pk}": (known, languages)}
    for translation in [None, *translations]:
        words = in_words(campaign, translation)
        told[text(campaign.pk, words.language)] = (words.title, words.call, words.story, words.story_language)
        told[pages.address(words.address)] = campaign.pk
    return told


def _seen(row: Model) -> list[Any]:
    return [getattr(row, field.attname) for field in row._meta.fields if field.name not in UNSEEN]


UNSEEN = {"appeal", "priority", "starts_at", "opened_at", "schedule_error", "created_at", "entity"}
UNSEEN |= {"title", "call", "story", "thanks"}  # told by language


@contextmanager
def telling() -> Iterator[None]:
    """Inside a transaction: touch what readers see of campaigns otherwise after the block than before.

    One transaction at a time: of two that close a campaign each, neither may miss that together they leave none to ask for.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('campaigns.telling'))")
    before = faces()
    yield
    tell(before, faces())
