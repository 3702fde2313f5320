"""A bank takes a gift back: people are alarmed with the day, the donor is told once, the evidence is one archive."""

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from pypdf import PdfReader

from campaigns import disputes, forgetting, giving, pledges, statements
from campaigns.checking import differences
from campaigns.models import Dispute, Donation, SentMail, YearStatement
from campaigns.processors.base import MovementKind, Payment, Standing
from campaigns.processors.sandbox import Sandbox
from campaigns.progress import progress_of
from campaigns.sandbox import bank
from newsroom.models import Alarm, AuditEntry
from tests.campaigns.disputed import END, SOON, alarms, disputed, told_of_disputes, versions
from tests.campaigns.gifts import pledge_of, received
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db


def test_a_dispute_is_one_row_with_its_reason_and_its_end_however_often_it_is_told():
    dispute = disputed()
    giving.settle(dispute.donation, at=SOON)
    assert Dispute.objects.count() == 1
    told = (dispute.amount, dispute.currency, dispute.reason, dispute.opened_at, dispute.answer_by, dispute.status)
    assert told == (2500, "EUR", "pretended", NOON, END, "open")
    assert differences() == []


def test_people_are_alarmed_with_the_day_and_once_more_three_days_before():
    dispute = disputed()
    sentence = "A bank took back a gift of €25 (sandbox). Answer it until 30 November 2026, 12:00: 7 days left."
    assert alarms() == [sentence]
    assert Alarm.objects.get().link == f"/admin/campaigns/dispute/{dispute.pk}/change/"
    assert disputes.watch(at=END - timedelta(days=3, minutes=1)) == 0
    assert disputes.watch(at=END - timedelta(days=3)) == 1
    assert disputes.watch(at=END - timedelta(days=2)) == 0
    assert alarms()[1:] == ["A bank took back a gift of €25 (sandbox). Answer it until 30 November 2026, 12:00: 3 days left."]


def test_answering_ends_the_alarms_and_is_in_the_audit_log():
    dispute = disputed()
    disputes.watch(at=END - timedelta(days=1))
    user = make_user("Fundraiser")
    dispute = disputes.answer(dispute, by=user, at=SOON)
    assert (dispute.status, dispute.evidence_sent_at, alarms()) == ("answered", SOON, [])
    again = disputes.answer(dispute, by=user, at=SOON + timedelta(days=1))
    assert again.evidence_sent_at == SOON
    assert AuditEntry.objects.filter(user=user, deed="answered").count() == 1


def test_one_that_nobody_answered_is_lost_a_day_after_its_end():
    dispute = disputed()
    disputes.watch(at=END + timedelta(hours=23))
    assert Dispute.objects.get().status == "open"
    disputes.watch(at=END + timedelta(days=1))
    dispute.refresh_from_db()
    assert (dispute.status, dispute.settled_at, alarms()) == ("lost", END + timedelta(days=1), [])


@pytest.mark.parametrize("before", ["open", "answered", "lost"])
def test_money_that_comes_back_wins_it(before):
    dispute = disputed()
    Dispute.objects.update(status=before)
    bank.dispute_won(dispute.donation.processor_ref, at=NOON + timedelta(days=9), tell=False)
    giving.settle(dispute.donation, at=NOON + timedelta(days=10))
    dispute.refresh_from_db()
    assert (dispute.status, dispute.settled_at) == ("won", NOON + timedelta(days=9))
    assert differences() == []
    giving.settle(dispute.donation, at=NOON + timedelta(days=11))
    disputes.watch(at=END + timedelta(days=30))
    dispute.refresh_from_db()
    assert (dispute.status, dispute.settled_at) == ("won", NOON + timedelta(days=9))


