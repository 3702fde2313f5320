"""What really came: taken from the processor's books, or from the hand of the person who opened the envelope."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import formats, timezone

from campaigns import disputes, donors, dunning, guard, pledges, processors, receipts, renewing, statements, wall
from campaigns.giving import looks
from campaigns.giving.beginning import donor_for, locked, opened
from campaigns.giving.intent import MAXIMUM, adopted_key, new_reference, submit_key
from campaigns.giving.once_more import cheque_print
from campaigns.models import Campaign, Donation, Hold, Instalment, LedgerEntry, Refund
from campaigns.pages import gifts
from campaigns.processors.base import Movement, Payment, PaymentStatus, Processor, ProcessorError, Redirect, Refused
from newsroom import money
from newsroom.pages import touch

logger = logging.getLogger(__name__)
Kind = LedgerEntry.Kind
Status = Donation.Status
SIGNS = {Kind.REFUND: -1, Kind.REFUND_FAILED: 1, Kind.DISPUTE: -1, Kind.DISPUTE_WON: 1}
EARLIEST = 2000  # the year: a day before it is a slip of the hand
ENDED = {PaymentStatus.DECLINED: Status.DECLINED, PaymentStatus.CANCELLED: Status.CANCELLED}


class BooksDiffer(ProcessorError):
    """The processor says what cannot be: another gift's payment, more refunded than paid. Nothing is written."""


def allow(user: User | None) -> None:
    """None is the newsroom itself: a job, an import."""
    if user is not None and not user.has_perm("campaigns.record_donation"):
        raise PermissionDenied("You may not record, refund or settle gifts.")


def settle(donation: Donation, *, at: datetime, mail: bool = True, ref: str = "") -> Donation:
    """Look the truth up at the gift's processor and write it down. ProcessorError passes through: ask again later.

    `ref` is the payment's name where an event brought it: of use while we do not know it, because the answer was lost.
    """
    processor = processors.get(donation.processor)
    payment = _told(processor, donation, ref=ref)
    return record(donation, payment, at=at, mail=mail) if payment else donation


def _told(processor: Processor, donation: Donation, *, ref: str) -> Payment | None:
    if donation.processor_ref:
        return processor.look_up(donation.processor_ref)
    try:
        payment = processor.look_up(ref) if ref else None
    except Refused:
        payment = None
    return payment if payment and payment.key == donation.key else processor.find(donation.key)


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
            renewing.arrived(donation, mandate=payment.mandate, method=payment.method, at=at)
            if payment.fee is not None and payment.fee != donation.fee:  # often told later than the payment
                donation.fee = payment.fee
                donation.save(update_fields=["fee"])
            move(donation, payment.movements, at=at, mail=mail)
            for inquiry in payment.inquiries:
                disputes.inquire(donation, inquiry, currency=currency_of(donation), at=at, mail=mail)
        elif donation.is_unfinished:
            _progress(donation, payment, at=at)
    guard.told(donation, at=at)
    return donation


def record_arrival(
    donation: Donation, *, amount: int, by: User | None, at: datetime, note: str = "", mail: bool = True
) -> Donation:
    """A promised cheque or transfer is here, with what was really on it. The same again changes nothing.

    ValidationError when something else was recorded already.
    """
    allow(by)
    _sound(amount, at)
    with transaction.atomic():
        donation = locked(donation)
        if not processors.is_by_hand(donation.processor):
            raise ValidationError("Only cheques and transfers are recorded by hand; this gift is with a payment processor.")
        if donation.is_received:
            _same_arrival(donation, amount=amount, note=note, at=at)
            return donation
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
    """A gift that came without a form: by cheque, transfer or in cash, also after the campaign's end. Once per `key`:
    the same again tells the first, something else under it is refused."""
    allow(by)
    _sound(amount, at)
    told: dict[str, Any] = {"email": email, "name": name, "anonymous": anonymous, "note": note}
    fingerprint = cheque_print(campaign, amount=amount, at=at, **told)
    columns: dict[str, Any] = {
        "fingerprint": fingerprint,
        "campaign": campaign,
        "donor": lambda: donor_for(email, name),  # made only when the gift is
        "amount": amount,
        "currency": campaign.currency,
        "name": name,
        "anonymous": anonymous,
        "processor": processors.by_hand(),
        "reference": (reference := new_reference()),
        "processor_ref": reference,
        "status": Status.AWAITED,
        "created_at": at,
    }
    donation, _ = Donation.objects.get_or_create(submit_key=submit_key(key, "cheque", 0), defaults=columns)
    if donation.fingerprint != fingerprint:
        recorded = money.display(donation.amount, donation.currency)
        raise ValidationError(f"This form was used already, for a gift of {recorded}. Open a new one for another gift.")
    return record_arrival(donation, amount=amount, by=by, note=note, at=at, mail=mail)


