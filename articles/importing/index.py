"""What the first reading of an export learns and the second needs: on disk, so that a file's size costs no memory."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from articles.importing.clean import Attachment
from articles.importing.writable import writable

TABLES = """
CREATE TABLE post (place INTEGER PRIMARY KEY, slug TEXT UNIQUE, state TEXT);
CREATE TABLE post_key (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE address (path TEXT PRIMARY KEY, kind TEXT, slug TEXT) WITHOUT ROWID;
CREATE TABLE attachment (number TEXT PRIMARY KEY, parent TEXT, address TEXT, file TEXT, alt TEXT, caption TEXT, credit TEXT);
CREATE INDEX attachment_parent ON attachment (parent);
CREATE INDEX attachment_file ON attachment (file);
CREATE TABLE reusable (number TEXT PRIMARY KEY, content TEXT);
CREATE TABLE file (name TEXT, path TEXT);
CREATE INDEX file_name ON file (name);
CREATE TABLE picture (path TEXT PRIMARY KEY, pk INTEGER, src TEXT, width INTEGER, height INTEGER, alt TEXT, refusal TEXT);
CREATE TABLE loss (what TEXT, detail TEXT, article TEXT);
"""


class Index:
    """A throw-away SQLite file. Use as a context manager."""

    def __enter__(self) -> Self:
        self.folder = tempfile.TemporaryDirectory(prefix="newsroom-import-")
        self.sql = sqlite3.connect(Path(self.folder.name) / "index.sqlite", isolation_level=None)
        self.sql.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-8000; BEGIN;" + TABLES)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.sql.close()
        self.folder.cleanup()

    def one(self, query: str, *values: object) -> Any:
        """The first row as a tuple, or None."""
        return self.sql.execute(query, values).fetchone()

    # Posts and pages

    def post(self, place: int) -> tuple[str, str] | None:
        """(slug here, state: "new" or "known") of the item at this place in the file."""
        return self.one("SELECT slug, state FROM post WHERE place = ?", place)

    def has_key(self, keys: Iterable[str]) -> bool:
        return any(self.one("SELECT 1 FROM post_key WHERE key = ?", key) for key in keys)

    def has_slug(self, slug: str) -> bool:
        return self.one("SELECT 1 FROM post WHERE slug = ?", slug) is not None

    def add_post(self, place: int, keys: Iterable[str], slug: str, state: str) -> None:
        self.sql.executemany("INSERT OR IGNORE INTO post_key VALUES (?)", ((key,) for key in keys))
        self.sql.execute("INSERT OR IGNORE INTO post VALUES (?, ?, ?)", (place, slug or None, state))

    def add_addresses(self, paths: Iterable[str], kind: str, slug: str) -> None:
        """Note which of our pages former paths lead to."""
        self.sql.executemany("INSERT OR IGNORE INTO address VALUES (?, ?, ?)", ((path, kind, slug) for path in paths))

    def page_of(self, path: str) -> tuple[str, str] | None:
        """(kind, slug) of the page that a former path leads to."""
        return self.one("SELECT kind, slug FROM address WHERE path = ?", path)

    # Attachments and reusable blocks

    def add_attachment(self, number: str, parent: str, attachment: Attachment) -> None:
        self.sql.execute("INSERT OR IGNORE INTO attachment VALUES (?, ?, ?, ?, ?, ?, ?)", (number, parent, *astuple(attachment)))

    def attachment(self, number: str) -> Attachment | None:
        row = self.one("SELECT address, file, alt, caption, credit FROM attachment WHERE number = ?", number)
        return Attachment(*row) if row else None

    def attachment_of_file(self, file: str) -> Attachment | None:
        row = self.one("SELECT address, file, alt, caption, credit FROM attachment WHERE file = ?", file)
        return Attachment(*row) if row else None

    def attached_to(self, parent: str) -> list[str]:
        return [row[0] for row in self.sql.execute("SELECT number FROM attachment WHERE parent = ? ORDER BY rowid", (parent,))]

    def add_reusable(self, number: str, content: str) -> None:
        self.sql.execute("INSERT OR IGNORE INTO reusable VALUES (?, ?)", (number, content))

    def reusable(self, number: str) -> str:
        row = self.one("SELECT content FROM reusable WHERE number = ?", number)
        return row[0] if row else ""

    # What was left behind

    def add_losses(self, losses: Iterable[tuple[str, str, str]]) -> None:
        self.sql.executemany("INSERT INTO loss VALUES (?, ?, ?)", (tuple(map(writable, loss)) for loss in losses))

    def kinds_of_loss(self) -> list[tuple[str, int]]:
        return self.sql.execute("SELECT what, count(*) FROM loss GROUP BY what ORDER BY min(rowid)").fetchall()

    def losses(self, what: str) -> Iterator[tuple[str, str]]:
        """(detail, an article it is from), each detail once."""
        yield from self.sql.execute(
            "SELECT detail, min(article) FROM loss WHERE what = ? AND detail <> '' GROUP BY detail ORDER BY min(rowid)", (what,)
        )
