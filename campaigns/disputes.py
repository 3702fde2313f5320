"""The verbs of a dispute: a donor's bank took a gift back, and the newsroom may answer with evidence until a day; and of an
inquiry, in which the bank asks and takes nothing.

The money's way stands in the ledger (giving.move); here is what people have to do. Nothing but this module changes a dispute.
Locks: the gift before its dispute.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from campaigns import deadlines, mailing, receipts, statements
from campaigns.models import Dispute, Donation
from campaigns.processors.base import Inquiry, Movement, MovementKind, Standing
from newsroom import audit

Status = Dispute.Status
BEFORE_ITS_END = timedelta(days=3)
OVER_AFTER = timedelta(days=1)
SILENT_AFTER = timedelta(days=7)  # one without a last day is called to mind then
LONG_AGO = timedelta(days=60)  # loaded with past gifts: nobody is alarmed or written to any more
DECIDED = {Standing.LOST: Status.LOST, Standing.CLOSED: Status.CLOSED}


def follow(donation: Donation, movement: Movement, *, currency: str, at: datetime, mail: bool = True) -> bool:
    """What the processor's books say of a dispute, however often they say it. True when this decided it: then the gift's
    papers are to follow. The gift's lock is held."""
    if movement.kind == MovementKind.DISPUTE_WON:
        won = _of(donation, movement)
        return won is not None and _settle(won, Status.WON, at=movement.at)
    dispute, is_new = _row(donation, movement, currency)
    if is_new:
        _begin(dispute, at=at, mail=mail)
    elif dispute.is_inquiry:
        _escalate(dispute, movement, at=at, mail=mail)
    else:
        _learn(dispute, movement, at=at)
    return _stand(dispute, movement, at=at)


def inquire(donation: Donation, inquiry: Inquiry, *, currency: str, at: datetime, mail: bool = True) -> None:
    """A bank asks, and took nothing: it is to be answered in time, and nothing else changes. Totals and papers stand, the
    donor is not written to, and a regular gift goes on: most inquiries are a name that was not known on a statement. The
    gift's lock is held."""
    dispute, is_new = _row(donation, inquiry, currency, is_inquiry=True)
    if not dispute.is_inquiry:  # a dispute by now, and this is an older answer
        return
    if not is_new:
        _learn(dispute, inquiry, at=at)
    elif inquiry.standing == Standing.OPEN:
        _begin(dispute, at=at, mail=mail)
    _stand(dispute, inquiry, at=at)


def answer(dispute: Dispute, *, by: User | None, at: datetime) -> Dispute:
    """Open → answered: the evidence is with the processor. Its decision comes by itself."""
    allow(by)
    with transaction.atomic():
        dispute = locked(dispute)
        if dispute.status == Status.OPEN:
            dispute.status, dispute.evidence_sent_at = Status.ANSWERED, at
            dispute.save(update_fields=["status", "evidence_sent_at"])
            deadlines.quiet(dispute, at=at)
            audit.record(by, "answered", dispute, at=at)
    return dispute


def close(dispute: Dispute, *, by: User | None, at: datetime) -> Dispute:
    """By what a person read at the processor's own site: an undecided dispute is lost, an inquiry over. Won needs nobody:
    the money that comes back says so, also after this."""
    allow(by)
    with transaction.atomic():
        if _decide(dispute, at=at):
            audit.record(by, "closed", dispute, at=at)
    dispute.refresh_from_db()
    return dispute


def allow(by: User | None) -> None:
    if by is not None and not by.has_perm("campaigns.record_donation"):
        raise PermissionDenied("You may not answer or close disputes.")


def watch(*, at: datetime) -> int:
    """Alarm once more three days before the end, or where there is no such day after a week; a dispute that nobody answered
    is lost a day after its end. Returns how many were alarmed."""
    opened = Dispute.objects.filter(status=Status.OPEN)
    for dispute in opened.filter(is_inquiry=False, answer_by__lte=at - OVER_AFTER):
        with transaction.atomic():
            _decide(dispute, at=at, only=Status.OPEN)
    ending = Q(answer_by__lte=at + BEFORE_ITS_END, answer_by__gt=at) | Q(answer_by=None, opened_at__lte=at - SILENT_AFTER)
    return sum(_remind(dispute, at=at) for dispute in opened.filter(ending, reminded_at=None))


def locked(dispute: Dispute) -> Dispute:
    return Dispute.objects.select_for_update(no_key=True).get(pk=dispute.pk)


