"""What every processor must do, run over all that are configured: forged, repeated, late, wrong amount, refunded elsewhere."""

from dataclasses import replace
from datetime import datetime, timedelta
from pkgutil import iter_modules
from typing import Any
from uuid import UUID

import pytest

from campaigns import giving, inbox, processors
from campaigns.checking import differences
from campaigns.models import Donation, LedgerEntry, ProcessorEvent
from campaigns.processors.base import Forged, Instructions, Movement, Order, Payment, PaymentStatus, Redirect, Refused
from campaigns.progress import progress_of
from tests.campaigns.hands import HANDS
from tests.campaigns.under_contract import Case, each_of, with_books
from tests.factories import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
case, booked = each_of(HANDS), with_books()


def an_order(**overrides: Any) -> Order:
    order = Order("key-1", 2500, "EUR", "A gift", "http://localhost:8000/giving/return/x/", "7K3M-Q2XP", "ada@example.org", "Ada")
    return replace(order, **overrides)


def kinds() -> list[tuple[str, int]]:
    return list(LedgerEntry.objects.values_list("kind", "amount"))


def process_all(at: datetime = LATER) -> None:
    for event in ProcessorEvent.objects.order_by("pk"):
        inbox.process(event, at=at)


def test_every_processor_there_is_is_under_contract():
    there = {name for _, name, _ in iter_modules(processors.__path__)} - {"base"}
    assert there | set(processors.names()) == set(HANDS)


def test_it_says_what_the_donor_chooses(case):
    processor = processors.get(case.name)
    assert processor.label
    assert processor.saves_methods is case.hand.saves_methods
    assert processor.by_hand is not case.hand.has_books
    assert processor.holds is case.hand.holds


def test_it_is_ready_once_it_is_configured(case):
    processor = processors.get(case.name)
    assert processor.missing() == ()
    assert processor.takes(2500, "EUR")
    processor.probe()  # raises when it is down


def test_nothing_is_no_amount(booked):
    assert not processors.get(booked.name).takes(0, "EUR")


def test_one_key_is_one_payment(case):
    processor = processors.get(case.name)
    first, second = processor.begin(an_order()), processor.begin(an_order())
    assert first == second
    assert isinstance(first, Redirect | Instructions)
    assert first.ref


def test_an_unknown_key_is_found_nowhere(case):
    assert processors.get(case.name).find("never-sent") is None


def test_what_was_begun_is_found_by_its_key_and_by_its_ref(booked):
    processor = processors.get(booked.name)
    ref = processor.begin(an_order()).ref
    payment = Payment(ref=ref, key="key-1", status=PaymentStatus.OPEN, amount=2500, currency="EUR")
    assert processor.look_up(ref) == payment
    assert processor.find("key-1") == (payment if booked.hand.finds_all else None)


def test_a_gift_arrives_as_one_entry(case):
    donation = case.begin()
    case.hand.arrive(donation)
    case.hand.arrive(donation)
    donation.refresh_from_db()
    assert (donation.status, donation.received_at, kinds()) == ("received", NOON, [("gift", 2500)])
    assert differences() == []


def test_a_message_nobody_signed_is_forged(case):
    with pytest.raises(Forged):
        processors.get(case.name).verify({}, b'{"id": "evt_1"}')


def test_a_message_that_was_altered_is_forged(booked):
    donation = booked.begin()
    headers, body = booked.hand.event(donation)
    altered = body.replace(donation.key.encode(), str(UUID(int=1)).encode())
    assert altered != body
    with pytest.raises(Forged):
        processors.get(booked.name).verify(headers, altered)


@pytest.mark.parametrize("header", ["", "t=,v1=", "t=1", "v1=abc", "t=99999999999999999999,v1=é", f"t=1,v1={'0' * 64}", "=,=,="])
def test_a_signature_that_is_none_is_forged(booked, header):
    _, body = booked.hand.event(booked.begin())
    with pytest.raises(Forged):
        processors.get(booked.name).verify({booked.hand.signature_header: header}, body)


def test_a_message_repeated_is_stored_once_and_pays_once(booked):
    donation = booked.begin()
    booked.hand.pay(donation)
    for _ in range(10):
        headers, body = booked.hand.event(donation, event_id="evt_same")
        inbox.receive(booked.name, headers=headers, body=body, at=LATER)
        process_all()
    assert ProcessorEvent.objects.count() == 1
    assert kinds() == [("gift", 2500)]


