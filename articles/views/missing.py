from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render

from articles.models import FormerAddress


def former(request: HttpRequest) -> str:
    """Where the page of a former address stands today, or "". What was never public is not betrayed.

    The address with its query string comes first, then the path alone; with and without a slash at the end.
    """
    path = request.path
    spellings = list(dict.fromkeys([path, f"{path.rstrip('/')}/", path.rstrip("/") or "/"]))
    if query := unquote_plus(request.META.get("QUERY_STRING", "")):
        spellings = [f"{spelling}?{query}" for spelling in spellings] + [s for s in spellings if s != "/"]
    rows = FormerAddress.objects.select_related("article", "tag", "section", "author").filter(
        path__in=[spelling.replace("\x00", "") for spelling in spellings]
    )
    known = {row.path: row for row in rows if row.article is None or row.article.was_once_public}
    best = next((known[spelling] for spelling in spellings if spelling in known), None)
    return best.get_absolute_url() if best else ""


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The last word on an address that no page answers: moved, or not here."""
    if address := former(request):
        return HttpResponsePermanentRedirect(address)
    return render(request, "404.html", status=404)
