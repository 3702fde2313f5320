"""Jobs that failed for good: shown on the desk to those who look after the site, tried again or let go by a person."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Max
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException

from newsroom import audit

SHOWN = 8
WAITS = "The same job waits already, or somebody has seen to this one: nothing was changed."


@dataclass(frozen=True)
class Failed:
    pk: int
    title: str
    attempts: int
    at: datetime | None  # of the last failure


def may_see(user: User | AnonymousUser) -> bool:
    """Who sees alarms sees these."""
    return user.has_perm("newsroom.view_alarm")


def title(name: str) -> str:
    """“Make renditions (articles)” of “articles.make_renditions”. What a job was told may name somebody, and is not shown."""
    place, _, deed = name.rpartition(".")
    return f"{deed.replace('_', ' ').capitalize()} ({place.partition('.')[0]})" if place else deed


def newest() -> list[Failed]:
    """One more than is shown, where there is one. Jobs that went well leave no row, so that the table is short."""
    rows = ProcrastinateJob.objects.filter(status="failed").annotate(at=Max("procrastinateevent__at")).order_by("-pk")
    found = rows.values_list("pk", "task_name", "attempts", "at")[: SHOWN + 1]
    return [Failed(pk, title(name), attempts, at) for pk, name, attempts, at in found]


def try_again(pk: int, *, by: User, at: datetime) -> None:
    """ValidationError where the same job waits already."""
    _allow(by)
    with transaction.atomic():
        try:
            with transaction.atomic():
                app.job_manager.retry_job_by_id(pk, retry_at=at)
        except ConnectorException as refusal:
            raise ValidationError(WAITS) from refusal
        audit.record(by, "tried again", f"job {pk}", at=at)


def let_go(pk: int, *, by: User, at: datetime) -> None:
    """Nobody tries it any more. A quiet no-op where it is gone."""
    _allow(by)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s AND status = 'failed' RETURNING task_name", [pk])
        if row := cursor.fetchone():
            audit.record(by, "let go", f"job {pk}", detail=row[0], at=at)


def _allow(by: User) -> None:
    if not may_see(by):
        raise PermissionDenied("You may not see to jobs.")
