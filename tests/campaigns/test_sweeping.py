"""Answers that never came are asked for until they are known."""

from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from django.core import mail

from campaigns import giving, sweeping
from campaigns.models import Donation, LedgerEntry, Refund, SandboxMovement
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


def looks_at(*, until: timedelta, settings: Any) -> list[timedelta]:
    """Sweep every ten minutes: how old the only gift was when its processor was asked about it."""
    seen: list[tuple[str, bool]] = []
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.Watching", {"seen": seen})}
    ages: list[timedelta] = []
    age = timedelta()
    while age <= until:
        sweeping.settle_unfinished(at=NOON + age)
        ages += [age] * (len(seen) - len(ages))
        age += timedelta(minutes=10)
    return ages


def test_a_form_that_was_left_is_asked_about_five_times_and_no_more(settings):
    begun(make_campaign())
    ages = looks_at(until=timedelta(days=5), settings=settings)
    assert [age / timedelta(minutes=1) for age in ages] == [10, 30, 120, 720, 4320]
    bank.pay(Donation.objects.get().processor_ref, tell=False)
    assert sweeping.settle_unfinished(at=NOON + timedelta(days=9)) == 0


def test_after_an_outage_even_an_old_one_is_asked_about_once_more(settings):
    donation = begun(make_campaign())
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    assert sweeping.settle_unfinished(at=NOON + timedelta(days=9)) == 1


def test_a_bank_debit_that_settles_on_the_fourth_day_arrives():
    donation = begun(make_campaign())
    bank.pay_later(donation.processor_ref)
    giving.settle(donation, at=NOON)
    for hours in range(1, 96):
        assert sweeping.settle_unfinished(at=NOON + timedelta(hours=hours)) == 0
    bank.pay(donation.processor_ref, at=NOON + timedelta(days=4), tell=False)
    assert sum(sweeping.settle_unfinished(at=NOON + timedelta(days=4, hours=hour)) for hour in range(13)) == 1
    donation.refresh_from_db()
    assert (donation.status, donation.received_at) == ("received", NOON + timedelta(days=4))


def test_an_awaited_gift_is_asked_about_ever_more_seldom_for_two_months(settings):
    donation = begun(make_campaign())
    bank.pay_later(donation.processor_ref)
    giving.settle(donation, at=NOON)
    ages = looks_at(until=timedelta(days=70), settings=settings)
    gaps = [later - earlier for earlier, later in pairwise(ages)]
    assert (gaps[0], max(gaps), gaps == sorted(gaps)) == (timedelta(minutes=10), timedelta(hours=12), True)
    assert timedelta(days=59) < ages[-1] < timedelta(days=61)
    assert len(ages) < 150


def test_no_run_asks_more_than_its_share_and_the_newest_come_first(settings, monkeypatch):
    campaign = make_campaign()
    gifts = [begun(campaign, email=f"donor{number}@example.org") for number in range(5)]
    for donation in gifts:
        bank.pay(donation.processor_ref, at=NOON, tell=False)
    monkeypatch.setattr(sweeping, "AT_ONCE", 3)
    assert sweeping.settle_unfinished(at=NOON + timedelta(minutes=10)) == 3
    assert set(Donation.objects.filter(status="begun")) == set(gifts[:2])
    assert sweeping.settle_unfinished(at=NOON + timedelta(minutes=20)) == 2


def test_one_gift_that_breaks_delays_nobody_and_says_why_without_a_name(settings, caplog):
    campaign = make_campaign()
    bad = begun(campaign, email="bad@example.org")
    good = begun(campaign, email="good@example.org")
    bank.pay(good.processor_ref, at=NOON, tell=False)
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.Stumbles", {})}
    assert sweeping.settle_unfinished(at=NOON + timedelta(minutes=10)) == 1
    bad.refresh_from_db()
    assert (bad.status, bad.problem) == ("begun", "")
    assert bad.look_problem.startswith("Unexpected: KeyError in doubles.py:")
    assert f"Gift {bad.pk} could not be looked up" in caplog.text
    assert "bad@example.org" not in caplog.text + bad.look_problem


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
    assert sweeping.finish_refunds(at=NOON + timedelta(minutes=21)) == 1
    assert sweeping.finish_refunds(at=NOON + timedelta(minutes=31)) == 0
    assert (LedgerEntry.objects.total(), Refund.objects.get().status) == (2000, "done")


def lost(donation: Donation, settings: Any, *, amount: int = 500, double: str = "LosesAnswers") -> None:
    """A refund that we have no answer to. The processor works again afterwards."""
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": (f"tests.campaigns.doubles.{double}", {})}
    with pytest.raises(Uncertain):
        giving.refund(donation, amount=amount, key=UUID(int=1), by=None, at=NOON)
    settings.PROCESSORS = working


def test_a_refund_whose_key_is_forgotten_is_looked_up_and_not_asked_again(settings):
    donation = received(make_campaign())
    lost(donation, settings)
    seen: list[tuple[str, bool]] = []
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.Watching", {"seen": seen})}
    assert sweeping.finish_refunds(at=NOON + timedelta(days=2)) == 1
    assert [name for name, _ in seen] == ["look_up"]
    assert (LedgerEntry.objects.total(), Refund.objects.get().status) == (2000, "done")


def test_a_refund_that_never_reached_them_fails_when_its_key_is_forgotten(settings):
    donation = received(make_campaign())
    lost(donation, settings)
    SandboxMovement.objects.all().delete()
    assert sweeping.finish_refunds(at=NOON + timedelta(days=2)) == 1
    refund = Refund.objects.get()
    assert (refund.status, refund.problem[:41]) == ("failed", "The processor's books do not have it. Sen")
    assert giving.refund(donation, amount=2500, key=UUID(int=2), by=None, at=NOON).status == "done"


def test_a_closed_bank_says_nothing_of_a_refund_that_it_may_have_made(settings):
    donation = received(make_campaign())
    lost(donation, settings)
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": ("tests.campaigns.doubles.DownForRefunds", {})}
    assert sweeping.finish_refunds(at=NOON + timedelta(minutes=10)) == 0
    refund = Refund.objects.get()
    assert (refund.status, refund.problem) == ("asked", "The bank is closed.")
    settings.PROCESSORS = working
    assert sweeping.finish_refunds(at=NOON + timedelta(minutes=20)) == 1
    refund.refresh_from_db()
    assert (refund.status, refund.problem, LedgerEntry.objects.total()) == ("done", "", 2000)


def test_one_refund_that_breaks_delays_no_other(settings, caplog):
    bad, good = received(make_campaign(), email="bad@example.org"), received(make_campaign(), email="good@example.org")
    for number, donation in enumerate([good, bad]):
        Refund.objects.create(token=UUID(int=number), donation=donation, amount=500, currency="EUR", asked_at=NOON)
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.Stumbles", {})}
    assert sweeping.finish_refunds(at=NOON + timedelta(minutes=10)) == 1
    assert list(good.refunds.values_list("status", flat=True)) == ["done"]
    assert bad.refunds.get().problem.startswith("Unexpected: KeyError in doubles.py:")
    assert "bad@example.org" not in caplog.text + bad.refunds.get().problem
