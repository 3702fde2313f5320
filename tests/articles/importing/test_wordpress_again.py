"""The same export again, a grown one, one that is refused in part."""

import pytest

from articles.importing import preparing
from articles.models import Article, Author, FormerAddress, ImportedObject, Section, Tag
from tests.articles.importing.samples import SITE, author, category, item, run

pytestmark = pytest.mark.django_db


def only() -> Article:
    return Article.objects.get()


def section(article: Article) -> Section:
    return Section.objects.get(articles=article)


EVERYTHING = (author("ana", "Ana Ruiz"), category(1, "news", "News"), item(1), item(2, terms=[("post_tag", "sea", "Sea")]))


def rows() -> list[int]:
    return [model.objects.count() for model in (Article, Author, Section, Tag, FormerAddress, ImportedObject)]


def test_the_same_export_again_brings_nothing(tmp_path):
    run(tmp_path, *EVERYTHING)
    before = rows()
    outcome = run(tmp_path, *EVERYTHING)
    assert rows() == before
    assert outcome.summary == (
        "imported 0 articles (0 published), 0 authors, 0 sections, 0 tags, 0 pictures; 2 were here already."
    )


def test_a_grown_export_brings_what_is_new(tmp_path):
    run(tmp_path, *EVERYTHING)
    outcome = run(tmp_path, *EVERYTHING, item(3, content=f'<a href="{SITE}/2020/05/post-1/">x</a>'))
    assert outcome.counts["articles published"] == 1
    assert Article.objects.get(slug="post-3").body == '<p><a href="/articles/post-1/">x</a></p>'


def test_what_an_editor_changed_since_stays(tmp_path):
    run(tmp_path, *EVERYTHING)
    Article.objects.filter(slug="post-1").update(headline="Better", slug="better")
    Author.objects.update(name="Ana María Ruiz")
    run(tmp_path, *EVERYTHING)
    assert set(Article.objects.values_list("headline", flat=True)) == {"Better", "Headline 2"}
    assert Author.objects.count() == 1


def test_what_an_editor_deleted_since_is_not_brought_back(tmp_path):
    run(tmp_path, *EVERYTHING)
    Article.objects.filter(slug="post-1").delete()
    run(tmp_path, *EVERYTHING)
    assert not Article.objects.filter(slug="post-1").exists()


def test_a_site_begun_anew_at_the_same_address_is_not_taken_for_the_old_one(tmp_path):
    run(tmp_path, item(1))
    run(
        tmp_path,
        item(1, title="Another", link=f"{SITE}/another/", post_date="2024-01-01 00:00:00", post_date_gmt="2024-01-01 00:00:00"),
    )
    assert Article.objects.count() == 2


def test_a_post_that_stands_twice_in_a_file_comes_once(tmp_path):
    outcome = run(tmp_path, item(1), item(1))
    assert Article.objects.count() == 1
    assert outcome.skipped == {"posts and pages that appear twice in the file": 1}


def test_a_dry_run_writes_nothing_and_counts_the_same(tmp_path):
    dry = run(tmp_path, *EVERYTHING, dry_run=True)
    assert rows() == [0] * 6
    real = run(tmp_path, *EVERYTHING)
    assert dry.counts == real.counts
    assert dry.lines == real.lines
    assert dry.summary.replace("would import", "imported") == real.summary


def test_an_article_that_the_database_refuses_delays_no_other(tmp_path, monkeypatch):
    made = preparing.Preparer.prepared

    def too_long(self, item):
        prepared = made(self, item)
        if item.id == "2":
            prepared.article.language = "x" * 99
        return prepared

    monkeypatch.setattr(preparing.Preparer, "prepared", too_long)
    outcome = run(tmp_path, item(1), item(2), item(3))
    assert list(Article.objects.order_by("pk").values_list("slug", flat=True)) == ["post-1", "post-3"]
    assert outcome.counts["articles published"] == 2
    assert "article that the database refused" in outcome.losses


def test_the_import_asks_the_database_as_often_for_one_post_as_for_three(tmp_path, django_assert_num_queries):
    run(tmp_path, item(1))
    with django_assert_num_queries(34):
        run(tmp_path, item(2))
    with django_assert_num_queries(34):
        run(tmp_path, item(3), item(4), item(5))
