"""“Why is this 41,210.00?”: every line, with what they make."""

from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from campaigns import explaining, giving
from campaigns.explaining import Part, Wanted, lines, not_counted, parts
from campaigns.models import Campaign, LedgerEntry, SandboxPayment
from campaigns.progress import progress_of
from campaigns.sandbox import bank
from tests.campaigns.gifts import begun, received
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = NOON.date()


def a_campaign_with_a_story() -> Campaign:
    """€25 three days running; €5 of the second went back a day later; the first was disputed on the fourth day."""
    campaign = make_campaign(ends_at=None)
    first, second, _ = (received(campaign, at=NOON + n * DAY, email=f"{n}@example.org") for n in range(3))
    bank.refund(second.processor_ref, amount=500, key="r", at=NOON + 2 * DAY, tell=False)
    bank.dispute(first.processor_ref, at=NOON + 3 * DAY, tell=False)
    for donation in (first, second):
        giving.settle(donation, at=NOON + 3 * DAY)
    return campaign


def sums(campaign: Campaign, **wanted: Any) -> list[tuple[int, int]]:
    return [(line.entry.amount, line.sum) for line in lines(campaign, Wanted(**wanted))[0]]


def test_the_lines_run_up_to_the_total_that_is_shown():
    campaign = a_campaign_with_a_story()
    assert sums(campaign) == [(-2500, 4500), (-500, 7000), (2500, 7500), (2500, 5000), (2500, 2500)]
    assert progress_of(campaign).total == 4500


def test_the_kinds_add_up_to_the_total():
    campaign = a_campaign_with_a_story()
    told = [Part("Gift", 3, 7500, "EUR"), Part("Refund", 1, -500, "EUR"), Part("Dispute", 1, -2500, "EUR")]
    assert parts(campaign) == told
    assert sum(part.sum for part in told) == progress_of(campaign).total


@pytest.mark.parametrize(("days", "total"), [(-1, 0), (0, 2500), (1, 5000), (2, 7000), (3, 4500), (9, 4500)])
def test_the_total_of_any_day_in_the_past_is_told(days, total):
    campaign, day = a_campaign_with_a_story(), TODAY + days * DAY
    assert sum(part.sum for part in parts(campaign, last=day)) == total
    assert (sums(campaign, last=day) or [(0, 0)])[0][1] == total


def test_a_day_is_the_newsrooms(settings):
    settings.TIME_ZONE = "Pacific/Auckland"  # noon of Greenwich is the next day there
    campaign = a_campaign_with_a_story()
    assert sums(campaign, first=TODAY, last=TODAY) == []
    assert sums(campaign, first=TODAY + DAY, last=TODAY + DAY) == [(2500, 2500)]


def test_lines_are_chosen_by_kind_processor_and_days():
    campaign = a_campaign_with_a_story()
    received(campaign, processor="offline", amount=900)
    assert sums(campaign, kind="refund") == [(-500, -500)]
    assert sums(campaign, processor="offline") == [(900, 900)]
    assert sums(campaign, first=TODAY + DAY, last=TODAY + DAY) == [(2500, 2500)]
    assert sums(campaign, kind="gift", processor="sandbox", last=TODAY) == [(2500, 2500)]


def test_pages_follow_one_another_and_so_do_their_sums(monkeypatch):
    monkeypatch.setattr(explaining, "PAGE", 2)
    campaign, told, before = a_campaign_with_a_story(), [], None
    received(campaign, at=NOON, email="twin@example.org")  # the very moment of another
    while True:
        page, has_more = lines(campaign, Wanted(), before=before)
        told += [line.sum for line in page]
        if not has_more:
            break
        before = (page[-1].entry.at, page[-1].entry.pk)
    assert told == [7000, 9500, 10000, 7500, 5000, 2500]


def test_another_currency_is_kept_and_not_counted():
    campaign = make_campaign()
    received(campaign)
    donation = begun(campaign, email="bob@example.org")
    SandboxPayment.objects.filter(ref=donation.processor_ref).update(currency="USD")
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    giving.settle(donation, at=NOON)
    assert not_counted(campaign) == [Part("USD", 1, 2500, "USD")]
    assert sums(campaign) == [(2500, 2500)]


