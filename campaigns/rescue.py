"""A processor is gone for us: its pledges are kept, and each donor gets a link to another way to pay.

Everything is a row before it is a mail, and done in slices: killed at any point, the same command, or the worker within the
hour, goes on where it ended.
"""

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns import pledges, processors, steering, telling, ways
from campaigns.models import Instalment, Outage, Pledge, PledgeChange, PledgeMail, Stranding, Way

SLICE = 200
Status = Pledge.Status
Tell = Callable[[int], None]


class NotKnown(ValueError):
    """No processor of this name is set up, and no pledge was ever paid by it."""


def silent(done: int) -> None:
    """Nobody watches."""


def go_down(name: str, *, by: User | None, at: datetime, tell: Tell = silent) -> Outage:
    """Nothing is charged or offered there from now on, its active pledges need a new way, and their donors get a link.

    Again: what is left of it. `tell` is called with the number of pledges done so far.
    """
    check(name)
    with transaction.atomic():
        ways.stop(name, by=by, at=at)
        outage, _ = Outage.objects.get_or_create(processor=name, ended_at=None, defaults={"began_at": at})
    _strand_all(outage, at=at, tell=tell)
    return outage


def come_back(name: str, *, by: User | None, at: datetime, tell: Tell = silent) -> Outage | None:
    """It is used again. Pledges without a new way go on with their old one on the next day that is due: what was missed is
    taken down as skipped and never charged. Those with a new way keep it."""
    check(name)
    with transaction.atomic():
        ways.resume(name, by=by, at=at)
        outage = Outage.objects.select_for_update(no_key=True).filter(processor=name).first()
        if outage and outage.ended_at is None:
            outage.ended_at = at
            outage.save(update_fields=["ended_at"])
    _restore_all(name, at=at, tell=tell)
    return outage


def go_on(*, at: datetime) -> None:
    """What a killed command left, pledges that woke or began at a processor that is gone, and the days that fall due there."""
    for outage in Outage.objects.filter(ended_at=None):
        _strand_all(outage, at=at, tell=silent)
    stopped = Way.objects.filter(stopped_at__isnull=False).values("processor")
    left = Pledge.objects.filter(status=Status.STRANDED).exclude(processor__in=stopped)
    for name in left.order_by().values_list("processor", flat=True).distinct():
        _restore_all(name, at=at, tell=silent)
    _note_missed(at=at)


def active_at(name: str) -> QuerySet[Pledge]:
    return Pledge.objects.filter(status=Status.ACTIVE, processor=name)


def check(name: str) -> None:
    if name not in processors.names() and not Pledge.objects.filter(processor=name).exists():
        raise NotKnown(f"“{name}” is no way to pay here. There are: {', '.join(processors.names())}.")


def _strand_all(outage: Outage, *, at: datetime, tell: Tell) -> None:
    done = Stranding.objects.filter(outage=outage).count()
    while stranded := _strand_some(outage, at=at):
        done += stranded
        tell(done)


def _strand_some(outage: Outage, *, at: datetime) -> int:
    """A slice, with its mails, in one transaction. A pledge that is just being claimed is waited for."""
    with transaction.atomic():
        if Outage.objects.filter(pk=outage.pk, ended_at=None).count() == 0:
            return 0  # it came back meanwhile
        some = list(active_at(outage.processor).select_for_update(no_key=True).order_by("pk")[:SLICE])
        rows = [_stranding(outage, pledge, at) for pledge in some]
        # One that came back to this way of its own accord and is gone once more has its row and its mail.
        Stranding.objects.bulk_create(rows, ignore_conflicts=True)
        keys = [pledge.pk for pledge in some]
        Pledge.objects.filter(pk__in=keys).update(status=Status.STRANDED)
        Instalment.objects.filter(pledge__in=keys, retry_on__isnull=False).update(retry_on=None)
        _take_down(some, PledgeChange.Kind.STRANDED, outage.processor, at)
        telling.tell_all(some, PledgeMail.Kind.STRANDED, about=f"{outage.pk}", at=at)
    return len(some)


def _stranding(outage: Outage, pledge: Pledge, at: datetime) -> Stranding:
    worth = {"amount": pledge.amount, "currency": pledge.currency, "rhythm": pledge.rhythm}
    return Stranding(outage=outage, pledge=pledge, at=at, **worth)


def _take_down(some: list[Pledge], kind: PledgeChange.Kind, becomes: str, at: datetime) -> None:
    PledgeChange.objects.bulk_create(PledgeChange(pledge=pledge, kind=kind, becomes=becomes, at=at) for pledge in some)


def _restore_all(name: str, *, at: datetime, tell: Tell) -> None:
    done = 0
    while restored := _restore_some(name, at=at):
        done += restored
        tell(done)


def _restore_some(name: str, *, at: datetime) -> int:
    with transaction.atomic():
        if Way.objects.filter(processor=name, stopped_at__isnull=False).exists():
            return 0  # it is gone again
        left = Pledge.objects.filter(status=Status.STRANDED, processor=name)
        some = list(left.select_for_update(no_key=True).order_by("pk")[:SLICE])
        for pledge in some:
            steering.wake(pledge, at=at)
        still = Stranding.objects.filter(pledge__in=some, recovered_at=None, restored_at=None)
        told = dict(still.values_list("pledge", "outage"))
        still.update(restored_at=at)
        _take_down(some, PledgeChange.Kind.RESUMED, name, at)
        for outage in set(told.values()):
            of_it = [pledge for pledge in some if told.get(pledge.pk) == outage]
            telling.tell_all(of_it, PledgeMail.Kind.RESTORED, about=f"{outage}", at=at)
    return len(some)


def _note_missed(*, at: datetime) -> None:
    """The days that fall due while there is no way to pay: taken down, and never charged. The last one stays open, for the
    donor to pay by a new way."""
    today, last = timezone.localdate(at), 0
    missed = Pledge.objects.filter(status=Status.STRANDED, next_due__lte=today).order_by("pk")
    missed = missed.exclude(import_key__isnull=False, started_at=None)  # their old system collects still: nothing is open here
    while keys := list(missed.filter(pk__gt=last).values_list("pk", flat=True)[:SLICE]):
        for pk in keys:
            _note(pk, at=at)
        last = keys[-1]


def _note(pledge_pk: int, *, at: datetime) -> None:
    with transaction.atomic():
        pledge = Pledge.objects.select_for_update(no_key=True).get(pk=pledge_pk)
        due = pledges.due_by(pledge, timezone.localdate(at))
        if pledge.status != Status.STRANDED or not due:
            return
        why = "Its processor was gone: nothing was asked for."
        pledges.skip(pledge, due, at=at, why=why)
        pledge.save(update_fields=["next_due"])
        open_one = pledge.instalments.filter(period=due[-1], donation=None, status=Instalment.Status.SKIPPED)
        open_one.update(status=Instalment.Status.FAILED)
