"""Connections lent to threads.

psycopg's own pool connects in the background: who waits there is not told that nothing listens, waits as long as for a
busy one, and finds the server back minutes late, for its attempts grow ever further apart. This one connects in the
thread that asks, so that a dead database is an error at once and a living one is used at once.
"""

import threading
import time
from collections.abc import Callable, Generator
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from newsroom.database.standing import Silent, here

LIFE = 3600.0  # seconds after which a connection is not lent again: a server that moved is found
UNUSED = 600.0  # seconds after which one that nobody needed is closed


class Connection(psycopg.Connection[Any]):
    """Where visitors wait, it waits for an answer only as long as the server lives."""

    watches = True  # False while what is waited for is no answer
    made_at: float
    used_at: float
    _pool: Any

    def wait[V](self, gen: Generator[Any, Any, V], *args: Any, **options: Any) -> V:
        if here.patience is None or not self.watches:
            return super().wait(gen, *args, **options)
        try:
            return super().wait(self._watching(gen, here.patience), *args, **options)
        except Silent as error:
            self.close()  # whatever the server still says belongs to nobody
            raise psycopg.OperationalError("The server fell silent.") from error

    def _watching[V](self, gen: Generator[Any, Any, V], pause: float) -> Generator[Any, Any, V]:
        """What psycopg runs; it hears every tenth of a second that nothing has come yet."""
        try:
            wanted, since = next(gen), time.monotonic()
            while True:
                ready = yield wanted
                if not ready and time.monotonic() - since > pause:
                    if not here.answers(self):
                        raise Silent
                    since, pause = time.monotonic(), min(pause * 2, 30.0)  # it is just slow
                wanted = gen.send(ready)
        except StopIteration as end:
            value: V = end.value
            return value


class Pool:
    """At most `size` connections. Raises Unreachable, at once where that can be known, and Busy after `timeout` seconds."""

    def __init__(self, connect: Callable[[], Connection], *, size: int, timeout: float) -> None:
        self.connect, self.size, self.timeout = connect, size, timeout
        self.places = threading.BoundedSemaphore(size)
        self.idle: list[Connection] = []  # the one used last at the end
        self.lock = threading.Lock()
        self.is_closed = False

    def open(self) -> None:
        """Django asks for it; there is nothing to open before somebody needs a connection."""

    def getconn(self) -> Connection:
        if not self.places.acquire(timeout=self.timeout):
            raise Busy(f"All {self.size} connections of this process were in use for {self.timeout} seconds.")
        try:
            with here.look():
                connection = self._living() or self._new()
        except BaseException:
            self.places.release()
            raise
        connection._pool = self
        return connection

    def putconn(self, connection: Connection) -> None:
        connection._pool = None
        connection.used_at = time.monotonic()
        is_clean = connection.pgconn.transaction_status == TransactionStatus.IDLE
        if is_clean and not self.is_closed and connection.used_at - connection.made_at < LIFE:
            with self.lock:
                self.idle.append(connection)
        else:
            connection.close()
        self.places.release()
        self._close_unused(connection.used_at)

    def close(self) -> None:
        self.is_closed = True
        while connection := self._last():
            connection.close()

    def _living(self) -> Connection | None:
        """One that has just answered. A server that was started anew left us nothing but broken ones: they go."""
        while connection := self._last():
            try:
                connection.execute("")
            except psycopg.OperationalError as error:
                connection.close()
                if isinstance(error.__cause__, Silent):
                    raise
            else:
                return connection
        return None

    def _new(self) -> Connection:
        connection = self.connect()
        connection.made_at = time.monotonic()
        return connection

    def _last(self) -> Connection | None:
        with self.lock:
            return self.idle.pop() if self.idle else None

    def _close_unused(self, now: float) -> None:
        with self.lock:
            unused = self.idle.pop(0) if self.idle and now - self.idle[0].used_at > UNUSED else None
        if unused:
            unused.close()


class Busy(psycopg.OperationalError):
    """More threads than connections."""
