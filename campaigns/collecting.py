"""Collecting what pledges promised: claimed before anybody is charged, an uncertain answer looked up, never asked blindly."""

import logging
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid5

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from campaigns import giving, mishaps, pledges, processors
from campaigns.giving.beginning import opened, order_for
from campaigns.giving.intent import new_reference, submit_key
from campaigns.models import Donation, Instalment, Pledge
from campaigns.processors.base import Instructions, Payment, PaymentStatus, Refused

logger = logging.getLogger(__name__)
Status = Instalment.Status
ASK_AGAIN_AFTER = timedelta(minutes=10)
FOUND_WITHIN = timedelta(days=1)  # processors' searches by key lag behind their books


def collect_due(*, at: datetime) -> tuple[int, int]:
    """Collect every instalment that is due on the newsroom's local day of `at`: (asked for, without an answer yet).

    One pledge's trouble delays nobody. Claims of an earlier run that never got an answer are looked up first.
    """
    today = timezone.localdate(at)
    unanswered = [pk for pk in _unanswered(at=at) if not finish(pk, at=at)]
    asked = 0
    for pk in _due(today):
        instalment = _try_to_claim(pk, today=today, at=at)
        if instalment is not None:
            asked += 1
            unanswered += [] if finish(instalment.pk, at=at) else [instalment.pk]
    return asked, len(unanswered)


def claim(pledge_pk: int, *, today: date, at: datetime) -> Instalment | None:
    """A due pledge's instalment with its gift, written before the call; None when it is not due, or another run has it.

    A newsroom that comes late asks for the last period only: the earlier ones are taken down as skipped, never
    collected on top.
    """
    with transaction.atomic():
        due = Pledge.objects.select_for_update(of=("self",), skip_locked=True).filter(
            pk=pledge_pk, status=Pledge.Status.ACTIVE, next_due__lte=today
        )
        pledge = due.select_related("donor", "campaign").first()
        if pledge is None or pledge.next_due is None:
            return None
        period, following = pledge.next_due, pledges.next_due(pledge, after=pledge.next_due)
        while following <= today:
            Instalment.objects.get_or_create(pledge=pledge, period=period, defaults={"status": Status.SKIPPED, "claimed_at": at})
            period, following = following, pledges.next_due(pledge, after=following)
        columns: dict[str, Any] = {"claimed_at": at, "donation": lambda: _gift(pledge, period, at)}
        instalment, _ = Instalment.objects.get_or_create(pledge=pledge, period=period, defaults=columns)
        Pledge.objects.filter(pk=pledge.pk).update(next_due=following, problem="")
    return instalment


def finish(instalment_pk: int, *, at: datetime) -> bool:
    """Ask the processor for a claimed instalment. False: the answer is still out, and a later run looks it up."""
    instalment = Instalment.objects.select_related("pledge", "donation__campaign", "donation__donor", "donation__pledge").get(
        pk=instalment_pk
    )
    donation = instalment.donation
    if donation is None or donation.status != Donation.Status.BEGUN:
        return True
    try:
        _ask(instalment, donation, at=at)
    except Refused as error:
        giving.refuse(donation, problem="The saved way to pay did not work.", reason=str(error))
    except Exception as error:
        problem = mishaps.told(error)
        logger.warning("Instalment %s has no answer yet: %s", instalment_pk, problem)
        Instalment.objects.filter(pk=instalment_pk, status=Status.CLAIMED).update(problem=problem)
    return not Donation.objects.filter(pk=donation.pk, status=Donation.Status.BEGUN).exists()


def _ask(instalment: Instalment, donation: Donation, *, at: datetime) -> None:
    """What happened already is written down, whatever became of the pledge; anew nothing is asked of one that stopped."""
    processor = processors.get(donation.processor)
    answer: Payment | Instructions | None = processor.find(donation.key)
    if answer is None or (isinstance(answer, Payment) and answer.status == PaymentStatus.OPEN):
        pledge = _may_be_asked(instalment, at=at)
        if pledge is None:
            return _let_go(instalment, donation, at=at)
        answer = processor.collect(pledge.mandate, order_for(donation))
    if isinstance(answer, Instructions):
        opened(donation, answer)
    else:
        giving.record(donation, answer, at=at)
    return None


def _may_be_asked(instalment: Instalment, *, at: datetime) -> Pledge | None:
    """The pledge as it stands, while it is active. That it is asked now is written before it happens."""
    with transaction.atomic():
        pledge = pledges.locked(instalment.pledge)
        if pledge.status != Pledge.Status.ACTIVE:
            return None
        Instalment.objects.filter(pk=instalment.pk).update(asked_at=at)
    return pledge


def _let_go(instalment: Instalment, donation: Donation, *, at: datetime) -> None:
    """The pledge stopped after the claim. What was asked for may have happened all the same: it is looked for a day longer."""
    instalment.refresh_from_db(fields=["asked_at"])
    if instalment.asked_at is None or instalment.asked_at <= at - FOUND_WITHIN:
        giving.drop(donation, reason="The pledge had stopped before it was collected.")


def _try_to_claim(pledge_pk: int, *, today: date, at: datetime) -> Instalment | None:
    try:
        return claim(pledge_pk, today=today, at=at)
    except Exception as error:
        problem = mishaps.told(error)
        logger.error("Pledge %s could not be claimed: %s", pledge_pk, problem)
        Pledge.objects.filter(pk=pledge_pk).update(problem=problem)
        return None


def _due(today: date) -> list[int]:
    due = Pledge.objects.filter(status=Pledge.Status.ACTIVE, next_due__lte=today)
    return list(due.order_by("next_due", "pk").values_list("pk", flat=True))


def _unanswered(*, at: datetime) -> list[int]:
    """Claims whose run died or got no answer. Younger ones belong to a run that may still be at work."""
    rows = Instalment.objects.filter(status=Status.CLAIMED, claimed_at__lte=at - ASK_AGAIN_AFTER)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _gift(pledge: Pledge, period: date, at: datetime) -> Donation:
    """Its token is made from pledge and period: the same instalment is the same key, even after a restored backup."""
    token = uuid5(pledge.token, f"{period:%Y-%m-%d}")
    once = submit_key(str(token), "instalment", 0)
    language = pledge.donations.order_by("-pk").values_list("language", flat=True).first()
    return Donation.objects.create(
        token=token,
        submit_key=once,
        fingerprint=once,
        campaign=pledge.campaign,
        donor=pledge.donor,
        pledge=pledge,
        amount=pledge.amount,
        currency=pledge.currency,
        name=pledge.donor.name,
        anonymous=pledge.anonymous,
        language=language or settings.LANGUAGE_CODE,
        processor=pledge.processor,
        reference=new_reference(),
        created_at=at,
    )
