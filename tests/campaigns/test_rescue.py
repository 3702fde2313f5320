"""A processor is gone: its pledges are kept, each donor gets one link, and what comes back is counted."""

import re
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from campaigns import collecting, giving, links, recovery, renewing, rescue, steering, ways
from campaigns.checking import differences
from campaigns.models import Donation, Instalment, Outage, Pledge, PledgeChange, PledgeMail, SandboxPayment, Stranding, Way
from campaigns.sandbox import bank
from tests.campaigns.forms import text_of
from tests.campaigns.gifts import a_gift, a_pledge, periods, received, subjects
from tests.campaigns.test_own_page import path_of
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db
DOWN = NOON + timedelta(days=10)  # 3 December


@pytest.fixture(autouse=True)
def second_bank(settings) -> None:
    names: Any = {"sandbox": ("campaigns.processors.sandbox.Sandbox", {}), "other": ("tests.campaigns.doubles.SecondBank", {})}
    settings.PROCESSORS = {**names, "offline": ("campaigns.processors.offline.Offline", {})}


def worker(first: int, last: int) -> None:
    """Once on each of these days after NOON."""
    for day in range(first, last + 1):
        at = NOON + timedelta(days=day)
        steering.wake_due(at=at)
        rescue.go_on(at=at)
        collecting.collect_due(at=at)


def renewed(pledge: Pledge, *, at) -> Donation:
    offer = next(offer for offer in renewing.offers(pledge) if offer.name == "other")
    donation = renewing.renew(pledge, offer=offer, at=at)
    assert donation
    bank.pay(donation.processor_ref, at=at, tell=False)
    return giving.settle(donation, at=at, mail=False)


def as_it_is(pledge: Pledge) -> tuple[str, str, str]:
    pledge.refresh_from_db()
    return pledge.status, pledge.processor, str(pledge.next_due)


def test_its_pledges_need_a_new_way_and_each_donor_gets_one_link(run_jobs):
    mine, elsewhere = a_pledge(), a_pledge(processor="other", email="b@example.org")
    begun = Pledge.objects.count()
    for _ in range(2):
        outage = rescue.go_down("sandbox", by=None, at=DOWN)
    assert as_it_is(mine)[0] == "stranded"
    assert (as_it_is(elsewhere)[0], Pledge.objects.count()) == ("active", begun)
    assert not ways.works("sandbox")
    assert [offer.name for offer in renewing.offers(mine)] == ["other", "offline"]
    run_jobs()
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["ada@example.org"], "Your gift to Newsroom needs another way to pay")
    assert "€25 monthly" in message.body
    assert "/giving/renew/r" in message.body
    assert list(outage.strandings.values_list("pledge", "amount", "rhythm")) == [(mine.pk, 2500, "monthly")]
    assert PledgeChange.objects.get().kind == "stranded"


def test_nothing_is_charged_there_and_the_days_that_fall_due_are_taken_down(run_jobs):
    pledge = a_pledge()
    rescue.go_down("sandbox", by=None, at=DOWN)
    worker(11, 70)
    assert periods(pledge) == [("2026-11-23", "paid"), ("2026-12-23", "failed"), ("2027-01-23", "failed")]
    assert SandboxPayment.objects.count() == 1
    assert as_it_is(pledge) == ("stranded", "sandbox", "2027-02-23")


def test_the_link_pays_the_last_missed_gift_and_the_pledge_goes_on_elsewhere(client, run_jobs):
    pledge = a_pledge()
    outage = rescue.go_down("sandbox", by=None, at=DOWN)
    run_jobs()
    link = re.search(r"http://127.0.0.1:8000(/giving/renew/\S+/)", str(mail.outbox[0].body))
    assert link
    assert "does not work for us any more" in text_of(client.get(link[1]))
    worker(11, 40)
    renewed(pledge, at=NOON + timedelta(days=41))
    assert as_it_is(pledge) == ("active", "other", "2027-01-23")
    told = recovery.figures(outage)
    assert (told.stranded, told.mailed, told.opened, told.recovered, told.still_open) == (1, 1, 1, 1, 0)
    days = [(day.day, day.recovered, day.monthly, day.received) for day in recovery.per_day(outage)]
    assert days == [(date(2027, 1, 3), 1, {"EUR": 2500}, {"EUR": 2500})]
    worker(42, 62)
    assert [status for _, status in periods(pledge)] == ["paid", "paid", "paid"]


def test_a_head_request_and_a_second_look_count_no_more(client):
    pledge = a_pledge()
    outage = rescue.go_down("sandbox", by=None, at=DOWN)
    address = path_of(links.to_renew(pledge))
    client.head(address)
    assert recovery.figures(outage).opened == 0
    for _ in range(2):
        client.get(address)
    assert recovery.figures(outage).opened == 1


