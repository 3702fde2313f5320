"""The HTTP of it: who may ask, what may be asked, the same request twice, and mishaps on demand."""

import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, RLock, Thread
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

from tests.campaigns.paypal_double import shapes, telling, typed
from tests.campaigns.paypal_double.books import Books
from tests.campaigns.paypal_double.deeds import Json, shown
from tests.campaigns.paypal_double.problems import Problem
from tests.campaigns.paypal_double.routes import ROUTES, Asked

ORDERS_KEPT, PAYMENTS_KEPT = timedelta(hours=6), timedelta(days=45)  # how long a PayPal-Request-Id is known


@dataclass
class Mishap:
    """What happens instead of an answer, to the next `times` requests whose path matches."""

    path: str
    kind: str  # a status with or without an issue: "429", "422 PAYEE_ACCOUNT_RESTRICTED"; "drop", "lost", "nonsense", "hang"
    times: int = 1


class Double:
    """`asked` is every request in order; `books` what PayPal knows."""

    def __init__(self, base: str, *, client_id: str, client_secret: str, webhook_id: str) -> None:
        self.books = Books(base)
        self.teller = telling.Teller(self.books, webhook_id)
        self.base, self.client_id, self.client_secret, self.webhook_id = base, client_id, client_secret, webhook_id
        self.asked: list[Asked] = []
        self.mishaps: list[Mishap] = []
        self.tokens: set[str] = set()
        self.lag = timedelta(0)  # of Transaction Search
        self.most_lines = 10_000
        self.hanging = Event()  # set: what hangs goes on
        self.lock = RLock()
        self._done: dict[tuple[str, str], tuple[datetime, Callable[[], Json]]] = {}

    def settings(self) -> dict[str, str]:
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "webhook_id": self.webhook_id,
            "api_base": self.base,
            "roots": self.teller.signer.roots,
        }

    def befalls(self, path: str, kind: str, times: int = 1) -> None:
        self.mishaps.append(Mishap(path, kind, times))

    def count(self, method: str, path: str) -> int:
        return sum(1 for asked in self.asked if asked.method == method and re.search(path, asked.path))

    def mishap_of(self, asked: Asked) -> str:
        for mishap in self.mishaps:
            if mishap.times and re.search(mishap.path, asked.path):
                mishap.times -= 1
                return mishap.kind
        return ""

    def token(self, asked: Asked) -> Json:
        given = f"{self.client_id}:{self.client_secret}"
        if b64decode(asked.headers.get("authorization", "").removeprefix("Basic ")).decode() != given:
            raise Problem(401, "invalid_client")
        if asked.raw != b"grant_type=client_credentials":
            raise Problem(400, "unsupported_grant_type")
        token = f"A21AA{uuid4().hex}"
        self.tokens.add(token)
        return {"scope": "openid", "access_token": token, "token_type": "Bearer", "app_id": "APP-1", "expires_in": 32400}

    def answer(self, asked: Asked) -> tuple[int, Json | None]:
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            raise Problem(401)
        for method, pattern, shape, deed in ROUTES:
            if asked.method == method and (match := re.fullmatch(pattern, asked.path)):
                self._check(asked, shape)
                status, told = self._once(asked, partial(deed, self, asked, *match.groups()))
                told = shown(told) if told else told
                if unknown := typed.unknown_in(asked.path, told or {}, typed.ANSWERS):
                    raise AssertionError(f"PayPal would not answer with {unknown}")
                return status, told
        raise Problem(404, "INVALID_RESOURCE_ID")

    def _check(self, asked: Asked, shape: Any) -> None:
        if asked.method in {"GET", "DELETE"}:  # without a body
            faults = list(shape.check(asked.query, ""))
        else:
            if asked.headers.get("content-type") != "application/json":
                raise Problem(400, "MALFORMED_REQUEST_JSON")
            asked.body = _json(asked.raw) if asked.raw else {}
            faults = [*shape.check(asked.body, ""), *shapes.NOTHING.check(asked.query, "")]
            faults += [(at, "NOT_SUPPORTED") for at in typed.unknown_in(asked.path, asked.body, typed.REQUESTS)]
        request_id = asked.headers.get("paypal-request-id")
        if request_id is not None:
            faults += shapes.Text(1, 108).check(request_id, "PayPal-Request-Id")
        elif asked.method == "POST" and "payment_source" in asked.body:
            faults.append(("PayPal-Request-Id", "PAYPAL_REQUEST_ID_REQUIRED"))
        if faults:
            problem = Problem(400, "INVALID_REQUEST")
            problem.details = [{"issue": issue, "field": at, "value": ""} for at, issue in faults]
            raise problem

    def _once(self, asked: Asked, deed: Callable[[], tuple[int, Json | None]]) -> tuple[int, Json | None]:
        """The same PayPal-Request-Id again tells what became of the first, as it stands now. Noes are not kept."""
        request_id, now = asked.headers.get("paypal-request-id"), self.books.clock()
        if asked.method != "POST" or not request_id:
            return deed()
        kept, place = ORDERS_KEPT if "/checkout/" in asked.path else PAYMENTS_KEPT, (asked.path, request_id)
        at, again = self._done.get(place, (None, None))
        if at and again and now - at < kept:
            return 200, again()
        status, told = deed()
        self._done[place] = (now, lambda: cast(Json, told))  # the same object: it changes with the books
        return status, told


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        raise Problem(400, "MALFORMED_REQUEST_JSON") from None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body leave together
    double: Double

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, raw)
        with self.double.lock:
            self.double.asked.append(asked)
            kind = self.double.mishap_of(asked)
            status, told = (200, None) if not kind and self._certificate(asked) else self._judged(asked, kind)
        if kind == "hang":
            self.double.hanging.wait(30)
        if kind in {"drop", "lost", "hang"}:
            self.close_connection = True
            return
        if not kind and (pem := self._certificate(asked)):
            self._say(200, pem)
            return
        self._say(status, b"<html>Bad gateway</html>" if kind == "nonsense" else _written(told))

    def _certificate(self, asked: Asked) -> bytes | None:
        return self.double.teller.signer.pem if (asked.method, asked.path) == ("GET", telling.CERTIFICATE) else None

    def _judged(self, asked: Asked, kind: str) -> tuple[int, Json | None]:
        """ "drop" comes before the deed, "lost" after it."""
        try:
            if kind[:3].isdigit():
                raise Problem(int(kind[:3]), kind[4:])
            if kind in {"drop", "hang"}:
                return 0, None
            if asked.path == "/v1/oauth2/token":
                return 200, self.double.token(asked)
            return self.double.answer(asked)
        except Problem as problem:
            return problem.status, problem.body

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Paypal-Debug-Id", uuid4().hex[:13])
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815

    def log_message(self, *args: Any) -> None:
        pass


def _written(told: Json | None) -> bytes:
    return b"" if told is None else json.dumps(told).encode()


@contextmanager
def running() -> Iterator[Double]:
    """On a port and with credentials of its own: nothing that a process keeps for one is used for another."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    base, client_id = f"http://127.0.0.1:{server.server_port}", uuid4().hex
    double = Double(base, client_id=client_id, client_secret="not-to-be-seen", webhook_id="8PT597110X687430LKGECATA")
    handler.double = double  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        double.hanging.set()
        server.shutdown()
        server.server_close()
        thread.join()
