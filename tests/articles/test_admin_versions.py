"""Versions at the desk: kept, compared, brought back; and two people who write at once."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import drafting
from articles.models import Article, Autosave, Revision, Status
from tests.articles.forms import change, errors, messages, posted, press, tree
from tests.factories import NOON, make_article, make_author, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_library")]


def fresh(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def versions(article: Article) -> str:
    return f"/admin/articles/article/{article.pk}/versions/"


# Two editors


@pytest.fixture
def collided(editor):
    """Two forms of the same article were open, and the other one was saved first."""
    article = make_article(status=Status.DRAFT, headline="Harbour", standfirst="Shut.", body="<p>The text.</p>", tags=["Port"])
    mine = posted(editor.get(change(article)))
    press(editor, change(article), body="<p>Their text.</p>", standfirst="Theirs.", tags="Port, Sea")
    typed = {"headline": "Mine", "body": "<p>My text.</p>", "tags": "Port, Courts", "_save": "1"}
    return article, editor.post(change(article), mine | typed)


def test_who_saves_second_gets_both_texts_and_nothing_is_written(collided):
    article, response = collided
    assert response.status_code == 200
    fields = posted(response)
    assert (fields["headline"].strip(), fields["standfirst"].strip(), fields["body"].strip()) == (
        "Mine",
        "Theirs.",
        "<p>My text.</p>",
    )
    assert fields["tags"] == "Courts, Port, Sea"
    told = tree(response).xpath("string(//section[@class='desk-merge'])")
    assert "Their text." in told
    assert "Changed by them alone, and taken over: standfirst." in " ".join(told.split())
    assert [item.get("data-field") for item in tree(response).xpath("//div[@class='desk-clash']")] == ["body"]
    assert (fresh(article).headline, fresh(article).body) == ("Harbour", "<p>Their text.</p>")


def test_saving_again_keeps_both(collided, editor):
    article, response = collided
    editor.post(change(article), posted(response) | {"_save": "1"})
    article = fresh(article)
    assert (article.headline, article.standfirst, article.body) == ("Mine", "Theirs.", "<p>My text.</p>")
    assert sorted(article.tags.names()) == ["Courts", "Port", "Sea"]
    assert [row.number for row in Revision.objects.filter(article=article)] == [3, 2, 1]


def test_theirs_is_taken_where_the_box_is_ticked(collided, editor):
    article, response = collided
    editor.post(change(article), posted(response) | {"theirs": "body", "_save": "1"})
    assert (fresh(article).headline, fresh(article).body) == ("Mine", "<p>Their text.</p>")


def test_a_third_save_meanwhile_is_offered_again(collided, editor):
    article, response = collided
    press(editor, change(article), headline="A third one")
    again = editor.post(change(article), posted(response) | {"_save": "1"})
    assert errors(again)[0].startswith("Somebody else saved this article while you wrote.")
    assert fresh(article).headline == "A third one"
    assert posted(again)["headline"].strip() == "Mine"


def test_bylines_that_both_changed_clash_like_any_field(editor):
    ana, ben = make_author("Ana"), make_author("Ben")
    article = make_article(status=Status.DRAFT)
    mine = posted(editor.get(change(article)))
    press(editor, change(article), **{"bylines-0-author": ana.pk})
    response = editor.post(change(article), mine | {"bylines-0-author": ben.pk, "_save": "1"})
    assert [item.get("data-field") for item in tree(response).xpath("//div[@class='desk-clash']")] == ["authors"]
    editor.post(change(article), posted(response) | {"theirs": "authors", "_save": "1"})
    assert list(fresh(article).authors.all()) == [ana]


def test_who_typed_the_same_is_not_asked(editor):
    article = make_article(status=Status.DRAFT)
    mine = posted(editor.get(change(article)))
    press(editor, change(article), headline="The same")
    response = editor.post(change(article), mine | {"headline": "The same", "_save": "1"}, follow=True)
    assert messages(response) == ["“The same” is saved."]
    assert fresh(article).version == 2


def test_saving_lets_go_of_what_was_kept_of_the_form(editor):
    article = make_article(status=Status.DRAFT)
    form = posted(editor.get(change(article)))
    user = make_user("Editor")
    editor.force_login(user)
    drafting.set_aside(form["key"], article=article, version=0, typed={}, by=user, at=NOON)
    editor.post(change(article), form | {"headline": "Saved", "_save": "1"})
    assert not Autosave.objects.exists()


# Versions


def test_versions_are_listed_with_who_when_and_what_for(editor):
    article = make_article(status=Status.DRAFT)
    press(editor, change(article), headline="Second", note="A better headline")
    page = " ".join(tree(editor.get(versions(article))).xpath("string(//table[@class='desk-versions'])").split())
    assert "A better headline" in page
    assert "2 (newest)" in page


def test_two_versions_stand_side_by_side_with_the_words_marked(editor):
    article = make_article(status=Status.DRAFT, headline="The old harbour", body="<p>One two three.</p>")
    press(editor, change(article), headline="The new harbour", body="<p>One four three.</p>")
    page = tree(editor.get(versions(article), {"before": 1, "after": 2}))
    assert [item.text for item in page.xpath("//del")] == ["old", "two"]
    assert [item.text for item in page.xpath("//ins")] == ["new", "four"]


def test_an_earlier_version_is_brought_back(editor):
    article = make_article(headline="First")
    press(editor, change(article), headline="Second")
    response = editor.post(versions(article), {"to": 1, "expected": 2}, follow=True)
    assert messages(response) == ["Version 1 is the newest one again. Readers see it when you publish the changes."]
    assert posted(response)["headline"].strip() == "First"


def test_a_version_is_not_brought_back_over_one_that_was_not_seen(editor):
    article = make_article(status=Status.DRAFT, headline="First")
    press(editor, change(article), headline="Second")
    press(editor, change(article), headline="Third")
    editor.post(versions(article), {"to": 1, "expected": 2})
    assert fresh(article).headline == "Third"


@pytest.mark.parametrize("typed", [{"to": "9"}, {"to": "x"}, {"to": "-1"}, {}, {"to": "9" * 30}])
def test_a_version_that_is_not_there_is_not_found(editor, typed):
    article = make_article(status=Status.DRAFT)
    assert editor.post(versions(article), typed).status_code == 404
    assert editor.get(versions(article), {"before": "1", "after": typed.get("to", "7")}).status_code in {200, 404}


def test_strangers_see_and_change_no_versions(client):
    article = make_article(status=Status.DRAFT, created_by=make_user("Writer"))
    for stranger in (None, make_user(), make_user("Writer"), make_user("Fundraiser")):
        client.logout()
        if stranger:
            client.force_login(stranger)
        for response in (client.get(versions(article)), client.post(versions(article), {"to": 1})):
            assert response.status_code in {302, 403, 404}


def test_a_list_of_versions_costs_the_same_however_many(editor):
    article = make_article(status=Status.DRAFT)
    counts = []
    for number in range(3):
        press(editor, change(article), headline=f"Version {number}")
        with CaptureQueriesContext(connection) as captured:
            editor.get(versions(article))
        counts.append(len(captured))
    assert counts == [10, 10, 10]


@pytest.mark.django_db(transaction=True)
def test_a_version_comes_back_where_no_transaction_was_begun_before(client):
    """As on a running site: the page begins the one in which it locks the article."""
    article = make_article(status=Status.DRAFT, headline="First")
    client.force_login(User.objects.create_superuser("ada"))
    press(client, change(article), headline="Second")
    client.post(versions(article), {"to": 1, "expected": 2})
    assert fresh(article).headline == "First"
