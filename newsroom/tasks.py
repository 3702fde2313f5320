"""What the worker does for itself."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from newsroom import limits

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
