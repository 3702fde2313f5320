"""The browsers in which somebody is signed in. The row is django-allauth's; the session itself is Django's."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from newsroom import signin
from newsroom.people.adapters import UNKNOWN

SEEN = "people_seen"  # in the session: when its row was last written, in seconds
OFTEN = timedelta(minutes=5)
BROWSERS = [("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrom", "Chrome"), ("Safari/", "Safari")]
SYSTEMS = [("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS")]
SYSTEMS += [("CrOS", "ChromeOS"), ("Linux", "Linux")]


@dataclass(frozen=True)
class Place:
    """One browser, as its owner would tell it."""

    pk: int
    browser: str
    address: str
    since: datetime
    seen: datetime
    is_this: bool


def begin(request: HttpRequest, user: User, *, at: datetime) -> None:
    """Note where this session is used. A password that changes gives it a new key: then again."""
    if not request.session.session_key:
        request.session.save()
    said = request.META.get("HTTP_USER_AGENT", "")[:200]
    told = {"user": user, "ip": signin.address_of(request) or UNKNOWN, "user_agent": said, "last_seen_at": at}
    UserSession.objects.update_or_create(session_key=request.session.session_key, defaults=told)
    request.session[SEEN] = at.timestamp()


def begun(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Django's signal: somebody signed in, by whichever way."""
    begin(request, user, at=timezone.now())


def see(request: HttpRequest, *, at: datetime) -> None:
    """At every page of the desk: written down now and then, for each time costs a write."""
    if at.timestamp() - request.session.get(SEEN, 0) > OFTEN.total_seconds() and isinstance(request.user, User):
        begin(request, request.user, at=at)


def of(user: User, *, at: datetime) -> QuerySet[UserSession]:
    """Those that still work, the last used first."""
    return alive(at).filter(user=user).order_by("-last_seen_at", "-pk")


def alive(at: datetime) -> QuerySet[UserSession]:
    working = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=at)
    rows: QuerySet[UserSession] = UserSession.objects.filter(Exists(working))
    return rows


def places(user: User, *, this: str | None, at: datetime) -> list[Place]:
    rows = of(user, at=at)[:100]
    return [
        Place(row.pk, browser(row.user_agent), _address(row), row.created_at, row.last_seen_at, row.session_key == this)
        for row in rows
    ]


def _address(row: UserSession) -> str:
    return "" if row.ip == UNKNOWN else str(row.ip)


def browser(said: str) -> str:
    """“Firefox, Linux” of what a browser says about itself; it may say anything."""
    found = [next((name for sign, name in known if sign in said), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in found if name) or "Unknown browser"


def end(user: User, *, but: str | None = None, only: int | None = None) -> int:
    """End sessions of somebody: all, all but the one with the key `but`, or the row `only`. How many there were."""
    rows: Any = UserSession.objects.filter(user=user).exclude(session_key=but or "")
    rows = rows if only is None else rows.filter(pk=only)
    with transaction.atomic():
        keys = list(rows.values_list("session_key", flat=True))
        ended, _ = Session.objects.filter(session_key__in=keys).delete()
        UserSession.objects.filter(session_key__in=keys).delete()
    return ended


def forget(*, at: datetime) -> None:
    """Drop what is over."""
    Session.objects.filter(expire_date__lte=at).delete()
    UserSession.objects.exclude(Exists(Session.objects.filter(session_key=OuterRef("session_key")))).delete()
