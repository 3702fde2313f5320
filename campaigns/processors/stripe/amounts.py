"""Minor units by ISO 4217, as we count, and Stripe's own, which differ in some currencies (docs.stripe.com/currencies)."""

from decimal import ROUND_HALF_UP, Decimal

from newsroom import money

WITHOUT = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
WITH_THREE = "BHD JOD KWD OMR TND"  # whose last figure must be a nought
# ISK and UGX have no decimals any more; Stripe writes them with two noughts all the same, which “two” gives here.
WITH_TWO = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC CVE CZK DKK DOP
    DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD KES KGS KHR KYD KZT LAK LBP LKR LRD LSL
    MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR
    SEK SGD SHP SLE SOS SRD SZL THB TJS TOP TRY TTD TWD TZS UAH UGX USD UYU UZS WST XCD XCG YER ZAR ZMW"""
ZERO_DECIMAL, TWO_DECIMAL, THREE_DECIMAL = (frozenset(codes.split()) for codes in (WITHOUT, WITH_TWO, WITH_THREE))
CURRENCIES = ZERO_DECIMAL | TWO_DECIMAL | THREE_DECIMAL
# The least of a charge, in Stripe's units. Elsewhere it is what half a dollar is worth that day, and Stripe says so itself.
LEAST = {
    **dict.fromkeys(["USD", "EUR", "CHF", "AUD", "CAD", "NZD", "SGD", "BRL", "INR", "JPY"], 50),
    "GBP": 30,
    "AED": 200,
    "MYR": 200,
    "PLN": 200,
    "RON": 200,
    "DKK": 250,
    "NOK": 300,
    "SEK": 300,
    "HKD": 400,
    "MXN": 1000,
    "THB": 1000,
    "CZK": 1500,
    "HUF": 17500,
}


def to_stripe(amount: int, currency: str) -> int:
    """Stripe's figure for our minor units. ValueError where Stripe cannot write it: another currency, fractions of a króna."""
    shift = _places(currency) - money.exponent(currency)
    figure = Decimal(amount).scaleb(shift)
    if figure != figure.to_integral_value() or (currency in THREE_DECIMAL and amount % 10):
        raise ValueError(f"Stripe cannot write {amount} minor units of {currency}.")
    return int(figure)


def from_stripe(figure: int, currency: str) -> int:
    """Our minor units of Stripe's figure. Half a minor unit counts up: a fee of 0.37 krónur is none."""
    currency = currency.upper()
    shift = money.exponent(currency) - _places(currency)
    return int(Decimal(figure).scaleb(shift).to_integral_value(ROUND_HALF_UP))


def takes(amount: int, currency: str) -> bool:
    """Whether Stripe takes this at all. Where its least follows the rates of exchange, and of the most, only Stripe can tell."""
    try:
        figure = to_stripe(amount, currency)
    except ValueError:
        return False
    return figure >= LEAST.get(currency, 1)


def _places(currency: str) -> int:
    if currency not in CURRENCIES:
        raise ValueError(f"Stripe does not take {currency}.")
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2
