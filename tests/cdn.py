"""A CDN's purge service for tests: a real HTTP server in a thread, that answers as it is told."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from newsroom.cdn import Cdn

SECRET = "a secret of the two of us"


class Call(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def names(self) -> list[str]:
        return self.headers["surrogate-key"].split()


class PurgeService:
    def __init__(self, port: int) -> None:
        self.calls: list[Call] = []
        self.answers: deque[tuple[int, dict[str, str], bytes]] = deque()  # for the next calls; then 200
        self.on_purge: Callable[[Call], Any] = lambda call: None
        self.address = f"http://127.0.0.1:{port}"

    def cdn(self, kind: str = "generic", **changes: Any) -> Cdn:
        """The setting that names this service."""
        fields: dict[str, Any] = {
            "kind": kind,
            "addresses": (self.address,),
            "token": "t0ken",
            "secret": SECRET.replace(" ", "-"),
            "lifetime": 3600,
        }
        return Cdn(**fields | changes)

    def refuse(self, status: int, *, times: int = 1, **headers: str) -> None:
        self.answers.extend([(status, {name.replace("_", "-"): value for name, value in headers.items()}, b"")] * times)


@contextmanager
def purge_service() -> Iterator[PurgeService]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            call = Call(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            service.calls.append(call)
            status, headers, content = service.answers.popleft() if service.answers else (200, {}, b'{"success": true}')
            if status == 200:
                service.on_purge(call)
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(content))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PURGE = do_GET = answer  # noqa: N815

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = PurgeService(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
