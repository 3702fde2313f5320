"""Collecting what pledges promised: claimed before anybody is charged, an uncertain answer looked up, never asked blindly."""

import logging
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid5

from django.db import transaction
from django.utils import timezone

from campaigns import giving, pledges, processors
from campaigns.giving.beginning import opened, order_for
from campaigns.giving.intent import new_reference, submit_key
from campaigns.models import Donation, Instalment, Pledge
from campaigns.processors.base import Instructions, Payment, PaymentStatus, ProcessorError, Refused

logger = logging.getLogger(__name__)
Status = Instalment.Status
ASK_AGAIN_AFTER = timedelta(minutes=10)


def collect_due(*, at: datetime) -> tuple[int, int]:
    """Collect every instalment that is due on the newsroom's local day of `at`: (asked for, without an answer yet).

    One pledge's trouble delays nobody. Claims of an earlier run that never got an answer are looked up first.
    """
    unanswered = [pk for pk in _unanswered(at=at) if not finish(pk, at=at)]
    asked = 0
    while (instalment := claim_next(today=timezone.localdate(at), at=at)) is not None:
        asked += 1
        if not finish(instalment.pk, at=at):
            unanswered.append(instalment.pk)
    return asked, len(unanswered)


def claim_next(*, today: date, at: datetime) -> Instalment | None:
    """The next due pledge's instalment with its gift, written before the call; None when nothing is due.

    A newsroom that comes late asks for the last period only: the earlier ones are taken down as skipped, never
    collected on top.
    """
    with transaction.atomic():
        due = Pledge.objects.select_for_update(of=("self",), skip_locked=True).filter(
            status=Pledge.Status.ACTIVE, next_due__lte=today
        )
        pledge = due.select_related("donor", "campaign").order_by("next_due", "pk").first()
        if pledge is None or pledge.next_due is None:
            return None
        period, following = pledge.next_due, pledges.next_due(pledge, after=pledge.next_due)
        while following <= today:
            Instalment.objects.get_or_create(pledge=pledge, period=period, defaults={"status": Status.SKIPPED, "claimed_at": at})
            period, following = following, pledges.next_due(pledge, after=following)
        columns: dict[str, Any] = {"claimed_at": at, "donation": lambda: _gift(pledge, period, at)}
        instalment, _ = Instalment.objects.get_or_create(pledge=pledge, period=period, defaults=columns)
        Pledge.objects.filter(pk=pledge.pk).update(next_due=following)
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
        _note(instalment, str(error), status=Status.FAILED)
        Donation.objects.filter(pk=donation.pk, status=Donation.Status.BEGUN).update(
            status=Donation.Status.DECLINED, problem="The saved way to pay did not work."
        )
    except ProcessorError as error:
        logger.warning("Instalment %s has no answer yet: %s", instalment_pk, error)
        _note(instalment, str(error))
        return False
    return not Donation.objects.filter(pk=donation.pk, status=Donation.Status.BEGUN).exists()


def _ask(instalment: Instalment, donation: Donation, *, at: datetime) -> None:
    processor = processors.get(donation.processor)
    answer: Payment | Instructions | None = processor.find(donation.key)
    if answer is None or (isinstance(answer, Payment) and answer.status == PaymentStatus.OPEN):
        answer = processor.collect(instalment.pledge.mandate, order_for(donation))
    if isinstance(answer, Instructions):
        opened(donation, answer)
        _note(instalment, "", status=Status.ASKED)
    else:
        giving.record(donation, answer, at=at)


def _note(instalment: Instalment, problem: str, status: Instalment.Status = Status.CLAIMED) -> None:
    Instalment.objects.filter(pk=instalment.pk, status=Status.CLAIMED).update(status=status, problem=problem[:300])


def _unanswered(*, at: datetime) -> list[int]:
    """Claims whose run died or got no answer. Younger ones belong to a run that may still be at work."""
    rows = Instalment.objects.filter(status=Status.CLAIMED, claimed_at__lte=at - ASK_AGAIN_AFTER)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _gift(pledge: Pledge, period: date, at: datetime) -> Donation:
    """Its token is made from pledge and period: the same instalment is the same key, even after a restored backup."""
    token = uuid5(pledge.token, f"{period:%Y-%m-%d}")
    once = submit_key(str(token), "instalment", 0)
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
        processor=pledge.processor,
        reference=new_reference(),
        created_at=at,
    )
