from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render

from articles.models import FormerAddress
from articles.readdressing import spellings
from newsroom import pages


def former(request: HttpRequest) -> str:
    """Where the page of a former address stands today, or "". What was never public is not betrayed.

    The address with its query string comes first, then the path alone; with and without a slash at the end.
    """
    path = request.path
    asked = spellings(path)
    if query := unquote_plus(request.META.get("QUERY_STRING", "")):
        asked = [f"{spelling}?{query}" for spelling in asked] + [spelling for spelling in asked if spelling != "/"]
    rows = FormerAddress.objects.select_related("article", "tag", "section", "author").filter(
        path__in=[spelling.replace("\x00", "") for spelling in asked]
    )
    known = {row.path: row for row in rows if row.article is None or row.article.was_once_public}
    best = next((known[spelling] for spelling in asked if spelling in known), None)
    if best is None:
        return ""
    page = best.page
    if path in spellings(best.path):  # with slashes heaped at the end it is answered too, but not kept: there is no end to these
        pages.shows(request, f"moved:{page._meta.model_name}:{page.pk}")
    return page.get_absolute_url()


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The last word on an address that no page answers: moved, or not here."""
    if address := former(request):
        return HttpResponsePermanentRedirect(address)
    response = render(request, "404.html", status=404)
    pages.shows_nothing(request)  # the answer may become a redirect to the address with a slash: there is no end to these
    return response
