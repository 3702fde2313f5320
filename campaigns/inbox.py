"""What processors tell us: verified, stored raw, answered, and only then processed, from the table.

An event is a hint: processing it means looking the truth up. So an event that comes twice, late or in the wrong order
does no harm; one that comes before its gift is known is parked; one that cannot be processed is set aside with an alarm,
says why in its row and can be replayed. Bodies are kept: in a dispute they are evidence of what was told, and when. Not of
what belongs to no gift of ours, nor of donors who were erased: those are emptied as soon as that is known.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from procrastinate.exceptions import AlreadyEnqueued

from campaigns import giving, guard, mishaps, processors
from campaigns.giving.arriving import allow
from campaigns.models import Donation, Donor, ProcessorEvent
from campaigns.processors.base import Event, Forged, ProcessorFault, Refused, Uncertain
from newsroom import alarms, audit

logger = logging.getLogger(__name__)
Status = ProcessorEvent.Status
PARKED_FOR = timedelta(days=3)
LONGEST = 200  # characters of a name that a processor gives, as the columns have it
ROUNDS = 80  # after the first ones an hour lies between two: three days
LARGEST = 1024 * 1024  # bytes of a body; real ones have some thousand
AT_ONCE = 500
UNKEPT = {"cookie", "authorization"}
NOTHING: dict[str, Any] = {"body": b"", "headers": {}}
LEFT_ALONE_FOR = timedelta(minutes=2)  # its own job is on it


def receive(name: str, *, headers: Mapping[str, str], body: bytes, at: datetime) -> ProcessorEvent:
    """Verify and keep an event; its job is queued in the same transaction. The same one again is the row that is there.

    UnknownProcessor and Forged are the sender's. Nothing is written for what nobody signed.
    """
    headers = {key.lower(): value for key, value in headers.items()}
    told = _verified(name, headers, body)
    if not told.id or not all(_fits(part) for part in (told.id, told.kind, told.ref, told.key)):
        raise Forged("This event names things as no processor of ours does.")
    with transaction.atomic():
        event, is_new = ProcessorEvent.objects.get_or_create(
            processor=name, event_id=told.id, defaults=_columns(told, headers, body, at)
        )
        if is_new:
            queue(event)
    return event


def _verified(name: str, headers: Mapping[str, str], body: bytes) -> Event:
    """A body may be nested a hundred thousand levels deep, or be no text at all: whatever a reader stumbles over is no event."""
    try:
        return processors.get(name).verify(headers, body)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise Forged(f"This is no event that can be read. {mishaps.told(error)}") from None


def _fits(part: object) -> bool:
    return isinstance(part, str) and len(part) <= LONGEST and _is_text(part)


def _is_text(part: str) -> bool:
    """Whether the database takes it: no NUL, no half of a surrogate pair."""
    return not any(letter == "\x00" or "\ud800" <= letter <= "\udfff" for letter in part)


def queue(event: ProcessorEvent) -> None:
    """One after the other for one payment: jobs under one lock run in the order in which they were queued, and one that
    waits for its next try lets none overtake it. What is about no payment waits for nobody."""
    from campaigns import tasks  # tasks imports this module

    about = event.object_ref or event.order_key
    lock = f"payment:{event.processor}:{about}" if about else None
    job = tasks.process_event.configure(lock=lock, queueing_lock=f"event:{event.pk}")
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(event_pk=event.pk)


def replay(event: ProcessorEvent, *, by: User | None = None, at: datetime | None = None) -> None:
    """Process it again from the beginning, whatever became of it: set aside, given up, or done."""
    allow(by)
    with transaction.atomic():
        ProcessorEvent.objects.filter(pk=event.pk).update(status=Status.NEW, problem="", rounds=0, processed_at=None)
        queue(event)
        audit.record(by, "processed again", event, at=at)


def process(event: ProcessorEvent, *, at: datetime) -> ProcessorEvent:
    """Settle the gift it is about.

    ProcessorFault and Uncertain pass through: the event stays new and its job tries again, until it was tried often
    enough and is set aside.
    """
    event = ProcessorEvent.objects.get(pk=event.pk)
    if event.status not in {Status.NEW, Status.PARKED}:
        return event
    event.rounds += 1  # before it is tried: one that breaks the worker counts too
    event.save(update_fields=["rounds"])
    if not event.object_ref and not event.order_key:
        return _close(event, Status.IGNORED, at=at, problem="It is about no payment.")  # a payout, a customer
    try:
        donation = _gift_of(event)
        if donation is None:
            return _close(event, Status.PARKED, at=at, problem="No gift of ours belongs to this yet.")
        if not event.order_key:  # the processor told whose it is: kept, so that it is found when its donor is erased
            event.order_key = donation.key
            event.save(update_fields=["order_key"])
        if event.rounds == 1:
            guard.heard(donation, event.kind, at=at)
        giving.settle(donation, at=at, ref=event.object_ref)
    except (ProcessorFault, Uncertain) as error:
        if event.rounds >= ROUNDS:
            return _close(event, Status.FAILED, at=at, problem=f"Set aside after {ROUNDS} rounds: {error}")
        ProcessorEvent.objects.filter(pk=event.pk).update(problem=str(error))
        raise
    except OperationalError:  # a deadlock, a connection that broke: the database's, and it passes
        raise
    except Exception as error:
        problem = mishaps.told(error)
        logger.error("Event %s of %s could not be processed: %s", event.pk, event.processor, problem)
        return _close(event, Status.FAILED, at=at, problem=problem)
    return _close(event, Status.DONE, at=at)


def unpark(donation: Donation) -> None:
    """The gift is known now: what came before it gets its turn."""
    parked = ProcessorEvent.objects.filter(processor=donation.processor, status=Status.PARKED)
    for event in parked.filter(Q(object_ref=donation.processor_ref) | Q(order_key=donation.key)).order_by("pk"):
        queue(event)


def sweep(*, at: datetime) -> int:
    """Events that no job looks after any more: queued again, those tried least first, so that stuck ones keep nobody out.

    What broke the worker each time is set aside, and parked ones are given up after three days: another shop's on the
    same account. Should it have been a gift after all, the books that `reconcile` reads have it.
    A parked one whose gift is known slipped through while `unpark` looked.
    """
    late = ProcessorEvent.objects.filter(status=Status.PARKED, received_at__lt=at - PARKED_FOR)
    late.update(status=Status.IGNORED, problem="No gift of ours belongs to this.", processed_at=at, **NOTHING)
    stuck = ProcessorEvent.objects.filter(status=Status.NEW, rounds__gte=ROUNDS, received_at__lt=at - PARKED_FOR)
    for event in stuck:
        _close(event, Status.FAILED, at=at, problem=f"Set aside after {ROUNDS} rounds.")
    gift = Donation.objects.filter(processor=OuterRef("processor"), processor_ref=OuterRef("object_ref"))
    waiting = ProcessorEvent.objects.filter(Q(status=Status.NEW) | Q(Exists(gift), status=Status.PARKED))
    events = list(waiting.filter(received_at__lt=at - LEFT_ALONE_FOR).order_by("rounds", "pk")[:AT_ONCE])
    for event in events:
        queue(event)
    return len(events)


def _gift_of(event: ProcessorEvent) -> Donation | None:
    """By the payment's ref; else by our key, for the answer to our call may have been lost, and one payment may go by several
    names (Stripe's session and its PaymentIntent); else by what the processor's books say of that name.

    Whichever way, the gift's own ref is looked up then: an event can bring nobody another payment.
    """
    known = _named(event.processor, event.object_ref, event.order_key)
    if known or event.order_key or not event.object_ref:
        return known
    try:
        payment = processors.get(event.processor).look_up(event.object_ref)
    except Refused:
        return None  # no payment there
    return _named(event.processor, payment.ref, payment.key) if payment else None


def _named(processor: str, ref: str, key: str) -> Donation | None:
    gifts = Donation.objects.filter(processor=processor)
    known = gifts.filter(processor_ref=ref).first() if ref else None
    if known or not key:
        return known
    try:
        return gifts.filter(token=UUID(key)).first()
    except ValueError:
        return None  # another shop's order on the same account


def _columns(told: Event, headers: Mapping[str, str], body: bytes, at: datetime) -> dict[str, object]:
    return {
        "kind": told.kind[:100],
        "object_ref": told.ref,
        "order_key": told.key[:64],
        "headers": {name: value for name, value in headers.items() if name not in UNKEPT and _is_text(value)},
        "body": body,
        "received_at": at,
    }


def _close(event: ProcessorEvent, status: ProcessorEvent.Status, *, at: datetime, problem: str = "") -> ProcessorEvent:
    with transaction.atomic():
        told = NOTHING if status == Status.IGNORED or _is_of_somebody_erased(event) else {}
        ProcessorEvent.objects.filter(pk=event.pk).update(status=status, problem=problem, processed_at=at, **told)
        _heed(event.processor, at=at)
    event.refresh_from_db()
    return event


def _is_of_somebody_erased(event: ProcessorEvent) -> bool:
    """The donor's row is locked, so that an erasure comes before this look or after the event is closed."""
    gift = _named(event.processor, event.object_ref, event.order_key)
    if gift is None:
        return False
    return Donor.objects.select_for_update(no_key=True).get(pk=gift.donor_id).erased_at is not None


def _heed(processor: str, *, at: datetime) -> None:
    """An alarm stands as long as events of this processor are set aside. One transaction at a time: of two, one that sets
    aside and one that replayed the last, neither may miss the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"campaigns.inbox:{processor}"])
    aside = ProcessorEvent.objects.filter(processor=processor, status=Status.FAILED)
    if aside.exists():
        link = reverse("admin:campaigns_processorevent_changelist") + f"?status={Status.FAILED}&processor={processor}"
        sentence = f"What {processor} told us could not be processed and was set aside. Look at it, and process it again."
        alarms.sound(f"events:{processor}", sentence, at=at, link=link)
    else:
        alarms.over(f"events:{processor}", at=at)
