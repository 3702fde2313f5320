"""What a donor brings who was asked to wait or to work: a signed ticket for one form, and the answer to its challenge.

Tickets cost nothing to give out: a row is written only when one is spent. The challenge is altcha's proof of work
(altcha.org, version 2 of its protocol); a browser solves it, and no person is asked to read letters in a picture.
"""

import json
import secrets
from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import altcha
from django.core import signing
from django.utils.crypto import salted_hmac

from campaigns.models import Donation, GuardTicket

SALT = "campaigns.guard.ticket"
VALID_FOR = timedelta(minutes=30)
MAILED_VALID_FOR = timedelta(days=2)
WAITS = {0: 0, 1: 4, 2: 5, 3: 8, 4: 10}  # seconds
# Rounds of PBKDF2 in each of the 256 tries that a solution takes on average: half a second to two on a telephone.
WORK = {2: 1_000, 3: 2_000, 4: 4_000}
ALGORITHM = "PBKDF2/SHA-256"
WORK_FROM = 2


@dataclass(frozen=True, slots=True)
class Ticket:
    name: str
    step: int
    content: str  # which form it is for
    given_at: datetime
    mailed: bool = False

    @property
    def wait(self) -> timedelta:
        return timedelta() if self.mailed else timedelta(seconds=WAITS[self.step])

    def seconds_left(self, *, at: datetime) -> int:
        return max(0, -int((at - self.given_at - self.wait) // timedelta(seconds=1)))

    def is_valid(self, *, at: datetime) -> bool:
        return at - self.given_at < (MAILED_VALID_FOR if self.mailed else VALID_FOR)

    def signed(self) -> str:
        told = [self.name, self.step, self.content, self.given_at.timestamp(), self.mailed]
        return signing.dumps(told, salt=SALT)


def give(content: str, *, step: int, at: datetime) -> Ticket:
    return Ticket(secrets.token_hex(16), step, content, at)


def by_mail(content: str, name: str, *, at: datetime) -> Ticket:
    """For whoever follows the link in their own mailbox: as good as work."""
    return Ticket(name, WORK_FROM, content, at, mailed=True)


def read(signed: str, content: str, *, at: datetime) -> Ticket | None:
    """The ticket, if it is ours, for this form, and not too old."""
    try:
        name, step, its_content, given_at, mailed = signing.loads(signed, salt=SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    ticket = Ticket(name, step, its_content, datetime.fromtimestamp(given_at, at.tzinfo), mailed)
    return ticket if its_content == content and ticket.is_valid(at=at) else None


def spend(ticket: Ticket, *, at: datetime) -> tuple[bool, bool]:
    """(may it go on, is it the first time). The same form again is the same gift, so that a double click does no harm; a
    ticket whose gift has ended, declined or left, opens no second payment."""
    _, is_first = GuardTicket.objects.get_or_create(name=ticket.name, defaults={"at": at})
    if is_first:
        return True, True
    ended = [Donation.Status.DECLINED, Donation.Status.CANCELLED]
    return not GuardTicket.objects.filter(name=ticket.name, donation__status__in=ended).exists(), False


def challenge(ticket: Ticket, *, step: int) -> dict[str, Any]:
    """What the browser has to solve; bound to the ticket."""
    made = altcha.create_challenge(ALGORITHM, WORK[step], data={"ticket": ticket.name}, hmac_secret=_secret())
    told: dict[str, Any] = made.to_dict()
    return told


def is_solved(ticket: Ticket, payload: str) -> bool:
    """Whether the answer is right, the challenge ours, and for this ticket."""
    if not payload or len(payload) > 4000:
        return False
    try:
        bound_to = json.loads(b64decode(payload))["challenge"]["parameters"]["data"]["ticket"]
        return bound_to == ticket.name and bool(altcha.verify_solution(payload, _secret()).verified)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):  # typed by whoever likes
        return False


def _secret() -> str:
    return salted_hmac("campaigns.guard.altcha", "challenge", algorithm="sha256").hexdigest()
