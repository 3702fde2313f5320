"""PayPal's HTTP API: one pool of connections and one token a process, time-outs, and whose fault an error is.

Plain HTTPS and not PayPal's Python SDK (paypal-server-sdk 2.4), which was tried: it turns every failure of its token
call into one exception without a status and keeps a token that was answered 401; an empty 4xx makes the text of its own
exception fail; its session follows redirects and reads .netrc; it knows no other address than PayPal's two, no disputes
and no webhooks; members that an answer leaves out are missing attributes, and nothing is typed. It stands in the tests,
as a second judge of what is sent (tests/campaigns/paypal_double/typed.py).
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from campaigns.processors.base import Busy, ProcessorFault, Refused, TooFast, Uncertain
from campaigns.processors.paypal import words

Json = dict[str, Any]
SECONDS = urllib3.Timeout(connect=3, read=10)  # a token and an order are asked for within one request of a donor's
BEFORE_ITS_END = 60  # seconds: a token is renewed before it expires under way
FORM = "application/x-www-form-urlencoded"
WORD = re.compile(r"[A-Z0-9_]{1,100}")
DEBUG_ID = re.compile(r"[A-Za-z0-9-]{1,50}")
NEVER_SENT = (NewConnectionError, ConnectTimeoutError)


class No(Refused):
    """PayPal's no to this very request; `issues` are its words for it."""

    def __init__(self, told: str, *, status: int, issues: frozenset[str]) -> None:
        super().__init__(next((words.SENTENCES[issue] for issue in sorted(issues) if issue in words.SENTENCES), told))
        self.status = status
        self.issues = issues


class Malformed(ProcessorFault):
    """A request that PayPal does not understand: our own mistake, and nothing was charged."""

    def __init__(self, told: str, *, issues: frozenset[str]) -> None:
        super().__init__(told)
        self.issues = issues


class Forbidden(ProcessorFault):
    """The account or the app may not do this."""


@contextmanager
def understood(unsure: bool = False) -> Iterator[None]:
    """What stands in an answer is not what their description says: nothing is guessed."""
    try:
        yield
    except (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        told = f"PayPal's answer cannot be understood ({type(error).__name__})."
        raise (Uncertain if unsure else ProcessorFault)(told) from None


class Wire:
    """Thread-safe. No request is repeated by itself, but for one that was answered 401, with a fresh token."""

    def __init__(self, base: str, client_id: str, secret: str) -> None:
        self._base = base.rstrip("/")
        self._basic = "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()
        self._pool = urllib3.PoolManager(timeout=SECONDS, retries=False, maxsize=8)
        self._lock = Lock()
        self._held: tuple[str, float] = ("", 0.0)

    def __repr__(self) -> str:
        return f"Wire({self._base!r})"

    def get(self, path: str, **query: str) -> Json:
        return self._ask("GET", f"{path}?{urlencode(query)}" if query else path)

    def post(self, path: str, body: Json | bytes, *, once: str = "", moves_money: bool = False) -> Json:
        """`once` is the PayPal-Request-Id: the same again is the same thing, told as it stands now.

        PayPal keeps it for 6 hours of orders and for 45 days of refunds and captures. With `moves_money` an answer that
        does not come, or makes no sense, is Uncertain.
        """
        return self._ask("POST", path, body, once=once, unsure=moves_money)

    def document(self, address: str) -> bytes:
        """What stands at an address of PayPal's that anybody may read. No: nothing does."""
        answer = self._fetch("GET", address, None, {"Accept": "*/*"}, unsure=False)
        if answer.status == 200:
            return answer.data
        told = f"PayPal says status {answer.status}."
        raise No(told, status=answer.status, issues=frozenset()) if 400 <= answer.status < 429 else ProcessorFault(told)

    def patch(self, path: str, changes: list[Json]) -> None:
        self._ask("PATCH", path, json.dumps(changes).encode())

    def delete(self, path: str) -> None:
        self._ask("DELETE", path)

    def _ask(self, method: str, path: str, body: Json | bytes | None = None, *, once: str = "", unsure: bool = False) -> Json:
        payload = json.dumps(body).encode() if isinstance(body, dict) else body
        asked = {"Accept": "application/json"}
        if payload is not None:
            asked["Content-Type"] = "application/json"
        if once:
            asked |= {"PayPal-Request-Id": once, "Prefer": "return=representation"}
        token = self._token()
        answer = self._send(method, path, payload, asked | {"Authorization": f"Bearer {token}"}, unsure=unsure)
        if answer.status == 401:  # not done, and the token may have been withdrawn before its time
            token = self._token(instead_of=token)
            answer = self._send(method, path, payload, asked | {"Authorization": f"Bearer {token}"}, unsure=unsure)
        return _judged(answer, unsure=unsure)

    def _send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], *, unsure: bool
    ) -> urllib3.BaseHTTPResponse:
        return self._fetch(method, self._base + path, body, headers, unsure=unsure)

    def _fetch(
        self, method: str, address: str, body: bytes | None, headers: Mapping[str, str], *, unsure: bool
    ) -> urllib3.BaseHTTPResponse:
        try:
            return self._pool.request(method, address, body=body, headers=headers, redirect=False)
        except NEVER_SENT:
            raise ProcessorFault("PayPal cannot be reached.") from None
        except HTTPError as error:  # its text names the address, and no more is needed than its kind
            told = f"PayPal gave no answer ({type(error).__name__})."
            raise (Uncertain if unsure else ProcessorFault)(told) from None

    def _token(self, instead_of: str = "") -> str:
        with self._lock:
            token, until = self._held
        if token and token != instead_of and monotonic() < until:
            return token
        token, seconds = self._fresh_token()
        with self._lock:
            self._held = (token, monotonic() + seconds - BEFORE_ITS_END)
        return token

    def _fresh_token(self) -> tuple[str, float]:
        headers = {"Authorization": self._basic, "Accept": "application/json", "Content-Type": FORM}
        answer = self._send("POST", "/v1/oauth2/token", b"grant_type=client_credentials", headers, unsure=False)
        if answer.status in {400, 401}:
            raise ProcessorFault("PayPal does not accept PAYPAL_CLIENT_ID and PAYPAL_CLIENT_SECRET.")
        told = _judged(answer, unsure=False)
        with understood():
            return str(told["access_token"]), float(told["expires_in"])


