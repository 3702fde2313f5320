"""Money that goes back at our own doing."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum

from campaigns import processors
from campaigns.giving.arriving import allow, left, locked, move
from campaigns.models import Donation, Refund
from campaigns.processors.base import Movement, ProcessorFault, Refused
from newsroom import money


def refund(donation: Donation, *, amount: int, key: UUID, by: User | None, at: datetime, note: str = "") -> Refund:
    """Send back up to what is left of the gift, once per `key` (the form's): a second call resumes or tells the first.

    ValidationError when it is more than is left. A processor's no is kept in the row as its problem. Uncertain passes
    through: the row stays open and the same call with the same key finds out.
    """
    allow(by)
    wish = _ask(donation, amount=amount, key=key, by=by, at=at, note=note)
    if wish.status != Refund.Status.ASKED:
        return wish
    try:
        movement = processors.get(donation.processor).refund(donation.processor_ref, amount=wish.amount, key=str(wish.token))
    except (Refused, ProcessorFault) as refusal:
        return _close(wish, Refund.Status.FAILED, at=at, problem=str(refusal))
    return _done(wish, movement, at=at)


def _ask(donation: Donation, *, amount: int, key: UUID, by: User | None, at: datetime, note: str) -> Refund:
    with transaction.atomic():
        donation = locked(donation)
        wish = Refund.objects.filter(token=key).first()
        if wish is None:
            asked = donation.refunds.filter(status=Refund.Status.ASKED).aggregate(sum=Sum("amount"))["sum"] or 0
            rest = left(donation) - asked if donation.is_received else 0
            if not 0 < amount <= rest:
                raise ValidationError(f"Only {money.display(max(rest, 0), donation.currency)} of this gift is left to send back.")
            wish = Refund.objects.create(token=key, donation=donation, amount=amount, note=note, asked_by=by, asked_at=at)
        elif wish.donation_id != donation.pk:
            raise ValidationError("This form belongs to another gift. Open the gift's page again.")
    return wish


def _done(wish: Refund, movement: Movement, *, at: datetime) -> Refund:
    with transaction.atomic():
        donation = locked(wish.donation)
        move(donation, [movement], at=at, by=wish.asked_by, note=wish.note)
        return _close(wish, Refund.Status.DONE, at=at)


def _close(wish: Refund, status: Refund.Status, *, at: datetime, problem: str = "") -> Refund:
    Refund.objects.filter(pk=wish.pk, status=Refund.Status.ASKED).update(status=status, settled_at=at, problem=problem[:300])
    wish.refresh_from_db()
    return wish
