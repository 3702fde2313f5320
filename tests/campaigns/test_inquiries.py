"""A bank only asks about a gift, or says no last day: it stands on the desk, and nothing is lost or paused by it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from campaigns import disputes, giving, reconciling
from campaigns.checking import differences
from campaigns.models import Dispute
from campaigns.processors.base import Inquiry, Movement, MovementKind, Payment, Standing
from campaigns.processors.sandbox import Sandbox
from campaigns.progress import progress_of
from newsroom.models import AuditEntry
from tests.campaigns.disputed import END, SOON, alarms, disputed, told_of_disputes, versions
from tests.campaigns.gifts import pledge_of, received
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db


class Asking(Sandbox):
    """A bank that only asks."""

    def __init__(self, standing: Standing, days: int = 7, took: bool = False) -> None:
        self.standing, self.days, self.took = standing, days, took

    def look_up(self, ref: str) -> Payment | None:
        payment = super().look_up(ref)
        assert payment
        due = NOON + timedelta(days=self.days) if self.days else None
        about: dict[str, Any] = {"reason": "unrecognized", "answer_by": due, "standing": self.standing}
        if self.took:
            taken = Movement(f"d-{ref}", MovementKind.DISPUTE, payment.amount, NOON + timedelta(days=2), **about)
            return replace(payment, movements=(taken,))
        return replace(payment, inquiries=(Inquiry(f"d-{ref}", payment.amount, NOON, **about),))


def asks(settings: Any, standing: Standing, **how: Any) -> None:
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.test_inquiries.Asking", {"standing": standing, **how})}


def asked_about(settings: Any, standing: Standing = Standing.OPEN, **how: Any) -> Dispute:
    donation = received(make_campaign(ends_at=None), rhythm="monthly")
    asks(settings, standing, **how)
    giving.settle(donation, at=SOON)
    return Dispute.objects.get()


def test_an_inquiry_stands_on_the_desk_with_its_day_and_changes_nothing_else(settings, run_jobs):
    dispute = asked_about(settings)
    giving.settle(dispute.donation, at=SOON)
    run_jobs()
    assert (dispute.is_inquiry, dispute.status, dispute.answer_by, dispute.reason) == (True, "open", END, "unrecognized")
    sentence = "A bank asks about a gift of €25 (sandbox), and has taken nothing yet."
    assert alarms() == [f"{sentence} Answer it until 30 November 2026, 12:00: 7 days left."]
    assert progress_of(dispute.donation.campaign).total == 2500
    assert (pledge_of(dispute.donation).status, versions(dispute), told_of_disputes()) == ("active", [2500], [])
    assert differences() == []
    assert disputes.watch(at=END - timedelta(days=1)) == 1
    assert disputes.watch(at=END + timedelta(days=30)) == 0
    assert Dispute.objects.get().status == "open"  # nobody but its processor knows


@pytest.mark.parametrize(("standing", "status"), [(Standing.ANSWERED, "answered"), (Standing.CLOSED, "closed")])
def test_an_inquiry_goes_the_way_its_processor_says(settings, standing, status):
    dispute = asked_about(settings)
    asks(settings, standing)
    giving.settle(dispute.donation, at=SOON)
    dispute.refresh_from_db()
    assert (dispute.status, dispute.is_inquiry, alarms(), versions(dispute)) == (status, True, [], [2500])


@pytest.mark.parametrize("before", [Standing.OPEN, Standing.ANSWERED, Standing.CLOSED])
def test_an_inquiry_that_escalates_is_a_dispute_under_the_same_name(settings, run_jobs, before):
    dispute = asked_about(settings, before)
    asks(settings, Standing.OPEN, days=20, took=True)
    giving.settle(dispute.donation, at=SOON)
    giving.settle(dispute.donation, at=SOON)
    run_jobs()
    dispute.refresh_from_db()
    assert (dispute.is_inquiry, dispute.status, dispute.opened_at) == (False, "open", NOON + timedelta(days=2))
    assert alarms() == ["A bank took back a gift of €25 (sandbox). Answer it until 13 December 2026, 12:00: 20 days left."]
    assert progress_of(dispute.donation.campaign).total == 0
    assert (pledge_of(dispute.donation).status, len(told_of_disputes()), differences()) == ("paused", 1, [])
    asks(settings, Standing.OPEN)  # an older answer, told late
    giving.settle(dispute.donation, at=SOON)
    dispute.refresh_from_db()
    assert (dispute.is_inquiry, dispute.status) == (False, "open")


# Without a last day


def test_one_without_a_last_day_is_called_to_mind_after_a_week_and_stays_until_somebody_closes_it(settings):
    dispute = asked_about(settings, took=True, days=0)
    assert alarms() == ["A bank took back a gift of €25 (sandbox). Answer it as soon as you can: the processor names no day."]
    assert disputes.watch(at=NOON + timedelta(days=8)) == 0
    assert disputes.watch(at=NOON + timedelta(days=9)) == 1
    assert disputes.watch(at=NOON + timedelta(days=400)) == 0
    assert (Dispute.objects.get().status, len(alarms())) == ("open", 2)
    user = make_user("Fundraiser")
    closed = disputes.close(dispute, by=user, at=SOON)
    disputes.close(dispute, by=user, at=SOON)
    assert (closed.status, alarms(), versions(dispute), differences()) == ("lost", [], [2500, 0], [])
    assert AuditEntry.objects.filter(user=user, deed="closed").count() == 1


def test_a_closed_inquiry_leaves_the_papers(settings):
    dispute = asked_about(settings, days=0)
    assert disputes.close(dispute, by=None, at=SOON).status == "closed"
    assert (versions(dispute), alarms(), differences()) == ([2500], [], [])


def test_a_stranger_closes_nothing():
    dispute = disputed()
    with pytest.raises(PermissionDenied):
        disputes.close(dispute, by=make_user("Editor"), at=SOON)
    assert Dispute.objects.get().status == "open"


def test_the_night_asks_how_undecided_ones_stand(settings):
    """A lost dispute moves no money, so that no line of their books tells of it."""
    dispute = disputed()
    disputes.answer(dispute, by=None, at=SOON)
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.test_disputes.Telling", {"standing": Standing.LOST})}
    reconciling.reconcile("sandbox", at=SOON)
    dispute.refresh_from_db()
    assert (dispute.status, versions(dispute)) == ("lost", [2500, 0])


def test_the_desk_asks_the_processor_and_closes_by_its_word(client, settings):
    dispute = asked_about(settings, took=True, days=0)
    client.force_login(make_user("Fundraiser"))
    address = reverse("admin:campaigns_dispute_change", args=[dispute.pk])
    page = client.get(address).content.decode()
    for said in ["The processor names no last day.", "Ask the processor how it stands", "the processor says it is lost"]:
        assert said in page
    asks(settings, Standing.LOST, took=True, days=0)
    client.post(reverse("admin:campaigns_dispute_ask", args=[dispute.pk]))
    assert Dispute.objects.get().status == "lost"
    assert "Ask the processor" not in client.get(address).content.decode()


def test_the_desk_shows_an_inquiry_for_what_it_is_and_closes_it(client, settings):
    dispute = asked_about(settings)
    client.force_login(make_user("Fundraiser"))
    address = reverse("admin:campaigns_dispute_change", args=[dispute.pk])
    page = client.get(address).content.decode()
    assert f"Inquiry of {dispute.donation.reference}" in page
    assert "has taken nothing" in page
    told = client.post(reverse("admin:campaigns_dispute_close", args=[dispute.pk]), follow=True).content.decode()
    assert "The inquiry stands: closed, nothing was taken." in told
    assert Dispute.objects.get().status == "closed"


def test_a_processor_that_does_not_answer_is_told_on_the_page(client, settings):
    dispute = disputed()
    client.force_login(make_user("Fundraiser"))
    settings.PROCESSORS = {}
    told = client.post(reverse("admin:campaigns_dispute_ask", args=[dispute.pk]), follow=True).content.decode()
    assert "The processor gave no answer" in told
