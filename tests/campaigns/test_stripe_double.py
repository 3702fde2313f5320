"""The double is as strict as Stripe: what it lets pass, Stripe's own types let pass."""

from typing import Any

import pytest
import stripe
from stripe import params
from stripe.params import checkout

from tests.campaigns.stripe_double import KEY, Hands, StripeDouble
from tests.campaigns.stripe_double.answers import complaints as wrong_answers
from tests.campaigns.stripe_double.typed import complaints, parsed


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("", {}),
        ("a=1&b[c]=2&b[d][0]=3&b[d][1]=", {"a": "1", "b": {"c": "2", "d": ["3", ""]}}),
        ("a[0][b]=%C3%A9%20%26&a[1][b]=x", {"a": [{"b": "é &"}, {"b": "x"}]}),
        ("metadata[1]=x", {"metadata": {"1": "x"}}),
    ],
)
def test_a_form_is_read_as_stripe_nests_it(form, told):
    assert parsed(form) == told


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (params.RefundCreateParams, {"amount": "10.5"}),
        (params.RefundCreateParams, {"amount": "ten"}),
        (params.RefundCreateParams, {"reason": "because"}),  # no value of the list
        (params.RefundCreateParams, {"colour": "red"}),
        (params.RefundCreateParams, {"metadata": "key"}),
        (params.RefundCreateParams, {"metadata": {"key": {"a": "b"}}}),
        (params.RefundCreateParams, {"idempotency_key": "k"}),  # a header, not a field
        (params.PaymentIntentCreateParams, {"amount": "100"}),  # without a currency
        (params.PaymentIntentCreateParams, {"amount": "100", "currency": "eur", "confirm": "yes"}),
        (params.PaymentIntentCreateParams, {"amount": "100", "currency": "eur", "expand": "charge"}),
        (params.PaymentIntentSearchParams, {}),
        (checkout.SessionCreateParams, {"mode": "gift"}),
        (checkout.SessionCreateParams, {"locale": "cy"}),
        (checkout.SessionCreateParams, {"line_items": [{"price_data": {"unit_amount": "1"}}]}),  # without a currency
        (checkout.SessionCreateParams, {"payment_intent_data": {"setup_future_usage": "always"}}),
        (checkout.SessionListParams, {"created": {"since": "1"}}),
    ],
)
def test_what_the_sdk_has_no_type_for_is_complained_of(typed, told):
    assert len(complaints(told, typed)) == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (params.RefundCreateParams, {"amount": "10", "reason": "duplicate", "metadata": {"key": "x"}, "expand": ["charge"]}),
        (params.RefundCreateParams, {"metadata": ""}),  # which empties it
        (params.PaymentIntentCreateParams, {"amount": "100", "currency": "eur", "off_session": "true"}),
        (checkout.SessionListParams, {"created": "5"}),
        (checkout.SessionListParams, {"created": {"gte": "5", "lt": "6"}}),
    ],
)
def test_what_it_has_a_type_for_is_not(typed, told):
    assert complaints(told, typed) == []


@pytest.fixture
def sdk() -> Any:
    with StripeDouble().running() as double:
        client = stripe.StripeClient(KEY, base_addresses={"api": double.base}, max_network_retries=0)
        yield double, client


def test_a_complaint_fails_the_test_that_caused_it():
    running = StripeDouble().running()
    client = stripe.StripeClient(KEY, base_addresses={"api": running.__enter__().base}, max_network_retries=0)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"payment_intent": "pi_1", "colour": "red"})  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match="colour is unknown"):
        running.__exit__(None, None, None)


def test_a_key_repeats_its_answer_and_takes_no_other_words(sdk):
    double, client = sdk
    intent = double.account.intent(500, "eur")
    double.account.succeed(intent, double.account.charge(intent))
    first = client.v1.refunds.create({"payment_intent": intent["id"], "amount": 100}, {"idempotency_key": "k"})
    again = client.v1.refunds.create({"payment_intent": intent["id"], "amount": 100}, {"idempotency_key": "k"})
    assert (again.id, again.last_response.headers["Idempotent-Replayed"]) == (first.id, "true")
    with pytest.raises(stripe.IdempotencyError):
        client.v1.refunds.create({"payment_intent": intent["id"], "amount": 200}, {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError):  # nor another call
        client.v1.payment_intents.cancel(intent["id"], {}, {"idempotency_key": "k"})
    assert len(list(double.account.all("refund"))) == 1


def test_what_was_refused_at_the_door_is_not_repeated_and_a_decline_is(sdk):
    double, client = sdk
    customer, method = Hands(double).save(fate=("insufficient_funds", "")).split("/")
    terms: Any = {"amount": 5, "currency": "eur", "customer": customer, "payment_method": method, "confirm": True}
    terms |= {"off_session": True, "return_url": "https://news.example/"}
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.create(terms, {"idempotency_key": "k"})
    for _ in range(2):
        with pytest.raises(stripe.CardError) as declined:
            client.v1.payment_intents.create(terms | {"amount": 500}, {"idempotency_key": "k"})
    assert declined.value.error is not None
    assert (declined.value.code, declined.value.error.decline_code) == ("card_declined", "insufficient_funds")
    assert declined.value.headers is not None
    assert declined.value.headers["Idempotent-Replayed"] == "true"
    assert len(list(double.account.all("charge"))) == 1


def test_it_expands_no_deeper_than_stripe_and_nothing_else(sdk):
    double, client = sdk
    intent = double.account.intent(500, "eur")
    for path in ("amount", "latest_charge.refunds.data.charge.customer"):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.payment_intents.retrieve(intent["id"], {"expand": [path]})


def test_a_list_is_told_page_by_page_the_newest_first(sdk):
    double, client = sdk
    made = [double.account.intent(100, "eur")["id"] for _ in range(25)]
    page = client.v1.payment_intents.list()
    assert ([intent.id for intent in page.data], page.has_more) == (made[:14:-1], True)
    assert [intent.id for intent in page.auto_paging_iter()] == made[::-1]


def test_what_it_does_not_know_it_refuses(sdk):
    _, client = sdk
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        client.v1.coupons.list()


def test_its_answers_have_the_fields_of_the_sdks_classes():
    assert wrong_answers({"object": "refund", "id": "re_1", "colour": "red"})[0] == "refund has no colour"
    assert "refund lacks amount" in wrong_answers({"object": "list", "data": [{"object": "refund", "id": "re_1"}]})
