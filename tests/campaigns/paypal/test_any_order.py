"""Answers lost in any order, at anything that moves money: what we are told in the end is what PayPal's books have."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.processors.base import PaymentStatus, ProcessorError
from campaigns.processors.paypal import PayPal
from tests.campaigns.paypal.conftest import AN_ORDER
from tests.campaigns.paypal_double import running
from tests.factories import NOON

KINDS = st.sampled_from(["", "", "lost", "drop", "500", "503", "429", "409", "401"])
STEPS = st.lists(st.tuples(st.sampled_from(["look", "renew", "refund", "release"]), KINDS), max_size=12)


def tried(deed: Any, *args: Any, **options: Any) -> None:
    with suppress(ProcessorError):  # as a job does, which comes again
        deed(*args, **options)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_nothing_is_charged_or_sent_back_twice(steps):
    with running() as paypal:
        paypal.books.clock = lambda: NOON
        ours = PayPal(**paypal.settings())
        ref = ours.begin(replace(AN_ORDER, save_method=True)).ref
        paypal.books.approve(ref)
        mandate, renewal = "", replace(AN_ORDER, key="m1", reference="9P2Q-7WXY")
        for deed, kind in steps:
            if kind:
                paypal.befalls("/v2/", kind)
            match deed:
                case "look":
                    tried(ours.look_up, ref)
                case "renew" if mandate:
                    tried(ours.collect, mandate, renewal)
                case "refund":
                    tried(ours.refund, ref, amount=1000, key="r1")
                case "release":
                    tried(ours.release, ref)
            paypal.mishaps.clear()
            mandate = mandate or next(iter(paypal.books.tokens), "")
        payment = ours.look_up(ref)
        assert payment is not None
        captures = list(paypal.books.captures.values())
        assert sum(capture["custom_id"] == "key-1" for capture in captures) == (payment.status == PaymentStatus.PAID)
        assert sum(capture["custom_id"] == "m1" for capture in captures) <= 1
        assert payment.refunded == 1000 * len(paypal.books.refunds)
        assert len(paypal.books.refunds) <= 1
