"""Sending an edition: every recipient once, whoever is killed meanwhile and however many send at a time.

A row is claimed, and that is committed, before the mail server hears of it; its outcome is written after the answer,
in the same transaction that claims the next. So a sender that dies leaves at most one row of which nobody knows: once
its lease is over it is listed as unknown, and only a person may have it sent again.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from digest import mails, transport
from digest.models import Delivery, Edition, Subscriber
from digest.transport import Answer, Verdict

Status = Delivery.Status

# One run: what is withdrawn meanwhile is in no later one, other jobs get their turn, and a worker can stop in time.
BATCH = 500
RUN = timedelta(seconds=8)
LEASE = timedelta(minutes=15)  # longer than any one message can take
STALE = timedelta(days=2)  # nobody wants the day's news later than that
PUT_OFF = [timedelta(minutes=minutes) for minutes in (15, 30, 60, 120, 240, 480, 480)]
REFUSALS_IN_A_ROW = 20  # then it is us that the server refuses, not them
UNANSWERED = 3


class Stopped(Exception):
    """Sending cannot go on now. Nothing is lost: what was not sent is still due."""


def send(
    edition: Edition,
    *,
    limit: int | None = None,
    clock: Callable[[], datetime] = timezone.now,
    tell: Callable[[], None] = lambda: None,
) -> int:
    """One run, to at most `limit` (BATCH) of those who are due: how many it settled. Stopped says in a sentence why not.

    Safe to run twice, in parallel, and again after a kill. `tell` is called after each message.
    """
    at = clock()
    give_up(edition, at=at)
    if not edition.deliveries.ready(at=at).exists():
        finish(edition, at=at)
        return 0
    issue = mails.issue_of(edition, at=at)
    if issue is None:
        return _skip_all(edition, at=at)
    try:
        with transport.opened() as line:
            settled = _run(edition, issue, line, limit or BATCH, clock, tell)
    except transport.Unreachable as error:
        raise Stopped(str(error)) from error
    finish(edition, at=clock())
    return settled


def _run(
    edition: Edition,
    issue: mails.Issue,
    line: transport.Line,
    limit: int,
    clock: Callable[[], datetime],
    tell: Callable[[], None],
) -> int:
    settled = refusals = unanswered = 0
    at = clock()
    end = at + RUN
    with transaction.atomic(durable=True):
        delivery = _next(edition, at=at)
    while delivery is not None:
        answer = line.send(issue.to(delivery))
        settled += answer.verdict != Verdict.UNSENT
        refusals = refusals + 1 if answer.verdict == Verdict.REFUSED else 0
        unanswered += answer.verdict == Verdict.UNKNOWN
        stop = answer.verdict == Verdict.UNSENT or refusals >= REFUSALS_IN_A_ROW or unanswered >= UNANSWERED
        at = clock()
        with transaction.atomic(durable=True):
            _settle(delivery, answer, at=at)
            delivery = None if stop or settled >= limit or at >= end else _next(edition, at=at)
        tell()
        if stop:
            raise Stopped(answer.problem)
    return settled


def _next(edition: Edition, *, at: datetime) -> Delivery | None:
    """Claim one row that is due, passing over those that others hold. Who left meanwhile is skipped."""
    while True:
        ready = edition.deliveries.ready(at=at).select_related("subscriber")
        delivery = ready.select_for_update(of=("self",), skip_locked=True).first()
        if delivery is None:
            return None
        if delivery.subscriber and delivery.subscriber.status == Subscriber.Status.CONFIRMED:
            delivery.status, delivery.claimed_at = Status.CLAIMED, at
            delivery.save(update_fields=["status", "claimed_at"])
            return delivery
        delivery.status, delivery.settled_at = Status.SKIPPED, at
        delivery.save(update_fields=["status", "settled_at"])


def _settle(delivery: Delivery, answer: Answer, *, at: datetime) -> None:
    """Write the outcome, also over “unknown”: an answer that comes after the lease is still the truth.

    Unless a person had the row sent again meanwhile: then it is another sender's, and this answer comes too late.
    """
    problem = answer.problem[:300]
    own = Delivery.objects.filter(pk=delivery.pk, claimed_at=delivery.claimed_at, status__in=[Status.CLAIMED, Status.UNKNOWN])
    if answer.verdict == Verdict.UNSENT:
        _reopen(own, **_due_again(at, problem))
    elif answer.verdict == Verdict.LATER and delivery.attempts < len(PUT_OFF):
        pause = PUT_OFF[delivery.attempts]
        _reopen(own, attempts=delivery.attempts + 1, **_due_again(at + pause, problem))
    else:
        own.update(status=OUTCOMES[answer.verdict], settled_at=at, problem=problem)


def _reopen(rows: QuerySet[Delivery], **changes: Any) -> int:
    """Make them due again, in editions that are finished no more: `look` sends unfinished ones only."""
    editions = set(rows.values_list("edition_id", flat=True))
    changed = rows.update(**changes)
    Edition.objects.filter(pk__in=editions).exclude(finished_at=None).update(finished_at=None, outcome={})
    return changed


def _due_again(at: datetime, problem: str = "") -> dict[str, Any]:
    return {"status": Status.DUE, "due_at": at, "problem": problem, "claimed_at": None, "settled_at": None}


OUTCOMES = {
    Verdict.ACCEPTED: Status.ACCEPTED,
    Verdict.REFUSED: Status.REFUSED,
    Verdict.LATER: Status.REFUSED,  # put off too often
    Verdict.UNKNOWN: Status.UNKNOWN,
}


def give_up(edition: Edition, *, at: datetime) -> None:
    """Settle what no sender will: a claim whose lease is over, and news that is too old by now."""
    Delivery.objects.filter(edition=edition, status=Status.CLAIMED, claimed_at__lte=at - LEASE).update(
        status=Status.UNKNOWN, settled_at=at, problem="The sender was interrupted before the mail server answered."
    )
    if edition.composed_at <= at - STALE:
        edition.deliveries.filter(status=Status.DUE).update(
            status=Status.REFUSED, settled_at=at, problem="Not sent: within two days the mail server did not take it."
        )


def _skip_all(edition: Edition, *, at: datetime) -> int:
    settled = edition.deliveries.ready(at=at).update(
        status=Status.SKIPPED,
        settled_at=at,
        problem="Every article of this edition was withdrawn or retracted before it was sent.",
    )
    finish(edition, at=at)
    return settled


def finish(edition: Edition, *, at: datetime) -> None:
    """When nobody is due and nobody being sent any more, the outcome is counted and the edition is finished."""
    with transaction.atomic():
        edition = Edition.objects.select_for_update().get(pk=edition.pk)
        if not edition.deliveries.filter(status__in=[Status.DUE, Status.CLAIMED]).exists():
            edition.finished_at, edition.outcome = edition.finished_at or at, edition.deliveries.tally()
            edition.save(update_fields=["finished_at", "outcome"])


def repeat(deliveries: Iterable[int], *, at: datetime) -> int:
    """A person decided that these, unknown or refused, are sent again; the readers may get the mail twice."""
    with transaction.atomic():
        rows = Delivery.objects.select_for_update(of=("self",)).filter(
            pk__in=deliveries, status__in=[Status.UNKNOWN, Status.REFUSED], edition__composed_at__gt=at - STALE
        )
        return _reopen(rows, attempts=0, **_due_again(at))


def is_being_sent(edition: Edition, *, at: datetime) -> bool:
    """Whether some sender showed life within its lease's third."""
    recent = at - LEASE / 3
    return edition.deliveries.filter(Q(claimed_at__gt=recent) | Q(settled_at__gt=recent)).exists()
