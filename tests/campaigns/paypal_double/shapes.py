"""What PayPal's API description says a request may be: members, lengths, patterns, words. Its `components/schemas`, as
far as anybody here sends them, and stricter: unknown members are refused.

Orders 2.13, Payments 2.5, Vault 3.1, Disputes 1.10, Transaction Search 1.9, Webhooks 1.11.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

type Fault = tuple[str, str]  # JSON pointer, issue


@dataclass(frozen=True)
class Text:
    least: int = 0
    most: int = 10_000
    pattern: str = ""
    among: tuple[str, ...] = ()

    def check(self, value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield at, "INVALID_PARAMETER_SYNTAX"
        elif not self.least <= len(value) <= self.most:
            yield at, "INVALID_STRING_LENGTH"
        elif self.pattern and not re.search(self.pattern, value):
            yield at, "INVALID_PARAMETER_SYNTAX"
        elif self.among and value not in self.among:
            yield at, "INVALID_PARAMETER_VALUE"


@dataclass(frozen=True)
class Flag:
    def check(self, value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, bool):
            yield at, "INVALID_PARAMETER_SYNTAX"


@dataclass(frozen=True)
class Anything:
    """What is described as an object without members."""

    def check(self, value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield at, "INVALID_PARAMETER_SYNTAX"


@dataclass(frozen=True)
class List:
    of: Any
    least: int = 1
    most: int = 10

    def check(self, value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield at, "INVALID_PARAMETER_SYNTAX"
            return
        if len(value) < self.least:
            yield at, "INVALID_ARRAY_MIN_ITEMS"
        if len(value) > self.most:
            yield at, "INVALID_ARRAY_MAX_ITEMS"
        for number, item in enumerate(value):
            yield from self.of.check(item, f"{at}/{number}")


@dataclass(frozen=True)
class Object:
    required: dict[str, Any] = field(default_factory=dict)
    optional: dict[str, Any] = field(default_factory=dict)

    def check(self, value: Any, at: str) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield at, "INVALID_PARAMETER_SYNTAX"
            return
        for name in self.required.keys() - value.keys():
            yield f"{at}/{name}", "MISSING_REQUIRED_PARAMETER"
        for name, item in value.items():
            shape = self.required.get(name) or self.optional.get(name)
            if shape is None:
                yield f"{at}/{name}", "NOT_SUPPORTED"
            else:
                yield from shape.check(item, f"{at}/{name}")


WORD = r"^[0-9A-Z_]+$"
MOMENT = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[1-2][0-9]|3[0-1])[T,t]([0-1][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"  # noqa: E501
MONEY = Object({"currency_code": Text(3, 3), "value": Text(1, 32, r"^((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))$")})
ADDRESS = Text(1, 2048, r"^https?://")
VAULT = Object(
    {"usage_type": Text(1, 255, among=("MERCHANT", "PLATFORM"))},
    {
        "store_in_vault": Text(1, 255, among=("ON_SUCCESS",)),
        "description": Text(1, 128),
        "customer_type": Text(1, 255, among=("CONSUMER", "BUSINESS")),
        "permit_multiple_payment_tokens": Flag(),
    },
)
CONTEXT = Object(
    optional={
        "brand_name": Text(1, 127),
        "locale": Text(2, 10, r"^[a-z]{2}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?$"),
        "shipping_preference": Text(1, 24, among=("GET_FROM_FILE", "NO_SHIPPING", "SET_PROVIDED_ADDRESS")),
        "return_url": ADDRESS,
        "cancel_url": ADDRESS,
        "landing_page": Text(1, 13, among=("LOGIN", "GUEST_CHECKOUT", "NO_PREFERENCE")),
        "user_action": Text(1, 8, among=("CONTINUE", "PAY_NOW")),
        "payment_method_preference": Text(1, 255, among=("UNRESTRICTED", "IMMEDIATE_PAYMENT_REQUIRED")),
    }
)
WALLET = Object(
    optional={
        "vault_id": Text(1, 255, r"^[0-9a-zA-Z_-]+$"),
        "email_address": Text(3, 254),
        "attributes": Object(optional={"vault": VAULT}),
        "experience_context": CONTEXT,
    }
)
UNIT = Object(
    {"amount": MONEY},
    {
        "reference_id": Text(1, 256),
        "description": Text(1, 127),
        "custom_id": Text(1, 127),
        "invoice_id": Text(1, 127),
        "soft_descriptor": Text(1, 22),
    },
)
ORDER = Object(
    {"intent": Text(among=("CAPTURE", "AUTHORIZE")), "purchase_units": List(UNIT)},
    {"payment_source": Object(optional={"paypal": WALLET})},
)
DEED = Object(optional={"payment_source": Object(optional={"paypal": WALLET})})  # capture and authorize of an order
CHANGES = List(Object({"op": Text(among=("add", "remove", "replace")), "path": Text(1)}, {"value": Text(1, 127)}), 1, 100)
REFUND = Object(optional={"amount": MONEY, "custom_id": Text(1, 127), "invoice_id": Text(1, 127), "note_to_payer": Text(1, 255)})
CAPTURE = Object(
    optional={
        "amount": MONEY,
        "invoice_id": Text(0, 127),
        "final_capture": Flag(),
        "note_to_payer": Text(0, 255),
        "soft_descriptor": Text(0, 22),
    }
)
VERIFY = Object(
    {
        "auth_algo": Text(1, 100, r"^[a-zA-Z0-9]+$"),
        "cert_url": Text(1, 500, r"^https?://"),  # ours speaks plain HTTP
        "transmission_id": Text(1, 50, r"^(?!\d+$)\w+\S+"),
        "transmission_sig": Text(1, 500, r"^[A-Za-z0-9+/]+={0,2}$"),  # described without “+” and “/” at first, which Base64 has
        "transmission_time": Text(1, 100, r"^\d{4}-\d\d-\d\dT"),
        "webhook_id": Text(1, 50, r"^[a-zA-Z0-9]+$"),
        "webhook_event": Anything(),
    }
)
# Of a query every value is text.
SEARCH = Object(
    {"start_date": Text(20, 64, MOMENT), "end_date": Text(20, 64, MOMENT)},
    {
        "transaction_id": Text(17, 19),
        "fields": Text(pattern=r"^[a-z_,]+$"),
        "balance_affecting_records_only": Text(among=("Y", "N")),
        "page_size": Text(pattern=r"^([1-9][0-9]?|[1-4][0-9][0-9]|500)$"),
        "page": Text(pattern=r"^[1-9][0-9]{0,9}$"),
    },
)
DISPUTES = Object(
    optional={
        "start_time": Text(20, 64, MOMENT),
        "disputed_transaction_id": Text(1, 255, WORD),
        "page_size": Text(pattern=r"^([1-9]|[1-4][0-9]|50)$"),
        "next_page_token": Text(1, 255, r"^[A-Za-z0-9+/=]+$"),
        "dispute_state": Text(1, 2000),
    }
)
NOTHING = Object()
