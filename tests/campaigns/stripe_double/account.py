"""One account's objects as Stripe's JSON has them, by id, in the order in which they were made."""

import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

Thing = dict[str, Any]
FEE = 25  # and 1.5 %, in the smallest unit


class Account:
    """`now` is a clock in seconds: a hand may set another moment. `charges` is what saved ways to pay do: a code that
    declines, or “later” for a debit. With `books_lag` a charge has no line in the balance before `catch_up`."""

    def __init__(self) -> None:
        self.things: dict[str, Thing] = {}
        self.terms: dict[str, Thing] = {}  # session → what its PaymentIntent will be made with
        self.now: Callable[[], int] = lambda: int(time.time())
        self.charges: dict[str, tuple[str, str]] = {}
        self.books_lag = False
        self.search_lags = False
        self.indexed: set[str] = set()
        self.settings: Thing = {"charges_enabled": True, "currency": "eur", "refunds": "succeeded", "search": True}
        self.paid_out: dict[str, set[str]] = {}  # payout → its lines
        self.rates: dict[str, float] = {}  # what a unit of another currency is worth in the balance's
        self._numbers = count(1)

    def make(self, prefix: str, kind: str, **fields: Any) -> Thing:
        name = f"{prefix}_{next(self._numbers):016d}"
        thing = {"id": name, "object": kind, **fields}
        if kind != "payment_method":
            thing.setdefault("created", self.now())
        self.things[name] = thing
        return thing

    def get(self, name: str, kind: str) -> Thing | None:
        thing = self.things.get(name)
        return thing if thing and thing["object"] == kind else None

    def all(self, kind: str) -> Iterator[Thing]:
        """The newest first, as every list of Stripe's."""
        found = [thing for thing in self.things.values() if thing["object"] == kind]
        found.reverse()
        return iter(sorted(found, key=lambda thing: thing["created"], reverse=True))

    # What money does

    def intent(self, amount: int, currency: str, **fields: Any) -> Thing:
        empty = dict.fromkeys(["last_payment_error", "latest_charge", "customer", "payment_method", "setup_future_usage"])
        rest = {"amount_received": 0, "amount_capturable": 0, "capture_method": "automatic_async", "description": None}
        more: Thing = {"confirmation_method": "automatic", "canceled_at": None, "cancellation_reason": None, "metadata": {}}
        whole = {
            **empty,
            **rest,
            **more,
            "livemode": False,
            "payment_method_types": ["card"],
            "status": "requires_payment_method",
        }
        return self.make("pi", "payment_intent", amount=amount, currency=currency, **{**whole, **fields})

    def charge(self, intent: Thing, *, status: str = "succeeded", captured: bool = True, details: Thing | None = None) -> Thing:
        """An attempt. Its metadata is copied from the intent's, as Stripe does it when it makes one."""
        details = details or {"type": "card", "card": {"brand": "visa", "last4": "4242", "wallet": None}}
        made = self.make(
            "ch" if details["type"] == "card" else "py",
            "charge",
            amount=intent["amount"],
            amount_captured=intent["amount"] if captured and status == "succeeded" else 0,
            amount_refunded=0,
            balance_transaction=None,
            billing_details={"address": None, "email": None, "name": None, "phone": None, "tax_id": None},
            captured=captured and status == "succeeded",
            currency=intent["currency"],
            customer=intent["customer"],
            disputed=False,
            failure_code=None,
            failure_message=None,
            livemode=False,
            metadata=dict(intent["metadata"]),
            outcome={"advice_code": None, "network_status": "approved_by_network", "reason": None, "type": "authorized"},
            paid=status == "succeeded",
            payment_intent=intent["id"],
            payment_method=intent["payment_method"],
            payment_method_details=details,
            refunded=False,
            status=status,
        )
        intent["latest_charge"] = made["id"]
        return made

    def succeed(self, intent: Thing, charge: Thing) -> None:
        """The money is there: captured, and in the books."""
        charge.update(status="succeeded", paid=True, captured=True, amount_captured=intent["amount"])
        intent.update(status="succeeded", amount_received=intent["amount"], amount_capturable=0, last_payment_error=None)
        if not self.books_lag:
            self.enter(charge)

    def enter(self, charge: Thing) -> None:
        fee = (charge["amount_captured"] * 15 + 500) // 1000 + FEE
        kind = "charge" if charge["id"].startswith("ch") else "payment"
        charge["balance_transaction"] = self.line(charge["amount_captured"], charge["currency"], kind, charge["id"], fee=fee)[
            "id"
        ]

    def catch_up(self) -> None:
        """The books and the search have everything now."""
        self.books_lag = False
        for charge in list(self.all("charge")):
            if charge["captured"] and not charge["balance_transaction"]:
                self.enter(charge)
        self.indexed |= set(self.things)

    def line(self, amount: int, currency: str, kind: str, source: str, *, fee: int = 0) -> Thing:
        """Into the balance, in its own currency."""
        balance = self.settings["currency"]
        rate = None if currency == balance else self.rates[currency]
        amount, fee = (amount, fee) if rate is None else (round(amount * rate), round(fee * rate))
        fields: Thing = {
            "description": None,
            "exchange_rate": rate,
            "fee": fee,
            "fee_details": [],
            "net": amount - fee,
            "source": source or None,
        }
        kinds = {"type": kind, "reporting_category": kind, "status": "available", "balance_type": "payments"}
        return self.make(
            "txn", "balance_transaction", amount=amount, currency=balance, available_on=self.now(), **fields, **kinds
        )

    def refund(self, charge: Thing, amount: int, *, metadata: Thing, status: str = "succeeded") -> Thing:
        made = self.make(
            "re",
            "refund",
            amount=amount,
            balance_transaction=None,
            charge=charge["id"],
            currency=charge["currency"],
            metadata=metadata,
            payment_intent=charge["payment_intent"],
            reason=None,
            receipt_number=None,
            source_transfer_reversal=None,
            status=status,
            transfer_reversal=None,
        )
        kind = "refund" if charge["id"].startswith("ch") else "payment_refund"
        if status in {"failed", "canceled"}:  # at once: it never was in the books
            return made
        made["balance_transaction"] = self.line(-amount, charge["currency"], kind, made["id"])["id"]
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
        return made
