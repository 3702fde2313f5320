"""What is recorded and sent back by hand at the desk, by hands that slip."""

import re
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from campaigns import giving
from campaigns.models import Donation, Donor, Instalment, LedgerEntry, Pledge, Receipt, SandboxPayment
from campaigns.sandbox import bank
from tests.campaigns.gifts import begun, received
from tests.campaigns.test_admin import said, signed_in
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db
CHEQUE = "/admin/campaigns/donation/cheque/"


@pytest.fixture
def fundraiser() -> Client:
    return signed_in("Fundraiser")


def a_cheque(**overrides) -> dict[str, str]:
    fields = {"amount": "25", "day": "2026-01-05", "name": "Ann", "email": "", "note": "", "key": "k"}
    return {"campaign": str(make_campaign().pk)} | fields | overrides


# Cheques


def test_the_next_cheque_typed_into_a_form_gone_back_to_is_told_and_then_recorded(fundraiser):
    first = a_cheque()
    fundraiser.post(CHEQUE, first)
    second = first | {"name": "Bob", "amount": "300"}
    response = fundraiser.post(CHEQUE, second)
    assert response.status_code == 422
    assert "This form was used already, for a gift of €25." in response.content.decode()
    form = response.context["form"]
    assert (form["name"].value(), form["amount"].value(), form["campaign"].value()) == ("Bob", "300", first["campaign"])
    fresh = re.findall(r'name="key" value="([0-9a-f]{32})"', response.content.decode())
    for _ in range(2):
        assert fundraiser.post(CHEQUE, second | {"key": fresh[0]}).status_code == 302
    assert LedgerEntry.objects.total() == 32500


def hidden(response, name: str) -> str:
    found = re.findall(rf'name="{name}" value="([^"]*)"', response.content.decode())
    return found[0] if found else ""


def drawn_anew(client: Client, address: str, typed: dict[str, str]) -> dict[str, str]:
    """Back, and the form once more: what was typed is still there, under the key that the page has now."""
    return typed | {"key": hidden(client.get(address), "key"), "after": ""}


def test_a_cheque_recorded_once_more_after_going_back_is_asked_about_first(fundraiser):
    typed = a_cheque()
    assert fundraiser.post(CHEQUE, typed).status_code == 302
    again = drawn_anew(fundraiser, CHEQUE, typed)
    asked = fundraiser.post(CHEQUE, again)
    first = Donation.objects.get()
    assert (asked.status_code, LedgerEntry.objects.total()) == (409, 2500)
    assert f"The same is recorded already: {first.reference} of €25, 5 January 2026, Ann." in asked.content.decode()
    meant = again | {"after": hidden(asked, "after"), "key": hidden(asked, "key")}
    assert meant["key"] == again["key"]
    for _ in range(2):
        assert fundraiser.post(CHEQUE, meant).status_code == 302
    assert (Donation.objects.count(), LedgerEntry.objects.total()) == (2, 5000)
    assert fundraiser.post(CHEQUE, drawn_anew(fundraiser, CHEQUE, typed)).status_code == 409


def test_another_sum_or_day_or_donor_is_no_repetition(fundraiser):
    typed = a_cheque()
    fundraiser.post(CHEQUE, typed)
    for changed in ({"amount": "26"}, {"day": "2026-01-06"}, {"name": "Bob"}, {"note": "No. 7"}):
        assert fundraiser.post(CHEQUE, drawn_anew(fundraiser, CHEQUE, typed) | changed).status_code == 302
    assert Donation.objects.count() == 5


@pytest.mark.parametrize("after", ["x", "-1", "9" * 40])
def test_a_forged_mark_of_what_is_known_is_refused_with_a_sentence(fundraiser, after):
    assert fundraiser.post(CHEQUE, a_cheque(after=after)).status_code == 422
    assert Donation.objects.count() == 0


def test_a_batch_sent_once_more_after_going_back_is_asked_about_first(fundraiser):
    several, campaign = "/admin/campaigns/donation/several/", make_campaign()
    lines = {"gift-0-amount": "25", "gift-0-day": "2026-01-05", "gift-1-amount": "25", "gift-1-day": "2026-01-05"}
    typed = {"campaign": str(campaign.pk), "rows": "10", **lines}
    first = typed | {"key": hidden(fundraiser.get(several), "key")}
    for _ in range(2):
        assert fundraiser.post(several, first).status_code == 302
    assert Donation.objects.count() == 2  # two alike on one page are two
    again = drawn_anew(fundraiser, several, typed)
    asked = fundraiser.post(several, again)
    assert (asked.status_code, Donation.objects.count()) == (409, 2)
    assert "The same is recorded already" in asked.content.decode()
    for _ in range(2):
        assert fundraiser.post(several, again | {"after": hidden(asked, "after")}).status_code == 302
    assert (Donation.objects.count(), LedgerEntry.objects.total()) == (4, 10000)


