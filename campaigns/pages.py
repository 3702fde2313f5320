"""Which keys the pages of campaigns show. There are few campaigns: a change looks at all of them, before and after."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from articles.pages import Faces, tell
from campaigns.models import Campaign
from newsroom import pages

CALL = "call"  # the house notice: the campaign that is asked for now
ASKED_FOR = "asked-for"  # which one that is: its own page has no notice
LIST = "campaigns"


def gifts(campaign_id: int) -> str:
    """Of what each gift changes: a campaign's page and the drawings of its progress, nothing else."""
    return f"gifts:{campaign_id}"


def faces() -> Faces:
    """What readers see of campaigns: two queries."""
    asked_for = Campaign.objects.asked_for().values_list("pk", "title", "slug", "call", "appeal").first()
    public = list(Campaign.objects.public().order_by("-priority", "-pk"))
    told: Faces = {
        CALL: asked_for,
        ASKED_FOR: asked_for and asked_for[0],
        LIST: [(one.pk, one.title, one.slug, one.call, one.status, one.ends_at) for one in public],
    }
    for one in public:
        told[f"campaign:{one.pk}"] = [getattr(one, field.attname) for field in one._meta.fields if field.name not in UNSEEN]
        told[f"progress:{one.pk}"] = (one.title, one.slug, one.goal_kind, one.goal, one.currency, one.status, one.ends_at)
        told[pages.address(one.get_absolute_url())] = one.pk
    return told


UNSEEN = {"appeal", "priority", "starts_at", "opened_at", "schedule_error", "created_at"}


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
