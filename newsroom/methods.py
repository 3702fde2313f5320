"""Pages that are only read."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.views.decorators import http
from django.views.decorators.csrf import csrf_exempt

SAID = {"heading": "This page is only read", "sentence": "What was sent to it cannot be taken here, and nothing came of it."}


def require_safe[**P, R: HttpResponseBase](view: Callable[P, R]) -> Callable[P, R]:
    """Django's: GET and HEAD, and 405 for every other method, in words. That comes before the question for a CSRF token, which
    would answer 403 to somebody who merely used the wrong method; nothing is left to protect, for the view never sees them."""
    guarded = http.require_safe(view)

    @wraps(guarded)
    def spoken(*args: Any, **kwargs: Any) -> Any:
        response = guarded(*args, **kwargs)
        if isinstance(response, HttpResponseNotAllowed):
            response.content = render_to_string("refused.html", SAID)
        return response

    return csrf_exempt(spoken)