@pytest.mark.parametrize("processor", ["sandbox", "offline"])
def test_a_part_sent_back_once_more_after_going_back_is_asked_about_first(fundraiser, processor):
    donation = received(make_campaign(), processor=processor)
    address = f"/admin/campaigns/donation/{donation.pk}/refund/"
    typed = {"amount": "5", "note": "", "day": f"{timezone.localdate()}"}
    typed = drawn_anew(fundraiser, address, typed)
    for _ in range(2):
        assert fundraiser.post(address, typed).status_code == 302
    again = drawn_anew(fundraiser, address, typed)
    asked = fundraiser.post(address, again)
    assert (asked.status_code, LedgerEntry.objects.total()) == (409, 2000)
    assert "€5 of this gift was sent back on" in asked.content.decode()
    for _ in range(2):
        assert fundraiser.post(address, again | {"after": hidden(asked, "after")}).status_code == 302
    assert LedgerEntry.objects.total() == 1500


# What the desk says of a gift


def page_of(client: Client, donation: Donation) -> str:
    return client.get(f"/admin/campaigns/donation/{donation.pk}/change/").content.decode()


def test_a_gift_that_went_back_is_not_called_received(fundraiser):
    whole, part, stays = (received(make_campaign(), email=f"{name}@example.org") for name in "abc")
    giving.refund(whole, amount=2500, key=uuid4(), by=None, at=NOON)
    giving.refund(part, amount=500, key=uuid4(), by=None, at=NOON)
    taken = received(make_campaign(), email="d@example.org")
    bank.dispute(taken.processor_ref, at=NOON, tell=False)
    giving.settle(taken, at=NOON)
    said_of = {whole: "Sent back", part: "Received, a part sent back", taken: "Taken back by the donor’s bank"}
    listed = fundraiser.get("/admin/campaigns/donation/").content.decode()
    for donation, words in said_of.items():
        assert f'<div class="readonly">{words}</div>' in page_of(fundraiser, donation)
        assert f'<td class="field-standing">{words}</td>' in listed
    assert '<div class="readonly">Received</div>' in page_of(fundraiser, stays)


def test_the_page_that_sends_back_names_the_donor_and_what_is_left(fundraiser):
    donation = received(make_campaign())
    giving.refund(donation, amount=500, key=uuid4(), by=None, at=NOON)
    page = fundraiser.get(f"/admin/campaigns/donation/{donation.pk}/refund/").content.decode()
    for words in ["Ada", "ada@example.org", "Left of it", "€20"]:
        assert words in page


@pytest.mark.parametrize(
    ("processor", "why"), [("import:givewp", "an export of givewp"), ("gone", "is not set up here any more")]
)
def test_what_no_processor_can_do_is_not_offered_and_says_why(fundraiser, processor, why):
    donation = received(make_campaign())
    Donation.objects.update(processor=processor)
    page = page_of(fundraiser, donation)
    assert why in page
    assert "Send money back" not in page
    assert "Ask the processor" not in page
    for name in ("refund", "settle"):
        told = fundraiser.post(f"/admin/campaigns/donation/{donation.pk}/{name}/", {"amount": "5"}, follow=True)
        assert why in told.content.decode()
    assert LedgerEntry.objects.count() == 1


def test_a_look_alike_address_on_a_cheque_is_refused(fundraiser):
    response = fundraiser.post(CHEQUE, a_cheque(email="m\u0131ke@example.org"))
    assert (response.status_code, Donor.objects.count()) == (422, 0)


def test_a_donors_address_is_put_right_in_the_one_form_of_addresses(fundraiser):
    donor = begun(make_campaign()).donor
    empty = {f"{prefix}-{name}_FORMS": "0" for prefix in ("pledges", "donations") for name in ("TOTAL", "INITIAL")}
    fundraiser.post(f"/admin/campaigns/donor/{donor.pk}/change/", {"name": "Ada", "email": "ada@EXAMPLE.net"} | empty)
    donor.refresh_from_db()
    assert donor.email == "ada@example.net"


@pytest.mark.parametrize("day", ["0025-11-20", "1999-12-31"])
def test_a_day_before_the_year_2000_is_a_slip(fundraiser, day):
    donation = begun(make_campaign(), processor="offline")
    response = fundraiser.post(f"/admin/campaigns/donation/{donation.pk}/arrival/", {"amount": "25", "day": day})
    assert response.status_code == 422
    assert "type the year in full, 2000 or later" in response.content.decode()
    assert LedgerEntry.objects.count() == 0


# Refunds


