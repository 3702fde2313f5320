"""What somebody typed into a form that we cannot take just now: given back on a page that sends it once more."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils.http import escape_leading_slashes

from newsroom.origin import is_foreign

MOST = 2_000_000  # letters that a page gives back
SHOWN = 20_000  # letters of one field that are shown, beside the whole that is sent again
# What our pages put into a form, rather than the person.
MACHINERY = re.compile(r"csrfmiddlewaretoken|key|once|next|_.*|initial-.*|.*-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS")
UNREADABLE = (SuspiciousOperation, MultiPartParserError, UnreadablePostError, RawPostDataException)


@dataclass
class Typed:
    """`sent` goes once more, to the same address; files and passwords have to be given anew."""

    address: str
    method: str
    sent: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    has_password: bool = False
    is_lost: bool = False

    @property
    def seen(self) -> list[tuple[str, str]]:
        """What a person knows as theirs: words, and an amount of one's own. Bare numbers are choices in our own terms."""
        own = ((name, value) for name, value in self.sent if not MACHINERY.fullmatch(name))
        words = ((name, value) for name, value in own if re.search(r"[^\W\d]", value) or (value and name.startswith("own_")))
        return [(label(name), value[:SHOWN] + "…" * (len(value) > SHOWN)) for name, value in words]


def label(name: str) -> str:
    """A field's name in words: “own_amount” is “Own amount”."""
    return " ".join(re.split(r"[\W_]+", name)).strip().capitalize()


def typed(request: HttpRequest) -> Typed | None:
    """What this request brought. None where a page must not offer to send it again: another site's page made it."""
    try:
        if request.method in {"GET", "HEAD"}:
            return Typed(_address(request), "get", _pairs(request.GET))
        if request.method != "POST" or is_foreign(request):
            return None
        return _of_post(request)
    except UNREADABLE:  # too long, or broken off
        return Typed(_address(request), "post", is_lost=True)


def _address(request: HttpRequest) -> str:
    """On this site: to a browser “//example.org/” is another one."""
    return escape_leading_slashes(request.get_full_path())


def _of_post(request: HttpRequest) -> Typed:
    found = Typed(_address(request), "post", files=[str(file.name) for files in request.FILES.lists() for file in files[1]])
    for name, value in _pairs(request.POST):
        if _is_secret(request, name):
            found.has_password = True
        else:
            found.sent.append((name, value))
    if sum(len(name) + len(value) for name, value in found.sent) > MOST:
        found.sent, found.is_lost = [], True
    return found


def _is_secret(request: HttpRequest, name: str) -> bool:
    declared: Any = getattr(request, "sensitive_post_parameters", ())  # Django's decorator of that name
    return "passw" in name.lower() or declared == "__ALL__" or name in declared


def _pairs(values: Any) -> list[tuple[str, str]]:
    return [(name, value) for name, many in values.lists() for value in many]