def move(donation: Donation, movements: Sequence[Movement], *, at: datetime, mail: bool = True) -> None:
    """A line each for money that went back or came again, never before the gift itself. The gift must be locked.

    Known movements change nothing. One that answers a wish of ours closes it, whoever brings it.
    """
    known = set(donation.entries.values_list("kind", "processor_ref"))
    wishes = {str(wish.token): wish for wish in donation.refunds.select_related("asked_by")} if movements else {}
    changed = any((movement.kind.value, movement.ref) not in known for movement in movements)
    for movement in movements:
        kind = Kind(movement.kind.value)
        if movement.amount <= 0:
            raise BooksDiffer(f"Gift {donation.pk}: a {kind.label.lower()} of {movement.amount}.")
        wish = wishes.get(movement.key) if kind == Kind.REFUND else None
        moment = max(movement.at, donation.received_at or movement.at)
        if (kind, movement.ref) not in known:
            by, note = (wish.asked_by, wish.note) if wish else (None, "")
            _enter(donation, kind=kind, amount=SIGNS[kind] * movement.amount, ref=movement.ref, by=by, note=note, at=moment)
            if kind == Kind.DISPUTE and donation.pledge:
                pledges.pause(donation.pledge, at=at, why="A gift of it was disputed.")
        if kind in {Kind.DISPUTE, Kind.DISPUTE_WON}:
            changed |= disputes.follow(donation, movement, currency=currency_of(donation), at=at, mail=mail)
        if wish and wish.status != Refund.Status.DONE:
            wish.status, wish.settled_at, wish.problem = Refund.Status.DONE, moment, ""
            wish.save(update_fields=["status", "settled_at", "problem"])
    if donation.entries.filter(kind__in=[Kind.GIFT, Kind.REFUND, Kind.REFUND_FAILED]).total() < 0:
        raise BooksDiffer(f"Gift {donation.pk}: more was refunded than came.")
    if changed:
        receipts.follow(donation, at=at, mail=mail)
        statements.follow(donation)


def left(donation: Donation) -> int:
    """What is left of a gift, in minor units: the sum of its lines."""
    return donation.entries.total()


def currency_of(donation: Donation) -> str:
    """What it came in, and goes back in; what was promised while nothing came."""
    came = LedgerEntry.objects.filter(donation=donation, kind=Kind.GIFT).values_list("currency", flat=True).first()
    return came or donation.currency


def _check(donation: Donation, payment: Payment) -> None:
    adopted = donation.submit_key == adopted_key(donation.processor, donation.processor_ref)  # it may have another shop's key
    if payment.key and payment.key != donation.key and not adopted:
        raise BooksDiffer(f"Gift {donation.pk}: the processor names another gift's payment.")
    if donation.processor_ref and payment.ref != donation.processor_ref:
        raise BooksDiffer(f"Gift {donation.pk}: the processor names another payment.")


