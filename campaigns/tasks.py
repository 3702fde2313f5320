"""What the worker does for campaigns. Thin: each takes keys and calls one verb."""

from datetime import UTC, datetime

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from campaigns import collecting, inbox, mailing, news, running, sweeping, ways
from campaigns.models import CampaignUpdate, Donation, Donor, ProcessorEvent
from campaigns.sandbox import tasks as sandbox_tasks  # noqa: F401  the pretended bank's own jobs

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4)  # 16 s … 18 h


def now() -> datetime:
    return datetime.now(UTC)


@app.task(name="campaigns.process_event", retry=AGAIN)
def process_event(event_pk: int) -> None:
    inbox.process(ProcessorEvent.objects.get(pk=event_pk), at=now())


@app.task(name="campaigns.mail", retry=AGAIN)
def mail(name: str, donation_pk: int) -> None:
    mailing.send(name, Donation.objects.get(pk=donation_pk), at=now())


@app.task(name="campaigns.mail_link", retry=AGAIN)
def mail_link(donor_pk: int | None) -> None:
    """Queued for a stranger's address too, with nobody to write to: from outside both look the same."""
    if donor_pk is not None:
        mailing.send_link(Donor.objects.get(pk=donor_pk))


@app.task(name="campaigns.mail_update", retry=AGAIN)
def mail_update(update_pk: int) -> None:
    news.send(CampaignUpdate.objects.get(pk=update_pk))


@app.periodic(cron="*/5 * * * *")
@app.task(name="campaigns.look_for_news", queueing_lock="campaigns.look_for_news", lock="campaigns.look_for_news")
def look_for_news(timestamp: int) -> None:
    news.look(at=now())


@app.periodic(cron="* * * * *")
@app.task(name="campaigns.every_minute", queueing_lock="campaigns.every_minute", lock="campaigns.every_minute")
def every_minute(timestamp: int) -> None:
    running.campaigns_due(at=now())


@app.periodic(cron="* * * * *")
@app.task(name="campaigns.sweep_inbox", queueing_lock="campaigns.sweep_inbox", lock="campaigns.sweep_inbox")
def sweep_inbox(timestamp: int) -> None:
    inbox.sweep(at=now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="campaigns.settle_unfinished", queueing_lock="campaigns.settle_unfinished", lock="campaigns.settle_unfinished")
def settle_unfinished(timestamp: int) -> None:
    sweeping.settle_unfinished(at=now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="campaigns.finish_refunds", queueing_lock="campaigns.finish_refunds", lock="campaigns.finish_refunds")
def finish_refunds(timestamp: int) -> None:
    sweeping.finish_refunds(at=now())


@app.periodic(cron="15 * * * *")
@app.task(name="campaigns.collect", queueing_lock="campaigns.collect", lock="campaigns.collect")
def collect(timestamp: int) -> None:
    """Every hour: what is due on the newsroom's local day, and what an earlier run left without an answer."""
    collecting.collect_due(at=now())


@app.periodic(cron="* * * * *")
@app.task(name="campaigns.probe_ways", queueing_lock="campaigns.probe_ways")
def probe_ways(timestamp: int) -> None:
    ways.probe_due(at=now())
