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
from psycopg.conninfo import make_conninfo

from newsroom.database.pool import Connection
from newsroom.pages.edge import late
from newsroom.pages.keys import CHANNEL, EVERYTHING, Key
from newsroom.pages.store import Store

ROUND = 5.0  # seconds after which we look without having been woken
MOMENT = 1.0  # seconds after which we look whether a page's moment has come; those that end sooner are not kept
NOTED = 60.0  # seconds after which the place reached is noted although nothing came
LOCK = "follower"  # held by the process that follows for its host
REMEMBERED = 6 * 3600  # seconds; a host that slept longer begins empty. Rows are kept for a day (newsroom.tasks)
PLACE = "SELECT pg_current_snapshot()::text, extract(epoch FROM now())::bigint"
# Numbers of transactions mean something within one history of one database: not after a restore or a failover. The
# timeline is asked of the log that is written now: right after a failover the last checkpoint still names the former one.
# The file of the table is another one after DROP, TRUNCATE and so after every kind of restore into the same database.
HISTORY = """
SELECT concat_ws('-', (SELECT system_identifier FROM pg_control_system()), left(pg_walfile_name(pg_current_wal_lsn()), 8),
                 (SELECT oid FROM pg_database WHERE datname = current_database()), pg_relation_filenode('newsroom_touch'))
"""
# A data folder set back to an earlier moment has the history we know, but counts its transactions anew.
IS_SET_BACK = "SELECT pg_snapshot_xmax(%s::pg_snapshot) < pg_snapshot_xmax(%s::pg_snapshot)"
# Of the rows that the snapshot noted last had not seen. Its lower end is where the index begins to look. The last column:
# heard so late that a cache in front may have been told already, and have fetched the older page from us since.
MISSED = """
SELECT id, keys, made_at < clock_timestamp() - interval '3 seconds' AND keys <> ARRAY['edge'] FROM newsroom_touch
WHERE xid >= pg_snapshot_xmin(%(seen)s::pg_snapshot)::text::bigint
  AND NOT pg_visible_in_snapshot(xid::text::xid8, %(seen)s::pg_snapshot) ORDER BY id
"""
# A network that forgot this one connection and takes new ones: by itself the kernel tries for a quarter of an hour.
TCP = {"tcp_user_timeout": 10_000, "keepalives_idle": 10, "keepalives_interval": 3, "keepalives_count": 3}
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
            except Exception as error:  # whatever it is: a host without a follower would show what is old for ever
                if not lost:
                    trace = None if isinstance(error, psycopg.Error | OSError) else error
                    reason = str(error).strip().partition("\n")[0]
                    logger.warning("Kept pages are not followed for now: %s", reason, exc_info=trace)
                stop.wait(1 if lost else 0.05)  # a connection that ended is most often had again at once
                lost = True
                self.expire()

    @contextlib.contextmanager
    def connected(self) -> Iterator[Connection]:
        address = make_conninfo(self.conninfo, **TCP)
        with Connection.connect(address, autocommit=True, connect_timeout=5, application_name="newsroom pages") as connection:
            yield connection

    def wait(self, connection: Connection) -> None:
        """Until woken or for a round, and look meanwhile at the moments that come."""
        ends = time.monotonic() + ROUND
        connection.watches = False
        while (left := ends - time.monotonic()) > 0:
            due = self.expire()
            pause = min(left, MOMENT if due is None else max(0.0, min(MOMENT, due / 1_000_000 - time.time())))
            if list(connection.notifies(timeout=pause, stop_after=1)):
                break
        connection.watches = True

    def expire(self) -> int | None:
        try:
            return self.store.expire(time.time_ns() // 1000)
        except (sqlite3.Error, OSError):
            self.give_up()
            return None

    def give_up(self) -> None:
        """The index cannot be used, so nobody knows what is old: every page goes, as when a verb finds it so."""
        logger.exception("The index of kept pages cannot be used: all pages are taken away.")
        with contextlib.suppress(OSError):
            self.store.abandon()

    def catch_up(self, connection: psycopg.Connection) -> None:
        """Purge what was touched since the place noted last, or everything when that place says nothing."""
        try:
            self._catch_up(connection)
        except (sqlite3.Error, OSError):
            self.give_up()
            raise

    def _catch_up(self, connection: psycopg.Connection) -> None:
        snapshot, clock = place(connection)
        history = history_of(connection)
        seen = self.store.fact("seen")
        if not seen or self.store.fact("history") != history or self.slept(clock) or is_set_back(connection, snapshot, seen):
            self.store.clear()
            self.store.note(emptied="1")
            self.tell_edge(connection, [])
            self.store.note(seen=snapshot, seen_at=str(clock), history=history)
            return
        missed = connection.execute(MISSED, {"seen": seen}).fetchall()
        unheard = set(self.store.unheard(row[0] for row in missed))
        rows = [row for row in missed if row[0] in unheard]
        # Before the purge: after it they count as heard, and nobody would know any more that they were late.
        try:
            self.tell_edge(connection, [number for number, _, is_late in rows if is_late])
        except psycopg.Error:  # our own readers do not wait for it; the caches are told of everything then
            self.store.note(emptied="1")
        if rows:
            self.store.purge(understood({key for _, keys, _ in rows for key in keys}), touches=[row[0] for row in rows])
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

    def slept(self, clock: int) -> bool:
        """Too long, or by a clock that means nothing: the rows of that time may be gone."""
        return abs(clock - int(self.store.fact("seen_at") or 0)) > REMEMBERED


def understood(keys: set[str]) -> set[str]:
    """With a key that this code cannot read (another version's, on another host) all pages go: which it meant is unknown."""
    try:
        for key in keys:
            Key.of(key)
    except ValueError:
        return {EVERYTHING}
    return keys


def is_set_back(connection: psycopg.Connection, snapshot: str, seen: str) -> bool:
    ((answer,),) = connection.execute(IS_SET_BACK, [snapshot, seen]).fetchall()
    return bool(answer)


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
    store.sweep()
    threading.Thread(target=_when_free, args=[follower], name="pages", daemon=True).start()


def _when_free(follower: Follower) -> None:
    """The lock ends with the process that holds it: then the next one takes over."""
    try:
        follower.store.locks.mkdir(parents=True, exist_ok=True)
        lock = os.open(follower.store.locks / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError:  # a disk that is full, or cannot be written: then each process follows for itself
        logger.exception("The lock of who follows cannot be had.")
    follower.run(threading.Event())


def is_followed(store: Store) -> bool:
    """Whether a process of this host holds that lock."""
    try:
        with open(store.locks / LOCK) as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False
