"""The verbs of a promise. The only place that changes a pledge; `activate` and `pause` are called by those of a gift."""

import calendar
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from campaigns.models import Donation, Instalment, Pledge

CONSENT = "A regular gift goes on until you stop it, by the link in any receipt."
Status = Pledge.Status
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


def locked(pledge: Pledge) -> Pledge:
    return Pledge.objects.select_for_update().get(pk=pledge.pk)


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


def keep(pledge: Pledge, *, mandate: str) -> Pledge:
    """The saved way to pay of a pledge that runs without one: some processors tell it only after the first gift."""
    with transaction.atomic():
        pledge = locked(pledge)
        if pledge.status == Status.ACTIVE and not pledge.mandate:
            pledge.mandate = mandate
            pledge.save(update_fields=["mandate"])
    return pledge


def pause(pledge: Pledge) -> Pledge:
    """Active → paused: nothing is collected until somebody looked at it."""
    with transaction.atomic():
        pledge = locked(pledge)
        if pledge.status == Status.ACTIVE:
            pledge.status = Status.PAUSED
            pledge.save(update_fields=["status"])
    return pledge


def end(pledge: Pledge, *, at: datetime) -> Pledge:
    """The donor stops it. What is already under way may still arrive; nothing new is collected."""
    with transaction.atomic():
        pledge = locked(pledge)
        if pledge.status != Status.ENDED:
            pledge.status, pledge.ended_at, pledge.next_due = Status.ENDED, at, None
            pledge.save(update_fields=["status", "ended_at", "next_due"])
    return pledge
