"""A text is kept in versions; what readers see changes when somebody says so."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from articles import contents, drafting, publishing
from articles.models import Article, Autosave, FormerAddress, Revision, Status
from tests.factories import NOON, make_article, make_author, make_section, make_tag, make_user

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def fresh(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def written(article: Article, *, at=LATER, by=None, expected=None, **changes: Any) -> Article:
    content = drafting.current(fresh(article)).with_changes(**changes)
    return drafting.save(article, content, by=by, at=at, expected=expected)


def versions(article: Article) -> list[tuple[int, str]]:
    return [(row.number, row.content["headline"]) for row in Revision.objects.filter(article=article).order_by("number")]


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED])
def test_what_nobody_reads_yet_follows_every_save(status):
    article = make_article(status=status, headline="First")
    written(article, headline="Second", tags=("Harbour",), authors=(make_author("Ana").pk,))
    article = fresh(article)
    assert (article.headline, article.version, article.has_changes) == ("Second", 2, False)
    assert [*article.tags.names(), *article.authors.values_list("name", flat=True)] == ["Harbour", "Ana"]
    assert versions(article) == [(1, "First"), (2, "Second")]


def test_readers_see_what_is_live_until_the_changes_are_published(client):
    article = make_article(headline="First", tags=["Port"], authors=[make_author("Ana")])
    written(article, headline="Second", tags=("Harbour",), authors=(make_author("Ben").pk,))
    page = client.get(article.get_absolute_url()).content.decode()
    assert ("First" in page, "Ana" in page, "Port" in page, "Second" in page, "Ben" in page) == (True, True, True, False, False)
    assert fresh(article).has_changes
    publishing.publish_changes(article, by=None, at=LATER)
    page = client.get(article.get_absolute_url()).content.decode()
    assert ("First" in page, "Ana" in page, "Port" in page, "Second" in page, "Ben" in page) == (False, False, False, True, True)
    assert (fresh(article).has_changes, fresh(article).updated_at) == (False, LATER)


def test_publishing_the_changes_twice_dates_them_once():
    article = make_article()
    written(article, headline="Second")
    publishing.publish_changes(article, by=None, at=LATER)
    publishing.publish_changes(article, by=None, at=LATER + timedelta(hours=1))
    assert fresh(article).updated_at == LATER


def test_a_save_that_says_the_same_is_no_version():
    article = make_article(standfirst="One line.\r\nAnother.", tags=["Port"])
    written(article, standfirst="One line.\nAnother.")
    assert (fresh(article).version, versions(article)) == (0, [])


def test_who_saves_over_a_version_they_did_not_see_is_told_and_nothing_is_written():
    article = make_article(status=Status.DRAFT, headline="First")
    written(article, headline="Second", expected=0)
    with pytest.raises(drafting.Collision):
        written(article, headline="Third", expected=0)
    assert versions(article) == [(1, "First"), (2, "Second")]
    written(article, headline="Third", expected=2)
    assert versions(article)[-1] == (3, "Third")


def test_changes_are_discarded_and_stay_among_the_versions(client):
    article = make_article(headline="First")
    written(article, headline="Second")
    drafting.discard(article, by=None, at=LATER)
    assert (drafting.current(fresh(article)).headline, fresh(article).has_changes) == ("First", False)
    assert versions(article) == [(1, "First"), (2, "Second"), (3, "First")]
    drafting.discard(article, by=None, at=LATER)
    assert len(versions(article)) == 3


def test_an_earlier_version_comes_back_as_the_newest_one():
    article = make_article(status=Status.DRAFT, headline="First")
    written(article, headline="Second")
    drafting.go_back(article, to=1, by=None, at=LATER, expected=2)
    newest = Revision.objects.filter(article=article).first()
    assert newest is not None
    assert (fresh(article).headline, newest.number, newest.note) == ("First", 3, "Back to version 1")


def test_a_new_address_holds_when_the_changes_are_published(client):
    article = make_article(slug="before")
    written(article, slug="after")
    assert client.get("/articles/before/").status_code == 200
    assert client.get("/articles/after/").status_code == 404
    publishing.publish_changes(article, by=None, at=LATER)
    assert client.get("/articles/after/").status_code == 200
    assert FormerAddress.objects.get().path == "/articles/before/"


def test_an_address_that_another_article_took_meanwhile_is_refused_and_readers_see_no_change():
    article = make_article(headline="First", slug="before")
    written(article, slug="wanted", headline="Second")
    make_article(slug="wanted")
    with pytest.raises(ValidationError, match="Another article has the address “wanted” by now"):
        publishing.publish_changes(article, by=None, at=LATER)
    assert (fresh(article).headline, fresh(article).slug, fresh(article).has_changes) == ("First", "before", True)


def test_a_withdrawn_article_comes_back_with_what_was_changed_since():
    article = make_article(status=Status.WITHDRAWN, headline="First")
    written(article, headline="Second")
    assert fresh(article).headline == "First"
    publishing.restore(article, by=None, at=LATER)
    assert (fresh(article).headline, fresh(article).status, fresh(article).updated_at) == ("Second", Status.PUBLISHED, LATER)


def test_what_a_waiting_text_names_and_is_gone_is_left_out():
    article = make_article(tags=["Port"])
    author, section = make_author(), make_section()
    written(article, authors=(author.pk,), section=section.pk, tags=("Port", "Old name"))
    author.delete()
    section.delete()
    make_tag("New name", slug="new-name")
    FormerAddress.objects.create(path="/tags/old-name/", tag=contents.Tag.objects.get(name="New name"))
    with pytest.raises(ValidationError, match="needs a section"):
        publishing.publish_changes(article, by=None, at=LATER)
    written(article, section=make_section().pk)
    publishing.publish_changes(article, by=None, at=LATER)
    assert sorted(fresh(article).tags.names()) == ["New name", "Port"]
    assert list(fresh(article).authors.all()) == []


def test_hostile_markup_is_cleaned_before_it_is_kept():
    article = make_article()
    written(article, body="<p>Kept</p><script>alert(1)</script>")
    assert drafting.current(fresh(article)).body == "<p>Kept</p>"


def test_what_another_version_of_the_program_kept_is_read_as_far_as_it_is_known():
    assert contents.Content.from_json({"headline": "Kept", "mood": "blue"}).headline == "Kept"


# Strangers


@pytest.mark.parametrize("deed", ["save", "discard", "go_back"])
def test_a_stranger_is_refused(deed):
    article, stranger = make_article(headline="First"), make_user("Writer")
    written(article, headline="Second")
    deeds = {
        "save": lambda: written(article, by=stranger, headline="Third"),
        "discard": lambda: drafting.discard(article, by=stranger, at=LATER),
        "go_back": lambda: drafting.go_back(article, to=1, by=stranger, at=LATER, expected=None),
    }
    with pytest.raises(PermissionDenied):
        deeds[deed]()
    assert versions(article) == [(1, "First"), (2, "Second")]


def test_who_may_not_publish_publishes_no_changes():
    article = make_article()
    written(article, headline="Second")
    with pytest.raises(PermissionDenied):
        publishing.publish_changes(article, by=make_user("Writer"), at=LATER)
    assert fresh(article).has_changes


# What stands in an open form


def test_an_open_form_is_one_row_however_often_it_is_kept():
    article, user, key = make_article(status=Status.DRAFT), make_user("Editor"), "6a3ff4e2-1d8e-4ac4-9ce5-9a2ad4f6b6a1"
    for words in ("a", "ab", "abc"):
        drafting.set_aside(key, article=article, version=0, typed={"headline": [words]}, by=user, at=NOON)  # type: ignore[arg-type]
    assert [row.typed for row in Autosave.objects.all()] == [{"headline": ["abc"]}]
    assert (fresh(article).version, Revision.objects.count()) == (0, 0)
    drafting.let_go(key, by=make_user("Editor"))  # type: ignore[arg-type]
    assert Autosave.objects.count() == 1
    drafting.let_go(key, by=user)  # type: ignore[arg-type]
    assert not Autosave.objects.exists()
