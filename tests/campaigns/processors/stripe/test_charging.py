"""A saved way to pay is charged once a key, however long ago, and what was declined is never paid later."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from campaigns.processors.base import ProcessorFault, Refused, Uncertain
from tests.campaigns.processors.stripe.orders import AN_ORDER, an_order

INTENTS = "/v1/payment_intents"


def charges(double) -> list[tuple[int, str]]:
    return [(charge["amount"], charge["status"]) for charge in double.account.all("charge")]


def test_it_is_charged_off_session_with_the_saved_customer_and_method(stripe, double, hands):
    mandate = hands.save()
    payment = stripe.collect(mandate, AN_ORDER)
    customer, method = mandate.split("/")
    (asked,) = double.posted(INTENTS)
    assert asked.key == f"{AN_ORDER.key}:collect"
    assert asked.told == {
        "amount": "2500",
        "currency": "eur",
        "customer": customer,
        "payment_method": method,
        "confirm": "true",
        "off_session": "true",
        "return_url": "https://news.example/giving/return/x/",
        "description": "For the courts desk (7K3M-Q2XP)",
        "metadata": {"key": AN_ORDER.key, "reference": "7K3M-Q2XP", "opened_by": "collect"},
        "expand": ["latest_charge.balance_transaction"],
    }
    assert (payment.status, payment.amount, payment.fee, payment.mandate) == ("paid", 2500, 63, mandate)
    assert payment == stripe.look_up(payment.ref) == stripe.find(AN_ORDER.key)


def test_a_gift_through_checkout_leaves_its_mandate(stripe, hands):
    ref = stripe.begin(an_order(save_method=True)).ref
    hands.pay(ref)
    mandate = stripe.look_up(ref).mandate
    assert stripe.collect(mandate, an_order(key="another")).status == "paid"


def test_a_gift_given_once_leaves_none(stripe, hands):
    ref = stripe.begin(AN_ORDER).ref
    hands.pay(ref)
    assert stripe.look_up(ref).mandate == ""


def test_of_ideal_the_debit_that_was_made_from_it_is_kept(stripe, double, hands):
    ref = stripe.begin(an_order(save_method=True)).ref
    intent = hands.pay(ref)
    charge = double.account.things[intent["latest_charge"]]
    charge["payment_method_details"] = {"type": "ideal", "ideal": {"bank": "ing", "generated_sepa_debit": "pm_debit"}}
    payment = stripe.look_up(ref)
    assert (payment.mandate, payment.method) == (f"{intent['customer']}/pm_debit", "iDEAL")


def test_a_key_is_charged_once_also_when_stripe_has_forgotten_it(stripe, double, hands):
    mandate = hands.save()
    first = stripe.collect(mandate, AN_ORDER)
    double.forget_keys()
    assert stripe.collect(mandate, AN_ORDER) == first
    assert charges(double) == [(2500, "succeeded")]


def test_a_charge_whose_answer_was_lost_is_found_and_not_made_again(stripe, double, hands):
    mandate = hands.save()
    double.account.search_lags = True
    double.fail("drop", path=INTENTS)
    with pytest.raises(Uncertain):
        stripe.collect(mandate, AN_ORDER)
    assert stripe.find(AN_ORDER.key) is None  # the search lags
    assert stripe.collect(mandate, AN_ORDER).status == "paid"
    double.forget_keys()
    assert stripe.collect(mandate, AN_ORDER).status == "paid"
    assert charges(double) == [(2500, "succeeded")]


def test_a_charge_that_never_got_there_is_made_by_the_next_try(stripe, double, hands):
    mandate = hands.save()
    double.fail("hang up", path=INTENTS)
    with pytest.raises(Uncertain):
        stripe.collect(mandate, AN_ORDER)
    assert charges(double) == []
    assert stripe.collect(mandate, AN_ORDER).status == "paid"
    assert charges(double) == [(2500, "succeeded")]


@pytest.mark.parametrize(
    ("code", "advice", "needs_donor", "is_final", "problem"),
    [
        ("insufficient_funds", "try_again_later", False, False, "There was not enough money in the account."),
        ("authentication_required", "", True, False, "The bank wants you to confirm this payment."),
        ("generic_decline", "", False, False, "The bank declined the payment."),
        ("generic_decline", "do_not_try_again", False, True, "The bank declined the payment."),
        ("expired_card", "", False, True, "The card has expired."),
        ("stolen_card", "", False, True, "The bank declined the payment."),  # nobody is told that
        ("lost_card", "", False, True, "The bank declined the payment."),
        ("pickup_card", "", False, True, "The bank declined the payment."),
        ("revocation_of_authorization", "", False, True, "The bank declined the payment."),
    ],
)
def test_a_decline_says_whose_turn_it_is(stripe, hands, code, advice, needs_donor, is_final, problem):
    payment = stripe.collect(hands.save(fate=(code, advice)), AN_ORDER)
    assert (payment.status, payment.needs_donor, payment.is_final, payment.problem) == (
        "declined",
        needs_donor,
        is_final,
        problem,
    )
    assert payment == stripe.look_up(payment.ref)


def test_a_declined_one_is_closed_for_ever(stripe, double, hands):
    mandate = hands.save(fate=("insufficient_funds", ""))
    payment = stripe.collect(mandate, AN_ORDER)
    assert double.account.things[payment.ref]["status"] == "canceled"
    hands.wear_out(mandate, "")  # the card works again
    for _ in range(2):
        assert stripe.collect(mandate, AN_ORDER) == payment
        double.forget_keys()
    assert charges(double) == [(2500, "failed")]
    assert stripe.collect(mandate, an_order(key="the next month")).status == "paid"


def test_a_decline_that_could_not_be_closed_is_closed_by_the_next_try(stripe, double, hands):
    mandate = hands.save(fate=("insufficient_funds", ""))
    double.fail("hang up", path=f"{INTENTS}/")
    with pytest.raises(Uncertain):
        stripe.collect(mandate, AN_ORDER)
    payment = stripe.find(AN_ORDER.key)
    assert (payment.status, double.account.things[payment.ref]["status"]) == ("declined", "canceled")


def test_a_debit_that_was_asked_for_is_on_its_way(stripe, hands):
    payment = stripe.collect(hands.save(fate=("later", "")), AN_ORDER)
    assert payment.status == "pending"
    hands.arrive(payment.ref)
    assert stripe.look_up(payment.ref).status == "paid"


@pytest.mark.parametrize("mandate", ["", "mandate_of_nobody", "cus_1", "cus_1/", "cus_1/pm_2/pm_3", "cus_1/pi_2", "cus_1/pm_2"])
def test_what_is_no_saved_way_to_pay_is_refused(stripe, double, mandate):
    with pytest.raises(Refused):
        stripe.collect(mandate, AN_ORDER)
    assert charges(double) == []


def test_a_customer_who_is_gone_or_a_method_of_another_is_refused(stripe, hands):
    first, second = (hands.save().split("/") for _ in range(2))
    with pytest.raises(Refused):
        stripe.collect(f"{first[0]}/{second[1]}", AN_ORDER)


def test_more_payments_than_a_page_holds_are_looked_through(stripe, double, hands):
    mandate = hands.save()
    first = stripe.collect(mandate, AN_ORDER)
    customer = mandate.split("/")[0]
    for _ in range(150):
        double.account.intent(100, "eur", customer=customer)
    double.forget_keys()
    assert stripe.collect(mandate, AN_ORDER) == first
    assert len(double.posted(INTENTS)) == 1


@pytest.mark.parametrize("status", [500, 503])
def test_after_an_error_of_stripes_nobody_knows_whether_money_moved(stripe, double, hands, status):
    mandate = hands.save()
    double.fail(status, path=INTENTS)
    with pytest.raises(Uncertain):
        stripe.collect(mandate, AN_ORDER)


@pytest.mark.parametrize("status", [401, 403, 429])
def test_what_was_turned_away_at_the_door_moved_nothing(stripe, double, hands, status):
    mandate = hands.save()
    double.fail(status, path=INTENTS)
    with pytest.raises(ProcessorFault):
        stripe.collect(mandate, AN_ORDER)
    assert stripe.collect(mandate, AN_ORDER).status == "paid"


def test_many_workers_at_once_charge_once(stripe, double, hands):
    mandate, start = hands.save(), Barrier(8)

    def collect(_: int) -> str:
        start.wait(timeout=10)
        try:
            return stripe.collect(mandate, AN_ORDER).ref
        except Uncertain:
            return stripe.collect(mandate, AN_ORDER).ref  # a twin was being answered: asked again, under the same key

    with ThreadPoolExecutor(8) as pool:
        refs = set(pool.map(collect, range(8)))
    assert len(refs) == 1
    assert charges(double) == [(2500, "succeeded")]


def test_its_calls_are_as_few_as_the_documents_say(stripe, double, hands):
    def calls(deed) -> int:
        before = len(double.asked)
        deed()
        return len(double.asked) - before

    mandate, worn = hands.save(), hands.save(fate=("insufficient_funds", ""))
    assert calls(lambda: stripe.find(AN_ORDER.key)) == 2
    assert calls(lambda: stripe.collect(mandate, AN_ORDER)) == 2
    assert calls(lambda: stripe.collect(worn, an_order(key="m2"))) == 4
    assert calls(lambda: stripe.refund(stripe.find(AN_ORDER.key).ref, amount=1, key="r1")) == 4  # and one to find it
