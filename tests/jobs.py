"""The worker's place in tests: every due job, in this process, inside this test's transaction."""

from datetime import datetime

from asgiref.sync import async_to_sync
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app


def run(*, at: datetime | None = None) -> list[str]:
    """Run every job that is due at `at` (now), and those it defers, in order. Returns the names of their tasks.

    An error of a task is raised here, not kept in the row.
    """
    ran: list[str] = []
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = (SELECT id FROM procrastinate_jobs"
                " WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= %s) ORDER BY id LIMIT 1)"
                " RETURNING id, task_name, args::text",
                [at or timezone.now()],
            )
            row = cursor.fetchone()
            if row is None:
                return ran
            number, name, arguments = row
            _perform(name, arguments)
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [number])
            ran.append(name)


def _perform(name: str, arguments: str) -> None:
    import asyncio
    import json

    app.perform_import_paths()
    task = app.tasks[name]
    if asyncio.iscoroutinefunction(task.func):
        async_to_sync(task.func)(**json.loads(arguments))
    else:
        task.func(**json.loads(arguments))
