"""Every shortcut that is told is there, and every one that is there is told."""

from typing import Any

import pytest
from django.test import Client

from articles.models import Status
from newsroom.shortcuts import GROUPS, IN_THE_TEXT, ON_AN_ARTICLE, Shortcut
from tests.factories import make_article, make_user
from tests.pages import tree

pytestmark = pytest.mark.django_db

ADD = "/admin/articles/article/add/"


def desk(group: str) -> Client:
    client = Client()
    client.force_login(make_user(group))
    return client


def given(response: Any) -> list[str]:
    page = tree(response.content.decode())
    return [*page.xpath("//@data-shortcut"), *page.xpath("//*[@data-shortcuts-in]/*/@data-keys")]


def administrator() -> Client:
    client = Client()
    client.force_login(make_user(is_superuser=True))
    return client


def test_the_page_of_shortcuts_tells_what_the_form_of_an_article_has():
    client = administrator()
    told = tree(client.get("/admin/shortcuts/").content.decode()).xpath("//tr/@data-keys")
    assert sorted(given(client.get(ADD))) == sorted(told)
    assert sorted(told) == sorted(each.keys for group in GROUPS.values() for each in group.values())


def test_no_two_shortcuts_of_a_page_are_the_same():
    keys = [each.keys for group in GROUPS.values() for each in group.values()]
    assert len(keys) == len(set(keys))


def test_who_may_not_go_there_has_no_way():
    assert given(desk("Fundraiser").get("/admin/")) == ["g d", "g p", "g c", "?"]
    assert given(desk("Writer").get("/admin/")) == ["g d", "g a", "/", "n", "g p", "?"]


def test_an_article_that_is_only_read_is_not_saved_by_keys():
    writer = make_user("Writer")
    client = Client()
    client.force_login(writer)
    article = make_article(status=Status.APPROVED, created_by=writer)
    own = {each.keys for each in (*ON_AN_ARTICLE.values(), *IN_THE_TEXT.values())}
    assert own & set(given(client.get(f"/admin/articles/article/{article.pk}/change/"))) == set()


@pytest.mark.parametrize(
    ("status", "label"),
    [(Status.DRAFT, "Hand in for review"), (Status.IN_REVIEW, "Approve"), (Status.APPROVED, "Publish now")],
)
def test_the_next_step_is_asked_about_first(status, label):
    page = tree(desk("Editor").get(f"/admin/articles/article/{make_article(status=status).pk}/change/").content.decode())
    button = page.xpath("//button[@data-shortcut='Mod+Shift+Enter']")
    assert [(each.text_content(), each.get("data-shortcut-asks")) for each in button] == [(label, f"{label}?")]


def test_what_is_pressed_one_after_the_other_is_not_told_as_if_either_would_do():
    """`aria-keyshortcuts` has spaces between alternatives."""
    assert (Shortcut("g d", "").for_aria, Shortcut("n", "").for_aria) == ("", "n")
    assert Shortcut("Mod+Alt+P", "").for_aria == "Control+Alt+P Meta+Alt+P"


def test_the_page_of_shortcuts_is_for_the_desk_alone(client):
    assert client.get("/admin/shortcuts/").status_code == 302