def test_a_claim_on_its_way_is_looked_up_and_never_asked_anew(settings):
    """One was charged and its answer lost; the other never reached the bank."""
    charged, never = a_pledge(), a_pledge(email="b@example.org")
    due = NOON + timedelta(days=30)
    for pledge, double in ((charged, "LosesAnswers"), (never, "NeverAsked")):
        claimed = collecting.claim(pledge.pk, today=due.date(), at=due)
        assert claimed
        with_double = {**settings.PROCESSORS, "sandbox": (f"tests.campaigns.doubles.{double}", {})}
        working, settings.PROCESSORS = settings.PROCESSORS, with_double
        collecting.finish(claimed.pk, at=due)
        settings.PROCESSORS = working
        ways.succeeded("sandbox", at=due)
    rescue.go_down("sandbox", by=None, at=due + timedelta(minutes=1))
    collecting.collect_due(at=due + timedelta(hours=1))
    collecting.collect_due(at=due + timedelta(hours=30))
    assert periods(charged)[-1] == ("2026-12-23", "paid")
    assert periods(never)[-1] == ("2026-12-23", "failed")
    assert SandboxPayment.objects.filter(status="paid").count() == 3
    renewed(never, at=due + timedelta(hours=31))
    assert periods(never)[-1] == ("2026-12-23", "paid")
    assert differences() == []


def test_a_claim_is_not_asked_once_its_processor_is_stopped():
    pledge = a_pledge()
    due = NOON + timedelta(days=30)
    claimed = collecting.claim(pledge.pk, today=due.date(), at=due)
    assert claimed
    ways.stop("sandbox", by=None, at=due)
    collecting.finish(claimed.pk, at=due)
    assert (SandboxPayment.objects.count(), Instalment.objects.get(pk=claimed.pk).status) == (1, "failed")


def test_a_declined_gift_is_not_tried_again_there():
    pledge = a_pledge()
    bank.block(pledge.mandate)
    worker(30, 30)
    rescue.go_down("sandbox", by=None, at=NOON + timedelta(days=31))
    worker(31, 50)
    assert SandboxPayment.objects.count() == 2
    assert as_it_is(pledge)[0] == "stranded"


def test_back_again_it_goes_on_with_the_next_day_and_charges_nothing_that_was_missed(run_jobs):
    back, moved, stopped = (a_pledge(email=f"{name}@example.org") for name in ("a", "b", "c"))
    rescue.go_down("sandbox", by=None, at=DOWN)
    run_jobs()
    worker(11, 40)
    renewed(moved, at=NOON + timedelta(days=41))
    steering.stop(stopped, at=NOON + timedelta(days=41))
    mail.outbox.clear()
    for _ in range(2):
        outage = rescue.come_back("sandbox", by=None, at=NOON + timedelta(days=45))
    assert outage
    assert as_it_is(back) == ("active", "sandbox", "2027-01-23")
    assert as_it_is(moved) == ("active", "other", "2027-01-23")
    assert as_it_is(stopped)[0] == "ended"
    run_jobs()
    assert subjects().count("Your gift to Newsroom goes on") == 1
    told = recovery.figures(outage)
    assert (told.recovered, told.restored, told.ended, told.still_open) == (1, 1, 1, 0)
    worker(46, 70)
    assert periods(back) == [("2026-11-23", "paid"), ("2026-12-23", "skipped"), ("2027-01-23", "paid")]


def test_a_second_outage_writes_to_them_again(run_jobs):
    pledge = a_pledge()
    for days in (0, 10):
        rescue.go_down("sandbox", by=None, at=DOWN + timedelta(days=days))
        run_jobs()
        rescue.come_back("sandbox", by=None, at=DOWN + timedelta(days=days + 5))
        run_jobs()
    assert (Outage.objects.count(), Stranding.objects.count()) == (2, 2)
    assert [subject.endswith("needs another way to pay") for subject in subjects()] == [True, False, True, False]
    assert as_it_is(pledge)[0] == "active"


def test_a_link_that_waits_while_the_old_way_comes_back_is_not_mailed(run_jobs):
    a_pledge()
    rescue.go_down("sandbox", by=None, at=DOWN)
    rescue.come_back("sandbox", by=None, at=DOWN)
    run_jobs()
    assert subjects() == ["Your gift to Newsroom goes on"]


def test_what_a_killed_command_left_is_done_by_the_worker(monkeypatch):
    for number in range(5):
        a_pledge(email=f"d{number}@example.org")
    monkeypatch.setattr(rescue, "SLICE", 2)

    def dies(done: int) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        rescue.go_down("sandbox", by=None, at=DOWN, tell=dies)
    assert Stranding.objects.count() == 2
    rescue.go_on(at=DOWN)
    assert (Stranding.objects.count(), PledgeMail.objects.count()) == (5, 5)
    with pytest.raises(SystemExit):
        rescue.come_back("sandbox", by=None, at=DOWN, tell=dies)
    assert Pledge.objects.filter(status="active").count() == 2
    rescue.go_on(at=DOWN)
    assert Pledge.objects.filter(status="active").count() == 5


