"""Which keys the pages of campaigns show. There are few campaigns: a change looks at all of them, before and after."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from articles.pages import Faces, tell
from campaigns.models import Campaign
from campaigns.models.asking import EVERYWHERE, Answer, Place, answer, is_meant_for, stands_at, turn, where_all_are_meant
from campaigns.wording import in_words
from newsroom import pages

CALL = "call"  # which campaign is asked for where nothing narrower is
LIST = "campaigns"
UNSEEN = {"appeal", "priority", "is_chosen", "has_bar", "starts_at", "opened_at", "schedule_error", "created_at"}
UNSEEN |= {"title", "call", "story", "thanks", "entity"}  # told by language, or not at all
UNFRAMED = {"image", "goal", "goal_kind"}  # not in the form that partners show


def gifts(campaign_id: int) -> str:
    """Of what each gift changes: a campaign's page and the drawings of its progress, nothing else."""
    return f"gifts:{campaign_id}"


def text(campaign_id: int, language: str) -> str:
    """Of what a campaign's page says in one of its languages."""
    return f"campaign:{campaign_id}:{language}"


def progress(campaign_id: int, language: str) -> str:
    """Of what the drawings of its progress say besides the figures."""
    return f"progress:{campaign_id}:{language}"


def framed(campaign_id: int, language: str) -> str:
    """Of the form that partners show."""
    return f"frame:{campaign_id}:{language}"


def until_it_turns(campaign: Campaign, at: datetime) -> list[str]:
    """Of what is true of it until its start or its end."""
    return [pages.until(moment)] if (moment := campaign.turns_at(at)) else []


def asks(campaign_id: int) -> str:
    """Of what its call says, wherever it stands."""
    return f"asks:{campaign_id}"


def call_at(part: Place) -> str:
    """Of which campaign is meant for a section or a tag and asked for there."""
    return f"call:{part.name}"


def meant(campaign: Campaign, part: Place) -> str:
    """Of a campaign's being asked for at a section or a tag that it names, as long as nothing comes before it."""
    return f"meant:{campaign.pk}:{part.name}"


def before(campaign: Campaign, part: Place) -> str:
    """Of what comes, or will come, before a campaign at a section or a tag, which may be another than those it names."""
    return f"before:{campaign.pk}:{part.name}"


def shown_asking(campaigns: list[Campaign], place: Place, given: Answer) -> list[str]:
    """Of the answer which campaign is asked for at a place: what would make it another one. Not of what the call says."""
    until = [pages.until(given.until)] if given.until else []
    asked = given.campaign
    if asked is None or not is_meant_for(asked, place):
        return [CALL, *(call_at(part) for part in place.parts), *until]
    own = next(part for part in place.parts if is_meant_for(asked, part))
    return [meant(asked, own), *(before(asked, part) for part in place.parts), *until]


def faces(*, at: datetime | None = None) -> Faces:
    """What readers see of campaigns: five queries. `at`: the moment of looking, now; pages are drawn by the clock."""
    at = at or timezone.now()
    coming = list(Campaign.objects.on_its_way())
    public = list(Campaign.objects.public(at=at).order_by("-priority", "-pk").prefetch_related("translations", "pools"))
    told = _asking(coming, at)
    moments = [moment for one in coming if (moment := one.turns_at(at))]
    seen = [(one.pk, one.title, one.language, one.slug, one.call, _standing(one, at), one.ends_at) for one in public]
    told[LIST] = (seen, min(moments, default=None))
    for one in public:
        told |= _page(one, _standing(one, at))
        told[f"wall:{one.pk}"] = (one.title, one.language, one.slug, one.has_wall)
    return told


def _page(campaign: Campaign, standing: object) -> Faces:
    """What stands on it in every language, what in one, and where; and what stands in the form that partners show."""
    fields, translations = _seen(campaign), campaign.translations.all()
    pools = [(*_seen(pool).values(), pool.starts_at) for pool in campaign.pools.all()]
    languages = [translation.language for translation in translations]
    form = {name: fields[name] for name in fields.keys() - UNFRAMED}
    drawn = (campaign.slug, campaign.goal_kind, campaign.goal, campaign.currency, standing, campaign.ends_at)
    told: Faces = {f"campaign:{campaign.pk}": (fields, pools, languages, standing)}
    for translation in [None, *translations]:
        words = in_words(campaign, translation)
        told[text(campaign.pk, words.language)] = (words.title, words.call, words.story, words.story_language)
        told[framed(campaign.pk, words.language)] = (words.title, words.call, form, standing)
        told[progress(campaign.pk, words.language)] = (words.title, *drawn)
        told[pages.address(words.address)] = campaign.pk
    return told


def _seen(row: Model) -> dict[str, Any]:
    return {field.name: getattr(row, field.attname) for field in row._meta.fields if field.name not in UNSEEN}


def _standing(campaign: Campaign, at: datetime) -> tuple[object, ...]:
    """Its status by the verbs and by the clock, and how long that holds. By the verbs too, although pages are drawn by the
    clock: of several hosts one's clock may be late, and what it kept is to go when the verb runs."""
    return campaign.status, campaign.status_at(at), campaign.turns_at(at)


def _asking(coming: list[Campaign], at: datetime) -> Faces:
    """Who is asked for everywhere, at each section and tag that a campaign names, and what its call says there."""
    told: Faces = {CALL: _answered(coming, EVERYWHERE, at)}
    parts = where_all_are_meant(coming).parts
    for part in parts:
        told[call_at(part)] = _answered([one for one in coming if is_meant_for(one, part)], part, at)
    for one in coming:
        told |= _meant(one, parts, coming, at)
        told[asks(one.pk)] = (one.title, one.slug, one.call, one.appeal, one.has_bar, one.language)
    return told


def _meant(campaign: Campaign, parts: list[Place], coming: list[Campaign], at: datetime) -> Faces:
    """A face `before` only where there is something before it: where nobody is, nothing is seen."""
    alone = _answered([campaign], where_all_are_meant([campaign]), at)
    told: Faces = {meant(campaign, part): alone for part in where_all_are_meant([campaign]).parts}
    for part in parts if told else []:
        rivals = [campaign, *(one for one in coming if one != campaign and is_meant_for(one, part))]
        among = _answered(rivals, where_all_are_meant(rivals), at)
        told |= {before(campaign, part): among} if among != alone else {}
    return told


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
    seen = faces(at=at)
    yield
    tell(seen, faces(at=at))
