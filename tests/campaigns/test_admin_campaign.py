"""A campaign's form beside the verbs: it writes what stands in it, and undoes nothing."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from campaigns.admin.campaign_form import CampaignForm
from campaigns.models import Campaign
from tests.campaigns.test_admin import campaign_form, said, signed_in
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def fundraiser() -> Client:
    return signed_in("Fundraiser")


def change(client: Client, campaign: Campaign, **overrides):
    return client.post(f"/admin/campaigns/campaign/{campaign.pk}/change/", campaign_form(_save="", **overrides))


def test_a_campaign_that_closes_while_it_is_saved_stays_closed(fundraiser, monkeypatch):
    campaign = make_campaign()
    clean = CampaignForm.clean

    def meanwhile(form: CampaignForm):
        Campaign.objects.filter(pk=campaign.pk).update(status="closed", closed_at=NOON)
        return clean(form)

    monkeypatch.setattr(CampaignForm, "clean", meanwhile)
    response = change(fundraiser, campaign, title="Another title")
    campaign.refresh_from_db()
    assert (campaign.status, campaign.closed_at, campaign.title) == ("closed", NOON, "Another title")
    assert said(response) == ["“Another title” is saved. Closed since 23 November 2026, 12:00."]


@pytest.mark.parametrize("group", ["Editor", "Fundraiser"])
@pytest.mark.parametrize("status", ["open", "planned"])
@pytest.mark.parametrize("wrong", [{"minimum": "20"}, {"suggested_monthly": "0.50, 10"}])
def test_nobody_saves_an_open_or_planned_campaign_as_one_that_cannot_open(group, status, wrong):
    campaign = make_campaign(status=status)
    response = change(signed_in(group), campaign, **wrong)
    assert response.status_code == 200
    assert "A suggested amount is below the smallest gift" in response.content.decode()
    campaign.refresh_from_db()
    assert (campaign.minimum, campaign.suggested_monthly) == (100, [])


def test_a_planned_campaign_needs_an_end_to_come_and_an_open_one_may_have_reached_it(fundraiser):
    over = {"starts_at_0": "2020-01-01", "ends_at_0": "2021-01-01"}
    planned, running_one = make_campaign(status="planned"), make_campaign()
    assert "The end has passed" in change(fundraiser, planned, **over).content.decode()
    assert change(fundraiser, running_one, **over).status_code == 302


@pytest.mark.parametrize(("status", "after"), [("open", "closed"), ("planned", "draft")])
def test_what_could_not_open_is_closed_all_the_same(fundraiser, status, after):
    campaign = make_campaign(status=status, minimum=2000)
    form = campaign_form(_close="", minimum="20")
    assert fundraiser.post(f"/admin/campaigns/campaign/{campaign.pk}/change/", form).status_code == 302
    campaign.refresh_from_db()
    assert campaign.status == after


def test_a_draft_may_be_saved_unfinished(fundraiser):
    campaign = make_campaign(status="draft")
    assert change(fundraiser, campaign, minimum="20").status_code == 302
    campaign.refresh_from_db()
    assert campaign.minimum == 2000


def test_the_log_tells_of_an_opening_only_when_there_was_one(fundraiser):
    fundraiser.post("/admin/campaigns/campaign/add/", campaign_form(_open="", minimum="20"))
    told = LogEntry.objects.filter(change_message="Opened.")
    assert (Campaign.objects.get().status, told.count()) == ("draft", 0)
    fundraiser.post(f"/admin/campaigns/campaign/{Campaign.objects.get().pk}/change/", campaign_form(_open=""))
    assert (Campaign.objects.get().status, told.count()) == ("open", 1)


def test_a_campaigns_number_of_thousands_of_digits_is_no_campaign(fundraiser):
    assert fundraiser.get(f"/admin/campaigns/campaign/{'9' * 5000}/change/").status_code == 302