def _row(donation: Donation, told: Movement | Inquiry, currency: str, *, is_inquiry: bool = False) -> tuple[Dispute, bool]:
    columns = {"donation": donation, "amount": told.amount, "currency": currency, "is_inquiry": is_inquiry, **_told(told)}
    dispute, is_new = Dispute.objects.get_or_create(processor=donation.processor, processor_ref=told.ref, defaults=columns)
    return locked(dispute), is_new


def _of(donation: Donation, movement: Movement) -> Dispute | None:
    """The dispute that money came back for: some processors name it again, others give it a name of its own."""
    ours = Dispute.objects.filter(donation=donation, processor=donation.processor, is_inquiry=False).order_by("pk")
    same, unsettled = ours.filter(processor_ref=movement.ref), ours.exclude(status=Status.WON)
    return same.first() or unsettled.filter(amount=movement.amount).first() or unsettled.first()


def _told(told: Movement | Inquiry) -> dict[str, object]:
    return {"reason": told.reason[:200], "opened_at": told.at, "answer_by": told.answer_by}


def _begin(dispute: Dispute, *, at: datetime, mail: bool) -> None:
    if dispute.opened_at < at - LONG_AGO or not mail:
        Dispute.objects.filter(pk=dispute.pk).update(told_at=at, reminded_at=at)
        return
    deadlines.sound(dispute, at=at)
    if dispute.donation.donor.email and not dispute.is_inquiry:
        mailing.later("dispute", dispute.donation)


def _escalate(dispute: Dispute, movement: Movement, *, at: datetime, mail: bool) -> None:
    """The bank was not content, and took the money: the same row, to be answered anew."""
    news: dict[str, Any] = {"is_inquiry": False, "amount": movement.amount, "status": Status.OPEN, **_told(movement)}
    news |= dict.fromkeys(["evidence_sent_at", "settled_at", "reminded_at", "told_at"])
    for name, value in news.items():
        setattr(dispute, name, value)
    dispute.save(update_fields=list(news))
    deadlines.quiet(dispute, at=at)
    _begin(dispute, at=at, mail=mail)


def _learn(dispute: Dispute, told: Movement | Inquiry, *, at: datetime) -> None:
    """What was not known when it opened, or was put off; or more evidence is wanted, until a later day. That it was answered
    on our word alone is not taken back."""
    known = dispute.answer_by
    news = {"reason": told.reason[:200], "answer_by": told.answer_by}
    changed: dict[str, Any] = {name: value for name, value in news.items() if value and value != getattr(dispute, name)}
    is_later = bool(known and told.answer_by and told.answer_by > known)
    asks_again = dispute.status == Status.ANSWERED and told.standing == Standing.OPEN and is_later
    if asks_again:
        changed |= {"status": Status.OPEN, "reminded_at": None}
    for name, value in changed.items():
        setattr(dispute, name, value)
    if changed:
        dispute.save(update_fields=list(changed))
    if asks_again:
        deadlines.sound(dispute, at=at)


def _stand(dispute: Dispute, told: Movement | Inquiry, *, at: datetime) -> bool:
    if told.standing in DECIDED:
        return _settle(dispute, DECIDED[told.standing], at=at)
    if told.standing == Standing.ANSWERED and dispute.status == Status.OPEN:
        Dispute.objects.filter(pk=dispute.pk).update(status=Status.ANSWERED)
        deadlines.quiet(dispute, at=at)
    return False


def _settle(dispute: Dispute, status: Dispute.Status, *, at: datetime) -> bool:
    """Won stays won: money came back for it."""
    settled = Dispute.objects.filter(pk=dispute.pk).exclude(status__in={status, Status.WON})
    is_new = bool(settled.update(status=status, settled_at=at))
    if is_new:
        deadlines.quiet(dispute, at=at)
    return is_new


def _decide(dispute: Dispute, *, at: datetime, only: Dispute.Status | None = None) -> bool:
    """Against us, and its papers follow. Inside a transaction."""
    donation = Donation.objects.select_for_update(no_key=True).get(pk=dispute.donation_id)
    dispute = locked(dispute)
    if dispute.is_over or (only and dispute.status != only):
        return False
    _settle(dispute, Status.CLOSED if dispute.is_inquiry else Status.LOST, at=at)
    receipts.follow(donation, at=at, mail=dispute.opened_at >= at - LONG_AGO)
    statements.follow(donation)
    return True


def _remind(dispute: Dispute, *, at: datetime) -> bool:
    with transaction.atomic():
        dispute = locked(dispute)
        if dispute.status != Status.OPEN or dispute.reminded_at:
            return False
        dispute.reminded_at = at
        dispute.save(update_fields=["reminded_at"])
        return deadlines.sound_again(dispute, at=at)
