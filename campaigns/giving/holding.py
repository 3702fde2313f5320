"""Gifts held for review: the bank has reserved the money, and somebody decides whether it is taken.

What was decided is written before the processor hears of it, so that a decision is made once, by one person, and a lost
answer is found out instead of asked for blindly.
"""

import logging
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from campaigns import mishaps, processors
from campaigns.giving import looks
from campaigns.giving.arriving import allow, record, settle
from campaigns.giving.beginning import locked
from campaigns.models import Donation, Hold
from campaigns.processors.base import Payment, ProcessorFault, Refused
from newsroom import alarms, audit

logger = logging.getLogger(__name__)
# Banks keep cards reserved for a week at Stripe's; PayPal promises the money for three days only.
DECIDE_WITHIN = timedelta(days=3)
WARNED_BEFORE = timedelta(days=1)
ALARM = "campaigns.holds"
AT_ONCE = 100
Wish = Hold.Wish
NO_LONGER = "This gift is not held any more: it is {}."


def take(donation: Donation, *, by: User | None, at: datetime) -> Donation:
    """Take the money of a held gift: held → received, with its entry and receipt. A second call changes nothing.

    ValidationError when it is not held any more or somebody let it go; ProcessorError passes through, and then the same
    call finds out and goes on.
    """
    return _decide(donation, Wish.TAKE, by=by, at=at)


def let_go(donation: Donation, *, by: User | None, at: datetime) -> Donation:
    """Give the reserved money free: held → cancelled; the donor is charged nothing. Otherwise as `take`."""
    return _decide(donation, Wish.LET_GO, by=by, at=at)


def finish_holds(*, at: datetime) -> int:
    """Carry out what was decided and has no answer yet; tell people of gifts that nobody decides on. How many are done now."""
    asked = Hold.objects.exclude(wish="").filter(asked_at__lte=at - looks.FIRST, donation__status=Donation.Status.HELD)
    done = sum(_finish(hold, at=at) for hold in asked.select_related("donation").order_by("asked_at")[:AT_ONCE])
    _warn(at=at)
    return done


def _decide(donation: Donation, wish: Wish, *, by: User | None, at: datetime) -> Donation:
    allow(by)
    donation, is_new = _write(donation, wish, by=by, at=at)
    if donation.status != Donation.Status.HELD:
        return donation
    if not is_new:  # the first answer may have been lost
        donation = settle(donation, at=at)
    return _carry_out(donation, wish, is_new=is_new, at=at) if donation.status == Donation.Status.HELD else donation


def _write(donation: Donation, wish: Wish, *, by: User | None, at: datetime) -> tuple[Donation, bool]:
    with transaction.atomic():
        donation = locked(donation)
        hold = Hold.objects.select_for_update(no_key=True).filter(donation=donation).first()
        if hold and hold.wish == wish:
            return donation, False
        if hold is None or donation.status != Donation.Status.HELD:
            raise ValidationError(NO_LONGER.format(donation.get_status_display().lower()))
        if hold.wish:
            raise ValidationError("Somebody decided otherwise a moment ago. Look at the gift again.")
        hold.wish, hold.asked_by, hold.asked_at, hold.problem = wish, by, at, ""
        hold.save()
        audit.record(by, "took" if wish == Wish.TAKE else "let go", donation, at=at)
    return donation, True


def _carry_out(donation: Donation, wish: Wish, *, is_new: bool, at: datetime) -> Donation:
    try:
        payment = _ask(donation, wish)
    except Refused as refusal:
        donation = settle(donation, at=at)
        if donation.status == Donation.Status.HELD:  # they say no and hold it all the same: somebody decides anew
            _undo(donation, str(refusal))
        if donation.status != Donation.Status.RECEIVED:
            raise ValidationError(f"The processor said no: {refusal}") from refusal
        return donation
    except ProcessorFault as fault:
        if is_new:
            _undo(donation, str(fault))
        raise
    return _ended(record(donation, payment, at=at), wish)


def _ask(donation: Donation, wish: Wish) -> Payment:
    processor = processors.get(donation.processor)
    if wish == Wish.TAKE:
        return processor.capture(donation.processor_ref, key=f"{donation.key}-take")
    return processor.release(donation.processor_ref)


def _ended(donation: Donation, wish: Wish) -> Donation:
    if wish == Wish.LET_GO and donation.status == Donation.Status.CANCELLED and not donation.problem:
        donation.problem = gettext_noop("We did not take this gift, and your bank sets the money free.")
        donation.save(update_fields=["problem"])
    return donation


def _undo(donation: Donation, problem: str) -> None:
    """Nothing was taken and nothing let go: the decision is open again."""
    Hold.objects.filter(donation=donation).update(wish="", asked_at=None, asked_by=None, problem=problem[:300])


def _finish(hold: Hold, *, at: datetime) -> bool:
    """One's trouble is its own."""
    try:
        wish, donation = Wish(hold.wish), settle(hold.donation, at=at)
        if donation.status == Donation.Status.HELD:
            donation = _carry_out(donation, wish, is_new=False, at=at)
        return donation.status != Donation.Status.HELD
    except Exception as error:
        problem = mishaps.told(error)
        logger.warning("Held gift %s has no answer yet: %s", hold.donation_id, problem)
        Hold.objects.filter(pk=hold.pk).update(problem=problem)
        return False


def _warn(*, at: datetime) -> None:
    """Before the reservation ends and the gift is lost."""
    held = Hold.objects.filter(wish="", donation__status=Donation.Status.HELD)
    late = held.filter(held_at__lte=at - (DECIDE_WITHIN - WARNED_BEFORE))[:AT_ONCE].count()
    if not late:
        alarms.over(ALARM, at=at)
        return
    sentence = f"{late} held gifts wait for a decision. The banks set the money free soon, and then these gifts are lost."
    alarms.sound(ALARM, sentence, at=at, link=reverse("admin:campaigns_heldgift_changelist"))
