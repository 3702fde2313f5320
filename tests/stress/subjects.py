"""What changes in the stress test: subjects, each with versions that verbs make one after the other.

Which state a version has is told by a function of its number alone. So a reader knows what a page may show: the state of a
version not older than the last one whose verb had returned when the reader asked, and not newer than the last one begun
when the answer was there.
"""

import mmap
import struct
from pathlib import Path

ARTICLES = 3
PUBLISHER, TAG, MASTHEAD, CAMPAIGN = range(ARTICLES, ARTICLES + 4)
COUNT = CAMPAIGN + 1
NAMES = [*(f"article {n}" for n in range(ARTICLES)), "publisher", "tag", "masthead", "campaign"]


class Board:
    """For every process: the last version begun and the last one finished of each subject, and when to stop."""

    def __init__(self, file: Path, *, make: bool = False) -> None:
        if make:
            file.write_bytes(bytes(8 * (2 * COUNT + 1)))
        with file.open("r+b") as opened:
            self.memory = mmap.mmap(opened.fileno(), 0)

    def _get(self, place: int) -> int:
        number: int = struct.unpack_from("q", self.memory, 8 * place)[0]
        return number

    def _set(self, place: int, number: int) -> None:
        struct.pack_into("q", self.memory, 8 * place, number)

    def begun(self) -> list[int]:
        return [self._get(2 * subject) for subject in range(COUNT)]

    def finished(self) -> list[int]:
        return [self._get(2 * subject + 1) for subject in range(COUNT)]

    def begin(self, subject: int) -> int:
        version = self._get(2 * subject) + 1
        self._set(2 * subject, version)
        return version

    def finish(self, subject: int, version: int) -> None:
        self._set(2 * subject + 1, version)

    @property
    def stage(self) -> int:
        """0: all work; 1: nothing changes any more; 2: nobody reads any more."""
        return self._get(2 * COUNT)

    def next_stage(self) -> None:
        self._set(2 * COUNT, self.stage + 1)


def text_of_article(version: int) -> int:
    """The version its text is of: an article is edited twice, withdrawn, restored, and so on."""
    return max(v for v in range(version + 1) if v % 4 in {0, 1})


def is_public(version: int) -> bool:
    return version % 4 != 2


def name_of_tag(version: int) -> int:
    """A tag is renamed; another one is merged into it; that one's article loses it again."""
    return version - (version - 1) % 3 if version else 0


def has_merged(version: int) -> bool:
    return version % 3 == 2


def gifts(version: int) -> int:
    """A campaign gets a gift, another one, is closed, is opened again."""
    return version // 4 * 2 + min(version % 4, 2)


def is_open(version: int) -> bool:
    return version % 4 != 3
