"""What this host hears of others: every touch written to the database reaches this store, as it is committed.

A notice on `LISTEN` only wakes us; what to purge is read from the table. So nothing is lost with a connection: a host that
comes back reads what it missed, and one that cannot know what it missed empties its store. The same catches a process of
this host that died between its commit and its purge.
"""

import contextlib
import fcntl
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator

import psycopg

from newsroom.database.pool import Connection
from newsroom.pages.edge import late
from newsroom.pages.keys import CHANNEL
from newsroom.pages.store import Store

ROUND = 5.0  # seconds after which we look without having been woken
NOTED = 60.0  # seconds after which the place reached is noted although nothing came
REMEMBERED = 6 * 3600  # seconds; a host that slept longer begins empty. Rows are kept for a day (newsroom.tasks)
PLACE = "SELECT pg_current_snapshot()::text, extract(epoch FROM now())::bigint"
# Numbers of transactions mean something within one history of one database: not after a restore or a failover.
HISTORY = """
SELECT concat_ws('-', (SELECT system_identifier FROM pg_control_system()), (SELECT timeline_id FROM pg_control_checkpoint()),
                 (SELECT oid FROM pg_database WHERE datname = current_database()))
"""
# Of the rows that the snapshot noted last had not seen. Its lower end is where the index begins to look. The last column:
# heard so late that a cache in front may have been told already, and have fetched the older page from us since.
MISSED = """
SELECT id, keys, made_at < clock_timestamp() - interval '3 seconds' AND keys <> ARRAY['edge'] FROM newsroom_touch
WHERE xid >= pg_snapshot_xmin(%(seen)s::pg_snapshot)::text::bigint
  AND NOT pg_visible_in_snapshot(xid::text::xid8, %(seen)s::pg_snapshot) ORDER BY id
"""
logger = logging.getLogger(__name__)


class Follower:
    """Follows one database for one store. Run by one process of a host; more would do no harm."""

    def __init__(self, store: Store, conninfo: str, *, edge: bool = False) -> None:
        """`edge`: caches in front hear from us what we heard late."""
        self.store, self.conninfo, self.edge = store, conninfo, edge
        self.noted = 0.0

    def run(self, stop: threading.Event) -> None:
        """Until told to stop. A database that is gone is asked again each second; moments come without it too."""
        lost = False
        while not stop.is_set():
            try:
                with self.connected() as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self.catch_up(connection)
                    if lost:
                        logger.warning("The database answers again: kept pages are followed.")
                    lost = False
                    while not stop.is_set():
                        self.wait(connection)
                        self.catch_up(connection)
            except (psycopg.Error, sqlite3.Error, OSError) as error:
                if not lost:
                    logger.warning("Kept pages are not followed for now: %s", str(error).strip().partition("\n")[0])
                lost = True
                stop.wait(1)
                self.expire()

    @contextlib.contextmanager
    def connected(self) -> Iterator[Connection]:
        with Connection.connect(
            self.conninfo, autocommit=True, connect_timeout=5, application_name="newsroom pages"
        ) as connection:
            yield connection

    def wait(self, connection: Connection) -> None:
        """Until woken, until a page's moment comes, or for a round."""
        due = self.expire()
        pause = ROUND if due is None else min(ROUND, max(0.0, due / 1_000_000 - time.time()))
        connection.watches = False
        for _ in connection.notifies(timeout=pause, stop_after=1):
            pass
        connection.watches = True

    def expire(self) -> int | None:
        with contextlib.suppress(sqlite3.Error, OSError):
            return self.store.expire(time.time_ns() // 1000)
        return None

    def catch_up(self, connection: psycopg.Connection) -> None:
        """Purge what was touched since the place noted last, or everything when that place says nothing."""
        snapshot, clock = place(connection)
        history = history_of(connection)
        seen = self.store.fact("seen")
        if not seen or self.store.fact("history") != history or clock - int(self.store.fact("seen_at")) > REMEMBERED:
            self.store.clear()
            self.store.note(emptied="1")
            self.tell_edge(connection, [])
            self.store.note(seen=snapshot, seen_at=str(clock), history=history)
            return
        missed = connection.execute(MISSED, {"seen": seen}).fetchall()
        unheard = set(self.store.unheard(row[0] for row in missed))
        rows = [row for row in missed if row[0] in unheard]
        # Before the purge: after it they count as heard, and nobody would know any more that they were late.
        self.tell_edge(connection, [number for number, _, is_late in rows if is_late])
        if rows:
            self.store.purge({key for _, keys, _ in rows for key in keys}, touches=[number for number, _, _ in rows])
        if missed or time.monotonic() - self.noted > NOTED:
            self.store.note(seen=snapshot, seen_at=str(clock))
            self.noted = time.monotonic()

    def tell_edge(self, connection: psycopg.Connection, touches: list[int]) -> None:
        if not self.edge:
            return
        if touches:
            late.again(connection, touches)
        if self.store.fact("emptied"):
            late.all_pages(connection)
            self.store.note(emptied="")


def place(connection: psycopg.Connection) -> tuple[str, int]:
    """What is visible now, and the database's clock in seconds."""
    ((snapshot, clock),) = connection.execute(PLACE).fetchall()
    return snapshot, int(clock)


def history_of(connection: psycopg.Connection) -> str:
    try:
        ((history,),) = connection.execute(HISTORY).fetchall()
    except psycopg.errors.InsufficientPrivilege:  # some hosts of Postgres keep it to themselves
        ((history,),) = connection.execute("SELECT pg_postmaster_start_time()::text").fetchall()
    return str(history)


def follow(store: Store, conninfo: str, *, edge: bool = False) -> None:
    """Catch up, then follow in a thread of this process, unless another process of this host does already."""
    follower = Follower(store, conninfo, edge=edge)
    with contextlib.suppress(psycopg.Error, sqlite3.Error, OSError), follower.connected() as connection:
        follower.catch_up(connection)
    threading.Thread(target=_when_free, args=[follower], name="pages", daemon=True).start()


def _when_free(follower: Follower) -> None:
    """The lock ends with the process that holds it: then the next one takes over."""
    follower.store.locks.mkdir(parents=True, exist_ok=True)
    lock = os.open(follower.store.locks / "follower", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    follower.run(threading.Event())
