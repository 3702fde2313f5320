"""Outside calls side by side: a processor that takes a second for each would else take hours for what is due in a day."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from django.db import connection

FIRST_REST, LONGEST_REST = 1.0, 60.0  # seconds


def abreast[T](deed: Callable[[int], T], keys: Iterable[int], *, at_once: int) -> Iterator[T]:
    """What `deed` answers for each key, as it comes; so many at once, each in a thread with a connection of its own.

    A key is fetched when there is room for it, not before. Inside a transaction they are done one after the other, for
    nobody else sees its rows. The first error ends it, after those that are under way.
    """
    if at_once == 1 or connection.in_atomic_block:
        yield from map(deed, keys)
        return
    with ThreadPoolExecutor(at_once) as threads:
        running: set[Future[T]] = set()
        for key in keys:
            running.add(threads.submit(_alone, deed, key))
            if len(running) == at_once:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from [each.result() for each in done]
        yield from [each.result() for each in running]


def _alone[T](deed: Callable[[int], T], key: int) -> T:
    try:
        return deed(key)
    finally:
        connection.close()  # back to the pool: others of this process wait for one too


class Pace:
    """How fast those abreast may ask. Whoever is told to slow down slows all of them, each time for twice as long."""

    def __init__(self, sleep: Callable[[float], object] = time.sleep, now: Callable[[], float] = time.monotonic) -> None:
        self.sleep, self.now = sleep, now
        self.lock = threading.Lock()
        self.rest, self.until = FIRST_REST, 0.0

    def wait(self) -> None:
        """Before each call: until the rest is over."""
        while (left := self.until - self.now()) > 0:
            self.sleep(left)

    def slow_down(self) -> None:
        """Those who were under way together are one reason to rest, not several."""
        with self.lock:
            if self.until <= self.now():
                self.until = self.now() + self.rest
                self.rest = min(self.rest * 2, LONGEST_REST)

    def go_on(self) -> None:
        with self.lock:
            if self.until <= self.now():
                self.rest = FIRST_REST
