"""What gunicorn answers by itself, before Django hears of it: to what is no HTTP, to addresses and headers that are too long."""

import socket
import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from newsroom.pages.common import PROTECTING

NOT_UNDERSTOOD = ("We did not understand this", "What your browser sent is nothing that this site can answer.")
SAID = {
    414: ("This address is too long", "It may have been put together from too many words or choices: use fewer."),
    431: ("Your browser sent too much", "Deleting the cookies that it keeps for this site usually mends that."),
    500: ("Something broke on our side", "The mistake is ours, not yours, and has been noted. Try again in a minute."),
}


def speak_for_gunicorn() -> None:
    """Put our page in the place of gunicorn's bare one, which carries no security header. It has no hook for that: the
    function that its workers call is replaced where they look it up. Does nothing under another server."""
    if util := sys.modules.get("gunicorn.util"):
        util.write_error = write_error  # type: ignore[attr-defined]


def write_error(client: socket.socket, status: int, reason: str, message: str) -> None:
    """Gunicorn's `util.write_error`. `message` quotes what was sent: it is for the log, not for the page."""
    from gunicorn import util  # type: ignore[import-untyped]

    util.write_nonblock(client, answer(status, reason))


def answer(status: int, reason: str) -> bytes:
    """A whole HTTP/1.1 response with the headers of every other page of ours."""
    heading, sentence = SAID.get(status, NOT_UNDERSTOOD)
    page = render_to_string("refused.html", {"heading": heading, "sentence": sentence})
    response = HttpResponse(page, status=status, reason=reason, headers={"Connection": "close", "Cache-Control": "no-store"})
    response.headers["Content-Length"] = str(len(response.content))
    for middleware in PROTECTING:
        middleware(lambda request: response).process_response(HttpRequest(), response)
    return b"HTTP/1.1 %d %s\r\n%s\r\n\r\n%s" % (status, reason.encode(), response.serialize_headers(), response.content)
