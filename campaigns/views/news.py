"""The way out of mails with news: a button for people, one click for mail programs."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns import donors, links
from campaigns.views.own_door import bad_link
from newsroom import tongues


@csrf_exempt  # mail programs bring no cookie and no origin; the signed address says whose wish it is
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def news(request: HttpRequest, token: str) -> HttpResponse:
    """A GET changes nothing: scanners of mail follow links. RFC 8058 wants no redirect."""
    try:
        donor = links.read_news(token)
    except links.BadLink:
        return bad_link(request)
    if request.method != "POST":
        with tongues.speaking(donor.language):
            response = render(request, "campaigns/news.html", {"donor": donor, "is_giving": True})
        response["Referrer-Policy"] = "no-referrer"
        return response
    donors.leave_news(donor)
    if request.POST.get("List-Unsubscribe") == "One-Click":
        return HttpResponse("You get no more news.\n", content_type="text/plain; charset=utf-8")
    return HttpResponseRedirect(request.path, status=303)
