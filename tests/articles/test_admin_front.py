"""The front page on the desk: plain form posts, without a script."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles import fronting, tagging
from articles.fronting import Choice
from articles.models import Article, FrontPage, Section, Slot
from articles.models.front import Place
from tests.articles.forms import messages, posted, tree
from tests.factories import NOON, make_article, make_section, make_tag, make_user

pytestmark = pytest.mark.django_db
PAGE = "/admin/articles/frontpage/"
LEAD, SECOND = Choice(Place.LEAD), Choice(Place.SECOND)


def press(desk: Client, **typed: Any) -> Any:
    """The form as it is, with what is typed and the button that is pressed."""
    return desk.post(PAGE, posted(desk.get(PAGE)) | {name: str(value) for name, value in typed.items()}, follow=True)


def arranged(*choices: Choice) -> None:
    fronting.arrange(choices, by=None, at=NOON, expected=None)


def draft() -> tuple[Choice, ...]:
    return fronting.choices_of(fronting.draft())


def pinned(article: Article, place: str = Place.LEAD) -> Choice:
    return Choice(place, article.pk)


def test_a_page_that_arranges_itself_is_taken_into_hand(editor):
    sport = make_section("Sport", position=1)
    press(editor, _by_hand=1)
    assert draft() == (LEAD, SECOND, SECOND, SECOND, Choice(Place.STRIP, section=sport.pk, entries=6))
    press(editor, _by_itself=1)
    assert draft() == ()


def test_an_article_is_put_into_a_slot_and_taken_out_again(editor):
    arranged(LEAD, SECOND)
    first, second = make_article(), make_article()
    press(editor, _put=second.pk, into=0)
    assert draft() == (pinned(second), SECOND)
    press(editor, _put=second.pk, into=1)
    assert draft() == (LEAD, pinned(second, Place.SECOND))
    press(editor, _open=1)
    assert draft() == (LEAD, SECOND)
    press(editor, _pin=0)
    assert draft() == (pinned(first), SECOND)


def test_slots_move_up_and_down_and_what_a_rule_put_there_goes_along(editor):
    made = [make_article() for _ in range(3)]
    arranged(LEAD, SECOND, SECOND)
    press(editor, _up=2)
    assert draft() == (LEAD, pinned(made[2], Place.SECOND), SECOND)
    press(editor, _down=1)
    press(editor, _to="2:0")
    assert draft() == (pinned(made[2]), SECOND, SECOND)


def test_strips_are_added_moved_and_removed(editor):
    sport, water = make_section("Sport"), make_tag("Water")
    arranged(LEAD)
    press(editor, **{"new-section": sport.pk, "new-entries": 3, "_add": "strip"})
    press(editor, **{"new-tag": "water", "_add": "strip"})
    assert [(c.section, c.tag, c.entries) for c in draft()[1:]] == [(sport.pk, None, 3), (None, water.pk, 4)]
    press(editor, _up=2)
    assert [c.tag for c in draft()[1:]] == [water.pk, None]
    press(editor, _up=1)
    assert draft()[0] == LEAD
    press(editor, _remove=1)
    assert [c.section for c in draft()] == [None, sport.pk]


def test_every_button_keeps_what_was_typed(editor):
    sport = make_section("Sport")
    arranged(pinned(make_article()), Choice(Place.STRIP, section=sport.pk, entries=3))
    press(editor, **{"s1-title": "On the pitch", "s1-entries": 5, "s0-until": "2199-01-02T03:04", "_add": "second"})
    assert (draft()[2].title, draft()[2].entries, f"{draft()[0].until:%Y}") == ("On the pitch", 5, "2199")


def test_published_by_one_button_readers_see_it(editor, client):
    made = [make_article() for _ in range(2)]
    arranged(LEAD)
    response = press(editor, _put=made[1].pk, into=0, _publish=1)
    assert messages(response) == ["The front page is published: readers see it."]
    assert fronting.choices_of(fronting.live()) == (pinned(made[1]),)


def test_what_is_looked_for_is_shown_and_what_was_typed_stays(editor):
    make_article(headline="The harbour")
    make_article(headline="The hills")
    arranged(LEAD, Choice(Place.STRIP, section=Section.objects.get().pk))
    response = press(editor, q="harb", _find=1, **{"s1-title": "Typed"})
    found = tree(response).xpath("//ul[@class='front-found']/li/span")
    assert [item.text.strip() for item in found] == ["The harbour"]
    assert tree(response).xpath("//input[@name='s1-title']/@value") == ["Typed"]
    assert draft()[1].title == ""


def test_the_second_of_two_editors_is_told_who_and_takes_theirs_or_mine(editor, client):
    made = [make_article() for _ in range(3)]
    arranged(LEAD)
    mine = posted(editor.get(PAGE))
    fronting.arrange([pinned(made[1])], by=make_user("Editor", first_name="Ana", last_name="Ruiz"), at=NOON, expected=None)
    response = editor.post(PAGE, mine | {"_put": str(made[2].pk), "into": "0"})
    told = " ".join(tree(response).xpath("string(//section[@class='desk-merge'])").split())
    assert "Ana Ruiz arranged the front page meanwhile" in told
    assert f"Lead: {made[1].headline}" in told
    assert draft() == (pinned(made[1]),)
    editor.post(PAGE, posted(response) | {"_save": "1"})
    assert draft() == (pinned(made[2]),)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"s0-until": "yesterday", "_save": 1}, "Give a day and a time"),
        ({"s0-until": "2001-01-01T00:00", "_save": 1}, "moment in the future"),
        ({"s1-tag": "No such tag", "s1-section": "", "_save": 1}, "There is no tag “No such tag”."),
        ({"s1-tag": "", "s1-section": "", "_save": 1}, "A strip needs a section or a tag"),
        ({"s1-entries": "999", "_save": 1}, "less than or equal to 12"),
        ({"s0-article": "x", "_save": 1}, "whole number"),
        ({"s1-section": "99999999999999999999", "_save": 1}, "not one of the available choices"),
        ({"_up": "99"}, "That slot is gone"),
        ({"_to": "0"}, "That slot is gone"),
        ({"_to": "²:1"}, "That slot is gone"),
        ({"_remove": "0"}, "There is always a lead"),
        ({"_put": "²"}, "Choose an article"),
        ({"_put": "9" * 400}, "Choose an article"),
        ({"_put": "999999"}, "withdrawn or deleted"),
        ({"_add": "strip", "new-section": "", "new-tag": "nothing"}, "There is no tag"),
    ],
)
def test_hostile_and_mistaken_input_is_answered_with_a_sentence(editor, typed, sentence):
    article, section = make_article(), Section.objects.get()
    arranged(pinned(article), Choice(Place.STRIP, section=section.pk, title="Kept"))
    before = draft()
    response = press(editor, **typed)
    assert response.status_code == 200
    assert sentence in tree(response).xpath("string(//body)")
    assert tree(response).xpath("//input[@name='s1-title']/@value") == ["Kept"]
    assert draft() == before


@pytest.mark.parametrize("sent", [{"slots": "999"}, {"slots": "-1"}, {"slots": "x"}, {}, {"version": "x", "slots": "0"}])
def test_a_form_of_somebody_elses_making_breaks_nothing(editor, sent):
    assert editor.post(PAGE, sent | {"_save": "1"}, follow=True).status_code == 200


def test_the_preview_is_readers_page_of_the_draft_and_is_kept_nowhere(editor, client):
    made = [make_article() for _ in range(3)]
    arranged(pinned(made[2]))
    response = editor.get(f"{PAGE}preview/")
    assert tree(response).xpath("string(//*[@class='lead-headline'])") == made[2].headline
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
    fronting.publish(by=None, at=NOON, expected=None)
    public = Client().get("/")
    assert tree(public).xpath("//main")[0].text_content() == tree(response).xpath("//main")[0].text_content()


def test_earlier_arrangements_are_listed_looked_at_and_brought_back(editor):
    made = [make_article() for _ in range(2)]
    ana = make_user("Editor", first_name="Ana")
    for choice in (pinned(made[1]), LEAD):
        fronting.arrange([choice], by=ana, at=NOON, expected=None)
        fronting.publish(by=ana, at=NOON, expected=None)
    rows = tree(editor.get(f"{PAGE}published/")).xpath("//table[contains(@class, 'desk-table')]/tbody/tr")
    told = [" ".join(row.text_content().split()).partition(" Look")[0] for row in rows]
    assert told == ["2 readers see it 23 November 2026, 12:00Ana", "1 23 November 2026, 12:00Ana"]
    assert made[1].headline in editor.get(f"{PAGE}preview/?number=1").text
    editor.post(f"{PAGE}published/", {"number": "1", "version": fronting.draft().version})
    assert draft() == (pinned(made[1]),)
    response = editor.post(f"{PAGE}published/", {"number": "2", "version": "0"}, follow=True)
    assert "Somebody arranged the front page meanwhile" in messages(response)[-1]
    for number in ("7", "x", "²", ""):
        assert editor.post(f"{PAGE}published/", {"number": number}).status_code == 404


def test_a_withdrawn_story_is_named_in_its_slot(editor):
    from articles.publishing import withdraw

    article = make_article()
    arranged(pinned(article))
    withdraw(article, by=None, at=timezone.now())
    assert "It was withdrawn: the slot fills itself." in editor.get(PAGE).text
    press(editor, _add="second")
    assert draft() == (pinned(article), SECOND)


@pytest.mark.parametrize("group", ["Writer", "Fundraiser", ""])
@pytest.mark.parametrize("address", [PAGE, f"{PAGE}preview/", f"{PAGE}published/"])
def test_strangers_are_refused(client, group, address):
    arranged(LEAD)
    fronting.publish(by=None, at=NOON, expected=None)
    client.force_login(make_user(group))
    before = list(Slot.objects.order_by("pk").values()), FrontPage.objects.count()
    assert client.get(address).status_code == 403
    assert client.post(address, {"_by_itself": "1", "_publish": "1", "number": "1", "slots": "0"}).status_code == 403
    assert (list(Slot.objects.order_by("pk").values()), FrontPage.objects.count()) == before


def test_the_public_signs_in_first(client):
    assert client.get(PAGE).status_code == 302
    assert client.get(f"{PAGE}preview/").status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_the_desk_costs_the_same_with_one_slot_and_three(editor, django_assert_num_queries, rows):
    made = [make_article() for _ in range(12)]
    tags = [make_tag() for _ in range(3)]
    strips = [Choice(Place.STRIP, made[n + 3].pk, tag=tags[n].pk) for n in range(rows)]
    arranged(*[pinned(article, Place.SECOND if n else Place.LEAD) for n, article in enumerate(made[:rows])], *strips)
    editor.get(PAGE)
    with django_assert_num_queries(15):
        editor.get(PAGE)


def test_who_published_and_how_often_costs_the_same(editor, django_assert_num_queries):
    for _ in range(3):
        arranged(pinned(make_article()))
        fronting.publish(by=make_user("Editor"), at=NOON + timedelta(hours=1), expected=None)
    editor.get(f"{PAGE}published/")
    with django_assert_num_queries(7):
        editor.get(f"{PAGE}published/")


def test_a_strip_is_filled_from_the_tag_that_a_synonym_means(editor):
    tag = make_tag("Harbour")
    tagging.name_synonyms(tag, ["Port"], by=None)
    arranged(LEAD)
    press(editor, **{"new-tag": "port", "_add": "strip"})
    assert [choice.tag for choice in draft()[1:]] == [tag.pk]


def test_a_key_of_thousands_of_digits_breaks_nothing(editor):
    arranged(LEAD)
    assert press(editor, **{"s0-article": "9" * 5000, "_find": "1"}).status_code == 200
