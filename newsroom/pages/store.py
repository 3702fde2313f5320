"""The store: a folder of files that a web server can serve by itself, and an index of what each of them shows.

pages/files/<headers>/<path>/index.html (or <path> where it has an ending), with `.gz` and `.br` twins and a `.head` of
headers; <headers> names those that all pages share (newsroom.pages.common). pages/others/ has the same for redirects, for
what is gone and for pages with headers of their own, which a web server cannot tell from the file.
pages/index.db is an SQLite database: which page shows which key, and which keys were touched in which order. What a page
showed stays listed when it goes (page.kept says whether it is there): as a rule it shows nearly the same when it comes
back, and a purge or a return changes a few rows instead of a hundred scattered ones.

Why nothing stale is ever kept. A render notes the number of the last touch when it begins (`now`). Keeping it and
purging both take the index's write lock. A touch purges after its commit, so a render that missed the change began
before that touch was numbered: if it is kept first, the purge finds it in the index; if it comes second, its number is
older than a touch of a key it shows, and it is refused.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from newsroom.pages import leaving
from newsroom.pages.common import Common
from newsroom.pages.files import Kept, appear, file_of, read, vanish, vanish_twins, write_aside
from newsroom.pages.index import Index, enter, is_listed, last_of, missed
from newsroom.pages.keys import EVERYTHING, UNTIL, Key, moment

REMEMBERED = 200_000  # touches kept in the index; a render older than the oldest of them is refused
HEARD = 1_000_000  # rows of the database by which a transaction may be outrun and its touches still be known as heard
HIT = """
SELECT DISTINCT id, path FROM touched
CROSS JOIN shown ON shown.key = touched.key AND shown.high >= touched.low AND shown.low <= touched.high
CROSS JOIN page ON id = shown.page WHERE number > ? AND kept
"""
# Each moment once, by one step in the index from one to the next: a hundred thousand pages may wait for the same one.
WAITING = """
WITH RECURSIVE waiting (key) AS (
  SELECT min(key) FROM shown WHERE key >= :first AND key < :end
  UNION ALL SELECT (SELECT min(key) FROM shown WHERE shown.key > waiting.key AND shown.key < :end) FROM waiting WHERE key NOT NULL
) SELECT key FROM waiting WHERE key NOT NULL
"""


class Store(Index):
    """The kept pages of one host, under `root`. Safe for any number of threads and processes."""

    def __init__(self, root: Path, *, built: str = "", common: Common | None = None) -> None:
        """`built` names the code that renders; what other code rendered is not kept beside it.

        `common`: what a web server in front adds to every page. None: it is not asked, every page of status 200 is in sight.
        """
        super().__init__(root)
        self.built, self.common, self.others = built, common, root / "others"
        self.tree = self.files / (common.name if common else "any")
        self.new = root / "new"

    # -- reading ------------------------------------------------------------------------------------------------

    def find(self, path: str) -> Path | None:
        """The file of the page kept under a decoded URL path, or None."""
        for status in (200, 301):
            file = self.file_of(path, status)
            if file and file.exists():
                return file
        return None

    def file_of(self, path: str, status: int = 200) -> Path | None:
        """Where that page stands, or would; None for a path that no file may have."""
        return file_of(self.tree if status == 200 else self.others, path, as_tree=status == 200)

    def place_of(self, path: str, page: Kept) -> Path | None:
        """The same for this very page: out of a web server's sight when that would not send it as it is."""
        file = self.file_of(path, page.status)
        if file and page.status == 200 and self.common and not self.common.fits(file.name, page):
            return file_of(self.others, path, as_tree=False)
        return file

    def places(self, path: str, trees: list[Path] | None = None) -> list[Path]:
        """Every file in which that page may be kept, whatever settings kept it."""
        found = [file_of(tree, path, as_tree=True) for tree in (self._trees() if trees is None else trees)]
        return [file for file in [*found, file_of(self.others, path, as_tree=False)] if file]

    def get(self, path: str) -> Kept | None:
        """The page kept under `path`, or None."""
        file = self.find(path)
        return read(file) if file else None

    def now(self) -> int:
        """The number of the last touch. To be noted before the first look at the database."""
        with self.open() as db:
            return last_of(db)

    def paths(self) -> list[str]:
        """Every page that is kept now."""
        with self.open() as db:
            return [path for path in self.listed(db) if self.find(path)]

    def keys(self, path: str) -> list[str]:
        """The names of what a kept page shows."""
        with self.open() as db:
            row = db.execute("SELECT keys FROM listed JOIN page ON id = page WHERE path = ? AND kept", [path]).fetchone()
        return sorted({EVERYTHING, *(name for name, _, _ in json.loads(row[0]))}) if row else []

    # -- writing ------------------------------------------------------------------------------------------------

    def put(self, path: str, page: Kept, *, keys: Iterable[str], since: int) -> bool:
        """Keep a page that was begun at `since`. False, and nothing kept, when a key it shows was touched meanwhile."""
        file = self.place_of(path, page)
        if file is None:
            return False
        shown = {Key.of(text) for text in keys}
        new = write_aside(self.new, page)
        try:
            with self.writing() as db:
                # Indexed and committed before the file appears: killed in between, the index names a file that is
                # not there, which harms nobody. The other way round it would be there and never purged.
                if missed(db, shown, since) or not self._is_of_this_build(db):
                    return False
                for former in self.places(path):
                    vanish(former)
                    vanish_twins(former)
                number, modified = enter(db, path, shown)
            with self.writing() as db:
                # A touch since then took the page away as well.
                if missed(db, shown, since) or not is_listed(db, number, modified):
                    return False
                appear(file, new, modified)
            return True
        finally:
            vanish(new)
            vanish_twins(new)

    def purge(self, keys: Iterable[str], *, touches: Iterable[int] = ()) -> int:
        """Number these touches and remove every page that shows one of the keys. Returns how many pages are gone.

        `touches`: the rows of the database that told of them. When all were heard already, whoever heard them purged their
        keys after the same commit: nothing is left to do, and what was kept since stays.
        """
        touched = sorted({(key.name, key.low, key.high) for key in map(Key.of, keys)})
        touches = list(touches)
        with self.writing() as db:
            db.execute("PRAGMA wal_autocheckpoint = 0")  # whoever keeps a page next may wait for the disk
            told = db.executemany("INSERT OR IGNORE INTO heard (touch) VALUES (?)", [(touch,) for touch in touches]).rowcount
            db.execute("DELETE FROM heard WHERE touch < (SELECT max(touch) FROM heard) - ?", [HEARD])
            if not touched or (touches and not told):
                return 0
            before = last_of(db)
            db.executemany("INSERT INTO touched (key, low, high) VALUES (?, ?, ?)", touched)
            if any(name == EVERYTHING for name, _, _ in touched):
                count, gone = self._move_away(db)
            else:
                count, gone = self._purge(db, before), []
            db.execute("DELETE FROM touched WHERE number <= ?", [last_of(db) - REMEMBERED])
        for folder in gone:
            shutil.rmtree(folder, ignore_errors=True)
        return count

    def clear(self) -> int:
        """Remove every page, and refuse every render that is under way."""
        return self.purge([EVERYTHING])

    def expire(self, at: int) -> int | None:
        """Touch the moments that have come (microseconds). Returns the next one that pages wait for."""
        with self.open() as db:
            rows = db.execute(WAITING, {"first": UNTIL, "end": UNTIL + ":"})
            moments = {key: moment(key) or 0 for (key,) in rows}
        if due := [key for key, when in moments.items() if when <= at]:
            self.purge(due)
            with self.writing() as db:  # or they would be found again each second
                db.executemany("DELETE FROM shown WHERE key = ?", [(key,) for key in due])
        return min((when for when in moments.values() if when > at), default=None)

    def abandon(self) -> None:
        """The last resort when the index cannot be used: take every page out of sight, begin with an empty index."""
        leaving.abandon(self.root)

    def sweep(self) -> int:
        """Remove what processes that were killed left behind. Returns how many folders."""
        return leaving.sweep(self.root)

    # -- facts the host remembers ---------------------------------------------------------------------------------

    def adopt_build(self) -> bool:
        """Empty the store if other code than this filled it, or the machine was started anew. True when it was so."""
        if not self.built or self.fact("built") == self.built:
            return False
        self.note(built="nobody")  # killed before the end, the next one begins here again
        self.clear()
        self.note(built=self.built, emptied="1")  # the follower tells the caches in front, where there are any
        return True

    def listed(self, db: sqlite3.Connection) -> list[str]:
        """Every path that the index lists as kept, whether its file is there or not."""
        return [path for (path,) in db.execute("SELECT path FROM page WHERE kept ORDER BY path")]

    def unlist(self, db: sqlite3.Connection, paths: Iterable[str]) -> None:
        db.executemany("UPDATE page SET kept = 0 WHERE path = ?", [(path,) for path in paths])

    # -- inside -------------------------------------------------------------------------------------------------

    def _is_of_this_build(self, db: sqlite3.Connection) -> bool:
        return not self.built or db.execute("SELECT value FROM fact WHERE name = 'built'").fetchone() == (self.built,)

    def _purge(self, db: sqlite3.Connection, before: int) -> int:
        found = db.execute(HIT, [before]).fetchall()
        trees = self._trees()
        files = [file for _, path in found for file in self.places(path, trees)]
        for file in files:
            vanish(file)
        for file in files:
            vanish_twins(file)
        db.executemany("UPDATE page SET kept = 0 WHERE id = ?", [(number,) for number, _ in found])
        return len(found)

    def _trees(self) -> list[Path]:
        """A process with other settings than those that kept a page must find it too."""
        try:
            return [self.files / name for name in os.listdir(self.files)]
        except FileNotFoundError:
            return []

    def _move_away(self, db: sqlite3.Connection) -> tuple[int, list[Path]]:
        count = db.execute("UPDATE page SET kept = 0 WHERE kept").rowcount
        db.execute("DELETE FROM shown")
        db.execute("DELETE FROM listed")
        return count, leaving.out_of_sight(self.root, ["files", "others"])
