"""Sitemaps: an index by month with the moment of the last change, the lists, and the news of the last two days."""

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from articles import frame, listing, months
from articles.models import Article
from articles.pages import LATEST, LISTS, MONTHS, NAME, offered
from newsroom import pages
from newsroom.methods import require_safe

MOST = 50_000  # entries of one file, by the protocol
NEWS_AGE = timedelta(hours=48)
NEWS_MOST = 1_000
CHANGED = Coalesce(F("updated_at"), F("published_at"))


def _render(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, f"articles/{name}.xml", context, content_type="application/xml; charset=utf-8")


@pages.kept
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    rows = months.changes(months.entries())
    shown = [pages.stretch(f"changed:{first:%Y-%m}", since=changed) for first, changed in rows]
    pages.shows(request, MONTHS, *shown)
    return _render(request, "sitemap_index", {"pages": frame.absolute(reverse("articles:pages_sitemap")), "months": rows})


@pages.kept
@require_safe
def month(request: HttpRequest, year: str, month: str) -> HttpResponse:
    pages.shows(request, f"list:month:{year}-{month}", f"rows:{year}-{month}")
    start, end = months.bounds(year, month)
    published = Article.objects.published().filter(published_at__gte=start, published_at__lt=end)
    rows = [(each.get_absolute_url(), each.changed) for each in published.annotate(changed=CHANGED).only("slug")[:MOST]]
    if not rows:
        raise Http404("Nothing was published in this month.")  # the schema knows no sitemap without an address
    return _render(request, "sitemap", {"rows": rows})


@pages.kept
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """The front page and every list in which a published article stands."""
    pages.shows(request, LISTS)
    listed = [one for rows in listing.in_use() for one in rows.order_by("pk").only("slug")]
    addresses = [reverse(f"articles:{name}") for name in ("front", "latest", "tags", "archive", "corrections")]
    addresses += [one.get_absolute_url() for one in listed][: MOST - len(addresses)]
    return _render(request, "sitemap", {"rows": [(address, None) for address in addresses]})


@pages.kept
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """The articles of the last two days that are not retracted. After two days without any: the newest one as a plain address.

    The sitemap schema asks for one address at least, and a 404 would look like a broken newsroom to who fetches this every
    few minutes. Google's rule for articles that are older than two days is to leave out either their address or only what
    is said of them as news; so the newest stands here without that. A site that has published nothing answers 404.
    """
    articles = Article.objects.standing().only("headline", "slug", "language", "published_at")
    since = timezone.now() - NEWS_AGE
    fresh = list(articles.filter(published_at__gt=since)[:NEWS_MOST])
    shown = fresh or list(articles[:1])
    if not shown:
        raise Http404("Nothing is published yet.")
    oldest = shown[-1].published_at
    stretch = pages.stretch(offered(LATEST), since=since if fresh else oldest)  # one between them, restored, were the newest
    pages.shows(request, NAME, stretch, *(f"line:{article.pk}" for article in shown))
    if fresh and oldest:  # true until it is two days old
        pages.shows(request, pages.until(oldest + NEWS_AGE))
    older = [] if fresh else shown
    return _render(request, "news_sitemap", {"masthead": frame.masthead(), "fresh": fresh, "older": older})
