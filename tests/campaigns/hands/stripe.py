"""What a donor, a bank and Stripe itself do at the double of Stripe's API."""

from collections.abc import Iterator
from contextlib import contextmanager

from campaigns import giving
from campaigns.models import Donation
from tests.campaigns.stripe_double import KEY, SECRET, Hands, StripeDouble
from tests.factories import NOON


class Hand:
    has_books = True
    saves_methods = True
    holds = True
    finds_all = True
    signature_header = "stripe-signature"

    @contextmanager
    def configured(self) -> Iterator[tuple[str, dict[str, str]]]:
        with StripeDouble().running() as double:
            self.double, self.hands = double, Hands(double).at(NOON)
            yield "campaigns.processors.stripe.Stripe", {"secret_key": KEY, "webhook_secret": SECRET, "api_base": double.base}

    def pay(self, donation: Donation, *, amount: int | None = None, currency: str | None = None) -> None:
        self.double.account.rates["usd"] = 0.9
        self.hands.pay(donation.processor_ref, amount=amount, currency=currency.lower() if currency else None)

    def press_pay(self, ref: str) -> None:
        self.hands.pay(ref)

    def wear_out(self, mandate: str) -> None:
        self.hands.wear_out(mandate, "stolen_card")

    def ask_donor(self, mandate: str) -> None:
        self.hands.wear_out(mandate, "authentication_required")

    def arrive(self, donation: Donation) -> Donation:
        if not self._intent(donation):
            self.pay(donation)
        return giving.settle(donation, at=NOON)

    def decline(self, donation: Donation) -> None:
        """A debit that came back: at a declined card Checkout stays open for another one."""
        intent = self.hands.pay(donation.processor_ref, later=True)
        self.hands.bounce(intent["id"])

    def refund_elsewhere(self, donation: Donation, amount: int) -> None:
        self.hands.refund(self._intent(donation), amount)

    def dispute(self, donation: Donation) -> None:
        self.disputed = self.hands.dispute(self._intent(donation))["id"]

    def win(self, donation: Donation) -> None:
        self.hands.win(self.disputed)

    def event(self, donation: Donation, *, event_id: str = "") -> tuple[dict[str, str], bytes]:
        return self.hands.event("checkout.session.completed", donation.processor_ref, event_id=event_id)

    def _intent(self, donation: Donation) -> str:
        return self.double.account.things[donation.processor_ref]["payment_intent"] or ""
