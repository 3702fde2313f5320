"""A mailed link ends when its mailbox is not its donor's any more."""

from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from campaigns import forgetting, links, renewing, wishes
from campaigns.models import Donation, Donor, Pledge
from tests.campaigns.forms import text_of
from tests.campaigns.gifts import a_pledge
from tests.campaigns.test_own_page import path_of
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db
KINDS = {"donor": lambda pledge: links.to_donor(pledge.donor), "pledge": links.to_pledge, "renewal": links.to_renew}


@pytest.fixture
def pledge() -> Pledge:
    now = timezone.now()
    return a_pledge(campaign=make_campaign(starts_at=now - timedelta(days=9), ends_at=None), at=now - timedelta(days=2))


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_to_the_old_mailbox_ends_with_the_change_and_the_next_one_works(client, pledge, kind):
    old = path_of(KINDS[kind](pledge))
    assert client.get(old).status_code == 200
    wishes.change_address(pledge.donor, "new@example.org", at=NOON)
    before = Pledge.objects.values().get()
    page = client.get(old)
    assert (page.status_code, page.headers["Referrer-Policy"]) == (404, "no-referrer")
    assert "known under another e-mail address now" in text_of(page)
    assert "example.org" not in page.content.decode()
    for fields in ({"stop": f"{pledge.pk}"}, {"way": "offline"}, {"fresh_link": "1"}):
        assert client.post(old, fields).status_code == 404
    assert Pledge.objects.values().get() == before
    assert client.get(path_of(KINDS[kind](Pledge.objects.get()))).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_it_ends_too_when_the_desk_put_the_address_right(client, pledge, kind):
    old = path_of(KINDS[kind](pledge))
    desk = Client()
    desk.force_login(make_user("Fundraiser"))
    typed = {"name": "Ada", "email": "right@example.org", "language": "en"}
    parts = ("pledges", "donations")
    typed |= {f"{part}-{form}_FORMS": "0" for part in parts for form in ("TOTAL", "INITIAL")}
    assert desk.post(f"/admin/campaigns/donor/{pledge.donor_id}/change/", typed).status_code == 302
    assert Donor.objects.get().email == "right@example.org"
    assert client.get(old).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_capitals_alone_are_no_other_mailbox(client, pledge, kind):
    old = path_of(KINDS[kind](pledge))
    wishes.change_address(pledge.donor, "ADA@example.org", at=NOON)
    assert client.get(old).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_an_erased_donors_links_open_nothing(client, pledge, kind):
    old = path_of(KINDS[kind](pledge))
    forgetting.erase(pledge.donor, at=NOON)
    new = path_of(KINDS[kind](Pledge.objects.get()))
    assert [client.get(address).status_code for address in (old, new)] == [404, 404]


def test_every_link_that_opens_nothing_says_the_same_and_offers_a_new_one(client, pledge):
    ended = path_of(links.to_pledge(pledge))
    wishes.change_address(pledge.donor, "new@example.org", at=NOON)
    addresses = [ended, "/giving/p1.abc/", "/giving/d1-x.1.abc/", "/giving/renew/r9-x.abc/"]
    pages = [client.get(address) for address in addresses]
    said = {page.content.decode().replace(address, "") for page, address in zip(pages, addresses, strict=True)}
    assert len(said) == 1
    assert 'action="/giving/"' in pages[0].content.decode()
    assert 'name="email"' in pages[0].content.decode()


@pytest.mark.parametrize("named", ["p{}", "p{}-", "p{}-x", "p9999999999999999999999-x"])
def test_a_link_without_the_mark_of_a_mailbox_opens_nothing(client, pledge, named):
    token = signing.Signer(sep=".", salt="campaigns.pledge").sign(named.format(pledge.pk))
    assert client.get(f"/giving/{token}/").status_code == 404


def test_the_address_of_an_old_try_brings_no_ended_link_back(client, pledge):
    """Its page leads to the renewal page, by a link that is made anew."""
    offer = next(offer for offer in renewing.offers(pledge) if offer.name == "sandbox")
    donation = renewing.renew(pledge, offer=offer, at=timezone.now())
    assert donation
    Donation.objects.filter(pk=donation.pk).update(status="declined")
    assert client.get(donation.get_absolute_url()).status_code == 302
    Donation.objects.filter(pk=donation.pk).update(created_at=timezone.now() - timedelta(days=2))
    page = client.get(donation.get_absolute_url())
    assert (page.status_code, "does not work any more" in text_of(page)) == (404, True)
