"""What a web server that serves the files adds to each of them by itself: the headers all pages share, a type by ending.

A page with other headers is kept where no web server looks, so that our own front answers it and nothing is lost. The
folder that a web server looks into is named for these headers: one that was set up for others finds nothing there, and
asks us.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.middleware.security import SecurityMiddleware

from newsroom.pages.files import Kept

type Headers = tuple[tuple[str, str], ...]

CACHE_CONTROL = "public, max-age=0, must-revalidate"  # a browser asks each time, and is answered 304
TYPES = {
    "html": "text/html; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
PROTECTING = (XFrameOptionsMiddleware, SecurityMiddleware, ContentSecurityPolicyMiddleware)


@dataclass(frozen=True)
class Common:
    """The headers of every page but its type."""

    headers: Headers

    @cached_property
    def name(self) -> str:
        """Of the folder with the pages that have them."""
        return hashlib.sha256(repr((sorted(self.headers), sorted(TYPES.items()))).encode()).hexdigest()[:16]

    def fits(self, file: str, page: Kept) -> bool:
        """Whether a web server would send this page, kept in a file of this name, with the very headers it has."""
        expected = {"content-type": TYPES.get(file.rpartition(".")[2]), **lowered(self.headers)}
        return page.status == 200 and len(page.headers) == len(expected) and lowered(page.headers) == expected


def lowered(headers: Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def of_this_site() -> Common:
    return Common((("Cache-Control", CACHE_CONTROL), *protection()))


def protection(*, frames: bool = True) -> Headers:
    """What our middleware adds to an answer that goes to a reader under SITE_URL.

    `frames`: also what speaks of frames alone, which files that are no documents do without.
    """
    scheme = settings.SITE_URL.partition(":")[0]
    request = WSGIRequest({"REQUEST_METHOD": "GET", "wsgi.url_scheme": scheme, "wsgi.input": BytesIO()})
    response = HttpResponse()
    del response["Content-Type"]
    for middleware in PROTECTING if frames else PROTECTING[1:]:
        middleware(lambda _: response).process_response(request, response)
    return tuple(response.items())
