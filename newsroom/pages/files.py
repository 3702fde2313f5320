"""A kept page as files: where they stand, how they appear whole and vanish."""

import contextlib
import gzip
import hashlib
import json
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import brotli

TWINS = {"br": ".br", "gzip": ".gz"}
ENDINGS = ("", ".gz", ".br", ".head")
COMPRESSIBLE: tuple[str, ...] = ("text/", "application/json", "application/feed+json", "application/xml", "application/rss+xml")
COMPRESSIBLE += ("application/atom+xml", "application/opensearchdescription+xml", "image/svg+xml")


@dataclass(frozen=True)
class Kept:
    """A page as it is to be sent: status, headers without those of the connection, body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    keys: tuple[str, ...] = ()  # what it shows, for a cache in front that purges by key


def file_of(root: Path, path: str, *, as_tree: bool) -> Path | None:
    """Where the page of a decoded URL path stands, or None for a path that no file may have.

    As a tree the names are those a web server looks for; else they tell it nothing.
    """
    name = os.fsencode(path)
    if not path.startswith("/") or len(name) > 1000 or b"\x00" in name:
        return None
    if not as_tree:
        name = hashlib.sha256(name).hexdigest().encode()
        return root / name[:2].decode() / name[2:].decode()
    parts = path[1:].split("/")
    if "\\" in path or any(part in {".", ".."} or len(os.fsencode(part)) > 240 for part in parts) or "" in parts[:-1]:
        return None
    if not parts[-1]:
        parts[-1] = "index.html"
    elif "." not in parts[-1] or parts[-1] == "index.html" or parts[-1].endswith(ENDINGS[1:]):
        return None
    return root.joinpath(*parts)


def read(file: Path) -> Kept | None:
    try:
        body = file.read_bytes()
        head = json.loads(head_of(file).read_bytes())
    except (OSError, ValueError):
        return None
    return Kept(head["status"], tuple((name, value) for name, value in head["headers"]), body, tuple(head["keys"]))


def head_of(file: Path) -> Path:
    return file.with_name(file.name + ".head")


def write_aside(folder: Path, page: Kept) -> Path:
    """The page with its twins and headers under a name of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f"{os.getpid()}-{threading.get_ident()}-{time.monotonic_ns()}"
    new.write_bytes(page.body)
    head_of(new).write_text(json.dumps({"status": page.status, "headers": page.headers, "keys": page.keys}))
    kind = {name.lower(): value for name, value in page.headers}.get("content-type", "")
    if kind.startswith(COMPRESSIBLE) and len(page.body) > 200:
        Path(f"{new}.gz").write_bytes(gzip.compress(page.body, 6, mtime=0))
        Path(f"{new}.br").write_bytes(brotli.compress(page.body, quality=6))
    return new


def appear(file: Path, new: Path, modified: int) -> None:
    """Twins and headers first, the page itself last: a server that sees the page sees all of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    for ending in (*ENDINGS[1:], ""):
        with contextlib.suppress(FileNotFoundError):  # too short to have twins
            os.utime(f"{new}{ending}", (modified, modified))
            os.replace(f"{new}{ending}", f"{file}{ending}")


def vanish(file: Path) -> None:
    """The page itself: from now on nothing is served. Its twins stay for a moment, and are no page without it."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
        os.unlink(file)


def vanish_twins(file: Path) -> None:
    for ending in ENDINGS[1:]:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            os.unlink(f"{file}{ending}")


def etag(modified: int, size: int) -> str:
    """The validator that nginx makes of a file: time and size in hexadecimal."""
    return f'"{modified:x}-{size:x}"'
