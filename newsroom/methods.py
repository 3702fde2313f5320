"""Pages that are only read."""

from collections.abc import Callable

from django.http import HttpResponseBase
from django.views.decorators import http
from django.views.decorators.csrf import csrf_exempt


def require_safe[**P, R: HttpResponseBase](view: Callable[P, R]) -> Callable[P, R]:
    """Django's: GET and HEAD, and 405 for every other method. That comes before the question for a CSRF token, which would
    answer 403 to somebody who merely used the wrong method; nothing is left to protect, for the view never sees them."""
    return csrf_exempt(http.require_safe(view))
