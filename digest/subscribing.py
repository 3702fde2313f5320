"""The verbs of a subscriber's life. The only place that changes a subscriber's status.

Each locks the row, looks again, changes it and is a quiet no-op on repeat.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Lower

from articles.models import Masthead
from digest import tasks
from digest.models import Notice, Subscriber

MAIL_AGAIN_AFTER = timedelta(days=1)
Status = Subscriber.Status


def ask(email: str, *, at: datetime, place: str = "") -> Subscriber:
    """Somebody asks for the digest for this address (cleaned by `addresses.clean`): mail the link that confirms it.

    Whatever we know about the address, the same is written and one job deferred, so that neither the answer nor the
    time it takes tells a stranger anything. The job mails at most once a day an address, and never who complained.
    """
    with transaction.atomic():
        subscriber, words = _found_or_made(email, at=at), _words()
        if subscriber.status != Status.CONFIRMED:
            subscriber.consent, subscriber.place = words, place[:200]
        subscriber.asked_at = at
        if subscriber.mailed_at is None or subscriber.mailed_at <= at - MAIL_AGAIN_AFTER:
            subscriber.mailed_at = at
        subscriber.save(update_fields=["consent", "place", "asked_at", "mailed_at"])
        tasks.answer_sign_up.defer(subscriber=subscriber.pk, asked_at=at.isoformat())
    return subscriber


def _found_or_made(email: str, *, at: datetime) -> Subscriber:
    """The address's row, locked. Two sign-ups at once make one row: the second waits for the first's unique entry."""
    language = Masthead.objects.values_list("language", flat=True).get(pk=1)
    Subscriber.objects.bulk_create([Subscriber(email=email, language=language, asked_at=at)], ignore_conflicts=True)
    known = Subscriber.objects.annotate(lowered=Lower("email")).filter(lowered=email.lower())
    return known.select_for_update().get()


def _words() -> str:
    """What the reader saw beside the field: the proof of what was agreed to."""
    notice = Notice.objects.get(pk=1)
    return f"{notice.title}\n{notice.pitch}\n[{notice.button}]"


def enrol(email: str, *, at: datetime, consent: str, place: str = "") -> Subscriber:
    """A subscriber who said yes elsewhere (another list, the demo): confirmed at `at`, without a mail.

    Whoever is known already stays as they are: an old list brings nobody back who left.
    """
    with transaction.atomic():
        subscriber = _found_or_made(email, at=at)
        if subscriber.status == Status.PENDING:
            subscriber.consent, subscriber.place, subscriber.asked_at = consent, place[:200], at
            subscriber.status, subscriber.confirmed_at = Status.CONFIRMED, at
            subscriber.save(update_fields=["consent", "place", "asked_at", "status", "confirmed_at"])
    return subscriber


def confirm(subscriber: Subscriber, *, at: datetime, asked_at: datetime | None = None) -> Subscriber:
    """Somebody who can read the address's mail said yes: the digest goes there from now on.

    `asked_at` is when the link they hold was made (None for one that never runs out): one made before they left does
    not bring them back.
    """
    with transaction.atomic():
        subscriber = _locked(subscriber)
        if subscriber.status != Status.CONFIRMED and not left_since(subscriber, asked_at):
            subscriber.status, subscriber.confirmed_at, subscriber.left_at = Status.CONFIRMED, at, None
            subscriber.save(update_fields=["status", "confirmed_at", "left_at"])
    return subscriber


def left_since(subscriber: Subscriber, asked_at: datetime | None) -> bool:
    """A link knows its moment to the second only."""
    return bool(asked_at and subscriber.left_at and asked_at < subscriber.left_at.replace(microsecond=0))


def unsubscribe(subscriber: Subscriber, *, at: datetime) -> Subscriber:
    """No digest any more. Who bounced or complained stays listed as such."""
    return _leave(subscriber, Status.UNSUBSCRIBED, at=at, unless={Status.UNSUBSCRIBED, Status.BOUNCED, Status.COMPLAINED})


def mark_bounced(subscriber: Subscriber, *, at: datetime) -> Subscriber:
    """The address refuses mail for good. A new sign-up is answered: the mailbox may be back."""
    return _leave(subscriber, Status.BOUNCED, at=at, unless={Status.UNSUBSCRIBED, Status.BOUNCED, Status.COMPLAINED})


def mark_complained(subscriber: Subscriber, *, at: datetime) -> Subscriber:
    """The reader called our mail spam: nothing is sent there again, not even an answer to a sign-up."""
    return _leave(subscriber, Status.COMPLAINED, at=at, unless={Status.COMPLAINED})


def _leave(subscriber: Subscriber, status: Status, *, at: datetime, unless: set[Status]) -> Subscriber:
    with transaction.atomic():
        subscriber = _locked(subscriber)
        if subscriber.status not in unless:
            subscriber.status, subscriber.left_at = status, at
            subscriber.save(update_fields=["status", "left_at"])
    return subscriber


def erase(subscriber: Subscriber) -> None:
    """Forget the address and everything about it. What was sent stays in the editions' figures, without a name."""
    Subscriber.objects.filter(pk=subscriber.pk).delete()


def _locked(subscriber: Subscriber) -> Subscriber:
    return Subscriber.objects.select_for_update().get(pk=subscriber.pk)
