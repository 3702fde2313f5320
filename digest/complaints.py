"""Who complained and was erased: known by a keyed hash of the mailbox, from which nobody reads an address."""

from django.conf import settings
from django.utils.crypto import salted_hmac

from digest.models import Complaint
from newsroom import limits


def remember(email: str) -> None:
    Complaint.objects.get_or_create(code=_codes(email)[0])


def known(email: str) -> bool:
    return Complaint.objects.filter(code__in=_codes(email)).exists()


def forget(email: str) -> None:
    Complaint.objects.filter(code__in=_codes(email)).delete()


def _codes(email: str) -> list[str]:
    """By today's key first, then by those it replaced."""
    mailbox = limits.mailbox_of(email)
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac("digest.complaints", mailbox, secret=key, algorithm="sha256").hexdigest() for key in keys]
