"""What the worker does for campaigns. Thin: each takes keys and calls one verb."""

from datetime import UTC, datetime

from django.core import signing
from procrastinate import BaseRetryStrategy, RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from campaigns import (
    clearing,
    collecting,
    disputes,
    farewell,
    forgetting,
    giving,
    guard,
    inbox,
    mailing,
    movings,
    news,
    reconciling,
    rescue,
    running,
    statements,
    steering,
    sweeping,
    telling,
    ways,
)
from campaigns.models import (
    ArticleTally,
    CampaignUpdate,
    Donation,
    Donor,
    LedgerTally,
    MoveIn,
    PledgeMail,
    ProcessorEvent,
    StatementRun,
    WaitingForm,
    YearStatement,
)
from campaigns.sandbox import tasks as sandbox_tasks  # noqa: F401  the pretended bank's own jobs

AGAIN = RetryStrategy(max_attempts=8, exponential_wait=4)  # 16 s … 18 h


class Hourly(BaseRetryStrategy):
    """4 s, 16 s … and from then on every hour, for as long as the job raises: what comes behind it waits no longer than
    that once the processor is back. `inbox.process` gives up after ROUNDS."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        return RetryDecision(retry_in={"seconds": min(4 ** min(job.attempts + 1, 6), 3600)})


def now() -> datetime:
    return datetime.now(UTC)


@app.task(name="campaigns.process_event", retry=Hourly())
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


@app.task(name="campaigns.mail_to", retry=AGAIN)
def mail_to(name: str, donor_pk: int, to: str) -> None:
    donor = Donor.objects.get(pk=donor_pk)
    if donor.erased_at is None:
        mailing.send_to(name, donor, to=signing.loads(to, salt="campaigns.mail"))


@app.task(name="campaigns.mail_farewell", retry=AGAIN)
def mail_farewell(donor_pk: int) -> None:
    farewell.send(donor_pk)


@app.task(name="campaigns.detach", retry=AGAIN)
def detach(processor: str, mandate: str) -> None:
    forgetting.detach(processor, mandate)


@app.task(name="campaigns.forget_events", retry=AGAIN)
def forget_events(donor_pk: int) -> None:
    forgetting.forget_events(Donor.objects.get(pk=donor_pk))


@app.periodic(cron="50 3 * * *")
@app.task(name="campaigns.forget_due", queueing_lock="campaigns.forget_due", lock="campaigns.forget_due")
def forget_due(timestamp: int) -> None:
    """Papers whose years are over, of donors who asked to be erased; and addresses that took no last mail."""
    forgetting.forget_due(at=now())
    farewell.forget(at=now())


@app.periodic(cron="55 3 * * *")
@app.task(name="campaigns.clear", queueing_lock="campaigns.clear", lock="campaigns.clear")
def clear(timestamp: int) -> None:
    """Files that were tried and left, and other words about people that nobody needs any longer."""
    clearing.clear(at=now())


@app.task(name="campaigns.mail_statement", retry=AGAIN)
def mail_statement(statement_pk: int) -> None:
    mailing.send_statement(YearStatement.objects.select_related("donor", "entity").get(pk=statement_pk), at=now())


@app.task(name="campaigns.correct_statement", retry=AGAIN)
def correct_statement(statement_pk: int) -> None:
    statement = YearStatement.objects.select_related("donor", "entity").get(pk=statement_pk)
    statements.make(statement.donor, entity=statement.entity, year=statement.year, at=now())


@app.task(name="campaigns.year_statements", retry=AGAIN)
def year_statements(run_pk: int) -> None:
    """A batch, then a job for the next one."""
    if statements.go_on(StatementRun.objects.get(pk=run_pk), at=now()):
        year_statements.defer(run_pk=run_pk)


@app.task(name="campaigns.mail_pledge", retry=AGAIN)
def mail_pledge(mail_pk: int) -> None:
    telling.send(PledgeMail.objects.get(pk=mail_pk), at=now())


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


@app.periodic(cron="5 * * * *")
@app.task(name="campaigns.wake_pledges", queueing_lock="campaigns.wake_pledges", lock="campaigns.wake_pledges")
def wake_pledges(timestamp: int) -> None:
    steering.wake_due(at=now())


@app.periodic(cron="10 * * * *")
@app.task(name="campaigns.rescue_pledges", queueing_lock="campaigns.rescue_pledges", lock="campaigns.rescue_pledges")
def rescue_pledges(timestamp: int) -> None:
    """After those that woke: one whose processor is gone is not asked first."""
    rescue.go_on(at=now())


@app.periodic(cron="15 * * * *")
@app.task(name="campaigns.collect", queueing_lock="campaigns.collect", lock="campaigns.collect")
def collect(timestamp: int) -> None:
    """Every hour: what is due on the newsroom's local day, and what an earlier run left without an answer."""
    collecting.collect_due(at=now())


@app.periodic(cron="* * * * *")
@app.task(name="campaigns.probe_ways", queueing_lock="campaigns.probe_ways")
def probe_ways(timestamp: int) -> None:
    ways.probe_due(at=now())


@app.task(name="campaigns.mail_waiting_form", retry=AGAIN)
def mail_waiting_form(token: str) -> None:
    mailing.send_waiting_form(WaitingForm.objects.filter(pk=token).first())


@app.periodic(cron="* * * * *")
@app.task(name="campaigns.keep_guard_up", queueing_lock="campaigns.keep_guard_up")
def keep_guard_up(timestamp: int) -> None:
    guard.keep_up(at=now())


@app.periodic(cron="35 * * * *")
@app.task(name="campaigns.teach_guard", queueing_lock="campaigns.teach_guard")
def teach_guard(timestamp: int) -> None:
    """What is older than it may be goes; what is normal is looked up once a day, for it reads four weeks of gifts."""
    guard.forget(at=now())
    if now().hour == 3:
        guard.learn(at=now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="campaigns.finish_holds", queueing_lock="campaigns.finish_holds", lock="campaigns.finish_holds")
def finish_holds(timestamp: int) -> None:
    giving.finish_holds(at=now())


@app.periodic(cron="35 * * * *")
@app.task(name="campaigns.watch_disputes", queueing_lock="campaigns.watch_disputes", lock="campaigns.watch_disputes")
def watch_disputes(timestamp: int) -> None:
    disputes.watch(at=now())


@app.periodic(cron="20 4 * * *")
@app.task(name="campaigns.reconcile", queueing_lock="campaigns.reconcile", lock="campaigns.reconcile")
def reconcile(timestamp: int) -> None:
    """Daily: their books against ours. One processor's trouble is in its outcome, and an alarm."""
    for name in reconciling.with_books():
        reconciling.reconcile(name, at=now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="campaigns.fold_tallies", queueing_lock="campaigns.fold_tallies")
def fold_tallies(timestamp: int) -> None:
    """Housekeeping: the sums are the same before and after."""
    LedgerTally.fold()
    ArticleTally.fold()


@app.task(name="campaigns.move_in")
def move_in(move_in_pk: int) -> None:
    """One file at a time; a job that is given back after its worker died goes on where the rows stand."""
    if found := MoveIn.objects.filter(pk=move_in_pk).first():
        movings.work(found, at=now())
