"""What every processor's books must tell: its payments, its disputes, and what no event told."""

from datetime import timedelta

import pytest

from campaigns import adopting, giving, inbox, processors
from campaigns.checking import differences
from campaigns.models import Difference, Dispute, Donation, ProcessorEvent
from campaigns.progress import progress_of
from campaigns.reconciling import reconcile
from tests.campaigns.test_contract import LATER, kinds, process_all
from tests.campaigns.under_contract import Case, with_books
from tests.factories import NOON

pytestmark = pytest.mark.django_db
booked = with_books()


def test_the_books_say_what_looking_up_says(booked):
    donation = booked.hand.arrive(booked.begin())
    booked.hand.refund_elsewhere(donation, 500)
    booked.hand.dispute(donation)
    processor = processors.get(booked.name)
    payment = processor.look_up(donation.processor_ref)
    assert payment is not None
    lines = list(processor.transactions(since=NOON, until=LATER))
    assert [(line.kind, line.amount, line.currency, line.at) for line in lines] == [
        ("payment", 2500, "EUR", NOON),
        ("refund", -500, "EUR", NOON),
        ("dispute", -2000, "EUR", NOON),
    ]
    assert [line.ref for line in lines] == [donation.processor_ref, *(movement.ref for movement in payment.movements)]
    assert {line.payment for line in lines} == {donation.processor_ref}
    assert (lines[0].key, lines[0].fee) == (donation.key, payment.fee)


def test_the_books_of_another_time_are_not_told(booked):
    booked.hand.arrive(booked.begin())
    processor = processors.get(booked.name)
    assert list(processor.transactions(since=NOON - timedelta(days=3), until=NOON)) == []


def test_a_dispute_says_why_and_until_when_it_may_be_answered(booked):
    donation = booked.hand.arrive(booked.begin())
    booked.hand.dispute(donation)
    payment = processors.get(booked.name).look_up(donation.processor_ref)
    assert payment is not None
    dispute = payment.movements[0]
    assert (dispute.kind, dispute.amount, bool(dispute.reason)) == ("dispute", 2500, True)
    assert dispute.answer_by is not None
    assert dispute.answer_by > dispute.at
    assert dispute.standing == "open"


def test_a_dispute_is_kept_with_its_day_and_how_it_stands(booked):
    donation = booked.hand.arrive(booked.begin())
    booked.hand.dispute(donation)
    for _ in range(2):
        giving.settle(donation, at=LATER)
    dispute = Dispute.objects.get()
    assert (dispute.status, dispute.amount, bool(dispute.reason)) == ("open", 2500, True)
    assert dispute.answer_by is not None
    booked.hand.win(donation)
    giving.settle(donation, at=LATER)
    dispute.refresh_from_db()
    assert (dispute.status, differences()) == ("won", [])


TOMORROW = NOON + timedelta(days=1)


def test_their_books_and_ours_agree_line_by_line(booked):
    donation = booked.hand.arrive(booked.begin())
    booked.hand.refund_elsewhere(donation, 500)
    booked.hand.dispute(donation)
    giving.settle(donation, at=LATER)
    outcome = reconcile(booked.name, at=TOMORROW)
    assert (outcome.is_good, outcome.adopted, outcome.lines) == (True, 0, 3)
    assert (Difference.objects.count(), differences()) == (0, [])


def paid_unheard(case: Case) -> Donation:
    """Paid to the end, and then the answer was lost: of some processors the payment is taken when we ask how it stands."""
    donation = case.begin()
    case.hand.pay(donation)
    processors.get(case.name).look_up(donation.processor_ref)
    return donation


def test_what_no_event_told_is_found_in_the_books_and_adopted(booked):
    donation = paid_unheard(booked)
    booked.hand.refund_elsewhere(donation, 500)
    booked.hand.dispute(donation)
    outcome = reconcile(booked.name, at=TOMORROW)
    assert (outcome.is_good, outcome.adopted) == (True, 3)
    assert kinds() == [("gift", 2500), ("refund", -500), ("dispute", -2000)]
    assert (progress_of(donation.campaign).total, Dispute.objects.get().status, differences()) == (0, "open", [])
    assert reconcile(booked.name, at=TOMORROW).adopted == 0


def test_a_payment_whose_row_was_lost_is_made_a_gift_of(booked):
    donation = paid_unheard(booked)
    Donation.objects.all().delete()
    outcome = reconcile(booked.name, since=NOON.date(), at=TOMORROW)
    assert (outcome.theirs, outcome.adopted) == (1, 0)
    adopting.adopt(Difference.objects.get(), by=None, at=TOMORROW, campaign=donation.campaign)
    assert (kinds(), Donation.objects.get().token) == ([("gift", 2500)], donation.token)
    assert reconcile(booked.name, at=TOMORROW).is_good
    assert differences() == []


def test_an_event_is_processed_however_often_it_is_replayed(booked):
    donation = booked.begin()
    booked.hand.pay(donation)
    headers, body = booked.hand.event(donation)
    for _ in range(10):
        inbox.replay(inbox.receive(booked.name, headers=headers, body=body, at=NOON))
        process_all()
    assert (kinds(), ProcessorEvent.objects.get().status) == ([("gift", 2500)], "done")
