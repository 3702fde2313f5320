"""What this process knows of its database: whether it answers. Said in the log when that changes, and only then.

A server that refuses is an error at once, and is asked again each time. A silent one (stopped, or behind a network that
swallows what is sent) costs seconds of waiting: one thread at a time asks it, and everybody else is refused meanwhile.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.errors import ConnectionTimeout

PATIENCE = 1.5  # seconds without an answer after which a web process looks whether the server lives
PAUSE = 1.0  # seconds for which a silent server is not asked again
LOOK = 6.0  # seconds that a look may take
logger = logging.getLogger("newsroom.database")


class Unreachable(psycopg.OperationalError):
    """No connection: nothing of what was to be done has been begun."""


class Silent(Exception):
    """No answer, and the server does not take a new connection either."""


class Standing:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.patience: float | None = None  # None, for whoever may wait: an answer is waited for however long it takes
        self.lost_at: float | None = None
        self.is_silent = False
        self.ask_again = 0.0

    def be_impatient(self) -> None:
        """Where visitors wait: their threads are needed for pages that want no database."""
        self.patience = PATIENCE

    @contextlib.contextmanager
    def look(self) -> Iterator[None]:
        """Around the search for a connection. Whatever keeps us from one is Unreachable."""
        self._take_turn()
        try:
            yield
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            self.lost(error)
            raise Unreachable(str(error)) from error
        if self.lost_at is not None:
            self._found()

    def lost(self, error: BaseException) -> None:
        is_silent = isinstance(error, ConnectionTimeout) or isinstance(error.__cause__, Silent)
        with self.lock:
            was_there, self.lost_at = self.lost_at is None, self.lost_at or time.monotonic()
            if is_silent:
                self.is_silent, self.ask_again = True, time.monotonic() + PAUSE
        if was_there:
            logger.error("The database does not answer: %s", " ".join(str(error).split()))

    def _take_turn(self) -> None:
        if not self.is_silent:
            return
        with self.lock:
            now = time.monotonic()
            if now < self.ask_again:
                raise Unreachable("The database was silent a moment ago.")
            self.ask_again = now + LOOK

    def _found(self) -> None:
        with self.lock:
            lost_at, self.lost_at = self.lost_at, None
            self.is_silent = False
        if lost_at is not None:
            logger.warning("The database answers again, after %.0f seconds.", time.monotonic() - lost_at)

    def answers(self, connection: psycopg.Connection[Any]) -> bool:
        """Whether the server of a connection lives, asked by another one. Any answer is one, a refusal too."""
        if self.is_silent:
            return False
        try:
            psycopg.connect(make_conninfo(connection.info.dsn, password=connection.info.password)).close()
        except ConnectionTimeout:
            return False
        except psycopg.Error:
            pass
        return True


here = Standing()  # one for the process: it has one database