class Telling(Sandbox):
    """A bank that also tells how its disputes stand."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing

    def look_up(self, ref: str) -> Payment | None:
        payment = super().look_up(ref)
        assert payment
        moved = tuple(
            replace(one, standing=self.standing) if one.kind == MovementKind.DISPUTE else one for one in payment.movements
        )
        return replace(payment, movements=moved)


@pytest.mark.parametrize(("standing", "status"), [("answered", "answered"), ("lost", "lost"), ("open", "open")])
def test_what_the_processor_says_of_it_is_believed(settings, standing, status):
    dispute = disputed()
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.test_disputes.Telling", {"standing": Standing(standing)})}
    giving.settle(dispute.donation, at=SOON)
    dispute.refresh_from_db()
    assert (dispute.status, bool(alarms())) == (status, status == "open")


def test_one_that_is_to_be_answered_again_until_a_later_day_is_open_again(settings):
    dispute = disputed()
    disputes.answer(dispute, by=None, at=SOON)
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.test_disputes.Telling", {"standing": Standing.OPEN})}
    giving.settle(dispute.donation, at=SOON)
    dispute.refresh_from_db()
    assert (dispute.status, alarms()) == ("answered", [])  # the processor does not know of it yet
    Dispute.objects.update(answer_by=END - timedelta(days=2))
    giving.settle(dispute.donation, at=SOON)
    dispute.refresh_from_db()
    assert (dispute.status, dispute.answer_by, len(alarms())) == ("open", END, 1)


def test_the_donor_is_written_to_once(run_jobs):
    dispute = disputed()
    giving.settle(dispute.donation, at=SOON)
    run_jobs()
    giving.settle(dispute.donation, at=SOON)
    run_jobs()
    [told] = told_of_disputes()
    assert (told.subject, told.to) == ("Your bank took back your gift of €25 to Newsroom", ["ada@example.org"])
    assert "please tell your bank so" in told.body
    dispute.refresh_from_db()
    assert dispute.told_at


def test_its_pledge_rests_and_the_mail_says_so(run_jobs):
    dispute = disputed(rhythm="monthly")
    run_jobs()
    assert pledge_of(dispute.donation).status == "paused"
    assert "Your regular gift rests" in told_of_disputes()[0].body


def test_a_dispute_of_a_gift_that_is_loaded_from_the_past_alarms_and_mails_nobody(run_jobs):
    disputed(settled=NOON + timedelta(days=61))
    run_jobs()
    assert (alarms(), told_of_disputes()) == ([], [])
    assert Dispute.objects.get().told_at


def test_a_stranger_may_not_answer():
    dispute = disputed()
    with pytest.raises(PermissionDenied):
        disputes.answer(dispute, by=make_user("Editor"), at=SOON)
    assert Dispute.objects.get().status == "open"


# Mails that are kept


def test_mails_about_a_gift_are_kept_without_the_donors_own_links(run_jobs):
    donation = received(make_campaign(ends_at=None), rhythm="monthly", mail=True)
    run_jobs()
    kept = SentMail.objects.get()
    assert (kept.donation, kept.kind) == (donation, "receipt")
    assert "Receipt 2026-000001" in kept.text
    assert "(the donor's own link)" in kept.text
    assert "/giving/p" not in kept.text


def test_an_erased_donors_mails_are_gone(run_jobs):
    donation = received(make_campaign(), mail=True)
    run_jobs()
    forgetting.erase(donation.donor, at=SOON)
    assert SentMail.objects.count() == 0


# The desk


def evidence_of(client: Any, dispute: Dispute) -> zipfile.ZipFile:
    response = client.get(f"/admin/campaigns/dispute/{dispute.pk}/evidence/")
    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    return zipfile.ZipFile(io.BytesIO(response.content))


def pages(archive: zipfile.ZipFile, name: str) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(archive.read(name))).pages)


def test_the_evidence_is_one_archive_and_who_takes_it_is_written_down(client, run_jobs):
    before = received(make_campaign(), amount=900, at=NOON - timedelta(days=1))
    dispute = disputed(rhythm="monthly", mail=True, message="For the court reports")
    run_jobs()
    user = make_user("Fundraiser")
    client.force_login(user)
    archive = evidence_of(client, dispute)
    names = sorted(archive.namelist())
    assert names[:4] == ["consent.txt", names[1], names[2], "receipt.pdf"]
    assert [name.rpartition("-")[2] for name in names[1:3]] == ["receipt.txt", "dispute.txt"]
    assert "Give €25 monthly." in archive.read("consent.txt").decode()
    assert "ada@example.org" in archive.read(names[1]).decode()
    summary = pages(archive, "summary.pdf")
    for fact in [dispute.donation.reference, "For the court reports", dispute.processor_ref, before.reference, "€25"]:
        assert fact in summary
    assert "Receipt 2026-000002" in pages(archive, "receipt.pdf")
    assert AuditEntry.objects.filter(user=user, deed="exported", subject=f"campaigns.dispute {dispute.pk}").count() == 1


def test_the_evidence_of_a_single_gift_by_somebody_unknown_is_made_too(client):
    dispute = disputed(name="", message="\x07 [#panic()] $x$")
    Donation.objects.filter(pk=dispute.donation_id).update(particulars={"address": {"city": "Lima", "country": "PE"}})
    client.force_login(make_user("Administrator"))
    assert "Lima PE" in pages(evidence_of(client, dispute), "summary.pdf")


@pytest.mark.parametrize("group", ["Writer", "Editor"])
def test_a_stranger_sees_no_dispute_and_takes_no_evidence(client, group):
    dispute = disputed()
    client.force_login(make_user(group))
    for name in ("changelist", "change", "evidence", "answered", "ask", "close"):
        arguments = [] if name == "changelist" else [dispute.pk]
        address = reverse(f"admin:campaigns_dispute_{name}", args=arguments)
        assert (client.post(address) if name in {"answered", "ask", "close"} else client.get(address)).status_code == 403
    assert Dispute.objects.get().status == "open"


def test_the_page_says_until_when_and_what_to_do_and_marks_it_answered(client):
    dispute = disputed()
    Dispute.objects.update(answer_by=bank.timezone.now() + timedelta(days=5))
    client.force_login(make_user("Fundraiser"))
    address = reverse("admin:campaigns_dispute_change", args=[dispute.pk])
    page = client.get(address).content.decode()
    assert "5 days left" in page
    assert "Download the evidence, send it" in page
    assert client.get(reverse("admin:campaigns_dispute_answered", args=[dispute.pk])).status_code == 405
    client.post(reverse("admin:campaigns_dispute_answered", args=[dispute.pk]))
    assert "The evidence is sent." in client.get(address).content.decode()
    assert Dispute.objects.get().status == "answered"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_however_many_there_are(client, django_assert_num_queries, rows):
    campaign = make_campaign(ends_at=None)
    for number in range(rows):
        donation = received(campaign, email=f"{number}@example.org")
        bank.dispute(donation.processor_ref, at=NOON, tell=False)
        giving.settle(donation, at=SOON)
    client.force_login(make_user("Fundraiser"))
    with django_assert_num_queries(7):
        page = client.get("/admin/campaigns/dispute/").content.decode()
    assert page.count('class="field-reason') == rows


def test_a_paused_pledge_stays_paused_when_it_was_ended():
    dispute = disputed(rhythm="monthly")
    pledge = pledges.end(pledge_of(dispute.donation), at=SOON)
    giving.settle(dispute.donation, at=SOON)
    pledge.refresh_from_db()
    assert pledge.status == "ended"


# The papers


def test_while_it_is_undecided_the_total_is_without_the_money_and_the_receipt_stands(run_jobs):
    dispute = disputed(mail=True)
    run_jobs()
    assert progress_of(dispute.donation.campaign).total == 0
    assert (versions(dispute), differences()) == ([2500], [])
    assert not [message.subject for message in mail.outbox if "ersion" in message.body]


def test_a_lost_one_cancels_the_receipt_once(settings, run_jobs):
    dispute = disputed()
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.test_disputes.Telling", {"standing": Standing.LOST})}
    giving.settle(dispute.donation, at=SOON)
    giving.settle(dispute.donation, at=SOON)
    run_jobs()
    assert (versions(dispute), differences()) == ([2500, 0], [])
    assert len([message for message in mail.outbox if "the receipt is cancelled" in message.body]) == 1


def test_one_that_is_lost_by_silence_cancels_the_receipt():
    dispute = disputed()
    disputes.watch(at=END + timedelta(days=1))
    disputes.watch(at=END + timedelta(days=2))
    assert (versions(dispute), differences()) == ([2500, 0], [])


def test_a_won_one_leaves_the_receipt_as_it_was_and_one_won_after_all_is_good_again():
    dispute = disputed()
    bank.dispute_won(dispute.donation.processor_ref, at=NOON + timedelta(days=9), tell=False)
    giving.settle(dispute.donation, at=NOON + timedelta(days=10))
    assert (versions(dispute), differences()) == ([2500], [])


def test_one_won_after_it_was_lost_makes_the_receipt_good_again():
    dispute = disputed()
    disputes.watch(at=END + timedelta(days=1))
    bank.dispute_won(dispute.donation.processor_ref, at=END + timedelta(days=9), tell=False)
    giving.settle(dispute.donation, at=END + timedelta(days=10))
    assert (versions(dispute), differences()) == ([2500, 0, 2500], [])


def test_a_refund_while_it_is_undecided_stands_on_the_receipt_alone():
    dispute = disputed(processor="sandbox")
    other = received(dispute.donation.campaign, email="b@example.org")
    giving.refund(other, amount=500, key=UUID(int=1), by=None, at=SOON)
    bank.dispute(other.processor_ref, at=SOON, tell=False)
    giving.settle(other, at=SOON)
    assert [one.contents["left"] for one in other.receipt.versions.order_by("version")] == [2500, 2000]
    assert differences() == []


def test_a_year_statement_counts_the_gift_until_it_is_lost(run_jobs):
    dispute = disputed()
    donor, entity = dispute.donation.donor, dispute.donation.campaign.entity
    later = END + timedelta(days=1)
    assert statements.make(donor, entity=entity, year=2026, at=SOON) == "made"
    disputes.watch(at=later)
    run_jobs()
    found = YearStatement.objects.get()
    assert [[gift[-1] for gift in one.contents["gifts"]] for one in found.versions.order_by("version")] == [[0], [2500]]


def test_the_evidence_has_the_receipt_as_it_was_issued_also_when_it_is_lost(client):
    dispute = disputed()
    disputes.watch(at=END + timedelta(days=1))
    client.force_login(make_user("Fundraiser"))
    told = pages(evidence_of(client, dispute), "receipt.pdf")
    assert ("Receipt 2026-000001" in told, "cancelled" in told) == (True, False)
