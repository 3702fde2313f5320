"""Amounts: integers of minor units, typed and read by people, never float."""

import sys
import unicodedata
from collections import defaultdict
from decimal import Decimal

import pytest
from babel.core import Locale
from babel.localedata import locale_identifiers
from hypothesis import given
from hypothesis import strategies as st

from newsroom import money
from newsroom.currency_signs import SIGNS

AMOUNTS = st.integers(min_value=0, max_value=10**13)
KINDS = st.sampled_from(["EUR", "JPY", "KWD", "CLF", "CHF"])


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [
        ("EUR", 2),
        ("USD", 2),
        ("JPY", 0),
        ("KRW", 0),
        ("KWD", 3),
        ("TND", 3),
        ("CLF", 4),
        ("MGA", 2),
        ("RSD", 2),
        ("IQD", 3),
        ("UGX", 0),
    ],
)
def test_decimals_are_those_of_iso_4217(currency, decimals):
    assert money.exponent(currency) == decimals


@pytest.mark.parametrize("code", ["", "eur", "EURO", "ZZZ", "€"])
def test_an_unknown_currency_is_refused(code):
    with pytest.raises(ValueError, match="not an ISO 4217"):
        money.exponent(code)


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("25", "EUR", 2500),
        ("25.50", "EUR", 2550),
        ("25,50", "EUR", 2550),
        ("25.5", "EUR", 2550),
        (" € 25 ", "EUR", 2500),
        ("25 €", "EUR", 2500),
        ("25 eur", "EUR", 2500),
        ("EUR 25", "EUR", 2500),
        ("1 250,00", "EUR", 125000),
        ("1\u202f250,00", "EUR", 125000),
        ("1,250.00", "EUR", 125000),
        ("1.250,00", "EUR", 125000),
        ("1,250", "EUR", 125000),
        ("12,345", "USD", 1234500),
        ("1.234.567", "EUR", 123456700),
        ("12.345,00", "EUR", 1234500),
        ("1'250.50", "EUR", 125050),
        ("1,234,567", "EUR", 123456700),
        ("0.500", "EUR", 50),
        (".5", "EUR", 50),
        ("5.", "EUR", 500),
        ("1000", "JPY", 1000),
        ("1,000", "JPY", 1000),
        ("1.000", "JPY", 1000),
        ("25.00", "JPY", 25),
        ("1.234", "KWD", 1234),
        ("1,234,567", "KWD", 1234567000),
        ("1.234,567", "KWD", 1234567),
        ("٢٥", "EUR", 2500),
        ("２５．５０", "EUR", 2550),
        ("२५", "INR", 2500),
        ("$25", "USD", 2500),
        ("US$25", "USD", 2500),
        ("25 $US", "USD", 2500),
        ("$25", "CAD", 2500),
        ("CA$25", "CAD", 2500),
        ("$25 CAD", "CAD", 2500),
        ("￡25", "GBP", 2500),
        ("￥2500", "JPY", 2500),
        ("25 kr.", "DKK", 2500),
        ("25 zł", "PLN", 2500),
        ("Rs.25", "INR", 2500),
        ("K25", "ZMW", 2500),
        ("د.إ.\u200f 25", "AED", 2500),
    ],
)
def test_what_people_type_is_understood(typed, currency, minor):
    assert money.parse(typed, currency) == minor


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "€",
        "-5",
        "5-",
        "1e5",
        "25+3",
        "25%",
        "2/5",
        "½",
        "²",
        "2²",
        "25₂",
        "①",
        "Ⅳ",
        "二",
        "1.25.50",
        "1,2,5",
        "25..",
        "..",
        "1 2 3",
        "25\x00",
    ],
)
def test_what_is_no_amount_is_refused_in_words(typed):
    with pytest.raises(ValueError, match="Type an amount in figures"):
        money.parse(typed, "EUR")


@pytest.mark.parametrize(
    ("typed", "currency", "language"),
    [
        ("12.345", "EUR", "en"),
        ("€12.345", "EUR", "en"),
        ("1.250", "EUR", "en"),
        ("12,345", "EUR", "de"),
        ("1,250", "EUR", "fr"),
        ("1.250", "EUR", "fr"),
        ("12.345", "CLF", "en"),
    ],
)
def test_thousands_or_decimals_are_asked_about(typed, currency, language):
    with pytest.raises(ValueError, match=r"^Is that \d+ or \d+\.\d\d "):
        money.parse(typed, currency, language)


@pytest.mark.parametrize(("typed", "language"), [("1,250", "en"), ("1.250", "de"), ("1.250", "es"), ("1\u202f250", "fr")])
def test_the_languages_own_way_of_grouping_thousands_is_believed(typed, language):
    assert money.parse(typed, "EUR", language) == 125000


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_the_example_is_an_amount_of_that_currency(currency):
    with pytest.raises(ValueError, match=rf"in {currency}, for example ") as told:
        money.parse("much", currency)
    examples = str(told.value).partition("for example ")[2].rstrip(".").split(" or ")
    assert all(money.parse(example, currency) > 0 for example in examples)


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("$25", "EUR"),
        ("£25", "EUR"),
        ("¥2500", "EUR"),
        ("25 USD", "EUR"),
        ("25₹", "EUR"),
        ("€25", "USD"),
        ("CA$25", "USD"),
        ("US$25", "CAD"),
        ("R$25", "ZAR"),
        ("€25$", "EUR"),
    ],
)
def test_another_currencys_sign_is_refused_and_the_own_one_named(typed, currency):
    with pytest.raises(ValueError, match=f"Amounts here are in {currency}"):
        money.parse(typed, currency)


