"""A clock that a test sets: what pages are drawn by, and what kept pages are held against."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest

from newsroom.pages.keys import microseconds


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def stands_at(self, at: datetime) -> None:
        self.monkeypatch.setattr("django.utils.timezone.now", lambda: at)
        self.monkeypatch.setattr("time.time_ns", lambda: microseconds(at) * 1000)


@contextmanager
def clock() -> Iterator[Clock]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield Clock(monkeypatch)
