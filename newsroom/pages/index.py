"""The index of the store: which page shows which key, which keys were touched in which order, what the host remembers.

An SQLite database beside the files. Whoever keeps or purges a page holds its write lock meanwhile (newsroom.pages.store).
"""

import contextlib
import fcntl
import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from newsroom.pages import leaving
from newsroom.pages.keys import EVERYTHING, FIRST, LAST, UNTIL, Key

SCHEMA = """
CREATE TABLE page (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, modified INTEGER NOT NULL, kept INTEGER NOT NULL);
CREATE TABLE shown (key TEXT NOT NULL, high INTEGER NOT NULL, low INTEGER NOT NULL, page INTEGER NOT NULL,
                    PRIMARY KEY (key, high, low, page)) WITHOUT ROWID;
CREATE TABLE listed (page INTEGER PRIMARY KEY, keys TEXT NOT NULL);
CREATE TABLE touched (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL);
CREATE TABLE heard (touch INTEGER PRIMARY KEY);
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
VERSION = 2  # of SCHEMA
WRITTEN_BACK = 4000  # blocks of 4 KB that wait in the index's log before they are written to their places


class Index:
    """One host's, in `root`. Safe for any number of threads and processes."""

    def __init__(self, root: Path) -> None:
        self.root, self.files, self.locks = root, root / "files", root / "locks"
        self.held: sqlite3.Connection | None = None

    @contextlib.contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """The index, opened for one look: cheap beside a render, and at home in any thread and after any fork."""
        try:
            db = sqlite3.connect(f"file:{self.root}/index.db?mode=rw", uri=True, timeout=30, isolation_level=None)
        except sqlite3.OperationalError:  # not there yet
            self.files.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(self.root / "index.db", timeout=30, isolation_level=None)
        try:
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute(f"PRAGMA wal_autocheckpoint = {WRITTEN_BACK}")
            if db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                self._furnish(db)
            yield db
        finally:
            db.close()

    def _furnish(self, db: sqlite3.Connection) -> None:
        """Make the tables. Pages of an index that is gone, or of another version, are nobody's: they go as well."""
        with self.alone("furnish"):  # nobody waits for a change of the journal, SQLite refuses it at once
            db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN IMMEDIATE")
        if db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
            for (name,) in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            ).fetchall():
                db.execute(f'DROP TABLE "{name}"')
            for statement in filter(str.strip, SCHEMA.split(";")):
                db.execute(statement)
            # Numbers begin above those of any index before this one: a render that began then is refused.
            db.execute(
                "INSERT INTO touched (number, key, low, high) VALUES (?, ?, ?, ?)",
                [time.time_ns() // 1000, EVERYTHING, FIRST, LAST],
            )
            # First what waits to appear: a process that still holds the former index can put nothing in sight any more.
            leaving.take_away(self.root, ["new", "files", "others"])
            db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        with self.open() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def standing_still(self) -> contextlib.AbstractContextManager[sqlite3.Connection]:
        """The index, while no page appears or vanishes."""
        return self.writing()

    @contextlib.contextmanager
    def flight(self, path: str) -> Iterator[None]:
        """One at a time for each path, over all threads and processes of the host."""
        # A few thousand lock files for any number of paths: two that share one wait for each other, no harm done.
        name = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:3]
        with self.alone(name):
            yield

    @contextlib.contextmanager
    def alone(self, name: str) -> Iterator[None]:
        self.locks.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.locks / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def hold_open(self) -> None:
        """For a process that lives long and forks no more. While anybody has the index open, opening and closing it costs
        little; the last one to close it writes everything back and waits for the disk."""
        with contextlib.suppress(sqlite3.Error, OSError), self.open():
            self.held = sqlite3.connect(self.root / "index.db", check_same_thread=False)
            self.held.execute("PRAGMA user_version").fetchone()

    def fact(self, name: str) -> str:
        with self.open() as db:
            row = db.execute("SELECT value FROM fact WHERE name = ?", [name]).fetchone()
        return row[0] if row else ""

    def note(self, **facts: str) -> None:
        with self.writing() as db:
            db.executemany("INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)", list(facts.items()))

    def unheard(self, touches: Iterable[int]) -> list[int]:
        """Of these rows, the ones that were not purged here yet."""
        with self.open() as db:
            return [n for n in touches if not db.execute("SELECT 1 FROM heard WHERE touch = ?", [n]).fetchone()]


def last_of(db: sqlite3.Connection) -> int:
    number: int = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'touched'").fetchone()[0]
    return number


def missed(db: sqlite3.Connection, shown: set[Key], since: int) -> bool:
    """Whether a touch that a render begun at `since` cannot know of met what it shows."""
    if since == (last := last_of(db)):
        return False
    if since > last:  # counted by another index than this one
        return True
    if since < db.execute("SELECT min(number) FROM touched").fetchone()[0] - 1:
        return True
    by_name: dict[str, list[Key]] = {}
    for key in shown | {Key(EVERYTHING)}:
        by_name.setdefault(key.name, []).append(key)
    touched = db.execute("SELECT key, low, high FROM touched WHERE number > ?", [since])
    return any(key.high >= low and key.low <= high for name, low, high in touched for key in by_name.get(name, ()))


def enter(db: sqlite3.Connection, path: str, shown: set[Key]) -> tuple[int, int]:
    """List what the page shows. Returns its number and a second that no earlier version of the page had: a validator made
    of time and size never repeats."""
    row = db.execute("SELECT modified FROM page WHERE path = ?", [path]).fetchone()
    modified = max(int(time.time()), (row[0] + 1) if row else 0)
    changed = "ON CONFLICT DO UPDATE SET modified = excluded.modified, kept = 1"
    db.execute(f"INSERT INTO page (path, modified, kept) VALUES (?, ?, 1) {changed}", [path, modified])  # noqa: S608
    (number,) = db.execute("SELECT id FROM page WHERE path = ?", [path]).fetchone()
    before = db.execute("SELECT keys FROM listed WHERE page = ?", [number]).fetchone()
    then = {(name, low, high) for name, low, high in json.loads(before[0])} if before else set()
    now = {(key.name, key.low, key.high) for key in shown}
    db.executemany(
        "DELETE FROM shown WHERE key = ? AND low = ? AND high = ? AND page = ?", [(*key, number) for key in sorted(then - now)]
    )
    # A moment's rows go when it has come: after a clock was set back it may come again.
    new = {key for key in now if key not in then or key[0].startswith(UNTIL)}
    db.executemany(
        "INSERT OR IGNORE INTO shown (key, low, high, page) VALUES (?, ?, ?, ?)", [(*key, number) for key in sorted(new)]
    )
    if then != now:
        db.execute("INSERT OR REPLACE INTO listed (page, keys) VALUES (?, ?)", [number, json.dumps(sorted(now))])
    return number, modified


def is_listed(db: sqlite3.Connection, number: int, modified: int) -> bool:
    """As this very version."""
    return db.execute("SELECT 1 FROM page WHERE id = ? AND modified = ? AND kept", [number, modified]).fetchone() is not None
