"""Instalments: claimed before anybody is charged, looked up when the answer was lost, never charged twice."""

import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from campaigns import collecting, giving, pledges
from campaigns.giving.beginning import opened
from campaigns.models import Donation, Instalment, LedgerEntry, Pledge, SandboxPayment
from campaigns.processors.base import Instructions
from campaigns.sandbox import bank
from tests.campaigns.gifts import begun, pledge_of, received
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db
DUE = NOON + timedelta(days=30)  # 23 December


def a_pledge(**overrides) -> Pledge:
    return pledge_of(received(make_campaign(ends_at=None), rhythm="monthly", **overrides))


def claimed() -> tuple[Instalment, Donation]:
    instalment = collecting.claim(Pledge.objects.get().pk, today=date(2026, 12, 23), at=DUE)
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


@pytest.mark.parametrize(
    "verb", [lambda pledge: pledges.end(pledge, at=NOON), lambda pledge: pledges.pause(pledge, at=NOON, why="")]
)
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
    pledge = a_pledge()
    instalment, _ = claimed()
    assert (instalment.status, charged()) == ("claimed", 1)
    assert collecting.claim(pledge.pk, today=date(2026, 12, 23), at=DUE) is None
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


def states() -> tuple[str, str]:
    """The last instalment's and its gift's."""
    instalment = Instalment.objects.select_related("donation").latest("period")
    assert instalment.donation is not None
    return instalment.status, instalment.donation.status


def test_a_pledge_that_was_ended_before_it_could_be_asked_is_not_charged(settings):
    pledge = a_pledge()
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": ("tests.campaigns.doubles.Down", {})}
    collecting.collect_due(at=DUE)
    pledges.end(pledge, at=DUE + timedelta(minutes=20))
    settings.PROCESSORS = working
    assert collecting.collect_due(at=DUE + timedelta(hours=1)) == (0, 0)
    assert (charged(), LedgerEntry.objects.total(), states()) == (1, 2500, ("skipped", "cancelled"))
    assert Instalment.objects.latest("period").problem == "The pledge had stopped before it was collected."


def test_a_pledge_paused_by_a_dispute_is_not_charged_and_its_lost_answer_is_looked_for_a_day_longer(settings):
    donation = received(make_campaign(ends_at=None), rhythm="monthly")
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": ("tests.campaigns.doubles.NeverAsked", {})}
    collecting.collect_due(at=DUE)
    settings.PROCESSORS = working
    bank.dispute(donation.processor_ref, tell=False)
    giving.settle(donation, at=DUE)
    assert pledge_of(donation).status == "paused"
    assert collecting.collect_due(at=DUE + timedelta(hours=1)) == (0, 1)
    assert states() == ("claimed", "begun")
    assert collecting.collect_due(at=DUE + timedelta(days=1)) == (0, 0)
    assert (charged(), states()) == (1, ("skipped", "cancelled"))


def test_what_was_charged_before_the_pledge_ended_is_still_written_down(settings):
    pledge = a_pledge()
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": ("tests.campaigns.doubles.LosesAnswers", {})}
    collecting.collect_due(at=DUE)
    pledges.end(pledge, at=DUE + timedelta(minutes=5))
    settings.PROCESSORS = working
    collecting.collect_due(at=DUE + timedelta(hours=1))
    assert (charged(), LedgerEntry.objects.total(), states()) == (2, 5000, ("paid", "received"))


def test_money_that_turns_up_after_all_is_received_though_its_instalment_was_skipped(settings):
    pledge = a_pledge()
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.LosesAnswers", {})}
    collecting.collect_due(at=DUE)
    pledges.end(pledge, at=DUE)
    donation = giving.drop(Donation.objects.latest("pk"), reason="Not found for a day.")
    assert states() == ("skipped", "cancelled")
    giving.settle(donation, at=DUE + timedelta(days=2))
    assert (states(), LedgerEntry.objects.total()) == (("paid", "received"), 5000)


def test_one_donors_broken_payment_stops_nobody_elses_collection(settings, caplog):
    a_pledge(email="bad@example.org")
    good = a_pledge(email="good@example.org")
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.Stumbles", {})}
    assert collecting.collect_due(at=DUE) == (2, 1)
    assert collecting.collect_due(at=DUE + timedelta(hours=1)) == (0, 1)
    assert good.instalments.filter(status="paid").count() == 2
    instalment = Instalment.objects.get(status="claimed")
    assert instalment.problem.startswith("Unexpected: KeyError in doubles.py:")
    assert f"Instalment {instalment.pk} has no answer yet" in caplog.text
    assert "bad@example.org" not in caplog.text + instalment.problem


def test_a_pledge_that_cannot_be_claimed_says_why_and_stops_nobody_else(caplog):
    bad, good = a_pledge(email="bad@example.org"), a_pledge(email="good@example.org")
    Pledge.objects.filter(pk=bad.pk).update(rhythm="weekly", next_due=date(2026, 12, 1))
    assert collecting.collect_due(at=DUE) == (1, 0)
    assert good.instalments.filter(status="paid").count() == 2
    bad.refresh_from_db()
    assert bad.problem.startswith("Unexpected: ValueError in ")
    assert f"Pledge {bad.pk} could not be claimed" in caplog.text
    Pledge.objects.filter(pk=bad.pk).update(rhythm="monthly")
    assert collecting.collect_due(at=DUE) == (1, 0)
    bad.refresh_from_db()
    assert bad.problem == ""


def test_an_instalment_changes_in_its_gifts_own_transaction(monkeypatch):
    """A worker that dies in the middle leaves nothing half done, and no second step follows."""
    a_pledge(processor="offline")
    _, donation = claimed()
    with monkeypatch.context() as dying:
        dying.setattr("campaigns.inbox.unpark", lambda donation: sys.exit())
        with pytest.raises(SystemExit):
            opened(donation, Instructions(ref=donation.reference))
    assert states() == ("claimed", "begun")
    opened(donation, Instructions(ref=donation.reference))
    assert states() == ("asked", "awaited")


def test_a_refusal_fails_the_instalment_in_its_gifts_own_transaction():
    a_pledge()
    _, donation = claimed()
    giving.refuse(donation, problem="It did not work.", reason="No such mandate.", at=DUE)
    giving.refuse(donation, problem="Again.", reason="Again.", at=DUE)
    assert states() == ("failed", "declined")
    assert (Donation.objects.latest("pk").problem, Instalment.objects.latest("period").problem) == (
        "It did not work.",
        "No such mandate.",
    )


def test_a_mandate_that_the_processor_does_not_know_is_refused():
    pledge = a_pledge()
    Pledge.objects.filter(pk=pledge.pk).update(mandate="gone")
    assert collecting.collect_due(at=DUE) == (1, 0)
    assert (charged(), states()) == (1, ("failed", "declined"))
    assert Instalment.objects.latest("period").problem == "This bank knows no such mandate."


def test_an_instalment_speaks_the_donors_language():
    a_pledge(language="es")
    collecting.collect_due(at=DUE)
    assert list(Donation.objects.values_list("language", flat=True)) == ["es", "es"]
