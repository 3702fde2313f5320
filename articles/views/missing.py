from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render

from articles.models import FormerAddress


def former(request: HttpRequest) -> str:
    """Where the page of a former address stands today, or nothing."""
    path = request.path
    candidates = [path, path.rstrip("/"), f"{path.rstrip('/')}/"]
    if query := unquote(request.META.get("QUERY_STRING", "")):
        candidates = [f"{candidate}?{query}" for candidate in candidates] + candidates
    found = FormerAddress.objects.filter(path__in=[c for c in candidates if len(c) > 1]).first()
    return found.get_absolute_url() if found else ""


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if address := former(request):
        return HttpResponsePermanentRedirect(address)
    return render(request, "404.html", status=404)
