"""Amounts as PayPal writes them."""

import pytest

from campaigns.processors.paypal import amounts

SOME = [(2500, "EUR", "25.00"), (5, "USD", "0.05"), (250000, "HUF", "2500"), (1200, "JPY", "1200"), (30000, "TWD", "300")]


@pytest.mark.parametrize(("amount", "currency", "value"), SOME)
def test_an_amount_is_written_exactly_and_read_again(amount, currency, value):
    assert amounts.takes(amount, currency)
    told = amounts.written(amount, currency)
    assert told == {"currency_code": currency, "value": value}
    assert amounts.read(told) == (amount, currency)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [(250050, "HUF"), (30001, "TWD"), (2500, "KWD"), (2500, "RSD"), (0, "EUR"), (-100, "EUR"), (1_000_000_000, "EUR"), (1, "no")],
)
def test_what_paypal_cannot_take_is_said_before_it_is_asked(amount, currency):
    assert not amounts.takes(amount, currency)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1.001", "twelve", None, 3.5j])
def test_what_is_no_amount_is_not_read_as_one(value):
    with pytest.raises((ArithmeticError, TypeError, ValueError)):
        amounts.read({"currency_code": "EUR", "value": value})
