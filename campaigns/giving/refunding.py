"""Money that goes back at our own doing."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils import formats, timezone

from campaigns import processors
from campaigns.giving.arriving import allow, currency_of, left, locked, move, settle
from campaigns.giving.once_more import ask_of_refund
from campaigns.models import Donation, Refund
from campaigns.processors.base import Movement, ProcessorFault, Refused
from newsroom import money

KEYS_ARE_KNOWN_FOR = timedelta(hours=20)  # Stripe forgets an idempotency key after 24


def refund(
    donation: Donation,
    *,
    amount: int,
    key: UUID,
    by: User | None,
    at: datetime,
    note: str = "",
    newer_than: int | None = None,
) -> Refund:
    """Send back up to what is left of the gift, once per `key` (the form's): the same call again resumes or tells the first.

    ValidationError when it is more than is left, or when the key was used for something else; with `newer_than` DoneBefore
    when the same sum went back under another key by a refund that is newer than that one. A processor's no is kept
    in the row as its problem. Uncertain passes through: the row stays open and the same call with the same key finds out.
    """
    allow(by)
    wish, is_new = _ask(donation, amount=amount, key=key, by=by, at=at, note=note, newer_than=newer_than)
    return _send(wish, at=at, is_new=is_new) if wish.status == Refund.Status.ASKED else wish


def finish_refund(wish: Refund, *, at: datetime) -> Refund:
    """Find out about a refund without an answer: asked again under its key as long as processors know it, then looked up.

    ProcessorError passes through: nothing is known yet.
    """
    donation = wish.donation
    if wish.asked_at > at - KEYS_ARE_KNOWN_FOR or processors.is_by_hand(donation.processor):
        return _send(wish, at=at, is_new=False)
    settle(donation, at=at)  # the movement that answers the wish closes it
    return _close(wish, at=at, problem="The processor's books do not have it. Send it back again, if that is still wanted.")


def _ask(
    donation: Donation, *, amount: int, key: UUID, by: User | None, at: datetime, note: str, newer_than: int | None
) -> tuple[Refund, bool]:
    with transaction.atomic():
        donation = locked(donation)
        wish = Refund.objects.filter(token=key).first()
        if wish is None:
            _check(donation, amount=amount, at=at)
            if newer_than is not None:
                ask_of_refund(donation, amount=amount, newer_than=newer_than)
            money_of = {"amount": amount, "currency": currency_of(donation)}
            asking = {"note": note[:300], "asked_by": by, "asked_at": at}
            return Refund.objects.create(token=key, donation=donation, **money_of, **asking), True
    if wish.donation_id != donation.pk:
        raise ValidationError("This form belongs to another gift. Open the gift's page again.")
    if (wish.amount, wish.note) != (amount, note[:300]):
        used = money.display(wish.amount, wish.currency)
        raise ValidationError(f"This form was used already, for {used}. Open the gift's page again for another refund.")
    return wish, False


def _check(donation: Donation, *, amount: int, at: datetime) -> None:
    asked = donation.refunds.filter(status=Refund.Status.ASKED).aggregate(sum=Sum("amount"))["sum"] or 0
    rest = left(donation) - asked if donation.is_received else 0
    if not 0 < amount <= rest:
        raise ValidationError(f"Only {money.display(max(rest, 0), currency_of(donation))} of this gift is left to send back.")
    came = timezone.localdate(donation.received_at)
    if timezone.localdate(at) < came:
        raise ValidationError(f"The gift came on {formats.date_format(came, 'j F Y')}: it cannot go back before that day.")


def _send(wish: Refund, *, at: datetime, is_new: bool) -> Refund:
    try:
        processor = processors.get(wish.donation.processor)
        movement = processor.refund(wish.donation.processor_ref, amount=wish.amount, key=str(wish.token))
    except (Refused, ProcessorFault) as refusal:
        if isinstance(refusal, ProcessorFault) and not is_new:
            raise  # says nothing of the first time, whose answer was lost
        return _close(wish, at=at, problem=str(refusal))
    # By hand it goes on the day that the person wrote down.
    return _done(wish, replace(movement, at=wish.asked_at) if processor.by_hand else movement, at=at)


def _done(wish: Refund, movement: Movement, *, at: datetime) -> Refund:
    with transaction.atomic():
        move(locked(wish.donation), [replace(movement, key=str(wish.token))], at=at)
        wish.refresh_from_db()
    return wish


def _close(wish: Refund, *, at: datetime, problem: str) -> Refund:
    """Failed, unless it has been answered meanwhile."""
    asked = Refund.objects.filter(pk=wish.pk, status=Refund.Status.ASKED)
    asked.update(status=Refund.Status.FAILED, settled_at=at, problem=problem[:300])
    wish.refresh_from_db()
    return wish
