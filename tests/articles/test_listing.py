"""Whatever happens to articles, in whatever order: every page of every list is what a plain query would say."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from articles import listing, publishing, scheduling, search, tagging
from articles.importing.copying import copy_rows, copy_values, number_rows
from articles.listing import Listing
from articles.models import Article, Author, Byline, Kind, Section, Status, Tag, TaggedArticle, Tally
from articles.models.articles import ArticleQuerySet
from articles.months import bounds
from articles.paging import page_of
from tests.factories import NOON, make_article, make_author, make_section, make_tag

SIZE = 2
MOMENTS = [
    datetime(2024, 12, 31, 23, 30, tzinfo=UTC),
    datetime(2025, 1, 1, tzinfo=UTC),
    datetime(2026, 2, 28, 12, tzinfo=UTC),
    NOON,
]
THREE, MOMENT = st.integers(0, 2), st.sampled_from(MOMENTS)
VERBS = ["publish", "schedule", "withdraw", "restore", "erase", "move", "tag", "untag", "sign", "unsign", "carry", "stale"]
DEEDS = st.one_of(
    st.tuples(st.just("write"), THREE, MOMENT),
    st.tuples(st.just("bring"), THREE, MOMENT),
    st.tuples(st.sampled_from(VERBS), THREE, MOMENT),
    st.tuples(st.sampled_from(VERBS), THREE, MOMENT),
    st.tuples(st.sampled_from(["merge", "fold", "forget"]), THREE, MOMENT),
)


class Story:
    def __init__(self) -> None:
        self.sections = [make_section() for _ in range(3)]
        self.authors = [make_author() for _ in range(3)]
        self.tags = [make_tag() for _ in range(3)]

    def tell(self, deed: tuple[str, int, datetime]) -> None:
        name, which, at = deed
        with suppress(ValidationError):
            getattr(self, name)(which, at)

    def one(self, which: int) -> Article | None:
        return Article.objects.order_by("pk")[which : which + 1].first()

    def write(self, which: int, at: datetime) -> None:
        tags = [tag.name for tag in Tag.objects.order_by("pk")[: which + 1]]
        make_article(status=Status.DRAFT, section=self.sections[which], authors=self.authors[which:], tags=tags)

    def bring(self, which: int, at: datetime) -> None:
        """An import: published long ago, by COPY."""
        row = Article(headline="Old", slug=f"old-{Article.objects.count()}-{which}", body="<p>Old.</p>", published_at=at)
        row.section, row.status = self.sections[which], Status.PUBLISHED
        with suppress(ValidationError):
            row.full_clean()
            number_rows(Article, [row])
            copy_rows(Article, [row], computed={"search": search.VECTOR}, values=search.VALUES)
            copy_values(Byline, ["article_id", "author_id"], [(row.pk, author.pk) for author in self.authors[:which]])
            copy_values(TaggedArticle, ["content_object_id", "tag_id"], [(row.pk, tag.pk) for tag in Tag.objects.all()])

    def publish(self, which: int, at: datetime) -> None:
        if article := self.one(which):
            publishing.publish(article, by=None, at=at)

    def schedule(self, which: int, at: datetime) -> None:
        if article := self.one(which):
            publishing.schedule(article, by=None, publish_at=at, at=at - timedelta(days=1))
            scheduling.publish_due(at=at)

    def withdraw(self, which: int, at: datetime) -> None:
        if article := self.one(which):
            publishing.withdraw(article, by=None, at=at)

    def restore(self, which: int, at: datetime) -> None:
        if article := self.one(which):
            publishing.restore(article, by=None, at=NOON)

    def erase(self, which: int, at: datetime) -> None:
        if article := self.one(which):
            article.delete()

    def move(self, which: int, at: datetime) -> None:
        if article := self.one(which):
            article.section = self.sections[(self.sections.index(article.section) + 1) % 3]  # type: ignore[arg-type]
            article.save()
            publishing.keep(article, at=max(at, article.published_at or at))

    def tag(self, which: int, at: datetime) -> None:
        if article := self.one(which):
            article.tags.add(*Tag.objects.order_by("-pk")[:2])

    def untag(self, which: int, at: datetime) -> None:
        if article := self.one(which):
            article.tags.set(list(Tag.objects.order_by("pk")[:1]))

    def sign(self, which: int, at: datetime) -> None:
        if article := self.one(which):
            Byline.objects.get_or_create(article=article, author=self.authors[which])

    def unsign(self, which: int, at: datetime) -> None:
        if article := self.one(which):
            article.bylines.all().delete()

    def carry(self, which: int, at: datetime) -> None:
        """A byline passes to somebody else."""
        if byline := Byline.objects.order_by("pk").first():
            Byline.objects.filter(pk=byline.pk).exclude(article__authors=self.authors[which]).update(author=self.authors[which])

    def stale(self, which: int, at: datetime) -> None:
        """Somebody saves a row as they read it before the article was withdrawn or published."""
        if (article := self.one(which)) and (row := article.bylines.first()):
            self.withdraw(which, at)
            self.publish(which, at)
            row.save()

    def merge(self, which: int, at: datetime) -> None:
        tags = list(Tag.objects.order_by("pk"))
        if len(tags) > 1:
            tagging.merge(tags[1:], into=tags[0], by=None)
            make_tag()

    def forget(self, which: int, at: datetime) -> None:
        Tag.objects.order_by("pk")[which].delete() if Tag.objects.count() > which else None
        make_tag()

    def fold(self, which: int, at: datetime) -> None:
        Tally.objects.fold()


def lists() -> Iterator[tuple[Listing, ArticleQuerySet]]:
    """Every list, and the plain query that says what should stand in it."""
    published = Article.objects.published()
    yield listing.latest(), published
    for section in Section.objects.all():
        yield listing.in_section(section), published.filter(section=section)
    for tag in Tag.objects.all():
        yield listing.with_tag(tag), published.filter(tags=tag)
    for author in Author.objects.all():
        yield listing.signed_by(author), published.filter(authors=author)
    for year, month in [("2024", "12"), ("2025", "01"), ("2026", "11")]:
        start, end = bounds(year, month)
        yield listing.between(start, end), published.filter(published_at__gte=start, published_at__lt=end)


def pages(of: Listing) -> list[list[Any]]:
    """The primary keys on each page, from the newest to the oldest."""
    newest = page_of(of, "/", size=SIZE)
    older = [page_of(of, "/", number, size=SIZE) for number in range(newest.full - 1, 0, -1)]
    return [[card.pk for card in page.entries] for page in [newest, *older]]


def in_pages(keys: list[int]) -> list[list[int]]:
    """The same by the rule: full pages from the oldest, the last of them together with what has come since."""
    first = len(keys) - max(len(keys) // SIZE - 1, 0) * SIZE
    return [keys[:first], *(keys[start : start + SIZE] for start in range(first, len(keys), SIZE))]


class TestListing(TestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(DEEDS, min_size=3, max_size=14))
    def test_every_page_is_what_a_plain_query_says(self, deeds: list[tuple[str, int, datetime]]) -> None:
        story = Story()
        for deed in deeds:
            story.tell(deed)
        for kept, plain in lists():
            assert pages(kept) == in_pages(list(plain.values_list("pk", flat=True)))


@pytest.mark.django_db
def test_folding_leaves_one_row_a_bucket_and_every_sum_as_it_is() -> None:
    ana = make_author()
    for _ in range(3):
        make_article(authors=[ana], tags=["Water"])
    publishing.withdraw(Article.objects.first(), by=None, at=NOON)  # type: ignore[arg-type]
    before = page_of(listing.signed_by(ana), "/").entries
    Tally.objects.fold()
    assert sorted(Tally.objects.filter(kind__in=[Kind.LATEST, Kind.AUTHOR]).values_list("kind", "key", "change")) == [
        ("author", ana.pk, 2),
        ("latest", 0, 2),
    ]
    assert page_of(listing.signed_by(ana), "/").entries == before
    Tally.objects.fold()
    assert Tally.objects.place(Kind.LATEST, 0, 0)[0] == 2


@pytest.mark.django_db
def test_what_was_withdrawn_altogether_leaves_no_row() -> None:
    article = make_article(tags=["Water"], authors=[make_author()])
    publishing.withdraw(article, by=None, at=NOON)
    Tally.objects.fold()
    assert not Tally.objects.exists()


@pytest.mark.django_db
def test_the_migration_fills_the_lists_of_what_was_there_before() -> None:
    ana, ben = make_author(), make_author()
    for number in range(5):
        make_article(authors=[ana, ben][number % 2 :], tags=["Water", f"Dam {number}"])
    make_article(status=Status.DRAFT, authors=[ana], tags=["Water"])
    withdrawn = make_article(status=Status.WITHDRAWN, authors=[ben], tags=["Water"])
    before = [pages(kept) for kept, _ in lists()]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger fires: as it was before
        cursor.execute("DELETE FROM articles_tally")
        cursor.execute("UPDATE articles_byline SET published_at = NULL; UPDATE articles_taggedarticle SET published_at = NULL")
        cursor.execute("SET LOCAL session_replication_role = origin")
        assert pages(listing.with_tag(Tag.objects.get(name="Water"))) == [[]]
        cursor.execute(import_module("articles.migrations.0011_fill_lists").FILL)
    assert [pages(kept) for kept, _ in lists()] == before
    assert not withdrawn.taggings.exclude(published_at=None).exists()
