"""What a donor, PayPal and a bank do at the pretended PayPal."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from campaigns import giving
from campaigns.models import Donation
from tests.campaigns import paypal_double
from tests.factories import NOON


class Hand:
    has_books = True
    saves_methods = True
    holds = True
    finds_all = False  # its books have what was paid, hours later: no open order, and no renewal that was declined
    signature_header = "paypal-transmission-sig"

    @contextmanager
    def configured(self) -> Iterator[tuple[str, dict[str, str]]]:
        with paypal_double.running() as self.double:
            self.books = self.double.books
            self.books.clock = lambda: NOON
            yield "campaigns.processors.paypal.PayPal", self.double.settings()

    def pay(self, donation: Donation, *, amount: int | None = None, currency: str | None = None) -> None:
        money = self._unit(donation)["amount"]
        if amount is not None:
            money["value"] = f"{amount / 100:.2f}"
        money["currency_code"] = currency or donation.currency
        self.press_pay(donation.processor_ref)

    def press_pay(self, ref: str) -> None:
        self.books.approve(ref)

    def wear_out(self, mandate: str) -> None:
        self.books.tokens[mandate]["_mishap"] = "AGREEMENT_ALREADY_CANCELLED"

    def ask_donor(self, mandate: str) -> None:
        self.books.tokens[mandate]["_mishap"] = "PAYER_ACTION_REQUIRED"

    def arrive(self, donation: Donation) -> Donation:
        if self.books.orders[donation.processor_ref]["status"] == "PAYER_ACTION_REQUIRED":
            self.pay(donation)
        return giving.settle(donation, at=NOON)

    def decline(self, donation: Donation) -> None:
        self.books.mishaps.append("INSTRUMENT_DECLINED")
        self.books.approve(donation.processor_ref)

    def refund_elsewhere(self, donation: Donation, amount: int) -> None:
        capture = self.books.capture_of(donation.processor_ref)
        self.books.refund(capture, {"amount": capture["amount"] | {"value": f"{amount / 100:.2f}"}})

    def dispute(self, donation: Donation) -> None:
        """Of what is left."""
        capture, refunds = self.books.capture_of(donation.processor_ref), self._unit(donation)["payments"].get("refunds", [])
        left = Decimal(capture["amount"]["value"]) - sum(Decimal(refund["amount"]["value"]) for refund in refunds)
        self.disputed = self.books.dispute(capture["id"], amount=str(left))["dispute_id"]

    def win(self, donation: Donation) -> None:
        self.books.resolve(self.disputed, "RESOLVED_SELLER_FAVOUR")

    def event(self, donation: Donation, *, event_id: str = "") -> tuple[dict[str, str], bytes]:
        order = self.books.orders[donation.processor_ref]
        return self.double.teller.event("CHECKOUT.ORDER.APPROVED", order, event_id=event_id)

    def _unit(self, donation: Donation) -> Any:
        return self.books.orders[donation.processor_ref]["purchase_units"][0]
