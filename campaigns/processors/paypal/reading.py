"""What PayPal's books say of an order, as a Payment."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from campaigns.processors.base import Movement, MovementKind, Payment, PaymentStatus, Standing
from campaigns.processors.paypal import amounts, orders, words

PAID = frozenset({"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"})
AUTHORIZATIONS = {
    "CREATED": PaymentStatus.HELD,
    "DENIED": PaymentStatus.DECLINED,
    "VOIDED": PaymentStatus.CANCELLED,
}
# Outcomes of a dispute after which the newsroom has its money: for it, taken back by the donor, or paid by PayPal itself.
KEPT = frozenset({"RESOLVED_SELLER_FAVOUR", "CANCELED_BY_BUYER", "DENIED", "RESOLVED_WITH_PAYOUT"})
STANDINGS = {
    **dict.fromkeys(["OPEN", "WAITING_FOR_SELLER_RESPONSE"], Standing.OPEN),
    **dict.fromkeys(["UNDER_REVIEW", "WAITING_FOR_BUYER_RESPONSE"], Standing.ANSWERED),
}
MARKED = {"released.": PaymentStatus.CANCELLED, "declined.": PaymentStatus.DECLINED}


def payment(order: dict[str, Any], disputes: Iterable[dict[str, Any]] = ()) -> Payment:
    """`disputes` in full. KeyError and its like for an answer that is not as PayPal describes it."""
    unit = order["purchase_units"][0]
    status, paid = _status(order), captures(order, PAID)
    amount, currency = amounts.read(unit["amount"])
    if paid:
        read = [amounts.read(capture["amount"]) for capture in paid]
        amount, currency = sum(part for part, _ in read), read[0][1]
    return Payment(
        ref=str(order["id"]),
        key=orders.key_of(order),
        status=status,
        amount=amount,
        currency=currency,
        paid_at=moment(paid[0]["create_time"]) if paid else None,
        mandate=_mandate(order),
        problem=words.DECLINED if status == PaymentStatus.DECLINED else "",
        movements=tuple(_movements(order, disputes, captured=amount)) if paid else (),
        method=_method(order),
        fee=_fee(paid, currency),
    )


def captures(order: dict[str, Any], status: frozenset[str] | None = None) -> list[dict[str, Any]]:
    found = _of(order, "captures")
    return [capture for capture in found if status is None or capture["status"] in status]


def authorization(order: dict[str, Any]) -> dict[str, Any] | None:
    """The last one: an older one was replaced by it."""
    return next(reversed(_of(order, "authorizations")), None)


def refund(told: dict[str, Any]) -> Movement:
    """A refund as it was sent off."""
    amount, _ = amounts.read(told["amount"])
    key = "" if told["status"] in {"FAILED", "CANCELLED"} else str(told.get("custom_id") or "")
    return Movement(str(told["id"]), MovementKind.REFUND, amount, moment(told["create_time"]), key)


def refunds(order: dict[str, Any]) -> list[dict[str, Any]]:
    return _of(order, "refunds")


def moment(text: str) -> datetime:
    """RFC 3339, always with an offset."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a moment without an offset")
    return at


def _of(order: dict[str, Any], what: str) -> list[dict[str, Any]]:
    return list((order["purchase_units"][0].get("payments") or {}).get(what) or [])


def _status(order: dict[str, Any]) -> PaymentStatus:
    if captures(order, PAID):
        return PaymentStatus.PAID
    if captures(order, frozenset({"PENDING"})):
        return PaymentStatus.PENDING
    if captures(order):
        return PaymentStatus.DECLINED
    if held := authorization(order):
        return AUTHORIZATIONS.get(held["status"], PaymentStatus.PENDING)
    if mark := orders.mark_of(order):
        return MARKED[mark]
    return {"VOIDED": PaymentStatus.CANCELLED, "COMPLETED": PaymentStatus.PENDING}.get(order["status"], PaymentStatus.OPEN)


def _mandate(order: dict[str, Any]) -> str:
    wallet = (order.get("payment_source") or {}).get("paypal") or {}
    vault = (wallet.get("attributes") or {}).get("vault") or {}
    return str(vault.get("id") or "") if vault.get("status") in {"VAULTED", "CREATED"} else ""


def _method(order: dict[str, Any]) -> str:
    """“PayPal (a…@example.org)”: enough for its owner, too little for anybody else."""
    source = order.get("payment_source") or {}
    if card := source.get("card"):
        return f"{str(card.get('brand') or 'Card').title()} ending in {card.get('last_digits') or '…'}"
    wallet = source.get("paypal") or {}
    name, at, host = str(wallet.get("email_address") or "").partition("@")
    return f"PayPal ({name[:1]}…@{host})"[:100] if name and at else "PayPal" if wallet else ""


def _fee(paid: list[dict[str, Any]], currency: str) -> int | None:
    parts = [capture.get("seller_receivable_breakdown") or {} for capture in paid]
    fees = [fee for part in parts if (fee := amounts.in_currency(part.get("paypal_fee"), currency)) is not None]
    return sum(fees) if fees and len(fees) == len(paid) else None


def _movements(order: dict[str, Any], disputes: Iterable[dict[str, Any]], *, captured: int) -> list[Movement]:
    went = [movement for told in refunds(order) for movement in _refund(told)]
    back = sum(move.amount if move.kind == MovementKind.REFUND else -move.amount for move in went)
    for dispute in sorted(disputes, key=lambda told: (told["create_time"], told["dispute_id"])):
        lines = list(disputed(dispute, left=captured - back))
        back += sum(line.amount if line.kind == MovementKind.DISPUTE else -line.amount for line in lines)
        went += lines
    return sorted(went, key=lambda move: move.at)


def _refund(told: dict[str, Any]) -> Iterator[Movement]:
    """One that failed went and came again: which of the two we heard of before does not matter then."""
    yield refund(told)
    if told["status"] in {"FAILED", "CANCELLED"}:
        amount, _ = amounts.read(told["amount"])
        at = moment(told.get("update_time") or told["create_time"])
        yield Movement(str(told["id"]), MovementKind.REFUND_FAILED, amount, at)


def disputed(dispute: dict[str, Any], *, left: int) -> Iterator[Movement]:
    """PayPal sets the money aside as soon as a dispute is open, and gives back what the donor does not get in the end.

    A claim that was settled by a refund is that refund: a dispute takes no more than is `left` of the payment.
    """
    amount = min(amounts.read(dispute["dispute_amount"])[0], left)
    if amount <= 0:
        return
    ref, reason = str(dispute["dispute_id"]), str(dispute.get("reason") or "")
    is_open = dispute["status"] != "RESOLVED"
    due = dispute.get("seller_response_due_date") if is_open else None
    won = 0 if is_open else amount - min(_lost(dispute, amount), amount)
    ended = Standing.WON if won else Standing.LOST
    yield Movement(
        ref,
        MovementKind.DISPUTE,
        amount,
        moment(dispute["create_time"]),
        reason=reason,
        answer_by=moment(due) if due else None,
        standing=STANDINGS.get(dispute["status"]) if is_open else ended,
    )
    if won:
        yield Movement(ref, MovementKind.DISPUTE_WON, won, moment(dispute["update_time"]), reason=reason)


def _lost(dispute: dict[str, Any], amount: int) -> int:
    """What the donor got of the newsroom's money, of a dispute that is over."""
    outcome = dispute.get("dispute_outcome") or {}
    if outcome.get("outcome_code") in KEPT:
        return 0
    return amounts.read(outcome["amount_refunded"])[0] if outcome.get("amount_refunded") else amount