def test_a_processor_sends_money_back_now_and_asks_for_no_day(fundraiser):
    donation = received(make_campaign(), at=timezone.now())
    address = f"/admin/campaigns/donation/{donation.pk}/refund/"
    assert b'name="day"' not in fundraiser.get(address).content
    fundraiser.post(address, {"amount": "10", "day": "2001-01-01", "key": str(uuid4())})
    assert donation.received_at
    assert LedgerEntry.objects.get(kind="refund").at >= donation.received_at


def test_a_cheque_goes_back_on_the_day_that_is_typed_and_not_before_it_came(fundraiser):
    campaign = make_campaign(starts_at=NOON.replace(month=1))
    donation = received(campaign, processor="offline", at=NOON.replace(month=3))
    address = f"/admin/campaigns/donation/{donation.pk}/refund/"
    early = fundraiser.post(address, {"amount": "10", "day": "2026-03-22", "key": str(uuid4())})
    assert "The gift came on 23 March 2026: it cannot go back before that day." in early.content.decode()
    fundraiser.post(address, {"amount": "10", "day": "2026-04-01", "key": str(uuid4())})
    assert LedgerEntry.objects.get(kind="refund").at.date().isoformat() == "2026-04-01"


def test_after_a_refusal_the_form_has_a_fresh_key_and_what_was_typed(fundraiser):
    donation = received(make_campaign(), at=timezone.now())
    address, key = f"/admin/campaigns/donation/{donation.pk}/refund/", str(uuid4())
    response = fundraiser.post(address, {"amount": "26", "note": "Twice", "key": key})
    form = response.context["form"]
    assert (form["amount"].value(), form["note"].value(), form["key"].value() != key) == ("26", "Twice", True)
    fundraiser.post(address, {"amount": "25", "note": "Twice", "key": str(form["key"].value())})
    assert LedgerEntry.objects.total() == 0


def test_what_came_in_another_currency_is_shown_and_goes_back_in_it(fundraiser):
    donation = begun(make_campaign(), at=timezone.now())
    SandboxPayment.objects.update(currency="JPY")
    bank.pay(donation.processor_ref, tell=False)
    giving.settle(donation, at=timezone.now())
    assert "¥2,500" in fundraiser.get("/admin/campaigns/donation/").content.decode()
    address = f"/admin/campaigns/donation/{donation.pk}/refund/"
    assert fundraiser.get(address).context["form"]["amount"].value() == "2500"
    too_much = fundraiser.post(address, {"amount": "2501", "key": str(uuid4())})
    assert "Only ¥2,500 of this gift is left to send back." in too_much.content.decode()
    done = fundraiser.post(address, {"amount": "2500", "key": str(uuid4())})
    assert said(done) == ["¥2,500 is sent back."]
    assert list(LedgerEntry.objects.values_list("amount", "currency")) == [(2500, "JPY"), (-2500, "JPY")]
    assert "¥2,500" in fundraiser.get("/admin/campaigns/refund/").content.decode()


# Receipts


def test_receipts_whose_mail_did_not_leave_are_found_and_sent_again(fundraiser, run_jobs):
    campaign = make_campaign()
    lost, sent = received(campaign), received(campaign, email="ben@example.org")
    giving.record_cheque(campaign, amount=700, key="k", by=None, at=NOON)
    Receipt.objects.filter(donation=lost).update(mailed_at=None)
    page = fundraiser.get("/admin/campaigns/receipt/", {"mail": "out"})
    assert [receipt.donation for receipt in page.context["cl"].result_list] == [lost]
    assert len(fundraiser.get("/admin/campaigns/receipt/", {"mail": "sent"}).context["cl"].result_list) == 1
    assert len(fundraiser.get("/admin/campaigns/receipt/", {"mail": "none"}).context["cl"].result_list) == 1
    everything = {"action": "send_again", "_selected_action": [receipt.pk for receipt in Receipt.objects.all()]}
    response = fundraiser.post("/admin/campaigns/receipt/", everything)
    assert said(response) == ["Queued to be mailed: 2.", "Without an address: 1."]
    run_jobs()
    assert sorted(message.to for message in mail.outbox) == [[lost.donor.email], [sent.donor.email]]
    assert Receipt.objects.filter(mailed_at=None).count() == 1


@pytest.mark.parametrize("group", [None, "", "Writer", "Editor"])
def test_others_send_no_receipt(group, run_jobs):
    received(make_campaign())
    client = Client() if group is None else signed_in(group)
    form = {"action": "send_again", "_selected_action": [Receipt.objects.get().pk]}
    assert client.post("/admin/campaigns/receipt/", form).status_code == (302 if group is None else 403)
    assert run_jobs() == []


# Pages of one row


