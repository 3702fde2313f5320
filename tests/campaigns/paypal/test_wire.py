"""Whose fault it is, and one token for all."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
import urllib3

from campaigns.models import Way
from campaigns.processors.base import PaymentStatus, ProcessorFault, Uncertain
from campaigns.processors.paypal import PayPal
from campaigns.processors.paypal import wire as wires
from tests.campaigns.forms import an_open_campaign, filled_in
from tests.campaigns.paypal.conftest import AN_ORDER


def test_one_token_serves_every_call_and_every_thread(paypal, ours):
    ours.begin(AN_ORDER)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ours.find, [f"k{number}" for number in range(32)]))
    assert paypal.count("POST", "/v1/oauth2/token") == 1
    assert PayPal(**paypal.settings()).begin(AN_ORDER).ref in paypal.books.orders  # another instance, the same process
    assert paypal.count("POST", "/v1/oauth2/token") == 1


def test_a_token_is_renewed_before_its_end(paypal, ours, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(wires, "monotonic", lambda: now[0])
    for moment in (0.0, 32400 - 61, 32400 - 59):
        now[0] = moment
        ours.probe()
    assert paypal.count("POST", "/v1/oauth2/token") == 2


def test_a_token_that_was_withdrawn_is_renewed_once_and_the_call_is_made(paypal, ours):
    ref = ours.begin(AN_ORDER).ref
    paypal.books.approve(ref)
    paypal.tokens.clear()
    assert ours.look_up(ref).status == PaymentStatus.PAID
    assert paypal.count("POST", "/v1/oauth2/token") == 2


def test_credentials_that_paypal_refuses_are_named_and_not_shown(paypal):
    ours = PayPal(**paypal.settings() | {"client_secret": "a-wrong-secret"})
    with pytest.raises(ProcessorFault, match="PAYPAL_CLIENT_ID and PAYPAL_CLIENT_SECRET") as fault:
        ours.probe()
    assert "a-wrong-secret" not in repr(fault.value)


def test_what_is_missing_is_named(paypal):
    assert PayPal(**paypal.settings()).missing() == ()
    bare = PayPal(client_id="", client_secret="", webhook_id="", api_base=paypal.base)
    assert bare.missing() == ("PAYPAL_CLIENT_ID", "PAYPAL_CLIENT_SECRET", "PAYPAL_WEBHOOK_ID")
    assert paypal.asked == []


FAULTS = ["401", "403 NOT_AUTHORIZED", "422 PAYEE_ACCOUNT_RESTRICTED", "429", "500", "503", "drop", "nonsense"]


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("path", ["/v1/oauth2/token", "/v2/"])
def test_what_paypal_does_wrong_when_a_gift_begins_is_their_fault(paypal, ours, path, kind):
    paypal.befalls(path, kind, times=2)
    with pytest.raises(ProcessorFault):
        ours.begin(AN_ORDER)
    assert paypal.books.captures == {}


@pytest.mark.parametrize("kind", FAULTS)
def test_what_paypal_does_wrong_at_a_look_is_their_fault(paypal, ours, kind):
    ref = ours.begin(AN_ORDER).ref
    paypal.befalls("/v2/", kind, times=2)
    with pytest.raises(ProcessorFault):
        ours.look_up(ref)


@pytest.mark.parametrize("kind", ["500", "502", "drop", "lost", "nonsense", "422 ORDER_COMPLETION_IN_PROGRESS", "409"])
def test_an_answer_that_does_not_come_to_what_moves_money_is_uncertain(paypal, ours, kind):
    ref = ours.begin(AN_ORDER).ref
    paypal.books.approve(ref)
    paypal.befalls("/capture$", kind)
    with pytest.raises(Uncertain):
        ours.look_up(ref)
    assert paypal.count("POST", "/capture$") == 1  # nothing is sent twice by itself
    assert ours.look_up(ref).status == PaymentStatus.PAID
    assert len(paypal.books.captures) == 1


@pytest.mark.django_db
def test_a_form_that_is_sent_twice_at_once_closes_paypal_to_nobody(client, paypal, settings):
    settings.PROCESSORS = {"paypal": ("campaigns.processors.paypal.PayPal", paypal.settings())}
    address = an_open_campaign().get_absolute_url()
    paypal.befalls("/orders$", "409")
    twin = client.post(address, filled_in(processor="paypal", key="k1"))
    assert (twin.status_code, "Press Give once more." in twin.content.decode()) == (409, True)
    assert not Way.objects.filter(opened_at__isnull=False).exists()
    assert client.post(address, filled_in(processor="paypal", key="k1")).status_code == 303
    assert len(paypal.books.orders) == 1


@pytest.mark.parametrize("kind", ["429", "503", "401", "403 PERMISSION_DENIED"])
def test_what_was_not_even_begun_is_a_fault_and_certain(paypal, ours, kind):
    ref = ours.begin(AN_ORDER).ref
    paypal.books.approve(ref)
    paypal.befalls("/capture$", kind, times=2)
    with pytest.raises(ProcessorFault):
        ours.look_up(ref)
    assert paypal.books.captures == {}


def test_a_call_without_an_answer_ends(paypal, monkeypatch):
    monkeypatch.setattr(wires, "SECONDS", urllib3.Timeout(connect=5, read=0.2))
    ours = PayPal(**paypal.settings())
    ref = ours.begin(AN_ORDER).ref
    paypal.books.approve(ref)
    paypal.befalls("/capture$", "hang")
    with pytest.raises(Uncertain, match="no answer"):
        ours.look_up(ref)


def test_a_host_where_nobody_listens_charged_nobody(paypal):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        ours = PayPal(**paypal.settings() | {"api_base": f"http://127.0.0.1:{taken.getsockname()[1]}"})
        with pytest.raises(ProcessorFault, match="cannot be reached"):
            ours.collect("mandate", AN_ORDER)


def test_a_redirect_is_not_followed(paypal, ours, monkeypatch):
    monkeypatch.setattr(paypal, "answer", lambda asked: (302, {}))
    with pytest.raises(ProcessorFault):
        ours.begin(AN_ORDER)


def test_what_paypal_says_is_told_by_its_words_and_never_by_its_sentences(paypal, ours):
    paypal.befalls("/v2/checkout/orders", "400 INVALID_PARAMETER_VALUE")
    with pytest.raises(ProcessorFault) as fault:
        ours.begin(AN_ORDER)
    assert "INVALID_PARAMETER_VALUE (debug id " in str(fault.value)
    assert "In words" not in str(fault.value)
