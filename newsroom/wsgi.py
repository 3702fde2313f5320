"""The WSGI front: `gunicorn newsroom.wsgi`. Kept pages are answered before Django is entered."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")


def without_bodies_for_head(answer: Callable[..., Any]) -> Callable[..., Iterable[bytes]]:
    """Django leaves it to the server to drop the body of an answer to HEAD (RFC 9110, 9.3.2); gunicorn does, and warns."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        response = answer(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return response
        if hasattr(response, "close"):
            response.close()
        return []

    return application


def fronted() -> Callable[..., Iterable[bytes]]:
    """After Django is set up: these read its settings."""
    django = without_bodies_for_head(get_wsgi_application())

    from newsroom import bodies, pages, refusals
    from newsroom.database import standing

    standing.here.be_impatient()
    refusals.speak_for_gunicorn()
    return pages.in_front_of(bodies.with_types_that_can_be_read(django))


application = fronted()