@pytest.mark.parametrize("number", [1, 3])
def test_a_donors_and_a_pledges_page_cost_the_same_for_one_line_and_for_three(fundraiser, django_assert_num_queries, number):
    first = received(make_campaign(ends_at=None), rhythm="monthly")
    for turn in range(1, number):
        gift = received(make_campaign(ends_at=None), rhythm="monthly", amount=2600 + turn)
        Instalment.objects.filter(donation=gift).update(pledge=first.pledge_id, period=f"2027-0{turn}-01")
    for name, pk, queries in [("donor", first.donor_id, 9), ("pledge", first.pledge_id, 12), ("donation", first.pk, 11)]:
        fundraiser.get(f"/admin/campaigns/{name}/{pk}/change/")
        with django_assert_num_queries(queries):
            fundraiser.get(f"/admin/campaigns/{name}/{pk}/change/")


def test_a_donors_page_shows_the_latest_gifts_and_saves(fundraiser, monkeypatch):
    monkeypatch.setattr("campaigns.admin.reading.LINES", 2)
    gifts = [received(make_campaign(), amount=2500 + turn) for turn in range(3)]
    donor = gifts[0].donor
    page = fundraiser.get(f"/admin/campaigns/donor/{donor.pk}/change/")
    shown = [gift.reference in page.content.decode() for gift in gifts]
    assert shown == [False, True, True]
    formsets = [each.formset for each in page.context["inline_admin_formsets"]]
    fields = {f"{each.prefix}-{name}_FORMS": str(each.initial_form_count()) for each in formsets for name in ("TOTAL", "INITIAL")}
    fields |= {form.add_prefix("id"): str(form.instance.pk) for each in formsets for form in each.initial_forms}
    response = fundraiser.post(f"/admin/campaigns/donor/{donor.pk}/change/", {"name": "A. L.", "email": donor.email} | fields)
    donor.refresh_from_db()
    assert (response.status_code, donor.name, Donation.objects.count()) == (302, "A. L.", 3)


# What jobs could not do


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("The bank is closed.", "The bank is closed."),
        (
            "Unexpected: KeyError in stripe.py:88",
            "Something broke on our side. Tell whoever runs the site: KeyError in stripe.py:88.",
        ),
    ],
)
def test_a_gift_that_could_not_be_looked_up_says_so_and_is_found(fundraiser, kept, told):
    fine, troubled, arrived = (begun(make_campaign(), email=f"{name}@example.org") for name in "abc")
    Donation.objects.exclude(pk=fine.pk).update(look_problem=kept, look_at=NOON)
    bank.pay(arrived.processor_ref, tell=False)
    giving.settle(arrived, at=NOON)
    page = fundraiser.get(f"/admin/campaigns/donation/{troubled.pk}/change/").content.decode()
    assert f"It could not be told how the gift stands. {told}" in page
    assert "It is asked again on 23 November 2026, 12:00, or now by the button." in page
    for other in (fine, arrived):
        assert "could not be told" not in fundraiser.get(f"/admin/campaigns/donation/{other.pk}/change/").content.decode()
    found = fundraiser.get("/admin/campaigns/donation/?trouble=yes").context["cl"].result_list
    assert [donation.pk for donation in found] == [troubled.pk]


def test_a_gift_that_is_looked_up_no_more_says_so(fundraiser):
    donation = begun(make_campaign())
    Donation.objects.update(look_problem="The bank is closed.", look_at=None)
    page = fundraiser.get(f"/admin/campaigns/donation/{donation.pk}/change/").content.decode()
    assert "It is not asked again by itself: press the button." in page


def test_a_pledge_whose_gift_could_not_be_claimed_says_so_and_is_found(fundraiser):
    for name in "ab":
        received(make_campaign(), rhythm="monthly", email=f"{name}@example.org")
    fine, troubled = Pledge.objects.order_by("pk")
    Pledge.objects.filter(pk=troubled.pk).update(problem="Unexpected: ValueError in pledges.py:9")
    sentence = "The gift that was due could not be claimed. Something broke on our side."
    pages = {
        pledge: fundraiser.get(f"/admin/campaigns/pledge/{pledge.pk}/change/").content.decode() for pledge in (fine, troubled)
    }
    assert (sentence in pages[fine], sentence in pages[troubled]) == (False, True)
    assert "It is tried again every hour." in pages[troubled]
    found = fundraiser.get("/admin/campaigns/pledge/?trouble=yes").context["cl"].result_list
    assert [pledge.pk for pledge in found] == [troubled.pk]


@pytest.mark.parametrize("name", ["donation", "pledge"])
def test_an_editor_sees_no_trouble_of_donors(name):
    received(make_campaign(), rhythm="monthly")
    assert signed_in("Editor").get(f"/admin/campaigns/{name}/?trouble=yes").status_code == 403
