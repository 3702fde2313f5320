"""A pretended PayPal for each test, at noon, and our side of it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from campaigns.processors.base import Order, Redirect
from campaigns.processors.paypal import PayPal
from tests.campaigns.paypal_double import Double, running

AN_ORDER = Order("key-1", 2500, "EUR", "A gift", "https://news.example/giving/return/x/", "7K3M-Q2XP", "ada@example.org", "Ada")


@pytest.fixture
def paypal() -> Iterator[Double]:
    from tests.factories import NOON  # it imports models, and this file is read before Django is set up

    with running() as double:
        double.books.clock = lambda: NOON
        yield double


@pytest.fixture
def ours(paypal: Double) -> PayPal:
    return PayPal(**paypal.settings())


@pytest.fixture
def paid(paypal: Double, ours: PayPal) -> Any:
    """`paid(**of the order)`: the ref of an order that was begun, approved and looked up."""

    def pay(**overrides: Any) -> str:
        order = replace(AN_ORDER, **overrides)
        opened = ours.begin(order)
        assert isinstance(opened, Redirect)
        paypal.books.approve(opened.ref)
        ours.look_up(opened.ref)
        return opened.ref

    return pay
