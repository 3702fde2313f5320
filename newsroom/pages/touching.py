"""What a verb says: which keys it touched. Written down in its transaction, purged here after its commit.

The row tells the other hosts, and this one too, should the process die between commit and purge (newsroom.pages.following).
"""

import logging
import sqlite3

from django.conf import settings
from django.db import connection, transaction

from newsroom.pages.here import store
from newsroom.pages.keys import CHANNEL, Key

WRITE_DOWN = """
INSERT INTO newsroom_touch (keys, made_at, xid) VALUES (%s, clock_timestamp(), pg_current_xact_id()::text::bigint)
RETURNING id, pg_notify(%s, '')
"""
logger = logging.getLogger(__name__)


def touch(*keys: str) -> None:
    """Remove, after the commit, every kept page that shows one of the keys. Nothing happens on a rollback."""
    if not keys:
        return
    for key in keys:
        Key.of(key)  # a misspelt one fails here, not after the commit
    with connection.cursor() as cursor:
        cursor.execute(WRITE_DOWN, [sorted(set(keys)), CHANNEL])
        (number, _) = cursor.fetchone()
    open_savepoints = set(connection.savepoint_ids)
    for savepoints, waiting, *_ in reversed(connection.run_on_commit):
        if isinstance(waiting, Touches) and savepoints == open_savepoints:
            waiting.keys.update(keys)
            waiting.numbers.append(number)
            return
    transaction.on_commit(Touches(set(keys), [number]))
    if settings.CDN:
        tell_cdn()


def tell_cdn() -> None:
    """The worker does, after this transaction."""
    from newsroom.tasks import tell_cdn  # the queue is ready only after the apps are

    tell_cdn.defer()


class Touches:
    """The touches of one transaction: one purge."""

    def __init__(self, keys: set[str], numbers: list[int]) -> None:
        self.keys, self.numbers = keys, numbers

    def __call__(self) -> None:
        purge(self.keys, touches=self.numbers)


def purge(keys: set[str], *, touches: list[int]) -> None:
    """Here and now. With an index that cannot be used every page goes: slow is better than false."""
    try:
        store().purge(keys, touches=touches)
    except (sqlite3.Error, OSError):
        logger.exception("The index of kept pages cannot be used: all pages are taken away.")
        store().abandon()
