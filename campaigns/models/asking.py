"""Which campaign is asked for: at a place, at a moment, and until when that holds. The one definition, for every page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from campaigns.models.campaigns import Campaign


@dataclass(frozen=True, slots=True)
class Place:
    """Beside an article, or on a list, of a section or of tags (primary keys). Neither: everywhere else."""

    sections: frozenset[int] = frozenset()
    tags: frozenset[int] = frozenset()

    @property
    def parts(self) -> list["Place"]:
        """Each section and each tag by itself."""
        sections = [Place(sections=frozenset({pk})) for pk in sorted(self.sections)]
        return sections + [Place(tags=frozenset({pk})) for pk in sorted(self.tags)]

    @property
    def name(self) -> str:
        """Of a part."""
        return ":".join([f"section:{pk}" for pk in self.sections] + [f"tag:{pk}" for pk in self.tags])


EVERYWHERE = Place()


@dataclass(frozen=True, slots=True)
class Answer:
    campaign: "Campaign | None"
    until: datetime | None  # when, by the plan as it stands, it will be another one; None: never


def is_meant_for(campaign: "Campaign", place: Place) -> bool:
    """Whether its own sections and tags name this place."""
    return not (place.sections.isdisjoint(campaign.section_pks) and place.tags.isdisjoint(campaign.tag_pks))


def stands_at(campaign: "Campaign", place: Place) -> bool:
    """What is meant for other places is not asked for here, unless somebody chose it by hand."""
    return is_meant_for(campaign, place) or campaign.is_chosen or not (campaign.section_pks or campaign.tag_pks)


def turn(campaign: "Campaign", place: Place) -> tuple[Any, ...]:
    """What is meant for this very place, then by hand, then by priority, then the newest: the greatest is asked for."""
    return is_meant_for(campaign, place), campaign.is_chosen, campaign.priority, campaign.starts_at, campaign.pk


def in_turn(campaigns: Iterable["Campaign"], place: Place, *, at: datetime) -> list["Campaign"]:
    """Those that ask at this place and moment, the one that is asked for first."""
    asking = [one for one in campaigns if one.takes_gifts(at=at) and stands_at(one, place)]
    return sorted(asking, key=lambda one: turn(one, place), reverse=True)


def answer(campaigns: list["Campaign"], place: Place, *, at: datetime) -> Answer:
    first = next(iter(in_turn(campaigns, place, at=at)), None)
    moments = {moment for one in campaigns for moment in (one.starts_at, one.ends_at) if moment and moment > at}
    others = (moment for moment in sorted(moments) if next(iter(in_turn(campaigns, place, at=moment)), None) != first)
    return Answer(first, next(others, None))


def where_all_are_meant(campaigns: Iterable["Campaign"]) -> Place:
    """A place that all of these are meant for: there their turn alone decides."""
    sections = {pk for one in campaigns for pk in one.section_pks}
    return Place(frozenset(sections), frozenset(pk for one in campaigns for pk in one.tag_pks))
