from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render

from articles.models import Article, Section
from articles.views.missing import former
from newsroom.methods import require_safe

HEAD = 4  # the lead and the seconds
STRIP = 6  # stories of a section


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    if request.GET and (address := former(request)):
        return HttpResponsePermanentRedirect(address)  # an imported permalink such as /?p=12
    head, strips = compose()
    context = {"is_front": True, "lead": head[:1], "seconds": head[1:], "strips": strips}
    return render(request, "articles/front.html", context)


def compose() -> tuple[list[Article], list[tuple[Section, list[Article]]]]:
    """The newest stories, then for each section its newest that do not stand above. No story twice: four queries."""
    published = Article.objects.published()
    head = list(published.values_list("pk", flat=True)[:HEAD])
    in_section = published.filter(section=OuterRef("pk")).exclude(pk__in=head).values("pk")[:STRIP]
    sections = list(Section.objects.filter(in_navigation=True).annotate(newest=ArraySubquery(in_section)))
    wanted = published.filter(pk__in=[*head, *(pk for section in sections for pk in section.newest)])
    cards = {card.pk: card for card in wanted.as_cards().defer(None).defer("body", "search", "summary", "schedule_error")}
    strips = [(section, [cards[pk] for pk in section.newest if pk in cards]) for section in sections]
    return [cards[pk] for pk in head if pk in cards], [strip for strip in strips if strip[1]]
