"""The list of articles at the desk: what it tells, what it finds, what is done to several at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import images, search
from articles.models import Article, Status
from tests.articles.forms import change, tree
from tests.articles.uploads import picture
from tests.factories import NOON, make_article, make_author

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_library")]


def fresh(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def columns(response, name: str) -> list[str]:
    return [cell.text_content().strip() for cell in tree(response).xpath(f"//*[contains(@class, 'field-{name}')]")]


def test_the_list_tells_what_an_editor_looks_for(editor):
    with timezone.override("UTC"):
        make_article(headline="Out", published_at=NOON, authors=[make_author("Ana Ruiz"), make_author("Tomas Vey")])
        make_article(headline="To come", status=Status.SCHEDULED)
        response = editor.get("/admin/articles/article/")
    assert columns(response, "headline") == ["To come", "Out"]
    assert columns(response, "state") == ["Scheduled, 24 Nov 12:00", "Published"]
    assert columns(response, "signed") == ["", "Ana Ruiz, Tomas Vey"]
    assert columns(response, "published") == ["", "23 November 2026, 12:00"]


def found(editor, words: str) -> list[str]:
    return sorted(columns(editor.get("/admin/articles/article/", {"q": words}), "headline"))


def test_the_list_is_searched_by_words_and_by_how_they_begin(editor):
    make_article(headline="Harbour closed", body="<p>The dredgers wait.</p>", tags=["Tides"])
    make_article(headline="A quiet week", body="<p>In the harbour.</p>", status=Status.DRAFT, authors=[make_author("Ana Ruiz")])
    make_article(headline="Elsewhere", status=Status.WITHDRAWN)
    assert found(editor, "harbour") == found(editor, "harb") == ["A quiet week", "Harbour closed"]
    assert found(editor, "harb clo") == found(editor, "waiting") == found(editor, "tide") == ["Harbour closed"]
    assert found(editor, "ruiz") == ["A quiet week"]
    assert found(editor, "elsewh") == ["Elsewhere"]
    assert found(editor, "bour") == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_long(editor, rows, django_assert_num_queries):
    for _ in range(rows):
        make_article(authors=[make_author(), make_author()], lead_image=images.receive(picture()), tags=["Harbour"])
    with django_assert_num_queries(10):
        editor.get("/admin/articles/article/")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_form_costs_the_same_however_many_bylines(editor, rows, django_assert_num_queries):
    article = make_article(authors=[make_author() for _ in range(rows)], tags=[f"Tag {number}" for number in range(rows)])
    editor.get(change(article))
    with django_assert_num_queries(16):
        editor.get(change(article))


@pytest.mark.parametrize("words", ["zanzib", "spice", "Harbour", "Ruiz"])
def test_an_article_is_found_by_headline_text_tag_and_byline(editor, words):
    make_article(headline="Other")
    make_article(
        headline="Zanzibar", body="<p>A spice.</p>", tags=["Harbour"], authors=[make_author("Ana Ruiz")], status=Status.DRAFT
    )
    assert columns(editor.get("/admin/articles/article/", {"q": words}), "headline") == ["Zanzibar"]


@pytest.mark.parametrize("words", ['"', "a & b | !", "%_\\", "x" * 500, "' or 1=1", "a:*", "&|!()<->", "_", "²", "-" * 190, "(("])
def test_strange_words_find_nothing_and_break_nothing(editor, words):
    make_article(headline="Other")
    assert editor.get("/admin/articles/article/", {"q": words}).status_code == 200


def test_a_draft_is_deleted_and_what_readers_saw_is_not(editor):
    draft, out = make_article(status=Status.DRAFT), make_article()
    assert editor.post(f"/admin/articles/article/{draft.pk}/delete/", {"post": "yes"}).status_code == 302
    assert editor.post(f"/admin/articles/article/{out.pk}/delete/", {"post": "yes"}).status_code == 403
    assert list(Article.objects.all()) == [out]


def test_a_word_that_many_texts_have_is_found_as_a_rare_one_is(editor, monkeypatch):
    for headline in ("Harbour opens", "Harbour closes"):
        make_article(headline=headline)
    monkeypatch.setattr(search, "FEW", 1)
    assert found(editor, "harb") == ["Harbour closes", "Harbour opens"]
    assert found(editor, "closes") == ["Harbour closes"]


def test_of_a_stretch_of_days_the_last_comes_first(editor):
    days = [NOON, NOON + timedelta(days=2), NOON + timedelta(days=1)]
    for day in days:
        make_article(headline=f"{day:%d}", published_at=day)
    page = editor.get("/admin/articles/article/", {"from": f"{days[0]:%Y-%m-%d}"})
    found = columns(page, "headline")
    assert found == [f"{day:%d}" for day in (days[1], days[2], days[0])]
