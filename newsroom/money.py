"""Money as it is stored and as people read it: integers of minor units with an ISO 4217 currency, never float."""

import re
import unicodedata
from decimal import Decimal
from functools import cache

from babel.core import Locale, UnknownLocaleError, get_global
from babel.numbers import format_currency, get_currency_symbol, list_currencies
from django.utils.translation import gettext as _

from newsroom.currency_signs import SIGNS
from newsroom.tongues import manner

CURRENCIES = frozenset(list_currencies("en"))
ENDED = {"BGN"}  # since Bulgaria pays in euros (1 January 2026), which CLDR does not say yet
# What somebody can pay with today: legal tender of a country, without an end. No metals, funds, tests or past money.
TENDER = frozenset(
    code
    for of_a_country in get_global("territory_currencies").values()
    for code, _begin, end, is_tender in of_a_country
    if is_tender and end is None and code not in ENDED
)

# ISO 4217, table A.1, where the minor unit is not a hundredth. Babel has CLDR's figures, which are what shops print: none
# for MGA, RSD or IQD, whose payments are counted in hundredths and thousandths all the same.
EXPONENTS = {
    **dict.fromkeys(
        ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"], 0
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
FIGURES = re.compile(
    r"(?P<whole>[0-9]{1,3}(?P<group>[ .,'])[0-9]{3}(?:(?P=group)[0-9]{3})*|[0-9]*)(?:(?P<point>[.,])(?P<decimals>[0-9]*))?"
)


def exponent(currency: str) -> int:
    """Decimals of a currency by ISO 4217: 2 for EUR, 0 for JPY, 3 for KWD. ValueError for an unknown code."""
    if currency not in CURRENCIES:
        raise ValueError(f"{currency!r} is not an ISO 4217 currency code.")
    return EXPONENTS.get(currency, 2)


def to_decimal(amount: int, currency: str) -> Decimal:
    """Minor units as a Decimal of the currency's own decimals: (2500, "EUR") → Decimal("25.00")."""
    return Decimal(amount).scaleb(-exponent(currency))


def to_minor(amount: Decimal, currency: str) -> int:
    """A Decimal as minor units. ValueError when it has more decimals than the currency, or is no number."""
    places = exponent(currency)
    if not amount.is_finite():
        raise ValueError(_("That is not an amount."))
    minor = amount.scaleb(places)
    if minor != minor.to_integral_value():
        told = _("{currency} amounts have at most {places} decimals.") if places else _("{currency} has no decimals.")
        raise ValueError(told.format(currency=currency, places=places))
    return int(minor)


def parse(text: str, currency: str, language: str | None = None) -> int:
    """Minor units from what a person typed: "25", "25.50", "25,50", "1 250,00", "1,250.00", "1'250", "€ 25", "25 EUR".

    Of two different separators the second is the decimal one. A lone one before exactly three digits is the decimal one
    where the currency has three decimals or a nought stands before it, and groups thousands where it has none. Elsewhere
    "12.345" may be twelve thousand or a slip for 12.35, and a donor would pay a thousand times too much: only the site's
    language's own way of grouping is believed there ("1,250" in English, "1.250" in German), every other is asked about.
    Digits of any script, and the currency's own sign in any language's way ("US$", "$US" and "$" for USD). Never negative.
    ValueError with a plain sentence for everything else: another currency's sign, and figures that are no digits ("²", "½").
    """
    places = exponent(currency)
    figures = _figures(text, currency)
    match = FIGURES.fullmatch(figures)
    if not match or not (match["whole"] or match["decimals"]):
        raise ValueError(_foreign(currency) if _names_money(figures) else _example(currency))
    whole, group, decimals = match["whole"], match["group"], match["decimals"] or ""
    if group and match["point"] == group:
        raise ValueError(_example(currency))
    lone = group in {".", ","} and whole.count(group) == 1 and match["point"] is None
    if lone and (places == 3 or whole.startswith("0")):
        whole, _point, decimals = whole.partition(group)
    elif lone and places and group != grouping(language):
        raise ValueError(_ambiguous(whole, group, currency))
    return to_minor(Decimal(f"{re.sub('[^0-9]', '', whole) or '0'}.{decimals or '0'}"), currency)


def _figures(text: str, currency: str) -> str:
    """The typed text without the currency's own signs, with plain digits, spaces and apostrophes."""
    if any(c.isnumeric() and not c.isdecimal() for c in text):  # before NFKC makes a plain 2 of “²”
        raise ValueError(_example(currency))
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text if c not in "\u200e\u200f")
    before, after = _own_signs(currency)
    return after.sub("", before.sub("", text.strip())).strip()


@cache
def _own_signs(currency: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What may stand before an amount, and after it. A letter's point belongs to it: “Rs.25” is no quarter of a rupee.
    Behind the figures a letter alone may mean thousands or millions, and is nobody's sign."""
    code = currency.casefold()
    known = sorted(set(signs(currency)), key=len, reverse=True)
    written = {sign: re.escape(sign) + (r"\.?" if sign[-1].isalpha() and sign != code else "") for sign in known}
    behind = [words for sign, words in written.items() if len(sign) > 1 or not sign.isascii() or not sign.isalpha()]
    return re.compile(rf"^(?:(?:{'|'.join(written.values())})\s*)+"), re.compile(rf"(?:\s*(?:{'|'.join(behind)}))+$")


def grouping(language: str | None = None) -> str:
    """What stands between thousands in the language, in money: "," in English. A blank of any width is a plain one."""
    symbols = locale_of(language or manner()).number_symbols["latn"]
    sign = str(symbols.get("currencyGroup") or symbols["group"])
    return unicodedata.normalize("NFKC", sign).replace("’", "'")


def signs(currency: str) -> list[str]:
    """Every way of writing the currency beside an amount, in small letters; its code first."""
    return [currency.casefold(), *SIGNS.get(currency, "").split()]


def _ambiguous(whole: str, group: str, currency: str) -> str:
    digits = whole.replace(group, "")
    decimals = whole.replace(group, ".")[:-1]
    told = _("Is that {digits} or {decimals} {currency}? Type thousands without a sign between them, and at most two decimals.")
    return told.format(digits=digits, decimals=decimals, currency=currency)


def _names_money(left: str) -> bool:
    """Whether what is no figure looks like a currency: a sign, or the code of one."""
    codes = {word.upper() for word in re.findall(r"[a-z]+", left)}
    return bool(codes & CURRENCIES) or any(unicodedata.category(c) == "Sc" for c in left)


def _foreign(currency: str) -> str:
    told = _("Amounts here are in {currency}. Type yours in {currency}, without another currency’s sign.")
    return told.format(currency=currency)


def _example(currency: str) -> str:
    example = _("25 or 25.50") if exponent(currency) else "2500"
    return _("Type an amount in figures, in {currency}, for example {example}.").format(currency=currency, example=example)


def display(amount: int, currency: str, language: str | None = None) -> str:
    """The amount as readers of the language write it, without decimals when they are all zero: "€25", "€25.50".

    Three decimals always stand: “1,875” could be read as one dinar and 875 fils.
    """
    locale = locale_of(language or manner())
    value = to_decimal(amount, currency)
    places = exponent(currency)
    if places < 3 and value == value.to_integral_value():
        places = 0
    pattern = locale.currency_formats["standard"].pattern.replace(".00", f".{'0' * places}" if places else "")
    if get_currency_symbol(currency, locale=locale)[-1].isalpha():
        pattern = pattern.replace("¤#", "¤\u00a0#")  # letters do not touch figures (CLDR, currency spacing)
    return format_currency(value, currency, pattern, locale=locale, currency_digits=False)


def locale_of(language: str) -> Locale:
    """Babel's locale for one of Django's language codes; English where Babel does not know it."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
