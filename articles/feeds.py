"""RSS, Atom and JSON feeds of the site, its tags, sections and authors: the newest articles as summaries."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from articles import frame, listing
from articles.listing import Listing
from articles.models import Author, Section, Tag
from articles.pages import CORRECTIONS, DESCRIPTION, LANGUAGE, LATEST, NAME, TAGLINE, in_section, shown_entries, shown_newest
from articles.syndication import FORMATS, Entry
from articles.views.article import with_its_page
from newsroom import pages
from newsroom.methods import require_safe

ENTRIES = 30


@pages.kept
@require_safe
def latest(request: HttpRequest, form: str) -> HttpResponse:
    return _feed(request, form, LATEST, listing.latest(), reverse("articles:front"), "", "")


@pages.kept
@require_safe
def tag(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    tag = get_object_or_404(Tag, slug=slug)
    pages.shows(request, f"tag:{tag.pk}" if form == "atom" else f"tag-page:{tag.pk}")
    name = f"list:tag:{tag.pk}"
    return _feed(
        request, form, name, listing.with_tag(tag), tag.get_absolute_url(), tag.name, tag.description, may_be_empty=False
    )


@pages.kept
@require_safe
def section(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    section = get_object_or_404(Section, slug=slug)
    pages.shows(request, f"section:{section.pk}" if form == "atom" else f"section-page:{section.pk}")
    return _feed(
        request,
        form,
        in_section(section.pk),
        listing.in_section(section),
        section.get_absolute_url(),
        section.name,
        section.description,
    )


@pages.kept
@require_safe
def author(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    author = get_object_or_404(Author, slug=slug)
    pages.shows(request, f"author:{author.pk}" if form == "atom" else f"author-words:{author.pk}")
    name = f"list:author:{author.pk}"
    return _feed(
        request, form, name, listing.signed_by(author), author.get_absolute_url(), author.name, author.bio, may_be_empty=False
    )


@pages.kept
@require_safe
def corrections(request: HttpRequest, form: str) -> HttpResponse:
    """What readers were told of articles since: the newest notes."""
    rows: list[Any] = list(listing.corrections().newest(ENTRIES))
    masthead, kind = frame.masthead(), FORMATS[form]
    pages.shows(request, NAME, LANGUAGE, shown_newest(CORRECTIONS, rows, ENTRIES), *(f"line:{row.article_id}" for row in rows))
    feed = kind(
        title=f"{masthead.name}: Corrections",
        link=frame.absolute(reverse("articles:corrections")),
        description=f"What {masthead.name} corrected, clarified or retracted.",
        language=masthead.language,
        feed_url=frame.absolute_path(request.path),
    )
    for row in rows:
        feed.add_entry(Entry.of_correction(row))
    return HttpResponse(feed.writeString("utf-8"), content_type=kind.content_type)


def _feed(
    request: HttpRequest,
    form: str,
    listed_as: str,
    articles: Listing,
    page: str,
    name: str,
    description: str,
    *,
    may_be_empty: bool = True,
) -> HttpResponse:
    entries = list(with_its_page(articles.newest(ENTRIES)).defer("body"))
    if not (entries or may_be_empty):
        raise Http404("Nothing is published there yet.")
    masthead, kind = frame.masthead(), FORMATS[form]
    pages.shows(request, NAME, LANGUAGE, shown_newest(listed_as, entries, ENTRIES), *shown_entries(entries, form))
    if form != "atom" and not description:  # Atom has no place for one
        pages.shows(request, DESCRIPTION, TAGLINE)
    feed = kind(
        title=f"{masthead.name}: {name}" if name else masthead.name,
        link=frame.absolute(page),
        description=description or masthead.description or masthead.tagline or masthead.name,
        language=masthead.language,
        feed_url=frame.absolute_path(request.path),
    )
    for article in entries:
        feed.add_entry(Entry.of(article))
    return HttpResponse(feed.writeString("utf-8"), content_type=kind.content_type)
