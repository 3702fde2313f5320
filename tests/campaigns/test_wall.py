"""The page of thanks: only names whose owners agreed, newest first."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from campaigns import giving, wall
from campaigns.models import Campaign, Donation, WallName
from campaigns.processors.base import Payment, PaymentStatus
from tests.campaigns.forms import an_open_campaign
from tests.campaigns.gifts import received

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return an_open_campaign(slug="lamp", has_wall=True)


def names(client, address="/campaigns/lamp/thanks/") -> list[str]:
    page = client.get(address).content.decode()
    return [re.sub(r"<[^>]+>", "", name).strip() for name in re.findall(r"<li>([^<]+(?:<span.*?</span>)?)</li>", page)]


def gift(campaign: Campaign, name: str, **overrides) -> Donation:
    email = f"{uuid4().hex}@example.org"
    wishes: dict[str, Any] = {"name": name, "email": email, "on_wall": True} | overrides
    return received(campaign, at=timezone.now(), **wishes)


def test_who_agreed_is_named_newest_first_with_their_tribute(client, campaign):
    gift(campaign, "Ada")
    gift(campaign, "Ben & Co", tribute="memory", tribute_name="Cleo")
    gift(campaign, "Dora", on_wall=False)
    gift(campaign, "Emil", anonymous=True)
    gift(campaign, " ")
    assert names(client) == ["Ben &amp; Co in memory of Cleo", "Ada"]


def test_a_campaign_without_a_wall_names_nobody(client):
    campaign = an_open_campaign(slug="lamp")
    gift(campaign, "Ada")
    assert client.get("/campaigns/lamp/thanks/").status_code == 404
    assert "/thanks/" not in client.get("/campaigns/lamp/").content.decode()


def test_what_is_wholly_refunded_is_thanked_no_more_and_what_is_partly_refunded_still_is(client, campaign):
    whole, part = gift(campaign, "Ada"), gift(campaign, "Ben")
    giving.refund(whole, amount=whole.amount, key=uuid4(), by=None, at=timezone.now())
    giving.refund(part, amount=100, key=uuid4(), by=None, at=timezone.now())
    assert names(client) == ["Ben"]


def test_a_donor_leaves_and_is_not_brought_back_by_what_comes_later(client, campaign):
    donation = gift(campaign, "Ada")
    wall.leave(donation)
    wall.leave(donation)
    assert names(client) == []
    donation.refresh_from_db()
    assert donation.on_wall is False
    giving.settle(donation, at=timezone.now())
    assert names(client) == []


def test_events_that_come_again_name_nobody_twice(client, campaign):
    donation = gift(campaign, "Ada")
    giving.settle(donation, at=timezone.now())
    payment = Payment(ref=donation.processor_ref, key=donation.key, status=PaymentStatus.PAID, amount=2500, currency="EUR")
    giving.record(donation, payment, at=timezone.now())
    assert names(client) == ["Ada"]


def test_pages_are_numbered_from_the_first_name(client, campaign, monkeypatch):
    monkeypatch.setattr(wall, "SIZE", 2)
    for number in range(1, 6):
        gift(campaign, f"N{number}")
    assert names(client) == ["N5", "N4", "N3"]
    assert names(client, "/campaigns/lamp/thanks/page/1/") == ["N2", "N1"]
    assert names(client, "/campaigns/lamp/thanks/page/2/") == ["N4", "N3"]
    early = client.get("/campaigns/lamp/thanks/page/3/")
    assert (early.status_code, early.headers["Location"]) == (302, "/campaigns/lamp/thanks/")
    assert client.get("/campaigns/lamp/thanks/page/4/").status_code == 404
    assert 'href="/campaigns/lamp/thanks/page/1/"' in client.get("/campaigns/lamp/thanks/").content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_six_queries_however_many_names(client, campaign, django_assert_num_queries, number):
    for each in range(number):
        gift(campaign, f"N{each}")
    with django_assert_num_queries(6):
        client.get("/campaigns/lamp/thanks/")


def test_the_newest_page_alone_hears_of_a_new_name(campaign, monkeypatch):
    monkeypatch.setattr(wall, "SIZE", 2)
    for number in range(1, 6):
        gift(campaign, f"N{number}")
    assert list(wall.page_of(campaign, 1).keys(campaign)) == [f"wall:{campaign.pk}:1"]
    assert list(wall.page_of(campaign).keys(campaign)) == [f"wall:{campaign.pk}:2", f"wall:{campaign.pk}:3"]
    assert [row.number for row in WallName.objects.all()] == [5, 4, 3, 2, 1]
