"""Other hosts for tests: stores of their own, followed by real processes; and a wire that can be cut or fall silent."""

import contextlib
import os
import selectors
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from newsroom.pages.files import Kept
from newsroom.pages.store import Store

ROOT = Path(__file__).resolve().parents[3]
HTML = (("Content-Type", "text/html; charset=utf-8"),)
FOLLOW = """
import sys, threading
from pathlib import Path
from newsroom.database import standing
from newsroom.pages import following
from newsroom.pages.store import Store
standing.here.be_impatient()
following.follow(Store(Path(sys.argv[1])), sys.argv[2])
print("ready", flush=True)
threading.Event().wait()
"""
WRITE = """
INSERT INTO newsroom_touch (keys, made_at, xid) VALUES (%s, clock_timestamp(), pg_current_xact_id()::text::bigint)
RETURNING pg_notify('newsroom_touch', '')
"""


class Host:
    """A store and the web server's processes that follow for it."""

    def __init__(self, root: Path, conninfo: str) -> None:
        self.store, self.conninfo = Store(root), conninfo
        self.processes: list[subprocess.Popen[str]] = []

    def start(self) -> "subprocess.Popen[str]":
        """One more process. It has caught up when this returns."""
        command = [sys.executable, "-c", FOLLOW, str(self.store.root), self.conninfo]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.processes.append(process)
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        return process

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.communicate()
        self.processes.clear()

    def keep(self, path: str, *keys: str) -> None:
        """As readers' requests do: not kept by this one while a purge of one of its keys has not ended yet, or while the
        index is being made anew; by the next."""
        page = Kept(200, HTML, b"text")

        def kept() -> bool:
            try:
                return self.store.put(path, page, keys=keys, since=self.store.now())
            except (sqlite3.Error, OSError):
                return False

        waited(kept, 10, f"{path} cannot be kept")

    def loses(self, path: str, *, within: float = 20.0) -> float:
        """Wait until the page is gone. Returns how many seconds that took."""
        return waited(lambda: self.store.get(path) is None, within, f"{path} is still kept")


def waited(done: Callable[[], bool], within: float, complaint: str) -> float:
    started = time.monotonic()
    while not done():
        assert time.monotonic() - started < within, complaint
        time.sleep(0.005)
    return time.monotonic() - started


def tell(connection: psycopg.Connection, *keys: str) -> None:
    """What `pages.touch` writes, by a connection of its own."""
    connection.execute(WRITE, [list(keys)])


def killed(process: "subprocess.Popen[str]") -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


class Wire:
    """Stands between a host and the database's Unix socket."""

    def __init__(self, folder: Path, conninfo: str) -> None:
        given = conninfo_to_dict(conninfo)
        self.there = f"{given['host']}/.s.PGSQL.{given.get('port') or 5432}"
        self.folder, self.place = folder, folder / ".s.PGSQL.5432"
        folder.mkdir(parents=True)
        self.conninfo = make_conninfo(conninfo, host=str(folder), port="5432")
        self.silent = threading.Event()
        self.listener: socket.socket | None = None
        self.pairs: list[tuple[socket.socket, socket.socket]] = []
        self.lock = threading.Lock()

    def mend(self) -> None:
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.place))
        self.listener.listen()
        threading.Thread(target=self._accept, args=[self.listener], daemon=True).start()

    def cut(self) -> None:
        """Every connection ends, and none can be made."""
        if self.listener:
            self.listener.close()
            self.place.unlink(missing_ok=True)
            self.listener = None
        with self.lock:
            for pair in self.pairs:
                for end in pair:
                    with contextlib.suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)
            self.pairs.clear()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self.there)
                with self.lock:
                    self.pairs.append((near, far))
                threading.Thread(target=self._carry, args=[near, far], daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        with near, far, selectors.DefaultSelector() as ready, contextlib.suppress(OSError):
            ready.register(near, selectors.EVENT_READ, far)
            ready.register(far, selectors.EVENT_READ, near)
            while True:
                for key, _ in ready.select(0.1):
                    if self.silent.is_set():  # nothing arrives, nothing is refused
                        time.sleep(0.05)
                        continue
                    said = key.fileobj.recv(65536)  # type: ignore[union-attr]
                    if not said:
                        return
                    key.data.sendall(said)


@contextlib.contextmanager
def hosts(*roots: Path, conninfo: str) -> Iterator[list[Host]]:
    found = [Host(root, conninfo) for root in roots]
    try:
        yield found
    finally:
        for host in found:
            host.stop()
