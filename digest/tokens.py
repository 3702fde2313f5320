"""The signed links in our mails. Each kind has a salt of its own, so that none can stand in for another.

A link to confirm carries its moment: it runs out, and does not work again for somebody who left after it was made. The
others work as long as the subscriber's row exists: who holds an old mail can still leave (RFC 8058, section 3.2).
"""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing

VALID_FOR = timedelta(days=14)


class BadToken(ValueError):
    """Not a token of ours, or one of another kind."""


@dataclass(frozen=True)
class Confirmation:
    subscriber: uuid.UUID
    made_at: datetime

    def is_over(self, *, at: datetime) -> bool:
        return at > self.made_at + VALID_FOR


def to_confirm(subscriber: uuid.UUID, *, at: datetime) -> str:
    return _signer("confirm").sign(f"{_short(subscriber)}.{signing.b62_encode(int(at.timestamp()))}")


def read_confirmation(token: str) -> Confirmation:
    value, _, seconds = _value("confirm", token).partition(".")
    return Confirmation(_long(value), datetime.fromtimestamp(signing.b62_decode(seconds), UTC))


def to_unsubscribe(subscriber: uuid.UUID) -> str:
    return _signer("unsubscribe").sign(_short(subscriber))


def read_unsubscription(token: str) -> uuid.UUID:
    return _long(_value("unsubscribe", token))


def to_preferences(subscriber: uuid.UUID) -> str:
    return _signer("preferences").sign(_short(subscriber))


def read_preferences(token: str) -> uuid.UUID:
    return _long(_value("preferences", token))


def _signer(kind: str) -> signing.Signer:
    return signing.Signer(sep=".", salt=f"digest.{kind}")


def _value(kind: str, token: str) -> str:
    try:
        return _signer(kind).unsign(token)
    except signing.BadSignature:
        raise BadToken(token) from None


def _short(number: uuid.UUID) -> str:
    return urlsafe_b64encode(number.bytes).rstrip(b"=").decode()


def _long(value: str) -> uuid.UUID:
    return uuid.UUID(bytes=urlsafe_b64decode(f"{value}=="))
