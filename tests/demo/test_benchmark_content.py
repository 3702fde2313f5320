"""The command that fills a database for measuring, with a handful of articles in small batches."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from articles import listing, search
from articles.models import Article, Author, Byline, Image, ImportedObject, Section, Tag, TaggedArticle
from articles.paging import page_of
from demo.bulk import content, indexing, loading
from tests.factories import make_article, make_section

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(content, "TAGS", 40)
    monkeypatch.setattr(content, "AUTHORS", 10)
    monkeypatch.setattr(loading, "BATCH", 5)


def run(count: int, **options: Any) -> str:
    output = io.StringIO()
    call_command("benchmark_content", articles=count, stdout=output, **options)
    return output.getvalue()


def rows() -> list[Any]:
    return [
        list(Article.objects.order_by("pk").values_list("pk", "slug", "body", "section__name", "published_at")),
        lexemes(),
        sorted(Byline.objects.values_list("article_id", "author__slug", "position")),
        sorted(TaggedArticle.objects.values_list("content_object_id", "tag__slug")),
    ]


def test_it_ends_with_one_line_and_all_articles_are_public():
    assert run(12) == "The benchmark content stands: 12 articles, 12 of them added now.\n"
    assert Article.objects.published().count() == 12
    assert (Section.objects.count(), Author.objects.count(), Tag.objects.count()) == (9, 10, 40)
    assert run(12) == "The benchmark content stands: 12 articles, 0 of them added now.\n"
    assert Article.objects.count() == 12


def test_the_same_number_makes_the_same_rows_at_once_or_in_steps():
    run(13)
    at_once = rows()
    Article.objects.all().delete()
    ImportedObject.objects.filter(kind="batch").delete()
    run(3)
    run(7)
    run(13)
    assert rows() == at_once


def test_it_goes_on_where_it_was_killed(monkeypatch):
    plain = loading.store

    def killed(start: int, end: int, stock: loading.Stock) -> int:
        if start == 5:
            raise KeyboardInterrupt
        return plain(start, end, stock)

    monkeypatch.setattr(loading, "store", killed)
    with pytest.raises(KeyboardInterrupt):
        run(15)
    monkeypatch.setattr(loading, "store", plain)
    run(15)
    assert [pk for pk, *_ in rows()[0]] == list(range(1, 16))


def test_indexes_that_were_put_off_are_there_again_even_after_a_kill(monkeypatch):
    before = indexing.existing()
    monkeypatch.setattr(indexing, "WORTH", 1)

    def killed(start: int, end: int, stock: loading.Stock) -> int:
        assert "published_text" not in indexing.existing()
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(loading, "store", killed)
        with pytest.raises(KeyboardInterrupt):
            run(3)
    assert "published_text" not in indexing.existing()
    run(3)
    assert indexing.existing() == before


def test_lists_and_search_know_the_content():
    run(30)
    assert {card.pk for card in page_of(listing.latest(), "/latest/").entries} == set(range(1, 31))
    for tag in Tag.objects.all():
        kept = {card.pk for card in page_of(listing.with_tag(tag), "/", size=100).entries}
        assert kept == set(Article.objects.filter(tags=tag).values_list("pk", flat=True))
    assert {article.pk for article in search.find(content.rare_word(12))} == set(range(13, 25))
    made = lexemes()
    search.index(made)
    assert lexemes() == made


def lexemes() -> dict[int, set[str]]:
    vectors = dict(Article.objects.values_list("pk", "search"))
    return {pk: {word.split(":")[0] for word in str(vector).split()} for pk, vector in vectors.items()}


def test_an_editor_can_write_on_afterwards():
    run(3)
    assert make_article(section=Section.objects.first()).pk == 4


def test_a_database_with_content_of_its_own_is_left_alone():
    make_section()
    with pytest.raises(CommandError, match="content of its own"):
        run(3)
    assert not Article.objects.exists()
    Section.objects.all().delete()
    run(3)
    make_article(section=Section.objects.first())
    with pytest.raises(CommandError, match="content of its own"):
        run(6)
    assert Article.objects.count() == 4


@pytest.mark.parametrize("count", [0, -1, content.MOST + 1])
def test_a_number_that_makes_no_sense_is_refused(count):
    with pytest.raises(CommandError, match="Between 1 and"):
        run(count)


def test_fewer_than_there_are_is_refused():
    run(7)
    with pytest.raises(CommandError, match="more articles than that already"):
        run(6)


def test_two_at_once_do_not_mix():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
    with connection.copy().cursor() as other:
        other.execute("SELECT pg_advisory_lock(%s)", [loading.LOCK])
        with pytest.raises(CommandError, match="Another benchmark_content"):
            run(3)
        other.execute("SELECT pg_advisory_unlock(%s)", [loading.LOCK])
        other.connection.close()


def test_articles_can_share_pictures():
    run(4, pictures=1)
    assert Article.objects.exclude(lead_image=None).count() == 4
    image = Image.objects.get()
    assert image.leads.count() == 4
    assert image.renditions
