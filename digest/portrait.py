"""What the digest knows of an address, for a donor who asks for everything about them (campaigns/portrait.py)."""

from typing import Any

from django.db.models.functions import Lower

from digest.models import Subscriber

TOLD = ["email", "status", "language", "consent", "place", "asked_at", "mailed_at", "confirmed_at", "left_at"]
TOLD += ["again_asked_at", "again_consent", "again_place"]


def known_of(email: str) -> dict[str, Any] | None:
    """The subscription under this address, in whatever letters; None without one."""
    found = Subscriber.objects.alias(small=Lower("email")).filter(small=email.lower()).first()
    return {name: getattr(found, name) for name in TOLD} if found else None
