"""Outside calls side by side: so many and no more, and slower when they are asked to."""

import threading
from collections.abc import Iterator
from threading import Barrier

import pytest
from django.db import transaction

from campaigns.abreast import Pace, abreast


def test_so_many_are_done_at_once_and_no_more():
    together, running, most = Barrier(3), [0], [0]
    lock = threading.Lock()

    def deed(key: int) -> int:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        together.wait(timeout=30)
        with lock:
            running[0] -= 1
        return key * key

    assert sorted(abreast(deed, range(9), at_once=3)) == [key * key for key in range(9)]
    assert most == [3]


def test_a_key_is_fetched_when_there_is_room_for_it():
    fetched: list[int] = []
    held = threading.Event()

    def keys() -> Iterator[int]:
        for key in range(5):
            fetched.append(key)
            if key == 2:
                held.set()
            yield key

    done = abreast(lambda key: held.wait(timeout=30) if key else key, keys(), at_once=2)
    next(done)  # the first is done, the second waits for the third to be fetched
    assert fetched == [0, 1]
    assert len(list(done)) == 4


def test_one_at_a_time_is_done_right_here():
    assert list(abreast(lambda _: threading.current_thread(), [1, 2], at_once=1)) == [threading.current_thread()] * 2


@pytest.mark.django_db
def test_inside_a_transaction_nobody_else_would_see_its_rows():
    with transaction.atomic():
        assert set(abreast(lambda _: threading.current_thread(), range(4), at_once=4)) == {threading.current_thread()}


def test_an_error_ends_it_after_those_that_are_under_way():
    done: list[int] = []

    def deed(key: int) -> None:
        if key == 1:
            raise OSError("Gone.")
        done.append(key)

    with pytest.raises(OSError, match="Gone"):
        list(abreast(deed, range(100), at_once=2))
    assert len(done) < 99
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ThreadPool")]


class Clock:
    """Stands still but for those who sleep."""

    def __init__(self) -> None:
        self.at, self.slept = 100.0, list[float]()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def a_pace() -> tuple[Pace, Clock]:
    clock = Clock()
    return Pace(sleep=clock.sleep, now=lambda: clock.at), clock


def test_who_is_told_to_slow_down_rests_each_time_for_twice_as_long():
    pace, clock = a_pace()
    pace.wait()
    for _ in range(8):
        pace.slow_down()
        pace.wait()
    assert clock.slept == [1, 2, 4, 8, 16, 32, 60, 60]


def test_those_who_were_under_way_together_are_one_reason_to_rest():
    pace, clock = a_pace()
    for _ in range(4):
        pace.slow_down()
    pace.go_on()  # one of them was answered all the same
    pace.wait()
    pace.slow_down()
    pace.wait()
    assert clock.slept == [1, 2]


def test_an_answer_after_the_rest_ends_it():
    pace, clock = a_pace()
    pace.slow_down()
    pace.wait()
    pace.go_on()
    pace.slow_down()
    pace.wait()
    assert clock.slept == [1, 1]
