"""The outermost middleware: one render per page, and what may be kept is kept."""

import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from newsroom.pages import front
from newsroom.pages.common import CACHE_CONTROL
from newsroom.pages.files import Kept
from newsroom.pages.following import MOMENT
from newsroom.pages.here import store
from newsroom.pages.keys import address, moment
from newsroom.pages.showing import is_rendered_anew, keys_of, may_be_kept

STATUSES = {200, 301, 410}
OF_THE_CONNECTION = {"date", "server", "connection", "content-length", "keep-alive", "transfer-encoding", "vary"}
logger = logging.getLogger(__name__)


class Keeping:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_candidate(request):
            return self.get_response(request)
        if answered := kept_answer(request):
            return answered
        with contextlib.ExitStack() as alone:
            try:
                alone.enter_context(store().flight(request.path))
                since = store().now()
            except (sqlite3.Error, OSError):  # a full disk, a broken index: readers get their page, it is not kept
                logger.exception("Pages cannot be kept.")
                return self.get_response(request)
            return kept_answer(request) or self.render(request, since)

    def render(self, request: HttpRequest, since: int) -> HttpResponseBase:
        response = self.get_response(request)
        page = as_public(request, response)
        if page and request.method == "GET" and keep(request, page, since):
            return kept_answer(request) or response
        return response


def is_candidate(request: HttpRequest) -> bool:
    """A reader's plain question for a page that may be kept, or for an address that may have led to one."""
    if not settings.PAGES_KEPT or request.method not in {"GET", "HEAD"} or request.META.get("QUERY_STRING"):
        return False
    if is_rendered_anew(request):
        return False
    if request.is_secure() != settings.SITE_URL.startswith("https:"):
        return False  # the page would carry the wrong headers for others
    try:
        return may_be_kept(resolve(request.path_info).func)
    except Resolver404:
        return True


def is_public(response: HttpResponse) -> bool:
    """Nothing personal: no cookie set, none looked at."""
    if response.status_code not in STATUSES or response.cookies or "no-store" in response.get("Cache-Control", ""):
        return False
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    return varies <= {"accept-encoding"}


def as_public(request: HttpRequest, response: HttpResponseBase) -> Kept | None:
    """The page as it would be kept, when it may be; its response then says so too."""
    if not isinstance(response, HttpResponse) or not is_public(response) or not keys_of(request):
        return None
    response["Cache-Control"] = CACHE_CONTROL
    return as_kept(response, {*keys_of(request), address(request.path)})


def keep(request: HttpRequest, page: Kept, since: int) -> bool:
    """False where it must not be kept, or cannot: a full disk does not stop a reader."""
    if ends_soon(page.keys):
        return False
    try:
        return store().put(request.path, page, keys=page.keys, since=since)
    except (sqlite3.Error, OSError):
        logger.exception("The page %s could not be kept.", request.path)
        return False


def ends_soon(keys: Iterable[str]) -> bool:
    """Before anybody would look whether its moment has come (newsroom.pages.following)."""
    soon = time.time_ns() // 1000 + int(2 * MOMENT * 1_000_000)
    return any(when <= soon for when in map(moment, keys) if when is not None)


def as_kept(response: HttpResponse, keys: set[str]) -> Kept:
    headers = tuple((name, value) for name, value in response.items() if name.lower() not in OF_THE_CONNECTION)
    return Kept(response.status_code, headers, response.content, tuple(sorted(keys)))


def kept_answer(request: HttpRequest) -> HttpResponse | None:
    """What the front would answer."""
    entry = front.find(store(), request.path)
    if entry is None:
        return None
    status, headers, body = front.answer(entry, request.META)
    response = HttpResponse(b"".join(body), status=int(status[:3]))
    del response["Content-Type"]  # Django's own, which a 304 does not carry
    for name, value in headers:
        response[name] = value
    return response
