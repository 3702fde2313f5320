"""What a donor and a bank do at the pretended one."""

from collections.abc import Iterator
from contextlib import contextmanager

from campaigns import giving
from campaigns.models import Donation, SandboxPayment
from campaigns.sandbox import bank
from tests.factories import NOON


class Hand:
    has_books = True
    saves_methods = True
    holds = True
    finds_all = True
    signature_header = bank.SIGNATURE_HEADER  # in small letters, as `verify` gets them

    @contextmanager
    def configured(self) -> Iterator[tuple[str, dict[str, str]]]:
        yield "campaigns.processors.sandbox.Sandbox", {}

    def pay(self, donation: Donation, *, amount: int | None = None, currency: str | None = None) -> None:
        """The donor pays, at noon; `amount` and `currency` are what the bank's books say then."""
        SandboxPayment.objects.filter(ref=donation.processor_ref).update(
            amount=amount or donation.amount, currency=currency or donation.currency
        )
        self.press_pay(donation.processor_ref)

    def press_pay(self, ref: str) -> None:
        """The same on the page of an order of which there is no gift."""
        bank.pay(ref, at=NOON, tell=False)

    def wear_out(self, mandate: str) -> None:
        """The saved way to pay is lost for good."""
        bank.block(mandate)

    def ask_donor(self, mandate: str) -> None:
        """Its bank wants its owner there from now on."""
        bank.ask_donor(mandate)

    def arrive(self, donation: Donation) -> Donation:
        self.pay(donation)
        return giving.settle(donation, at=NOON)

    def decline(self, donation: Donation) -> None:
        """For good: nobody can pay it any more."""
        bank.decline(donation.processor_ref, tell=False)

    def refund_elsewhere(self, donation: Donation, amount: int) -> None:
        """At the processor's own desk, at noon."""
        bank.refund(donation.processor_ref, amount=amount, key=f"theirs-{amount}", at=NOON, tell=False)

    def dispute(self, donation: Donation) -> None:
        bank.dispute(donation.processor_ref, at=NOON, tell=False)

    def win(self, donation: Donation) -> None:
        bank.dispute_won(donation.processor_ref, at=NOON, tell=False)

    def event(self, donation: Donation, *, event_id: str = "") -> tuple[dict[str, str], bytes]:
        """Headers and body of an event about the gift, signed now. It tells the payment's ref and the gift's key."""
        return bank.signed_event(donation.processor_ref, "payment.paid", event_id=event_id)