@pytest.mark.parametrize("typed", ["25k", "25 m", "1e5"])
@pytest.mark.parametrize("currency", ["ZMW", "LSL", "SZL", "EUR"])
def test_a_letter_behind_the_figures_may_mean_thousands_and_is_refused(typed, currency):
    with pytest.raises(ValueError, match="Type an amount in figures"):
        money.parse(typed, currency)


def test_no_character_but_a_decimal_digit_is_an_amount():
    odd = [c for c in map(chr, range(sys.maxunicode + 1)) if any("0" <= d <= "9" for d in unicodedata.normalize("NFKC", c))]
    accepted = set()
    for character in odd:
        try:
            money.parse(character, "JPY")
        except ValueError:
            continue
        accepted.add(unicodedata.category(character))
    assert len(odd) > 200
    assert accepted == {"Nd"}


def test_every_way_of_writing_a_tender_is_known():
    """All of CLDR's locales: whoever types the sign that their language shows is understood."""
    written: defaultdict[str, set[str]] = defaultdict(set)
    for locale in map(Locale.parse, locale_identifiers()):
        for currency in money.TENDER & locale.currency_symbols.keys():
            plain = unicodedata.normalize("NFKC", locale.currency_symbols[currency]).casefold()
            written[currency].add("".join(c for c in plain if not c.isspace() and unicodedata.category(c) != "Cf"))
    listed = {currency: set(signs.split()) for currency, signs in SIGNS.items()}
    assert listed == {currency: found for currency, signs in written.items() if (found := signs - {"", currency.casefold()})}


@pytest.mark.parametrize("code", ["EUR", "USD", "GBP", "JPY", "KWD", "CHF", "XAF", "XOF", "XPF", "XCD", "XCG", "ZWG", "SLE"])
def test_tender_is_what_somebody_can_pay_with(code):
    assert code in money.TENDER


@pytest.mark.parametrize(
    "code", ["XAU", "XAG", "XXX", "XTS", "XDR", "XUA", "CHE", "CLF", "USN", "MXV", "DEM", "HRK", "BGN", "ANG", "ZWL"]
)
def test_metals_funds_tests_and_past_money_are_no_tender(code):
    assert (code in money.CURRENCIES, code in money.TENDER) == (True, False)


@given(AMOUNTS, st.sampled_from(sorted(money.TENDER)), st.data())
def test_an_amount_with_any_sign_is_its_own_currencys_or_refused(amount, currency, data):
    other = data.draw(st.sampled_from(sorted(SIGNS)))
    sign = data.draw(st.sampled_from(SIGNS[other].split()))
    figures = f"{money.to_decimal(amount, currency):f}"
    for typed in (f"{sign}{figures}", f"{figures} {sign}"):
        try:
            understood = money.parse(typed, currency)
        except ValueError:
            continue
        assert understood == amount
        assert sign.rstrip(".") in " ".join(SIGNS[currency].split())


def test_more_decimals_than_the_currency_has_are_refused():
    with pytest.raises(ValueError, match="EUR amounts have at most 2 decimals"):
        money.parse("25.5555", "EUR")
    with pytest.raises(ValueError, match="JPY has no decimals"):
        money.parse("25.50", "JPY")


@pytest.mark.parametrize(
    ("amount", "currency", "language", "words"),
    [
        (2500, "EUR", "en", "€25"),
        (2550, "EUR", "en", "€25.50"),
        (2550, "EUR", "de", "25,50\xa0€"),
        (123456789, "EUR", "fr", "1\u202f234\u202f567,89\xa0€"),
        (1001, "JPY", "en", "¥1,001"),
        (1234, "KWD", "en", "KWD\xa01.234"),
        (100000, "KWD", "en", "KWD\xa0100.000"),
        (2500, "CHF", "en", "CHF\xa025"),
        (-500, "EUR", "en", "-€5"),
        (0, "EUR", "en", "€0"),
        (150, "MGA", "en", "MGA\xa01.50"),
        (2500, "EUR", "tlh", "€25"),
    ],
)
def test_amounts_read_as_their_readers_write_them(amount, currency, language, words):
    assert money.display(amount, currency, language) == words


@given(AMOUNTS, KINDS)
def test_minor_units_and_decimals_are_the_same_amount(amount, currency):
    assert money.to_minor(money.to_decimal(amount, currency), currency) == amount


@given(AMOUNTS, KINDS, st.sampled_from(["en", "de", "fr", "es", "it"]))
def test_what_is_shown_can_be_typed(amount, currency, language):
    assert money.parse(money.display(amount, currency, language), currency, language) == amount


@given(st.text(max_size=20), KINDS)
def test_whatever_is_typed_there_is_an_amount_or_a_sentence(typed, currency):
    try:
        told: int | str = money.parse(typed, currency)
    except ValueError as error:
        told = str(error)
    assert told.endswith(".") if isinstance(told, str) else told >= 0


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity")])
def test_what_is_no_number_is_no_amount(amount):
    with pytest.raises(ValueError, match="not an amount"):
        money.to_minor(amount, "EUR")
