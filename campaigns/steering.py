"""What a donor changes about a pledge: more or less, another day, a rest, on again. Each is taken down and confirmed by mail."""

import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaigns import mishaps, pledges, processors, telling, ways
from campaigns.giving.intent import MAXIMUM
from campaigns.models import Instalment, Pledge, PledgeChange, PledgeMail
from campaigns.words import day_in_words, often
from newsroom import money, tongues

logger = logging.getLogger(__name__)
Status = Pledge.Status
Kind = PledgeChange.Kind
LONGEST_REST = 6  # months
TOLD_BEFORE = timedelta(days=3)
SLICE = 200


def change_amount(pledge: Pledge, *, amount: int, at: datetime) -> Pledge:
    """More or less from the next gift on. ValidationError when it is too little, when the way it is paid by does not take it,
    or when it is stopped."""
    with transaction.atomic():
        pledge = _running(pledge)
        least = pledge.campaign.least(pledge.rhythm)
        if not least <= amount <= MAXIMUM:
            smallest = money.display(least, pledge.currency)
            told = (
                _("The smallest gift is {sum}.") if amount < least else _("That is a very large gift. Please write to us first.")
            )
            raise ValidationError(told.format(sum=smallest))
        if amount != pledge.amount:
            _check_way(pledge, amount)
            with tongues.speaking(pledge.donor.language):
                was, becomes = (money.display(sum_, pledge.currency) for sum_ in (pledge.amount, amount))
                agreed = _("Give {sum} {rhythm} instead of {was}.").format(sum=becomes, rhythm=often(pledge.rhythm), was=was)
                consent = f"{agreed} {pledges.CONSENT}"
            pledge.amount, pledge.covered = amount, 0  # what the fee would be of another sum was not asked
            pledge.save(update_fields=["amount", "covered"])
            change = pledges.take_down(pledge, Kind.AMOUNT, was=was, becomes=becomes, consent=consent, at=at)
            _confirm(change, at=at)
    return pledge


def _check_way(pledge: Pledge, amount: int) -> None:
    """Of a pledge that needs a new way, that one's limits count, when it is chosen."""
    if pledge.status != Status.STRANDED and (why := ways.why_not(pledge.processor, amount, pledge.currency)):
        raise ValidationError(why)


def change_day(pledge: Pledge, *, day: int, at: datetime) -> Pledge:
    """Another day of the month. The gift that is next keeps its month: where the new day has passed there, its old day.

    So every month, or year, has its one gift.
    """
    if not 1 <= day <= 31:
        raise ValidationError(_("Choose a day from 1 to 31."))
    with transaction.atomic():
        pledge = _running(pledge)
        if day != pledge.day and pledge.next_due:
            was, pledge.day = str(pledge.day), day
            moved = pledges.due_after(pledge.next_due, day=day, months=0)
            if moved > timezone.localdate(at):
                pledge.next_due = moved
            pledge.save(update_fields=["day", "next_due"])
            _confirm(pledges.take_down(pledge, Kind.DAY, was=was, becomes=str(day), at=at), at=at)
    return pledge


def rest(pledge: Pledge, *, months: int, at: datetime) -> Pledge:
    """No gift for some months; then it goes on by itself, and its donor is told some days before."""
    if not 1 <= months <= LONGEST_REST:
        raise ValidationError(_("Choose from 1 to {most} months.").format(most=LONGEST_REST))
    until = rest_ends(months, at=at)
    with transaction.atomic():
        pledge = _running(pledge)
        rests = pledge.status == Status.PAUSED and pledge.paused_until is not None
        if pledge.status != Status.ACTIVE and not rests:
            raise ValidationError(_("This gift is paused already. Choose another way to pay, or let it go on."))
        if pledge.next_due and pledge.next_due > until:
            told = _("Such a pause ends before your next gift is due, on {day}. Choose a longer one.")
            raise ValidationError(told.format(day=day_in_words(pledge.next_due)))
        if pledge.paused_until != until:
            pledge.status, pledge.paused_until = Status.PAUSED, until
            pledge.save(update_fields=["status", "paused_until"])
            pledges.stop_asking(pledge)
            with tongues.speaking(pledge.donor.language):
                becomes = _("until {day}").format(day=day_in_words(until))
            _confirm(pledges.take_down(pledge, Kind.PAUSED, becomes=becomes, at=at), at=at)
    return pledge


