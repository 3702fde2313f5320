"""What `manage.py check` says about the digest's settings."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution


@register()
def hour(**kwargs: Any) -> list[CheckMessage]:
    if 0 <= settings.DIGEST_HOUR <= 23:
        return []
    return [Error(f"DIGEST_HOUR is {settings.DIGEST_HOUR}: it must be an hour from 0 to 23.", id="digest.E001")]


@register(Tags.security, deploy=True)
def links(**kwargs: Any) -> list[CheckMessage]:
    if settings.SITE_URL.startswith("https://"):
        return []
    hint = "Mail programs show their unsubscribe button for https:// only (RFC 8058); every link in a mail begins with SITE_URL."
    return [Caution(f"SITE_URL is {settings.SITE_URL}.", hint=hint, id="digest.W001")]
