"""The verbs of a promise. Those of its donor stand in `steering`, those of a decline in `dunning`, of a new way to pay in
`renewing`, of a processor that is gone in `rescue`. Nothing else changes a pledge."""

import calendar
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from campaigns.models import Donation, Instalment, Pledge, PledgeChange

CONSENT = lazy("A regular gift goes on until you stop it, by the link in any receipt.")
AFTER_DECLINES = "It was declined, and declined again for two weeks."  # such a pause waits for a new way
Status = Pledge.Status
Kind = PledgeChange.Kind
GOES_ON = {Status.ACTIVE, Status.PAUSED, Status.STRANDED}
MONTHS = {Pledge.Rhythm.MONTHLY: 1, Pledge.Rhythm.YEARLY: 12}


def due_after(period: date, *, day: int, months: int = 1) -> date:
    """The next day that is due: `day` of the month that follows, in a shorter month its last day.

    >>> due_after(date(2027, 1, 31), day=31)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(period.year * 12 + period.month - 1 + months, 12)
    return date(year, month + 1, min(day, calendar.monthrange(year, month + 1)[1]))


def next_due(pledge: Pledge, *, after: date) -> date:
    return due_after(after, day=pledge.day, months=MONTHS[Pledge.Rhythm(pledge.rhythm)])


def due_by(pledge: Pledge, today: date) -> list[date]:
    """The periods that have fallen due and were not claimed yet, the earliest first."""
    periods, period = [], pledge.next_due
    while period is not None and period <= today:
        periods.append(period)
        period = next_due(pledge, after=period)
    return periods


def first_after(pledge: Pledge, day: date) -> date:
    """The first day on or after `day` on which it will be collected; what fell due before is never asked for."""
    periods = due_by(pledge, day - timedelta(days=1))
    return next_due(pledge, after=periods[-1]) if periods else pledge.next_due or day


def locked(pledge: Pledge) -> Pledge:
    return Pledge.objects.select_for_update(no_key=True).get(pk=pledge.pk)


def skip(pledge: Pledge, periods: list[date], *, at: datetime, why: str = "") -> None:
    """Take periods down as never asked for, and go on after the last. The pledge's lock is held; who saves it is the caller."""
    rows = [
        Instalment(pledge=pledge, period=period, status=Instalment.Status.SKIPPED, claimed_at=at, problem=why)
        for period in periods
    ]
    Instalment.objects.bulk_create(rows, ignore_conflicts=True)
    if periods:
        pledge.next_due = next_due(pledge, after=periods[-1])


def take_down(
    pledge: Pledge,
    kind: PledgeChange.Kind,
    *,
    at: datetime,
    was: str = "",
    becomes: str = "",
    consent: str = "",
    by: User | None = None,
) -> PledgeChange:
    """A line of the pledge's history."""
    words = {"was": was[:200], "becomes": becomes[:200], "consent": consent}
    return PledgeChange.objects.create(pledge=pledge, kind=kind, at=at, by=by, **words)


def stop_asking(pledge: Pledge) -> None:
    """No open instalment is tried again: the pledge rests, or is over."""
    pledge.instalments.filter(retry_on__isnull=False).update(retry_on=None)


def activate(pledge: Pledge, *, first: Donation, mandate: str, method: str = "") -> Pledge:
    """Begun → active, by the first gift: its day is the pledge's day from now on. The gift's lock is held."""
    with transaction.atomic():
        pledge = locked(pledge)
        if pledge.status != Status.BEGUN or first.received_at is None:
            return pledge
        period = timezone.localdate(first.received_at)
        pledge.status, pledge.started_at, pledge.day = Status.ACTIVE, first.received_at, period.day
        pledge.mandate, pledge.method = mandate, method[:100]
        pledge.next_due = next_due(pledge, after=period)
        pledge.save(update_fields=["status", "started_at", "day", "mandate", "method", "next_due"])
        Instalment.objects.create(
            pledge=pledge, period=period, donation=first, status=Instalment.Status.PAID, claimed_at=first.received_at
        )
    return pledge


def keep(pledge: Pledge, *, processor: str, mandate: str) -> Pledge:
    """The saved way to pay of a pledge that has none: some processors tell it only after the first gift, and its donor may
    rest or dispute meanwhile. Its state stays. Nothing once it is paid another way, or has ended."""
    with transaction.atomic():
        pledge = locked(pledge)
        if pledge.status in GOES_ON and not pledge.mandate and pledge.processor == processor:
            pledge.mandate = mandate
            pledge.save(update_fields=["mandate"])
    return pledge


def pause(pledge: Pledge, *, at: datetime, why: str, by: User | None = None) -> Pledge:
    """Paused without an end: nothing is collected until its donor gives it another way to pay, or goes on. A rest does not
    end by itself any more, and a processor that comes back wakes nobody. One that was taken over and is not started yet is
    not started with the others."""
    with transaction.atomic():
        pledge = locked(pledge)
        rests = pledge.status == Status.PAUSED and pledge.paused_until is not None
        if pledge.waits_for_its_start:
            changes = not pledge.changes.filter(kind=Kind.PAUSED).exists()
        else:
            changes = pledge.status in {Status.ACTIVE, Status.STRANDED} or rests
            pledge.status, pledge.paused_until = (Status.PAUSED, None) if changes else (pledge.status, pledge.paused_until)
        if changes:
            pledge.save(update_fields=["status", "paused_until"])
            stop_asking(pledge)
            take_down(pledge, Kind.PAUSED, at=at, becomes=why, by=by)
    return pledge


def end(pledge: Pledge, *, at: datetime, by: User | None = None) -> Pledge:
    """The donor stops it. What is already under way may still arrive; nothing new is collected."""
    with transaction.atomic():
        pledge = locked(pledge)
        if pledge.status != Status.ENDED:
            pledge.status, pledge.ended_at, pledge.next_due, pledge.paused_until = Status.ENDED, at, None, None
            pledge.save(update_fields=["status", "ended_at", "next_due", "paused_until"])
            stop_asking(pledge)
            take_down(pledge, Kind.ENDED, at=at, by=by)
    return pledge
