"""A gift becomes a page of Stripe's, once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from campaigns.processors.base import ProcessorFault, Refused, Uncertain
from campaigns.processors.stripe import Stripe, opening
from tests.campaigns.processors.stripe.orders import AN_ORDER, an_order

SESSIONS = "/v1/checkout/sessions"


def test_the_page_is_asked_for_in_stripes_words(stripe, double):
    redirect = stripe.begin(AN_ORDER)
    assert redirect.url == f"https://checkout.stripe.com/c/pay/{redirect.ref}"
    (asked,) = double.posted(SESSIONS)
    assert asked.key == f"{AN_ORDER.key}:begin"
    assert asked.told == {
        "mode": "payment",
        "submit_type": "donate",
        "client_reference_id": AN_ORDER.key,
        "metadata": {"key": AN_ORDER.key, "reference": "7K3M-Q2XP"},
        "locale": "en",
        "line_items": [
            {
                "quantity": "1",
                "price_data": {
                    "currency": "eur",
                    "unit_amount": "2500",
                    "product_data": {"name": "For the courts desk (7K3M-Q2XP)"},
                },
            }
        ],
        "adaptive_pricing": {"enabled": "false"},
        "success_url": "https://news.example/giving/return/x/",
        "cancel_url": "https://news.example/giving/return/x/",
        "customer_email": "ada@example.org",
        "payment_intent_data": {
            "description": "For the courts desk (7K3M-Q2XP)",
            "metadata": {"key": AN_ORDER.key, "reference": "7K3M-Q2XP", "opened_by": "checkout"},
        },
    }


def test_a_way_to_pay_is_saved_with_a_customer_and_a_hold_takes_nothing_yet(stripe, double):
    stripe.begin(an_order(save_method=True, hold=True, email=""))
    told = double.posted(SESSIONS)[0].told
    assert told["customer_creation"] == "always"
    assert told["payment_intent_data"]["setup_future_usage"] == "off_session"
    assert told["payment_intent_data"]["capture_method"] == "manual"
    assert "customer_email" not in told


@pytest.mark.parametrize(
    ("language", "told"),
    [("de", "de"), ("pt-br", "pt-BR"), ("en-gb", "en-GB"), ("de-at", "de"), ("zh-hans", "zh"), ("es_MX", "es"), ("cy", "auto")],
)
def test_the_page_speaks_the_donors_language_where_stripe_does(stripe, double, language, told):
    stripe.begin(an_order(language=language))
    assert double.posted(SESSIONS)[0].told["locale"] == told


def test_one_key_is_one_page(stripe, double):
    assert stripe.begin(AN_ORDER) == stripe.begin(AN_ORDER)
    assert len(list(double.account.all("checkout.session"))) == 1


def test_two_clicks_at_once_are_one_page(stripe, double):
    start = Barrier(8)

    def click(_: int) -> str:
        start.wait(timeout=10)
        return stripe.begin(AN_ORDER).ref

    with ThreadPoolExecutor(8) as pool:
        refs = set(pool.map(click, range(8)))
    assert len(refs) == len(list(double.account.all("checkout.session"))) == 1


def test_a_twin_that_is_being_answered_is_waited_for_and_then_given_up(stripe, double, monkeypatch):
    monkeypatch.setattr(opening, "PAUSES", (0.01, 0.01))
    double.busy.add(f"{AN_ORDER.key}:begin")
    with pytest.raises(Uncertain):
        stripe.begin(AN_ORDER)
    assert len(double.posted(SESSIONS)) == 3


@pytest.mark.parametrize("overrides", [{"amount": 49}, {"currency": "LYD"}, {"amount": 5124, "currency": "KWD"}])
def test_what_stripe_does_not_take_is_refused_without_asking(stripe, double, overrides):
    with pytest.raises(Refused):
        stripe.begin(an_order(**overrides))
    assert double.asked == []


@pytest.mark.parametrize("overrides", [{"amount": 10**9}, {"email": "ada@localhost"}])
def test_what_stripe_says_no_to_is_the_donors_matter_and_no_outage(stripe, overrides):
    with pytest.raises(Refused) as refusal:
        stripe.begin(an_order(**overrides))
    assert "ada" not in str(refusal.value)


def test_a_title_that_was_corrected_meanwhile_leads_to_the_page_that_was_opened(stripe, double):
    opened = stripe.begin(AN_ORDER)
    assert stripe.begin(an_order(description="For the court's desk")) == opened
    assert len(list(double.account.all("checkout.session"))) == 1


def test_another_amount_under_a_known_key_opens_no_second_page(stripe, double):
    stripe.begin(AN_ORDER)
    with pytest.raises(Uncertain):
        stripe.begin(an_order(amount=2600))
    assert len(list(double.account.all("checkout.session"))) == 1


def test_a_lost_answer_is_told_again_under_the_same_key(stripe, double):
    double.fail("drop")
    with pytest.raises(Uncertain):
        stripe.begin(AN_ORDER)
    redirect = stripe.begin(AN_ORDER)
    assert [session["id"] for session in double.account.all("checkout.session")] == [redirect.ref]


def test_without_a_key_there_is_nothing_to_ask():
    stripe = Stripe()
    assert stripe.missing() == ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")
    with pytest.raises(ProcessorFault):
        stripe.begin(AN_ORDER)
