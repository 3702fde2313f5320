"""What people must know of at once: told by mail, once, and shown on the desk until it is over."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Q

from newsroom import mail
from newsroom.models import Alarm

GROUPS = ("Administrator", "Fundraiser")
SHOWN = 20


def sound(key: str, sentence: str, *, at: datetime, link: str = "", groups: Sequence[str] = GROUPS) -> bool:
    """Raise an alarm, in the transaction that has the reason. False when it is on already: nobody is told twice.

    The sentence is for people, and names no donor: it leaves by plain mail. `groups`: who gets it.
    """
    from newsroom import tasks  # tasks imports this module

    try:
        with transaction.atomic():
            alarm = Alarm.objects.create(key=key[:200], sentence=sentence[:500], link=link[:300], raised_at=at)
            tasks.mail_alarm.defer(alarm_pk=alarm.pk, groups=list(groups))
    except IntegrityError:
        return False
    return True


def over(key: str, *, at: datetime) -> bool:
    """What it was about has passed, or somebody has seen to it. False when there was none."""
    return bool(Alarm.objects.filter(key=key[:200], over_at=None).update(over_at=at))


def standing(user: AbstractBaseUser | AnonymousUser) -> list[Alarm]:
    """The newest that last, for somebody who may see them."""
    if not (isinstance(user, User) and user.has_perm("newsroom.view_alarm")):
        return []
    return list(Alarm.objects.filter(over_at=None).order_by("-pk")[:SHOWN])


def tell(alarm: Alarm, *, at: datetime, groups: Sequence[str] = GROUPS) -> None:
    """Mail it to the people of some groups. One that was told stays told; one without a reader stands on the desk."""
    if alarm.mailed_at:
        return
    watching = User.objects.filter(Q(groups__name__in=groups) | Q(is_superuser=True), is_active=True).exclude(email="")
    for address in sorted(set(watching.values_list("email", flat=True))):
        mail.send(EmailMessage(f"Alarm: {alarm.sentence[:100]}", _text(alarm), settings.DEFAULT_FROM_EMAIL, [address]))
    Alarm.objects.filter(pk=alarm.pk).update(mailed_at=at)


def _text(alarm: Alarm) -> str:
    place = f"\n\n{settings.SITE_URL}{alarm.link}" if alarm.link else ""
    return f"{alarm.sentence}{place}\n"
