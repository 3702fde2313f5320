"""The pretended bank: its own books, its own hosted page, its own signed events. Nothing in it knows what a gift is.

It behaves as real processors do: the same key is the same payment, a refund has a key too, answers may come late, and
whatever happens is also told by an event that may come twice, late or in any order. On trial only.
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from campaigns.models import SandboxMovement, SandboxPayment

SIGNATURE_HEADER = "sandbox-signature"
TOLERANCE = 300  # seconds a signature stays good
Status = SandboxPayment.Status
TAKING = {"refund", "dispute"}


class BankRefuses(Exception):
    """The bank answered no; the message is its sentence."""


@dataclass(frozen=True, slots=True)
class Terms:
    key: str
    amount: int
    currency: str
    description: str
    return_url: str
    save_method: bool


@dataclass(frozen=True, slots=True)
class Opened:
    ref: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    ref: str
    kind: str
    amount: int
    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Statement:
    ref: str
    key: str
    status: str
    amount: int
    currency: str
    settled_at: datetime | None
    mandate: str
    lines: tuple[Line, ...]


def open_payment(terms: Terms) -> Opened:
    """A payment with its hosted page; the one that is there when the key is known."""
    payment = _payment_for(terms)
    return Opened(ref=payment.ref, url=reverse("campaigns:sandbox:pay", args=[payment.ref]))


def ref_of(key: str) -> str:
    """The payment opened under this key, or nothing."""
    return SandboxPayment.objects.filter(key=key).values_list("ref", flat=True).first() or ""


def statement(ref: str) -> Statement:
    payment = SandboxPayment.objects.get(ref=ref)
    return Statement(
        ref=payment.ref,
        key=payment.key,
        status=payment.status,
        amount=payment.amount,
        currency=payment.currency,
        settled_at=payment.settled_at,
        mandate=payment.mandate,
        lines=tuple(Line(line.ref, line.kind, line.amount, line.at, line.key) for line in payment.movements.all()),
    )


def pay(ref: str, *, at: datetime | None = None, tell: bool = True) -> None:
    """The donor presses Pay, or a late answer comes: open or pending → paid. Once."""
    _change(ref, {Status.OPEN, Status.PENDING}, Status.PAID, at=at, tell=tell)


def decline(ref: str, *, at: datetime | None = None, tell: bool = True) -> None:
    _change(ref, {Status.OPEN, Status.PENDING}, Status.DECLINED, at=at, tell=tell)


def cancel(ref: str, *, at: datetime | None = None, tell: bool = True) -> None:
    _change(ref, {Status.OPEN}, Status.CANCELLED, at=at, tell=tell)


def pay_later(ref: str, *, seconds: int = 8) -> None:
    """The donor is done; the bank answers after some seconds, by an event alone."""
    from campaigns.sandbox import tasks  # tasks imports this module

    with transaction.atomic():
        if _change(ref, {Status.OPEN}, Status.PENDING, at=None, tell=False):
            tasks.answer_late.configure(schedule_in={"seconds": seconds}).defer(ref=ref)


def charge(mandate: str, terms: Terms) -> Opened:
    """Collect by a saved card, once per key."""
    source = SandboxPayment.objects.filter(mandate=mandate).exclude(mandate="").order_by("pk").first()
    if source is None:
        raise BankRefuses("This bank knows no such mandate.")
    with transaction.atomic():
        payment = _payment_for(terms)
        _change(payment.ref, {Status.OPEN}, Status.DECLINED if source.blocked else Status.PAID, at=None, tell=True)
    return Opened(ref=payment.ref, url="")


def refund(ref: str, *, amount: int, key: str, at: datetime | None = None, tell: bool = True) -> Line:
    """Send back up to what is left, once per key."""
    return _move(ref, kind="refund", amount=amount, key=key, at=at, tell=tell)


def dispute(ref: str, *, at: datetime | None = None, tell: bool = True) -> Line:
    """The donor's own bank takes the whole payment back."""
    return _move(ref, kind="dispute", amount=_left(SandboxPayment.objects.get(ref=ref)), key=f"dispute-{ref}", at=at, tell=tell)


