"""What really came: taken from the processor's books, or from the hand of the person who opened the envelope."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from campaigns import pledges, processors, receipts
from campaigns.giving.beginning import donor_for, locked, opened
from campaigns.giving.intent import MAXIMUM, new_reference, submit_key
from campaigns.models import Campaign, Donation, Donor, Instalment, LedgerEntry
from campaigns.processors.base import Movement, Payment, PaymentStatus, ProcessorError, Redirect
from newsroom import money

logger = logging.getLogger(__name__)
Kind = LedgerEntry.Kind
Status = Donation.Status
SIGNS = {Kind.REFUND: -1, Kind.REFUND_FAILED: 1, Kind.DISPUTE: -1, Kind.DISPUTE_WON: 1}
ENDED = {PaymentStatus.DECLINED: Status.DECLINED, PaymentStatus.CANCELLED: Status.CANCELLED}


class BooksDiffer(ProcessorError):
    """The processor says what cannot be: another gift's payment, more refunded than paid. Nothing is written."""


def allow(user: User | None) -> None:
    """None is the newsroom itself: a job, an import."""
    if user is not None and not user.has_perm("campaigns.record_donation"):
        raise PermissionDenied("You may not record, refund or settle gifts.")


def settle(donation: Donation, *, at: datetime, mail: bool = True) -> Donation:
    """Look the truth up at the gift's processor and write it down. ProcessorError passes through: ask again later."""
    processor = processors.get(donation.processor)
    ref = donation.processor_ref
    payment = processor.look_up(ref) if ref else processor.find(donation.key)
    return record(donation, payment, at=at, mail=mail) if payment else donation


def record(donation: Donation, payment: Payment, *, at: datetime, mail: bool = True) -> Donation:
    """Write down what the processor's books say. Any order and number of repetitions leads to the same rows.

    What was received stays received; movements are known by the processor's own names; an answer that is older than
    what we know changes nothing. BooksDiffer when it cannot be true.
    """
    with transaction.atomic():
        donation = locked(donation)
        _check(donation, payment)
        if not donation.processor_ref:
            opened(donation, Redirect(url="", ref=payment.ref))
            donation.processor_ref = payment.ref
        if payment.status == PaymentStatus.PAID:
            _receive(donation, payment, at=at, mail=mail)
            move(donation, payment.movements)
        elif donation.is_unfinished:
            _progress(donation, payment)
    return donation


def record_arrival(
    donation: Donation, *, amount: int, by: User | None, at: datetime, note: str = "", mail: bool = True
) -> Donation:
    """A promised cheque or transfer is here, with what was really on it. A second call changes nothing."""
    allow(by)
    _sound(amount)
    with transaction.atomic():
        donation = locked(donation)
        if donation.is_received:
            return donation
        if donation.processor != "offline":
            raise ValidationError("Only cheques and transfers are recorded by hand; this gift is with a payment processor.")
        _arrive(donation, amount=amount, currency=donation.currency, ref=donation.reference, by=by, note=note, at=at, mail=mail)
    return donation


def record_cheque(
    campaign: Campaign,
    *,
    amount: int,
    key: str,
    by: User | None,
    at: datetime,
    email: str = "",
    name: str = "",
    anonymous: bool = False,
    note: str = "",
    mail: bool = True,
) -> Donation:
    """A gift that came without a form: by cheque, transfer or in cash, also after the campaign's end. Once per `key`."""
    allow(by)
    _sound(amount)
    once = submit_key(key, "cheque", campaign.pk)
    columns: dict[str, Any] = {
        "fingerprint": once,
        "campaign": campaign,
        "donor": lambda: donor_for(email, name),  # made only when the gift is
        "amount": amount,
        "currency": campaign.currency,
        "name": name,
        "anonymous": anonymous,
        "processor": "offline",
        "reference": (reference := new_reference()),
        "processor_ref": reference,
        "status": Status.AWAITED,
        "created_at": at,
    }
    donation, _ = Donation.objects.get_or_create(submit_key=once, defaults=columns)
    return record_arrival(donation, amount=amount, by=by, note=note, at=at, mail=mail)


