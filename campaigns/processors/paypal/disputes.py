"""Disputes of a capture (Customer Disputes v1)."""

import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from campaigns.processors.paypal.wire import Forbidden, Malformed, No, Wire, understood

logger = logging.getLogger(__name__)
ID = re.compile(r"[A-Za-z0-9-]{1,255}")
A_PAGE = "50"


def of_capture(wire: Wire, capture_id: str) -> list[dict[str, Any]]:
    """Each in full. None where the app may not read disputes: a gift that was paid is not held up by that, and it is logged."""
    try:
        listed = list(_listed(wire, capture_id))
    except Forbidden:
        logger.warning("PayPal does not let this app read disputes: switch on “Customer disputes” in its features.")
        return []
    return [wire.get(f"/v1/customer/disputes/{ref}") for ref in listed]


def _listed(wire: Wire, capture_id: str) -> Iterator[str]:
    query = {"disputed_transaction_id": capture_id, "page_size": A_PAGE}
    while query:
        try:
            told = wire.get("/v1/customer/disputes", **query)
        except (Malformed, No):
            return  # none of this transaction
        with understood():
            yield from (ref for item in told.get("items") or [] if ID.fullmatch(ref := str(item["dispute_id"])))
            following = next((link["href"] for link in told.get("links") or [] if link.get("rel") == "next"), "")
        token = dict(parse_qsl(urlsplit(following).query)).get("next_page_token", "")
        query = {**query, "next_page_token": token} if token else {}
