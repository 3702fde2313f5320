"""A killed worker's jobs come back."""

import pytest
from asgiref.sync import async_to_sync
from django.db import connection

from newsroom import tasks


def abandoned_job(*, attempts: int = 0, heartbeat_ago: int | None = None) -> int:
    """A job that is being done, by a worker last heard of so many seconds ago, or by one that is forgotten (None)."""
    with connection.cursor() as cursor:
        worker = None
        if heartbeat_ago is not None:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id",
                [heartbeat_ago],
            )
            (worker,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts, worker_id)"
            " VALUES ('default', 'x', 'doing', %s, %s) RETURNING id",
            [attempts, worker],
        )
        return cursor.fetchone()[0]


def status_of(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        return cursor.fetchone()[0]


def requeue() -> None:
    async_to_sync(tasks.requeue_abandoned.func)(0)


@pytest.mark.parametrize("heartbeat_ago", [None, 45])
def test_the_job_of_a_dead_worker_is_to_be_done_again(db, heartbeat_ago):
    job = abandoned_job(heartbeat_ago=heartbeat_ago)
    requeue()
    assert status_of(job) == "todo"


def test_the_job_of_a_living_worker_is_left_to_it(db):
    job = abandoned_job(heartbeat_ago=5)
    requeue()
    assert status_of(job) == "doing"


def test_a_job_that_killed_its_workers_too_often_is_given_up(db):
    job = abandoned_job(attempts=tasks.TRIES)
    requeue()
    assert status_of(job) == "failed"