def move(
    donation: Donation, movements: Sequence[Movement], *, at: datetime | None = None, by: User | None = None, note: str = ""
) -> None:
    """A line each for money that went back or came again, at its own moment unless another is given. The gift must be
    locked. Known movements change nothing."""
    known = set(donation.entries.values_list("kind", "processor_ref"))
    for movement in movements:
        kind = Kind(movement.kind.value)
        if movement.amount <= 0:
            raise BooksDiffer(f"Gift {donation.pk}: a {kind.label.lower()} of {movement.amount}.")
        if (kind, movement.ref) not in known:
            amount = SIGNS[kind] * movement.amount
            _enter(donation, kind=kind, amount=amount, ref=movement.ref, by=by, note=note, at=at or movement.at)
            if kind == Kind.DISPUTE and donation.pledge:
                pledges.pause(donation.pledge)
    if donation.entries.filter(kind__in=[Kind.GIFT, Kind.REFUND, Kind.REFUND_FAILED]).total() < 0:
        raise BooksDiffer(f"Gift {donation.pk}: more was refunded than came.")


def left(donation: Donation) -> int:
    """What is left of a gift, in minor units: the sum of its lines."""
    return donation.entries.total()


def _check(donation: Donation, payment: Payment) -> None:
    if payment.key and payment.key != donation.key:
        raise BooksDiffer(f"Gift {donation.pk}: the processor names another gift's payment.")
    if donation.processor_ref and payment.ref != donation.processor_ref:
        raise BooksDiffer(f"Gift {donation.pk}: the processor names another payment.")


def _receive(donation: Donation, payment: Payment, *, at: datetime, mail: bool) -> None:
    if donation.is_received:
        return
    if payment.amount <= 0 or payment.currency not in money.CURRENCIES:
        raise BooksDiffer(f"Gift {donation.pk}: paid with {payment.amount} {payment.currency}.")
    paid_at = payment.paid_at or at
    _arrive(donation, amount=payment.amount, currency=payment.currency, ref=payment.ref, at=paid_at, mail=mail)
    if donation.pledge and (payment.amount, payment.currency) == (donation.amount, donation.currency):
        pledges.activate(donation.pledge, first=donation, mandate=payment.mandate)


def _progress(donation: Donation, payment: Payment) -> None:
    if payment.status in ENDED:
        donation.status, donation.problem = ENDED[payment.status], payment.problem
        donation.save(update_fields=["status", "problem"])
        Instalment.objects.filter(donation=donation).update(status=Instalment.Status.FAILED, problem=payment.problem)
    elif payment.status == PaymentStatus.PENDING and donation.status == Status.BEGUN:
        donation.status = Status.AWAITED
        donation.save(update_fields=["status"])
        Instalment.objects.filter(donation=donation).update(status=Instalment.Status.ASKED)


def _arrive(
    donation: Donation, *, amount: int, currency: str, ref: str, at: datetime, mail: bool, by: User | None = None, note: str = ""
) -> None:
    """Received, its line in the ledger and its receipt, in one transaction."""
    donation.status, donation.received_at = Status.RECEIVED, at
    donation.problem = _difference(donation, amount, currency)
    donation.save(update_fields=["status", "received_at", "problem"])
    _enter(donation, kind=Kind.GIFT, amount=amount, currency=currency, ref=ref, by=by, note=note or donation.problem, at=at)
    Instalment.objects.filter(donation=donation).update(status=Instalment.Status.PAID, problem="")
    Donor.objects.filter(pk=donation.donor_id, name="").update(name=donation.name)
    if donation.processor == "offline" and donation.pledge:
        pledges.activate(donation.pledge, first=donation, mandate="")
    receipts.issue(donation, at=at, mail=mail)
    logger.info("Gift %s received: %s %s", donation.pk, amount, currency)


def _enter(
    donation: Donation,
    *,
    kind: str,
    amount: int,
    ref: str,
    at: datetime,
    by: User | None,
    note: str,
    currency: str = "",
) -> None:
    LedgerEntry.objects.create(
        donation=donation,
        campaign=donation.campaign,
        kind=kind,
        amount=amount,
        currency=currency or _currency_of(donation),
        processor=donation.processor,
        processor_ref=ref,
        at=at,
        recorded_by=by,
        note=note[:300],
    )


def _currency_of(donation: Donation) -> str:
    """What it came in: money goes back in the currency it came in."""
    return LedgerEntry.objects.filter(donation=donation, kind=Kind.GIFT).values_list("currency", flat=True).get()


def _difference(donation: Donation, amount: int, currency: str) -> str:
    if (amount, currency) == (donation.amount, donation.currency):
        return ""
    came, asked = money.display(amount, currency), money.display(donation.amount, donation.currency)
    return f"{came} came instead of {asked}."


def _sound(amount: int) -> None:
    if not 0 < amount <= MAXIMUM:
        raise ValidationError("The amount must be more than nothing and less than a fortune.")
