"""The verbs of a subscriber's life. The only place that changes a subscriber's status.

Each locks the row, looks again, changes it and is a quiet no-op on repeat.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Lower

from articles.models import Masthead
from digest import complaints, tasks
from digest.models import Notice, Subscriber
from newsroom import limits

MAIL_AGAIN_AFTER = timedelta(days=1)
A_MAILBOX_A_DAY = 3  # however many addresses lead to it
FORGOTTEN_AFTER = timedelta(days=30)  # an address nobody confirmed; the link in its mail has run out long before
BATCH = 500
Status = Subscriber.Status


def ask(email: str, *, at: datetime, place: str = "") -> Subscriber:
    """Somebody asks for the digest for this address (cleaned by `addresses.clean`): mail the link that confirms it.

    Whatever we know about the address, the same is written and one job deferred, so that neither the answer nor the
    time it takes tells a stranger anything. The job mails at most once a day an address, three times a mailbox (whose
    owner can have any number of addresses: ana+1@, ana+2@), and never who complained.
    """
    with transaction.atomic():
        subscriber, words = _found_or_made(email, at=at), _words()
        fields = _request_of(subscriber)
        if _may_be_mailed(subscriber, at=at):
            subscriber.mailed_at = at
            for name, value in zip(fields, (words, place[:200], at), strict=True):
                setattr(subscriber, name, value)
        subscriber.save(update_fields=["mailed_at", *fields])
        tasks.answer_sign_up.defer(subscriber=subscriber.pk, asked_at=at.isoformat())
    return subscriber


def _request_of(subscriber: Subscriber) -> tuple[str, str, str]:
    """Where a sign-up is noted: not over the proof of what a reader once said yes to."""
    if subscriber.status == Status.PENDING:
        return "consent", "place", "asked_at"
    return "again_consent", "again_place", "again_asked_at"


def _may_be_mailed(subscriber: Subscriber, *, at: datetime) -> bool:
    """Takes the same steps either way; what brings no mail uses up nothing of the mailbox's share."""
    due = subscriber.mailed_at is None or subscriber.mailed_at <= at - MAIL_AGAIN_AFTER
    what, mailbox = "digest.answer" if due else "digest.no_answer", limits.mailbox_of(subscriber.email)
    return limits.take(what, mailbox, most=A_MAILBOX_A_DAY, per=limits.DAY, at=at) and due


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

    Whoever is known already stays as they are: an old list brings nobody back who left or complained.
    """
    with transaction.atomic():
        subscriber = _found_or_made(email, at=at)
        if subscriber.status == Status.PENDING and not complaints.known(email):
            subscriber.consent, subscriber.place, subscriber.asked_at = consent, place[:200], at
            subscriber.status, subscriber.confirmed_at = Status.CONFIRMED, at
            subscriber.save(update_fields=["consent", "place", "asked_at", "status", "confirmed_at"])
    return subscriber


def confirm(subscriber: Subscriber, *, at: datetime, asked_at: datetime | None = None) -> Subscriber:
    """Somebody who can read the address's mail said yes: the digest goes there from now on.

    `asked_at` is when the link they hold was made (None for one that never runs out): one made before they left does
    not bring them back, and none brings back who complained (see `welcome_back`).
    """
    with transaction.atomic():
        subscriber = _locked(subscriber)
        if subscriber.status != Status.CONFIRMED and can_confirm(subscriber, asked_at=asked_at):
            if asked_at and subscriber.again_asked_at:
                subscriber.consent, subscriber.place = subscriber.again_consent, subscriber.again_place
                subscriber.asked_at = subscriber.again_asked_at
            subscriber.again_consent, subscriber.again_place, subscriber.again_asked_at = "", "", None
            subscriber.status, subscriber.confirmed_at, subscriber.left_at = Status.CONFIRMED, at, None
            subscriber.save()
    return subscriber


def can_confirm(subscriber: Subscriber, *, asked_at: datetime | None) -> bool:
    """A link knows its moment to the second only."""
    if subscriber.status == Status.COMPLAINED:
        return False
    return not (asked_at and subscriber.left_at and asked_at < subscriber.left_at.replace(microsecond=0))


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


def welcome_back(subscriber: Subscriber, *, at: datetime) -> Subscriber:
    """Who complained asked us in person for the digest: they may sign up again, and confirm that, like anybody else."""
    with transaction.atomic():
        subscriber = _locked(subscriber)
        complaints.forget(subscriber.email)
        if subscriber.status == Status.COMPLAINED:
            subscriber.status, subscriber.left_at, subscriber.mailed_at = Status.UNSUBSCRIBED, at, None
            subscriber.save(update_fields=["status", "left_at", "mailed_at"])
    return subscriber


def erase(subscriber: Subscriber) -> None:
    """Forget the address and everything about it. What was sent stays in the editions' figures, without a name.

    Of who complained a hash is kept, so that they are left in peace.
    """
    with transaction.atomic():
        found = Subscriber.objects.select_for_update().filter(pk=subscriber.pk).first()
        if found and found.status == Status.COMPLAINED:
            complaints.remember(found.email)
        if found:
            found.delete()


def forget_unconfirmed(*, at: datetime) -> int:
    """Erase the addresses that were asked a month ago and did not say yes. How many.

    Each row is locked first: deleting what a query found would also delete who confirms in this moment.
    """
    forgotten = 0
    while True:
        with transaction.atomic():
            old = Subscriber.objects.never_confirmed(since=at - FORGOTTEN_AFTER).select_for_update(skip_locked=True)
            rows = list(old.order_by("pk").values_list("pk", flat=True)[:BATCH])
            Subscriber.objects.filter(pk__in=rows).delete()
        forgotten += len(rows)
        if len(rows) < BATCH:
            return forgotten


def _locked(subscriber: Subscriber) -> Subscriber:
    return Subscriber.objects.select_for_update().get(pk=subscriber.pk)
