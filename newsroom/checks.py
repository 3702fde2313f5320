"""What `manage.py check --deploy` says about settings that look right and are not."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as Caution
from django.db import DatabaseError
from django.utils import timezone

from newsroom.pages.edge import outbox


@register(Tags.security, deploy=True)
def mail_leaves(**kwargs: Any) -> list[CheckMessage]:
    """A newsroom whose receipts and digests lie in a folder would not notice for a while."""
    said: list[CheckMessage] = []
    if not settings.EMAIL_URL:
        said.append(Caution("EMAIL_URL is not set: mail is written to files and reaches nobody.", id="newsroom.W001"))
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        said.append(Caution("DEFAULT_FROM_EMAIL is not set: mail would come from newsroom@localhost.", id="newsroom.W002"))
    return said


@register()
def cdn_has_pages(**kwargs: Any) -> list[CheckMessage]:
    if settings.CDN and not settings.PAGES_KEPT:
        return [Caution("CDN_PURGE_URL is set, but PAGES_KEPT is off: the CDN is given no page to keep.", id="newsroom.W003")]
    return []


@register(Tags.database)
def cdn_confirms(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """With `--database default` only, like every check that asks the database."""
    try:
        trouble = outbox.trouble(at=timezone.now()) if "default" in (databases or []) else None
    except DatabaseError:  # not migrated yet, or not there: others say so
        return []
    return [Caution(trouble, id="newsroom.W004")] if trouble else []
