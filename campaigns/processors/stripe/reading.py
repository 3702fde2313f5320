"""Stripe's objects as our values. Nothing is asked here but what the objects say."""

from dataclasses import replace
from datetime import UTC, datetime

import stripe

from campaigns.processors.base import Inquiry, Movement, MovementKind, Payment, PaymentStatus, Standing
from campaigns.processors.stripe import declines
from campaigns.processors.stripe.amounts import from_stripe

Metadata = stripe.StripeObject | dict[str, str] | None
# In our metadata: what opened a PaymentIntent, by which its payment's ref is known to be a session's or its own.
OPENED_BY, CHECKOUT, COLLECT = "opened_by", "checkout", "collect"
OF_INTENT = {"succeeded": PaymentStatus.PAID, "requires_capture": PaymentStatus.HELD, "processing": PaymentStatus.PENDING}
OF_SESSION = {"open": PaymentStatus.OPEN, "expired": PaymentStatus.CANCELLED, "complete": PaymentStatus.DECLINED}
STANDINGS = {
    **dict.fromkeys(["needs_response", "appeal_needs_response"], Standing.OPEN),
    **dict.fromkeys(["under_review", "appeal_under_review"], Standing.ANSWERED),
    "won": Standing.WON,
    "lost": Standing.LOST,
}
# Without a line in the books: the bank asks; or it is a dispute whose money moves in a moment.
OF_INQUIRY = {
    "warning_needs_response": Standing.OPEN,
    "warning_under_review": Standing.ANSWERED,
    "warning_closed": Standing.CLOSED,
    "prevented": Standing.CLOSED,
    "needs_response": Standing.OPEN,
    "under_review": Standing.ANSWERED,
}
BRANDS = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "discover": "Discover",
    "jcb": "JCB",
    "diners": "Diners Club",
    "unionpay": "UnionPay",
    "eftpos_au": "eftpos",
    "cartes_bancaires": "Cartes Bancaires",
}
NAMES = {
    "paypal": "PayPal",
    "ideal": "iDEAL",
    "eps": "EPS",
    "p24": "Przelewy24",
    "us_bank_account": "Bank account",
    "twint": "TWINT",
}


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def payment_of_session(session: stripe.checkout.Session) -> Payment:
    """Of a Checkout Session with its PaymentIntent expanded. It has none until the donor pays."""
    intent = session.payment_intent
    if isinstance(intent, stripe.PaymentIntent):
        return _payment(intent, ref=session.id, otherwise=OF_SESSION[session.status or "open"])
    currency = (session.currency or "").upper()
    return Payment(
        ref=session.id,
        key=session.client_reference_id or "",
        status=OF_SESSION[session.status or "open"],
        amount=from_stripe(session.amount_total or 0, currency),
        currency=currency,
    )


def payment_of_intent(intent: stripe.PaymentIntent) -> Payment:
    """Of one that we confirmed ourselves: nobody pays it later, so that an unpaid one is declined. Others' may be open."""
    otherwise = PaymentStatus.DECLINED if opened_by(intent.metadata) == COLLECT else PaymentStatus.OPEN
    return _payment(intent, ref=intent.id, otherwise=otherwise)


def _payment(intent: stripe.PaymentIntent, *, ref: str, otherwise: PaymentStatus) -> Payment:
    charge = intent.latest_charge if isinstance(intent.latest_charge, stripe.Charge) else None
    status = OF_INTENT.get(intent.status) or (_cancelled(intent) if intent.status == "canceled" else otherwise)
    is_paid = status == PaymentStatus.PAID
    decline = (declines.of(intent) or declines.Decline()) if status == PaymentStatus.DECLINED else None
    line = charge.balance_transaction if charge else None
    return Payment(
        ref=ref,
        key=key_of(intent.metadata),
        status=status,
        amount=from_stripe(intent.amount_received if is_paid else intent.amount, intent.currency),
        currency=intent.currency.upper(),
        paid_at=moment(_moment_of(charge, line, intent)) if is_paid else None,
        mandate=_mandate(intent, charge) if is_paid else "",
        problem=decline.problem if decline else "",
        method=method_of(charge) if charge and (is_paid or status == PaymentStatus.HELD) else "",
        fee=_fee(line, intent.currency) if is_paid else None,
        needs_donor=decline.needs_donor if decline else False,
        is_final=decline.is_final if decline else False,
    )


def key_of(metadata: Metadata) -> str:
    """The key we sent with it."""
    return said(metadata, "key")


def opened_by(metadata: Metadata) -> str:
    return said(metadata, OPENED_BY)


def said(metadata: Metadata, name: str) -> str:
    return str(metadata[name]) if metadata and name in metadata else ""


