"""What a request says about the answer it wants: which coding (RFC 9110, 12.5.3), and on which condition (section 13).

As nginx reads it, which serves the same pages: the answer must not depend on who of us two gives it.
"""

import re
from collections.abc import Container
from typing import Any

from django.utils.http import parse_http_date_safe

PREFERRED = ("br", "gzip")
NONE_OF_IT = re.compile(r"\s*q\s*=\s*0(\.0*)?\s*", re.IGNORECASE)
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")


def chosen(accepted: str, codings: Container[str]) -> str:
    """The name of the twin: brotli, else gzip, else "". Only by name (`*` asks for nothing in particular), and not
    with a weight of nothing. The page as it is goes to those who refuse even that: it is better than no page."""
    taken = set()
    for offer in accepted.lower().split(","):
        coding, _, weight = offer.partition(";")
        if not NONE_OF_IT.fullmatch(weight):
            taken.add(coding.strip())
    return next((coding for coding in PREFERRED if coding in taken and coding in codings), "")


def verdict(environ: dict[str, Any], etag: str, modified: int) -> str:
    """“304 Not Modified”, “412 Precondition Failed”, or "" where the request is to be answered as it is."""
    none_match, modified_since, match, unmodified_since = map(environ.get, CONDITIONS)
    if none_match is modified_since is match is unmodified_since is None:
        return ""
    if match is not None:
        if not is_among(etag, match, weak=False):
            return "412 Precondition Failed"
    elif unmodified_since and (date := parse_http_date_safe(unmodified_since)) is not None and modified > date:
        return "412 Precondition Failed"
    # The date has to be the very one we sent: seconds are too coarse for “later”. And a date that contradicts the mark
    # gets the page, from us as from nginx, though RFC 9110 (13.1.3) would leave it unread.
    if modified_since is not None and parse_http_date_safe(modified_since) != modified:
        return ""
    if none_match is not None and not is_among(etag, none_match, weak=True):
        return ""
    return "" if none_match is modified_since is None else "304 Not Modified"


def is_among(etag: str, marks: str, *, weak: bool) -> bool:
    """Whether a list of marks names ours, or is “*” for any. Compared weakly (RFC 9110, 8.8.3.2), “W/” says nothing."""
    if marks.strip() == "*":
        return True
    given = (mark.strip(" \t") for mark in marks.split(","))
    return etag in ({mark.removeprefix("W/") for mark in given} if weak else set(given))
