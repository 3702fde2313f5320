"""The verbs of a difference between a processor's books and ours: adopted, or looked into. The ledger only grows by them."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from campaigns import giving
from campaigns.giving.arriving import BooksDiffer, allow, move
from campaigns.giving.beginning import donor_for, locked
from campaigns.giving.intent import adopted_key, new_reference
from campaigns.models import Campaign, Difference, Donation, Donor, GiftName, LedgerEntry, ProcessorTransaction
from campaigns.processors.base import Movement, MovementKind, Payment, PaymentStatus, ProcessorError
from newsroom import alarms, audit, money

Kind = ProcessorTransaction.Kind
Side, Status = Difference.Side, Difference.Status
UNKNOWN = "Unknown donor"


def gift_of(line: ProcessorTransaction) -> Donation | None:
    """The gift of ours that a line of theirs belongs to."""
    gifts = Donation.objects.filter(processor=line.processor)
    ref = line.ref if line.kind == Kind.PAYMENT else line.payment
    known = gifts.filter(processor_ref=ref).first() if ref else None
    known = known or _imported(line.processor, {ref, line.also} - {""})
    if known or line.kind != Kind.PAYMENT:
        return known
    token = _uuid(line.key)
    return gifts.filter(token=token, processor_ref="").first() if token else None


def _imported(processor: str, names: set[str]) -> Donation | None:
    """One that another system's export brought, booked under that system's name."""
    found = GiftName.objects.filter(source=processor, name__in=names).select_related("donation").first() if names else None
    return found.donation if found else None


def adopt_by_itself(difference: Difference, *, at: datetime) -> bool:
    """What belongs to a gift that we know is looked up at the processor, as for any event. False: that says nothing of it."""
    line = _line(difference)
    donation = gift_of(line)
    if donation is None or donation.processor != line.processor:
        return False
    giving.settle(donation, at=at)
    return _is_entered(line) and _close(difference, Status.ADOPTED, by=None, at=at)


def adopt(
    difference: Difference,
    *,
    by: User | None,
    at: datetime,
    campaign: Campaign | None = None,
    email: str = "",
    name: str = "",
    mail: bool = True,
) -> Difference:
    """Theirs only → ours too. Of a gift that we know the truth is looked up; where that does not tell, their line is
    believed. A payment that nobody knows becomes a gift to `campaign`, without an address from an unknown donor.

    The same again changes nothing. ValidationError says what is missing; ProcessorError passes through when the gift is
    known and its processor gives no answer.
    """
    allow(by)
    line = _line(difference)
    if not _is_entered(line):
        donation = gift_of(line)
        if donation and donation.processor != line.processor:
            raise ValidationError(f"It was imported as {donation.reference}. Mark it as looked into.")
        donation = donation or _gift_from(line, campaign=campaign, email=email, name=name)
        _look_up(donation, at=at, mail=mail)
        if not _is_entered(line):
            _believe(donation, line, at=at, mail=mail)
    _close(difference, Status.ADOPTED, by=by, at=at)
    difference.refresh_from_db()
    return difference


def explain(difference: Difference, *, note: str, by: User | None, at: datetime) -> Difference:
    """Somebody looked into it, and says what it is. The ledger stays as it is."""
    allow(by)
    if not note.strip():
        raise ValidationError("Write down what it is, for whoever asks later.")
    _close(difference, Status.EXPLAINED, by=by, at=at, note=note.strip())
    difference.refresh_from_db()
    return difference


def heed(name: str, *, at: datetime, is_new: bool = False) -> None:
    """An alarm stands while there are open differences, and sounds again when there are new ones."""
    key, link = f"reconcile:{name}", reverse("admin:campaigns_difference_changelist") + f"?processor={name}"
    is_open = Difference.objects.filter(processor=name, status=Status.OPEN).exists()
    with transaction.atomic():
        if is_new or not is_open:
            alarms.over(key, at=at)
        if is_open:
            alarms.sound(key, f"The books of {name} and ours differ. See what they have, and what we have.", at=at, link=link)


def _look_up(donation: Donation, *, at: datetime, mail: bool) -> None:
    """Books that answer for another gift's payment, or have none of it, are no obstacle: the line itself is there."""
    try:
        giving.settle(donation, at=at, mail=mail)
    except BooksDiffer:
        pass
    except ProcessorError:
        if donation.submit_key != adopted_key(donation.processor, donation.processor_ref):  # of a payment that we never began,
            raise  # a processor may know nothing by this name


