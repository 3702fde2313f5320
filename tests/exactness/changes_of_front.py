"""What the verbs of the front page change."""

from datetime import timedelta

from django.test import Client

from articles import fronting
from articles.fronting import Choice
from articles.models.front import Place
from tests.exactness.changes import HARMLESS, Town, change

HARMLESS |= {"arrange_a_front_page_for_later"}


def arrangement(town: Town) -> list[Choice]:
    """A chosen lead until tomorrow, two seconds of which one is open, strips of a section and of a tag."""
    return [
        Choice(Place.LEAD, town.articles[9].pk, until=town.now + timedelta(days=1)),
        Choice(Place.SECOND),
        Choice(Place.SECOND, town.articles[2].pk),
        Choice(Place.STRIP, section=town.home.pk, entries=2),
        Choice(Place.STRIP, tag=town.water.pk, entries=2, title="At the river"),
    ]


def arrange(town: Town, *choices: Choice) -> None:
    fronting.arrange(choices, by=None, at=town.now, expected=None)


def publish(town: Town, *choices: Choice) -> None:
    arrange(town, *choices)
    fronting.publish(by=None, at=town.now, expected=None)


@change
def publish_an_arrangement(town: Town, desk: Client) -> None:
    publish(town, *arrangement(town), Choice(Place.STRIP, tag=town.courts.pk, entries=1))


@change
def put_another_story_into_a_slot(town: Town, desk: Client) -> None:
    publish(town, Choice(Place.LEAD, town.articles[11].pk), *arrangement(town)[1:])


@change
def bring_a_story_down_and_title_a_strip(town: Town, desk: Client) -> None:
    lead, _, second, *strips = arrangement(town)
    titled = Choice(Place.STRIP, section=town.world.pk, entries=2, title="Far away")
    publish(town, second, Choice(Place.SECOND), lead, titled, *strips)


@change
def arrange_a_front_page_for_later(town: Town, desk: Client) -> None:
    arrange(town, Choice(Place.LEAD, town.articles[11].pk))


@change
def end_what_is_pinned_until_now(town: Town, desk: Client) -> None:
    publish(town, *arrangement(town))
    assert fronting.end_pins(at=town.now + timedelta(days=2)) == 2
