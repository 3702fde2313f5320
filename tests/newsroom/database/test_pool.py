"""Connections are lent only while they answer; a database that is gone is an error at once, and back at once."""

import logging
import socket
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from newsroom.database import pool, standing
from newsroom.database.failures import failure_of, has_begun, is_end
from newsroom.database.pool import Busy, Connection, Pool
from newsroom.database.standing import Standing, Unreachable


@pytest.fixture(autouse=True)
def here(monkeypatch) -> Standing:
    """A process that knows nothing yet, where visitors wait."""
    here = Standing()
    here.be_impatient()
    monkeypatch.setattr(standing, "here", here)
    monkeypatch.setattr(pool, "here", here)
    return here


@pytest.fixture
def lent(db: None) -> Iterator[Pool]:
    given = connection.get_connection_params() | {"autocommit": True}
    lent = Pool(lambda: Connection.connect(**given), size=2, timeout=0.2)
    yield lent
    lent.close()


@pytest.fixture
def silent() -> Iterator[dict[str, object]]:
    """Where a server would be that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield {"host": "127.0.0.1", "port": server.getsockname()[1], "connect_timeout": 2, "sslmode": "disable"}


def kill(backend: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])


def test_a_connection_given_back_is_lent_again(lent):
    first = lent.getconn()
    lent.putconn(first)
    assert lent.getconn() is first
    lent.putconn(first)


def test_a_connection_that_broke_meanwhile_is_replaced(lent):
    first = lent.getconn()
    lent.putconn(first)
    kill(first.info.backend_pid)
    second = lent.getconn()
    assert second.execute("SELECT 1").fetchall() == [(1,)]
    lent.putconn(second)
    assert first.closed


def test_one_that_broke_while_it_was_lent_is_not_lent_again(lent):
    first = lent.getconn()
    kill(first.info.backend_pid)
    with pytest.raises(psycopg.OperationalError) as failure:
        first.execute("SELECT 1")
    assert is_end(failure.value)
    lent.putconn(first)
    assert (lent.idle, first.closed) == ([], True)


def test_one_that_comes_back_in_a_transaction_is_closed(lent):
    first = lent.getconn()
    first.execute("BEGIN")
    lent.putconn(first)
    assert (lent.idle, first.closed) == ([], True)


def test_old_and_unused_connections_are_closed(lent, monkeypatch):
    old, unused = lent.getconn(), lent.getconn()
    old.made_at -= pool.LIFE
    lent.putconn(old)
    lent.putconn(unused)
    assert lent.idle == [unused]
    monkeypatch.setattr(pool, "UNUSED", -1.0)
    lent._close_unused(time.monotonic())
    assert (lent.idle, unused.closed) == ([], True)


def test_there_are_never_more_than_its_size_and_who_waits_too_long_is_told(lent):
    both = [lent.getconn(), lent.getconn()]
    with pytest.raises(Busy, match="All 2 connections of this process were in use") as failure:
        lent.getconn()
    assert not is_end(failure.value)
    assert not has_begun(failure.value)
    for each in both:
        lent.putconn(each)
    lent.putconn(lent.getconn())


def test_who_waits_gets_the_first_that_is_given_back(lent):
    lent.timeout = 30
    both = [lent.getconn(), lent.getconn()]
    threading.Timer(0.2, lent.putconn, [both[0]]).start()
    assert lent.getconn() is both[0]
    for each in both:
        lent.putconn(each)


def test_a_refusing_server_is_unreachable_at_once_and_asked_each_time(lent, caplog):
    caplog.set_level(logging.WARNING)
    real, asked = lent.connect, []

    def refused() -> Connection:
        asked.append(1)
        return Connection.connect("host=/nowhere dbname=nothing")

    lent.connect = refused
    for _ in range(3):
        with pytest.raises(Unreachable):
            lent.getconn()
    assert len(asked) == 3
    lent.connect = real
    lent.putconn(lent.getconn())
    lent.putconn(lent.getconn())
    assert [record.getMessage()[:30] for record in caplog.records] == [
        "The database does not answer: ",
        "The database answers again, af",
    ]


def test_a_silent_server_costs_one_wait_and_then_nobody_waits(silent, here):
    lent = Pool(lambda: Connection.connect(**silent), size=8, timeout=0.2)
    with pytest.raises(Unreachable, match="timeout"):
        lent.getconn()
    began = time.monotonic()
    for _ in range(20):
        with pytest.raises(Unreachable, match="silent a moment ago"):
            lent.getconn()
    assert time.monotonic() - began < standing.PAUSE
    assert here.is_silent


def test_a_silent_server_that_speaks_again_is_found_by_the_next_who_asks(silent, here, lent, monkeypatch):
    monkeypatch.setattr(standing, "PAUSE", 0.0)
    real, lent.connect = lent.connect, lambda: Connection.connect(**silent)
    with pytest.raises(Unreachable):
        lent.getconn()
    lent.connect = real
    lent.putconn(lent.getconn())
    assert (here.is_silent, here.lost_at) == (False, None)


def test_while_one_asks_a_silent_server_others_are_refused(here):
    here.lost(psycopg.errors.ConnectionTimeout("silence"))
    here.ask_again = 0.0
    with here.look(), pytest.raises(Unreachable, match="silent a moment ago"), here.look():
        pass
    with here.look():
        pass


def test_a_slow_answer_of_a_living_server_is_waited_for(lent, here):
    here.patience = 0.2
    slow = lent.getconn()
    assert slow.execute("SELECT pg_sleep(1), 5").fetchall() == [("", 5)]
    lent.putconn(slow)


def test_an_answer_that_never_comes_is_given_up(lent, here, monkeypatch):
    here.patience = 0.2
    monkeypatch.setattr(here, "answers", lambda connection: False)
    slow = lent.getconn()
    number = slow.info.backend_pid
    with pytest.raises(psycopg.OperationalError, match="fell silent") as failure:
        slow.execute("SELECT pg_sleep(60)")
    kill(number)
    assert is_end(failure.value)
    assert has_begun(failure.value)
    lent.putconn(slow)
    assert slow.closed


def test_whoever_may_wait_waits(lent, here):
    here.patience = None
    slow = lent.getconn()
    assert slow.execute("SELECT pg_sleep(0.3), 5").fetchall() == [("", 5)]
    lent.putconn(slow)


def test_errors_of_ours_are_no_failure_of_the_database():
    for error in (psycopg.ProgrammingError(), psycopg.IntegrityError(), ValueError(), None):
        assert failure_of(error) is None


def test_a_failure_is_found_under_what_was_raised_from_it():
    failure = psycopg.errors.AdminShutdown("terminating")
    wrapped = RuntimeError("the queue's own")
    wrapped.__cause__ = failure
    assert failure_of(wrapped) is failure


@pytest.mark.parametrize(
    ("failure", "gone"),
    [
        (psycopg.errors.AdminShutdown(), True),
        (psycopg.errors.CannotConnectNow(), True),
        (psycopg.errors.TooManyConnections(), True),
        (psycopg.OperationalError("server closed the connection unexpectedly"), True),
        (psycopg.InterfaceError("the connection is closed"), True),
        (psycopg.errors.DeadlockDetected(), False),
        (psycopg.errors.QueryCanceled(), False),
        (psycopg.errors.DiskFull(), False),
    ],
)
def test_gone_is_not_the_same_as_unable(failure, gone):
    assert is_end(failure) is gone
