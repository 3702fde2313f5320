"""A second opinion: the processor at localstripe (PyPI), another's program of Stripe's API, where that goes.

It goes for customers, saved cards, off-session PaymentIntents, captures, cancelling, refunds and lines of the balance. It has
no Checkout, no search, no disputes, no payouts, no events of our account's, no idempotency keys and no fees. It refuses
fields of Stripe's that it does not know, and leaves out fields that Stripe always answers: `Between` lists both. Its
declines do not name their PaymentIntent.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode
from urllib.request import urlopen
from uuid import uuid4

import pytest
import stripe as sdk

from campaigns.processors.base import Order, ProcessorError, Refused
from campaigns.processors.stripe import Stripe
from tests.campaigns.processors.stripe.orders import an_order

KEY = "sk_test_localstripe"
# Its memory alone: it would keep everything in a file under /tmp, of whoever came first.
START = "from localstripe import resources, server; resources.Store.dump_to_disk = lambda self: None; server.start()"
WAIT = 30  # seconds for it to start
NOT_KNOWN = {
    ("post", "/v1/payment_intents"): ("description", "return_url"),
    ("post", "/cancel"): ("cancellation_reason",),
    ("post", "/capture"): ("metadata",),
    ("get", "/v1/payment_intents"): ("customer",),
    ("get", "/v1/refunds"): ("expand",),
}
LEFT_OUT: dict[str, dict[str, Any]] = {
    "payment_intent": {"amount_received": None, "setup_future_usage": None},
    "charge": {"disputed": False, "payment_method_details": None, "outcome": None, "amount_captured": None},
}


class Between(sdk.RequestsClient):
    """Leaves out of questions what localstripe does not know, and puts into answers what it leaves out."""

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, *, _usage: Any = None) -> Any:
        path, _, query = url.partition("?")
        unknown = [name for (of, end), names in NOT_KNOWN.items() if of == method and path.endswith(end) for name in names]
        asked = f"{path}?{_without(query, unknown)}" if query else path
        body, status, told = super().request(method, asked, headers, _without(post_data, unknown) if post_data else post_data)
        return json.dumps(_whole(json.loads(body))).encode(), status, told


def _without(form: str, unknown: list[str]) -> str:
    return urlencode([(name, value) for name, value in parse_qsl(form) if name.partition("[")[0] not in unknown])


def _whole(thing: Any) -> Any:
    if isinstance(thing, list):
        return [_whole(one) for one in thing]
    if not isinstance(thing, dict):
        return thing
    whole = LEFT_OUT.get(str(thing.get("object")), {}) | {name: _whole(value) for name, value in thing.items()}
    for name in ("amount_received", "amount_captured"):
        if name in whole:
            whole[name] = whole["amount"]
    return whole


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with socket.socket(socket.AF_INET6) as free:
        free.bind(("::", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", START, "--port", str(port), "--from-scratch"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + WAIT
    while True:
        try:
            urlopen(f"http://127.0.0.1:{port}/js.stripe.com/v3/", timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)


@pytest.fixture
def client(base: str) -> sdk.StripeClient:
    return sdk.StripeClient(KEY, base_addresses={"api": base}, max_network_retries=0, http_client=Between())


@pytest.fixture
def processor(base: str, client: sdk.StripeClient) -> Stripe:
    made = Stripe(secret_key=KEY, api_base=base)
    made.__dict__["_client"] = client
    return made


def a_mandate(client: sdk.StripeClient, number: str = "4242424242424242") -> str:
    customer = client.v1.customers.create({"email": "ada@example.org"})
    method = client.v1.payment_methods.create(
        {"type": "card", "card": {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}}
    )
    client.v1.payment_methods.attach(method.id, {"customer": customer.id})
    return f"{customer.id}/{method.id}"


def an_order_of_its_own(**overrides: Any) -> Order:
    return an_order(key=str(uuid4()), **overrides)


def test_a_saved_card_is_charged_once_a_key(processor, client):
    mandate, order = a_mandate(client), an_order_of_its_own()
    payment = processor.collect(mandate, order)
    assert (payment.status, payment.amount, payment.currency, payment.key) == ("paid", 2500, "EUR", order.key)
    assert processor.collect(mandate, order) == payment  # without idempotency keys: the list alone
    assert processor.look_up(payment.ref) == payment


def test_a_card_that_fails_is_declined_and_closed(processor, client):
    mandate, order = a_mandate(client, "4000000000000341"), an_order_of_its_own()
    with pytest.raises(Refused, match="card_declined"):
        processor.collect(mandate, order)
    payment = processor.collect(mandate, order)
    assert (payment.status, payment.problem) == ("declined", "The bank declined the payment.")
    assert client.v1.payment_intents.retrieve(payment.ref).status == "canceled"


def test_a_customer_who_does_not_exist_is_not_charged(processor):
    with pytest.raises(ProcessorError, match="404"):
        processor.collect("cus_nobody/pm_nothing", an_order_of_its_own())


def test_parts_go_back_once_a_key(processor, client):
    payment = processor.collect(a_mandate(client), an_order_of_its_own())
    first = processor.refund(payment.ref, amount=1000, key="r1")
    assert processor.refund(payment.ref, amount=1000, key="r1") == first
    second = processor.refund(payment.ref, amount=500, key="r2")
    told = processor.look_up(payment.ref)
    assert {(line.kind, line.ref, line.amount, line.key) for line in told.movements} == {
        ("refund", first.ref, 1000, "r1"),
        ("refund", second.ref, 500, "r2"),
    }
    assert told.refunded == 1500


def test_a_held_payment_is_let_go_or_taken(processor, client):
    held = processor.collect(a_mandate(client), an_order_of_its_own(hold=True))
    assert held.status == "held"
    assert processor.release(held.ref).status == "cancelled"
    other = processor.collect(a_mandate(client), an_order_of_its_own(hold=True))
    assert processor.capture(other.ref, key="c1").status == "paid"
