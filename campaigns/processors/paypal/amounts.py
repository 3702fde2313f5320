"""Money as PayPal writes it: a decimal string with its currency's own number of decimals."""

from decimal import Decimal
from typing import Any

from newsroom import money

# developer.paypal.com, “Currency codes”. BRL, CNY, INR and MYR only for accounts of the country: others get a no.
CURRENCIES = frozenset(
    {"AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "INR"}
    | {"JPY", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD"}
)
WHOLE_ONLY = frozenset({"HUF", "JPY", "TWD"})  # PayPal takes no decimals of these, whatever ISO 4217 says
MOST = Decimal("9999999.99")  # seven figures before the point


def takes(amount: int, currency: str) -> bool:
    if currency not in CURRENCIES or amount <= 0:
        return False
    value = money.to_decimal(amount, currency)
    return value <= MOST and (currency not in WHOLE_ONLY or value == value.to_integral_value())


def written(amount: int, currency: str) -> dict[str, str]:
    """(2500, "EUR") → {"currency_code": "EUR", "value": "25.00"}; (250000, "HUF") → "2500"."""
    value = money.to_decimal(amount, currency)
    text = f"{value:f}" if currency not in WHOLE_ONLY else f"{value.to_integral_exact():f}"
    return {"currency_code": currency, "value": text}


def read(told: dict[str, Any]) -> tuple[int, str]:
    """Minor units and the currency. KeyError, TypeError, ValueError and ArithmeticError for what is no money."""
    currency = str(told["currency_code"])
    return money.to_minor(Decimal(told["value"]), currency), currency


def in_currency(told: dict[str, Any] | None, currency: str) -> int | None:
    """The amount, where it is told and is in this currency."""
    if not told or told.get("currency_code") != currency:
        return None
    return read(told)[0]
