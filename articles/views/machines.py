"""What other programs ask for: robots.txt, OpenSearch, security.txt."""

from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from articles import frame
from articles.pages import CONTACT, NAME
from newsroom import pages
from newsroom.methods import require_safe

PLAIN = "text/plain; charset=utf-8"
SHORT = 16
HANGING = set("a an and der die das el la le les il for in of on the de del des du da di do und et y e".split()) | {""}  # noqa: SIM905


@pages.kept
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    pages.shows(request, "robots")
    closed = ["/admin/", "/search/", "/preview/", "/giving/", "/digest/confirm/", "/digest/unsubscribe/", "/digest/preferences/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    lines += [f"Sitemap: {settings.SITE_URL}/{name}.xml" for name in ("sitemap", "news-sitemap")]
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN)


@pages.kept
@require_safe
def opensearch(request: HttpRequest) -> HttpResponse:
    pages.shows(request, NAME)
    masthead = frame.masthead()
    context = {"masthead": masthead, "short_name": short_name(masthead.name), "site_url": settings.SITE_URL}
    return render(request, "articles/opensearch.xml", context, content_type="application/opensearchdescription+xml")


def short_name(name: str) -> str:
    """The name in the 16 characters that OpenSearch 1.1 allows: whole words, and no “&” or “of” left hanging at the end.

    Where not one word that says something has room, it is cut, with an ellipsis.
    """
    if len(name := " ".join(name.split())) <= SHORT:
        return name
    first, *rest = name.split()
    words = name[: SHORT + 1].split(" ")[:-1]
    while words and words[-1].strip("&+–—-·|,:").lower() in HANGING:
        words.pop()
    if not words and rest and first.lower() in HANGING:
        return short_name(" ".join(rest))
    return " ".join(words).rstrip(",:;") or f"{first[: SHORT - 1]}…"


@pages.kept
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116. Without a contact address there is nothing to say."""
    contact = frame.masthead().contact_email
    if not contact:
        raise Http404("The newsroom has named no contact.")
    at = timezone.now()
    pages.shows(request, CONTACT, pages.until(next_month(at)))
    lines = [
        f"Contact: mailto:{contact}",
        f"Expires: {expiry(at).isoformat(timespec='seconds')}",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN)


def next_month(at: datetime) -> datetime:
    return first_of_month(at.year * 12 + at.month, at)


def expiry(at: datetime) -> datetime:
    """The first of a month, at least nine months ahead and under a year, as the RFC advises."""
    return first_of_month(at.year * 12 + at.month + 9, at)


def first_of_month(months: int, at: datetime) -> datetime:
    """Its first moment, in the zone of `at`; months are counted from the year 0."""
    return at.replace(year=months // 12, month=months % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0)
