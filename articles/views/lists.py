from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Left, Upper
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from articles import listing, months
from articles.models import Author, Kind, Section, Tag, Tally
from articles.pages import CORRECTIONS, LATEST, TAGS, in_section, shown_cards, shown_tag
from articles.paging import NotFullYet, Page, page_of
from newsroom import pages
from newsroom.methods import require_safe

TOPICS = 1000  # on their page
View = Callable[..., HttpResponse]


def listed(view: View) -> View:
    """A kept list whose numbered pages may be asked for a little too early: the newest entries stand at its own address."""

    @pages.kept
    @require_safe
    @wraps(view)
    def wrapped(request: HttpRequest, **words: Any) -> HttpResponse:
        try:
            return view(request, **words)
        except NotFullYet as early:
            response = HttpResponseRedirect(early.args[0])
            add_never_cache_headers(response)
            return response

    return wrapped


def refuse_if_empty(page: Page) -> None:
    """A tag or an author that stands on drafts alone would tell what is being written."""
    if not page.entries:
        raise Http404("Nothing is published there yet.")


@listed
def latest(request: HttpRequest, number: int | None = None) -> HttpResponse:
    page = page_of(listing.latest(), reverse("articles:latest"), number)
    pages.shows(request, page.stretch(LATEST), *shown_cards(page.entries))
    return render(request, "articles/latest.html", {"page": page, "here": page.address})


@pages.kept
@require_safe
def tags(request: HttpRequest) -> HttpResponse:
    """The tags that published articles carry, by name: all of them, or the fullest where that would be no page to read."""
    pages.shows(request, TAGS)
    tallies = Tally.objects.filter(kind=Kind.TAG).values("key").annotate(entries=Sum("change"))
    fullest = tallies.filter(entries__gt=0).order_by("-entries", "key")[:TOPICS]
    entries = Subquery(tallies.filter(key=OuterRef("pk")).values("entries"))
    tags = Tag.objects.filter(pk__in=fullest.values("key")).annotate(entries=entries, letter=Upper(Left("name", 1)))
    context = {"tags": tags.order_by("letter", "name"), "most": TOPICS, "here": reverse("articles:tags")}
    return render(request, "articles/tags.html", context)


@listed
def tag(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    tag = get_object_or_404(Tag.objects.select_related("image"), slug=slug)
    page = page_of(listing.with_tag(tag), tag.get_absolute_url(), number)
    refuse_if_empty(page)
    related: Any = list(listing.related(tag))
    pages.shows(request, *shown_tag(tag, related), page.stretch(f"list:tag:{tag.pk}"), *shown_cards(page.entries))
    return render(
        request, "articles/tag.html", {"tag": tag, "page": page, "related": [each for each in related if each.is_listed]}
    )


@listed
def section(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    section = get_object_or_404(Section, slug=slug)
    page = page_of(listing.in_section(section), section.get_absolute_url(), number)
    pages.shows(request, f"section-page:{section.pk}", page.stretch(in_section(section.pk)), *shown_cards(page.entries))
    return render(request, "articles/section.html", {"section": section, "page": page, "here": slug})


@listed
def author(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    author = get_object_or_404(Author.objects.select_related("portrait"), slug=slug)
    page = page_of(listing.signed_by(author), author.get_absolute_url(), number)
    refuse_if_empty(page)
    pages.shows(request, f"author-page:{author.pk}", page.stretch(f"list:author:{author.pk}"), *shown_cards(page.entries))
    pages.shows(request, *([f"image:{author.portrait_id}:card"] if author.portrait_id else []))
    return render(request, "articles/author.html", {"author": author, "page": page})


@listed
def corrections(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """What readers were told of articles since they came out."""
    page = page_of(listing.corrections(), reverse("articles:corrections"), number)
    lines = [f"line:{note.article_id}" for note in page.entries]  # type: ignore[attr-defined]
    pages.shows(request, page.stretch(CORRECTIONS), *lines)
    return render(request, "articles/corrections.html", {"page": page, "here": page.address})


@pages.kept
@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """The months in which something was published, newest first."""
    pages.shows(request, LATEST)
    return render(request, "articles/archive.html", {"months": list(months.entries().items())})


@listed
def month(request: HttpRequest, year: str, month: str, number: int | None = None) -> HttpResponse:
    start, end = months.bounds(year, month)
    page = page_of(listing.between(start, end), reverse("articles:month", args=[year, month]), number)
    pages.shows(request, page.stretch(f"list:month:{year}-{month}"), *shown_cards(page.entries))
    if not page.entries:
        raise Http404("Nothing was published in that month.")
    return render(request, "articles/month.html", {"month": start.date(), "page": page})