@cache
def wire(base: str, client_id: str, secret: str) -> Wire:
    """The one of this process: its connections and its token are shared by all threads."""
    return Wire(base, client_id, secret)


def _judged(answer: urllib3.BaseHTTPResponse, *, unsure: bool) -> Json:
    said = _read(answer.data)
    if 200 <= answer.status < 300:
        if said is None:
            raise (Uncertain if unsure else ProcessorFault)("PayPal's answer cannot be understood.")
        return said
    issues, told = _issues(said or {}), _told(answer.status, said or {})
    if answer.status == 403:
        raise Forbidden(told)
    if answer.status == 429:
        raise TooFast(told)
    if answer.status == 401 or issues & words.OURS:
        raise ProcessorFault(told)
    if answer.status == 409 or issues & words.UNDER_WAY:
        raise Busy(told)
    if answer.status == 400:
        raise Malformed(told, issues=issues)
    if 400 < answer.status < 500:
        raise No(told, status=answer.status, issues=issues)
    # 503: they did not even begin. After any other of theirs it may have happened all the same.
    raise (Uncertain if unsure and answer.status != 503 else ProcessorFault)(told)


def _read(data: bytes) -> Json | None:
    """None for what is no JSON object. 204 has no body."""
    if not data:
        return {}
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _issues(said: Json) -> frozenset[str]:
    details = said.get("details")
    listed = [detail.get("issue") for detail in details if isinstance(detail, dict)] if isinstance(details, list) else []
    return frozenset(word for word in [said.get("name"), *listed] if isinstance(word, str) and WORD.fullmatch(word))


def _told(status: int, said: Json) -> str:
    """For the operator: PayPal's words and its number for their support. Never its descriptions, which may name a donor."""
    issues = sorted(_issues(said) - {said.get("name")}) or sorted(_issues(said)) or [f"status {status}"]
    debug_id = said.get("debug_id")
    known = isinstance(debug_id, str) and DEBUG_ID.fullmatch(debug_id)
    return f"PayPal says {', '.join(issues[:5])}{f' (debug id {debug_id})' if known else ''}."
