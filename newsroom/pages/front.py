"""The front: answers a kept page without entering Django, with the bytes and headers nginx would send for the file."""

import json
import os
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from wsgiref.handlers import format_date_time

from newsroom.pages.edge.headers import for_cdn
from newsroom.pages.files import TWINS, etag, head_of
from newsroom.pages.store import Store

type StartResponse = Callable[..., Any]
type Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]
type Headers = list[tuple[str, str]]
type Seal = tuple[int, int, int]

REMEMBERED = 4096  # pages held in memory by one process
MEMORY = 64 * 1024 * 1024  # and their bytes at the most
NOT_IN_304 = {"Content-Length", "Content-Type", "Content-Encoding"}


@dataclass(frozen=True, slots=True)
class Variant:
    body: bytes
    headers: Headers
    etag: str


@dataclass(frozen=True, slots=True)
class Entry:
    file: str
    seal: Seal
    status: str
    modified: str
    variants: dict[str, Variant]
    keys: tuple[str, ...]
    size: int


class Front:
    """WSGI: kept pages from the store's files, everything else from `application`.

    A page read once is answered from memory as long as its file is the same one: one `stat` a request.
    """

    def __init__(self, application: Application, store: Store) -> None:
        self.application, self.store = application, store
        self.memory: OrderedDict[str, Entry] = OrderedDict()
        self.bytes = 0

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        is_plain = environ["REQUEST_METHOD"] in {"GET", "HEAD"} and not environ.get("QUERY_STRING")
        entry = self.look_up(environ.get("PATH_INFO", "")) if is_plain else None
        if entry is None:
            return self.application(environ, start_response)
        status, headers, body = answer(entry, environ)
        start_response(status, headers)
        return body

    def look_up(self, raw: str) -> Entry | None:
        """The page of a path as the server hands it over: bytes, each as one character."""
        entry = self.memory.get(raw)
        if entry is None:
            return self._read(raw)
        try:
            if seal(entry.file) == entry.seal:
                return entry
        except OSError:
            pass
        self._forget(raw)
        return self._read(raw)

    def _read(self, raw: str) -> Entry | None:
        try:
            entry = find(self.store, raw.encode("latin-1").decode("utf-8"))
        except UnicodeError:
            return None
        if entry:
            self.memory[raw] = entry
            self.bytes += entry.size
            while len(self.memory) > REMEMBERED or self.bytes > MEMORY > entry.size:
                self._forget(next(iter(self.memory)))
        return entry

    def _forget(self, raw: str) -> None:
        entry = self.memory.pop(raw, None)
        if entry:
            self.bytes -= entry.size


def find(store: Store, path: str) -> Entry | None:
    """The page kept under a decoded path. What is replaced while it is read is not believed."""
    try:
        file = store.find(path)
        if file is None:
            return None
        before = seal(file)
        entry = read(file, before)
        return entry if seal(file) == before else None
    except (OSError, ValueError):
        return None


def seal(file: Path | str) -> Seal:
    found = os.stat(file)
    return found.st_ino, found.st_mtime_ns, found.st_size


def read(file: Path, seal: Seal) -> Entry:
    head = json.loads(head_of(file).read_bytes())
    modified = seal[1] // 1_000_000_000
    headers = [(name, value) for name, value in head["headers"]]
    twins = {encoding: file.with_name(file.name + ending) for encoding, ending in TWINS.items()}
    bodies = {"": file.read_bytes()} | {encoding: twin.read_bytes() for encoding, twin in twins.items() if twin.exists()}
    variants = {}
    for encoding, body in bodies.items():
        mark = etag(modified, len(body))
        more = [("Content-Length", str(len(body))), ("ETag", mark), ("Last-Modified", format_date_time(modified))]
        more += [("Content-Encoding", encoding)] if encoding else []
        more += [("Vary", "Accept-Encoding")] if len(bodies) > 1 else []
        variants[encoding] = Variant(body, headers + more, mark)
    status = f"{head['status']} {HTTPStatus(head['status']).phrase}"
    size = sum(map(len, bodies.values()))
    return Entry(str(file), seal, status, format_date_time(modified), variants, tuple(head["keys"]), size)


def answer(entry: Entry, environ: dict[str, Any]) -> tuple[str, Headers, list[bytes]]:
    """Status, headers and body for this reader: the twin they take, or 304 when they have it."""
    variant = entry.variants[chosen(environ.get("HTTP_ACCEPT_ENCODING", ""), entry.variants)]
    more = for_cdn(entry.keys, environ)
    if entry.status.startswith("200") and is_fresh(environ, entry, variant):
        return "304 Not Modified", [header for header in variant.headers if header[0] not in NOT_IN_304] + more, []
    return entry.status, variant.headers + more, [] if environ["REQUEST_METHOD"] == "HEAD" else [variant.body]


def chosen(accepted: str, variants: dict[str, Any]) -> str:
    """brotli, else gzip, else as it is; `;q=0` refuses (RFC 9110, 12.5.3)."""
    if not accepted or len(variants) == 1:
        return ""
    offers = {}
    for offer in accepted.lower().split(","):
        coding, _, weight = offer.partition(";")
        offers[coding.strip()] = weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return next((coding for coding in ("br", "gzip") if coding in variants and offers.get(coding)), "")


def is_fresh(environ: dict[str, Any], entry: Entry, variant: Variant) -> bool:
    """Whether the client's copy is this one (RFC 9110, 13.1.2 and 13.1.3: If-None-Match wins)."""
    if marks := environ.get("HTTP_IF_NONE_MATCH"):
        return marks.strip() == "*" or variant.etag in {mark.strip().removeprefix("W/") for mark in marks.split(",")}
    return bool(environ.get("HTTP_IF_MODIFIED_SINCE") == entry.modified)
