"""Stripe's own books: the lines of the balance, the oldest first, each under the ref that `look_up` takes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

import stripe

from campaigns.processors.base import ProcessorFault, Transaction, TransactionKind
from campaigns.processors.stripe.amounts import from_stripe
from campaigns.processors.stripe.client import PAGE
from campaigns.processors.stripe.errors import Asked, answered
from campaigns.processors.stripe.reading import CHECKOUT, key_of, moment, opened_by

Kind = TransactionKind
DAY = timedelta(days=1)
# What kind a line is by its type; a dispute's adjustment by what it is about, and by its sign.
KINDS = {
    **dict.fromkeys(["charge", "payment"], Kind.PAYMENT),
    **dict.fromkeys(["refund", "payment_refund"], Kind.REFUND),
    **dict.fromkeys(["refund_failure", "payment_failure_refund"], Kind.REFUND_FAILED),
    "payout": Kind.PAYOUT,
}
PAID_BACK = {Kind.REFUND, Kind.DISPUTE, Kind.PAYOUT}


class Books:
    """Read once, from `since` to `until`. Stripe lists the newest first: a day of it is turned round at a time."""

    def __init__(self, client: stripe.StripeClient, since: datetime, until: datetime) -> None:
        self._client, self._since, self._until = client, since.astimezone(UTC), until.astimezone(UTC)
        self._sessions: dict[str, str] = {}

    def lines(self) -> Iterator[Transaction]:
        begin = self._since
        while begin < self._until:
            end = min(begin + DAY, self._until)
            yield from reversed([self._told(line) for line in self._listed(begin, end)])
            begin = end

    def _listed(self, begin: datetime, end: datetime) -> list[stripe.BalanceTransaction]:
        """[begin, end): Stripe counts whole seconds, so that one of them belongs to the day in which it begins."""
        created = {"gte": _second(begin), "lt": _second(end)}
        with answered(Asked.READ):
            found = self._client.v1.balance_transactions.list(
                {"created": {"gte": created["gte"], "lt": created["lt"]}, "limit": PAGE, "expand": ["data.source"]}
            )
            return list(found.auto_paging_iter())

    def _told(self, line: stripe.BalanceTransaction) -> Transaction:
        """In the payment's own currency, as our ledger has it: where the balance has another one, the fee is turned back
        at the rate of the line."""
        kind, source = self._kind(line), line.source
        amount, currency = _amount(line, source, kind)
        return Transaction(
            ref=self._ref(line, kind),
            kind=kind,
            amount=amount,
            currency=currency,
            at=moment(line.created),
            payment=self._payment(source) if isinstance(source, stripe.Charge | stripe.Refund | stripe.Dispute) else "",
            key=key_of(source.metadata) if isinstance(source, stripe.Charge | stripe.Refund) else "",
            fee=_fee(line, currency),
            payout=self._payouts.get(line.id, ""),
            also=_charge(source),
        )

    def _kind(self, line: stripe.BalanceTransaction) -> TransactionKind:
        if isinstance(line.source, stripe.Dispute):
            return Kind.DISPUTE if line.amount < 0 else Kind.DISPUTE_WON
        return KINDS.get(line.type, Kind.OTHER)

    def _ref(self, line: stripe.BalanceTransaction, kind: TransactionKind) -> str:
        source = line.source
        if kind == Kind.OTHER or source is None or isinstance(source, str):
            return line.id
        if isinstance(source, stripe.Charge):
            return self._payment(source)
        return str(source.id)

    def _payment(self, source: stripe.Charge | stripe.Refund | stripe.Dispute) -> str:
        """What `look_up` takes: the session where Checkout made the payment, else the PaymentIntent."""
        intent = source.payment_intent
        name = intent if isinstance(intent, str) else intent.id if intent else ""
        if not name:
            return source.id if isinstance(source, stripe.Charge) else str(source.charge or "")
        if isinstance(source, stripe.Charge) and opened_by(source.metadata) != CHECKOUT:
            return name
        return self._opened.get(name) or self._session_of(name)

    def _session_of(self, intent: str) -> str:
        if intent not in self._sessions:
            with answered(Asked.READ):
                found = self._client.v1.checkout.sessions.list({"payment_intent": intent, "limit": 1}).data
            self._sessions[intent] = next((session.id for session in found if key_of(session.metadata)), intent)
        return self._sessions[intent]

    @cached_property
    def _opened(self) -> dict[str, str]:
        """PaymentIntent → session, of all that could be paid in this time: a session lives for a day. A hundred a call."""
        begin, end = _second(self._since - DAY), _second(self._until)
        with answered(Asked.READ):
            found = self._client.v1.checkout.sessions.list(
                {"created": {"gte": begin, "lt": end}, "status": "complete", "limit": PAGE}
            )
            sessions = [session for session in found.auto_paging_iter() if key_of(session.metadata)]
        return {str(session.payment_intent): session.id for session in sessions}

    @cached_property
    def _payouts(self) -> dict[str, str]:
        """Line → the payout that it went into. Of payouts asked for by hand Stripe does not say."""
        with answered(Asked.READ):
            payouts = self._client.v1.payouts.list({"created": {"gte": _second(self._since)}, "limit": PAGE})
            return {line.id: payout.id for payout in payouts.auto_paging_iter() if payout.automatic for line in self._of(payout)}

    def _of(self, payout: stripe.Payout) -> Iterator[stripe.BalanceTransaction]:
        return self._client.v1.balance_transactions.list({"payout": payout.id, "limit": PAGE}).auto_paging_iter()


def _charge(source: object) -> str:
    """What other systems that took the payment may call it: their exports name the charge."""
    if isinstance(source, stripe.Charge):
        return source.id
    charge = source.charge if isinstance(source, stripe.Refund | stripe.Dispute) else ""
    return charge if isinstance(charge, str) else charge.id if charge else ""


def _second(at: datetime) -> int:
    """Rounded up: what Stripe dates with that second lies at its beginning."""
    whole = int(at.timestamp())
    return whole if at.microsecond == 0 else whole + 1


def _amount(line: stripe.BalanceTransaction, source: object, kind: TransactionKind) -> tuple[int, str]:
    if isinstance(source, stripe.Charge | stripe.Refund | stripe.Dispute) and kind != Kind.OTHER:
        figure = source.amount_captured if isinstance(source, stripe.Charge) else source.amount
        currency = source.currency.upper()
        return from_stripe(-figure if kind in PAID_BACK else figure, currency), currency
    currency = line.currency.upper()
    return from_stripe(line.amount, currency), currency


def _fee(line: stripe.BalanceTransaction, currency: str) -> int:
    if line.currency.upper() == currency:
        return from_stripe(line.fee, currency)
    if not line.exchange_rate:
        raise ProcessorFault("Stripe's books do not say at which rate they changed the money.")
    fee = Decimal(line.fee) / Decimal(str(line.exchange_rate))
    return from_stripe(int(fee.to_integral_value(ROUND_HALF_UP)), currency)
