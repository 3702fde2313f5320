"""What they have and we have not: taken over once, or explained."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from campaigns import adopting, giving, inbox
from campaigns.checking import differences
from campaigns.comparing import compare
from campaigns.models import Difference, Donation, LedgerEntry, ProcessorTransaction, SandboxPayment
from campaigns.processors.base import ProcessorFault
from campaigns.sandbox import bank
from newsroom.models import Alarm, AuditEntry
from tests.campaigns.books import kept
from tests.campaigns.gifts import begun, received
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)


def found(line: ProcessorTransaction) -> Difference:
    compare(line.processor, at=LATER)
    return Difference.objects.get(transaction=line)


def ledger() -> list[tuple[str, int, str]]:
    return list(LedgerEntry.objects.order_by("pk").values_list("kind", "amount", "processor_ref"))


def test_a_payment_with_our_key_settles_its_gift():
    donation = begun(make_campaign())
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    line = kept(donation.processor_ref)
    Donation.objects.update(processor_ref="")  # the answer to our call was lost
    difference = found(ProcessorTransaction.objects.get(pk=line.pk))
    ProcessorTransaction.objects.update(key=donation.key)
    difference.refresh_from_db()
    user = make_user("Fundraiser")
    difference = adopting.adopt(Difference.objects.get(), by=user, at=LATER)
    assert (difference.status, difference.settled_by, ledger()) == ("adopted", user, [("gift", 2500, line.ref)])
    assert AuditEntry.objects.get(user=user).deed == "adopted"
    assert differences() == []


def test_a_payment_that_nobody_knows_becomes_a_gift_of_an_unknown_donor():
    campaign, difference = make_campaign(ends_at=None), found(kept("pay_theirs", fee=50, key="order-4711"))
    with pytest.raises(ValidationError, match="Choose the campaign"):
        adopting.adopt(difference, by=None, at=LATER)
    for _ in range(3):
        difference = adopting.adopt(difference, by=None, at=LATER, campaign=campaign)
    donation = Donation.objects.get()
    assert (difference.status, ledger()) == ("adopted", [("gift", 2500, "pay_theirs")])
    assert (donation.donor.name, donation.donor.email, donation.received_at, donation.fee) == ("Unknown donor", "", NOON, 50)
    assert differences() == []


def test_a_payment_that_nobody_knows_may_have_a_donor_who_gets_a_receipt(run_jobs):
    campaign = make_campaign()
    difference = found(kept())
    adopting.adopt(difference, by=None, at=LATER, campaign=campaign, email="ada@example.org", name="Ada")
    run_jobs()
    assert [message.to for message in mail.outbox if "Receipt" in message.subject] == [["ada@example.org"]]
    assert Donation.objects.get().name == "Ada"


def test_a_gift_that_was_lost_with_a_restored_backup_gets_its_key_back():
    campaign, key = make_campaign(), uuid4()
    adopting.adopt(found(kept(key=f"{key}")), by=None, at=LATER, campaign=campaign)
    assert Donation.objects.get().token == key


def test_what_the_bank_tells_of_an_adopted_gift_later_is_believed_though_its_key_is_another_shops(run_jobs):
    campaign = make_campaign()
    other = begun(campaign)
    bank.pay(other.processor_ref, at=NOON, tell=False)
    SandboxPayment.objects.update(key="order-4711")
    Donation.objects.all().delete()
    adopting.adopt(found(kept(other.processor_ref, key="order-4711")), by=None, at=LATER, campaign=campaign)
    bank.refund(other.processor_ref, amount=700, key="theirs", at=NOON, tell=False)
    headers, body = bank.signed_event(other.processor_ref, "payment.refund")
    event = inbox.receive("sandbox", headers=headers, body=body, at=LATER)
    assert inbox.process(event, at=LATER).status == "done"
    assert (LedgerEntry.objects.total(), differences()) == (1800, [])


def test_the_same_payment_adopted_again_is_no_second_gift():
    campaign = make_campaign()
    difference = found(kept())
    adopting.adopt(difference, by=None, at=LATER, campaign=campaign)
    Difference.objects.update(status="open")
    adopting.adopt(Difference.objects.get(), by=None, at=LATER, campaign=campaign)
    assert (ledger(), Donation.objects.count()) == ([("gift", 2500, "pay_theirs")], 1)


def test_a_movement_that_the_books_do_not_tell_of_their_payment_is_believed_by_its_line():
    donation = received(make_campaign())
    line = kept("re_1", kind="refund", amount=-700, payment=donation.processor_ref)
    assert not adopting.adopt_by_itself(found(line), at=LATER)  # the look-up says nothing of it
    adopting.adopt(Difference.objects.get(), by=None, at=LATER)
    assert ledger()[1:] == [("refund", -700, "re_1")]
    assert differences() == []


@pytest.mark.parametrize("kind", ["refund", "refund_failed", "dispute", "dispute_won"])
def test_every_kind_of_movement_can_be_adopted(kind):
    donation = received(make_campaign())
    if kind != "refund":
        bank.refund(donation.processor_ref, amount=700, key="r", at=NOON, tell=False)
        giving.settle(donation, at=LATER)
    if kind == "dispute_won":
        bank.dispute(donation.processor_ref, at=NOON, tell=False)
        giving.settle(donation, at=LATER)
    sign = -1 if kind in {"refund", "dispute"} else 1
    difference = found(kept("m_1", kind=kind, amount=sign * 700, payment=donation.processor_ref))
    assert adopting.adopt(difference, by=None, at=LATER).status == "adopted"
    assert ledger()[-1] == (kind, sign * 700, "m_1")
    assert differences() == []


def test_a_movement_waits_for_its_payment():
    difference = found(kept("re_1", kind="refund", amount=-700, payment="pay_theirs"))
    with pytest.raises(ValidationError, match="Adopt the payment first"):
        adopting.adopt(difference, by=None, at=LATER)
    adopting.adopt(found(kept()), by=None, at=LATER, campaign=make_campaign())
    adopting.adopt(difference, by=None, at=LATER)
    assert ledger() == [("gift", 2500, "pay_theirs"), ("refund", -700, "re_1")]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ({"amount": -2600}, "more was refunded than came"),
        ({"amount": -700, "currency": "USD"}, "the gift came in EUR"),
    ],
)
def test_a_movement_that_cannot_be_is_refused(line, sentence):
    donation = received(make_campaign())
    difference = found(kept("re_1", kind="refund", payment=donation.processor_ref, **line))
    with pytest.raises(ValidationError, match=sentence):
        adopting.adopt(difference, by=None, at=LATER)
    assert (len(ledger()), Difference.objects.get().status) == (1, "open")


@pytest.mark.parametrize("line", [{"amount": -5}, {"currency": "XAU"}, {"currency": "DEM"}])
def test_a_payment_that_is_no_gift_is_refused(line):
    with pytest.raises(ValidationError, match="cannot be kept"):
        adopting.adopt(found(kept(**line)), by=None, at=LATER, campaign=make_campaign())
    assert Donation.objects.count() == 0


def test_a_second_payment_under_the_key_of_one_gift_is_another_gift():
    donation = received(make_campaign())
    difference = found(kept("pay_second", key=donation.key))
    assert not adopting.adopt_by_itself(difference, at=LATER)
    adopting.adopt(difference, by=None, at=LATER, campaign=donation.campaign)
    assert [kind for kind, _, _ in ledger()] == ["gift", "gift"]
    assert differences() == []


def test_a_known_gift_whose_processor_gives_no_answer_is_adopted_later(settings):
    donation = begun(make_campaign())
    difference = found(kept(donation.processor_ref))
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.Down", {})}
    with pytest.raises(ProcessorFault):
        adopting.adopt(difference, by=None, at=LATER)
    assert (ledger(), Difference.objects.get().status) == ([], "open")


def test_what_only_we_have_is_not_adopted_but_explained():
    entry = received(make_campaign()).entries.get()
    difference = Difference.objects.create(processor="sandbox", side="ours", entry=entry, found_at=NOON)
    with pytest.raises(ValidationError, match="Only what the processor alone has"):
        adopting.adopt(difference, by=None, at=LATER)
    with pytest.raises(ValidationError, match="Write down what it is"):
        adopting.explain(difference, note=" ", by=None, at=LATER)
    difference = adopting.explain(difference, note="Paid out by hand.", by=None, at=LATER)
    assert (difference.status, difference.note, LedgerEntry.objects.total()) == ("explained", "Paid out by hand.", 2500)
    compare("sandbox", at=LATER)
    difference.refresh_from_db()
    assert difference.status == "explained"


def test_the_alarm_is_over_with_the_last_open_difference():
    first, second = found(kept("pay_1")), found(kept("pay_2"))
    adopting.heed("sandbox", at=LATER, is_new=True)
    adopting.explain(first, note="Another shop's.", by=None, at=LATER)
    assert Alarm.objects.get().over_at is None
    adopting.explain(second, note="Another shop's.", by=None, at=LATER)
    assert Alarm.objects.get().over_at == LATER


def test_a_stranger_may_neither_adopt_nor_explain():
    difference, user = found(kept()), make_user("Editor")
    with pytest.raises(PermissionDenied):
        adopting.adopt(difference, by=user, at=LATER, campaign=make_campaign())
    with pytest.raises(PermissionDenied):
        adopting.explain(difference, note="Mine.", by=user, at=LATER)
    assert (ledger(), Difference.objects.get().status) == ([], "open")


# The desk

LIST = "/admin/campaigns/difference/"


def page_of(client: Any, difference: Difference, deed: str = "change") -> str:
    response = client.get(f"{LIST}{difference.pk}/{deed}/")
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_shows_what_is_open_with_both_figures(client):
    donation = received(make_campaign())
    differs, theirs = found(kept(donation.processor_ref, amount=2400)), found(kept("pay_theirs", amount=900))
    adopting.explain(theirs, note="Another shop's.", by=None, at=LATER)
    client.force_login(make_user("Fundraiser"))
    page = client.get(LIST).content.decode()
    assert ("€24" in page, "€25" in page, "€9" in page) == (True, True, False)
    assert "€9" in client.get(LIST + "?state=explained&side=theirs").content.decode()
    assert "Both have it, with other figures." in page_of(client, differs)
    assert "Adopt it" not in page_of(client, differs)


def test_a_fundraiser_adopts_an_unknown_payment(client):
    campaign, elsewhere = make_campaign(), make_campaign(currency="USD")
    difference = found(kept())
    client.force_login(make_user("Fundraiser"))
    assert "Adopt it" in page_of(client, difference)
    form = page_of(client, difference, "adopt")
    assert (campaign.title in form, elsewhere.title in form) == (True, False)
    nothing = client.post(f"{LIST}{difference.pk}/adopt/", {"campaign": "", "email": "no address"})
    assert (nothing.status_code, ledger()) == (422, [])
    client.post(f"{LIST}{difference.pk}/adopt/", {"campaign": campaign.pk, "name": "Bo", "email": ""})
    assert ledger() == [("gift", 2500, "pay_theirs")]
    assert Donation.objects.get().donor.name == "Bo"
    assert "Adopt it" not in page_of(client, difference)


def test_a_fundraiser_adopts_what_belongs_to_a_known_gift_without_typing(client):
    donation = begun(make_campaign())
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    difference = found(kept(donation.processor_ref))
    client.force_login(make_user("Fundraiser"))
    assert donation.reference in page_of(client, difference)
    client.post(f"{LIST}{difference.pk}/adopt/")
    assert ledger() == [("gift", 2500, donation.processor_ref)]


def test_a_refusal_is_said_on_the_page(client, settings):
    donation = begun(make_campaign())
    known = found(kept(donation.processor_ref))
    orphan = found(kept("re_1", kind="refund", amount=-700, payment="pay_of_nobody"))
    client.force_login(make_user("Fundraiser"))
    assert "Adopt the payment first" in client.post(f"{LIST}{orphan.pk}/adopt/").content.decode()
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.Down", {})}
    assert "The bank is closed." in client.post(f"{LIST}{known.pk}/adopt/").content.decode()


def test_a_fundraiser_marks_one_as_looked_into(client):
    difference = found(kept())
    client.force_login(make_user("Fundraiser"))
    assert client.post(f"{LIST}{difference.pk}/explain/", {"note": ""}).status_code == 422
    client.post(f"{LIST}{difference.pk}/explain/", {"note": "Another shop's."})
    difference.refresh_from_db()
    assert (difference.status, difference.note) == ("explained", "Another shop's.")


@pytest.mark.parametrize("group", ["Writer", "Editor"])
def test_a_stranger_sees_no_difference_and_settles_none(client, group):
    difference, campaign = found(kept()), make_campaign()
    client.force_login(make_user(group))
    for deed in ("", f"{difference.pk}/change/", f"{difference.pk}/adopt/", f"{difference.pk}/explain/"):
        assert client.get(LIST + deed).status_code == 403
    assert client.post(f"{LIST}{difference.pk}/adopt/", {"campaign": campaign.pk}).status_code == 403
    assert client.post(f"{LIST}{difference.pk}/explain/", {"note": "Mine."}).status_code == 403
    assert client.get("/admin/campaigns/processortransaction/").status_code == 403
    assert (ledger(), Difference.objects.get().status) == ([], "open")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_ask_the_same_however_many_there_are(client, django_assert_num_queries, rows):
    for number in range(rows):
        found(kept(f"pay_{number}", fee=20))
    client.force_login(make_user("Fundraiser"))
    with django_assert_num_queries(7):
        assert client.get(LIST).content.decode().count("€25") == rows
    with django_assert_num_queries(7):
        assert client.get("/admin/campaigns/processortransaction/").content.decode().count("€25") == rows


def test_a_line_of_their_books_can_be_looked_up(client):
    line = kept(fee=73, payout="po_1")
    client.force_login(make_user("Fundraiser"))
    page = client.get(f"/admin/campaigns/processortransaction/{line.pk}/change/").content.decode()
    assert ("€0.73" in page, "po_1" in page) == (True, True)