def test_one_that_wakes_at_a_processor_that_is_gone_gets_its_link(run_jobs):
    pledge = a_pledge()
    steering.rest(pledge, months=1, at=NOON)
    rescue.go_down("sandbox", by=None, at=DOWN)
    assert as_it_is(pledge)[0] == "paused"
    worker(11, 32)
    assert as_it_is(pledge)[0] == "stranded"
    assert PledgeMail.objects.filter(kind="stranded").count() == 1


def test_a_first_gift_that_arrives_late_at_a_processor_that_is_gone_is_not_lost():
    donation = giving.begin(make_campaign(ends_at=None), gift=a_gift(rhythm="monthly"), at=NOON)
    rescue.go_down("sandbox", by=None, at=DOWN)
    bank.pay(donation.processor_ref, at=DOWN, tell=False)
    giving.settle(donation, at=DOWN)
    assert Pledge.objects.get().status == "active"
    worker(11, 50)
    assert (Pledge.objects.get().status, SandboxPayment.objects.count()) == ("stranded", 1)


@pytest.mark.parametrize("group", ["Writer", "Editor"])
def test_who_may_not_stop_a_way_may_not_strand_pledges(group):
    a_pledge()
    for verb in (rescue.go_down, rescue.come_back):
        with pytest.raises(PermissionDenied):
            verb("sandbox", by=make_user(group), at=DOWN)
    assert (Outage.objects.count(), Pledge.objects.get().status) == (0, "active")


# The commands


def said(name: str, *arguments: str) -> list[str]:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_the_rehearsal_tells_all_and_does_nothing(run_jobs):
    campaign = make_campaign(ends_at=None, title="The winter")
    a_pledge(campaign=campaign)
    a_pledge(campaign=campaign, rhythm="yearly", amount=12000, email="b@example.org")
    nameless = a_pledge(campaign=campaign, email="c@example.org")
    nameless.donor.email = ""
    nameless.donor.save()
    yen = make_campaign(ends_at=None, currency="JPY")
    received(yen, rhythm="monthly", amount=3000, email="d@example.org")
    lines = said("processor_down", "sandbox", "--rehearse")
    assert lines[:5] == [
        "Pledges that would need a new way: 4",
        "Their worth a month: €60 and ¥3,000",
        "Without an address to write to: 1",
        "Ways that stay for EUR: The other bank, Cheque or bank transfer",
        "Ways that stay for JPY: The other bank, Cheque or bank transfer",
    ]
    assert "Subject: Your gift to Newsroom needs another way to pay" in lines
    assert any("€25 monthly for “The winter”" in line for line in lines)
    assert "Ada" not in "\n".join(lines)
    assert lines[-1] == "Rehearsed: 3 links would be mailed. Nothing was stopped, nobody was mailed."
    assert (Outage.objects.count(), PledgeMail.objects.count(), Way.objects.filter(stopped_at__isnull=False).count()) == (0, 0, 0)
    assert set(Pledge.objects.values_list("status", flat=True)) == {"active"}
    assert run_jobs() == []


def test_down_status_and_up_each_end_with_a_line():
    a_pledge()
    (line,) = said("processor_down", "sandbox")
    assert line == (
        "sandbox is not used any more: 1 pledge without a way, worth €25 a month; 1 links mailed or queued, 0 donors have no"
        " address."
    )
    (line,) = said("processor_down", "sandbox", "--status")
    assert line.startswith("Of 1 pledges 0 have a new way (nothing of €25 a month), 1 are still open, 0 went back")
    (line,) = said("processor_up", "sandbox")
    assert line == "sandbox is used again: 1 pledges went back to it, 0 stay with their new way, 0 were stopped."


@pytest.mark.parametrize("arguments", [("nobody",), ("nobody", "--rehearse"), ("sandbox", "--status")])
def test_a_name_that_is_no_processor_or_was_never_down_is_said_so(arguments):
    with pytest.raises(CommandError, match=r"“(nobody” is no way to pay here|sandbox” was never down)"):
        call_command("processor_down", *arguments)


def test_up_without_an_outage_only_resumes():
    ways.stop("other", by=None, at=DOWN)
    assert said("processor_up", "other") == ["other is used again. It was never down by processor_down."]
    assert ways.works("other")
    with pytest.raises(CommandError):
        call_command("processor_up", "nobody")


def test_a_processor_that_is_not_configured_any_more_can_still_be_taken_down(settings):
    pledge = a_pledge()
    settings.PROCESSORS = {name: value for name, value in settings.PROCESSORS.items() if name != "sandbox"}
    rescue.go_down("sandbox", by=None, at=DOWN)
    renewed(pledge, at=DOWN)
    assert as_it_is(pledge) == ("active", "other", "2027-01-23")
