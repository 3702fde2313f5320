"""The front: answers a kept page without entering Django, with the bytes and headers nginx would send for the file."""

import json
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from wsgiref.handlers import format_date_time

from newsroom.pages.conditions import chosen, verdict
from newsroom.pages.edge.headers import ASKED_BY_CDN, for_cdn
from newsroom.pages.files import TWINS, etag, head_of
from newsroom.pages.keys import moment
from newsroom.pages.store import Store

type StartResponse = Callable[..., Any]
type Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]
type Headers = list[tuple[str, str]]
type Seal = tuple[int, int, int, int]

REMEMBERED = 4096  # pages held in memory by one process
MEMORY = 64 * 1024 * 1024  # and their bytes at the most
OFFERS = 32  # values of Accept-Encoding whose answer a page remembers; browsers send half a dozen
OF_A_BODY = {"content-length", "content-type", "content-encoding"}
OUTDATED = b"This page is another one by now than the one you named.\n"


@dataclass(slots=True)
class Variant:
    """One twin of a page. Its lists of headers are shared by all who ask: nobody may change them."""

    body: list[bytes]
    headers: Headers
    etag: str
    bare: Headers = field(init=False)  # as they stand in an answer without a body of the page

    def __post_init__(self) -> None:
        self.bare = [header for header in self.headers if header[0].lower() not in OF_A_BODY]


@dataclass(slots=True)
class Entry:
    file: str
    seal: Seal
    status: str
    modified: int
    variants: dict[str, Variant]
    keys: tuple[str, ...]
    size: int
    until: int | None = None  # microseconds: from this moment on it is not true any more, whether or not it is purged yet
    offers: dict[str, Variant] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        return self.until is not None and time.time_ns() // 1000 >= self.until

    def variant(self, accepted: str) -> Variant:
        """The twin for an Accept-Encoding, remembered."""
        found = self.offers.get(accepted)
        if found is None:
            found = self.variants[chosen(accepted, self.variants)]
            if len(self.offers) < OFFERS and len(accepted) < 100:
                self.offers[accepted] = found
        return found


class Front:
    """WSGI: kept pages from the store's files, everything else from `application`.

    A page read once is answered from memory as long as its file is the same one: one `stat` a request.
    """

    def __init__(self, application: Application, store: Store, *, admits: Callable[[dict[str, Any]], bool] | None = None) -> None:
        """`admits`: whether a request came to us under a name and scheme of ours; Django answers the others."""
        self.application, self.store, self.admits = application, store, admits
        self.memory: OrderedDict[str, Entry] = OrderedDict()
        self.bytes = 0
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in ("GET", "HEAD") and not environ.get("QUERY_STRING"):
            entry = self.look_up(environ.get("PATH_INFO", ""))
            if entry is not None and not entry.is_over and (self.admits is None or self.admits(environ)):
                status, headers, body = answer(entry, environ)
                start_response(status, headers)
                return body
        return self.application(environ, start_response)

    def look_up(self, raw: str) -> Entry | None:
        """The page of a path as the server hands it over: bytes, each as one character."""
        entry = self.memory.get(raw)
        if entry is not None:
            try:
                if seal(entry.file) == entry.seal:
                    return entry
            except OSError:
                pass
            self._forget(raw, entry)
        return self._read(raw)

    def _read(self, raw: str) -> Entry | None:
        try:
            entry = find(self.store, raw.encode("latin-1").decode("utf-8"))
        except UnicodeError:
            return None
        if entry:
            self._remember(raw, entry)
        return entry

    def _remember(self, raw: str, entry: Entry) -> None:
        with self.lock:
            if former := self.memory.pop(raw, None):  # another thread read it too
                self.bytes -= former.size
            self.memory[raw] = entry
            self.bytes += entry.size
            while len(self.memory) > REMEMBERED or (self.bytes > MEMORY and len(self.memory) > 1):
                self.bytes -= self.memory.popitem(last=False)[1].size

    def _forget(self, raw: str, entry: Entry) -> None:
        with self.lock:
            if self.memory.get(raw) is entry:
                del self.memory[raw]
                self.bytes -= entry.size


def find(store: Store, path: str) -> Entry | None:
    """The page kept under a decoded path. What is replaced while it is read is not believed."""
    try:
        file = store.find(path)
        if file is None:
            return None
        before = seal(file)
        entry = read(file, before)
        return entry if seal(file) == before and not entry.is_over else None
    except (OSError, ValueError):
        return None


def seal(file: Path | str) -> Seal:
    """What no two versions of a page have in common: a file that appeared later changed its place later."""
    found = os.stat(file)
    return found.st_ino, found.st_ctime_ns, found.st_mtime_ns, found.st_size


def read(file: Path, seal: Seal) -> Entry:
    head = json.loads(head_of(file).read_bytes())
    modified = seal[2] // 1_000_000_000
    headers = [(name, value) for name, value in head["headers"]]
    twins = {encoding: file.with_name(file.name + ending) for encoding, ending in TWINS.items()}
    bodies = {"": file.read_bytes()} | {encoding: twin.read_bytes() for encoding, twin in twins.items() if twin.exists()}
    variants = {}
    for encoding, body in bodies.items():
        mark = etag(modified, len(body))
        more = [("Content-Length", str(len(body))), ("ETag", mark), ("Last-Modified", format_date_time(modified))]
        more += [("Content-Encoding", encoding)] if encoding else []
        more += [("Vary", "Accept-Encoding")] if len(bodies) > 1 else []
        variants[encoding] = Variant([body], headers + more, mark)
    status = f"{head['status']} {HTTPStatus(head['status']).phrase}"
    size = sum(map(len, bodies.values()))
    until = min(filter(None, map(moment, head["keys"])), default=None)
    return Entry(str(file), seal, status, modified, variants, tuple(head["keys"]), size, until)


def answer(entry: Entry, environ: dict[str, Any]) -> tuple[str, Headers, list[bytes]]:
    """Status, headers and body for this reader: the twin they take, or 304 when they have it."""
    variant = entry.variant(environ.get("HTTP_ACCEPT_ENCODING", ""))
    status, headers, body = entry.status, variant.headers, variant.body
    if status == "200 OK" and (instead := verdict(environ, variant.etag, entry.modified)):
        status, headers, body = instead, variant.bare, []
        if instead.startswith("412"):
            length = ("Content-Length", str(len(OUTDATED)))
            headers, body = [*headers, ("Content-Type", "text/plain; charset=utf-8"), length], [OUTDATED]
    if ASKED_BY_CDN in environ:
        headers = headers + for_cdn(entry.keys, environ)  # a list of its own: the page's is shared
    return status, headers, [] if environ["REQUEST_METHOD"] == "HEAD" else body
