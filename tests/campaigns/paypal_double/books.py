"""What PayPal knows: orders, what happened to them, ways to pay that were kept, disputes, and the lines of its books."""

from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.campaigns.paypal_double.deeds import DONOR, Deeds, Json, name_of, written
from tests.campaigns.paypal_double.problems import Problem, unprocessable

WHOLE_ONLY = {"HUF", "JPY", "TWD"}
CURRENCIES = {"AUD", "CAD", "CHF", "CZK", "EUR", "GBP", "HUF", "JPY", "MXN", "PLN", "SEK", "TWD", "USD"}


class Books(Deeds):
    """`clock` is the moment of everything that happens; `base` the address that links name."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.orders: dict[str, Json] = {}
        self.captures: dict[str, Json] = {}
        self.authorizations: dict[str, Json] = {}
        self.refunds: dict[str, Json] = {}
        self.tokens: dict[str, Json] = {}
        self.disputes: dict[str, Json] = {}
        self.lines: list[Json] = []
        self.mishaps: deque[str] = deque()  # what becomes of the next payments: an issue, "PENDING", "DECLINED", "CONSENT"
        self.blocks_repeated_invoices = True  # as accounts are set unless their owner says otherwise
        self.vaults_at_once = True
        self.refund_status = "COMPLETED"

    def line(
        self, code: str, value: str, currency: str, *, name: str = "", reference: str = "", fee: str = "", **more: str
    ) -> str:
        """A line of the books, as Transaction Search tells it."""
        info: Json = {
            "transaction_id": name or name_of(17),
            "transaction_event_code": code,
            "transaction_initiation_date": self.clock().strftime("%Y-%m-%dT%H:%M:%S%z"),
            "transaction_updated_date": self.clock().strftime("%Y-%m-%dT%H:%M:%S%z"),
            "transaction_amount": {"currency_code": currency, "value": value},
            "transaction_status": "S",
            **{key: text for key, text in more.items() if text},
        }
        if reference:
            info |= {"paypal_reference_id": reference, "paypal_reference_id_type": "TXN"}
        if fee:
            info["fee_amount"] = {"currency_code": currency, "value": fee}
        self.lines.append(info)
        return str(info["transaction_id"])

    def capture_of(self, order_id: str) -> Json:
        return self.orders[order_id]["purchase_units"][0]["payments"]["captures"][-1]

    def create(self, asked: Json) -> Json:
        unit = asked["purchase_units"][0]
        self._check_money(unit["amount"], "/purchase_units/@reference_id=='default'/amount")
        wallet = (asked.get("payment_source") or {}).get("paypal")
        order_id = name_of(17)
        order: Json = {
            "id": order_id,
            "intent": asked["intent"],
            "status": "PAYER_ACTION_REQUIRED" if wallet is not None else "CREATED",
            "purchase_units": [{"reference_id": "default", **unit}],
            "create_time": self.now,
            "links": [
                self._link(f"/v2/checkout/orders/{order_id}", "self"),
                {
                    "href": f"https://www.sandbox.paypal.com/checkoutnow?token={order_id}",
                    "rel": "payer-action" if wallet is not None else "approve",
                    "method": "GET",
                },
            ],
        }
        if wallet is not None:
            order["payment_source"] = {"paypal": {}}
            order["_vault"] = "vault" in (wallet.get("attributes") or {})
        if wallet and "vault_id" in wallet:
            self._charge(order, wallet["vault_id"])
        self.orders[order_id] = order
        return order

    def _charge(self, order: Json, vault_id: str) -> None:
        """A saved way to pay: nobody has to approve, and it is captured at once."""
        if vault_id not in self.tokens:
            raise unprocessable("TOKEN_ID_NOT_FOUND", "/payment_source/paypal/vault_id")
        if self.mishaps and self.mishaps[0] == "CONSENT":
            self.mishaps.popleft()
            return
        if issue := self.tokens[vault_id].get("_mishap"):
            raise unprocessable(issue)
        order["payment_source"]["paypal"] |= DONOR
        order["status"] = "APPROVED"
        if order["intent"] == "CAPTURE":
            self.take(order)

    def take(self, order: Json) -> Json:
        """Capture an order that was approved."""
        self._check_deed(order, "CAPTURE", "ORDER_ALREADY_CAPTURED")
        unit = order["purchase_units"][0]
        capture = self._capture(unit, unit["amount"], {"order_id": order["id"]})
        unit["payments"] = {"captures": [capture]}
        order["status"] = "COMPLETED"
        if order.pop("_vault", False):
            order["payment_source"]["paypal"]["attributes"] = {"vault": self._keep(order["id"])}
        return order

    def hold(self, order: Json) -> Json:
        """Authorise an order that was approved."""
        self._check_deed(order, "AUTHORIZE", "ORDER_ALREADY_AUTHORIZED")
        unit = order["purchase_units"][0]
        held: Json = {
            "id": name_of(17),
            "status": "CREATED",
            "amount": unit["amount"],
            "custom_id": unit.get("custom_id", ""),
            "invoice_id": unit.get("invoice_id", ""),
            "expiration_time": written(self.clock() + timedelta(days=29)),
            "create_time": self.now,
            "update_time": self.now,
            "supplementary_data": {"related_ids": {"order_id": order["id"]}},
        }
        self.authorizations[held["id"]] = held
        unit["payments"] = {"authorizations": [held]}
        order["status"] = "COMPLETED"
        return order

    def capture_held(self, held: Json, asked: Json) -> Json:
        if held["status"] != "CREATED":
            raise unprocessable("AUTHORIZATION_ALREADY_CAPTURED" if held["status"] == "CAPTURED" else "AUTHORIZATION_VOIDED")
        related = held["supplementary_data"]["related_ids"] | {"authorization_id": held["id"]}
        unit = self.orders[related["order_id"]]["purchase_units"][0]
        capture = self._capture(unit, asked.get("amount") or held["amount"], related)
        unit["payments"]["captures"] = [capture]
        held |= {"status": "CAPTURED", "update_time": self.now}
        return capture

    def void(self, held: Json) -> Json:
        if held["status"] != "CREATED":
            raise unprocessable("PREVIOUSLY_CAPTURED" if held["status"] == "CAPTURED" else "PREVIOUSLY_VOIDED")
        held |= {"status": "VOIDED", "update_time": self.now}
        return held

    def refund(self, capture: Json, asked: Json) -> Json:
        money = asked.get("amount") or capture["amount"]
        self._check_money(money, "/amount")
        unit = self.orders[capture["supplementary_data"]["related_ids"]["order_id"]]["purchase_units"][0]
        if capture["status"] == "PENDING":
            raise unprocessable("PENDING_CAPTURE")
        if capture["status"] == "REFUNDED":
            raise unprocessable("CAPTURE_FULLY_REFUNDED")
        if money["currency_code"] != capture["amount"]["currency_code"]:
            raise unprocessable("REFUND_CAPTURE_CURRENCY_MISMATCH")
        gone = [told for told in unit["payments"].get("refunds", []) if told["status"] in {"COMPLETED", "PENDING"}]
        left = Decimal(capture["amount"]["value"]) - sum(Decimal(told["amount"]["value"]) for told in gone)
        if Decimal(money["value"]) > left:
            raise unprocessable("REFUND_AMOUNT_EXCEEDED", "/amount/value")
        told: Json = {
            "id": name_of(17),
            "status": self.refund_status,
            "amount": money,
            **{key: asked[key] for key in ("custom_id", "invoice_id", "note_to_payer") if key in asked},
            "create_time": self.now,
            "update_time": self.now,
            "links": [self._link(f"/v2/payments/captures/{capture['id']}", "up")],
        }
        self.refunds[told["id"]] = told
        unit["payments"].setdefault("refunds", []).append(told)
        if told["status"] != "FAILED":
            capture["status"] = "REFUNDED" if Decimal(money["value"]) == left else "PARTIALLY_REFUNDED"
            value, currency = f"-{money['value']}", money["currency_code"]
            self.line("T1107", value, currency, name=told["id"], reference=capture["id"], custom_field=asked.get("custom_id", ""))
        return told

    def change(self, order: Json, changes: Iterable[Json]) -> None:
        if order["status"] == "COMPLETED":
            raise unprocessable("ORDER_ALREADY_COMPLETED")
        for change in changes:
            if change["path"] != "/purchase_units/@reference_id=='default'/custom_id":
                raise unprocessable("NOT_PATCHABLE", change["path"])
            order["purchase_units"][0]["custom_id"] = change["value"]

    def _check_deed(self, order: Json, intent: str, already: str) -> None:
        if order["intent"] != intent:
            raise unprocessable("ACTION_DOES_NOT_MATCH_INTENT")
        if order["status"] == "COMPLETED":
            raise unprocessable(already)
        if order["status"] != "APPROVED":
            raise unprocessable("ORDER_NOT_APPROVED")

    def _capture(self, unit: Json, money: Json, related: Json) -> Json:
        mishap = self.mishaps.popleft() if self.mishaps else "COMPLETED"
        if mishap not in {"COMPLETED", "PENDING", "DECLINED"}:
            raise unprocessable(mishap)
        invoice = unit.get("invoice_id", "")
        if (
            self.blocks_repeated_invoices
            and invoice
            and any(told.get("invoice_id") == invoice for told in self.captures.values())
        ):
            raise unprocessable("DUPLICATE_INVOICE_ID")
        capture: Json = {
            "id": name_of(17),
            "status": mishap,
            "amount": money,
            "final_capture": True,
            **{key: unit[key] for key in ("custom_id", "invoice_id") if key in unit},
            "supplementary_data": {"related_ids": related},
            "create_time": self.now,
            "update_time": self.now,
            "links": [self._link(f"/v2/checkout/orders/{related['order_id']}", "up")],
        }
        self.captures[capture["id"]] = capture
        if mishap == "PENDING":
            capture["status_details"] = {"reason": "ECHECK"}
        if mishap == "COMPLETED":
            self._received(capture)
        return capture

    def _received(self, capture: Json) -> None:
        money = capture["amount"]
        places = Decimal(1) if money["currency_code"] in WHOLE_ONLY else Decimal("0.01")
        fee = (Decimal(money["value"]) * Decimal("0.0299") + Decimal("0.35")).quantize(places)
        capture["seller_receivable_breakdown"] = {
            "gross_amount": money,
            "paypal_fee": money | {"value": str(fee)},
            "net_amount": money | {"value": str(Decimal(money["value"]) - fee)},
        }
        key = capture.get("custom_id", "")
        self.line("T0006", money["value"], money["currency_code"], name=capture["id"], fee=f"-{fee}", custom_field=key)

    def _keep(self, order_id: str) -> Json:
        if not self.vaults_at_once:
            return {"status": "APPROVED"}
        token: Json = {"id": name_of(17).lower(), "customer": {"id": name_of(10)}, "metadata": {"order_id": order_id}}
        self.tokens[token["id"]] = token
        return {"id": token["id"], "status": "VAULTED", "customer": token["customer"]}

    def keep_now(self, order_id: str) -> None:
        """What could not be kept at once is kept."""
        self.vaults_at_once = True
        self.orders[order_id]["payment_source"]["paypal"]["attributes"] = {"vault": self._keep(order_id)}

    def _check_money(self, money: Json, at: str) -> None:
        value = Decimal(money["value"])
        if money["currency_code"] not in CURRENCIES:
            raise unprocessable("INVALID_CURRENCY_CODE", f"{at}/currency_code")
        if value <= 0:
            raise unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE", f"{at}/value")
        places = 0 if money["currency_code"] in WHOLE_ONLY else 2
        if -int(value.as_tuple().exponent) > places:
            raise unprocessable("DECIMAL_PRECISION", f"{at}/value")

    def _link(self, path: str, relation: str) -> Json:
        return {"href": self.base + path, "rel": relation, "method": "GET"}


def known[T](shelf: dict[str, T], name: str) -> T:
    if name not in shelf:
        raise Problem(404, "INVALID_RESOURCE_ID", value=name)
    return shelf[name]
