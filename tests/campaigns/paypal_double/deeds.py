"""What donors do on PayPal's page, and what PayPal and the banks do without being asked by anybody's program."""

import random
import string
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

type Json = dict[str, Any]
DONOR = {"email_address": "ada@example.org", "account_id": "QYR5Z8XDVJNXQ", "account_status": "VERIFIED"}


class Deeds:
    """Of the books that inherit it."""

    clock: Callable[[], datetime]
    orders: dict[str, Json]
    captures: dict[str, Json]
    disputes: dict[str, Json]
    vaults_at_once: bool

    @property
    def now(self) -> str:
        return written(self.clock())

    def line(self, code: str, value: str, currency: str, *, reference: str = "") -> str:
        raise NotImplementedError

    def _received(self, capture: Json) -> None:
        raise NotImplementedError

    def approve(self, order_id: str) -> None:
        order = self.orders[order_id]
        order["status"] = "APPROVED"
        order["payment_source"]["paypal"] |= DONOR
        order["links"] = [link for link in order["links"] if link["rel"] != "payer-action"]

    def forget(self, order_id: str) -> None:
        """Nobody approved it for some hours."""
        del self.orders[order_id]

    def settle(self, capture_id: str, status: str = "COMPLETED") -> None:
        """A pending payment arrives, or does not."""
        capture = self.captures[capture_id]
        capture["status"] = status
        if status == "COMPLETED":
            self._received(capture)

    def dispute(self, capture_id: str, *, amount: str = "", reason: str = "UNAUTHORISED") -> Json:
        capture = self.captures[capture_id]
        money = capture["amount"] | ({"value": amount} if amount else {})
        told: Json = {
            "dispute_id": f"PP-R-{name_of(3)}-{len(self.disputes) + 10000}",
            "create_time": self.now,
            "update_time": self.now,
            "disputed_transactions": [
                {
                    "seller_transaction_id": capture_id,
                    "gross_amount": capture["amount"],
                    "invoice_number": capture.get("invoice_id", ""),
                    "custom": capture.get("custom_id", ""),
                }
            ],
            "reason": reason,
            "status": "WAITING_FOR_SELLER_RESPONSE",
            "dispute_state": "REQUIRED_ACTION",
            "dispute_amount": money,
            "dispute_life_cycle_stage": "CHARGEBACK",
            "seller_response_due_date": written(self.clock() + timedelta(days=10)),
            "links": [],
        }
        self.disputes[told["dispute_id"]] = told
        self.line("T1110", f"-{money['value']}", money["currency_code"], reference=capture_id)
        return told

    def resolve(self, dispute_id: str, outcome: str, *, refunded: str = "") -> None:
        told = self.disputes[dispute_id]
        money = told["dispute_amount"]
        told |= {"status": "RESOLVED", "dispute_state": "RESOLVED", "update_time": self.now}
        told["dispute_outcome"] = {"outcome_code": outcome}
        if refunded:
            told["dispute_outcome"]["amount_refunded"] = money | {"value": refunded}
        del told["seller_response_due_date"]
        capture_id = told["disputed_transactions"][0]["seller_transaction_id"]
        self.line("T1111", money["value"], money["currency_code"], reference=capture_id)
        if outcome in {"RESOLVED_BUYER_FAVOUR", "ACCEPTED"}:
            self.line("T1106", f"-{refunded or money['value']}", money["currency_code"], reference=capture_id)


def name_of(length: int) -> str:
    return "".join(random.choices(string.ascii_uppercase + string.digits, k=length))


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def shown(told: Json) -> Json:
    """As it is answered: what begins with an underscore is nobody's business, and inside an order what happened to it
    does not name the order again."""
    shown = {key: value for key, value in told.items() if not key.startswith("_")}
    if "purchase_units" in shown:
        shown["purchase_units"] = [_unit(unit) for unit in shown["purchase_units"]]
    return shown


def _unit(unit: Json) -> Json:
    payments = unit.get("payments", {})
    brief = {what: [_without(one, "supplementary_data") for one in all_] for what, all_ in payments.items()}
    return unit | ({"payments": brief} if brief else {})


def _without(told: Json, name: str) -> Json:
    return {key: value for key, value in told.items() if key != name}