def test_another_campaigns_lines_do_not_stand_here():
    campaign = a_campaign_with_a_story()
    received(make_campaign(ends_at=None), email="else@example.org")
    assert (sums(campaign)[0][1], parts(campaign)[0].count) == (4500, 3)


# The page


def page_of(client: Any, campaign: Campaign, **asked: str) -> str:
    response = client.get(f"/admin/campaigns/campaign/{campaign.pk}/why/", asked)
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_a_fundraiser_reads_why(client):
    campaign = a_campaign_with_a_story()
    entry = LedgerEntry.objects.filter(kind="refund").select_related("donation").get()
    client.force_login(make_user("Fundraiser"))
    page = page_of(client, campaign)
    for words in ["Why is this €45?", "That is what readers are shown", "€75", "-€25", entry.donation.reference]:
        assert words in page
    assert "Why is this €70?" in page_of(client, campaign, last=f"{TODAY + 2 * DAY}")
    assert f"/admin/campaigns/campaign/{campaign.pk}/why/" in client.get("/admin/campaigns/campaign/").content.decode()
    assert "/why/" in client.get(f"/admin/campaigns/campaign/{campaign.pk}/change/").content.decode()


def test_the_page_leads_to_older_lines_and_back_and_keeps_what_was_chosen(client, monkeypatch):
    monkeypatch.setattr(explaining, "PAGE", 1)
    campaign = a_campaign_with_a_story()
    client.force_login(make_user("Fundraiser"))
    first = page_of(client, campaign, kind="gift")
    older = first.partition("Older lines")[0].rpartition('href="')[2].rstrip('">')
    second = unescape(client.get(f"/admin/campaigns/campaign/{campaign.pk}/why/{older}").content.decode())
    assert ("kind=gift" in older, "€75" in first, "€50" in second) == (True, True, True)
    assert "The latest lines" in second


def test_what_is_not_counted_is_told_with_its_reason(client):
    campaign = make_campaign()
    donation = begun(campaign)
    SandboxPayment.objects.update(currency="USD")
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    giving.settle(donation, at=NOON)
    client.force_login(make_user("Fundraiser"))
    page = page_of(client, campaign)
    assert ("Not counted" in page, "$25" in page, "Why is this €0?" in page) == (True, True, True)


@pytest.mark.parametrize(
    "asked",
    [
        {"first": "x"},
        {"last": "2026-02-30"},
        {"last": "0001-01-01"},
        {"last": "9999-12-31"},
        {"first": "2026-11-24", "last": "2026-11-23"},
        {"kind": "nonsense"},
        {"processor": "pigeon"},
    ],
)
def test_a_question_of_no_sense_is_answered_with_what_is_wrong(client, asked):
    campaign = a_campaign_with_a_story()
    client.force_login(make_user("Fundraiser"))
    response = client.get(f"/admin/campaigns/campaign/{campaign.pk}/why/", asked)
    assert (response.status_code, "errorlist" in response.content.decode()) == (422, True)


@pytest.mark.parametrize(
    "before", ["", "x", "2026-11-23T12:00:00_1", "2026-13-40T12:00:00+00:00_1", "2026-11-23T12:00:00+00:00_²"]
)
def test_a_page_that_does_not_exist_is_the_first(client, before):
    campaign = a_campaign_with_a_story()
    client.force_login(make_user("Fundraiser"))
    assert "€45" in page_of(client, campaign, before=before)


@pytest.mark.parametrize("group", ["Writer", "Editor"])
def test_a_stranger_does_not_see_the_lines_nor_the_way_there(client, group):
    campaign = a_campaign_with_a_story()
    client.force_login(make_user(group))
    assert client.get(f"/admin/campaigns/campaign/{campaign.pk}/why/").status_code == 403
    assert "/why/" not in client.get("/admin/campaigns/campaign/").content.decode()
    assert "/why/" not in client.get(f"/admin/campaigns/campaign/{campaign.pk}/change/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_however_many_lines_there_are(client, django_assert_num_queries, rows):
    campaign = make_campaign(ends_at=None)
    for number in range(rows):
        donation = received(campaign, email=f"{number}@example.org")
        giving.refund(donation, amount=500, key=UUID(int=number), by=make_user("Fundraiser"), at=NOON)
    client.force_login(make_user("Fundraiser"))
    with django_assert_num_queries(11):
        assert page_of(client, campaign).count("Refund</a>") == rows
