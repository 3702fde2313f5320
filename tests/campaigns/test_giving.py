"""The verbs of a gift."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import transaction

from campaigns import giving
from campaigns.models import Campaign, Donation, Donor, LedgerEntry, Pledge, Receipt, ReceiptSeries, SandboxPayment
from campaigns.processors.base import Payment, PaymentStatus, ProcessorFault, Uncertain
from campaigns.progress import progress_of
from campaigns.sandbox import bank
from tests.campaigns.gifts import a_gift, begun, received
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db


def entries() -> list[tuple[str, int, str]]:
    return list(LedgerEntry.objects.values_list("kind", "amount", "currency"))


def test_a_gift_is_a_row_before_the_processor_hears_of_it_and_is_told_by_its_token():
    donation = begun(make_campaign(), name="Ada", message="Go on", anonymous=True)
    payment = SandboxPayment.objects.get()
    assert (donation.status, donation.amount, donation.currency) == ("begun", 2500, "EUR")
    assert (payment.key, payment.amount, payment.currency) == (str(donation.token), 2500, "EUR")
    assert donation.processor_ref == payment.ref
    assert donation.checkout_url == f"/processors/sandbox/pay/{payment.ref}/"
    assert (donation.donor.email, donation.message, donation.anonymous) == ("ada@example.org", "Go on", True)
    assert donation.pledge is None
    assert entries() == []


def test_a_paid_gift_is_one_entry_and_one_receipt_however_often_it_is_settled():
    campaign = make_campaign()
    donation = received(campaign)
    for _ in range(3):
        giving.settle(donation, at=NOON + timedelta(hours=1))
    donation.refresh_from_db()
    assert (donation.status, donation.received_at, donation.problem) == ("received", NOON, "")
    assert entries() == [("gift", 2500, "EUR")]
    assert [receipt.full_number for receipt in Receipt.objects.all()] == ["2026-000001"]
    assert (progress_of(campaign).total, progress_of(campaign).gifts) == (2500, 1)


def test_a_declined_gift_says_so_and_leaves_no_money():
    donation = begun(make_campaign())
    bank.decline(donation.processor_ref, tell=False)
    donation = giving.settle(donation, at=NOON)
    assert (donation.status, donation.problem) == ("declined", "The bank declined the payment.")
    assert entries() == []


def test_a_gift_whose_first_answer_was_lost_still_leads_to_its_payment_page(settings):
    campaign = make_campaign()
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": ("tests.campaigns.doubles.LosesAnswers", {})}
    with pytest.raises(Uncertain):
        begun(campaign, key="k")
    settings.PROCESSORS = working
    donation = giving.settle(Donation.objects.get(), at=NOON)  # the desk's button, an early event
    assert (donation.processor_ref, donation.checkout_url) == (SandboxPayment.objects.get().ref, "")
    again = begun(campaign, key="k")
    assert (again, again.checkout_url) == (donation, f"/processors/sandbox/pay/{donation.processor_ref}/")
    assert (SandboxPayment.objects.count(), again.look_at) == (1, NOON + timedelta(minutes=10))


def test_a_donor_is_never_sent_to_a_payment_that_is_not_this_gifts(settings):
    campaign = make_campaign()
    donation = begun(campaign, key="k")
    Donation.objects.update(checkout_url="", processor_ref="pay_before")
    with pytest.raises(ProcessorFault):
        begun(campaign, key="k")
    donation.refresh_from_db()
    assert (donation.processor_ref, donation.checkout_url) == ("pay_before", "")


def test_a_payment_of_another_century_cannot_be_true():
    donation = begun(make_campaign())
    paid = Payment(donation.processor_ref, donation.key, PaymentStatus.PAID, 2500, "EUR", paid_at=NOON.replace(year=1970))
    with pytest.raises(giving.BooksDiffer):
        giving.record(donation, paid, at=NOON)
    assert entries() == []


def test_a_late_answer_is_awaited_and_then_received():
    donation = begun(make_campaign())
    bank.pay_later(donation.processor_ref)
    assert giving.settle(donation, at=NOON).status == "awaited"
    bank.pay(donation.processor_ref, at=NOON + timedelta(minutes=1), tell=False)
    assert giving.settle(donation, at=NOON + timedelta(minutes=2)).received_at == NOON + timedelta(minutes=1)


@pytest.mark.parametrize("status", [status for status in PaymentStatus if status != "paid"])
def test_an_answer_that_is_older_than_what_we_know_changes_nothing(status):
    donation = received(make_campaign())
    stale = Payment(donation.processor_ref, donation.key, status, 2500, "EUR", problem="Declined.")
    giving.record(donation, stale, at=NOON)
    donation.refresh_from_db()
    assert (donation.status, donation.problem, entries()) == ("received", "", [("gift", 2500, "EUR")])


def test_a_declined_gift_that_is_paid_after_all_is_received():
    donation = begun(make_campaign())
    giving.record(donation, Payment(donation.processor_ref, donation.key, PaymentStatus.DECLINED, 2500, "EUR"), at=NOON)
    giving.record(donation, Payment(donation.processor_ref, donation.key, PaymentStatus.PAID, 2500, "EUR"), at=NOON)
    assert Donation.objects.get().status == "received"


def test_what_really_came_is_written_down_when_it_differs():
    campaign = make_campaign()
    donation = begun(campaign)
    SandboxPayment.objects.update(amount=1999)
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    donation = giving.settle(donation, at=NOON)
    assert entries() == [("gift", 1999, "EUR")]
    assert donation.problem == "€19.99 came instead of €25."
    assert progress_of(campaign).total == 1999


def test_another_currency_never_counts_as_the_campaigns_own():
    campaign = make_campaign()
    donation = begun(campaign)
    SandboxPayment.objects.update(currency="JPY")
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    donation = giving.settle(donation, at=NOON)
    assert entries() == [("gift", 2500, "JPY")]
    assert donation.problem == "¥2,500 came instead of €25."
    assert (progress_of(campaign).total, progress_of(campaign).gifts) == (0, 0)


def test_a_payment_that_names_another_gift_is_refused():
    campaign = make_campaign()
    mine, other = begun(campaign), begun(campaign, email="ben@example.org")
    SandboxPayment.objects.filter(ref=mine.processor_ref).update(key="gone")
    SandboxPayment.objects.filter(ref=other.processor_ref).update(key=str(mine.token))
    bank.pay(mine.processor_ref, tell=False)
    with pytest.raises(giving.BooksDiffer):
        giving.settle(mine, at=NOON)
    assert entries() == []


def test_the_same_form_without_a_key_resumes_the_unfinished_gift():
    campaign = make_campaign()
    first = begun(campaign)
    again = begun(campaign, at=NOON + timedelta(minutes=29), email="ADA@example.org")
    assert again == first
    assert SandboxPayment.objects.count() == 1


def test_half_an_hour_later_it_is_another_gift():
    campaign = make_campaign()
    first = begun(campaign)
    assert begun(campaign, at=NOON + timedelta(minutes=31)) != first


@pytest.mark.parametrize(
    "changed",
    [{"amount": 2600}, {"name": "Bea"}, {"message": "!"}, {"anonymous": True}, {"rhythm": "monthly"}, {"processor": "offline"}],
)
def test_a_form_that_differs_in_anything_is_another_gift(changed):
    campaign = make_campaign()
    assert begun(campaign) != begun(campaign, **changed)


def test_the_same_form_just_after_it_was_received_tells_the_gift_that_came():
    campaign = make_campaign()
    donation = received(campaign)
    assert begun(campaign, at=NOON + timedelta(minutes=9)) == donation
    assert begun(campaign, at=NOON + timedelta(minutes=11)) != donation


def test_one_key_is_one_gift_whether_begun_or_received():
    campaign = make_campaign()
    first = begun(campaign, key="k1")
    assert begun(campaign, key="k1", at=NOON + timedelta(days=2)) == first
    bank.pay(first.processor_ref, at=NOON, tell=False)
    giving.settle(first, at=NOON)
    assert begun(campaign, key="k1").status == "received"
    assert begun(campaign, key="k2") != first
    assert Donation.objects.count() == 2


def test_another_key_from_the_same_browser_is_the_unfinished_gift_and_tells_the_one_that_arrived():
    campaign = make_campaign()
    first = giving.begin(campaign, gift=a_gift(), key="k1", sender="Ada's", at=NOON)
    assert giving.begin(campaign, gift=a_gift(), key="k2", sender="Ada's", at=NOON) == first
    assert giving.begin(campaign, gift=a_gift(), key="k2", sender="Ben's", at=NOON) != first
    bank.pay(first.processor_ref, at=NOON, tell=False)
    giving.settle(first, at=NOON)
    assert giving.begin(campaign, gift=a_gift(), key="k3", sender="Ada's", at=NOON + timedelta(minutes=9)) == first
    assert giving.begin(campaign, gift=a_gift(), key="k3", sender="Ada's", at=NOON + timedelta(minutes=11)) != first


def test_whoever_knows_of_a_gift_gives_another_one_and_only_one():
    campaign = make_campaign()
    first = giving.begin(campaign, gift=a_gift(), key="k1", sender="Ada's", at=NOON)
    bank.pay(first.processor_ref, at=NOON, tell=False)
    giving.settle(first, at=NOON)
    second = giving.begin(campaign, gift=a_gift(), key="k2", sender="Ada's", after=first.token, at=NOON)
    assert (second != first, second.status) == (True, "begun")
    assert giving.begin(campaign, gift=a_gift(), key="k3", sender="Ada's", after=first.token, at=NOON) == second
    assert giving.begin(make_campaign(), gift=a_gift(), key="k3", sender="Ada's", after=first.token, at=NOON).retry_of is None


def test_a_retry_names_the_first_try_by_its_key_and_by_the_gift_it_follows():
    campaign = make_campaign()
    first = begun(campaign, key="k1")
    giving.refuse(first, problem="No.", at=NOON)
    second = begun(campaign, key="k1")
    giving.refuse(second, problem="No.", at=NOON)
    third = giving.begin(campaign, gift=a_gift(amount=900), key="k9", after=second.token, at=NOON)
    assert (second.retry_of, third.retry_of) == (first, first)


def test_a_key_makes_room_for_another_attempt_after_a_decline():
    campaign = make_campaign()
    first = begun(campaign, key="k1")
    bank.decline(first.processor_ref, tell=False)
    giving.settle(first, at=NOON)
    second = begun(campaign, key="k1")
    assert (second != first, second.status) == (True, "begun")
    assert begun(campaign, key="k1") == second


def test_gifts_are_refused_at_the_second_the_end_passes():
    campaign = make_campaign(ends_at=NOON)
    assert begun(campaign, at=NOON - timedelta(seconds=1)).status == "begun"
    with pytest.raises(giving.CampaignTakesNoGifts):
        begun(campaign, at=NOON, email="late@example.org")
    assert Donation.objects.count() == 1


def test_a_campaign_that_was_closed_meanwhile_takes_nothing():
    campaign = make_campaign()
    Campaign.objects.update(status="closed")
    with pytest.raises(giving.CampaignTakesNoGifts):
        begun(campaign)
    assert Donation.objects.count() == 0


@pytest.mark.parametrize(
    "overrides", [{"amount": 99}, {"amount": 0}, {"amount": -5}, {"amount": 10**11 + 1}, {"processor": "pigeon"}]
)
def test_what_no_form_should_send_is_refused(overrides):
    campaign = make_campaign(minimum=100)
    with pytest.raises(ValidationError):
        begun(campaign, **overrides)
    assert (Donation.objects.count(), Donor.objects.count()) == (0, 0)


def test_one_address_is_one_donor_whose_name_is_that_of_the_first_gift_that_arrives():
    campaign = make_campaign()
    begun(campaign, name="Mallory", amount=500)
    received(campaign, name="Ada", email="Ada@Example.org")
    received(campaign, name="Adelaide", amount=700)
    assert list(Donor.objects.values_list("email", "name")) == [("ada@example.org", "Ada")]


def test_receipts_are_numbered_without_a_gap_within_the_newsrooms_year(settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    campaign = make_campaign(starts_at=NOON - timedelta(days=900), ends_at=None)
    new_year = NOON.replace(year=2025, month=12, day=31, hour=11)  # already 2026 in Auckland
    for moment, name in [(new_year - timedelta(hours=1), "a"), (new_year, "b"), (NOON, "c")]:
        received(campaign, at=moment, email=f"{name}@example.org")
    assert sorted(receipt.full_number for receipt in Receipt.objects.all()) == ["2025-000001", "2026-000001", "2026-000002"]


def test_a_receipt_number_taken_by_a_failing_transaction_is_taken_again():
    campaign = make_campaign()
    received(campaign, email="a@example.org")
    with suppress(RuntimeError), transaction.atomic():
        received(campaign, email="b@example.org")
        raise RuntimeError
    received(campaign, email="c@example.org")
    assert list(Receipt.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert ReceiptSeries.objects.get().last_number == 2


def test_the_receipt_is_mailed_once(run_jobs):
    received(make_campaign(thanks="<p>We <em>thank</em> you.</p>"), mail=True)
    run_jobs()
    run_jobs()
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["ada@example.org"], "Receipt 2026-000001 from Newsroom")
    assert "your gift of €25 has arrived" in message.body
    assert "We thank you." in message.body
    assert Receipt.objects.get().mailed_at is not None


def test_without_mail_nobody_is_written_to(run_jobs):
    received(make_campaign(), mail=False)
    received(make_campaign(), mail=False, processor="offline")
    run_jobs()
    assert mail.outbox == []
    assert {receipt.mailed_at for receipt in Receipt.objects.all()} == {NOON}


def test_the_first_gift_begins_the_pledge():
    donation = received(make_campaign(), rhythm="monthly")
    pledge = Pledge.objects.get()
    assert (pledge.status, pledge.amount, pledge.day, str(pledge.next_due)) == ("active", 2500, 23, "2026-12-23")
    assert pledge.mandate == SandboxPayment.objects.get().mandate != ""
    assert pledge.consent == "Give €25 monthly. A regular gift goes on until you stop it, by the link in any receipt."
    assert list(pledge.instalments.values_list("donation", "status")) == [(donation.pk, "paid")]


def test_an_unfinished_monthly_gift_begins_nothing():
    begun(make_campaign(), rhythm="monthly")
    pledge = Pledge.objects.get()
    assert (pledge.status, pledge.next_due) == ("begun", None)


def test_a_gift_in_past_moments_stands_where_it_belongs():
    campaign = make_campaign(starts_at=NOON - timedelta(days=400), ends_at=None)
    then = NOON - timedelta(days=365)
    received(campaign, at=then, amount=1200)
    entry = LedgerEntry.objects.get()
    assert (entry.at, Receipt.objects.get().year, Donation.objects.get().created_at) == (then, 2025, then)


def test_currencies_without_decimals_and_with_three_are_kept_exactly():
    yen = make_campaign(currency="JPY", goal=100_000, minimum=100, suggested_amounts=[1000])
    dinar = make_campaign(currency="KWD", goal=100_000, minimum=100, suggested_amounts=[1000])
    received(yen, amount=1001)
    received(dinar, amount=1234)
    assert progress_of(yen).words == "¥1,001 of ¥100,000"
    assert progress_of(dinar).words == "KWD\xa01.234 of KWD\xa0100.000"


def test_the_form_and_the_fingerprint_say_nothing_about_the_donor():
    donation = begun(make_campaign())
    assert "ada" not in donation.fingerprint + donation.submit_key
    assert begun(donation.campaign, email="ADA@example.org").fingerprint == donation.fingerprint
