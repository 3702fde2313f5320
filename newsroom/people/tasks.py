"""Mails that the worker sends. What lies in the queue names a row; an address in it is sealed, a link is never in it."""

from django.contrib.auth.models import User
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from newsroom.people import mailing
from newsroom.people.models import Invitation

PATIENT = RetryStrategy(max_attempts=8, exponential_wait=4)


def later(name: str, person: User, *, to: str = "") -> None:
    """Queue a mail: it leaves if this transaction is kept."""
    mail_people.defer(name=name, people=[person.pk], to=mailing.sealed(to))


@app.task(name="newsroom.mail_people", retry=PATIENT)
def mail_people(name: str, people: list[int], to: str = "") -> None:
    for person in User.objects.filter(pk__in=people):
        mailing.send(name, person, to=to)


@app.task(name="newsroom.mail_invitation", retry=PATIENT)
def mail_invitation(invitation_pk: int, round: int) -> None:  # noqa: A002
    mailing.send_invitation(Invitation.objects.get(pk=invitation_pk), round=round)
