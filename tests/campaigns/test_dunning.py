"""What follows a decline: asked at once, tried on days 3, 7 and 14, then paused. Nobody is told the same twice."""

from datetime import date, timedelta

import pytest
from django.core import mail

from campaigns import collecting, dunning, pledges, telling
from campaigns.models import Donation, Instalment, LedgerEntry, Pledge, PledgeMail, SandboxPayment
from campaigns.sandbox import bank
from tests.campaigns.gifts import a_pledge, periods, subjects
from tests.factories import NOON

pytestmark = pytest.mark.django_db
DUE = NOON + timedelta(days=30)  # 23 December


def every_hour(first: int, last: int) -> None:
    """The worker, on each of these days after the due one, more than once."""
    for day in range(first, last + 1):
        for hours in (0, 1):
            collecting.collect_due(at=DUE + timedelta(days=day, hours=hours))


@pytest.fixture
def poor(settings) -> Pledge:
    """Whose card has no money on it: declined each time, and never for good."""
    settings.PROCESSORS = {**settings.PROCESSORS, "sandbox": ("tests.campaigns.doubles.Poor", {})}
    return a_pledge()


def last() -> Instalment:
    return Instalment.objects.select_related("donation").latest("period")


def asked() -> int:
    return SandboxPayment.objects.count() - 1  # without the first gift


def test_a_decline_is_told_at_once_with_a_link_that_renews(poor, run_jobs):
    collecting.collect_due(at=DUE)
    run_jobs()
    (message,) = mail.outbox
    assert message.subject == "Your gift of €25 did not go through"
    assert "/giving/renew/r" in message.body
    assert "€25 monthly" in message.body
    assert "We try again on December 26, 2026" in message.body
    assert (last().status, last().retry_on) == ("failed", date(2026, 12, 26))


def test_it_is_tried_on_the_third_the_seventh_and_the_fourteenth_day_and_then_paused(poor, run_jobs):
    tries = {}
    for day in range(20):
        before = asked()
        every_hour(day, day)
        if asked() > before:
            tries[day] = asked() - before
        run_jobs(at=DUE + timedelta(days=40))
    assert tries == {0: 1, 3: 1, 7: 1, 14: 1}
    poor.refresh_from_db()
    assert (poor.status, poor.paused_until, last().retry_on) == ("paused", None, None)
    assert subjects() == ["Your gift of €25 did not go through"] * 3 + ["Your gift to Newsroom is paused"]
    assert "/giving/renew/r" in str(mail.outbox[-1].body)
    assert periods(poor) == [("2026-11-23", "paid"), ("2026-12-23", "failed")]


def test_each_try_is_a_gift_of_its_own_with_a_key_of_its_own(poor):
    every_hour(0, 14)
    tries = list(Donation.objects.filter(pledge=poor).order_by("pk"))[1:]
    assert [donation.status for donation in tries] == ["declined"] * 4
    assert len({donation.token for donation in tries}) == 4
    assert [donation.retry_of_id for donation in tries] == [None, *[tries[0].pk] * 3]
    assert last().donation == tries[-1]


def test_a_try_that_succeeds_ends_it(poor, settings, run_jobs):
    every_hour(0, 2)
    settings.PROCESSORS = {**settings.PROCESSORS, "sandbox": ("campaigns.processors.sandbox.Sandbox", {})}
    every_hour(3, 30)
    run_jobs(at=DUE + timedelta(days=60))
    assert periods(poor) == [("2026-11-23", "paid"), ("2026-12-23", "paid")]
    assert LedgerEntry.objects.total() == 5000
    assert subjects().count("Your gift of €25 did not go through") == 0  # paid before the mail left: it would be wrong


def test_a_final_decline_is_not_tried_again_and_its_donor_is_asked_four_times_at_most(run_jobs):
    pledge = a_pledge()
    bank.block(pledge.mandate)
    for day in range(20):
        every_hour(day, day)
        run_jobs(at=DUE + timedelta(days=40))
    pledge.refresh_from_db()
    assert (asked(), pledge.status) == (1, "paused")
    assert subjects() == ["Your gift of €25 did not go through"] * 3 + ["Your gift to Newsroom is paused"]
    assert "does not take this way to pay any more" in str(mail.outbox[0].body)


def test_a_bank_that_wants_its_donor_is_not_asked_again_without_them(run_jobs):
    pledge = a_pledge()
    bank.ask_donor(pledge.mandate)
    every_hour(0, 6)
    run_jobs(at=DUE + timedelta(days=40))
    assert (asked(), last().needs_donor) == (1, True)
    assert "The bank wants you to confirm it yourself" in str(mail.outbox[0].body)