def test_an_event_that_comes_before_its_gift_is_known_waits_for_it(booked, run_jobs):
    donation = booked.begin()
    booked.hand.pay(donation)
    headers, body = booked.hand.event(donation)
    ref, key = donation.processor_ref, donation.token
    Donation.objects.update(processor_ref="", token=UUID(int=1))  # our row is not there yet
    event = inbox.receive(booked.name, headers=headers, body=body, at=NOON)
    assert inbox.process(event, at=NOON).status == "parked"
    Donation.objects.update(processor_ref=ref, token=key)
    inbox.unpark(Donation.objects.get())
    run_jobs()
    event.refresh_from_db()
    assert (event.status, kinds()) == ("done", [("gift", 2500)])


def test_an_event_heals_a_gift_whose_begin_lost_its_answer(booked):
    donation = booked.begin()
    booked.hand.pay(donation)
    headers, body = booked.hand.event(donation)
    Donation.objects.update(processor_ref="", checkout_url="")
    inbox.receive(booked.name, headers=headers, body=body, at=LATER)
    process_all()
    assert (Donation.objects.get().processor_ref, kinds()) == (donation.processor_ref, [("gift", 2500)])


def test_an_event_that_comes_late_changes_nothing_that_is_known(booked):
    donation = booked.begin()
    early = booked.hand.event(donation)
    booked.hand.arrive(donation)
    inbox.receive(booked.name, headers=early[0], body=early[1], at=LATER)
    process_all()
    assert (Donation.objects.get().status, kinds()) == ("received", [("gift", 2500)])


def test_a_wrong_amount_is_never_a_full_gift(booked):
    donation = booked.begin()
    booked.hand.pay(donation, amount=1)
    giving.settle(donation, at=NOON)
    assert kinds() == [("gift", 1)]
    assert Donation.objects.get().problem == "€0.01 came instead of €25."


def test_a_wrong_currency_is_never_counted(booked):
    donation = booked.begin()
    booked.hand.pay(donation, currency="USD")
    giving.settle(donation, at=NOON)
    assert progress_of(donation.campaign).total == 0
    assert differences() == [f"gift {donation.pk} came in another currency than its campaign's"]


def test_a_decline_is_told_and_may_not_undo_a_payment(booked):
    donation = booked.begin()
    booked.hand.decline(donation)
    assert giving.settle(donation, at=NOON).status == "declined"
    assert kinds() == []


def test_refunds_made_elsewhere_are_written_down_once_each(booked):
    donation = booked.begin()
    booked.hand.arrive(donation)
    for amount in (500, 700):
        booked.hand.refund_elsewhere(donation, amount)
        giving.settle(donation, at=LATER)
    giving.settle(donation, at=LATER)
    assert kinds() == [("gift", 2500), ("refund", -500), ("refund", -700)]
    assert set(LedgerEntry.objects.values_list("at", flat=True)) == {NOON}  # when the money moved, not when we heard
    assert progress_of(donation.campaign).total == 1300


def test_a_refund_of_ours_is_not_counted_again_when_they_tell_it(booked):
    donation = booked.begin()
    booked.hand.arrive(donation)
    giving.refund(donation, amount=1000, key=UUID(int=1), by=None, at=LATER)
    giving.settle(donation, at=LATER)
    assert kinds() == [("gift", 2500), ("refund", -1000)]


def test_one_refund_key_is_one_movement(case):
    donation = case.hand.arrive(case.begin())
    processor = processors.get(case.name)
    moves = [processor.refund(donation.processor_ref, amount=1000, key="r1") for _ in range(2)]
    assert moves[0].ref == moves[1].ref
    assert isinstance(moves[0], Movement)


def test_the_books_repeat_the_key_of_a_refund(booked):
    donation = booked.hand.arrive(booked.begin())
    processor = processors.get(booked.name)
    movement = processor.refund(donation.processor_ref, amount=1000, key="r1")
    told = processor.look_up(donation.processor_ref)
    assert told is not None
    assert (movement.key, [line.key for line in told.movements]) == ("r1", ["r1"])


def test_more_than_was_paid_is_not_refunded(booked):
    donation = booked.hand.arrive(booked.begin())
    with pytest.raises(Refused):
        processors.get(booked.name).refund(donation.processor_ref, amount=2501, key="r1")


