"""Gifts at the desk: found, recorded, sent back, looked up, replayed."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from campaigns import inbox
from campaigns.models import Donor, LedgerEntry, OfflineInstructions, ProcessorEvent, Refund
from campaigns.sandbox import bank
from tests.campaigns.gifts import begun, received
from tests.campaigns.test_admin import said, signed_in
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def fundraiser() -> Client:
    return signed_in("Fundraiser")


def test_a_gift_is_found_by_reference_name_or_address(fundraiser):
    campaign = make_campaign()
    donation = received(campaign, name="Ada Lund", email="ada@example.org")
    received(campaign, name="Ben", email="ben@example.org")
    for words in (donation.reference, "lund", "ada@example"):
        page = fundraiser.get("/admin/campaigns/donation/", {"q": words}).content.decode()
        assert (donation.reference in page, "Ben" in page) == (True, False)


def test_a_promised_cheque_is_recorded_with_what_was_on_it_and_once(fundraiser):
    donation = begun(make_campaign(), processor="offline")
    address = f"/admin/campaigns/donation/{donation.pk}/arrival/"
    assert 'value="25"' in fundraiser.get(address).content.decode()
    for _ in range(2):
        response = fundraiser.post(address, {"amount": "20.00", "day": "2026-11-20", "note": "Cheque 9"})
    assert response.headers["Location"] == f"/admin/campaigns/donation/{donation.pk}/change/"
    entry = LedgerEntry.objects.get()
    assert (entry.amount, entry.at, entry.note) == (2000, datetime(2026, 11, 20, 12, tzinfo=UTC), "Cheque 9")
    assert entry.recorded_by is not None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"amount": "x"}, "Type an amount in figures"),
        ({"amount": "-5"}, "Type an amount in figures"),
        ({"amount": "0"}, "more than nothing"),
        ({"day": "2999-01-01"}, "still to come"),
        ({"day": "yesterday"}, "valid date"),
    ],
)
def test_a_wrong_arrival_is_told_and_not_recorded(fundraiser, wrong, sentence):
    donation = begun(make_campaign(), processor="offline")
    form = {"amount": "25", "day": "2026-11-20"} | wrong
    response = fundraiser.post(f"/admin/campaigns/donation/{donation.pk}/arrival/", form)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert LedgerEntry.objects.count() == 0


def test_a_cheque_without_a_form_is_recorded_once(fundraiser):
    campaign = make_campaign(status="closed")
    page = fundraiser.get("/admin/campaigns/donation/cheque/")
    key = page.context["form"]["key"].value()
    form = {"campaign": campaign.pk, "amount": "1,250.00", "day": str(timezone.localdate()), "name": "Old Friend", "key": key}
    for _ in range(2):
        assert fundraiser.post("/admin/campaigns/donation/cheque/", form).status_code == 302
    assert list(LedgerEntry.objects.values_list("amount", flat=True)) == [125_000]
    assert Donor.objects.get().name == "Old Friend"


def test_money_is_sent_back_by_a_form_that_works_once(fundraiser):
    donation = received(make_campaign())
    address = f"/admin/campaigns/donation/{donation.pk}/refund/"
    key = fundraiser.get(address).context["form"]["key"].value()
    for _ in range(2):
        fundraiser.post(address, {"amount": "10", "day": "2026-11-23", "note": "Twice given", "key": str(key)})
    assert list(LedgerEntry.objects.values_list("kind", "amount")) == [("gift", 2500), ("refund", -1000)]
    response = fundraiser.post(address, {"amount": "15.01", "day": "2026-11-23", "key": str(uuid4())})
    assert "Only €15 of this gift is left to send back." in response.content.decode()


def test_a_refund_without_an_answer_is_told_and_may_be_asked_again(fundraiser, settings):
    donation = received(make_campaign())
    address, form = f"/admin/campaigns/donation/{donation.pk}/refund/", {"amount": "10", "day": "2026-11-23", "key": str(uuid4())}
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": ("tests.campaigns.doubles.LosesAnswers", {})}
    response = fundraiser.post(address, form)
    assert "nothing happens twice" in response.content.decode()
    assert form["key"] in response.content.decode()
    settings.PROCESSORS = working
    fundraiser.post(address, form)
    assert LedgerEntry.objects.total() == 1500
    assert Refund.objects.get().status == "done"


def test_a_gift_is_looked_up_by_hand(fundraiser):
    donation = begun(make_campaign())
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    response = fundraiser.post(f"/admin/campaigns/donation/{donation.pk}/settle/")
    assert said(response) == ["Looked up: received."]
    assert LedgerEntry.objects.total() == 2500


def test_looking_is_not_changing(fundraiser):
    donation = begun(make_campaign())
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    fundraiser.get(f"/admin/campaigns/donation/{donation.pk}/settle/")
    assert LedgerEntry.objects.count() == 0


def test_a_processor_that_is_down_is_told(fundraiser, settings):
    donation = begun(make_campaign())
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.Down", {})}
    response = fundraiser.post(f"/admin/campaigns/donation/{donation.pk}/settle/")
    assert said(response) == ["The processor gave no answer: The bank is closed."]


def test_an_event_is_processed_again_from_its_list(fundraiser, run_jobs):
    donation = begun(make_campaign())
    headers, body = bank.signed_event(donation.processor_ref, "payment.paid")
    event = inbox.receive("sandbox", headers=headers, body=body, at=NOON)
    run_jobs()
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    response = fundraiser.post("/admin/campaigns/processorevent/", {"action": "replay", "_selected_action": [event.pk]})
    assert said(response) == ["Queued to be processed again: 1."]
    run_jobs()
    assert LedgerEntry.objects.total() == 2500
    assert ProcessorEvent.objects.get().status == "done"


@pytest.mark.parametrize("group", ["", "Writer", "Editor"])
def test_others_replay_nothing(group):
    donation = begun(make_campaign())
    headers, body = bank.signed_event(donation.processor_ref, "payment.paid")
    event = inbox.receive("sandbox", headers=headers, body=body, at=NOON)
    ProcessorEvent.objects.update(status="failed")
    client = signed_in(group)
    assert (
        client.post("/admin/campaigns/processorevent/", {"action": "replay", "_selected_action": [event.pk]}).status_code == 403
    )
    assert ProcessorEvent.objects.get().status == "failed"


def test_the_way_to_send_a_cheque_is_written_at_the_desk(fundraiser):
    assert fundraiser.get("/admin/campaigns/offlineinstructions/").headers["Location"].endswith("/1/change/")
    fundraiser.post("/admin/campaigns/offlineinstructions/1/change/", {"text": "Account 42."})
    assert OfflineInstructions.objects.get().text == "Account 42."
    assert signed_in("Editor").get("/admin/campaigns/offlineinstructions/").status_code == 403
