"""Tells a CDN or Varnish to let go of the pages with some names. Knows HTTP and its dialects, no database."""

import json
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import urlsplit

import urllib3

from newsroom.cdn import Cdn
from newsroom.pages.edge.names import ROOM

WAIT = urllib3.Timeout(connect=3, read=10)  # seconds
PATIENCE = 40.0  # seconds in which no further call is begun. The claim on the rows lasts longer (outbox.LEASE)
NAMES_A_CALL = {"fastly": 256, "cloudflare": 30}  # what they take
ANSWER = 64 * 1024  # bytes read at the most


class Refused(Exception):
    """A purge was not confirmed; the text is a sentence without secrets. `wait`: seconds that the CDN asks us to wait."""

    def __init__(self, sentence: str, *, wait: int | None = None) -> None:
        super().__init__(sentence)
        self.wait = wait


class Call(NamedTuple):
    method: str
    address: str
    headers: dict[str, str]
    body: bytes | None = None


def purge(cdn: Cdn, names: Sequence[str]) -> None:
    """All pages with one of the names are gone from every address when this returns; Refused otherwise.

    One that fails does not keep the others from being told.
    """
    ends, failed = time.monotonic() + PATIENCE, None
    with urllib3.PoolManager(timeout=WAIT, retries=False) as http:
        for address in cdn.addresses:
            try:
                for some in batches(names, NAMES_A_CALL.get(cdn.kind, ROOM)):
                    if time.monotonic() > ends:
                        raise Refused("The CDN is too slow.")
                    _send(http, cdn.kind, call(cdn, address, some))
            except Refused as refused:
                failed = failed or refused
    if failed:
        raise failed


def batches(names: Sequence[str], most: int) -> Iterator[list[str]]:
    """Each no more than `most`, and no longer than a header may be."""
    some: list[str] = []
    for name in names:
        if some and (len(some) == most or sum(map(len, some)) + len(some) + len(name) > ROOM):
            yield some
            some = []
        some.append(name)
    if some:
        yield some


def call(cdn: Cdn, address: str, names: list[str]) -> Call:
    """The dialects. Fastly: Purge API, “purge multiple surrogate key tags”. Cloudflare: API v4, “purge by tags”.
    Varnish: deploy/varnish.vcl, with the xkey module."""
    if cdn.kind == "fastly":
        return Call("POST", f"{address}/purge", {"Fastly-Key": cdn.token, "Surrogate-Key": " ".join(names)})
    if cdn.kind == "cloudflare":
        headers = {"Authorization": f"Bearer {cdn.token}", "Content-Type": "application/json"}
        return Call("POST", f"{address}/purge_cache", headers, json.dumps({"tags": names}).encode())
    headers = {"Authorization": f"Bearer {cdn.token}"} if cdn.token else {}
    return Call("PURGE" if cdn.kind == "varnish" else "POST", address, {**headers, "Surrogate-Key": " ".join(names)})


def _send(http: urllib3.PoolManager, kind: str, call: Call) -> None:
    host = urlsplit(call.address).netloc
    try:
        answer = http.request(
            call.method, call.address, body=call.body, headers=call.headers, redirect=False, preload_content=False
        )
        try:
            content = answer.read(ANSWER)
        finally:
            answer.close()
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise Refused(f"The CDN at {host} does not answer ({type(error).__name__}).") from None
    if answer.status in {401, 403}:
        raise Refused(f"The CDN at {host} refuses our token (CDN_PURGE_TOKEN) with {answer.status}.")
    if not 200 <= answer.status < 300:
        wait = seconds(answer.headers.get("Retry-After", ""))
        raise Refused(f"The CDN at {host} refuses a purge with {answer.status}.", wait=wait)
    if kind == "cloudflare" and not _is_success(content):
        raise Refused(f"The CDN at {host} answered {answer.status}, but did not purge.")


def _is_success(content: bytes) -> bool:
    try:
        said = json.loads(content)
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("success") is True


def seconds(retry_after: str) -> int | None:
    """Seconds, or a date, as Retry-After gives them (RFC 9110, 10.2.3)."""
    given = retry_after.strip()
    if given.isascii() and given.isdigit():
        return int(given[:9])
    try:
        return max(0, int((parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds()))
    except (TypeError, ValueError):
        return None
