"""Instalments: claimed before anybody is charged, looked up when the answer was lost, never charged twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from campaigns import collecting, giving, pledges
from campaigns.models import Donation, Instalment, LedgerEntry, Pledge, SandboxPayment
from campaigns.sandbox import bank
from tests.campaigns.gifts import begun, pledge_of, received
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db
DUE = NOON + timedelta(days=30)  # 23 December


def a_pledge(**overrides) -> Pledge:
    return pledge_of(received(make_campaign(ends_at=None), rhythm="monthly", **overrides))


def claimed() -> tuple[Instalment, Donation]:
    instalment = collecting.claim_next(today=date(2026, 12, 23), at=DUE)
    assert instalment is not None
    assert instalment.donation is not None
    return instalment, instalment.donation


def periods() -> list[tuple[str, str]]:
    return [(str(period), status) for period, status in Instalment.objects.order_by("period").values_list("period", "status")]


def charged() -> int:
    return SandboxPayment.objects.filter(status="paid").count()


def test_nothing_is_collected_before_its_day():
    a_pledge()
    assert collecting.collect_due(at=DUE - timedelta(hours=13)) == (0, 0)
    assert charged() == 1


def test_an_instalment_is_collected_on_its_day_and_once():
    pledge = a_pledge()
    assert collecting.collect_due(at=DUE) == (1, 0)
    assert collecting.collect_due(at=DUE) == (0, 0)
    pledge.refresh_from_db()
    assert pledge.next_due == date(2027, 1, 23)
    assert periods() == [("2026-11-23", "paid"), ("2026-12-23", "paid")]
    assert list(LedgerEntry.objects.values_list("amount", flat=True)) == [2500, 2500]
    donation = Donation.objects.latest("pk")
    assert (donation.pledge, donation.campaign, donation.donor) == (pledge, pledge.campaign, pledge.donor)
    assert SandboxPayment.objects.get(key=str(donation.token)).status == "paid"


def test_a_year_goes_by_in_the_right_days(settings):
    received(make_campaign(ends_at=None), rhythm="monthly", at=datetime(2027, 10, 31, 9, tzinfo=UTC))
    moment = datetime(2027, 11, 1, 9, tzinfo=UTC)
    for day in range(150):
        collecting.collect_due(at=moment + timedelta(days=day))
    assert [period for period, _ in periods()] == ["2027-10-31", "2027-11-30", "2027-12-31", "2028-01-31", "2028-02-29"]
    assert {status for _, status in periods()} == {"paid"}


def test_a_newsroom_that_comes_late_collects_one_and_skips_what_it_missed():
    a_pledge()
    assert collecting.collect_due(at=NOON + timedelta(days=100)) == (1, 0)  # 3 March
    assert periods() == [("2026-11-23", "paid"), ("2026-12-23", "skipped"), ("2027-01-23", "skipped"), ("2027-02-23", "paid")]
    assert charged() == 2


@pytest.mark.parametrize("verb", [lambda pledge: pledges.end(pledge, at=NOON), pledges.pause])
def test_a_stopped_or_paused_pledge_is_left_alone(verb):
    verb(a_pledge())
    assert collecting.collect_due(at=DUE) == (0, 0)
    assert charged() == 1


def test_a_declined_card_fails_its_instalment_and_the_next_one_is_tried(settings):
    pledge = a_pledge()
    bank.block(pledge.mandate)
    assert collecting.collect_due(at=DUE) == (1, 0)
    assert periods()[-1] == ("2026-12-23", "failed")
    assert LedgerEntry.objects.total() == 2500
    SandboxPayment.objects.update(blocked=False)
    collecting.collect_due(at=NOON + timedelta(days=61))
    assert periods()[-1] == ("2027-01-23", "paid")


def test_a_lost_answer_is_looked_up_and_nobody_is_charged_twice(settings):
    a_pledge()
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": ("tests.campaigns.doubles.LosesAnswers", {})}
    assert collecting.collect_due(at=DUE) == (1, 1)
    assert (charged(), LedgerEntry.objects.total()) == (2, 2500)
    settings.PROCESSORS = working
    assert collecting.collect_due(at=DUE + timedelta(minutes=5)) == (0, 0)  # its run may still be at work
    assert collecting.collect_due(at=DUE + timedelta(minutes=11)) == (0, 0)
    assert (charged(), LedgerEntry.objects.total()) == (2, 5000)
    assert periods()[-1] == ("2026-12-23", "paid")


def test_a_question_that_never_arrived_is_asked_again_under_the_same_key(settings):
    a_pledge()
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": ("tests.campaigns.doubles.NeverAsked", {})}
    assert collecting.collect_due(at=DUE) == (1, 1)
    key = str(Donation.objects.latest("pk").token)
    settings.PROCESSORS = working
    collecting.collect_due(at=DUE + timedelta(minutes=11))
    assert SandboxPayment.objects.get(key=key).status == "paid"
    assert (charged(), LedgerEntry.objects.total()) == (2, 5000)


def test_a_processor_that_is_down_keeps_the_claim_and_says_why(settings):
    a_pledge()
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": ("tests.campaigns.doubles.Down", {})}
    assert collecting.collect_due(at=DUE) == (1, 1)
    instalment = Instalment.objects.get(period="2026-12-23")
    assert (instalment.status, instalment.problem) == ("claimed", "The bank is closed.")
    settings.PROCESSORS = working
    collecting.collect_due(at=DUE + timedelta(days=1))
    assert periods()[-1] == ("2026-12-23", "paid")


def test_a_run_that_died_after_its_claim_is_finished_by_the_next():
    a_pledge()
    instalment, _ = claimed()
    assert (instalment.status, charged()) == ("claimed", 1)
    assert collecting.claim_next(today=date(2026, 12, 23), at=DUE) is None
    collecting.collect_due(at=DUE + timedelta(minutes=11))
    assert periods()[-1] == ("2026-12-23", "paid")


def test_the_key_of_an_instalment_is_the_same_after_a_restored_backup():
    pledge = a_pledge()
    instalment, donation = claimed()
    key = donation.key
    instalment.delete()
    donation.delete()
    Pledge.objects.filter(pk=pledge.pk).update(next_due=date(2026, 12, 23))
    assert claimed()[1].key == key


def test_who_gives_by_transfer_is_asked_by_mail_each_month(run_jobs):
    pledge = a_pledge(processor="offline")
    collecting.collect_due(at=DUE)
    run_jobs()
    (message,) = mail.outbox
    donation = Donation.objects.exclude(status="received").get()
    assert message.subject == "Your monthly gift of €25 is due"
    assert f"Reference: {donation.reference}" in message.body
    assert "/giving/" in message.body
    assert periods()[-1] == ("2026-12-23", "asked")
    giving.record_arrival(donation, amount=2500, by=None, at=DUE + timedelta(days=2))
    assert periods()[-1] == ("2026-12-23", "paid")
    pledge.refresh_from_db()
    assert pledge.next_due == date(2027, 1, 23)


def test_an_unfinished_pledge_is_never_collected():
    begun(make_campaign(ends_at=None), rhythm="monthly")
    assert collecting.collect_due(at=DUE) == (0, 0)