def rest_ends(months: int, *, at: datetime) -> date:
    """The day on which a rest goes on by itself that begins today."""
    today = timezone.localdate(at)
    return pledges.due_after(today, day=today.day, months=months)


NOT_STARTED = lazy("The newsroom starts this gift, when the system that collected it before is off.")


def go_on(pledge: Pledge, *, at: datetime, by: User | None = None, mail: bool = True) -> Pledge:
    """Paused → active. What fell due meanwhile is not asked for: the next gift is the first one after today."""
    with transaction.atomic():
        pledge = pledges.locked(pledge)
        if pledge.waits_for_its_start:
            raise ValidationError(NOT_STARTED)
        if pledge.status == Status.PAUSED:
            wake(pledge, at=at)
            until = f"next on {day_in_words(pledge.next_due)}" if pledge.next_due else ""
            change = pledges.take_down(pledge, Kind.RESUMED, becomes=until, at=at, by=by)
            if mail:
                _confirm(change, at=at)
    return pledge


def wake(pledge: Pledge, *, at: datetime) -> None:
    """Active again, without a debt. The pledge is locked."""
    pledges.skip(pledge, pledges.due_by(pledge, timezone.localdate(at)), at=at, why="It was paused.")
    pledge.instalments.filter(status=Instalment.Status.FAILED).update(status=Instalment.Status.SKIPPED, retry_on=None)
    pledge.status, pledge.paused_until = Status.ACTIVE, None
    pledge.save(update_fields=["status", "paused_until", "next_due"])


def stop(pledge: Pledge, *, at: datetime, by: User | None = None) -> Pledge:
    """In one step, and for good."""
    with transaction.atomic():
        stopped = pledges.end(pledge, at=at, by=by)
        change = stopped.changes.filter(kind=Kind.ENDED).first()
        if change:
            telling.tell(stopped, PledgeMail.Kind.CHANGED, about=f"{change.pk}", at=at)
    return stopped


def wake_due(*, at: datetime) -> int:
    """End the rests whose day has come, and tell of those that end within three days. Returns how many woke."""
    today = timezone.localdate(at)
    resting = Pledge.objects.filter(status=Status.PAUSED)
    for pledge in _in_slices(resting.filter(paused_until__gt=today, paused_until__lte=today + TOLD_BEFORE)):
        telling.tell(pledge, PledgeMail.Kind.WAKING, about=f"{pledge.paused_until}", at=at)
    return sum(_woken(pledge, today=today, at=at) for pledge in _in_slices(resting.filter(paused_until__lte=today)))


def lower(pledge: Pledge) -> list[int]:
    """Smaller sums to go on with instead of stopping: half and a quarter, in whole units, not below the campaign's least, and
    such as its processor takes."""
    unit = 10 ** money.exponent(pledge.currency)
    sums = {pledge.amount // part // unit * unit for part in (2, 4)}
    if pledge.processor in processors.names():
        processor = processors.get(pledge.processor)
        sums = {sum_ for sum_ in sums if processor.takes(sum_, pledge.currency)}
    return sorted((sum_ for sum_ in sums if pledge.campaign.least(pledge.rhythm) <= sum_ < pledge.amount), reverse=True)


def _woken(pledge: Pledge, *, today: date, at: datetime) -> bool:
    """Unless its donor made the rest longer at this moment. One's trouble keeps nobody else asleep."""
    try:
        with transaction.atomic():
            pledge = pledges.locked(pledge)
            if not pledge.paused_until or pledge.paused_until > today:
                return False
            go_on(pledge, at=at, mail=False)
    except Exception as error:
        problem = mishaps.told(error)
        logger.error("Pledge %s could not be woken: %s", pledge.pk, problem)
        Pledge.objects.filter(pk=pledge.pk).update(problem=problem)
        return False
    return True


def _running(pledge: Pledge) -> Pledge:
    pledge = Pledge.objects.select_for_update(no_key=True, of=("self",)).select_related("campaign", "donor").get(pk=pledge.pk)
    if pledge.status in {Status.BEGUN, Status.ENDED}:
        raise ValidationError(_("This regular gift is stopped."))
    return pledge


def _confirm(change: PledgeChange, *, at: datetime) -> None:
    telling.tell(change.pledge, PledgeMail.Kind.CHANGED, about=f"{change.pk}", at=at)


def _in_slices(rows: QuerySet[Pledge]) -> Iterator[Pledge]:
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:SLICE]):
        yield from found
        last = found[-1].pk
