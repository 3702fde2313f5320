"""Two deeds on real connections, of which each wants what the other holds."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

from django.db import connection

LONGEST = 20  # seconds, after which a choreography is wrong


def until_somebody_waits(over: Event) -> None:
    """For a lock that another connection of this database holds; or until the other is over."""
    for _ in range(LONGEST * 100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                " WHERE NOT l.granted AND a.datname = current_database()"
            )
            if cursor.fetchone()[0] or over.wait(0.01):
                return
    raise AssertionError("nobody waits")


def crosswise(monkeypatch: Any, module: Any, name: str, first: Callable[[], Any], second: Callable[[], Any]) -> None:
    """`first` stops after its first `module.name` until `second`, which begins then, waits for it or is over."""
    holds, over, real = Event(), Event(), getattr(module, name)

    def held(*args: Any, **kwargs: Any) -> Any:
        done = real(*args, **kwargs)
        if not holds.is_set():
            holds.set()
            until_somebody_waits(over)
        return done

    def run(deed: Callable[[], Any], *, begins: Event | None = None, ends: Event | None = None) -> None:
        try:
            if begins:
                assert begins.wait(LONGEST)
            deed()
        finally:
            if ends:
                ends.set()
            connection.close()

    monkeypatch.setattr(module, name, held)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(run, first), pool.submit(run, second, begins=holds, ends=over)]
        for one in both:
            one.result()
