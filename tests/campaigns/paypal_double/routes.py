"""What may be asked, in which shape, and who answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.campaigns.paypal_double import shapes
from tests.campaigns.paypal_double.books import known
from tests.campaigns.paypal_double.deeds import Json
from tests.campaigns.paypal_double.problems import Problem

if TYPE_CHECKING:
    from tests.campaigns.paypal_double.server import Double

LONGEST_WINDOW = timedelta(days=31)


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes
    body: Any = None


def _search(double: Double, asked: Asked) -> tuple[int, Json]:
    since, until = (datetime.fromisoformat(asked.query[name]) for name in ("start_date", "end_date"))
    if until - since > LONGEST_WINDOW or until < since:
        raise Problem(400, "INVALID_DATE_RANGE")
    seen = double.books.clock() - double.lag
    lines = [
        line
        for line in double.books.lines
        if since <= (at := datetime.fromisoformat(line["transaction_initiation_date"])) <= until and at <= seen
    ]
    if len(lines) > double.most_lines:
        raise Problem(400, "RESULTSET_TOO_LARGE")
    size, page = int(asked.query.get("page_size", "100")), int(asked.query.get("page", "1"))
    shown = lines[(page - 1) * size : page * size]
    pages = -(-len(lines) // size)
    told: Json = {"page": page, "total_items": len(lines), "total_pages": pages, "account_number": "XZXSPECPDZHZU"}
    return 200, told | {"transaction_details": [{"transaction_info": line} for line in shown]}


def _disputes(double: Double, asked: Asked) -> tuple[int, Json]:
    wanted, size = asked.query.get("disputed_transaction_id"), int(asked.query.get("page_size", "10"))
    first = int(asked.query.get("next_page_token", "0"))
    found = [told for told in double.books.disputes.values() if not wanted or _disputed(told) == wanted]
    brief = ("dispute_id", "create_time", "update_time", "reason", "status", "dispute_state", "dispute_amount")
    links = []
    if len(found) > first + size:
        following = f"{double.base}/v1/customer/disputes?page_size={size}&next_page_token={first + size}"
        links = [{"href": following, "rel": "next", "method": "GET"}]
    return 200, {"items": [{key: told[key] for key in brief} for told in found[first : first + size]], "links": links}


def _disputed(told: Json) -> str:
    return str(told["disputed_transactions"][0]["seller_transaction_id"])


def _create(double: Double, asked: Asked) -> tuple[int, Json]:
    return (200 if "payment_source" in asked.body else 201), double.books.create(asked.body)


def _deed(name: str) -> Callable[..., tuple[int, Json]]:
    return lambda double, asked, ref: (201, getattr(double.books, name)(known(double.books.orders, ref)))


def _change(double: Double, asked: Asked, ref: str) -> tuple[int, None]:
    double.books.change(known(double.books.orders, ref), asked.body)
    return 204, None


def _forget(double: Double, asked: Asked, ref: str) -> tuple[int, None]:
    double.books.tokens.pop(ref, None)
    return 204, None


def _verify(double: Double, asked: Asked) -> tuple[int, Json]:
    return 200, {"verification_status": "SUCCESS" if double.teller.is_mine(asked.body, asked.raw) else "FAILURE"}


def _shown(shelf: str) -> Callable[..., tuple[int, Json]]:
    return lambda double, asked, ref: (200, known(getattr(double.books, shelf), ref))


ROUTES: list[tuple[str, str, Any, Callable[..., tuple[int, Json | None]]]] = [
    ("POST", "/v2/checkout/orders", shapes.ORDER, _create),
    ("GET", "/v2/checkout/orders/([A-Z0-9]{1,36})", shapes.NOTHING, _shown("orders")),
    ("PATCH", "/v2/checkout/orders/([A-Z0-9]{1,36})", shapes.CHANGES, _change),
    ("POST", "/v2/checkout/orders/([A-Z0-9]{1,36})/capture", shapes.DEED, _deed("take")),
    ("POST", "/v2/checkout/orders/([A-Z0-9]{1,36})/authorize", shapes.DEED, _deed("hold")),
    ("GET", "/v2/payments/captures/([A-Z0-9]+)", shapes.NOTHING, _shown("captures")),
    ("GET", "/v2/payments/refunds/([A-Z0-9]+)", shapes.NOTHING, _shown("refunds")),
    ("GET", "/v2/payments/authorizations/([A-Z0-9]+)", shapes.NOTHING, _shown("authorizations")),
    (
        "POST",
        "/v2/payments/captures/([A-Z0-9]+)/refund",
        shapes.REFUND,
        lambda double, asked, ref: (201, double.books.refund(known(double.books.captures, ref), asked.body)),
    ),
    (
        "POST",
        "/v2/payments/authorizations/([A-Z0-9]+)/capture",
        shapes.CAPTURE,
        lambda double, asked, ref: (201, double.books.capture_held(known(double.books.authorizations, ref), asked.body)),
    ),
    (
        "POST",
        "/v2/payments/authorizations/([A-Z0-9]+)/void",
        shapes.NOTHING,
        lambda double, asked, ref: (200, double.books.void(known(double.books.authorizations, ref))),
    ),
    ("GET", "/v3/vault/payment-tokens/([0-9a-zA-Z_-]+)", shapes.NOTHING, _shown("tokens")),
    ("DELETE", "/v3/vault/payment-tokens/([0-9a-zA-Z_-]+)", shapes.NOTHING, _forget),
    ("GET", "/v1/customer/disputes", shapes.DISPUTES, _disputes),
    ("GET", "/v1/customer/disputes/([A-Za-z0-9-]+)", shapes.NOTHING, _shown("disputes")),
    ("GET", "/v1/reporting/transactions", shapes.SEARCH, _search),
    ("POST", "/v1/notifications/verify-webhook-signature", shapes.VERIFY, _verify),
]
