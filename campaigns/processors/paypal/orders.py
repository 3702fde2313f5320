"""Our orders in PayPal's words (Orders v2)."""

import re
from typing import Any

from campaigns.processors.base import Order
from campaigns.processors.paypal import amounts

LONGEST = 127  # characters of a description, custom_id and invoice_id
LANGUAGE = re.compile(r"([a-z]{2})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|[0-9]{3}))?")
ID = re.compile(r"[A-Z0-9]{1,36}")  # of orders, and of all that happens to them
APPROVE = ("payer-action", "approve")

# PayPal has no way to close an order. What must not be captured any more has this before its key, in their books:
# every process sees it there, and a donor who approves it later is not charged.
MARKS = ("released.", "declined.")
MARKED_UNIT = "/purchase_units/@reference_id=='default'/custom_id"


def to_approve(order: Order) -> dict[str, Any]:
    """An order for PayPal's page. No name and no address goes along: donors sign in there themselves."""
    wallet: dict[str, Any] = {
        "experience_context": {
            "return_url": order.return_url,
            "cancel_url": order.return_url,
            "shipping_preference": "NO_SHIPPING",
            "user_action": "PAY_NOW",
            **({"locale": locale} if (locale := _locale(order.language)) else {}),
        }
    }
    if order.save_method:
        wallet["attributes"] = {"vault": {"store_in_vault": "ON_SUCCESS", "usage_type": "MERCHANT"}}
    return _order(order, wallet)


def to_renew(order: Order, mandate: str) -> dict[str, Any]:
    """An order that is captured at once, by what was vaulted."""
    return _order(order, {"vault_id": mandate})


def _order(order: Order, wallet: dict[str, Any]) -> dict[str, Any]:
    unit: dict[str, Any] = {
        "amount": amounts.written(order.amount, order.currency),
        "custom_id": order.key,
        "invoice_id": order.reference,
    }
    if description := " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", order.description).split())[:LONGEST].strip():
        unit["description"] = description
    return {
        "intent": "AUTHORIZE" if order.hold else "CAPTURE",
        "purchase_units": [unit],
        "payment_source": {"paypal": wallet},
    }


def _locale(language: str) -> str:
    """BCP 47 as PayPal takes it: “pt-br” → “pt-BR”, “zh-hans” → “zh-Hans”. Empty: PayPal goes by the donor's own."""
    match = LANGUAGE.fullmatch(language)
    if not match:
        return ""
    language, script, region = match.groups()
    return "-".join(part for part in (language, script and script.title(), region and region.upper()) if part)


def link(order: dict[str, Any], relations: tuple[str, ...] = APPROVE) -> str:
    """The address of the page for the donor; empty when there is nothing left to approve."""
    found = {item.get("rel"): str(item.get("href") or "") for item in order.get("links") or []}
    address = next((found[relation] for relation in relations if found.get(relation)), "")
    return address if address.startswith(("https://", "http://")) else ""


def key_of(order: dict[str, Any]) -> str:
    return key_in(str(order["purchase_units"][0].get("custom_id") or ""))


def key_in(custom_id: str) -> str:
    return custom_id.removeprefix(mark_in(custom_id))


def mark_of(order: dict[str, Any]) -> str:
    return mark_in(str(order["purchase_units"][0].get("custom_id") or ""))


def mark_in(custom_id: str) -> str:
    return next((mark for mark in MARKS if custom_id.startswith(mark)), "")


def marking(mark: str, key: str) -> list[dict[str, Any]]:
    return [{"op": "replace", "path": MARKED_UNIT, "value": mark + key}]
