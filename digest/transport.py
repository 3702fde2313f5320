"""One line to the mail server, and what its answers mean. Knows messages, not subscribers.

SMTP is driven step by step, since only the step tells whether a lost connection may have left a message behind: until
the text is handed over nothing was sent, after it nobody knows.
"""

import email.policy
import re
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from email.errors import MessageError
from enum import Enum

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailUnsupportedFeature
from django.core.mail import EmailMessage, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from requests import ConnectTimeout

CLOSING = 421  # "service not available, closing transmission channel" (RFC 5321, section 3.8)
OURSELVES = {401, 402, 403, 407, 429}  # of HTTP: whoever the mail is to, a service does not take it from us now
REFUSALS = {4, 5}  # the first digit of a no
LONGEST_SAID = 1000
ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+(?:@|%40)[^\s<>()\[\],;:\"']+", re.IGNORECASE)


class Verdict(Enum):
    ACCEPTED = "accepted"
    REFUSED = "refused"  # this message, for good
    LATER = "later"  # this message, for now
    UNKNOWN = "unknown"  # handed over, and no answer came
    UNSENT = "unsent"  # not handed over, for a reason that would meet every message


@dataclass(frozen=True)
class Answer:
    verdict: Verdict
    problem: str = ""


def without_addresses(words: str) -> str:
    """Servers like to repeat an address, in whatever form: it must reach no log and no list."""
    return ADDRESS.sub("(address)", words[:LONGEST_SAID])


class Unreachable(Exception):
    """The mail server does not take our mail now. The sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(without_addresses(sentence))


class _Lost(Exception):
    """The connection ended before a message was handed over."""


class Line:
    def __init__(self, backend: BaseEmailBackend) -> None:
        self.backend = backend

    def send(self, message: EmailMessage) -> Answer:
        """Hand over one message to its one recipient. A line that dropped before that is opened anew, once.

        The answer tells no address.
        """
        answer = self._sent(message)
        return replace(answer, problem=without_addresses(answer.problem))

    def _sent(self, message: EmailMessage) -> Answer:
        if not isinstance(self.backend, EmailBackend):
            return self._through_backend(message)
        try:
            sender = self.backend.prep_address(message.from_email)
            recipient = self.backend.prep_address(message.to[0])
            text = message.message(policy=email.policy.SMTP).as_bytes()
        except (ValueError, LookupError, MessageError) as error:
            return Answer(Verdict.REFUSED, f"No mail can be written to this address: {error}")
        for last in (False, True):
            try:
                return _by_smtp(self.backend.connection or smtplib.SMTP(), sender, recipient, text)
            except _Lost as error:
                if last:
                    return Answer(Verdict.UNSENT, f"The mail server broke off: {error}")
                try:
                    _reopen(self.backend)
                except Unreachable as unreachable:
                    return Answer(Verdict.UNSENT, str(unreachable))
        raise AssertionError("unreachable code")

    def _through_backend(self, message: EmailMessage) -> Answer:
        """A backend that tells no steps (the trial's outbox): an error leaves the outcome open."""
        try:
            sent = self.backend.send_messages([message])
        except AnymailError as error:
            return _by_service(error)
        except Exception as error:
            return Answer(Verdict.UNKNOWN, f"The mail could not be handed over: {error!r}")
        return Answer(Verdict.ACCEPTED if sent else Verdict.REFUSED)


@contextmanager
def opened() -> Iterator[Line]:
    """A line to the site's mail server. Unreachable when there is none to be had."""
    backend = mailers.default
    _open(backend)
    try:
        yield Line(backend)
    finally:
        _close(backend)


def _open(backend: BaseEmailBackend) -> None:
    try:
        backend.open()
    except smtplib.SMTPAuthenticationError as error:
        raise Unreachable(f"The mail server refused our name or password: {_said(error.smtp_code, error.smtp_error)}") from error
    except smtplib.SMTPResponseException as error:
        raise Unreachable(f"The mail server turned us away: {_said(error.smtp_code, error.smtp_error)}") from error
    except OSError as error:  # every other smtplib error is one
        raise Unreachable(f"The mail server could not be reached: {error}") from error


def _reopen(backend: EmailBackend) -> None:
    _close(backend)
    _open(backend)


def _close(backend: BaseEmailBackend) -> None:
    """Everything is settled by now: how the line ends does not matter."""
    try:
        backend.close()
    except OSError:
        if isinstance(backend, EmailBackend):
            backend.connection = None


def _by_smtp(smtp: smtplib.SMTP, sender: str, recipient: str, text: bytes) -> Answer:
    try:
        smtp.ehlo_or_helo_if_needed()
        if refusal := _asked(smtp, *smtp.mail(sender)):
            return Answer(Verdict.UNSENT, f"The mail server refuses us as sender: {refusal.problem}")
        if refusal := _asked(smtp, *smtp.rcpt(recipient)) or _asked(smtp, *smtp.docmd("DATA"), wanted=3):
            return refusal
    except OSError as error:
        raise _Lost(str(error)) from error
    try:
        smtp.send(re.sub(rb"(?m)^\.", b"..", text) + b".\r\n")  # RFC 5321, section 4.5.2
        code, said = smtp.getreply()
    except OSError as error:
        smtp.close()
        return Answer(Verdict.UNKNOWN, f"The connection was lost before the mail server answered: {error}")
    if code // 100 == 2:
        return Answer(Verdict.ACCEPTED)
    if code // 100 in REFUSALS:
        return _refused(code, said)
    smtp.close()  # where its next answer begins nobody knows
    return Answer(Verdict.UNKNOWN, f"The mail server’s answer could not be read: {_said(code, said)}")


def _by_service(error: AnymailError) -> Answer:
    """What a service's web API means. Only an answer that did not come, or that says that the service broke, leaves the
    outcome open."""
    status, said = error.status_code, " ".join(str(error).split())
    if status in OURSELVES:
        return Answer(Verdict.UNSENT, f"The mail service does not take our mail: {said}")
    if isinstance(error, ConnectTimeout | AnymailUnsupportedFeature):
        return Answer(Verdict.UNSENT, f"The mail could not be handed to the service: {said}")
    if isinstance(error, AnymailAPIError) and (status is None or status < 400 or status >= 500):
        return Answer(Verdict.UNKNOWN, f"The mail service’s answer is not known: {said}")
    return Answer(Verdict.REFUSED, f"The mail service refuses this mail: {said}")


def _asked(smtp: smtplib.SMTP, code: int, said: bytes, wanted: int = 2) -> Answer | None:
    """None when the server says yes to a step, else its refusal, with the line made ready for the next message.

    The first digit alone decides (RFC 5321, section 4.2.1).
    """
    if code // 100 == wanted:
        return None
    if code == CLOSING or code // 100 not in REFUSALS:
        raise _Lost(_said(code, said))
    with suppress(OSError):  # the next message finds out
        smtp.rset()
    return _refused(code, said)


def _refused(code: int, said: bytes | str) -> Answer:
    return Answer(Verdict.LATER if 400 <= code < 500 else Verdict.REFUSED, _said(code, said))


def _said(code: int, said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join([str(code), *words.split()])
