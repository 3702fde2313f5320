"""`python -m tests.stress.readers BOARD PORT [FILES]`: readers who compare every answer with what it may show.

With FILES, the folder in which pages are kept, they read a page as nginx does: the file where there is one, else gunicorn.
The counts are printed as JSON.
"""

import http.client
import json
import random
import re
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from tests.stress.subjects import (
    ARTICLES,
    CAMPAIGN,
    MASTHEAD,
    NAMES,
    PUBLISHER,
    TAG,
    Board,
    gifts,
    has_merged,
    is_open,
    is_public,
    name_of_tag,
    text_of_article,
)

THREADS = 4
# Lists in which the changing articles always have room.
LISTS = ["/sections/desk/", "/authors/ada/", "/tags/courts/"]
FEEDS = [f"{page}feed.{form}" for page in LISTS for form in ("rss", "atom", "json")]
NEWS = ["/", "/latest/", "/feeds/latest.rss", "/feeds/latest.atom", "/feeds/latest.json", "/sections/wire/"]
OTHERS = ["/sitemap.xml", "/tags/", "/archive/", "/opensearch.xml", "/campaigns/"]
CAMPAIGNS = ["/campaigns/stay/", "/campaigns/stay/progress.json", "/campaigns/stay/progress.svg"]
OWN = [f"/articles/article-{n}/" for n in range(ARTICLES)]
MAPS = [f"/sitemaps/{datetime.now(UTC):%Y-%m}.xml"]
PATHS = [*MAPS, *LISTS, *FEEDS, *NEWS, *NEWS, *OTHERS, *CAMPAIGNS, *OWN]


class Reader(threading.Thread):
    def __init__(self, board: Board, port: int, files: Path | None, number: int) -> None:
        super().__init__()
        self.board, self.port, self.files = board, port, files
        self.chance = random.Random(number)
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.known: dict[str, tuple[str, int, bytes]] = {}  # path → validator, status, body
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def run(self) -> None:
        while self.board.stage < 2:
            path = self.chance.choice(PATHS)
            finished = self.board.finished()
            try:
                status, body = self.read(path)
            except (OSError, http.client.HTTPException):  # its process was killed: nothing was said
                self.counts["cut off"] += 1
                self.connection.close()
                continue
            begun = self.board.begun()
            self.counts["responses"] += 1
            self.counts[f"status {status}"] += 1
            for complaint in judged(path, status, body.decode(), finished, begun):
                self.wrong.append(f"{path}: {complaint}")

    def read(self, path: str) -> tuple[int, bytes]:
        if self.files and (body := self.from_file(path)) is not None:
            self.counts["from files"] += 1
            return 200, body
        headers = {}
        if path in self.known and self.chance.random() < 0.5:
            headers = {"If-None-Match": self.known[path][0]}
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status == 304:
            self.counts["304"] += 1
            return self.known[path][1:]
        if answer.getheader("ETag") and answer.getheader("Last-Modified"):
            self.known[path] = answer.getheader("ETag", ""), answer.status, body
        return answer.status, body

    def from_file(self, path: str) -> bytes | None:
        assert self.files
        try:
            return (self.files / (path[1:] + "index.html" if path.endswith("/") else path[1:])).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None


def judged(path: str, status: int, body: str, finished: list[int], begun: list[int]) -> list[str]:
    """What it shows and may not."""
    if status >= 500:
        return [f"status {status}"]
    found = []

    def must(subject: int, of: Callable[[int], object], shown: Iterable[object]) -> None:
        """What it shows of a subject is what one of its possible versions shows."""
        states = [of(version) for version in range(finished[subject], begun[subject] + 1)]
        if not set(shown) <= set(states):
            versions = f"versions {finished[subject]} to {begun[subject]}"
            found.append(f"{NAMES[subject]}: {versions} may show {states}, seen {shown}")

    for number in range(ARTICLES):
        if path in LISTS or path in FEEDS:
            must(number, lambda v: text_of_article(v) if is_public(v) else None, marks(f"A{number}", body))
        elif path in MAPS:
            must(number, is_public, [f"/articles/article-{number}/" in body])
        elif path == OWN[number]:
            must(number, lambda v: 200 if is_public(v) else 410, [status])
            if status == 200:
                must(number, text_of_article, marks(f"A{number}", body))
    if path in NEWS:
        must(PUBLISHER, int, [max(marks("P", body), key=lambda mark: mark or 0)])
    if path in {"/tags/", "/tags/courts/"} or (path in OWN and status == 200):
        must(TAG, name_of_tag, marks("T", body))
    if path == "/tags/courts/":
        must(TAG, has_merged, ["It joins and leaves" in body])
    if path.endswith("/") or path == "/opensearch.xml":
        must(MASTHEAD, int, marks("M", body))
    if path == "/campaigns/stay/progress.json":
        said = json.loads(body)
        must(CAMPAIGN, lambda v: (gifts(v) * 100, is_open(v)), [(said["total"], said["status"] == "open")])
    elif path in {*NEWS, *LISTS} and path.endswith("/"):
        must(CAMPAIGN, is_open, ["zCallz" in body])
    return found


def marks(letter: str, body: str) -> set[int | None]:
    """The versions whose marks stand in a page. One rendered while something changed may show two, and is not kept."""
    return {int(mark) for mark in re.findall(f"z{letter}x([0-9]+)z", body)} or {None}


def main(board: Board, port: int, files: Path | None) -> None:
    readers = [Reader(board, port, files, number) for number in range(THREADS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    counts: Counter[str] = sum((reader.counts for reader in readers), Counter())
    json.dump({"counts": counts, "wrong": [line for reader in readers for line in reader.wrong]}, sys.stdout)


if __name__ == "__main__":
    main(Board(Path(sys.argv[1])), int(sys.argv[2]), Path(sys.argv[3]) if sys.argv[3:] else None)
