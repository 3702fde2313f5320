"""The answer when the database is gone: 503, a plain sentence, and what was typed."""

import sys

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error as mistake

from newsroom.database import standing
from newsroom.database.failures import failure_of, has_begun, is_end
from newsroom.typed import typed

RETRY_AFTER = "10"  # seconds


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500, called while the error is handled. What is no fault of the database is a mistake of ours."""
    failure = failure_of(sys.exc_info()[1])
    if failure is None:
        return mistake(request)
    if is_end(failure):
        standing.here.lost(failure)
    response = unavailable(request, is_uncertain=is_uncertain(request, failure))
    response._has_been_logged = is_end(failure)  # type: ignore[attr-defined]  # one line tells of all of them
    return response


def is_uncertain(request: HttpRequest, failure: BaseException) -> bool:
    """Whether something of this request may have been saved: it had a connection, and only the other end knows what came of
    the last word. Remembered, for the way out may fail as well, on a connection of its own."""
    if request.method not in {"GET", "HEAD"} and has_begun(failure):
        request.may_be_saved = True  # type: ignore[attr-defined]
    return getattr(request, "may_be_saved", False)


def unavailable(request: HttpRequest, *, is_uncertain: bool) -> HttpResponse:
    """Needs neither database nor session. The headers that inner middlewares would set are set here."""
    is_reading = request.method in {"GET", "HEAD"}
    context = {"typed": typed(request), "is_uncertain": is_uncertain, "is_reading": is_reading}
    response = HttpResponse(render_to_string("unavailable.html", context), status=503)
    response["Retry-After"] = RETRY_AFTER
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"  # its address may be a personal link; its form has to tell its origin
    response["X-Frame-Options"] = settings.X_FRAME_OPTIONS
    return response
