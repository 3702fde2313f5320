"""Compares what is kept on this host with what Django would answer now, while the newsroom works on.

A page that differs is no mistake yet: something may have been published between the two looks. So we hear first of all
that was committed until the second look; a page that is still the same file after that missed a change.
"""

import gzip
import os
import time
from collections.abc import Callable, Iterator
from difflib import unified_diff
from itertools import islice
from pathlib import Path

import brotli

from newsroom.pages import front
from newsroom.pages.files import ENDINGS, Kept, vanish, vanish_twins
from newsroom.pages.store import Store

LOOKS = 50  # at a page that changes all the time, before we leave it
LINES = 12  # of a difference between two texts
UNPACK: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.decompress, ".br": brotli.decompress}
type Anew = Callable[[str], tuple[Kept | None, int]]


def differences(store: Store, path: str, anew: Anew, hear: Callable[[], None]) -> list[str]:
    """What the page kept under a path tells otherwise than it should, in lines; none when it is not kept any more.

    `anew` renders it, `hear` purges whatever was touched until now.
    """
    for _ in range(LOOKS):
        before, kept = seen(store, path)
        if kept is None:
            return []
        fresh, status = anew(path)
        found = compared(kept, fresh, status) + twins(store, path, kept)
        if not found:
            return []
        hear()
        if seen(store, path)[0] == before:
            return found
    return ["It changes too often to be compared."]


def seen(store: Store, path: str) -> tuple[front.Seal | None, Kept | None]:
    """The kept page, and what no other version of it has."""
    try:
        file = store.find(path)
        return (front.seal(file), store.get(path)) if file else (None, None)
    except OSError:
        return None, None


def compared(kept: Kept, fresh: Kept | None, status: int) -> list[str]:
    if fresh is None:
        return [f"It is kept with status {kept.status}; asked anew it may not be kept, and has status {status}."]
    found = []
    if kept.status != fresh.status:
        found += [f"Status {kept.status} is kept, {fresh.status} is right."]
    found += [f"Header kept: {name}: {value}" for name, value in sorted(set(kept.headers) - set(fresh.headers))]
    found += [f"Header right: {name}: {value}" for name, value in sorted(set(fresh.headers) - set(kept.headers))]
    if kept.body != fresh.body:
        found += changed(kept.body, fresh.body)
    return found


def changed(kept: bytes, fresh: bytes) -> list[str]:
    """The first lines that differ."""
    old, new = (body.decode("utf-8", "replace").splitlines() for body in (kept, fresh))
    lines = islice(unified_diff(old, new, "kept", "right", lineterm="", n=0), LINES)
    return [line[:200] for line in lines if not line.startswith(("---", "+++"))] or ["The bytes differ."]


def twins(store: Store, path: str, kept: Kept) -> list[str]:
    """Compressed twins that say something else."""
    found = []
    file = store.find(path)
    for ending, unpack in UNPACK.items():
        try:
            if file and unpack(Path(f"{file}{ending}").read_bytes()) != kept.body:
                found.append(f"The twin {ending} has another text.")
        except FileNotFoundError:
            pass
        except (OSError, EOFError, brotli.error):
            found.append(f"The twin {ending} cannot be unpacked.")
    return found


# -- the index and the files ------------------------------------------------------------------------------------------


def orphans(store: Store, *, mend: bool) -> list[Path]:
    """Files that no row of the index lists: nothing would ever purge them."""
    standing = set(_pages(store))
    suspicious = standing - _places(store, listed(store))
    if not suspicious:
        return []
    with store.standing_still() as db:
        known = _places(store, store.listed(db))
        found = sorted(file for file in suspicious if file not in known and file.exists())
        for file in found if mend else ():
            vanish(file)
            vanish_twins(file)
    return found


def _pages(store: Store) -> Iterator[Path]:
    for folder in (store.files, store.others):
        for place, _, names in os.walk(folder):
            yield from (Path(place, name) for name in names if not name.endswith(ENDINGS[1:]))


def _places(store: Store, paths: list[str]) -> set[Path]:
    return {file for path in paths for file in store.places(path)}


def listed(store: Store) -> list[str]:
    with store.standing_still() as db:
        return store.listed(db)


def empty_rows(store: Store, *, mend: bool) -> int:
    """Rows whose page is not there, of processes that were killed: they harm nobody."""
    missing = [path for path in listed(store) if store.find(path) is None]
    with store.standing_still() as db:
        still = [path for path in missing if store.find(path) is None]
        if mend:
            store.unlist(db, still)
    return len(still)


def now() -> int:
    return time.time_ns() // 1000
