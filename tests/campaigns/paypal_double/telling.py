"""PayPal's events: signed over the body's own bytes, and told whether they are."""

import json
import re
from base64 import b64encode
from datetime import UTC
from typing import Any
from uuid import uuid4
from zlib import crc32

from tests.campaigns.paypal_double.books import Books
from tests.campaigns.paypal_double.deeds import shown
from tests.campaigns.paypal_double.signer import signer

CERTIFICATE = "/v1/notifications/certs/CERT-360caa42-fca2a594-1d93a270"
EVENT = re.compile(rb'"webhook_event"\s*:\s*')


class Teller:
    def __init__(self, books: Books, webhook_id: str) -> None:
        self.books = books
        self.webhook_id = webhook_id
        self.signer = signer()

    def event(self, kind: str, resource: dict[str, Any], *, event_id: str = "") -> tuple[dict[str, str], bytes]:
        """Headers, in small letters, and body. With blanks where another program would write none."""
        told = {
            "id": event_id or f"WH-{uuid4().hex[:17].upper()}",
            "event_version": "1.0",
            "create_time": self.books.now,
            "resource_type": kind.split(".")[-2].lower(),
            "event_type": kind,
            "summary": "A payment was made for “A gift”.",
            "resource": shown(resource),
            "links": [],
        }
        body = json.dumps(told, indent=1, ensure_ascii=False, separators=(",", " : ")).encode()
        sent_at = self.books.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        transmission = str(uuid4())
        return {
            "paypal-transmission-id": transmission,
            "paypal-transmission-time": sent_at,
            "paypal-transmission-sig": self.sign(transmission, sent_at, body),
            "paypal-cert-url": self.books.base + CERTIFICATE,
            "paypal-auth-algo": "SHA256withRSA",
            "content-type": "application/json",
        }, body

    def is_mine(self, asked: dict[str, Any], raw: bytes) -> bool:
        """By the bytes of the event as they stand in the question."""
        match = EVENT.search(raw)
        if match is None:
            return False
        start = match.end()
        body = raw[start : raw.rindex(b"}")].rstrip()
        signature = self.sign(asked["transmission_id"], asked["transmission_time"], body)
        return bool(asked["webhook_id"] == self.webhook_id and signature == asked["transmission_sig"])

    def sign(self, transmission: str, sent_at: str, body: bytes) -> str:
        text = f"{transmission}|{sent_at}|{self.webhook_id}|{crc32(body)}"
        return b64encode(self.signer.sign(text.encode())).decode()
