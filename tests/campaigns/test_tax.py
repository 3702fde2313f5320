"""What tax offices want to see on a receipt, asked for by the form of a campaign that says so."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from articles.models import Masthead
from campaigns import tax
from campaigns.models import Donation
from tests.campaigns.forms import an_open_campaign, filled_in, text_of
from tests.campaigns.gifts import received
from tests.campaigns.test_admin import signed_in
from tests.factories import make_campaign

HOME = {"name": "Ada Lund", "street": "1 Mill Lane", "postcode": "sw1a1aa", "city": "London", "country": "GB"}


@pytest.mark.parametrize(
    ("check", "typed", "kept"),
    [
        (tax.spanish_number, "12345678z", "12345678Z"),
        (tax.spanish_number, "12.345.678-Z", "12345678Z"),
        (tax.spanish_number, "00000000T", "00000000T"),
        (tax.spanish_number, "X1234567L", "X1234567L"),
        (tax.spanish_number, "y 1234567 x", "Y1234567X"),
        (tax.spanish_number, "Z-1234567-R", "Z1234567R"),
        (tax.portuguese_number, "PT 501 442 600", "501442600"),
        (tax.portuguese_number, "123456789", "123456789"),
        (tax.italian_number, "rss mra 85t10 a562s", "RSSMRA85T10A562S"),
        (tax.british_postcode, "ec1a1bb", "EC1A 1BB"),
        (tax.british_postcode, " M1  1AE ", "M1 1AE"),
        (tax.portuguese_postcode, "1000001", "1000-001"),
    ],
)
def test_a_number_is_kept_in_its_one_spelling(check, typed, kept):
    assert check(typed) == kept


@pytest.mark.parametrize(
    ("check", "typed"),
    [
        *[(tax.spanish_number, typed) for typed in ("12345678A", "1234567Z", "", "ABCDEFGHI", "X1234567Z", "９" * 8 + "Z")],
        *[(tax.portuguese_number, typed) for typed in ("123456780", "12345678", "²" * 9, "")],
        *[(tax.italian_number, typed) for typed in ("RSSMRA85T10A562X", "RSSMRA85T10A562", "1" * 16, "\x00" * 16)],
        *[(tax.british_postcode, typed) for typed in ("12345", "SW1A", "SW1A 1AAA", "")],
        *[(tax.five_figures_in("France"), typed) for typed in ("7500", "75001x", "７５００１")],
    ],
)
def test_what_is_none_is_refused_with_a_sentence(check, typed):
    with pytest.raises(ValueError, match=r"\.$"):
        check(typed)


@pytest.mark.parametrize("country", tax.RULES)
def test_every_country_can_be_chosen_and_asks_for_fields_that_the_form_has(country, client, db):
    rules = tax.RULES[country]
    page = client.get(an_open_campaign(tax_country=country).get_absolute_url()).content.decode()
    names = {"full_name": "name"}
    assert [name for name in rules.needs if f'name="{names.get(name, name)}"' not in page] == []
    assert ('name="wants_tax"' in page, 'name="tax_number"' in page) == (bool(rules.wish), bool(rules.number))


# The form

pytestmark = pytest.mark.django_db


def sent(client, country: str, /, **fields):
    campaign = an_open_campaign(tax_country=country, minimum=1)
    return client.post(campaign.get_absolute_url(), filled_in(**fields))


def errors(response) -> dict[str, str]:
    return dict(re.findall(r'id="give-(\w+)-error">([^<]+)<', response.content.decode()))


def test_gift_aid_keeps_the_declaration_word_for_word_as_it_stood_on_the_page(client):
    Masthead.objects.update_or_create(pk=1, defaults={"name": "The Lamp"})
    campaign = an_open_campaign(tax_country="GB")
    page = text_of(client.get(campaign.get_absolute_url()))
    assert client.post(campaign.get_absolute_url(), filled_in(**HOME, wants_tax="on")).status_code == 303
    donation = Donation.objects.get()
    told = donation.particulars["tax"]
    assert (donation.gift_aid, told["country"], told["declaration"] in page) == (True, "GB", True)
    assert "in the past 4 years, to The Lamp. I am a UK taxpayer" in told["declaration"]
    assert donation.particulars["address"] == {
        "street": "1 Mill Lane", "postcode": "SW1A 1AA", "city": "London", "country": "GB"
    }  # fmt: skip
    assert tax.on_receipt(told) == [told["declaration"]]


def test_without_the_box_nothing_is_declared_or_required(client):
    assert sent(client, "GB", postcode="anything").status_code == 303
    donation = Donation.objects.get()
    assert (donation.gift_aid, "tax" in donation.particulars) == (False, False)


@pytest.mark.parametrize(
    ("country", "fields", "wrong"),
    [
        ("GB", HOME | {"name": "Ada"}, {"name": "The receipt needs your full name: first name and last name."}),
        ("GB", HOME | {"postcode": "12345"}, {"postcode": "This does not look like a British postcode, such as SW1A 1AA."}),
        (
            "GB",
            HOME | {"street": "", "city": ""},
            {"street": "The receipt needs your street and number.", "city": "The receipt needs your town."},
        ),
        ("ES", HOME | {"country": "ES", "postcode": "28001"}, {"tax_number": "The receipt needs your DNI or NIE."}),
        (
            "ES",
            HOME | {"country": "ES", "postcode": "28001", "tax_number": "12345678A"},
            {"tax_number": "The last letter does not belong to these figures: please look again."},
        ),
        ("DE", HOME | {"country": "DE", "postcode": "1"}, {"postcode": "A postcode in Germany has five figures."}),
        ("DE", HOME | {"country": "XX", "postcode": "10115"}, {"country": "Choose a country from the list."}),
    ],
)  # fmt: skip
def test_what_a_receipt_lacks_is_told_beside_its_field_and_what_was_typed_is_kept(client, country, fields, wrong):
    response = sent(client, country, wants_tax="on", **fields)
    assert (response.status_code, errors(response)) == (422, wrong)
    assert 'name="wants_tax" checked' in response.content.decode()
    assert '<details class="more" open>' in response.content.decode()
    assert Donation.objects.count() == 0


def test_a_donor_abroad_has_a_postcode_of_that_country(client):
    fields = HOME | {"country": "FR", "postcode": "F-75001", "tax_number": "12345678-z", "wants_tax": "on"}
    assert sent(client, "ES", **fields).status_code == 303
    assert Donation.objects.get().particulars["address"]["tax_number"] == "12345678Z"


def test_of_an_american_campaign_nothing_is_asked_and_the_receipt_says_its_sentence(client):
    assert sent(client, "US", wants_tax="on", street="1 Main Street").status_code == 303
    told = Donation.objects.get().particulars
    assert told == {"tax": {"country": "US"}}
    assert tax.on_receipt(told["tax"]) == ["No goods or services were provided in exchange for this contribution."]


def test_an_address_is_asked_for_where_the_campaign_says_so_and_is_the_donors_once_the_gift_arrives(client):
    campaign, other = an_open_campaign(asks_address=True), an_open_campaign()
    address = {"street": "Calle 1", "city": "Cuzco", "country": "PE"}
    for one in (campaign, other):
        client.post(one.get_absolute_url(), filled_in(email=f"{one.pk}@example.org", **address))
    first, second = Donation.objects.order_by("pk")
    assert (first.particulars, second.particulars) == ({"address": address}, {})
    assert first.donor.street == ""
    arrived = received(campaign, email="c@example.org", address=address, at=timezone.now() + timedelta(seconds=1))
    arrived.donor.refresh_from_db()
    assert (arrived.donor.street, arrived.donor.country) == ("Calle 1", "PE")


def test_a_country_that_is_chosen_from_the_start_is_no_address(client):
    sent(client, "ES", country="ES")
    assert Donation.objects.get().particulars == {}


# The desk


def test_a_gifts_page_at_the_desk_tells_dedication_address_and_declaration():
    told: dict[str, Any] = {"address": {"street": "1 Mill <Lane>", "tax_number": "12345678Z"}, "tax": {"country": "ES"}}
    donation = received(make_campaign(), tribute="memory", tribute_name="Old Friend", amount=2600, covered=100, **told)
    page = html.unescape(signed_in("Fundraiser").get(f"/admin/campaigns/donation/{donation.pk}/change/").content.decode())
    for expected in ("In memory of Old Friend", "€1<", "Street: 1 Mill <Lane>", "Tax number: 12345678Z", "Spain: certificado"):
        assert expected in page
    assert signed_in("Editor").get(f"/admin/campaigns/donation/{donation.pk}/change/").status_code in {302, 403}
