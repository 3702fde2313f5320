"""What processors tell us: verified, stored raw, answered, and only then processed, from the table.

An event is a hint: processing it means looking the truth up. So an event that comes twice, late or in the wrong order
does no harm; one that comes before its gift is known is parked; one that fails says why in its row and can be replayed.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from procrastinate.exceptions import AlreadyEnqueued

from campaigns import giving, processors
from campaigns.models import Donation, ProcessorEvent
from campaigns.processors.base import Event, ProcessorFault, Uncertain

logger = logging.getLogger(__name__)
Status = ProcessorEvent.Status
PARKED_FOR = timedelta(days=3)
LEFT_ALONE_FOR = timedelta(minutes=2)  # its own job is on it


def receive(name: str, *, headers: Mapping[str, str], body: bytes, at: datetime) -> ProcessorEvent:
    """Verify and keep an event; its job is queued in the same transaction. The same one again is the row that is there.

    UnknownProcessor and Forged are the sender's.
    """
    headers = {key.lower(): value for key, value in headers.items()}
    told = processors.get(name).verify(headers, body)
    with transaction.atomic():
        event, is_new = ProcessorEvent.objects.get_or_create(
            processor=name, event_id=told.id, defaults=_columns(told, headers, body, at)
        )
        if is_new:
            queue(event)
    return event


def queue(event: ProcessorEvent) -> None:
    """One after the other for one payment: jobs under one lock run in the order in which they were queued."""
    from campaigns import tasks  # tasks imports this module

    lock = f"payment:{event.processor}:{event.object_ref}"
    job = tasks.process_event.configure(lock=lock, queueing_lock=f"event:{event.pk}")
    with suppress(AlreadyEnqueued), transaction.atomic():
        job.defer(event_pk=event.pk)


def replay(event: ProcessorEvent) -> None:
    """Process it again from the beginning, whatever became of it."""
    with transaction.atomic():
        ProcessorEvent.objects.filter(pk=event.pk).update(status=Status.NEW, problem="", processed_at=None)
        queue(event)


def process(event: ProcessorEvent, *, at: datetime) -> ProcessorEvent:
    """Settle the gift it is about. ProcessorFault and Uncertain pass through: the event stays new and its job tries again."""
    event = ProcessorEvent.objects.get(pk=event.pk)
    if event.status not in {Status.NEW, Status.PARKED}:
        return event
    donation = _gift_of(event)
    if donation is None:
        return _close(event, Status.PARKED, at=at, problem="No gift of ours belongs to this yet.")
    try:
        giving.settle(donation, at=at)
    except (ProcessorFault, Uncertain) as error:
        ProcessorEvent.objects.filter(pk=event.pk).update(problem=str(error))
        raise
    except Exception as error:
        logger.exception("Event %s of %s could not be processed", event.pk, event.processor)
        return _close(event, Status.FAILED, at=at, problem=f"{type(error).__name__}: {error}")
    return _close(event, Status.DONE, at=at)


def unpark(donation: Donation) -> None:
    """The gift is known now: what came before it gets its turn."""
    parked = ProcessorEvent.objects.filter(processor=donation.processor, object_ref=donation.processor_ref, status=Status.PARKED)
    for event in parked.order_by("pk"):
        queue(event)


def sweep(*, at: datetime) -> int:
    """Events that no job looks after any more: queued again, oldest first. Parked ones are given up after three days.

    A parked one whose gift is known slipped through while `unpark` looked.
    """
    late = ProcessorEvent.objects.filter(status=Status.PARKED, received_at__lt=at - PARKED_FOR)
    late.update(status=Status.FAILED, problem="No gift of ours belongs to this.", processed_at=at)
    gift = Donation.objects.filter(processor=OuterRef("processor"), processor_ref=OuterRef("object_ref"))
    waiting = ProcessorEvent.objects.filter(Q(status=Status.NEW) | Q(Exists(gift), status=Status.PARKED))
    events = list(waiting.filter(received_at__lt=at - LEFT_ALONE_FOR).order_by("pk")[:500])
    for event in events:
        queue(event)
    return len(events)


def _gift_of(event: ProcessorEvent) -> Donation | None:
    gifts = Donation.objects.filter(processor=event.processor)
    known = gifts.filter(processor_ref=event.object_ref).first() if event.object_ref else None
    if known or not event.order_key:
        return known
    # The answer to our call was lost, and the event brings the name of the payment.
    return gifts.filter(Q(processor_ref=""), token=event.order_key).first()


def _columns(told: Event, headers: Mapping[str, str], body: bytes, at: datetime) -> dict[str, object]:
    return {
        "kind": told.kind[:100],
        "object_ref": told.ref,
        "order_key": told.key[:64],
        "headers": {name: value for name, value in headers.items() if name not in {"cookie", "authorization"}},
        "body": body.decode("utf-8", "replace").replace("\x00", ""),
        "received_at": at,
    }


def _close(event: ProcessorEvent, status: ProcessorEvent.Status, *, at: datetime, problem: str = "") -> ProcessorEvent:
    ProcessorEvent.objects.filter(pk=event.pk).update(status=status, problem=problem, processed_at=at)
    event.refresh_from_db()
    return event
