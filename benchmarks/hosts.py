"""How long a page stays on another host after what it shows was changed: from the commit on host A to gone on host B.

.venv/bin/python benchmarks/hosts.py                 300 changes a line
.venv/bin/python benchmarks/hosts.py --changes 1000

Both hosts run on this machine with a Postgres of their own that syncs to disk: what a network adds is its round trip. Beside
it stands how long the verb itself waits for host A's own pages to be gone.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

FOLLOW = """
import sys, threading
from pathlib import Path
from newsroom.pages import following
from newsroom.pages.store import Store
following.follow(Store(Path(sys.argv[1])), sys.argv[2])
print("ready", flush=True)
threading.Event().wait()
"""
HTML = (("Content-Type", "text/html; charset=utf-8"),)
PAGES = 5_000
LONGEST = 30.0  # seconds until a page counts as never gone


class Change(NamedTuple):
    here: float  # seconds from the commit until the verb went on
    there: float  # seconds from the commit until the page was gone on host B


class Hosts:
    def __init__(self, folder: Path) -> None:
        from newsroom.pages import here
        from newsroom.pages.store import Store

        here.adopt_build()
        self.a, self.b, self.conninfo = here.store(), Store(folder / "b"), here.conninfo()
        self.number = 0

    @contextmanager
    def following(self) -> Iterator[None]:
        command = [sys.executable, "-c", FOLLOW, str(self.b.root), self.conninfo]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout
            process.stdout.readline()
            yield
        finally:
            process.kill()
            process.communicate()

    def keep(self, path: str, key: str) -> None:
        from newsroom.pages.files import Kept

        for store in (self.a, self.b):
            while not store.put(path, Kept(200, HTML, b"text"), keys=[key], since=store.now()):
                time.sleep(0.001)

    def change(self) -> Change:
        from django.db import transaction

        from newsroom import pages

        self.number += 1
        key, committed = f"subject:{self.number}", 0.0

        def note() -> None:
            nonlocal committed
            committed = time.perf_counter()

        self.keep(f"/{key}/", key)
        file = self.b.file_of(f"/{key}/")
        assert file
        with transaction.atomic():
            transaction.on_commit(note)
            pages.touch(key)
        returned = time.perf_counter()
        while file.exists():
            assert time.perf_counter() - returned < LONGEST, "the page is still kept"
            time.sleep(0.0001)
        return Change(returned - committed, max(0.0, time.perf_counter() - committed))


def others(conninfo: str, stop: threading.Event) -> None:
    """Fifty changes a second by somebody else."""
    import psycopg

    with psycopg.connect(conninfo, autocommit=True) as link:
        while not stop.wait(0.02):
            link.execute(
                "INSERT INTO newsroom_touch (keys, made_at, xid) VALUES ('{other}', now(), pg_current_xact_id()::text::bigint)"
                " RETURNING pg_notify('newsroom_touch', '')"
            )


def ended(conninfo: str) -> None:
    """End the connection of who follows."""
    import psycopg

    with psycopg.connect(conninfo, autocommit=True) as link:
        link.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'newsroom pages'")


def row(name: str, changes: list[Change]) -> str:
    there = sorted(change.there * 1000 for change in changes)
    here = statistics.median(change.here * 1000 for change in changes)
    late = there[min(len(there) - 1, int(len(there) * 0.99))]
    return f"{name:<44}{len(there):>8}{here:>10.1f}{statistics.median(there):>10.1f}{late:>10.1f}{there[-1]:>10.1f}"


def measure(folder: Path, times: int) -> None:
    hosts = Hosts(folder)
    say = sys.stdout.write
    say(f"{'milliseconds from the commit':<44}{'changes':>8}{'A median':>10}{'B median':>10}{'B 99 %':>10}{'B worst':>10}\n")

    def line(name: str, change: Callable[[], Change], count: int = times) -> None:
        say(row(name, [change() for _ in range(count)]) + "\n")
        sys.stdout.flush()

    with hosts.following():
        line("quiet", hosts.change)
        for number in range(PAGES):
            hosts.keep(f"/page/{number}/", "list:of-others")
        line(f"{PAGES:,} other pages kept on both", hosts.change)
        stop = threading.Event()
        busy = threading.Thread(target=others, args=[hosts.conninfo, stop])
        busy.start()
        line("and fifty other changes a second", hosts.change)
        stop.set()
        busy.join()

        def after_a_cut() -> Change:
            ended(hosts.conninfo)
            change = hosts.change()
            time.sleep(0.3)
            return change

        line("B's connection was ended just before", after_a_cut, max(10, times // 10))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=300)
    options = parser.parse_args()
    from newsroom import postgres

    with tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as folder:
        var = Path(folder) / "var"
        var.mkdir()
        server = postgres.Server(var)
        server.join()
        try:
            os.environ |= {"NEWSROOM_VAR": str(var), "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
            prepare()
            measure(Path(folder), options.changes)
        finally:
            server.leave()


def prepare() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    main()
