"""Listens on a port of its own, checks each request, remembers idempotency keys as Stripe does, and fails when asked to."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, RLock, Thread
from typing import Any
from urllib.parse import urlsplit

from tests.campaigns.stripe_double import answers
from tests.campaigns.stripe_double.account import Account, Thing
from tests.campaigns.stripe_double.answers import ApiError, invalid
from tests.campaigns.stripe_double.api import ROUTES
from tests.campaigns.stripe_double.typed import complaints, parsed

KEY, SECRET = "sk_test_double", "whsec_double"
VERSION = "2026-10-28.endive"
KEPT = {200, 402, 500}  # what an idempotency key remembers: what came after the call had begun
FAULTS = {
    401: ("invalid_request_error", "Invalid API Key provided: sk_test_****uble", {}),
    403: ("invalid_request_error", "This account is closed.", {"code": "account_invalid"}),
    429: ("invalid_request_error", "Request rate limit exceeded.", {"code": "rate_limit"}),
    500: ("api_error", "An unknown error occurred.", {}),
    503: ("api_error", "Stripe is down.", {}),
}


@dataclass
class Fault:
    """`kind`: a status; “drop” (does it and hangs up), “hang up” (does nothing and hangs up), “silence” (does it, never
    answers), “nonsense” (does nothing, answers a page)."""

    kind: int | str
    method: str
    path: str
    times: int


@dataclass
class Asked:
    method: str
    path: str
    told: dict[str, Any]
    key: str


@dataclass
class StripeDouble:
    account: Account = field(default_factory=Account)
    asked: list[Asked] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    base: str = ""

    def __post_init__(self) -> None:
        self.lock, self.closing = RLock(), Event()
        self.keys: dict[str, tuple[Any, int, Thing]] = {}
        self.busy: set[str] = set()

    @contextmanager
    def running(self) -> Iterator["StripeDouble"]:
        """Listens until the end, which complains of everything that was not as Stripe has it."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        self.base = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield self
        finally:
            self.closing.set()
            server.shutdown()
            server.server_close()
            thread.join()
        if self.complaints:
            raise AssertionError("\n".join(self.complaints))

    def fail(self, kind: int | str, *, method: str = "POST", path: str = "/v1/", times: int = 1) -> None:
        """The next `times` requests of this method whose path begins so."""
        self.faults.append(Fault(kind, method, path, times))

    def forget_keys(self) -> None:
        """A day goes by."""
        self.keys.clear()

    def posted(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if (asked.method, asked.path) == ("POST", path)]

    def answer(self, asked: Asked, form: str, headers: dict[str, str]) -> tuple[int, Thing, bool]:
        """Status, body, and whether the body is an old one. The key is taken before the call and given back after it."""
        if headers.get("authorization") != f"Bearer {KEY}":
            return 401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}}, False
        if headers.get("stripe-version") != VERSION:
            self.complaints.append(f"another version of the API: {headers.get('stripe-version')}")
        fingerprint = (asked.method, asked.path, form)
        with self.lock:
            if asked.key in self.busy:
                return 409, _error("idempotency_error", "There is another request in progress.", "idempotency_key_in_use"), False
            if asked.key in self.keys:
                known, status, body = self.keys[asked.key]
                if known != fingerprint:
                    return 400, _error("idempotency_error", "Keys can only be used with the same parameters."), False
                return status, body, True
            self.busy.add(asked.key)
        try:
            status, body = self._do(asked)
        finally:
            self.busy.discard(asked.key)
        if asked.key and status in KEPT:
            self.keys[asked.key] = (fingerprint, status, body)
        return status, body, False

    def fault_for(self, asked: Asked) -> int | str:
        for fault in self.faults:
            if fault.times and fault.method == asked.method and asked.path.startswith(fault.path):
                fault.times -= 1
                return fault.kind
        return 0

    def _do(self, asked: Asked) -> tuple[int, Thing]:
        with self.lock:
            try:
                typed, call, names = _route(asked)
                if wrong := complaints(asked.told, typed):
                    self.complaints += [f"{asked.method} {asked.path}: {one}" for one in wrong]
                    raise invalid(f"Received unknown parameter: {wrong[0]}", code="parameter_unknown")
                body = call(self.account, asked.told, *names)
                if body["object"] not in {"list", "search_result"}:  # those have expanded what they hold
                    body = answers.whole(self.account, body, asked.told.get("expand", []))
            except ApiError as error:
                return error.status, error.body
            self.complaints += answers.complaints(body)
            return 200, json.loads(json.dumps(body))


def _route(asked: Asked) -> tuple[Any, Callable[..., Thing], list[str]]:
    parts = asked.path.split("/")
    for method, pattern, typed, call in ROUTES:
        wanted = pattern.split("/")
        if (
            method == asked.method
            and len(wanted) == len(parts)
            and all(w in {p, "{}"} for w, p in zip(wanted, parts, strict=True))
        ):
            return typed, call, [part for want, part in zip(wanted, parts, strict=True) if want == "{}"]
    raise invalid(f"Unrecognized request URL ({asked.method}: {asked.path}).", status=404)


def _error(kind: str, message: str, code: str = "") -> Thing:
    return {"error": {"type": kind, "message": message, **({"code": code} if code else {})}}


def _handler(double: StripeDouble) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

        def _answer(self, form: str) -> None:
            key = self.headers.get("Idempotency-Key") or ""
            asked = Asked(self.command, urlsplit(self.path).path, parsed(form), key)
            double.asked.append(asked)
            fault = double.fault_for(asked)
            if isinstance(fault, int) and fault:
                kind, message, more = FAULTS[fault]
                return self._send(fault, {"error": {"type": kind, "message": message, **more}}, False)
            if fault == "hang up":
                return None
            if fault == "nonsense":
                return self._send(200, None, False)
            status, body, is_old = double.answer(asked, form, {name.lower(): value for name, value in self.headers.items()})
            if fault == "silence":
                double.closing.wait()
            if fault not in {"drop", "silence"}:
                self._send(status, body, is_old)
            return None

        def _send(self, status: int, body: Thing | None, is_old: bool) -> None:
            content = json.dumps(body).encode() if body is not None else b"<h1>Maintenance</h1>"
            self.send_response(status)
            self.send_header("Content-Type", "application/json" if body is not None else "text/html")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Request-Id", f"req_{len(double.asked)}")
            if is_old:
                self.send_header("Idempotent-Replayed", "true")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Tests are silent."""

    return Handler
