"""Pairs of the desk's verbs that take the same locks: each waits for the other in one order, and none is thrown out."""

import pytest
from django.db import transaction

from articles import bulk, contents, drafting, fronting, tagging
from articles.fronting import Choice
from articles.models import Article, BulkDeed, Slot, Status, Tag
from articles.models.front import Place
from tests.factories import NOON, make_article, make_tag, make_user
from tests.locks import crosswise

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_an_article_gets_a_new_tag_while_another_of_its_tags_is_merged(monkeypatch):
    """Who saves has the article and wants the names of tags; who merges wants both."""
    old, into = make_tag("Harbor"), make_tag("Harbour")
    article = make_article(status=Status.DRAFT, tags=["Harbor"])

    def save() -> None:
        content = contents.of(article).with_changes(tags=("Harbor", "Quite new"))
        drafting.save(article, content, by=None, at=NOON, expected=None)

    crosswise(monkeypatch, drafting, "_note", save, lambda: tagging.merge([old], into=into, by=None))
    assert set(Article.objects.get().tags.names()) == {"Harbour", "Quite new"}


def test_the_front_page_is_arranged_while_the_tag_of_a_strip_is_merged(monkeypatch):
    """Who arranges has let go of the strip and asks for its tag when all is done."""
    old, into = make_tag("Harbor"), make_tag("Harbour")
    strip = Choice(Place.STRIP, tag=old.pk, entries=2)
    fronting.arrange([Choice(Place.LEAD), strip], by=None, at=NOON, expected=None)
    version = fronting.draft().version

    def arrange() -> None:
        fronting.arrange([Choice(Place.LEAD), Choice(Place.SECOND), strip], by=None, at=NOON, expected=None)

    crosswise(monkeypatch, fronting, "_fill", arrange, lambda: tagging.merge([old], into=into, by=None))
    assert list(Slot.objects.exclude(tag=None).values_list("tag", flat=True)) == [into.pk]
    assert fronting.draft().version == version + 2  # who has it open is told of both
    assert list(Tag.objects.all()) == [into]


def test_an_article_is_deleted_while_something_is_done_to_many(monkeypatch):
    by = make_user("Editor")
    gone, kept = make_article(status=Status.DRAFT), make_article(status=Status.DRAFT)
    deed = bulk.prepare(BulkDeed.Kind.HAND_IN, [gone.pk, kept.pk], by=by, at=NOON)
    bulk.begin(deed, by=by, at=NOON)

    def locked() -> Article:
        return Article.objects.select_for_update().get(pk=gone.pk)

    locking = type("Locking", (), {"locked": staticmethod(locked)})

    def delete() -> None:
        with transaction.atomic():
            locking.locked().delete()  # type: ignore[attr-defined]

    crosswise(monkeypatch, locking, "locked", delete, lambda: bulk.run(deed.pk, at=NOON))
    assert list(deed.items.values_list("article", "outcome")) == [(kept.pk, "done")]