def refunds_of(refunds: list[stripe.Refund]) -> list[Movement]:
    """One that is under way counts: Stripe has put the money aside. One that failed comes back as a line of its own; one
    that failed before it was in the books was none."""
    moved = []
    for refund in refunds:
        has_failed = refund.status in {"failed", "canceled"}
        if has_failed and not refund.balance_transaction:
            continue
        moved.append(refund_movement(refund))
        if has_failed:
            line = getattr(refund, "failure_balance_transaction", None)
            at = line.created if isinstance(line, stripe.BalanceTransaction) else refund.created
            moved.append(_movement(refund, MovementKind.REFUND_FAILED, at))
    return moved


def refund_movement(refund: stripe.Refund) -> Movement:
    return _movement(refund, MovementKind.REFUND, refund.created)


def _movement(refund: stripe.Refund, kind: MovementKind, at: int) -> Movement:
    return Movement(refund.id, kind, from_stripe(refund.amount, refund.currency), moment(at), key=key_of(refund.metadata))


def disputes_of(disputes: list[stripe.Dispute]) -> list[Movement]:
    """Only what moved money: an inquiry (`warning_…`), or a dispute that was settled before, has no line in the books."""
    moved: list[Movement] = []
    for dispute in disputes:
        amount = from_stripe(dispute.amount, dispute.currency)
        due = _due(dispute)
        for line in sorted(dispute.balance_transactions, key=lambda line: line.created):
            kind = MovementKind.DISPUTE if line.amount < 0 else MovementKind.DISPUTE_WON
            if line.amount and not any((known.kind, known.ref) == (kind, dispute.id) for known in moved):
                moves = Movement(dispute.id, kind, amount, moment(line.created), reason=dispute.reason)
                if kind == MovementKind.DISPUTE:
                    moves = replace(moves, answer_by=due, standing=STANDINGS.get(dispute.status))
                moved.append(moves)
    return moved


def inquiries_of(disputes: list[stripe.Dispute]) -> tuple[Inquiry, ...]:
    """Those that took nothing so far. One that becomes a dispute keeps its name."""
    return tuple(
        Inquiry(
            ref=dispute.id,
            amount=from_stripe(dispute.amount, dispute.currency),
            at=moment(dispute.created),
            reason=dispute.reason,
            answer_by=_due(dispute),
            standing=OF_INQUIRY[dispute.status],
        )
        for dispute in disputes
        if dispute.status in OF_INQUIRY and dispute.amount and not any(line.amount for line in dispute.balance_transactions)
    )


def _due(dispute: stripe.Dispute) -> datetime | None:
    """The last moment for evidence, while some is waited for."""
    due = dispute.evidence_details.due_by if dispute.status.endswith("needs_response") else None
    return moment(due) if due else None


def method_of(charge: stripe.Charge) -> str:
    """The way to pay as its owner knows it. An address or a name is not part of it."""
    details = charge.payment_method_details
    if details is None:
        return ""
    kind = details.type
    card = details.card if kind == "card" else None
    if card:
        name = f"{BRANDS.get(card.brand or '', 'Card')} ending in {card.last4}"
        return f"{card.wallet.type.replace('_', ' ').title()} ({name})" if card.wallet and card.wallet.type != "link" else name
    name = NAMES.get(kind, kind.replace("_", " ").capitalize().replace("Sepa", "SEPA"))
    last4 = getattr(getattr(details, kind, None), "last4", None)
    return f"{name} ending in {last4}" if last4 else name


def _cancelled(intent: stripe.PaymentIntent) -> PaymentStatus:
    """We cancel what was declined, so that it can never be paid later: it stays a decline."""
    was_declined = declines.of(intent) or (opened_by(intent.metadata) == COLLECT and intent.capture_method != "manual")
    return PaymentStatus.DECLINED if was_declined else PaymentStatus.CANCELLED


def _moment_of(charge: stripe.Charge | None, line: object, intent: stripe.PaymentIntent) -> int:
    """When it entered the books: a held or debited payment was begun days before."""
    if isinstance(line, stripe.BalanceTransaction):
        return line.created
    return charge.created if charge else intent.created


def _mandate(intent: stripe.PaymentIntent, charge: stripe.Charge | None) -> str:
    """“cus_…/pm_…”, where the method was kept. Of iDEAL and its like the direct debit that was made from it is charged later."""
    customer, method = _id(intent.customer), _id(intent.payment_method)
    if not customer or (intent.setup_future_usage != "off_session" and opened_by(intent.metadata) != COLLECT):
        return ""
    details = charge.payment_method_details if charge else None
    debit = getattr(getattr(details, details.type, None), "generated_sepa_debit", None) if details else None
    return f"{customer}/{_id(debit) or method}" if debit or method else ""


def _fee(line: object, currency: str) -> int | None:
    """Not there until the books have it; and in a payout's other currency it cannot be told exactly."""
    if not isinstance(line, stripe.BalanceTransaction) or line.currency != currency:
        return None
    return from_stripe(line.fee, currency)


def _id(thing: object) -> str:
    """Of what may be expanded or not."""
    return thing if isinstance(thing, str) else str(getattr(thing, "id", "") or "")
