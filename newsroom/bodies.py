"""What a request brings along is read as UTF-8 and in no other coding; what cannot be read is answered 400, in words.

A Content-Type may name any coding that Python knows: some are none for text, some know no replacement for what they cannot
read, one fails at everything. Browsers send forms as the page is written (HTML, “form submission”: UTF-8, for all of ours).
"""

import codecs
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.http import parse_header_parameters

FORMS = {"multipart/form-data", "application/x-www-form-urlencoded"}
READ = {"utf-8", "ascii"}  # the second is a part of the first
type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Parser(MultiPartParser):
    """Django's. What it trips over in a body is the sender's mistake, and no 500 of ours."""

    def parse(self) -> Any:
        try:
            return super().parse()
        except (LookupError, UnicodeError) as error:
            raise MultiPartParserError(f"A part of the body cannot be read ({type(error).__name__}).") from None


class Bodies:
    """Before everything that reads a form or a query. The refusal comes where the others' come, with every header."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.encoding = None  # type: ignore[assignment]  # the query's coding too: it would be the one that Content-Type names
        request.multipart_parser_class = Parser  # type: ignore[assignment]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.content_type in FORMS and not _is_read((request.content_params or {}).get("charset", "utf-8")):
            raise BadRequest("The form is in another coding than UTF-8.")


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400, which would look for a token in the form: what could not be read once is not read again."""
    return HttpResponseBadRequest(render_to_string("400.html"))


def with_types_that_can_be_read(answer: Application) -> Application:
    """WSGI: a Content-Type that breaks Django's request before any middleware can see it goes on as none at all."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "CONTENT_TYPE" in environ and not _can_be_parsed(environ["CONTENT_TYPE"]):
            environ["CONTENT_TYPE"] = ""
        return answer(environ, start_response)

    return application


def _is_read(coding: str) -> bool:
    try:
        return codecs.lookup(coding).name in READ
    except (LookupError, ValueError):
        return False


def _can_be_parsed(kind: str) -> bool:
    try:
        _, parameters = parse_header_parameters(kind)
        codecs.lookup(parameters.get("charset", "utf-8"))
    except LookupError:
        return True  # Django passes over a coding that it does not know
    except (ValueError, AttributeError, TypeError):
        return False
    return True
