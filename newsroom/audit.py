"""Who looked at what, and did what. Rows that nobody can change: a trigger of the database refuses it."""

from datetime import datetime

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model
from django.utils import timezone

from newsroom.models import AuditEntry

NEWSROOM = "the newsroom"  # a job, a command, the public itself
LOOKED, EXPORTED, CHANGED = "looked at", "exported", "changed"
ADDED, DELETED = "added", "deleted"


def record(
    by: User | AnonymousUser | None, deed: str, subject: Model | str, *, detail: str = "", at: datetime | None = None
) -> None:
    """Take a deed down, in the transaction it belongs to. `detail` must name nobody: it outlives those who are forgotten."""
    person = by if isinstance(by, User) else None
    name = subject if isinstance(subject, str) else f"{subject._meta.label_lower} {subject.pk}"
    AuditEntry.objects.create(
        at=at or timezone.now(),
        user=person,
        name=person.get_username() if person else NEWSROOM,
        deed=deed[:40],
        subject=name[:100],
        detail=detail[:300],
    )