def _gift_from(line: ProcessorTransaction, *, campaign: Campaign | None, email: str, name: str) -> Donation:
    if line.kind != Kind.PAYMENT:
        raise ValidationError("The payment that this belongs to is not in our books. Adopt the payment first.")
    if campaign is None:
        raise ValidationError("Choose the campaign that this gift was for.")
    if line.amount <= 0 or line.currency not in money.TENDER:
        raise ValidationError(f"A gift of {line.amount} {line.currency} cannot be kept.")
    once = adopted_key(line.processor, line.ref)
    token = _uuid(line.key)
    columns: dict[str, Any] = {
        "token": token if token and not Donation.objects.filter(token=token).exists() else uuid4(),
        "fingerprint": once,
        "campaign": campaign,
        "donor": lambda: donor_for(email, name) if email else Donor.objects.create(name=name or UNKNOWN),
        "amount": line.amount,
        "currency": line.currency,
        "name": name,
        "processor": line.processor,
        "processor_ref": line.ref,
        "reference": new_reference(),
        "status": Donation.Status.AWAITED,
        "created_at": line.at,
    }
    return Donation.objects.get_or_create(submit_key=once, defaults=columns)[0]


def _believe(donation: Donation, line: ProcessorTransaction, *, at: datetime, mail: bool) -> None:
    """Their line says it, and the look-up did not."""
    try:
        if line.kind == Kind.PAYMENT:
            paid = {"status": PaymentStatus.PAID, "amount": line.amount, "currency": line.currency}
            payment = Payment(ref=line.ref, key="", paid_at=line.at, fee=line.fee or None, **paid)  # type: ignore[arg-type]
            giving.record(donation, payment, at=at, mail=mail)
        else:
            _move(donation, line, at=at, mail=mail)
    except BooksDiffer as error:
        raise ValidationError(f"It does not fit our books: {error}") from error
    if not _is_entered(line):
        raise ValidationError("This gift arrived already, by another payment. Mark this one as looked into, or send it back.")


def _move(donation: Donation, line: ProcessorTransaction, *, at: datetime, mail: bool) -> None:
    if not donation.is_received:
        raise ValidationError("The payment that this belongs to is not in our books. Adopt the payment first.")
    if giving.currency_of(donation) != line.currency:
        raise ValidationError(f"This is in {line.currency}, and the gift came in {giving.currency_of(donation)}.")
    movement = Movement(line.ref, MovementKind(line.kind), abs(line.amount), line.at, key=line.key)
    with transaction.atomic():
        move(locked(donation), [movement], at=at, mail=mail)


def _line(difference: Difference) -> ProcessorTransaction:
    if difference.transaction is None or difference.side != Side.THEIRS:
        raise ValidationError("Only what the processor alone has can be adopted.")
    return difference.transaction


def _is_entered(line: ProcessorTransaction) -> bool:
    kind = LedgerEntry.Kind.GIFT if line.kind == Kind.PAYMENT else line.kind
    return LedgerEntry.objects.filter(processor=line.processor, kind=kind, processor_ref=line.ref).exists()


def _close(difference: Difference, status: Difference.Status, *, by: User | None, at: datetime, note: str = "") -> bool:
    """False when somebody else was quicker."""
    with transaction.atomic():
        found = Difference.objects.select_for_update(no_key=True).filter(pk=difference.pk, status=Status.OPEN)
        settled = {"status": status, "note": note[:300], "problem": "", "settled_at": at, "settled_by": by}
        if not found.update(**settled):
            return False
        audit.record(by, status.label.lower(), difference, at=at)
        heed(difference.processor, at=at)
    return True


def _uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None
