"""What the worker does for articles. Thin: each takes keys and calls one verb."""

from datetime import UTC, datetime

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from articles import bulk, images, publishing, search
from articles.models import Tally
from newsroom.database.failures import FAILURES

WHEN_IT_IS_BACK = RetryStrategy(max_attempts=8, exponential_wait=4, retry_exceptions=FAILURES)  # the database


@app.task(name="articles.make_renditions", retry=WHEN_IT_IS_BACK)
def make_renditions(image_pk: int) -> None:
    images.make_renditions(image_pk)


@app.task(name="articles.discard_files", retry=WHEN_IT_IS_BACK)
def discard_files(names: list[str]) -> None:
    images.discard(names)


@app.task(name="articles.index", retry=WHEN_IT_IS_BACK)
def index(article_ids: list[int]) -> None:
    search.index(article_ids)


@app.periodic(cron="* * * * *")
@app.task(name="articles.publish_due", queueing_lock="articles.publish_due")
def publish_due(timestamp: int) -> None:
    """Every minute. Late or doubled runs do no harm: the moment is now, and the verb claims rows one by one."""
    publishing.publish_due(at=datetime.now(UTC))


@app.periodic(cron="*/5 * * * *")
@app.task(name="articles.fold_tallies", queueing_lock="articles.fold_tallies")
def fold_tallies(timestamp: int) -> None:
    """Housekeeping: the sums are the same before and after."""
    Tally.objects.fold()


@app.task(name="articles.run_deed", retry=WHEN_IT_IS_BACK)
def run_deed(deed_pk: int) -> None:
    bulk.run(deed_pk, at=datetime.now(UTC))


@app.periodic(cron="17 4 * * *")
@app.task(name="articles.forget_deeds", queueing_lock="articles.forget_deeds")
def forget_deeds(timestamp: int) -> None:
    """Daily: what was ticked in the list and then left alone."""
    bulk.forget_unbegun(at=datetime.now(UTC))
