"""Campaigns open and close by verbs, and a clock that comes late harms nobody."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from procrastinate.contrib.django import app

from campaigns import running, tasks
from campaigns.models import Campaign
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db


def test_a_draft_opens_once():
    campaign = running.open_campaign(make_campaign(status="draft", opened_at=None), by=None, at=NOON)
    assert (campaign.status, campaign.opened_at) == ("open", NOON)
    assert running.open_campaign(campaign, by=None, at=NOON + timedelta(days=1)).opened_at == NOON


def test_a_campaign_with_a_later_start_is_planned_and_opens_by_itself():
    start = NOON + timedelta(days=2)
    campaign = running.open_campaign(make_campaign(status="draft", starts_at=start, opened_at=None), by=None, at=NOON)
    assert (campaign.status, list(Campaign.objects.public(at=NOON))) == ("planned", [])
    assert running.campaigns_due(at=start - timedelta(seconds=1)) == (0, 0)
    assert running.campaigns_due(at=start) == (1, 0)
    campaign.refresh_from_db()
    assert (campaign.status, campaign.opened_at) == ("open", start)


def test_an_open_one_closes_when_its_end_has_come_and_once():
    campaign = make_campaign(ends_at=NOON)
    assert running.campaigns_due(at=NOON - timedelta(seconds=1)) == (0, 0)
    assert running.campaigns_due(at=NOON) == (0, 1)
    assert running.campaigns_due(at=NOON) == (0, 0)
    campaign.refresh_from_db()
    assert (campaign.status, campaign.closed_at) == ("closed", NOON)


def test_a_closed_one_opens_again_with_a_later_end_only():
    campaign = running.close_campaign(make_campaign(ends_at=NOON), by=None, at=NOON)
    with pytest.raises(ValidationError, match="The end has passed"):
        running.open_campaign(campaign, by=None, at=NOON)
    Campaign.objects.update(ends_at=NOON + timedelta(days=1))
    campaign = running.open_campaign(campaign, by=None, at=NOON)
    assert (campaign.status, campaign.closed_at) == ("open", None)


def test_a_planned_one_can_be_taken_back():
    campaign = make_campaign(status="planned")
    assert running.close_campaign(campaign, by=None, at=NOON).status == "draft"


def test_a_planned_one_whose_end_has_passed_is_not_opened():
    make_campaign(status="planned", starts_at=NOON - timedelta(days=2), ends_at=NOON - timedelta(days=1))
    assert running.campaigns_due(at=NOON) == (0, 0)


@pytest.mark.parametrize(
    ("lacking", "sentence"),
    [
        ({"call": " "}, "needs its call"),
        ({"suggested_amounts": []}, "needs amounts to suggest"),
        ({"minimum": 2000}, "A suggested amount is below the smallest gift, €20."),
        ({"suggested_monthly": [50]}, "A suggested amount is below the smallest gift, €1."),
    ],
)
def test_what_is_missing_is_named(lacking, sentence):
    campaign = make_campaign(status="draft", **lacking)
    with pytest.raises(ValidationError, match=sentence):
        running.open_campaign(campaign, by=None, at=NOON)
    campaign.refresh_from_db()
    assert campaign.status == "draft"


def test_the_one_asked_for_is_the_most_urgent_then_the_newest():
    plain = make_campaign(title="Plain", starts_at=NOON - timedelta(days=9))
    newer = make_campaign(title="Newer", starts_at=NOON - timedelta(days=2))
    urgent = make_campaign(title="Urgent", starts_at=NOON - timedelta(days=20), priority=5)
    make_campaign(status="closed", priority=9)
    make_campaign(status="draft", priority=9)
    assert Campaign.objects.asked_for(at=NOON) == [urgent, newer, plain]


@pytest.mark.parametrize("group", ["Editor", "Fundraiser", "Administrator"])
def test_these_may_open_and_close(group):
    user, campaign = make_user(group), make_campaign(status="draft")
    assert running.open_campaign(campaign, by=user, at=NOON).status == "open"
    assert running.close_campaign(campaign, by=user, at=NOON).status == "closed"


@pytest.mark.parametrize("group", ["", "Writer"])
def test_others_may_not(group):
    user, campaign = make_user(group), make_campaign(status="draft")
    with pytest.raises(PermissionDenied):
        running.open_campaign(campaign, by=user, at=NOON)
    with pytest.raises(PermissionDenied):
        running.close_campaign(campaign, by=user, at=NOON)


def test_a_planned_campaign_that_cannot_open_says_why_and_stops_no_other(caplog):
    start = NOON - timedelta(hours=1)
    bad = make_campaign(status="planned", opened_at=None, starts_at=start, minimum=2000)  # raised after it was planned
    good = make_campaign(status="planned", opened_at=None, starts_at=start)
    over = make_campaign(ends_at=NOON)
    for _ in range(3):
        running.campaigns_due(at=NOON)
    for campaign in (bad, good, over):
        campaign.refresh_from_db()
    assert (bad.status, good.status, over.status) == ("planned", "open", "closed")
    assert (bad.schedule_error, good.schedule_error) == ("A suggested amount is below the smallest gift, €20.", "")
    assert caplog.text.count(f"Campaign {bad.pk}") == 1
    Campaign.objects.filter(pk=bad.pk).update(minimum=100)
    assert running.campaigns_due(at=NOON) == (1, 0)
    bad.refresh_from_db()
    assert (bad.status, bad.schedule_error) == ("open", "")


def test_taking_it_back_forgets_why_it_could_not_open():
    campaign = make_campaign(status="planned", schedule_error="It lacks its call.")
    assert running.close_campaign(campaign, by=None, at=NOON).schedule_error == ""


def test_the_inbox_is_swept_whatever_becomes_of_the_campaigns():
    """Periodic tasks of their own: what breaks one leaves the others alone."""
    names = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    assert {
        "campaigns.every_minute",
        "campaigns.sweep_inbox",
        "campaigns.settle_unfinished",
        "campaigns.finish_refunds",
        "campaigns.collect",
    } <= names
    make_campaign(status="planned", opened_at=None, minimum=2000)
    tasks.every_minute(timestamp=0)
    tasks.sweep_inbox(timestamp=0)


def test_the_desk_says_why_a_campaign_could_not_open(client):
    campaign = make_campaign(status="planned", opened_at=None, minimum=2000)
    running.campaigns_due(at=NOON)
    client.force_login(make_user("Fundraiser"))
    page = client.get(f"/admin/campaigns/campaign/{campaign.pk}/change/").content.decode()
    assert "It could not open by itself: A suggested amount is below the smallest gift, €20." in page
