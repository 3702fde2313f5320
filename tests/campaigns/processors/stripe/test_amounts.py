"""Amounts go over exactly, in each currency's own way of counting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.processors.stripe.amounts import CURRENCIES, THREE_DECIMAL, from_stripe, takes, to_stripe
from newsroom import money


@pytest.mark.parametrize(
    ("amount", "currency", "figure"),
    [
        (2500, "EUR", 2500),
        (500, "JPY", 500),  # no decimals with both
        (5, "ISK", 500),  # none with us, two noughts with them
        (5, "UGX", 500),
        (2500, "MGA", 25),  # a fifth counted in hundredths with us, none with them
        (5120, "KWD", 5120),
        (100_000, "HUF", 100_000),  # two decimals in charges, whatever a payout does
        (25_000, "TWD", 25_000),
    ],
)
def test_an_amount_is_written_as_stripe_counts_it(amount, currency, figure):
    assert to_stripe(amount, currency) == figure
    assert from_stripe(figure, currency.lower()) == amount


@pytest.mark.parametrize(("amount", "currency"), [(5124, "KWD"), (2501, "MGA"), (100, "XAU"), (100, "LYD"), (100, "BGN")])
def test_what_stripe_cannot_write_is_an_error_and_not_rounded(amount, currency):
    with pytest.raises(ValueError):
        to_stripe(amount, currency)
    assert not takes(amount, currency)


@given(st.integers(min_value=0, max_value=10**11), st.sampled_from(sorted(CURRENCIES)))
def test_what_can_be_written_comes_back_the_same(amount, currency):
    try:
        figure = to_stripe(amount, currency)
    except ValueError:
        assert currency == "MGA" or currency in THREE_DECIMAL
    else:
        assert from_stripe(figure, currency) == amount


def test_fees_in_fractions_of_a_krona_are_rounded():
    assert [from_stripe(figure, "ISK") for figure in (49, 50, 149, 150)] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("currency", "least"),
    [("USD", 50), ("EUR", 50), ("GBP", 30), ("JPY", 50), ("CZK", 1500), ("HUF", 17500), ("ISK", 1), ("ZAR", 1)],
)
def test_the_least_of_a_currency_is_taken_and_less_is_not(currency, least):
    assert (takes(least, currency), takes(least - 1, currency)) == (True, False)


def test_every_currency_that_stripe_takes_is_money():
    assert CURRENCIES <= money.CURRENCIES
