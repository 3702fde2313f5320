"""The double of Stripe's API, the hands behind it, and the processor that talks to it."""

from collections.abc import Iterator

import pytest

from campaigns.processors.stripe import Stripe
from tests.campaigns.stripe_double import KEY, SECRET, Hands, StripeDouble


@pytest.fixture
def double() -> Iterator[StripeDouble]:
    with StripeDouble().running() as running:
        yield running


@pytest.fixture
def hands(double: StripeDouble) -> Hands:
    return Hands(double)


@pytest.fixture
def stripe(double: StripeDouble) -> Stripe:
    return Stripe(secret_key=KEY, webhook_secret=SECRET, api_base=double.base)