def _receive(donation: Donation, payment: Payment, *, at: datetime, mail: bool) -> None:
    if donation.is_received:
        if donation.pledge and payment.mandate:
            pledges.keep(donation.pledge, processor=donation.processor, mandate=payment.mandate)
        return
    if payment.amount <= 0 or payment.currency not in money.CURRENCIES:
        raise BooksDiffer(f"Gift {donation.pk}: paid with {payment.amount} {payment.currency}.")
    paid_at = payment.paid_at or at
    if paid_at.year < EARLIEST:
        raise BooksDiffer(f"Gift {donation.pk}: paid in {paid_at.year}.")
    donation.method = payment.method[:100] if donors.is_known(donation.donor_id) else ""
    donation.save(update_fields=["method"])
    _arrive(donation, amount=payment.amount, currency=payment.currency, ref=payment.ref, at=paid_at, mail=mail)
    if donation.pledge and (payment.amount, payment.currency) == (donation.amount, donation.currency):
        pledges.activate(donation.pledge, first=donation, mandate=payment.mandate, method=payment.method)


def _progress(donation: Donation, payment: Payment, *, at: datetime) -> None:
    if payment.status in ENDED:
        donation.status, donation.problem = ENDED[payment.status], payment.problem
        donation.save(update_fields=["status", "problem"])
        final = payment.needs_donor or payment.is_final
        dunning.failed(donation, at=at, problem=payment.problem, needs_donor=final)
    elif payment.status == PaymentStatus.HELD:
        _keep_held(donation, at=at)
    elif payment.status == PaymentStatus.PENDING and donation.status == Status.BEGUN:
        donation.status, donation.look_at = Status.AWAITED, at + looks.FIRST
        donation.save(update_fields=["status", "look_at"])
        Instalment.objects.filter(donation=donation).update(status=Instalment.Status.ASKED)


def _keep_held(donation: Donation, *, at: datetime) -> None:
    """The money is reserved. Nothing stands in the ledger before it is taken."""
    if donation.status != Status.HELD:
        donation.status, donation.look_at = Status.HELD, at + looks.FIRST
        donation.save(update_fields=["status", "look_at"])
    Hold.objects.get_or_create(donation=donation, defaults={"held_at": at})


def _arrive(
    donation: Donation, *, amount: int, currency: str, ref: str, at: datetime, mail: bool, by: User | None = None, note: str = ""
) -> None:
    """Received, its line in the ledger and its receipt, in one transaction."""
    if donation.pledge:
        pledges.locked(donation.pledge)  # before its instalment, as everybody who collects does
    donation.status, donation.received_at = Status.RECEIVED, at
    donation.problem = _difference(donation, amount, currency)
    donation.save(update_fields=["status", "received_at", "problem"])
    donors.learn(donation)  # its lock comes before the wall's and the receipts'
    _enter(donation, kind=Kind.GIFT, amount=amount, currency=currency, ref=ref, by=by, note=note or donation.problem, at=at)
    Instalment.objects.filter(donation=donation).update(status=Instalment.Status.PAID, problem="", retry_on=None)
    if donation.pledge and processors.is_by_hand(donation.processor):
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
        currency=currency or currency_of(donation),
        processor=donation.processor,
        processor_ref=ref,
        at=at,
        recorded_by=by,
        note=note[:300],
    )
    touch(gifts(donation.campaign_id))
    wall.look_again(donation)


def _difference(donation: Donation, amount: int, currency: str) -> str:
    if (amount, currency) == (donation.amount, donation.currency):
        return ""
    came, asked = money.display(amount, currency), money.display(donation.amount, donation.currency)
    return f"{came} came instead of {asked}."


def _same_arrival(donation: Donation, *, amount: int, note: str, at: datetime) -> None:
    line = donation.entries.get(kind=Kind.GIFT)
    known, told = (line.amount, line.note, timezone.localdate(line.at)), (note or donation.problem)[:300]
    if known != (amount, told, timezone.localdate(at)):
        sum_, day = money.display(line.amount, line.currency), formats.date_format(timezone.localdate(line.at), "j F Y")
        raise ValidationError(f"This arrival was recorded already: {sum_} on {day}. Nothing was changed.")


def _sound(amount: int, at: datetime) -> None:
    if not 0 < amount <= MAXIMUM:
        raise ValidationError("The amount must be more than nothing and less than a fortune.")
    if timezone.localdate(at).year < EARLIEST:
        raise ValidationError(f"The day must not be before the year {EARLIEST}.")
