"""The fundraisers' desk, and its closed doors."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from campaigns import giving, inbox, processors
from campaigns.models import Campaign, Donation, LedgerEntry
from campaigns.sandbox import bank
from tests.campaigns.gifts import begun, received
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db
LISTS = ["campaign", "donation", "donor", "pledge", "ledgerentry", "receipt", "refund", "processorevent"]
OF_DONORS = LISTS[1:]
QUERIES = {  # where people are named, one of them writes down who looked
    "campaign": 7,
    "donation": 9,
    "donor": 7,
    "pledge": 9,
    "ledgerentry": 8,
    "receipt": 8,
    "refund": 6,
    "processorevent": 7,
}


def signed_in(group: str) -> Client:
    client = Client()
    client.force_login(make_user(group))
    return client


@pytest.fixture
def fundraiser() -> Client:
    return signed_in("Fundraiser")


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


NO_INLINES = {f"{name}-{form}_FORMS": "0" for name in ("translations", "pools") for form in ("TOTAL", "INITIAL")}


def campaign_form(**overrides) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "title": "The winter",
        "slug": "the-winter",
        "call": "Help us through it.",
        "appeal": "",
        "story": "<p>It is cold.</p>",
        "thanks": "",
        "goal_kind": "amount",
        "goal": "40,000",
        "language": "en",
        "rhythms": ["once", "monthly"],
        "takes_own_amount": "on",
        "currency": "EUR",
        "suggested_amounts": "10, 25.50, 50",
        "suggested_monthly": "5, 10",
        "minimum": "1",
        "starts_at_0": "2026-01-01",
        "starts_at_1": "00:00",
        "ends_at_0": "2100-01-01",
        "ends_at_1": "00:00",
        "image": "",
        "priority": "0",
        **NO_INLINES,
    }
    return fields | overrides


# Who may see what


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("group", ["Fundraiser", "Administrator"])
def test_fundraisers_and_administrators_see_the_books(group, name):
    donation = received(make_campaign(), rhythm="monthly")
    client = signed_in(group)
    assert client.get(f"/admin/campaigns/{name}/").status_code == 200
    if name == "donation":
        assert client.get(f"/admin/campaigns/donation/{donation.pk}/change/").status_code == 200


@pytest.mark.parametrize("name", OF_DONORS)
@pytest.mark.parametrize("group", ["", "Writer", "Editor"])
def test_others_see_no_donor_and_no_money(group, name):
    donation = received(make_campaign(), rhythm="monthly")
    client = signed_in(group)
    assert client.get(f"/admin/campaigns/{name}/").status_code == 403
    assert client.get(f"/admin/campaigns/donation/{donation.pk}/change/").status_code in {302, 403}
    assert "ada@example.org" not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_strangers_are_sent_to_sign_in(client, name):
    assert client.get(f"/admin/campaigns/{name}/").status_code == 302


@pytest.mark.parametrize("deed", ["arrival", "refund", "settle"])
@pytest.mark.parametrize("group", [None, "", "Writer", "Editor"])
def test_others_do_nothing_to_a_gift(group, deed):
    donation = begun(make_campaign(), processor="offline")
    client = Client() if group is None else signed_in(group)
    form = {"amount": "25", "day": "2026-01-01", "key": str(uuid4())}
    assert client.post(f"/admin/campaigns/donation/{donation.pk}/{deed}/", form).status_code == (302 if group is None else 403)
    assert client.get(f"/admin/campaigns/donation/{donation.pk}/{deed}/").status_code == (302 if group is None else 403)
    assert LedgerEntry.objects.count() == 0


@pytest.mark.parametrize("group", [None, "", "Writer", "Editor"])
def test_others_record_no_cheque(group):
    campaign = make_campaign()
    client = Client() if group is None else signed_in(group)
    form = {"campaign": campaign.pk, "amount": "25", "day": "2026-01-01", "key": "k"}
    assert client.post("/admin/campaigns/donation/cheque/", form).status_code == (302 if group is None else 403)
    assert Donation.objects.count() == 0


@pytest.mark.parametrize("name", [name for name in OF_DONORS if name != "donor"])
def test_nobody_adds_changes_or_deletes_by_hand(name):
    donation = received(make_campaign(), rhythm="monthly")
    client = signed_in("Administrator")
    rows = {"donation": donation.pk, "pledge": donation.pledge_id, "ledgerentry": LedgerEntry.objects.get().pk}
    assert client.get(f"/admin/campaigns/{name}/add/").status_code == 403
    if pk := rows.get(name):
        assert client.post(f"/admin/campaigns/{name}/{pk}/change/", {"amount": "1"}).status_code == 403
        assert client.post(f"/admin/campaigns/{name}/{pk}/delete/", {"post": "yes"}).status_code == 403
    assert LedgerEntry.objects.total() == 2500


@pytest.mark.parametrize("group", ["", "Writer"])
def test_writers_do_not_touch_campaigns(group):
    campaign = make_campaign(status="draft")
    client = signed_in(group)
    assert client.get("/admin/campaigns/campaign/").status_code == 403
    assert client.post("/admin/campaigns/campaign/add/", campaign_form()).status_code == 403
    assert client.post(f"/admin/campaigns/campaign/{campaign.pk}/change/", campaign_form(_open="")).status_code == 403
    assert client.get(f"/admin/campaigns/campaign/{campaign.pk}/preview/").status_code == 403
    assert list(Campaign.objects.values_list("status", flat=True)) == ["draft"]


# Campaigns


@pytest.mark.parametrize("group", ["Editor", "Fundraiser", "Administrator"])
def test_a_campaign_is_written_in_the_currencys_own_figures_and_opened(group):
    response = signed_in(group).post("/admin/campaigns/campaign/add/", campaign_form(_open=""))
    campaign = Campaign.objects.get()
    assert response.headers["Location"] == f"/admin/campaigns/campaign/{campaign.pk}/change/"
    assert (campaign.goal, campaign.minimum) == (4_000_000, 100)
    assert (campaign.suggested_amounts, campaign.suggested_monthly) == ([1000, 2550, 5000], [500, 1000])
    assert (campaign.status, campaign.opened_at is not None) == ("open", True)
    assert said(response) == ["“The winter” is saved. Open, until 1 January 2100, 00:00."]


def test_amounts_come_back_as_they_are_typed(fundraiser):
    campaign = make_campaign(goal=4_000_050, suggested_amounts=[1000, 2550])
    page = fundraiser.get(f"/admin/campaigns/campaign/{campaign.pk}/change/").content.decode()
    assert 'value="40000.50"' in page
    assert 'value="10, 25.50"' in page


@pytest.mark.parametrize(
    ("currency", "typed", "minor"), [("JPY", "40000", 40_000), ("KWD", "40.125", 40_125), ("eur", "40", 4000)]
)
def test_every_currency_has_its_own_decimals(fundraiser, currency, typed, minor):
    fundraiser.post("/admin/campaigns/campaign/add/", campaign_form(currency=currency, goal=typed, suggested_amounts="10, 20"))
    campaign = Campaign.objects.get()
    assert (campaign.goal, campaign.currency) == (minor, currency.upper())


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"goal": "much"}, "Type an amount in figures"),
        ({"goal": "0"}, "more than nothing"),
        ({"suggested_amounts": "10, x"}, "Type an amount in figures"),
        ({"currency": "EURO"}, "at most 3 characters"),
        ({"currency": "ZZZ"}, "three-letter currency code"),
        ({"currency": "XAU"}, "money that people pay with today"),
        ({"currency": "xts"}, "money that people pay with today"),
        ({"currency": "DEM"}, "money that people pay with today"),
        ({"goal": "$40,000"}, "Amounts here are in EUR."),
        ({"minimum": "0.001"}, "at most 2 decimals"),
        ({"ends_at_0": "2025-01-01"}, "The end must come after the start."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(fundraiser, wrong, sentence):
    response = fundraiser.post("/admin/campaigns/campaign/add/", campaign_form(**wrong))
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert Campaign.objects.count() == 0


def test_a_campaign_that_cannot_open_is_saved_and_says_why(fundraiser):
    response = fundraiser.post("/admin/campaigns/campaign/add/", campaign_form(_open="", minimum="20"))
    assert Campaign.objects.get().status == "draft"
    assert said(response) == ["“The winter” is saved, but not opened. A suggested amount is below the smallest gift, €20."]


def test_an_open_campaign_is_closed_by_its_button(fundraiser):
    campaign = make_campaign()
    fundraiser.post(f"/admin/campaigns/campaign/{campaign.pk}/change/", campaign_form(_close=""))
    campaign.refresh_from_db()
    assert (campaign.status, campaign.slug != "the-winter") == ("closed", True)


def test_the_currency_stays_once_somebody_gave(fundraiser):
    campaign = make_campaign()
    begun(campaign)
    response = fundraiser.post(f"/admin/campaigns/campaign/{campaign.pk}/change/", campaign_form(currency="USD"))
    assert "it cannot change any more" in response.content.decode()
    campaign.refresh_from_db()
    assert campaign.currency == "EUR"


def test_a_new_campaign_says_what_it_needs_and_begins_now_with_the_usual_rhythms(fundraiser):
    page = fundraiser.get("/admin/campaigns/campaign/add/").content.decode()
    assert "What is marked “needed” has to be filled in" in page
    assert f'name="starts_at_0" value="{timezone.localdate()}"' in page
    chosen = re.findall(r'name="rhythms" value="(\w+)"[^>]*checked', page)
    assert chosen == ["once", "monthly"]


def test_the_desk_writes_days_and_processors_in_one_way(fundraiser):
    gift = received(make_campaign(), at=NOON)
    listed = fundraiser.get("/admin/campaigns/donation/").content.decode()
    ledger = fundraiser.get("/admin/campaigns/ledgerentry/").content.decode()
    told = fundraiser.get(f"/admin/campaigns/donation/{gift.pk}/change/").content.decode()
    assert "23 November 2026</td>" in listed
    assert all("23 November 2026, 12:00" in page for page in (ledger, told))
    for page in (listed, ledger, told):
        assert "Card (pretended)" in page
        assert ">sandbox<" not in page


def test_two_processors_of_one_kind_are_told_apart(settings):
    kind = settings.PROCESSORS["sandbox"]
    settings.PROCESSORS = {**settings.PROCESSORS, "sandbox-2": kind}
    assert processors.labels()["sandbox-2"] == "Card (pretended) (sandbox-2)"
    assert processors.labels()["offline"] == processors.called("offline") == "Cheque or bank transfer"
    assert processors.called("gone") == "gone"


def test_currencies_are_offered_by_name_and_gold_is_not(fundraiser):
    page = fundraiser.get("/admin/campaigns/campaign/add/").content.decode()
    assert '<option value="CHF">Swiss Franc</option>' in page
    assert "XAU" not in page


def test_a_campaign_in_past_money_can_be_closed_but_not_opened(fundraiser):
    campaign = make_campaign(currency="HRK")
    address = f"/admin/campaigns/campaign/{campaign.pk}/change/"
    fundraiser.post(address, campaign_form(_close="", currency="HRK"))
    campaign.refresh_from_db()
    assert campaign.status == "closed"
    response = fundraiser.post(address, campaign_form(_open="", currency="HRK"))
    campaign.refresh_from_db()
    assert campaign.status == "closed"
    assert "money that people pay with today" in " ".join(said(response))


def test_what_was_open_once_is_not_deleted(fundraiser):
    opened, draft = make_campaign(), make_campaign(status="draft", opened_at=None)
    assert fundraiser.post(f"/admin/campaigns/campaign/{opened.pk}/delete/", {"post": "yes"}).status_code == 403
    assert fundraiser.post(f"/admin/campaigns/campaign/{draft.pk}/delete/", {"post": "yes"}).status_code == 302
    assert list(Campaign.objects.all()) == [opened]


def test_a_draft_can_be_seen_before_it_is_open(fundraiser, client):
    campaign = make_campaign(status="draft", title="Not yet")
    page = fundraiser.get(f"/admin/campaigns/campaign/{campaign.pk}/preview/")
    assert "Not yet" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert client.get(campaign.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("name", "queries"), QUERIES.items())
def test_every_list_costs_the_same_for_one_row_and_for_three(fundraiser, django_assert_num_queries, name, queries, number):
    for turn in range(number):
        donation = received(make_campaign(), rhythm="monthly", email=f"donor{turn}@example.org")
        giving.refund(donation, amount=100, key=uuid4(), by=None, at=NOON)
        headers, body = bank.signed_event(donation.processor_ref, "payment.paid")
        inbox.receive("sandbox", headers=headers, body=body, at=NOON)
    fundraiser.get(f"/admin/campaigns/{name}/")
    with django_assert_num_queries(queries):
        assert fundraiser.get(f"/admin/campaigns/{name}/").status_code == 200


def test_a_donors_name_is_put_right(fundraiser):
    donor = begun(make_campaign()).donor
    page = fundraiser.get(f"/admin/campaigns/donor/{donor.pk}/change/")
    formsets = [formset.formset for formset in page.context["inline_admin_formsets"]]
    management = {f"{formset.prefix}-{name}": "0" for formset in formsets for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    fundraiser.post(f"/admin/campaigns/donor/{donor.pk}/change/", {"name": "Ada L.", "email": "ada@example.org"} | management)
    donor.refresh_from_db()
    assert donor.name == "Ada L."


@pytest.mark.parametrize("name", LISTS)
def test_every_page_of_a_row_opens(fundraiser, name):
    donation = received(make_campaign(), rhythm="monthly")
    giving.refund(donation, amount=100, key=UUID(int=1), by=None, at=NOON)
    headers, body = bank.signed_event(donation.processor_ref, "payment.paid")
    inbox.receive("sandbox", headers=headers, body=body, at=NOON)
    row = apps.get_model("campaigns", name).objects.first()
    response = fundraiser.get(f"/admin/campaigns/{name}/{row.pk}/change/")
    assert response.status_code == 200
    assert str(row) in response.content.decode()
