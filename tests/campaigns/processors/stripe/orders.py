"""An order to try things with."""

from dataclasses import replace
from typing import Any

from campaigns.processors.base import Order

AN_ORDER = Order(
    key="5f0c8f0e-8d7b-4a4e-9c35-0d5c1f1f2a3b",
    amount=2500,
    currency="EUR",
    description="For the courts desk (7K3M-Q2XP)",
    return_url="https://news.example/giving/return/x/",
    reference="7K3M-Q2XP",
    email="ada@example.org",
    name="Ada",
)


def an_order(**overrides: Any) -> Order:
    return replace(AN_ORDER, **overrides)
