from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render

from articles.models import Article, Section
from articles.models.articles import ArticleQuerySet
from articles.pages import DESCRIPTION, LATEST, TAGLINE, in_section, offered, shown_newest, shown_story
from articles.views.missing import former
from newsroom import pages
from newsroom.database.prepared import Given, prepared
from newsroom.methods import require_safe

type Strip = tuple[Section, list[Article]]

HEAD = 4  # the lead and the seconds
STRIP = 6  # stories of a section


@pages.kept
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    if request.GET and (address := former(request)):
        return HttpResponsePermanentRedirect(address)  # an imported permalink such as /?p=12
    head, strips = compose()
    pages.shows(request, DESCRIPTION, TAGLINE, *shown(head, strips))
    context = {"is_front": True, "lead": head[:1], "seconds": head[1:], "strips": [strip for strip in strips if strip[1]]}
    return render(request, "articles/front.html", context)


def shown(head: list[Article], strips: list[Strip]) -> list[str]:
    """The keys of the front page; each template shows less of a story than the one before."""
    keys = [shown_newest(offered(LATEST), head, HEAD)]
    for n, card in enumerate(head):
        keys += shown_story(card, "teaser" if n == 0 else "blurb", kicker=True, picture=n < 2)
    keys += [f"image:{head[0].lead_image_id}:social"] if head and head[0].lead_image_id else []
    for section, cards in strips:
        keys += [shown_newest(offered(in_section(section.pk)), cards, STRIP)]
        for n, card in enumerate(cards):
            keys += [f"line:{card.pk}"] if n else shown_story(card, "blurb", kicker=False, picture=True)
    return keys


@prepared
def newest() -> QuerySet[Article, int]:
    return Article.objects.standing().values_list("pk", flat=True)[:HEAD]


@prepared
def with_newest(head: Given) -> QuerySet[Section]:
    """The sections of the navigation with the keys of their `.newest`, without those of the head."""
    others = Article.objects.standing().filter(section=OuterRef("pk")).exclude(pk__in=head.each()).values("pk")[:STRIP]
    return Section.objects.filter(in_navigation=True).annotate(newest=ArraySubquery(others))


@prepared
def cards_of(keys: Given) -> ArticleQuerySet:
    return Article.objects.standing().filter(pk__in=keys.each()).as_cards("standfirst")


@prepared
def lines_of(keys: Given) -> ArticleQuerySet:
    return Article.objects.standing().filter(pk__in=keys.each()).as_lines()


def compose() -> tuple[list[Article], list[Strip]]:
    """The newest stories, then for each section its newest that do not stand above. No story twice: four queries.

    The first of a strip is a card, the others are lines.
    """
    head = newest()
    sections: list[Any] = with_newest(head=head)
    firsts = [pk for section in sections for pk in section.newest[:1]]
    further = [pk for section in sections for pk in section.newest[1:]]
    cards = {card.pk: card for card in cards_of(keys=[*head, *firsts])}
    lines = {line.pk: line for line in lines_of(keys=further)}

    def strip(newest: list[int]) -> list[Article]:
        """Nothing if its card was withdrawn between two queries: then this page is rendered anew at once."""
        first = [cards[pk] for pk in newest[:1] if pk in cards]
        return first and first + [lines[pk] for pk in newest[1:] if pk in lines]

    return [cards[pk] for pk in head if pk in cards], [(section, strip(section.newest)) for section in sections]
