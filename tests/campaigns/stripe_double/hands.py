"""What donors, banks and Stripe itself do, each in its own time; and the events that tell of it."""

import json
import time
from datetime import datetime
from typing import Any

import stripe

from tests.campaigns.stripe_double.account import Thing
from tests.campaigns.stripe_double.answers import whole
from tests.campaigns.stripe_double.api import confirm, decline
from tests.campaigns.stripe_double.server import SECRET, VERSION, StripeDouble

EVIDENCE_WITHIN = 7 * 24 * 3600
DISPUTE_FEE = 2000


class Hands:
    def __init__(self, double: StripeDouble) -> None:
        self.double, self.account = double, double.account

    def at(self, moment: datetime) -> "Hands":
        """From now on it is this moment."""
        self.account.now = lambda: int(moment.timestamp())
        return self

    # The donor at Checkout

    def pay(self, session: str, *, amount: int | None = None, currency: str | None = None, later: bool = False) -> Thing:
        """With a card that works, or by a direct debit that is answered later."""
        intent = self._intent(session, amount, currency)
        self.account.things[session].update(status="complete", payment_status="unpaid" if later else "paid", url=None)
        return confirm(self.account, intent, ("later" if later else "", ""))

    def try_to_pay(self, session: str, code: str) -> Thing:
        """The card is declined; Checkout lets the donor try another."""
        intent = self._intent(session, None, None)
        decline(self.account, intent, code)
        return intent

    def leave(self, session: str) -> None:
        """A day goes by."""
        self.account.things[session].update(status="expired", url=None)

    def save(self, *, fate: tuple[str, str] = ("", "")) -> str:
        """A saved way to pay that does this when it is charged: a mandate as the processor names it."""
        customer = self._customer()
        method = self._method(customer)
        self.account.charges[method["id"]] = fate
        return f"{customer['id']}/{method['id']}"

    def wear_out(self, mandate: str, code: str, advice: str = "") -> None:
        self.account.charges[mandate.partition("/")[2]] = (code, advice)

    # Banks

    def arrive(self, intent: str) -> None:
        """A debit that was on its way."""
        thing = self.account.things[intent]
        self.account.succeed(thing, self.account.things[thing["latest_charge"]])
        for session in self._sessions(intent):
            session["payment_status"] = "paid"

    def bounce(self, intent: str, code: str = "insufficient_funds") -> None:
        """A debit that the bank sends back before it arrived."""
        thing = self.account.things[intent]
        charge = self.account.things[thing["latest_charge"]]
        charge.update(status="failed", paid=False, failure_code=code, failure_message="The debit failed.")
        error = {"type": "card_error", "code": code, "message": "The debit failed.", "charge": charge["id"]}
        thing.update(status="requires_payment_method", last_payment_error=error)

    def refund(self, intent: str, amount: int, *, status: str = "succeeded") -> Thing:
        """At Stripe's own desk."""
        return self.account.refund(self._charge(intent), amount, metadata={}, status=status)

    def fail_refund(self, refund: str) -> None:
        thing = self.account.things[refund]
        kind = "refund_failure" if thing["charge"].startswith("ch") else "payment_failure_refund"
        line = self.account.line(thing["amount"], thing["currency"], kind, refund)
        thing.update(status="failed", failure_reason="expired_or_canceled_card", failure_balance_transaction=line["id"])
        charge = self.account.things[thing["charge"]]
        charge["amount_refunded"] -= thing["amount"]
        charge["refunded"] = False

    def dispute(
        self, intent: str, *, reason: str = "fraudulent", amount: int | None = None, status: str = "needs_response"
    ) -> Thing:
        """The donor's bank takes the money back, or with “warning_needs_response” only asks."""
        charge = self._charge(intent)
        due = {"due_by": self.account.now() + EVIDENCE_WITHIN, "has_evidence": False, "past_due": False, "submission_count": 0}
        dispute = self.account.make(
            "dp",
            "dispute",
            amount=charge["amount_captured"] - charge["amount_refunded"] if amount is None else amount,
            balance_transactions=[],
            charge=charge["id"],
            currency=charge["currency"],
            enhanced_eligibility_types=[],
            evidence={},
            evidence_details={**due, "enhanced_eligibility": {}},
            is_charge_refundable=status.startswith("warning"),
            livemode=False,
            metadata={},
            payment_intent=intent,
            reason=reason,
            status=status,
        )
        charge["disputed"] = True
        if not status.startswith("warning"):
            self._adjust(dispute, -1, fee=DISPUTE_FEE)
        return dispute

    def escalate(self, dispute: str) -> None:
        """The bank was not content with the answer to its inquiry."""
        self.account.things[dispute]["status"] = "needs_response"
        self._adjust(self.account.things[dispute], -1, fee=DISPUTE_FEE)

    def win(self, dispute: str) -> None:
        self.account.things[dispute]["status"] = "won"
        self._adjust(self.account.things[dispute], 1)

    def lose(self, dispute: str) -> None:
        self.account.things[dispute]["status"] = "lost"

    # Stripe

    def pay_out(self) -> Thing:
        """All that is in the balance and in no payout yet, to the newsroom's bank."""
        gone = {name for names in self.account.paid_out.values() for name in names}
        lines = [line for line in self.account.all("balance_transaction") if line["id"] not in gone]
        total = sum(line["net"] for line in lines)
        payout = self.account.make(
            "po",
            "payout",
            amount=total,
            arrival_date=self.account.now(),
            automatic=True,
            currency=self.account.settings["currency"],
            livemode=False,
            metadata={},
            method="standard",
            reconciliation_status="completed",
            source_type="card",
            status="paid",
            type="bank_account",
        )
        out = self.account.line(-total, payout["currency"], "payout", payout["id"])
        payout["balance_transaction"] = out["id"]
        self.account.paid_out[payout["id"]] = {line["id"] for line in [*lines, out]}
        return payout

    def charge_a_fee(self, amount: int) -> Thing:
        return self.account.line(-amount, self.account.settings["currency"], "stripe_fee", "")

    def event(
        self, kind: str, about: str, *, event_id: str = "", secret: str = SECRET, **more: Any
    ) -> tuple[dict[str, str], bytes]:
        """Headers and body, signed now, whenever what it tells of happened."""
        told = {
            "id": event_id or f"evt_{len(self.double.asked)}_{time.monotonic_ns()}",
            "object": "event",
            "api_version": VERSION,
            "created": int(time.time()),
            "data": {"object": whole(self.account, self.account.things[about], [])},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
            **more,
        }
        return signed(json.dumps(told, indent=2), secret=secret)

    def _intent(self, session: str, amount: int | None, currency: str | None) -> Thing:
        """Made when the donor presses Pay, and tried again by the next card."""
        opened, terms = self.account.things[session], self.account.terms[session]
        if opened["payment_intent"]:
            return self.account.things[opened["payment_intent"]]
        customer = self._customer() if opened["customer_creation"] == "always" else None
        method = self._method(customer)
        intent = self.account.intent(
            amount or opened["amount_total"],
            currency or opened["currency"],
            customer=customer["id"] if customer else None,
            payment_method=method["id"],
            **{"metadata": {}, **terms},
        )
        opened.update(payment_intent=intent["id"], customer=intent["customer"])
        if not self.account.search_lags:
            self.account.indexed.add(intent["id"])
        return intent

    def _customer(self) -> Thing:
        return self.account.make("cus", "customer", livemode=False, metadata={})

    def _method(self, customer: Thing | None) -> Thing:
        details = {"card": {"brand": "visa", "last4": "4242"}, "billing_details": {}, "livemode": False, "metadata": {}}
        fields = {"customer": customer["id"] if customer else None, "type": "card", "created": self.account.now()}
        return self.account.make("pm", "payment_method", **fields, **details)

    def _charge(self, intent: str) -> Thing:
        charge: Thing = self.account.things[self.account.things[intent]["latest_charge"]]
        return charge

    def _sessions(self, intent: str) -> list[Thing]:
        return [session for session in self.account.all("checkout.session") if session["payment_intent"] == intent]

    def _adjust(self, dispute: Thing, sign: int, *, fee: int = 0) -> None:
        line = self.account.line(sign * dispute["amount"], dispute["currency"], "adjustment", dispute["id"], fee=fee)
        dispute["balance_transactions"].append(line)


def signed(body: str, *, secret: str = SECRET, at: int | None = None) -> tuple[dict[str, str], bytes]:
    header = stripe.WebhookSignature.generate_signature_header(body, secret, at)
    return {"stripe-signature": header}, body.encode()
