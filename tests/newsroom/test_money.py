"""Amounts: integers of minor units, typed and read by people, never float."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom import money

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
        ("1.250", "EUR", 125000),
        ("1'250.50", "EUR", 125050),
        ("1,234,567", "EUR", 123456700),
        ("0.500", "EUR", 50),
        (".5", "EUR", 50),
        ("5.", "EUR", 500),
        ("1000", "JPY", 1000),
        ("1,000", "JPY", 1000),
        ("25.00", "JPY", 25),
        ("1.234", "KWD", 1234),
        ("1,234,567", "KWD", 1234567000),
        ("1.234,567", "KWD", 1234567),
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
        "٢٥",
        "1.25.50",
        "1,2,5",
        "25..",
        "..",
        "1 2 3",
        "25 USD",
        "25\x00",
    ],
)
def test_what_is_no_amount_is_refused_in_words(typed):
    with pytest.raises(ValueError, match="Type an amount in figures"):
        money.parse(typed, "EUR")


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
    assert money.parse(money.display(amount, currency, language), currency) == amount


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
