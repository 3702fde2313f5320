"""RSS, Atom and JSON feeds of the site, its tags, sections and authors."""

from django.http import Http404, HttpRequest, HttpResponse


def latest(request: HttpRequest, form: str) -> HttpResponse:
    raise Http404


def tag(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    raise Http404


section = author = tag
