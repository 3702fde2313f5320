"""A whole site whose Postgres a test can take away."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from newsroom import cluster, postgres
from newsroom.pages.store import Store
from tests.browser.site import OPEN, ROOT, environment, free_port, wait_for


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str
    seconds: float


@dataclass
class Site:
    port: int
    var: Path
    server: postgres.Server
    process: "subprocess.Popen[str]"
    lines: list[str] = field(default_factory=list)

    def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
        """GET, or POST of a form. Generous: whatever hangs longer is a failure."""
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = urlencode(form) if form is not None else None
        more = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        try:
            connection.request("GET" if body is None else "POST", path, body, headers | more)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        finally:
            connection.close()
        return Answer(response.status, dict(response.getheaders()), text, time.monotonic() - began)

    def query(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        with psycopg.connect(postgres.url(self.server.var), autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def manage(self, *words: str) -> str:
        """A management command beside the site, on its database."""
        with_database = environment(self.var, NEWSROOM_DEMO="0", DATABASE_URL=postgres.url(self.server.var), SECRET_KEY="any")
        done = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=with_database, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def is_kept(self, path: str) -> bool:
        return any(file.exists() for file in Store(self.var / "pages").places(path))

    def is_ready(self) -> bool:
        return self.ask("/readyz").status == 200

    def said(self, words: str) -> int:
        return sum(words in line for line in list(self.lines))

    def web_processes(self) -> list[int]:
        """Gunicorn and its workers."""
        (master,) = (pid for pid in children(self.process.pid) if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes())
        return [master, *sorted(children(master))]

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Postgres refuses: it was shut down."""
        self.server.stop()
        try:
            yield
        finally:
            self.server.restart_if_dead()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Postgres is silent: connections are taken by the kernel, and nobody reads them."""
        processes = self.postgres_processes()
        for pid in processes:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in reversed(processes):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def postgres_processes(self) -> list[int]:
        """The postmaster first: it starts nothing new while the others are gone through."""
        first = cluster.postmaster(self.server.data)
        assert first
        return [first, *children(first)]


def children(pid: int) -> list[int]:
    return [int(word) for task in Path(f"/proc/{pid}/task").iterdir() for word in (task / "children").read_text().split()]


def with_its_own(var: Path) -> Iterator[Site]:
    """The trial: `bin/run` looks after Postgres itself."""
    yield from running(var, postgres.Server(var))


def with_a_database(folder: Path) -> Iterator[Site]:
    """`bin/run` on a database that somebody else runs."""
    server = postgres.Server(folder / "database")
    server.join()
    try:
        yield from running(folder / "var", server, DATABASE_URL=postgres.url(server.var), SECRET_KEY="only for this test")
    finally:
        server.leave()


def running(var: Path, server: postgres.Server, **more: str) -> Iterator[Site]:
    port = free_port()
    process = subprocess.Popen(
        [ROOT / "bin" / "run"],
        env=environment(var, PORT=str(port), NEWSROOM_DEMO="0", **more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    site = Site(port, var, server, process)
    reader = threading.Thread(target=listen, args=[site], daemon=True)
    reader.start()
    try:
        wait_for(lambda: site.said(OPEN) or process.poll() is not None, 300, "an open site")
        assert site.said(OPEN), "".join(site.lines)
        yield site
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        reader.join(10)
        if process.stdout:
            process.stdout.close()


def listen(site: Site) -> None:
    assert site.process.stdout
    site.lines.extend(iter(site.process.stdout.readline, ""))
