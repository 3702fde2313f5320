"""The embedded server: made once, shared, stopped by the last to leave, and found again after anything."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from newsroom import cluster, postgres

USER_THAT_WAITS = """
import sys; from pathlib import Path
from newsroom import cluster, postgres
print(postgres.ensure_running(Path(sys.argv[1]), throwaway=sys.argv[2:] == ["throwaway"]), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not tmp_path: every starting pytest closes the folder above it to other users, the one that runs Postgres too."""
    path = Path(tempfile.mkdtemp(prefix="newsroom-test-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def var(folder: Path) -> Iterator[Path]:
    yield folder / "a newsroom"
    wait_until(lambda: postmaster(folder / "a newsroom") is None)


def postmaster(var: Path) -> int | None:
    try:
        number = int((var / "postgres/data/postmaster.pid").read_text().split()[0])
        os.kill(number, 0)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return number


def wait_until(done: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


def another_user(var: Path, *words: str) -> "subprocess.Popen[str]":
    """Another process that uses the server; it has it when this returns."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER_THAT_WAITS, str(var), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline().startswith("postgres://")
    return process


def end(process: "subprocess.Popen[str]", how: int | None = None) -> None:
    if how:
        process.send_signal(how)
    process.communicate()


def ask(var: Path, question: str) -> object:
    with psycopg.connect(postgres.url(var)) as connection:
        row = connection.execute(question).fetchone()
    return row and row[0]


def keep_the_answer(var: Path) -> None:
    with psycopg.connect(postgres.url(var)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")


def test_what_was_kept_is_there_again_at_the_next_start(var):
    first = postgres.Server(var)
    first.join()
    keep_the_answer(var)
    first.leave()
    assert postmaster(var) is None

    second = postgres.Server(var)
    second.join()
    try:
        assert ask(var, "SELECT answer FROM kept") == 42
    finally:
        second.leave()


def test_the_database_speaks_utf_8_and_listens_on_no_port(var):
    server = postgres.Server(var)
    server.join()
    try:
        assert ask(var, "SHOW server_encoding") == "UTF8"
        assert ask(var, "SELECT upper('äñé')") == "ÄÑÉ"
        assert ask(var, "SHOW listen_addresses") == ""
        assert ask(var, "SHOW fsync") == "on"
    finally:
        server.leave()


def test_the_address_is_known_before_anything_runs(folder):
    assert postgres.url(folder / "never made") == postgres.url(folder / "never made")
    assert not (folder / "never made").exists()


def test_the_server_stays_until_its_last_user_left(var):
    server = postgres.Server(var, throwaway=True)
    server.join()
    other = another_user(var, "throwaway")
    server.leave()
    assert ask(var, "SELECT 1") == 1
    end(other)
    assert postmaster(var) is None


def test_the_keeper_starts_where_python_needs_its_library_path_and_takes_nothing_else_of_the_session(var, folder, monkeypatch):
    needy = folder / "python"
    needy.write_text(f'#!/bin/sh\n[ "$LD_LIBRARY_PATH" = /its/libraries ] || exit 127\nexec "{sys.executable}" "$@"\n')
    needy.chmod(0o755)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/its/libraries")
    monkeypatch.setenv("SECRET_KEY", "of the session")
    monkeypatch.setattr(sys, "executable", str(needy))
    server = postgres.Server(var, throwaway=True)
    server.join()
    try:
        keeper = server._started[0]
        with pytest.raises(subprocess.TimeoutExpired):
            keeper.wait(1)
        assert b"of the session" not in Path(f"/proc/{keeper.pid}/environ").read_bytes()
    finally:
        server.leave()


def test_a_killed_user_leaves_nothing_running(var):
    end(another_user(var), how=signal.SIGKILL)
    wait_until(lambda: postmaster(var) is None)


def test_a_throwaway_server_of_a_killed_process_takes_its_folder_along(var):
    end(another_user(var, "throwaway"), how=signal.SIGKILL)
    wait_until(lambda: not var.exists())


def test_a_killed_server_is_started_again_with_what_was_committed(var):
    server = postgres.Server(var)
    server.join()
    try:
        keep_the_answer(var)
        assert not server.restart_if_dead()
        number = postmaster(var)
        assert number
        os.kill(number, signal.SIGKILL)
        wait_until(server.restart_if_dead)
        assert ask(var, "SELECT answer FROM kept") == 42
    finally:
        server.leave()


def test_half_made_data_is_made_anew(var):
    half = var / "postgres/data.new.killed"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server = postgres.Server(var)
    server.join()
    try:
        assert ask(var, "SELECT 1") == 1
        assert not half.exists()
    finally:
        server.leave()


def test_a_stale_process_number_that_now_is_somebody_elses_is_no_obstacle(var):
    server = postgres.Server(var)
    server.join()
    server.leave()
    data = var / "postgres/data"
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n1\n5432\n{var}\n\n1 1\nready\n")
    server = postgres.Server(var)
    server.join()
    try:
        assert ask(var, "SELECT 1") == 1
    finally:
        server.leave()


def test_data_of_another_postgres_version_is_refused_in_a_sentence(var):
    server = postgres.Server(var)
    server.join()
    server.leave()
    (var / "postgres/data/PG_VERSION").write_text("9\n")
    with pytest.raises(postgres.PostgresError, match="was made by Postgres 9, and the installed one is"):
        postgres.Server(var).join()


def test_a_path_too_long_for_a_socket_gets_a_short_one_of_its_own(folder):
    deep = folder / ("deep" * 30) / ("deeper" * 30)
    server = postgres.Server(deep, throwaway=True)
    server.join()
    try:
        socket = Path(str(ask(deep, "SHOW unix_socket_directories")))
        assert len(str(socket)) < 60
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        assert postgres.url(deep) != postgres.url(deep.with_name("another"))
    finally:
        server.leave()
    assert not socket.exists()


def test_a_socket_folder_made_by_a_stranger_is_refused(folder):
    deep = folder / ("deep" * 30) / ("deeper" * 30)
    socket = cluster.socket_folder(deep)
    socket.symlink_to(folder)
    try:
        with pytest.raises(postgres.PostgresError, match="belongs to somebody else"):
            postgres.Server(deep).join()
    finally:
        socket.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to let another user through")
def test_as_root_the_folders_above_are_opened_to_pass_through_and_not_to_read(folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    said: list[str] = []
    server = postgres.Server(closed / "var", throwaway=True, say=said.append)
    server.join()
    try:
        assert ask(closed / "var", "SELECT 1") == 1
        assert stat.S_IMODE(closed.stat().st_mode) == 0o701
        assert [line for line in said if "pass through (not read)" in line and str(closed) in line]
        assert (closed / "var/postgres/data").stat().st_uid != 0
    finally:
        server.leave()


def test_a_forked_child_does_not_stop_its_parents_server(var):
    done = subprocess.run([sys.executable, "-c", FORKED, str(var)], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "still there\n"


FORKED = """
import os, sys; from pathlib import Path
from newsroom import cluster, postgres
server = postgres.Server(Path(sys.argv[1]), throwaway=True)
server.join()
child = os.fork()
if child == 0:
    server.leave()
    os._exit(0)
os.waitpid(child, 0)
import psycopg
psycopg.connect(postgres.url(Path(sys.argv[1]))).close()
print("still there", flush=True)
server.leave()
"""
