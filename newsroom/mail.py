"""How mail leaves: by SMTP or a mail service as EMAIL_URL says, else (the trial) as one .eml file a message in var/outbox/."""

import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from newsroom import mailservices

YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
SHAPE = (
    "EMAIL_URL must look like smtp://user:password@host:587/?tls=1 or smtps://user:password@host:465/, or name a mail service "
    "like mailgun://KEY@news.example or postmark://TOKEN@"
)


UNREACHED = {"ConnectionRefusedError", "gaierror", "SMTPConnectError", "SMTPHeloError", "SMTPAuthenticationError"}


class NotSent(Exception):
    """A mail did not leave. Says whether and how the server refused it, never to whom it was to go."""

    codes: frozenset[int] = frozenset()  # what the server answered
    kind = ""  # the error's type

    @property
    def is_certain(self) -> bool:
        """Whether the server surely has not taken it: it said no, or was not reached. Else it may be on its way."""
        return bool(self.codes) or self.kind in UNREACHED

    @property
    def is_passing(self) -> bool:
        """Whether another try later may go better."""
        return self.kind in UNREACHED or any(400 <= code < 500 for code in self.codes)


def send(message: EmailMessage) -> None:
    """Send, or raise NotSent alone: what smtplib and the header classes raise quotes addresses, and jobs log what they
    raise."""
    refusal: NotSent | None = None
    try:
        message.send()
    except Exception as error:  # whatever it is, it may name somebody
        refusal = _without_names(error)
    if refusal:  # raised out here: within the except clause the original would hang on it
        raise refusal


def _without_names(error: Exception) -> NotSent:
    told = [getattr(error, name, None) for name in ("smtp_code", "status_code")]  # of SMTP; of a mail service's API
    told += [code for code, _ in getattr(error, "recipients", {}).values()]
    codes = {int(code) for code in told if code is not None}
    said = f" with {', '.join(f'{code}' for code in sorted(codes))}" if codes else ""
    refusal = NotSent(f"The mail server did not take a mail{said} ({type(error).__name__}).")
    refusal.codes, refusal.kind = frozenset(codes), type(error).__name__
    return refusal


class OutboxBackend(BaseEmailBackend):
    """Writes each message to a file of its own, named by the moment it left, so that a listing is in order.

    A file appears whole or not at all, whatever number of processes writes. Readable by its owner only: mails carry
    names, addresses and signed links.
    """

    def __init__(self, *, folder: Path | str, **options: Any) -> None:
        super().__init__(**options)
        self.folder = Path(folder)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        messages = [message for message in email_messages if message.recipients()]
        if messages:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in messages:
            self._write(message.message().as_bytes())
        return len(messages)

    def _write(self, content: bytes) -> None:
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{secrets.token_hex(4)}"
        unfinished = self.folder / f".{name}.part"
        try:
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
            unfinished.rename(self.folder / f"{name}.eml")
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


def forget(address: str) -> None:
    """Remove the outbox's copies of mails to an address. A mail server's copies are out of our reach."""
    if settings.EMAIL_URL or not settings.OUTBOX.is_dir():
        return
    wanted = address.lower().encode()
    for path in settings.OUTBOX.glob("*.eml"):
        head, _, _ = path.read_bytes().partition(b"\n\n")
        if any(line.lower().startswith(b"to:") and wanted in line.lower() for line in head.splitlines()):
            path.unlink(missing_ok=True)


def mailers(email_url: str, *, outbox: Path) -> dict[str, dict[str, Any]]:
    """Django's MAILERS for an EMAIL_URL; the outbox folder where there is none.

    `smtp://` uses STARTTLS unless `?tls=0`; `smtps://` is TLS from the first byte. `timeout=` is in seconds (10).
    User and password are percent-encoded, as in any address. Services: newsroom/mailservices.py.
    """
    if not email_url:
        return {"default": {"BACKEND": "newsroom.mail.OutboxBackend", "OPTIONS": {"folder": outbox}}}
    try:
        parts = urlsplit(email_url)
        if parts.scheme in mailservices.SERVICES:
            return {"default": mailservices.mailer(parts)}
        return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": _smtp(parts)}}
    except ValueError as error:
        raise ImproperlyConfigured(f"{SHAPE}: {error}.") from None


def _smtp(parts: SplitResult) -> dict[str, Any]:
    if parts.scheme not in {"smtp", "smtps"}:
        raise ValueError(f"it must begin with smtp://, smtps:// or one of {', '.join(mailservices.SERVICES)}")
    if not parts.hostname:
        raise ValueError("the host is missing")
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := set(asked) - {"tls", "timeout"}:
        raise ValueError(f"“{min(unknown)}” is not an option (tls and timeout are)")
    tls = asked.get("tls", "1").lower()
    if tls not in YES | NO:
        raise ValueError(f"tls is 1 or 0, not “{tls}”")
    implicit = parts.scheme == "smtps"
    return {
        "host": parts.hostname,
        "port": parts.port or (465 if implicit else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": implicit,
        "use_tls": not implicit and tls in YES,
        "timeout": float(asked.get("timeout", "10")),
    }
