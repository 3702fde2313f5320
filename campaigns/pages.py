"""Which keys the pages of campaigns show. There are few campaigns: a change looks at all of them, before and after."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import combinations

from django.db import connection
from django.utils import timezone

from articles.pages import Faces, tell
from campaigns.models import Campaign
from campaigns.models.asking import EVERYWHERE, Answer, Place, answer, is_meant_for, rivals, stands_at, turn
from newsroom import pages

CALL = "call"  # which campaign is asked for where nothing narrower is
LIST = "campaigns"
UNSEEN = {"appeal", "priority", "is_chosen", "has_bar", "starts_at", "opened_at", "schedule_error", "created_at"}


def gifts(campaign_id: int) -> str:
    """Of what each gift changes: a campaign's page and the drawings of its progress, nothing else."""
    return f"gifts:{campaign_id}"


def until_it_turns(campaign: Campaign, at: datetime) -> list[str]:
    """Of what is true of it until its start or its end."""
    return [pages.until(moment)] if (moment := campaign.turns_at(at)) else []


def asks(campaign_id: int) -> str:
    """Of what its call says, wherever it stands."""
    return f"asks:{campaign_id}"


def call_at(part: Place) -> str:
    """Of which campaign is meant for a section or a tag, the one that is asked for there."""
    return f"call:section:{part.section}" if part.section else f"call:tag:{min(part.tags)}"


def rank(one: Campaign, other: Campaign) -> str:
    """Of which of two comes first where both are meant."""
    return f"rank:{one.pk}:{other.pk}"


def shown_asking(campaigns: list[Campaign], place: Place, given: Answer) -> list[str]:
    """Of the answer which campaign is asked for at a place: what would make it another one. Not of what the call says."""
    keys = [call_at(part) for part in place.parts]
    keys += [rank(one, other) for one, other in rivals(campaigns, place)]
    is_narrow = given.campaign is not None and is_meant_for(given.campaign, place)
    return keys + ([] if is_narrow else [CALL]) + ([pages.until(given.until)] if given.until else [])


def faces(*, at: datetime | None = None) -> Faces:
    """What readers see of campaigns: two queries. `at`: the moment of looking, now; pages are drawn by the clock."""
    at = at or timezone.now()
    coming, public = list(Campaign.objects.on_its_way()), list(Campaign.objects.public(at=at).order_by("-priority", "-pk"))
    told = _asking(coming, at)
    moments = [moment for one in coming if (moment := one.turns_at(at))]
    seen = [(one.pk, one.title, one.slug, one.call, _standing(one, at), one.ends_at) for one in public]
    told[LIST] = (seen, min(moments, default=None))
    for one in public:
        fields = [getattr(one, field.attname) for field in one._meta.fields if field.name not in UNSEEN]
        told[f"campaign:{one.pk}"] = (fields, _standing(one, at))
        told[f"wall:{one.pk}"] = (one.title, one.slug, one.has_wall)
        told[f"progress:{one.pk}"] = (one.title, one.slug, one.goal, one.currency, _standing(one, at), one.ends_at)
        told[pages.address(one.get_absolute_url())] = one.pk
    return told


def _standing(campaign: Campaign, at: datetime) -> tuple[object, ...]:
    """Its status by the verbs and by the clock, and how long that holds. By the verbs too, although pages are drawn by the
    clock: of several hosts one's clock may be late, and what it kept is to go when the verb runs."""
    return campaign.status, campaign.status_at(at), campaign.turns_at(at)


def _asking(coming: list[Campaign], at: datetime) -> Faces:
    """Who is asked for everywhere, at each section and tag that a campaign names, and what its call says there."""
    told: Faces = {CALL: _answered(coming, EVERYWHERE, at)}
    sections, tags = {pk for one in coming for pk in one.section_pks}, {pk for one in coming for pk in one.tag_pks}
    for part in [*(Place(section=pk) for pk in sections), *Place(tags=frozenset(tags)).parts]:
        told[call_at(part)] = _answered([one for one in coming if is_meant_for(one, part)], part, at)
    for one, other in combinations([one for one in coming if one.section_pks or one.tag_pks], 2):  # by their keys
        told[rank(one, other)] = turn(one, EVERYWHERE)[1:] > turn(other, EVERYWHERE)[1:]
    return told | {asks(one.pk): (one.title, one.slug, one.call, one.appeal, one.has_bar, one.language) for one in coming}


def _answered(campaigns: list[Campaign], place: Place, at: datetime) -> tuple[object, ...]:
    """By the clock and until when; and by the verbs alone, for the same reason as `_standing`."""
    by_clock = answer(campaigns, place, at=at)
    by_verbs = [one for one in campaigns if one.is_open and stands_at(one, place)]
    first = max(by_verbs, key=lambda one: turn(one, place), default=None)
    return by_clock.campaign and by_clock.campaign.pk, by_clock.until, first and first.pk


@contextmanager
def telling() -> Iterator[None]:
    """Inside a transaction: touch what readers see of campaigns otherwise after the block than before.

    One transaction at a time: of two that close a campaign each, neither may miss that together they leave none to ask for.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('campaigns.telling'))")
    at = timezone.now()
    before = faces(at=at)
    yield
    tell(before, faces(at=at))
