"""What the worker does for articles. Thin: each takes keys and calls one verb."""

from datetime import UTC, datetime

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from articles import bulk, drafting, fronting, images, lateness, presence, scheduling, search, sharing, talking
from articles.models import Tally, Unread
from newsroom.database.failures import FAILURES

WHEN_IT_IS_BACK = RetryStrategy(max_attempts=8, exponential_wait=4, retry_exceptions=FAILURES)  # the database


@app.task(name="articles.make_renditions", retry=WHEN_IT_IS_BACK)
def make_renditions(image_pk: int) -> None:
    images.make_renditions(image_pk)


@app.periodic(cron="*/10 * * * *")
@app.task(name="articles.look_at_pictures", queueing_lock="articles.look_at_pictures", priority=images.BEHIND_MAIL)
def look_at_pictures(timestamp: int) -> None:
    """Pictures that came before their looks were kept, some at a time. When there are none, one look into an index."""
    images.catch_up(most=100)


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
    scheduling.publish_due(at=datetime.now(UTC))
    lateness.look(at=datetime.now(UTC))


@app.periodic(cron="* * * * *")
@app.task(name="articles.end_pins", queueing_lock="articles.end_pins")
def end_pins(timestamp: int) -> None:
    """Every minute: what stands on the front page until now leaves its slot."""
    fronting.end_pins(at=datetime.now(UTC))


@app.task(name="articles.mail_returned", retry=RetryStrategy(max_attempts=6, exponential_wait=5))
def mail_returned(unread_pk: int) -> None:
    """To one person. Gone: they have read it at the desk."""
    unread = Unread.objects.filter(pk=unread_pk).select_related("user", "comment__by", "comment__article").first()
    if unread:
        talking.mail_returned(unread, at=datetime.now(UTC))


@app.periodic(cron="*/5 * * * *")
@app.task(name="articles.fold_tallies", queueing_lock="articles.fold_tallies")
def fold_tallies(timestamp: int) -> None:
    """Housekeeping: the sums are the same before and after."""
    Tally.objects.fold()


@app.periodic(cron="50 * * * *")
@app.task(name="articles.clear_aside", queueing_lock="articles.clear_aside")
def clear_aside(timestamp: int) -> None:
    """Forms that nobody came back to, browsers that went without a word, and links that opened a preview long ago."""
    drafting.clear_aside(at=datetime.now(UTC))
    presence.forget(at=datetime.now(UTC))
    sharing.forget(at=datetime.now(UTC))


@app.task(name="articles.run_deed", retry=WHEN_IT_IS_BACK)
def run_deed(deed_pk: int) -> None:
    bulk.run(deed_pk, at=datetime.now(UTC))


@app.periodic(cron="17 4 * * *")
@app.task(name="articles.forget_deeds", queueing_lock="articles.forget_deeds")
def forget_deeds(timestamp: int) -> None:
    """Daily: what was ticked in the list and then left alone, and what was done long ago."""
    bulk.forget(at=datetime.now(UTC))
