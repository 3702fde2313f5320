"""Cheques and transfers: promised, recorded, and recorded once."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from campaigns import giving
from campaigns.models import Donation, Donor, LedgerEntry, Pledge
from tests.campaigns.gifts import begun
from tests.campaigns.test_giving import entries
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db


def test_a_promised_cheque_waits_under_its_reference_and_its_donor_is_told(run_jobs):
    donation = begun(make_campaign(), processor="offline")
    run_jobs()
    (message,) = mail.outbox
    assert (donation.status, donation.checkout_url, donation.processor_ref) == ("awaited", "", donation.reference)
    assert message.subject == "How to send your gift of €25"
    assert f"Reference: {donation.reference}" in message.body
    assert entries() == []


def test_the_mail_repeats_nothing_that_a_stranger_typed_and_an_address_gets_four_an_hour_at_most(run_jobs):
    campaign = make_campaign()
    for number in range(8):
        begun(campaign, processor="offline", amount=2500 + number, name="Win now at spam.example", message="Spam")
    run_jobs()
    assert len(mail.outbox) == 4
    assert not any("spam" in message.body.lower() for message in mail.outbox)


def test_what_arrived_is_recorded_with_its_amount_date_and_note_and_once():
    fundraiser = make_user("Fundraiser")
    donation = begun(make_campaign(), processor="offline")
    at = NOON + timedelta(days=3)
    for hours in range(2):
        giving.record_arrival(donation, amount=2000, by=fundraiser, at=at + timedelta(hours=hours), note="Cheque 117")
    entry = LedgerEntry.objects.get()
    assert (entry.amount, entry.at, entry.note, entry.recorded_by) == (2000, at, "Cheque 117", fundraiser)
    assert Donation.objects.get().problem == "€20 came instead of €25."


@pytest.mark.parametrize("changed", [{"amount": 9900}, {"note": "Cheque 118"}, {"at": NOON + timedelta(days=1)}])
def test_an_arrival_that_was_recorded_otherwise_is_never_answered_as_done(changed):
    donation = begun(make_campaign(), processor="offline")
    arrival: dict[str, Any] = {"amount": 2000, "by": None, "at": NOON, "note": "Cheque 117"}
    giving.record_arrival(donation, **arrival)
    with pytest.raises(ValidationError, match="This arrival was recorded already: €20 on 23 November 2026"):
        giving.record_arrival(donation, **arrival | changed)
    assert entries() == [("gift", 2000, "EUR")]


@pytest.mark.parametrize("verb", ["arrival", "cheque"])
def test_a_day_of_another_century_is_a_slip_of_the_hand(verb):
    campaign = make_campaign()
    donation = begun(campaign, processor="offline")
    record: Any = {
        "arrival": partial(giving.record_arrival, donation),
        "cheque": partial(giving.record_cheque, campaign, key="k"),
    }[verb]
    with pytest.raises(ValidationError, match="The day must not be before the year 2000"):
        record(amount=2500, by=None, at=NOON.replace(year=25))
    assert (entries(), Donation.objects.count()) == ([], 1)


def test_by_hand_is_what_a_processor_says_of_itself_and_not_its_name(settings, run_jobs):
    settings.PROCESSORS = {"cheque": ("campaigns.processors.offline.Offline", {})}
    campaign = make_campaign(ends_at=None)
    donation = begun(campaign, processor="cheque", rhythm="monthly")
    giving.record_arrival(donation, amount=2500, by=None, at=NOON)
    assert Pledge.objects.get().status == "active"
    assert giving.record_cheque(campaign, amount=100, key="k", by=None, at=NOON).processor == "cheque"


def test_a_card_gift_is_not_recorded_by_hand():
    donation = begun(make_campaign())
    with pytest.raises(ValidationError):
        giving.record_arrival(donation, amount=2500, by=None, at=NOON)
    assert entries() == []


def test_a_cheque_without_a_form_is_a_gift_too_also_after_the_end_and_once_a_key(run_jobs):
    campaign = make_campaign(status="closed")
    fundraiser = make_user("Fundraiser")
    for _ in range(2):
        giving.record_cheque(campaign, amount=5000, key="form-1", by=fundraiser, at=NOON, name="Old Friend")
    run_jobs()
    assert entries() == [("gift", 5000, "EUR")]
    assert list(Donor.objects.values_list("email", "name")) == [("", "Old Friend")]
    assert mail.outbox == []


@pytest.mark.parametrize(
    "changed", [{"amount": 300}, {"name": "Bob"}, {"email": "bob@example.org"}, {"anonymous": True}, {"note": "2"}]
)
def test_a_cheque_form_gone_back_to_and_changed_is_never_answered_as_done(changed):
    campaign = make_campaign()
    cheque: dict[str, Any] = {"amount": 5000, "key": "form-1", "by": None, "at": NOON, "name": "Ann"}
    giving.record_cheque(campaign, **cheque)
    with pytest.raises(ValidationError, match="This form was used already, for a gift of €50"):
        giving.record_cheque(campaign, **cheque | changed)
    with pytest.raises(ValidationError, match="This form was used already"):
        giving.record_cheque(make_campaign(), **cheque)
    assert (entries(), Donor.objects.count()) == ([("gift", 5000, "EUR")], 1)


def test_two_donors_without_an_address_are_two_people():
    campaign = make_campaign()
    for name in ("Ann", "Bob"):
        giving.record_cheque(campaign, amount=5000, key=name, by=None, at=NOON, name=name)
    assert Donor.objects.count() == 2


@pytest.mark.parametrize("group", ["", "Writer", "Editor"])
def test_others_record_nothing(group):
    campaign, stranger = make_campaign(), make_user(group)
    donation = begun(campaign, processor="offline")
    with pytest.raises(PermissionDenied):
        giving.record_arrival(donation, amount=2500, by=stranger, at=NOON)
    with pytest.raises(PermissionDenied):
        giving.record_cheque(campaign, amount=2500, key="k", by=stranger, at=NOON)
    assert entries() == []
