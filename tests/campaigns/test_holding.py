"""Gifts held for review: reserved, and then taken or let go, once, whatever answers are lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from campaigns import giving, sweeping
from campaigns.models import Donation, Hold, LedgerEntry, Receipt, SandboxPayment
from campaigns.processors.base import ProcessorFault, Uncertain
from campaigns.processors.sandbox import Sandbox
from campaigns.sandbox import bank
from newsroom.models import Alarm, AuditEntry
from tests.campaigns.forms import text_of
from tests.campaigns.gifts import begun
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db


def held(**overrides: Any) -> Donation:
    donation = begun(make_campaign(), hold="Given while stolen cards were tested.", **overrides)
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    return giving.settle(donation, at=NOON)


def with_bank(settings, double: str) -> Any:
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": (f"tests.campaigns.test_holding.{double}", {})}
    return working


class LosesAnswers(Sandbox):
    def capture(self, ref: str, *, key: str) -> Any:
        super().capture(ref, key=key)
        raise Uncertain("No answer.")


class NeverHeard(Sandbox):
    def capture(self, ref: str, *, key: str) -> Any:
        raise Uncertain("No answer.")


class Closed(Sandbox):
    def capture(self, ref: str, *, key: str) -> Any:
        raise ProcessorFault("The bank is closed.")


def test_a_held_gift_is_in_no_ledger_until_it_is_taken(run_jobs):
    donation = held()
    assert (donation.status, LedgerEntry.objects.count(), Receipt.objects.count()) == ("held", 0, 0)
    for _ in range(3):
        donation = giving.take(donation, by=None, at=NOON + timedelta(hours=1))
    assert (donation.status, LedgerEntry.objects.total(), Receipt.objects.count()) == ("received", 2500, 1)
    run_jobs()
    assert len(mail.outbox) == 1


def test_one_that_is_let_go_costs_its_donor_nothing_and_says_so():
    donation = held()
    for _ in range(2):
        donation = giving.let_go(donation, by=None, at=NOON)
    assert (donation.status, LedgerEntry.objects.count(), SandboxPayment.objects.get().status) == ("cancelled", 0, "cancelled")
    page = text_of(Client().get(donation.get_absolute_url()))
    assert "Your gift was not taken" in page
    assert "your bank sets the money free. Nothing was charged." in page
    with pytest.raises(ValidationError, match="not held any more"):
        giving.take(donation, by=None, at=NOON)


def test_its_donor_is_told_how_it_stands():
    page = text_of(Client().get(held().get_absolute_url()))
    assert "Your bank has set €25 aside, and we have not taken it yet." in page


def test_a_lost_answer_is_found_out_and_not_asked_for_blindly(settings):
    donation = held()
    working = with_bank(settings, "LosesAnswers")
    with pytest.raises(Uncertain):
        giving.take(donation, by=None, at=NOON)
    settings.PROCESSORS = working
    assert giving.take(donation, by=None, at=NOON).status == "received"
    assert LedgerEntry.objects.total() == 2500


def test_what_was_decided_is_carried_out_by_the_worker_when_the_answer_was_lost(settings):
    donation = held()
    working = with_bank(settings, "NeverHeard")
    with pytest.raises(Uncertain):
        giving.take(donation, by=None, at=NOON)
    assert giving.finish_holds(at=NOON + timedelta(minutes=10)) == 0
    assert Hold.objects.get().problem == "No answer."
    with pytest.raises(ValidationError, match="decided otherwise"):
        giving.let_go(donation, by=None, at=NOON)
    settings.PROCESSORS = working
    assert giving.finish_holds(at=NOON + timedelta(minutes=20)) == 1
    assert giving.finish_holds(at=NOON + timedelta(minutes=30)) == 0
    assert LedgerEntry.objects.total() == 2500


def test_a_bank_that_is_closed_leaves_the_decision_open(settings):
    donation = held()
    working = with_bank(settings, "Closed")
    with pytest.raises(ProcessorFault):
        giving.take(donation, by=None, at=NOON)
    settings.PROCESSORS = working
    assert (Hold.objects.get().wish, Hold.objects.get().problem) == ("", "The bank is closed.")
    assert giving.let_go(donation, by=None, at=NOON).status == "cancelled"


def test_one_that_the_bank_set_free_meanwhile_is_told_and_not_taken():
    donation = held()
    bank.release(donation.processor_ref, at=NOON, tell=False)
    with pytest.raises(ValidationError, match="The processor said no"):
        giving.take(donation, by=None, at=NOON)
    donation.refresh_from_db()
    assert (donation.status, LedgerEntry.objects.count()) == ("cancelled", 0)


def test_the_sweep_finds_one_that_ran_out():
    donation = held()
    bank.release(donation.processor_ref, at=NOON, tell=False)
    assert sweeping.settle_unfinished(at=NOON + timedelta(minutes=10)) == 1
    donation.refresh_from_db()
    assert donation.status == "cancelled"


def test_people_are_alarmed_a_day_before_the_money_is_free_and_until_they_decided():
    donation = held()
    giving.finish_holds(at=NOON + timedelta(hours=47))
    assert not Alarm.objects.exists()
    for hours in (48, 49):
        giving.finish_holds(at=NOON + timedelta(hours=hours))
    assert list(Alarm.objects.values_list("key", "over_at")) == [("campaigns.holds", None)]
    giving.take(donation, by=None, at=NOON + timedelta(hours=50))
    giving.finish_holds(at=NOON + timedelta(hours=51))
    assert Alarm.objects.get().over_at == NOON + timedelta(hours=51)


@pytest.mark.parametrize("verb", [giving.take, giving.let_go])
def test_a_stranger_decides_nothing_and_who_decided_is_taken_down(verb):
    donation = held()
    with pytest.raises(PermissionDenied):
        verb(donation, by=make_user("Editor"), at=NOON)
    donation.refresh_from_db()
    assert (donation.status, AuditEntry.objects.count()) == ("held", 0)
    verb(donation, by=make_user("Fundraiser"), at=NOON)
    assert AuditEntry.objects.get().subject == f"campaigns.donation {donation.pk}"


def test_a_monthly_gift_that_is_taken_begins_its_pledge():
    donation = held(rhythm="monthly")
    assert donation.pledge
    assert donation.pledge.status == "begun"
    donation = giving.take(donation, by=None, at=NOON)
    donation.refresh_from_db()
    assert donation.pledge
    assert (donation.pledge.status, donation.pledge.mandate != "") == ("active", True)
