"""Which errors are the database's own, rather than mistakes of ours."""

import psycopg
from django.db import InterfaceError, OperationalError

from newsroom.database.pool import Busy
from newsroom.database.standing import Unreachable

FAILURES = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
# Of Postgres's codes those that tell of an end (PostgreSQL's manual, appendix A); a connection that breaks brings none.
ENDS = ("08", "57P", "53300")


def failure_of(error: BaseException | None) -> BaseException | None:
    """The database's failure that an error is, or was raised from: Django and the queue wrap it."""
    found = None
    while error:
        if isinstance(error, psycopg.Error):
            return error if isinstance(error, FAILURES) else None
        found = error if isinstance(error, FAILURES) else found
        error = error.__cause__
    return found


def is_end(failure: BaseException) -> bool:
    """Whether the database is gone, rather than unable to do this one thing (a deadlock, a full disk, no time)."""
    code = getattr(failure, "sqlstate", None) or ""
    return not isinstance(failure, Busy) and (not code or code.startswith(ENDS))


def has_begun(failure: BaseException) -> bool:
    """Whether there was a connection, on which something may have been done."""
    return not isinstance(failure, (Unreachable, Busy))
