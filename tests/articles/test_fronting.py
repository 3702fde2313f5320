"""The front page as editors arrange it: slots that are chosen, slots that fill themselves, and who may."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from articles import fronting, tagging
from articles.fronting import Choice, Collision
from articles.models import Article, FrontPage, Section, Slot
from articles.models.front import Place
from articles.publishing import publish, restore, withdraw
from newsroom.models import AuditEntry
from tests.factories import NOON, make_article, make_author, make_section, make_tag, make_user
from tests.pages import attribute, texts, tree

pytestmark = pytest.mark.django_db
LEAD, SECOND = Choice(Place.LEAD), Choice(Place.SECOND)


def pinned(article: Article, place: str = Place.LEAD, **more: Any) -> Choice:
    return Choice(place, article.pk, **more)


def strip(of: Any, entries: int = 3, **more: Any) -> Choice:
    key = {"section": of.pk} if isinstance(of, Section) else {"tag": of.pk}
    return Choice(Place.STRIP, entries=entries, **key, **more)


def arranged(*choices: Choice) -> FrontPage:
    """Published as readers see it."""
    fronting.arrange(choices, by=None, at=NOON, expected=None)
    return fronting.publish(by=None, at=NOON, expected=None)


def head(client: Client) -> list[str]:
    response = client.get("/")
    return texts(response, "lead-headline") + texts(response, "second-headline")


def lists(client: Client) -> dict[str, list[str]]:
    found = {}
    for each in tree(client.get("/")).xpath("//section[contains(@class, 'strip')]"):
        found[each.xpath("string(h2)")] = [str(line) for line in each.xpath(".//h3/a/text()")]
    return found


def headlines(*articles: Article) -> list[str]:
    return [article.headline for article in articles]


# What stands where


def test_a_chosen_story_leads_and_open_slots_take_the_newest(client):
    made = [make_article() for _ in range(5)]
    arranged(pinned(made[3]), SECOND, SECOND)
    assert head(client) == headlines(made[3], made[0], made[1])


def test_strips_are_of_sections_and_tags_with_as_many_stories_as_asked_for(client):
    sport, water = make_section("Sport"), make_tag("Water")
    of_sport = [make_article(section=sport) for _ in range(4)]
    of_water = [make_article(tags=["Water"]) for _ in range(3)]
    lead = make_article(published_at=NOON)
    arranged(LEAD, strip(water, 2, title="At the river"), strip(sport, 3))
    assert head(client) == headlines(lead)
    found = lists(client)
    assert found["At the river"] == headlines(*of_water[:2])
    assert found["Sport"] == headlines(*of_sport[:3])
    assert found["Latest"] == headlines(of_sport[3], of_water[2])
    assert attribute(client.get("/"), "//h2[.='At the river']/a/@href") == water.get_absolute_url()


def test_no_story_stands_twice(client):
    water = make_tag("Water")
    for _ in range(12):
        make_article(tags=["Water"])
    last = Article.objects.published().reverse()[0]
    section = Section.objects.get()
    arranged(LEAD, SECOND, strip(section, 3), strip(water, 4, article=last.pk), strip(section, 2))
    links = tree(client.get("/")).xpath("//main//*[self::h2 or self::h3]/a[starts-with(@href, '/articles/')]/@href")
    assert len(links) == len(set(links)) == 12


def test_a_strip_may_begin_with_a_chosen_story(client):
    water, elsewhere = make_tag("Water"), make_article()
    first = make_article(tags=["Water"])
    arranged(LEAD, strip(water, 2, article=elsewhere.pk))
    assert head(client) == headlines(first)
    assert lists(client)["Water"] == headlines(elsewhere)


def test_an_empty_strip_does_not_stand(client):
    make_article()
    arranged(LEAD, strip(make_tag("Water")))
    assert lists(client) == {}


def test_six_seconds_stand_beside_and_under_the_lead(client):
    made = [make_article() for _ in range(8)]
    arranged(LEAD, *[SECOND] * 6)
    assert head(client) == headlines(*made[:7])
    assert lists(client) == {"Latest": headlines(made[7])}


def test_a_front_page_without_slots_arranges_itself(client):
    made = [make_article() for _ in range(6)]
    arranged(pinned(made[5]))
    arranged()
    assert head(client) == headlines(*made[:4])


def test_what_is_withdrawn_leaves_its_slot_and_comes_back_with_its_restoring(client):
    made = [make_article() for _ in range(3)]
    arranged(pinned(made[2]))
    withdraw(made[2], by=None, at=NOON)
    assert head(client) == headlines(made[0])
    restore(made[2], by=None, at=NOON)
    assert head(client) == headlines(made[2])


def test_an_article_waits_in_its_slot_until_it_is_published(client):
    first, waiting = make_article(), make_article(status="draft")
    arranged(pinned(waiting))
    assert head(client) == headlines(first)
    publish(waiting, by=None, at=NOON - timedelta(days=9))
    assert head(client) == headlines(waiting)


# Pins that end


def test_a_pin_ends_by_the_clocks_verb_and_not_before(client):
    made = [make_article() for _ in range(3)]
    until = NOON + timedelta(hours=1)
    arranged(pinned(made[2], until=until))
    assert fronting.end_pins(at=until - timedelta(seconds=1)) == 0
    assert head(client) == headlines(made[2])
    assert fronting.end_pins(at=until) == 2
    assert fronting.end_pins(at=until) == 0
    assert head(client) == headlines(made[0])
    assert fronting.choices_of(fronting.draft()) == (LEAD,)
    assert AuditEntry.objects.filter(deed="ended a pin").count() == 1


def test_who_arranged_before_a_pin_ended_is_told(client):
    until = NOON + timedelta(hours=1)
    arranged(pinned(make_article(), until=until))
    version = fronting.draft().version
    fronting.end_pins(at=until)
    with pytest.raises(Collision):
        fronting.arrange([LEAD, SECOND], by=None, at=until, expected=version)


# Draft and publish


def test_readers_see_nothing_of_a_draft(client):
    made = [make_article() for _ in range(3)]
    arranged(LEAD)
    fronting.arrange([pinned(made[2])], by=None, at=NOON, expected=None)
    assert head(client) == headlines(made[0])
    fronting.discard(by=None, at=NOON, expected=None)
    assert fronting.choices_of(fronting.draft()) == (LEAD,)


def test_two_editors_at_once_collide_and_nothing_is_overwritten(client):
    ana = make_user("Editor", first_name="Ana")
    made, seen = make_article(), fronting.draft().version
    fronting.arrange([pinned(made)], by=ana, at=NOON, expected=seen)
    again: dict[str, Any] = {"by": None, "at": NOON, "expected": seen}
    for verb in (lambda: fronting.arrange([LEAD], **again), lambda: fronting.publish(**again)):
        with pytest.raises(Collision) as refused:
            verb()
        assert refused.value.front.by == ana
    assert fronting.choices_of(fronting.draft()) == (pinned(made),)


def test_the_same_again_is_a_quiet_no_op(client):
    made = make_article()
    first = arranged(pinned(made))
    version, logged = fronting.draft().version, AuditEntry.objects.count()
    assert arranged(pinned(made)) == first
    assert (fronting.draft().version, AuditEntry.objects.count()) == (version, logged)


def test_an_earlier_arrangement_comes_back_without_what_is_over(client):
    made = [make_article() for _ in range(3)]
    gone = make_article()
    until = NOON + timedelta(hours=1)
    first = arranged(pinned(made[1]), pinned(gone, Place.SECOND), pinned(made[2], Place.SECOND, until=until))
    arranged(LEAD)
    withdraw(gone, by=None, at=NOON)
    fronting.bring_back(first.number or 0, by=None, at=until, expected=None)
    assert fronting.choices_of(fronting.draft()) == (pinned(made[1]), SECOND, SECOND)
    fronting.publish(by=None, at=until, expected=None)
    assert head(client)[0] == made[1].headline
    assert list(FrontPage.objects.exclude(number=None).values_list("number", flat=True)) == [3, 2, 1]


def test_a_head_is_one_lead_and_seconds(client):
    a, b = make_article(), make_article()
    arranged(strip(Section.objects.get()), pinned(a, Place.SECOND), pinned(b, Place.LEAD))
    assert head(client) == headlines(a, b)


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        (lambda: [LEAD, *[SECOND] * 7], "room for 6 stories"),
        (lambda: [LEAD, *[strip(make_section())] * 9], "room for 8 strips"),
        (lambda: [LEAD, Choice(Place.STRIP)], "needs a section or a tag"),
        (lambda: [LEAD, strip(make_section(), 13)], "one to 12 stories"),
        (lambda: [LEAD, strip(make_section(), title="x" * 81)], "80 characters"),
        (lambda: [pinned(make_article(status="withdrawn"))], "withdrawn or deleted"),
        (lambda: [Choice(Place.LEAD, 10**12)], "withdrawn or deleted"),
        (lambda: [LEAD, Choice(Place.STRIP, tag=10**12)], "is gone"),
        (lambda: [pinned(make_article(), until=NOON)], "moment in the future"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(choices, sentence):
    with pytest.raises(ValidationError, match=sentence):
        fronting.arrange(choices(), by=None, at=NOON, expected=None)
    assert not Slot.objects.exists()


def test_an_article_stands_in_one_slot():
    made = make_article()
    with pytest.raises(ValidationError, match="one slot only"):
        fronting.arrange([pinned(made), pinned(made, Place.SECOND)], by=None, at=NOON, expected=None)


def test_a_strip_follows_its_tag_into_another_and_goes_with_it(client):
    old, new = make_tag("River"), make_tag("Water")
    make_article()
    story = make_article(tags=["River"])
    arranged(LEAD, strip(old))
    tagging.merge([old, new], into=new, by=None)
    assert lists(client)["Water"] == headlines(story)
    new.delete()
    assert lists(client) == {"Latest": headlines(story)}


@pytest.mark.parametrize("group", ["Writer", "Fundraiser", ""])
def test_only_editors_arrange(group):
    stranger = make_user(group)
    arranged(LEAD)
    for verb in (
        lambda: fronting.arrange([], by=stranger, at=NOON, expected=None),
        lambda: fronting.publish(by=stranger, at=NOON, expected=None),
        lambda: fronting.discard(by=stranger, at=NOON, expected=None),
        lambda: fronting.bring_back(1, by=stranger, at=NOON, expected=None),
    ):
        with pytest.raises(PermissionDenied):
            verb()
    assert fronting.choices_of(fronting.live()) == (LEAD,)


def test_deeds_stand_in_the_audit_log():
    editor = make_user("Editor")
    fronting.arrange([LEAD], by=editor, at=NOON, expected=None)
    fronting.publish(by=editor, at=NOON, expected=None)
    deeds = AuditEntry.objects.filter(user=editor).order_by("pk").values_list("deed", flat=True)
    assert list(deeds) == ["arranged the front page", "published the front page"]


@pytest.mark.parametrize("rows", [1, 3])
def test_an_arranged_front_page_costs_six_queries(client, django_assert_num_queries, rows):
    choices = [LEAD, *[SECOND] * (rows - 1)]
    for number in range(rows):
        section, tag = make_section(), make_tag(f"Tag {number}")
        for _ in range(7):
            make_article(section=section, tags=[tag.name], authors=[make_author() for _ in range(rows)])
        choices += [strip(section), strip(tag)]
    arranged(*choices)
    client.get("/")
    with django_assert_num_queries(6):
        client.get("/")
