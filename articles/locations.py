"""Which public addresses articles and their lists have: for `manage.py pages warm`."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.urls import reverse

from articles.models import Article, Author, Correction, FormerAddress, Section, Tag
from articles.paging import SIZE
from articles.readdressing import Page

FORMS = ("rss", "atom", "json")
NEWEST = 200  # articles that readers ask for first
LISTS = ("front", "latest", "tags", "archive", "corrections")
SINGLE = (*LISTS, "sitemap", "news_sitemap", "pages_sitemap", "robots", "opensearch", "security")


def first() -> Iterator[str]:
    """The front page, feeds, sitemaps, the newest articles, and every list's own address."""
    yield from (reverse(f"articles:{name}") for name in SINGLE)
    yield from (reverse(f"articles:{name}_feed", args=[form]) for name in ("latest", "corrections") for form in FORMS)
    yield from _own(Article.objects.published().only("slug")[:NEWEST])
    for kind, pages in _lists():
        for page in pages:
            yield page.get_absolute_url()
            yield from (reverse(f"articles:{kind}_feed", args=[page.slug, form]) for form in FORMS)
    for month in _months():
        words = f"{month['month']:%Y}", f"{month['month']:%m}"
        yield reverse("articles:month", args=words)
        yield reverse("articles:month_sitemap", args=words)


def every() -> Iterator[str]:
    """All articles, withdrawn ones too, the lists' numbered pages, and former addresses."""
    yield from _own(Article.objects.once_public().order_by("-published_at", "-pk").only("slug").iterator())
    yield from _numbered(reverse("articles:latest"), Article.objects.published().count())
    yield from _numbered(reverse("articles:corrections"), Correction.objects.listed().count())
    for page in chain.from_iterable(pages for _, pages in _lists()):
        yield from _numbered(page.get_absolute_url(), page.entries)  # type: ignore[union-attr]
    for month in _months():
        address = reverse("articles:month", args=[f"{month['month']:%Y}", f"{month['month']:%m}"])
        yield from _numbered(address, month["entries"])
    former = FormerAddress.objects.exclude(path__contains="?").order_by("-pk")
    yield from former.values_list("path", flat=True).iterator()


def _own(articles: Any) -> Iterator[str]:
    return (article.get_absolute_url() for article in articles)


def _lists() -> Iterator[tuple[str, list[Page]]]:
    """With how many published articles stand in them. Tags and authors without any have no page, sections do."""
    published = Article.objects.published().order_by()
    yield "section", list(Section.objects.annotate(entries=Count("articles", filter=Q(articles__in=published))))
    yield "tag", list(Tag.objects.filter(taggings__content_object__in=published).annotate(entries=Count("taggings")))
    yield "author", list(Author.objects.filter(bylines__article__in=published).annotate(entries=Count("bylines")))


def _months() -> Any:
    months = Article.objects.published().order_by().annotate(month=TruncMonth("published_at")).values("month")
    return months.annotate(entries=Count("pk")).order_by("-month")


def _numbered(address: str, entries: int) -> Iterator[str]:
    return (f"{address}page/{number}/" for number in range(entries // SIZE, 0, -1))
