"""What administrators do for others: suspend, end sessions, reset a second factor. Superusers are for superusers alone."""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction

from newsroom import audit
from newsroom.people import factors, noting, sessions


def may_look_after(by: User, person: User) -> bool:
    return by.has_perm("auth.change_user") and (by.is_superuser or not person.is_superuser)


def _locked(person: User, *, by: User) -> User:
    person = User.objects.select_for_update().get(pk=person.pk)
    if not may_look_after(by, person):
        raise PermissionDenied("You may not look after this person.")
    return person


def suspend(person: User, *, by: User, at: datetime) -> bool:
    """May sign in no more, and is signed out everywhere at once. Articles stay, with their name. False: it was so."""
    with transaction.atomic():
        person = _locked(person, by=by)
        if person == by:
            raise PermissionDenied("You cannot suspend yourself.")
        was = person.is_active
        if was:
            person.is_active = False
            person.save(update_fields=["is_active"])
            audit.record(by, "suspended", person, at=at)
        sessions.end(person)
    return was


def reinstate(person: User, *, by: User, at: datetime) -> bool:
    with transaction.atomic():
        person = _locked(person, by=by)
        if person.is_active:
            return False
        person.is_active = True
        person.save(update_fields=["is_active"])
        audit.record(by, "let in again", person, at=at)
    return True


def end_sessions(person: User, *, by: User, but: str | None = None, at: datetime) -> int:
    with transaction.atomic():
        person = _locked(person, by=by)
        ended = sessions.end(person, but=but)
        if ended:
            audit.record(by, "ended sessions", person, detail=f"{ended} of them", at=at)
    return ended


def reset_factors(person: User, *, by: User, at: datetime) -> bool:
    """For somebody who lost telephone and codes: signs in with the password alone and sets up anew. False: there was none."""
    with transaction.atomic():
        person = _locked(person, by=by)
        had = factors.take_away(person)
        if had:
            sessions.end(person)
            noting.note(person, "factors_reset", by=by, at=at)
    return had
