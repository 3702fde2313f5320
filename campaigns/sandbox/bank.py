"""The pretended bank: its own books, its own hosted page, its own signed events. Nothing in it knows what a gift is.

It behaves as real processors do: the same key is the same payment, a refund has a key too, answers may come late, and
whatever happens is also told by an event that may come twice, late or in any order. On trial only.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from campaigns.models import SandboxMovement, SandboxPayment

SIGNATURE_HEADER = "sandbox-signature"
TOLERANCE = 300  # seconds a signature stays good
ANSWER_WITHIN = timedelta(days=7)  # evidence in a dispute
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
    hold: bool = False


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
    answer_by: datetime | None = None


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
    fee: int = 0
    wants_donor: bool = False
    blocked: bool = False


def open_payment(terms: Terms) -> Opened:
    """A payment with its hosted page; the one that is there when the key is known."""
    payment = _payment_for(terms)
    return Opened(ref=payment.ref, url=reverse("campaigns:sandbox:pay", args=[payment.ref]))


def ref_of(key: str) -> str:
    """The payment opened under this key, or nothing."""
    return SandboxPayment.objects.filter(key=key).values_list("ref", flat=True).first() or ""


def statement(ref: str) -> Statement:
    payment = SandboxPayment.objects.filter(ref=ref).first()
    if payment is None:
        raise BankRefuses("This bank knows no such payment.")
    return Statement(
        ref=payment.ref,
        key=payment.key,
        status=payment.status,
        amount=payment.amount,
        currency=payment.currency,
        settled_at=payment.settled_at,
        mandate=payment.mandate,
        lines=tuple(_line(movement) for movement in payment.movements.all()),
        fee=fee_of(payment.amount) if payment.status == Status.PAID else 0,
        wants_donor=payment.wants_donor,
        blocked=payment.blocked,
    )


def fee_of(amount: int) -> int:
    """What this bank keeps: 2 %, rounded up."""
    return -(-amount * 2 // 100)


def books(*, since: datetime, until: datetime) -> Iterator[tuple[Statement, Line | None]]:
    """What moved in [since, until), the oldest first: a payment, or one of its lines."""
    paid = SandboxPayment.objects.filter(status=Status.PAID, settled_at__gte=since, settled_at__lt=until)
    moved = SandboxMovement.objects.filter(at__gte=since, at__lt=until).select_related("payment")
    lines: list[tuple[datetime, Statement, Line | None]] = [
        (one.settled_at, statement(one.ref), None) for one in paid if one.settled_at
    ]
    lines += [(one.at, statement(one.payment.ref), _line(one)) for one in moved]
    yield from ((told, line) for _, told, line in sorted(lines, key=lambda entry: entry[0]))


def pay(ref: str, *, at: datetime | None = None, tell: bool = True) -> None:
    """The donor presses Pay, or a late answer comes: open or pending → paid, or held where that was asked for. Once."""
    if SandboxPayment.objects.filter(ref=ref, hold=True).exists():
        _change(ref, {Status.OPEN, Status.PENDING}, Status.HELD, at=at, tell=tell)
    else:
        _change(ref, {Status.OPEN, Status.PENDING}, Status.PAID, at=at, tell=tell)


def capture(ref: str, *, at: datetime | None = None, tell: bool = True) -> None:
    """Take the money that is held. Once."""
    if not _change(ref, {Status.HELD}, Status.PAID, at=at, tell=tell) and statement(ref).status != Status.PAID:
        raise BankRefuses("This payment is not held.")


def release(ref: str, *, at: datetime | None = None, tell: bool = True) -> None:
    """Let held money go, or close a page that nobody paid on."""
    _change(ref, {Status.OPEN, Status.HELD}, Status.CANCELLED, at=at, tell=tell)


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
        SandboxPayment.objects.filter(pk=payment.pk).update(blocked=source.blocked, wants_donor=source.wants_donor)
        refused = source.blocked or source.wants_donor
        _change(payment.ref, {Status.OPEN}, Status.DECLINED if refused else Status.PAID, at=None, tell=True)
    return Opened(ref=payment.ref, url="")


def refund(ref: str, *, amount: int, key: str, at: datetime | None = None, tell: bool = True) -> Line:
    """Send back up to what is left, once per key."""
    return _move(ref, kind="refund", amount=amount, key=key, at=at, tell=tell)


def refund_fails(ref: str, *, key: str, at: datetime | None = None, tell: bool = True) -> Line:
    """The refund that was sent under this key comes back: the donor's account is closed."""
    sent = SandboxMovement.objects.get(key=key, kind="refund")
    return _move(ref, kind="refund_failed", amount=sent.amount, key=f"failed-{key}", at=at, tell=tell)


def dispute(ref: str, *, at: datetime | None = None, tell: bool = True) -> Line:
    """The donor's own bank takes the whole payment back."""
    return _move(ref, kind="dispute", amount=_left(SandboxPayment.objects.get(ref=ref)), key=f"dispute-{ref}", at=at, tell=tell)


def dispute_won(ref: str, *, at: datetime | None = None, tell: bool = True) -> Line:
    taken = SandboxMovement.objects.get(key=f"dispute-{ref}")
    return _move(ref, kind="dispute_won", amount=taken.amount, key=f"dispute-won-{ref}", at=at, tell=tell)


def block(mandate: str) -> None:
    """The saved card stops working."""
    SandboxPayment.objects.filter(mandate=mandate).update(blocked=True)


def forget(mandate: str) -> None:
    """The card is not kept any more: nothing can be collected by it."""
    SandboxPayment.objects.exclude(mandate="").filter(mandate=mandate).update(mandate="")


def ask_donor(mandate: str) -> None:
    """The card's bank wants its owner to confirm whatever is collected from now on."""
    SandboxPayment.objects.filter(mandate=mandate).update(wants_donor=True)


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
                hold=terms.hold,
                created_at=timezone.now(),
            )
        ],
        ignore_conflicts=True,  # two askers with one key at the same moment: one payment
    )
    return SandboxPayment.objects.get(key=terms.key)


def _change(ref: str, allowed: set[Status], status: Status, *, at: datetime | None, tell: bool) -> bool:
    with transaction.atomic():
        payment = SandboxPayment.objects.select_for_update(no_key=True).get(ref=ref)
        if payment.status not in allowed:
            return False
        payment.status = status
        if status != Status.PENDING:
            payment.settled_at = at or timezone.now()
        if status in {Status.PAID, Status.HELD} and payment.save_method and not payment.mandate:
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
        payment = SandboxPayment.objects.select_for_update(no_key=True).get(ref=ref)
        line = SandboxMovement.objects.filter(key=key).first()
        if line is None:
            if payment.status != Status.PAID or amount <= 0 or (kind in TAKING and amount > _left(payment)):
                raise BankRefuses("That is more than is left of this payment.")
            line = SandboxMovement.objects.create(
                payment=payment, ref=f"mov_{secrets.token_hex(12)}", key=key, kind=kind, amount=amount, at=at or timezone.now()
            )
            if tell:
                _announce(ref, f"payment.{kind}")
    return _line(line)


def _line(movement: SandboxMovement) -> Line:
    answer_by = movement.at + ANSWER_WITHIN if movement.kind == "dispute" else None
    return Line(movement.ref, movement.kind, movement.amount, movement.at, movement.key, answer_by)


def _announce(ref: str, kind: str) -> None:
    from campaigns.sandbox import tasks  # tasks imports this module

    tasks.post_event.defer(ref=ref, kind=kind)
