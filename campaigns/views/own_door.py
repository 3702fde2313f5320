"""Who may pass to a donor's own pages, and how often."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from articles import frame
from campaigns import links
from campaigns.forms import LinkForm
from campaigns.models import Donor
from newsroom import limits, tongues
from newsroom.origin import same_origin_post

PAGES_AN_HOUR = 300  # of one donor
View = Callable[..., HttpResponseBase]


def private[R: HttpResponseBase](response: R) -> R:
    """The link itself must not travel on in a Referer header."""
    response["Referrer-Policy"] = "no-referrer"
    return response


def bad_link(request: HttpRequest) -> HttpResponse:
    """The same for every link that opens nothing, so that it tells nobody why: it offers to mail a new one."""
    context = {"form": LinkForm(), "asked_language": asked_language(request), "is_giving": True}
    return private(in_our_language(request, "campaigns/bad_link.html", context, status=404))


def in_our_language(request: HttpRequest, template: str, context: dict[str, Any] | None = None, **more: Any) -> HttpResponse:
    """A page of whom nobody knows a language: it speaks the newsroom's, or the one that its address names."""
    masthead = frame.masthead()
    with tongues.speaking(asked_language(request) or masthead.language):
        return render(request, template, {"masthead": masthead, **(context or {})}, **more)


def asked_language(request: HttpRequest) -> str:
    """What links on pages in other languages than the newsroom's bring along: `?language=es`."""
    asked = request.POST.get("language") or request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else ""


def own_page(*methods: str, whole: bool = True) -> Callable[[View], View]:
    """A view of the link's donor: `view(request, donor, …)`; with `whole=False` `view(request, access, …)`, by the link of
    one pledge too. Never kept, no-referrer, POSTs from our own pages alone, so many an hour."""

    def opened(view: View) -> View:
        @same_origin_post
        @never_cache
        @require_http_methods(["GET", "HEAD", *methods])
        @wraps(view)
        def entered(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                access = links.read(token)
            except links.BadLink:
                return bad_link(request)
            if whole and access.pledge:
                return bad_link(request)
            with tongues.speaking(access.donor.language):
                if not _has_some_left(access.donor):
                    return private(render(request, "campaigns/own_too_often.html", status=429))
                return private(view(request, access.donor if whole else access, *args, **kwargs))

        return entered

    return opened


def _has_some_left(donor: Donor) -> bool:
    return limits.take("own pages", str(donor.pk), most=PAGES_AN_HOUR, per=limits.HOUR, at=timezone.now())
