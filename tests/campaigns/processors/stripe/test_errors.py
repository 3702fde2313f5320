"""Whose fault it is; and nobody's name, address or key in any of it."""

import logging
import socket
import traceback

import pytest

from campaigns.processors.base import ProcessorError, ProcessorFault, Uncertain
from campaigns.processors.stripe import Stripe, client
from tests.campaigns.processors.stripe.orders import AN_ORDER, an_order
from tests.campaigns.stripe_double import KEY, SECRET

REF = "cs_test_0000000000000001"


@pytest.mark.parametrize("fault", [401, 403, 429, 500, 503])
def test_a_page_that_was_not_opened_is_a_fault_so_that_another_processor_may_do_it(stripe, double, fault):
    double.fail(fault)
    with pytest.raises(ProcessorFault):
        stripe.begin(AN_ORDER)


@pytest.mark.parametrize("fault", [401, 403, 429, 500, 503, "drop", "hang up", "nonsense"])
def test_a_look_that_failed_is_a_fault(stripe, double, fault):
    ref = stripe.begin(AN_ORDER).ref
    double.fail(fault, method="GET")
    with pytest.raises(ProcessorFault):
        stripe.look_up(ref)


@pytest.mark.parametrize("fault", ["drop", "hang up"])
def test_an_answer_that_was_lost_is_uncertain(stripe, double, fault):
    double.fail(fault)
    with pytest.raises(Uncertain):
        stripe.begin(AN_ORDER)


def test_an_answer_that_never_comes_is_waited_for_so_long_and_then_uncertain(stripe, double, monkeypatch):
    monkeypatch.setattr(client, "PATIENCE", (0.3, 0.3))
    double.fail("silence")
    with pytest.raises(Uncertain):
        stripe.begin(AN_ORDER)
    assert stripe.begin(AN_ORDER).ref == REF  # it was opened all the same


def test_nobody_at_the_other_end_means_that_nothing_was_sent(hands):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    nobody = Stripe(secret_key=KEY, webhook_secret=SECRET, api_base=f"http://127.0.0.1:{port}")
    for deed in (lambda: nobody.begin(AN_ORDER), lambda: nobody.collect(hands.save(), AN_ORDER), nobody.probe):
        with pytest.raises(ProcessorFault, match="cannot be reached"):
            deed()


def test_a_name_that_does_not_exist_means_that_nothing_was_sent():
    nowhere = Stripe(secret_key=KEY, webhook_secret=SECRET, api_base="http://stripe.invalid")
    with pytest.raises(ProcessorFault, match="cannot be reached"):
        nowhere.begin(AN_ORDER)


def test_nothing_is_tried_twice_by_itself(stripe, double):
    double.fail(500)
    with pytest.raises(ProcessorFault):
        stripe.begin(AN_ORDER)
    assert len(double.asked) == 1


def test_an_error_names_its_code_and_request_and_no_person(stripe):
    order = an_order(email="ada@localhost")
    with pytest.raises(ProcessorError) as error:
        stripe.begin(order)
    assert str(error.value) == "Stripe does not do this (email_invalid, 400, request req_1)."
    told = "".join(traceback.format_exception(error.value))
    for secret in ("ada", KEY, SECRET):
        assert secret not in told


def test_the_sdk_writes_no_texts_of_errors_into_the_log(settings):
    assert logging.getLevelName(settings.LOGGING["loggers"]["stripe"]["level"]) >= logging.WARNING


def test_its_secrets_are_in_no_representation(stripe):
    for text in (repr(stripe), str(stripe), f"{stripe._client!r}"):
        assert KEY not in text
        assert SECRET not in text


def test_two_processors_keep_their_keys_apart(double):
    first, second = Stripe(secret_key=KEY, api_base=double.base), Stripe(secret_key="sk_test_other", api_base=double.base)
    with pytest.raises(ProcessorFault, match="refuses our account"):
        second.begin(AN_ORDER)
    assert first.begin(AN_ORDER).ref == REF
