"""Sitemaps: an index by month with the moment of the last change, the lists, and the news of the last two days."""

from datetime import timedelta
from typing import Any

from django.db.models import F, Max
from django.db.models.functions import Coalesce, TruncMonth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from articles import frame
from articles.models import Article, Author, Section, Tag
from articles.months import bounds
from newsroom.methods import require_safe

MOST = 50_000  # entries of one file, by the protocol
NEWS_AGE = timedelta(hours=48)
NEWS_MOST = 1_000
CHANGED = Coalesce(F("updated_at"), F("published_at"))


def _render(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, f"articles/{name}.xml", context, content_type="application/xml; charset=utf-8")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    months = Article.objects.published().order_by().annotate(month=TruncMonth("published_at")).values("month")
    rows = months.annotate(changed=Max(CHANGED)).order_by("-month")
    return _render(request, "sitemap_index", {"pages": frame.absolute(reverse("articles:pages_sitemap")), "months": rows})


@require_safe
def month(request: HttpRequest, year: str, month: str) -> HttpResponse:
    start, end = bounds(year, month)
    published = Article.objects.published().filter(published_at__gte=start, published_at__lt=end)
    rows = published.annotate(changed=CHANGED).only("slug")[:MOST]
    return _render(request, "sitemap", {"rows": [(article.get_absolute_url(), article.changed) for article in rows]})


@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    """The front page and every list in which a published article stands."""
    published = Article.objects.published().order_by()
    lists = [
        *Section.objects.filter(articles__in=published).order_by("pk").distinct(),
        *Tag.objects.filter(taggings__content_object__in=published).order_by("pk").distinct(),
        *Author.objects.filter(articles__in=published).order_by("pk").distinct(),
    ]
    addresses = [reverse(f"articles:{name}") for name in ("front", "latest", "tags", "archive")]
    addresses += [one.get_absolute_url() for one in lists][: MOST - len(addresses)]
    return _render(request, "sitemap", {"rows": [(address, None) for address in addresses]})


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    since = timezone.now() - NEWS_AGE
    rows = Article.objects.published().filter(published_at__gt=since).only("headline", "slug", "language", "published_at")
    return _render(request, "news_sitemap", {"masthead": frame.masthead(), "articles": rows[:NEWS_MOST]})
