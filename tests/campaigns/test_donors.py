"""One address, one donor: by one idea of what is the same, in Python as in the database."""

import pytest
from django.db import connection

from campaigns.donors import of_address
from campaigns.models import Donor
from tests.campaigns.forms import an_open_campaign, filled_in, text_of
from tests.campaigns.gifts import begun
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("twin", ["m\u0131ke@example.org", "mi\u212ae@example.org"])
def test_who_only_looks_alike_is_refused_with_a_sentence(client, twin):
    response = client.post(an_open_campaign().get_absolute_url(), filled_in(email=twin))
    assert (response.status_code, Donor.objects.count()) == (422, 0)
    assert 'id="give-email-error"' in response.content.decode()


def test_a_look_alike_locks_nobody_out(client):
    campaign = an_open_campaign()
    addresses = (
        "ada@gma\u0131l.com",
        "ada@gmail.com",
        "ADA@gmail.com",
        "\u017fue@x.example",
        "sue@x.example",
        "sue@\u017fx.example",
    )
    answers = [client.post(campaign.get_absolute_url(), filled_in(email=each)).status_code for each in addresses]
    assert answers == [303, 303, 303, 422, 303, 303]
    known = set(Donor.objects.values_list("email", flat=True))
    assert known == {"ada@xn--gmal-nza.com", "ada@gmail.com", "sue@x.example", "sue@sx.example"}


def test_a_domain_is_kept_in_ascii_and_small_letters():
    assert begun(make_campaign(), email="Ada.L@B\u00dcCHER.example").donor.email == "Ada.L@xn--bcher-kva.example"


def test_a_donor_is_found_by_the_index_that_keeps_them_apart():
    Donor.objects.bulk_create(Donor(email=f"d{number}@example.org") for number in range(3000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE campaigns_donor")
    assert "donor_has_one_address" in of_address("D7@example.org").explain()
    assert of_address("D7@example.org").get().email == "d7@example.org"


def test_somebody_without_an_address_is_not_found():
    Donor.objects.create(email="")
    assert not of_address("").exists()


@pytest.mark.parametrize("email", ["m\u0131ke@example.org", "x" * 300])
def test_the_link_is_not_asked_for_with_one_that_is_none(client, email):
    response = client.post("/giving/", {"email": email})
    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    assert "Your giving" in text_of(response)
