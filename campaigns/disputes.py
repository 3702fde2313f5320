"""The verbs of a dispute: a donor's bank took a gift back, and the newsroom may answer with evidence until a day.

The money's way stands in the ledger (giving.move); here is what people have to do. Nothing but this module changes a dispute.
"""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import formats, timezone

from campaigns import mailing
from campaigns.models import Dispute, Donation
from campaigns.processors.base import Movement, MovementKind, Standing
from newsroom import alarms, audit, money

Status = Dispute.Status
BEFORE_ITS_END = timedelta(days=3)
OVER_AFTER = timedelta(days=1)
LONG_AGO = timedelta(days=60)  # loaded with past gifts: nobody is alarmed or written to any more


def follow(donation: Donation, movement: Movement, *, currency: str, at: datetime, mail: bool = True) -> None:
    """What the processor's books say of a dispute, however often they say it. The gift's lock is held."""
    if movement.kind == MovementKind.DISPUTE_WON:
        won = _of(donation, movement)
        if won is not None:
            _settle(won, Status.WON, at=movement.at)
        return
    dispute, is_new = Dispute.objects.get_or_create(
        processor=donation.processor,
        processor_ref=movement.ref,
        defaults={"donation": donation, "amount": movement.amount, "currency": currency, **_told(movement)},
    )
    if is_new:
        _begin(dispute, at=at, mail=mail)
    else:
        _learn(dispute, movement)
        _ask_again(dispute, movement, at=at)
    _stand(dispute, movement, at=at)


def answer(dispute: Dispute, *, by: User | None, at: datetime) -> Dispute:
    """Open → answered: the evidence is with the processor. Its decision comes by itself."""
    if by is not None and not by.has_perm("campaigns.record_donation"):
        raise PermissionDenied("You may not answer disputes.")
    with transaction.atomic():
        dispute = locked(dispute)
        if dispute.status == Status.OPEN:
            dispute.status, dispute.evidence_sent_at = Status.ANSWERED, at
            dispute.save(update_fields=["status", "evidence_sent_at"])
            _quiet(dispute, at=at)
            audit.record(by, "answered", dispute, at=at)
    return dispute


def watch(*, at: datetime) -> int:
    """Alarm once more three days before a dispute's end; one that nobody answered is lost a day after it. Returns how many
    were alarmed."""
    for dispute in Dispute.objects.filter(status=Status.OPEN, answer_by__lte=at - OVER_AFTER):
        with transaction.atomic():
            if (late := locked(dispute)).status == Status.OPEN:
                _settle(late, Status.LOST, at=at)
    ending = Dispute.objects.filter(status=Status.OPEN, reminded_at=None, answer_by__lte=at + BEFORE_ITS_END, answer_by__gt=at)
    return sum(_remind(dispute, at=at) for dispute in ending)


def locked(dispute: Dispute) -> Dispute:
    return Dispute.objects.select_for_update().get(pk=dispute.pk)


def open_ones() -> QuerySet[Dispute]:
    """Those to be answered, the most urgent first."""
    return Dispute.objects.filter(status=Status.OPEN).order_by("answer_by", "pk")


def deadline_in_words(dispute: Dispute, *, at: datetime) -> str:
    """“until 30 November 2026, 12:00: 6 days left”. Empty when there is nothing to answer."""
    if dispute.status != Status.OPEN:
        return ""
    if dispute.answer_by is None:
        return "as soon as you can: the processor names no day"
    moment = formats.date_format(timezone.localtime(dispute.answer_by), "j F Y, H:i")
    if dispute.answer_by <= at:
        return f"until {moment}: it is too late"
    days = (timezone.localdate(dispute.answer_by) - timezone.localdate(at)).days
    left = {0: "today", 1: "1 day left"}.get(days, f"{days} days left")
    return f"until {moment}: {left}"


def _of(donation: Donation, movement: Movement) -> Dispute | None:
    """The dispute that money came back for: some processors name it again, others give it a name of its own."""
    ours = Dispute.objects.filter(donation=donation, processor=donation.processor).order_by("pk")
    same, unsettled = ours.filter(processor_ref=movement.ref), ours.exclude(status=Status.WON)
    return same.first() or unsettled.filter(amount=movement.amount).first() or unsettled.first()


def _told(movement: Movement) -> dict[str, object]:
    return {"reason": movement.reason[:200], "opened_at": movement.at, "answer_by": movement.answer_by}


def _begin(dispute: Dispute, *, at: datetime, mail: bool) -> None:
    if dispute.opened_at < at - LONG_AGO or not mail:
        Dispute.objects.filter(pk=dispute.pk).update(told_at=at, reminded_at=at)
        return
    alarms.sound(_key(dispute), _sentence(dispute, at=at), at=at, link=_page(dispute))
    if dispute.donation.donor.email:
        mailing.later("dispute", dispute.donation)


def _learn(dispute: Dispute, movement: Movement) -> None:
    """What was not known when it opened, or was put off."""
    news = {"reason": movement.reason[:200], "answer_by": movement.answer_by}
    changed = {name: value for name, value in news.items() if value and value != getattr(dispute, name)}
    if changed:
        Dispute.objects.filter(pk=dispute.pk).update(**changed)


def _ask_again(dispute: Dispute, movement: Movement, *, at: datetime) -> None:
    """More evidence is wanted, until a later day. That it was answered on our word alone is not taken back."""
    known, asked = dispute.answer_by, movement.answer_by
    if dispute.status == Status.ANSWERED and movement.standing == Standing.OPEN and known and asked and asked > known:
        dispute.status, dispute.answer_by, dispute.reminded_at = Status.OPEN, asked, None
        dispute.save(update_fields=["status", "answer_by", "reminded_at"])
        alarms.sound(_key(dispute), _sentence(dispute, at=at), at=at, link=_page(dispute))


def _stand(dispute: Dispute, movement: Movement, *, at: datetime) -> None:
    if movement.standing == Standing.LOST:
        _settle(dispute, Status.LOST, at=at)
    elif movement.standing == Standing.ANSWERED and dispute.status == Status.OPEN:
        Dispute.objects.filter(pk=dispute.pk).update(status=Status.ANSWERED)
        _quiet(dispute, at=at)


def _settle(dispute: Dispute, status: Dispute.Status, *, at: datetime) -> None:
    """Won stays won: money came back for it."""
    settled = Dispute.objects.filter(pk=dispute.pk).exclude(status__in={status, Status.WON})
    if settled.update(status=status, settled_at=at):
        _quiet(dispute, at=at)


def _remind(dispute: Dispute, *, at: datetime) -> bool:
    with transaction.atomic():
        dispute = locked(dispute)
        if dispute.status != Status.OPEN or dispute.reminded_at:
            return False
        dispute.reminded_at = at
        dispute.save(update_fields=["reminded_at"])
        return alarms.sound(f"{_key(dispute)}:soon", _sentence(dispute, at=at), at=at, link=_page(dispute))


def _quiet(dispute: Dispute, *, at: datetime) -> None:
    alarms.over(_key(dispute), at=at)
    alarms.over(f"{_key(dispute)}:soon", at=at)


def _sentence(dispute: Dispute, *, at: datetime) -> str:
    sum_ = money.display(dispute.amount, dispute.currency)
    return f"A bank took back a gift of {sum_} ({dispute.processor}). Answer it {deadline_in_words(dispute, at=at)}."


def _page(dispute: Dispute) -> str:
    return reverse("admin:campaigns_dispute_change", args=[dispute.pk])


def _key(dispute: Dispute) -> str:
    return f"dispute:{dispute.pk}"
