"""Renders pages before a reader asks for them."""

import multiprocessing
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import batched
from typing import NamedTuple

import django

from newsroom.pages.asking import Asker
from newsroom.pages.here import store

BATCH = 32  # pages handed to a worker's turn


class Warmed(NamedTuple):
    path: str
    status: int  # 0: it was kept already
    is_kept: bool


def warm(paths: Iterable[str], *, workers: int = 1) -> Iterator[Warmed]:
    """Keep these pages, one at a time or in several processes. Those that are kept already are not rendered."""
    if workers == 1:
        yield from map(visit, paths)
        return
    with multiprocessing.get_context("spawn").Pool(workers, initializer=django.setup) as pool:
        for batch in batched(paths, BATCH * workers):
            yield from pool.imap_unordered(visit, batch, chunksize=4)


def visit(path: str) -> Warmed:
    if store().find(path):
        return Warmed(path, 0, True)
    response = asker().ask(path)
    return Warmed(path, response.status_code, store().find(path) is not None)


@cache
def asker() -> Asker:
    return Asker()
