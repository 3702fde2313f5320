"""Sitemaps."""

from django.http import Http404, HttpRequest, HttpResponse


def index(request: HttpRequest) -> HttpResponse:
    raise Http404


def month(request: HttpRequest, year: int, month: int) -> HttpResponse:
    raise Http404


pages = news = index
