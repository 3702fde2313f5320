"""Forms on kept pages carry no token; what they may be sent from is told by the browser itself."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt


def is_foreign(request: HttpRequest) -> bool:
    """True when the browser says that another site's page sent this request (Fetch Metadata, RFC 6454 Origin)."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin", "null")  # "null" tells nothing: a privacy setting sends it too
    try:
        return origin != "null" and urlsplit(origin).netloc != request.get_host()
    except ValueError:  # no address at all, such as “http://[”
        return True


def same_origin_post[**P, R: HttpResponseBase](view: Callable[P, R]) -> Callable[P, R]:
    """For POSTs that need no sign-in and use no cookie: refuse those that another site's page sends.

    Replaces the CSRF token, which a page kept as a file cannot carry. A client without these headers (an old
    browser, a command line) passes: there is no cookie whose authority it could borrow.
    """

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if args[0].method == "POST" and is_foreign(args[0]):
            raise PermissionDenied("This form was sent from another site. Open the page here and try again.")
        return view(*args, **kwargs)

    return csrf_exempt(wrapped)
