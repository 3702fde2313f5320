"""Answers that never came are asked for until they are known."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.core import mail

from campaigns import giving, sweeping
from campaigns.models import Donation, LedgerEntry, Refund
from campaigns.processors.base import Uncertain
from campaigns.sandbox import bank
from tests.campaigns.gifts import begun, received
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db


def test_a_gift_whose_event_was_lost_is_found_paid(run_jobs):
    donation = begun(make_campaign())
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    assert sweeping.settle_unfinished(at=NOON + timedelta(minutes=9)) == 0
    assert sweeping.settle_unfinished(at=NOON + timedelta(minutes=10)) == 1
    assert sweeping.settle_unfinished(at=NOON + timedelta(minutes=20)) == 0
    run_jobs()
    assert LedgerEntry.objects.total() == 2500
    assert len(mail.outbox) == 1


def test_after_three_days_nobody_asks_any_more():
    begun(make_campaign())
    Donation.objects.update(created_at=NOON - timedelta(days=4))
    bank.pay(Donation.objects.get().processor_ref, tell=False)
    assert sweeping.settle_unfinished(at=NOON) == 0


def test_cheques_are_nobodys_to_ask_for_and_ones_trouble_delays_nobody(settings):
    campaign = make_campaign()
    begun(campaign, processor="offline")
    begun(campaign, email="gone@example.org")
    Donation.objects.filter(donor__email="gone@example.org").update(processor="removed")
    bank.pay(begun(campaign).processor_ref, at=NOON, tell=False)
    assert sweeping.settle_unfinished(at=NOON + timedelta(minutes=10)) == 1


def test_a_refund_whose_answer_was_lost_is_finished_once(settings):
    donation = received(make_campaign())
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": ("tests.campaigns.doubles.LosesAnswers", {})}
    with pytest.raises(Uncertain):
        giving.refund(donation, amount=500, key=UUID(int=1), by=None, at=NOON)
    assert sweeping.finish_refunds(at=NOON + timedelta(minutes=11)) == 0
    settings.PROCESSORS = working
    assert sweeping.finish_refunds(at=NOON + timedelta(minutes=9)) == 0
    assert sweeping.finish_refunds(at=NOON + timedelta(hours=21)) == 0
    assert sweeping.finish_refunds(at=NOON + timedelta(minutes=21)) == 1
    assert sweeping.finish_refunds(at=NOON + timedelta(minutes=31)) == 0
    assert (LedgerEntry.objects.total(), Refund.objects.get().status) == (2000, "done")
