"""Collecting what pledges promised: claimed before anybody is charged, an uncertain answer looked up, never asked blindly."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from campaigns import dunning, giving, mishaps, pledges, processors, renewing, ways
from campaigns.abreast import Pace, abreast
from campaigns.giving.beginning import opened, order_for
from campaigns.models import Donation, Instalment, Pledge, Way
from campaigns.processors.base import Instructions, Payment, PaymentStatus, Refused, TooFast

logger = logging.getLogger(__name__)
Status = Instalment.Status
ASK_AGAIN_AFTER = timedelta(minutes=10)
FOUND_WITHIN = timedelta(days=1)  # processors' searches by key lag behind their books
SLICE = 500  # rows fetched at a time: a million that are due fit into any memory


def collect_due(*, at: datetime) -> tuple[int, int]:
    """Collect every instalment that is due on the newsroom's local day of `at`, and try again the declined ones whose day
    has come: (asked for, without an answer yet).

    So many at once as the setting COLLECT_AT_ONCE says. One pledge's trouble delays nobody, and a processor that fails is
    not asked again until it is found well: what is due there stays due. Claims of an earlier run that never got an answer
    are looked up first.
    """
    today, paces = timezone.localdate(at), {name: Pace() for name in processors.names()}
    ask = partial(finish, at=at, paces=paces)

    def collect(pledge_pk: int) -> bool | None:
        instalment = _try_to_claim(pledge_pk, today=today, at=at)
        return None if instalment is None else ask(instalment.pk)

    def collect_again(instalment_pk: int) -> bool | None:
        return ask(instalment_pk) if _try_again(instalment_pk, today=today, at=at) else None

    side_by_side = partial(abreast, at_once=settings.COLLECT_AT_ONCE)
    left_over = Counter(side_by_side(ask, _unanswered(at=at)))
    answers = Counter(side_by_side(collect, _due(today))) + Counter(side_by_side(collect_again, _to_retry(today)))
    return answers[True] + answers[False], left_over[False] + answers[False]


def claim(pledge_pk: int, *, today: date, at: datetime) -> Instalment | None:
    """A due pledge's instalment with its gift, written before the call; None when it is not due, or another run has it.

    A newsroom that comes late asks for the last period only: the earlier ones are taken down as skipped, never
    collected on top. One that was declined and waits for another try gives way to it.
    """
    with transaction.atomic():
        due = Pledge.objects.select_for_update(no_key=True, of=("self",), skip_locked=True).filter(
            pk=pledge_pk, status=Pledge.Status.ACTIVE, next_due__lte=today
        )
        pledge = due.select_related("donor", "campaign").first()
        if pledge is None or not ways.works(pledge.processor) or renewing.is_at_it(pledge, at=at):
            return None
        *late, period = pledges.due_by(pledge, today)
        pledges.skip(pledge, late, at=at)
        pledges.stop_asking(pledge)
        columns: dict[str, Any] = {"claimed_at": at, "donation": lambda: renewing.gift_of(pledge, f"{period}", at=at)}
        instalment, _ = Instalment.objects.get_or_create(pledge=pledge, period=period, defaults=columns)
        Pledge.objects.filter(pk=pledge.pk).update(next_due=pledges.next_due(pledge, after=period), problem="")
    return instalment


def try_again(instalment_pk: int, *, today: date, at: datetime) -> bool:
    """A declined instalment's next try, as a gift with a key of its own, claimed before the call. False: nothing to ask.

    The try before is looked up first: only when its processor says that it is dead is another one made.
    """
    instalment = Instalment.objects.select_related("pledge", "donation").get(pk=instalment_pk)
    if instalment.donation is not None:
        giving.settle(instalment.donation, at=at)
    with transaction.atomic():
        pledge = pledges.locked(instalment.pledge)
        waiting = Instalment.objects.select_for_update(no_key=True, of=("self",)).select_related("donation")
        found = waiting.filter(pk=instalment_pk, status=Status.FAILED, retry_on__lte=today).first()
        if found is None or found.donation is None or not found.donation.is_ended or renewing.is_at_it(pledge, at=at):
            return False
        found.attempt, found.retry_on = found.attempt + 1, None
        asks = pledge.status == Pledge.Status.ACTIVE and not found.needs_donor
        if asks:
            retry_of = found.donation.first_try
            found.donation = renewing.gift_of(pledge, f"{found.period} {found.attempt}", retry_of=retry_of, at=at)
            found.status, found.claimed_at, found.asked_at = Status.CLAIMED, at, None
        found.save(update_fields=["attempt", "retry_on", "donation", "status", "claimed_at", "asked_at"])
        if not asks:
            dunning.follow(found, pledge, at=at)
    return asks


def finish(instalment_pk: int, *, at: datetime, paces: Mapping[str, Pace] = MappingProxyType({})) -> bool:
    """Ask the processor for a claimed instalment. False: the answer is still out, and a later run looks it up.

    One that says we ask too fast is well: nobody is sent away from it, but all who ask at its pace rest a while.
    """
    instalment = Instalment.objects.select_related("pledge", "donation__campaign", "donation__donor", "donation__pledge").get(
        pk=instalment_pk
    )
    donation = instalment.donation
    if donation is None or donation.status != Donation.Status.BEGUN:
        return True
    pace = paces.get(donation.processor) or Pace()
    pace.wait()
    try:
        _ask(instalment, donation, at=at)
        ways.succeeded(donation.processor, at=at)
        pace.go_on()
    except Refused as error:
        giving.refuse(donation, problem=gettext_noop("The saved way to pay did not work."), reason=str(error), at=at)
    except Exception as error:
        problem = mishaps.told(error)
        logger.warning("Instalment %s has no answer yet: %s", instalment_pk, problem)
        Instalment.objects.filter(pk=instalment_pk, status=Status.CLAIMED).update(problem=problem)
        if isinstance(error, TooFast):
            pace.slow_down()
        else:
            ways.blame(donation.processor, error, at=at)
    return not Donation.objects.filter(pk=donation.pk, status=Donation.Status.BEGUN).exists()


def _ask(instalment: Instalment, donation: Donation, *, at: datetime) -> None:
    """What happened already is written down, whatever became of the pledge; anew nothing is asked of one that stopped."""
    processor = processors.get(donation.processor)
    answer: Payment | Instructions | None = processor.find(donation.key)
    if answer is None or (isinstance(answer, Payment) and answer.status == PaymentStatus.OPEN):
        pledge = _may_be_asked(instalment, donation, at=at)
        if pledge is None:
            return _let_go(instalment, donation, at=at)
        answer = processor.collect(pledge.mandate, order_for(donation))
    if isinstance(answer, Instructions):
        opened(donation, answer)
    else:
        giving.record(donation, answer, at=at)
    return None


def _may_be_asked(instalment: Instalment, donation: Donation, *, at: datetime) -> Pledge | None:
    """The pledge as it stands, while it is active and still paid by this way. That it is asked now is written before it
    happens."""
    with transaction.atomic():
        pledge = pledges.locked(instalment.pledge)
        stays = pledge.status == Pledge.Status.ACTIVE and pledge.processor == donation.processor
        if not stays or _is_stopped(donation.processor):
            return None
        Instalment.objects.filter(pk=instalment.pk).update(asked_at=at)
    return pledge


def _let_go(instalment: Instalment, donation: Donation, *, at: datetime) -> None:
    """The pledge stopped after the claim, or its processor is not used any more. What was asked for may have happened all
    the same: it is looked for a day longer."""
    instalment.refresh_from_db(fields=["asked_at"])
    if instalment.asked_at is None or instalment.asked_at <= at - FOUND_WITHIN:
        stranded = Pledge.objects.filter(pk=instalment.pledge_id, status=Pledge.Status.STRANDED).exists()
        if stranded or _is_stopped(donation.processor):  # still open: a new way pays it
            giving.drop(donation, reason="Its processor was not used any more.", then=Status.FAILED)
        else:
            giving.drop(donation, reason="The pledge had stopped before it was collected.")


def _is_stopped(processor: str) -> bool:
    return Way.objects.filter(processor=processor, stopped_at__isnull=False).exists()


def _try_to_claim(pledge_pk: int, *, today: date, at: datetime) -> Instalment | None:
    try:
        return claim(pledge_pk, today=today, at=at)
    except Exception as error:
        problem = mishaps.told(error)
        logger.error("Pledge %s could not be claimed: %s", pledge_pk, problem)
        Pledge.objects.filter(pk=pledge_pk).update(problem=problem)
        return None


def _try_again(instalment_pk: int, *, today: date, at: datetime) -> bool:
    try:
        return try_again(instalment_pk, today=today, at=at)
    except Exception as error:
        problem = mishaps.told(error)
        logger.warning("Instalment %s could not be tried again: %s", instalment_pk, problem)
        Instalment.objects.filter(pk=instalment_pk, status=Status.FAILED).update(problem=problem)
        return False


def _due(today: date) -> Iterator[int]:
    """Keys, the longest due first. A claim takes its row out of the answer; one that cannot be claimed is stepped over."""
    due = Pledge.objects.filter(status=Pledge.Status.ACTIVE, next_due__lte=today).order_by("next_due", "pk")
    last: tuple[date, int] | None = None
    while True:
        after = due.filter(Q(next_due__gt=last[0]) | Q(next_due=last[0], pk__gt=last[1]), next_due__gte=last[0]) if last else due
        rows = list(after.exclude(processor__in=_resting()).values_list("next_due", "pk")[:SLICE])
        yield from (pk for _, pk in rows)
        if len(rows) < SLICE:
            return
        day, pk = rows[-1]
        assert day
        last = day, pk


def _to_retry(today: date) -> Iterator[int]:
    waiting = Instalment.objects.filter(retry_on__lte=today)
    return _in_slices(lambda: waiting.exclude(pledge__processor__in=_resting()))


def _unanswered(*, at: datetime) -> Iterator[int]:
    """Claims whose run died or got no answer. Younger ones belong to a run that may still be at work."""
    return _in_slices(lambda: Instalment.objects.filter(status=Status.CLAIMED, claimed_at__lte=at - ASK_AGAIN_AFTER))


def _in_slices(rows: Any) -> Iterator[int]:
    last = 0
    while keys := list(rows().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:SLICE]):
        yield from keys
        last = keys[-1]


def _resting() -> QuerySet[Way, str]:
    """Processors that are not asked now. Looked at for each slice: one may fail in the middle of a run."""
    return Way.objects.filter(Q(stopped_at__isnull=False) | Q(opened_at__isnull=False)).values_list("processor", flat=True)