def test_a_dispute_takes_the_money_and_a_won_one_brings_it_back(booked):
    donation = booked.hand.arrive(booked.begin(rhythm="monthly"))
    booked.hand.dispute(donation)
    giving.settle(donation, at=LATER)
    assert kinds() == [("gift", 2500), ("dispute", -2500)]
    booked.hand.win(donation)
    giving.settle(donation, at=LATER)
    assert kinds()[-1] == ("dispute_won", 2500)
    donation.refresh_from_db()
    assert donation.pledge.status == "paused"


def test_a_saved_method_is_charged_once_a_key(case):
    donation = case.hand.arrive(case.begin(rhythm="monthly"))
    donation.refresh_from_db()
    processor = processors.get(case.name)
    answers = [processor.collect(donation.pledge.mandate, an_order(key="m1")) for _ in range(2)]
    assert answers[0] == answers[1]
    if isinstance(answers[0], Payment):
        assert (answers[0].status, answers[0].amount) == ("paid", 2500)
    else:
        assert answers[0] == Instructions(ref="7K3M-Q2XP")
    assert isinstance(answers[0], Payment) is case.hand.saves_methods


def test_an_unknown_mandate_is_refused(booked):
    with pytest.raises(Refused):
        processors.get(booked.name).collect("mandate_of_nobody", an_order(key="m1"))


def a_mandate(booked: Case) -> str:
    donation = booked.hand.arrive(booked.begin(rhythm="monthly"))
    donation.refresh_from_db()
    return donation.pledge.mandate


def test_a_saved_method_that_was_forgotten_is_charged_no_more(booked):
    processor, mandate = processors.get(booked.name), a_mandate(booked)
    for _ in range(2):
        processor.forget(mandate)
    with pytest.raises(Refused):
        processor.collect(mandate, an_order(key="m1"))


def test_to_forget_what_was_never_saved_is_no_harm(case):
    for mandate in ("", "mandate_of_nobody", "cus_1/pm_1", "../x"):
        processors.get(case.name).forget(mandate)


def test_a_decline_that_wants_the_donor_says_so(booked):
    mandate, processor = a_mandate(booked), processors.get(booked.name)
    booked.hand.ask_donor(mandate)
    answer = processor.collect(mandate, an_order(key="m1"))
    assert isinstance(answer, Payment)
    assert (answer.status, answer.needs_donor, answer.is_final) == ("declined", True, False)
    assert answer.problem


def test_a_decline_for_good_says_so_whoever_asks_and_is_never_paid_later(booked):
    mandate, processor = a_mandate(booked), processors.get(booked.name)
    booked.hand.wear_out(mandate)
    answer = processor.collect(mandate, an_order(key="m1"))
    assert isinstance(answer, Payment)
    assert (answer.status, answer.needs_donor, answer.is_final) == ("declined", False, True)
    assert answer == processor.collect(mandate, an_order(key="m1"))
    if booked.hand.finds_all:
        assert answer == processor.look_up(answer.ref) == processor.find("m1") == processor.release(answer.ref)
    else:
        assert processor.find("m1") is None


def test_a_held_payment_is_taken_once(booked):
    processor = processors.get(booked.name)
    ref = processor.begin(an_order(hold=True)).ref
    booked.hand.press_pay(ref)
    held = processor.look_up(ref)
    assert held is not None
    assert (held.status, held.amount, held.paid_at) == ("held", 2500, None)
    taken = [processor.capture(ref, key="c1") for _ in range(2)]
    assert taken[0] == taken[1] == processor.look_up(ref)
    assert (taken[0].status, taken[0].amount, taken[0].ref) == ("paid", 2500, ref)


def test_a_held_payment_that_is_let_go_cannot_be_taken(booked):
    processor = processors.get(booked.name)
    ref = processor.begin(an_order(hold=True)).ref
    booked.hand.press_pay(ref)
    assert [processor.release(ref).status for _ in range(2)] == ["cancelled", "cancelled"]
    with pytest.raises(Refused):
        processor.capture(ref, key="c1")


def test_an_open_page_can_be_closed(booked):
    processor = processors.get(booked.name)
    ref = processor.begin(an_order()).ref
    assert processor.release(ref).status == "cancelled"
    told = processor.look_up(ref)
    assert told is not None
    assert told.status == "cancelled"


def test_what_is_paid_is_not_let_go(booked):
    donation = booked.hand.arrive(booked.begin())
    assert processors.get(booked.name).release(donation.processor_ref).status == "paid"
