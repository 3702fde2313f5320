"""What the worker does for itself."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status

from newsroom import alarms, limits
from newsroom.models import Alarm
from newsroom.pages.edge import outbox
from newsroom.people import sessions, tasks

__all__ = ["tasks"]  # the queue looks for tasks in this module alone

TRIES = 5


@app.periodic(cron="* * * * *")
@app.task(name="newsroom.requeue_abandoned", queueing_lock="newsroom.requeue_abandoned")
async def requeue_abandoned(timestamp: int) -> None:
    """Give back the jobs of a worker that was killed (no heartbeat for half a minute), which else stay “doing” for ever.

    Only so often: the job may be what kills it.
    """
    for job in await app.job_manager.get_stalled_jobs():
        if job.attempts < TRIES:
            await app.job_manager.retry_job(job)
        else:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)


@app.periodic(cron="40 * * * *")
@app.task(name="newsroom.forget_shares", queueing_lock="newsroom.forget_shares")
def forget_shares(timestamp: int) -> None:
    limits.forget(at=datetime.fromtimestamp(timestamp, UTC))


@app.task(name="newsroom.tell_cdn")
def tell_cdn() -> None:
    """Queued by every transaction that touches something; it finds its rows told when another run was quicker."""
    keep_telling(outbox.tell(at=datetime.now(UTC)))


@app.periodic(cron="* * * * *")
@app.task(name="newsroom.sweep_cdn", queueing_lock="newsroom.sweep_cdn")
def sweep_cdn(timestamp: int) -> None:
    keep_telling(outbox.tell(at=datetime.now(UTC)))


def keep_telling(due: datetime | None) -> None:
    """Look again then, once however many jobs say so; what is due later than in a minute is found by `sweep_cdn`."""
    now = datetime.now(UTC)
    if due is None or due > now + timedelta(minutes=1):
        return
    second = max(due, now).replace(microsecond=0) + timedelta(seconds=1)
    again = tell_cdn.configure(schedule_at=second, queueing_lock=f"newsroom.tell_cdn:{second.timestamp():.0f}")
    try:
        with transaction.atomic():
            again.defer()
    except AlreadyEnqueued:
        pass


@app.periodic(cron="25 * * * *")
@app.task(name="newsroom.forget_touches", queueing_lock="newsroom.forget_touches")
def forget_touches(timestamp: int) -> None:
    outbox.forget(at=datetime.fromtimestamp(timestamp, UTC))


@app.task(name="newsroom.mail_alarm", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def mail_alarm(alarm_pk: int, groups: list[str] | None = None) -> None:
    alarms.tell(Alarm.objects.get(pk=alarm_pk), at=datetime.now(UTC), groups=groups or alarms.GROUPS)


@app.periodic(cron="50 3 * * *")
@app.task(name="newsroom.forget_sessions", queueing_lock="newsroom.forget_sessions")
def forget_sessions(timestamp: int) -> None:
    sessions.forget(at=datetime.fromtimestamp(timestamp, UTC))
