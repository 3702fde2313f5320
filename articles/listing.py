"""The lists that readers page through. Each is one range of one index, in the order of publication; the first page, a
deep one and the number of entries cost the same however many articles there are.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from articles.models import Article, Author, Byline, Correction, Kind, Section, Tag, TaggedArticle, Tally
from articles.models.articles import ArticleQuerySet


@dataclass(frozen=True)
class Listing:
    rows: QuerySet[Any]  # without order
    article: str  # the column of a row that names the article
    tally: tuple[Kind, int] | None = None  # None: short enough to be counted

    def place(self, position: int = 0) -> tuple[int, dict[str, Any], int]:
        """(how many entries; a lookup that begins near `position`, counted from the oldest; entries to skip from there)."""
        if self.tally is None:
            return self.rows.count(), {}, position
        count, bucket, before = Tally.objects.place(*self.tally, position)
        return count, {"published_at__gte": start_of(bucket)} if bucket else {}, position - before

    def newest(self, count: int) -> ArticleQuerySet:
        return self._articles(self.rows.order_by("-published_at", f"-{self.article}")[:count])

    def slice(self, near: dict[str, Any], skip: int, count: int) -> ArticleQuerySet:
        """`count` entries onward from a place, newest first."""
        rows = self.rows.filter(**near).order_by("published_at", self.article)
        return self._articles(rows[skip : skip + count])

    def _articles(self, rows: QuerySet[Any]) -> ArticleQuerySet:
        return Article.objects.published().filter(pk__in=rows.values(self.article))


class Notes(Listing):
    """Corrections instead of articles. Counted: there is one for some dozens of articles, and the list is kept as a file."""

    def _articles(self, rows: QuerySet[Any]) -> Any:
        found = Correction.objects.filter(pk__in=rows.values("pk")).order_by("-published_at", "-pk")
        return found.as_cards()


def start_of(bucket: Any) -> datetime:
    return datetime(bucket.year, bucket.month, bucket.day, tzinfo=UTC)


def latest() -> Listing:
    return Listing(Article.objects.published(), "pk", (Kind.LATEST, 0))


def in_section(section: Section) -> Listing:
    return Listing(Article.objects.published().filter(section=section.pk), "pk", (Kind.SECTION, section.pk))


def with_tag(tag: Tag) -> Listing:
    return Listing(TaggedArticle.objects.filter(tag=tag.pk, published_at__isnull=False), "content_object", (Kind.TAG, tag.pk))


def signed_by(author: Author) -> Listing:
    return Listing(Byline.objects.filter(author=author.pk, published_at__isnull=False), "article", (Kind.AUTHOR, author.pk))


def corrections() -> Listing:
    return Notes(Correction.objects.listed(), "pk")


def between(start: datetime, end: datetime) -> Listing:
    """From `start` up to `end`: a month, whose length has nothing to do with the archive's."""
    return Listing(Article.objects.published().filter(published_at__gte=start, published_at__lt=end), "pk")


def related(tag: Tag) -> QuerySet[Tag]:
    """Tags that somebody chose to stand beside this one, by name; `.is_listed`: they have an article that readers see."""
    public = TaggedArticle.objects.filter(tag=OuterRef("pk"), published_at__isnull=False)
    return Tag.objects.filter(related=tag).annotate(is_listed=Exists(public)).order_by("name")


def in_use() -> tuple[QuerySet[Any], ...]:
    """The sections, tags and authors whose lists have an entry: one look into an index for each."""
    public = {"published_at__isnull": False}
    return (
        Section.objects.filter(Exists(Article.objects.published().filter(section=OuterRef("pk")))),
        Tag.objects.filter(Exists(TaggedArticle.objects.filter(tag=OuterRef("pk"), **public))),
        Author.objects.filter(Exists(Byline.objects.filter(author=OuterRef("pk"), **public))),
    )
