"""The digest's jobs."""

import logging
from datetime import UTC, datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from digest import complaints, delivery, editions, mails
from digest.models import Edition, Subscriber
from newsroom import mail

logger = logging.getLogger(__name__)

# A mail server that is down comes back: tried again after half a minute, one, two, ten, … for about a day.
PATIENTLY = RetryStrategy(max_attempts=7, wait=30, exponential_wait=5)


@app.task(name="digest.answer_sign_up", retry=PATIENTLY)
def answer_sign_up(subscriber: int, asked_at: str) -> None:
    """Mail the answer to the sign-up of that moment, if it is the one that was granted a mail."""
    asked = Subscriber.objects.filter(pk=subscriber, mailed_at=datetime.fromisoformat(asked_at)).first()
    if asked and asked.status != Subscriber.Status.COMPLAINED and not complaints.known(asked.email):
        mail.send(mails.answer_to_sign_up(asked, asked_at=datetime.fromisoformat(asked_at)))


@app.periodic(cron="*/15 * * * *")
@app.task(name="digest.look")
def look(timestamp: int) -> None:
    """Compose today's edition when its hour has come, and see that every unfinished one is being sent.

    Every quarter of an hour, for there are time zones that begin their hours there.
    """
    from digest import subscribing  # it imports this module

    at = datetime.fromtimestamp(timestamp, UTC)
    with transaction.atomic():
        editions.due(at=at)
        for edition in Edition.objects.unfinished():
            if not delivery.is_being_sent(edition, at=at):
                keep_sending(edition)
    subscribing.forget_unconfirmed(at=at)


@app.task(name="digest.send")
def send(edition: int) -> None:
    """One run of an edition's sending. It queues the next one behind whatever else is waiting."""
    found = Edition.objects.filter(pk=edition).first()
    try:
        if found and delivery.send(found):
            keep_sending(found)
    except delivery.Stopped as error:  # `look` tries again
        logger.error("%s is not being sent now: %s", found, error)


def keep_sending(edition: Edition) -> None:
    try:
        with transaction.atomic():
            send.configure(queueing_lock=f"digest.send:{edition.pk}").defer(edition=edition.pk)
    except AlreadyEnqueued:
        pass


@app.task(name="digest.test", retry=PATIENTLY)
def send_test(user: int, edition: int | None) -> None:
    """The edition, or what would go out now, to one member of staff."""
    at = timezone.now()
    reader = User.objects.filter(pk=user, is_active=True).exclude(email="").first()
    issue = mails.issue_of(Edition.objects.get(pk=edition), at=at) if edition else mails.draft(at=at)
    if reader and issue:
        mail.send(issue.as_test(reader.email))
