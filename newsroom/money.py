"""Money as it is stored and as people read it: integers of minor units with an ISO 4217 currency, never float."""

from decimal import Decimal, InvalidOperation

from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision, list_currencies
from django.utils.translation import get_language

CURRENCIES = frozenset(list_currencies("en"))


def exponent(currency: str) -> int:
    """Decimals of a currency by ISO 4217: 2 for EUR, 0 for JPY, 3 for KWD. ValueError for an unknown code."""
    if currency not in CURRENCIES:
        raise ValueError(f"{currency!r} is not an ISO 4217 currency code.")
    return get_currency_precision(currency)


def to_decimal(amount: int, currency: str) -> Decimal:
    """Minor units as a Decimal of the currency's own decimals: (2500, "EUR") → Decimal("25.00")."""
    return Decimal(amount).scaleb(-exponent(currency))


def to_minor(amount: Decimal, currency: str) -> int:
    """A Decimal as minor units. ValueError when it has more decimals than the currency, or is no number."""
    places = exponent(currency)
    if not amount.is_finite():
        raise ValueError("That is not an amount.")
    minor = amount.scaleb(places)
    if minor != minor.to_integral_value():
        raise ValueError(f"{currency} amounts have at most {places} decimals." if places else f"{currency} has no decimals.")
    return int(minor)


def parse(text: str, currency: str) -> int:
    """Minor units from what a person typed: "25", "25.50", "25,50", "1 250,00", "1,250.00", "€ 25".

    The last of several separators is the decimal one; a lone separator followed by exactly three digits groups
    thousands unless the currency has three decimals. ValueError with a plain sentence otherwise.
    """
    places = exponent(currency)
    kept = "".join(c for c in text.strip() if c.isdigit() or c in ".,-")
    letters = "".join(c for c in text if c.isalpha()).upper()
    if not any(c.isdigit() for c in kept) or letters not in {"", currency} or not kept.isascii():
        raise ValueError("Type an amount in figures, for example 25 or 25.50.")
    last = max(kept.rfind("."), kept.rfind(","))
    if last >= 0:
        whole, decimals = kept[:last], kept[last + 1 :]
        lone = not any(c in ".," for c in whole)
        same = all(c not in ".," or c == kept[last] for c in whole)
        if len(decimals) == 3 and places != 3 and (lone or same):
            whole, decimals = whole + decimals, ""
        kept = whole.replace(".", "").replace(",", "") + "." + (decimals or "0")
    try:
        return to_minor(Decimal(kept), currency)
    except InvalidOperation as error:
        raise ValueError("Type an amount in figures, for example 25 or 25.50.") from error


def display(amount: int, currency: str, language: str | None = None) -> str:
    """The amount as readers of the language write it, without decimals when they are all zero: "€25", "€25.50"."""
    locale = locale_of(language or get_language() or "en")
    value = to_decimal(amount, currency)
    pattern = locale.currency_formats["standard"].pattern
    if value == value.to_integral_value():
        return format_currency(value, currency, pattern.replace(".00", ""), locale=locale, currency_digits=False)
    return format_currency(value, currency, locale=locale)


def locale_of(language: str) -> Locale:
    """Babel's locale for one of Django's language codes; English where Babel does not know it."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