def test_a_processor_that_refuses_the_saved_way_is_not_asked_again(run_jobs):
    pledge = a_pledge()
    Pledge.objects.filter(pk=pledge.pk).update(mandate="gone")
    every_hour(0, 6)
    assert (last().status, last().needs_donor, Donation.objects.count()) == ("failed", True, 2)


def test_a_lost_answer_of_a_try_is_looked_up_and_not_asked_again(poor, settings):
    every_hour(0, 2)
    settings.PROCESSORS = {**settings.PROCESSORS, "sandbox": ("tests.campaigns.doubles.LosesAnswers", {})}
    collecting.collect_due(at=DUE + timedelta(days=3))
    assert (last().status, last().attempt) == ("claimed", 1)
    settings.PROCESSORS = {**settings.PROCESSORS, "sandbox": ("campaigns.processors.sandbox.Sandbox", {})}
    every_hour(4, 20)
    assert (last().status, LedgerEntry.objects.total()) == ("paid", 5000)
    assert SandboxPayment.objects.filter(status="paid").count() == 2


def test_a_try_that_turns_out_paid_is_no_reason_for_another(poor):
    every_hour(0, 2)
    declined = last().donation
    assert declined
    SandboxPayment.objects.filter(ref=declined.processor_ref).update(status="paid", settled_at=DUE)
    every_hour(3, 20)
    assert (asked(), last().status, LedgerEntry.objects.total()) == (1, "paid", 5000)


def test_a_processor_that_does_not_answer_keeps_the_next_try_waiting(poor, settings):
    every_hour(0, 2)
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": ("tests.campaigns.doubles.Down", {})}
    collecting.collect_due(at=DUE + timedelta(days=3))
    assert (last().attempt, last().retry_on, last().problem) == (0, date(2026, 12, 26), "The bank is closed.")
    settings.PROCESSORS = working
    collecting.collect_due(at=DUE + timedelta(days=5))
    assert (last().attempt, last().retry_on) == (1, date(2027, 1, 1))  # four days after the try that was late


def test_a_declined_one_gives_way_to_the_next_that_falls_due(poor):
    collecting.collect_due(at=DUE)
    Pledge.objects.update(next_due=date(2026, 12, 25))
    every_hour(2, 4)
    assert periods(poor) == [("2026-11-23", "paid"), ("2026-12-23", "failed"), ("2026-12-25", "failed")]
    assert list(poor.instalments.order_by("period").values_list("retry_on", flat=True)) == [None, None, date(2026, 12, 28)]
    assert asked() == 2


@pytest.mark.parametrize("verb", ["end", "pause"])
def test_a_pledge_that_stopped_is_not_tried_again(poor, verb, run_jobs):
    collecting.collect_due(at=DUE)
    getattr(pledges, verb)(poor, at=DUE, **({"why": ""} if verb == "pause" else {}))
    every_hour(1, 20)
    run_jobs(at=DUE + timedelta(days=40))
    assert (asked(), mail.outbox) == (1, [])


def test_a_decline_that_is_recorded_again_tells_nobody_again(poor, run_jobs):
    collecting.collect_due(at=DUE)
    donation = last().donation
    assert donation
    for _ in range(3):
        dunning.failed(donation, at=DUE, problem="Again.")
        telling.tell(poor, PledgeMail.Kind.DECLINED, about="2026-12-23/0", at=DUE)
    run_jobs()
    telling.send(PledgeMail.objects.get(), at=DUE)
    assert len(mail.outbox) == 1


def test_who_has_no_address_is_followed_without_mails(poor, run_jobs):
    poor.donor.email = ""
    poor.donor.save()
    every_hour(0, 14)
    assert run_jobs(at=DUE + timedelta(days=40)) == []
    poor.refresh_from_db()
    assert poor.status == "paused"


def test_a_yearly_pledge_is_tried_again_too(settings):
    settings.PROCESSORS = {**settings.PROCESSORS, "sandbox": ("tests.campaigns.doubles.Poor", {})}
    pledge = a_pledge(rhythm="yearly", amount=12000)
    due = NOON + timedelta(days=365)
    for day in range(16):
        collecting.collect_due(at=due + timedelta(days=day))
    pledge.refresh_from_db()
    assert (pledge.status, last().attempt) == ("paused", 3)
    assert periods(pledge) == [("2026-11-23", "paid"), ("2027-11-23", "failed")]
