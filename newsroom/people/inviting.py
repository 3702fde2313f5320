"""The verbs of an invitation: invite, send again, withdraw, accept. Each locks the row and looks again."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from newsroom import audit
from newsroom.people.models import Invitation

SALT = "newsroom.people.invitation"
LASTS = timedelta(days=7)
HERE = "Somebody with this address works here already: look them up in the list of people."
INVITED = "This address is invited already: send that invitation again, or withdraw it."
OVER = "This invitation does not open any more: it was used, withdrawn or sent again, or its seven days are over."
NAME_TAKEN = "Somebody else has this username. Choose another one."


def may_invite(user: User) -> bool:
    return user.has_perms(["auth.add_user", "auth.change_user"])


def _allow(by: User) -> None:
    if not may_invite(by):
        raise PermissionDenied("You may not invite people.")


def invite(
    email: str, *, first_name: str = "", last_name: str = "", groups: Collection[Group], by: User, at: datetime
) -> Invitation:
    """ValidationError when somebody with this address is here or invited already."""
    _allow(by)
    if User.objects.filter(email__iexact=email).exists():
        raise ValidationError(HERE)
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                email=email, first_name=first_name, last_name=last_name, invited_by=by, made_at=at, expires_at=at + LASTS
            )
            invitation.groups.set(groups)
            names = ", ".join(sorted(group.name for group in groups))
            audit.record(by, "invited", invitation, detail=f"Groups: {names or 'none'}", at=at)
            _mail(invitation)
    except IntegrityError:
        raise ValidationError(INVITED) from None
    return invitation


def _mail(invitation: Invitation) -> None:
    from newsroom.people import tasks  # tasks imports mailing, which imports this module

    tasks.mail_invitation.defer(invitation_pk=invitation.pk, round=invitation.round)


def send_again(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    """Another seven days, by a new link; the former one ends. Nothing happens to one that was accepted or withdrawn."""
    _allow(by)
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if invitation.is_open:
            invitation.round, invitation.expires_at = invitation.round + 1, at + LASTS
            invitation.save(update_fields=["round", "expires_at"])
            audit.record(by, "invited again", invitation, at=at)
            _mail(invitation)
    return invitation


def withdraw(invitation: Invitation, *, by: User, at: datetime) -> Invitation:
    _allow(by)
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if invitation.is_open:
            invitation.withdrawn_at = at
            invitation.save(update_fields=["withdrawn_at"])
            audit.record(by, "withdrew", invitation, at=at)
    return invitation


def link(invitation: Invitation) -> str:
    token = signing.dumps([invitation.pk, invitation.round], salt=SALT)
    return settings.SITE_URL + reverse("people_invited", args=[token])


def found(token: str, *, at: datetime, lock: bool = False) -> Invitation:
    """The invitation that a link opens. ValidationError when it opens nothing any more."""
    try:
        pk, number = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise ValidationError(OVER) from None
    rows = Invitation.objects.select_for_update() if lock else Invitation.objects.all()
    invitation = rows.filter(pk=pk, round=number, expires_at__gt=at).first()
    if invitation is None or not invitation.is_open:
        raise ValidationError(OVER)
    return invitation


def accept(token: str, *, username: str, password: str | None, first_name: str = "", last_name: str = "", at: datetime) -> User:
    """Make the account, once however often the link is followed. Without a password it is opened by a passkey."""
    try:
        with transaction.atomic():
            invitation = found(token, at=at, lock=True)
            names = {"first_name": first_name or invitation.first_name, "last_name": last_name or invitation.last_name}
            person = User(username=username, email=invitation.email, is_staff=True, **names)
            person.set_password(password)
            person.save()
            person.groups.set(invitation.groups.all())
            invitation.accepted_at, invitation.person = at, person
            invitation.save(update_fields=["accepted_at", "person"])
            audit.record(person, "accepted", invitation, at=at)
    except IntegrityError:
        raise ValidationError({"username": NAME_TAKEN}) from None
    return person
