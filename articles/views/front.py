from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render

from articles.composing import Front, compose, shown
from articles.pages import DESCRIPTION, TAGLINE
from articles.views.missing import former
from newsroom import pages
from newsroom.methods import require_safe

BESIDE = 3  # seconds that stand beside the lead; further ones stand under it


@pages.kept
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    if request.GET and (address := former(request)):
        return HttpResponsePermanentRedirect(address)  # an imported permalink such as /?p=12
    found = compose()
    pages.shows(request, DESCRIPTION, TAGLINE, *shown(found))
    return page(request, found)


def page(request: HttpRequest, found: Front) -> HttpResponse:
    """Readers' page and the preview of the desk alike."""
    seconds = found.seconds
    context = {"is_front": True, "lead": found.lead, "seconds": seconds[:BESIDE], "further": seconds[BESIDE:]}
    context |= {"strips": found.strips, "rest": found.rest.cards if found.rest else []}
    return render(request, "articles/front.html", context)
