"""What the pages of an account share: the desk's frame, and that the right person sits before it."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows import reauthentication
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponse]


def page(request: HttpRequest, template: str, title: str, status: int = 200, **context: Any) -> TemplateResponse:
    context = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/people/{template}", context, status=status)


class OnTheDesk:
    """One of allauth's views, drawn as a page of the desk."""

    title = ""
    request: HttpRequest

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        inner = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**admin.site.each_context(self.request), **inner, "title": self.title}


def private(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page whose address holds a secret: no cache keeps it, nobody is told of it, not even our own logs of referrers.

    With “no-referrer” browsers send a form with “Origin: null”, which the check against forged forms refuses.
    """

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "strict-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return never_cache(shown)


def confirmed(view: View) -> View:
    """Only for somebody who lately said again who they are: an open desk is not enough to change how one signs in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if reauthentication.did_recently_reauthenticate(request):
            return view(request, *args, **kwargs)
        ways = get_adapter().get_reauthentication_methods(request.user)
        return HttpResponseRedirect(f"{ways[0]['url']}?{urlencode({'next': request.get_full_path()})}")

    return guarded


def to_account() -> HttpResponse:
    return HttpResponseRedirect(reverse("mfa_index"))