def dispute_won(ref: str, *, at: datetime | None = None, tell: bool = True) -> Line:
    taken = SandboxMovement.objects.get(key=f"dispute-{ref}")
    return _move(ref, kind="dispute_won", amount=taken.amount, key=f"dispute-won-{ref}", at=at, tell=tell)


def block(mandate: str) -> None:
    """The saved card stops working."""
    SandboxPayment.objects.filter(mandate=mandate).update(blocked=True)


def signed_event(ref: str, kind: str, *, event_id: str = "", at: datetime | None = None) -> tuple[dict[str, str], bytes]:
    """Headers and body of an event as this bank would post it now."""
    key = SandboxPayment.objects.values_list("key", flat=True).get(ref=ref)
    body = json.dumps({"id": event_id or f"evt_{secrets.token_hex(12)}", "kind": kind, "ref": ref, "key": key}).encode()
    moment = int((at or timezone.now()).timestamp())
    return {SIGNATURE_HEADER: f"t={moment},v1={_signature(moment, body)}"}, body


def check_signature(header: str, body: bytes) -> dict[str, Any]:
    """The event's content. ValueError says what is wrong with it."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    if not parts.get("t", "").isdecimal() or "v1" not in parts:
        raise ValueError("The signature is missing.")
    moment = int(parts["t"])
    if not hmac.compare_digest(_signature(moment, body).encode(), parts["v1"].encode()):
        raise ValueError("The signature does not belong to this message.")
    if abs(timezone.now().timestamp() - moment) > TOLERANCE:
        raise ValueError("The signature is too old.")
    told = json.loads(body)
    if not isinstance(told, dict) or not {"id", "kind", "ref", "key"} <= told.keys():
        raise ValueError("The message is not an event.")
    return told


def _signature(moment: int, body: bytes) -> str:
    secret = salted_hmac("campaigns.sandbox", "webhook", algorithm="sha256").digest()
    return hmac.new(secret, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def _payment_for(terms: Terms) -> SandboxPayment:
    SandboxPayment.objects.bulk_create(
        [
            SandboxPayment(
                ref=f"pay_{secrets.token_hex(12)}",
                key=terms.key,
                amount=terms.amount,
                currency=terms.currency,
                description=terms.description,
                return_url=terms.return_url,
                save_method=terms.save_method,
                created_at=timezone.now(),
            )
        ],
        ignore_conflicts=True,  # two askers with one key at the same moment: one payment
    )
    return SandboxPayment.objects.get(key=terms.key)


def _change(ref: str, allowed: set[Status], status: Status, *, at: datetime | None, tell: bool) -> bool:
    with transaction.atomic():
        payment = SandboxPayment.objects.select_for_update().get(ref=ref)
        if payment.status not in allowed:
            return False
        payment.status = status
        if status != Status.PENDING:
            payment.settled_at = at or timezone.now()
        if status == Status.PAID and payment.save_method and not payment.mandate:
            payment.mandate = f"mandate_{secrets.token_hex(12)}"
        payment.save(update_fields=["status", "settled_at", "mandate"])
        if tell:
            _announce(ref, f"payment.{status.value}")
    return True


def _left(payment: SandboxPayment) -> int:
    moved = dict(payment.movements.values_list("kind").annotate(Sum("amount")).order_by())
    return payment.amount - sum(amount if kind in TAKING else -amount for kind, amount in moved.items())


def _move(ref: str, *, kind: str, amount: int, key: str, at: datetime | None, tell: bool) -> Line:
    with transaction.atomic():
        payment = SandboxPayment.objects.select_for_update().get(ref=ref)
        line = SandboxMovement.objects.filter(key=key).first()
        if line is None:
            if payment.status != Status.PAID or amount <= 0 or (kind in TAKING and amount > _left(payment)):
                raise BankRefuses("That is more than is left of this payment.")
            line = SandboxMovement.objects.create(
                payment=payment, ref=f"mov_{secrets.token_hex(12)}", key=key, kind=kind, amount=amount, at=at or timezone.now()
            )
            if tell:
                _announce(ref, f"payment.{kind}")
    return Line(line.ref, line.kind, line.amount, line.at, line.key)


def _announce(ref: str, kind: str) -> None:
    from campaigns.sandbox import tasks  # tasks imports this module

    tasks.post_event.defer(ref=ref, kind=kind)
