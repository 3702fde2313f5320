"""What `manage.py check --deploy` says about settings that look right and are not."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as Caution


@register(Tags.security, deploy=True)
def mail_leaves(**kwargs: Any) -> list[CheckMessage]:
    """A newsroom whose receipts and digests lie in a folder would not notice for a while."""
    said: list[CheckMessage] = []
    if not settings.EMAIL_URL:
        said.append(Caution("EMAIL_URL is not set: mail is written to files and reaches nobody.", id="newsroom.W001"))
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        said.append(Caution("DEFAULT_FROM_EMAIL is not set: mail would come from newsroom@localhost.", id="newsroom.W002"))
    return said
