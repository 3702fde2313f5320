"""A campaign's form at the desk: goals, rhythms, other languages, matching pools; who may write them."""

import pytest
from django.test import Client

from campaigns.models import Campaign, CampaignTranslation, MatchingPool
from tests.campaigns.gifts import received
from tests.campaigns.test_admin import campaign_form, signed_in
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db
SPANISH = {"language": "es", "title": "El invierno", "call": "Ayúdanos."}
POOL = {"sponsor": "The Lund family", "numerator": "1", "denominator": "1", "cap": "10,000", "starts_at_0": "2026-12-01"}
POOL |= {"starts_at_1": "00:00", "ends_at_0": "2027-01-01", "ends_at_1": "00:00"}


def inline(name: str, fields: dict[str, str], number: int = 0) -> dict[str, str]:
    return {f"{name}-TOTAL_FORMS": "1", **{f"{name}-{number}-{field}": value for field, value in fields.items()}}


def saved(client: Client, **fields) -> Campaign:
    response = client.post("/admin/campaigns/campaign/add/", campaign_form(**fields))
    assert response.status_code == 302, response.context["errors"]
    return Campaign.objects.get()


def refused(client: Client, **fields) -> str:
    response = client.post("/admin/campaigns/campaign/add/", campaign_form(**fields))
    assert (response.status_code, Campaign.objects.count()) == (200, 0)
    return response.content.decode()


@pytest.fixture
def fundraiser() -> Client:
    return signed_in("Fundraiser")


def test_a_goal_of_donors_is_typed_as_a_number(fundraiser):
    campaign = saved(fundraiser, goal_kind="donors", goal="1,500")
    assert (campaign.goal_kind, campaign.goal) == ("donors", 1500)
    page = fundraiser.get(f"/admin/campaigns/campaign/{campaign.pk}/change/").content.decode()
    assert 'name="goal" value="1500"' in page
    assert "0 of 1,500 donors" in page
    assert "0 of 1,500 donors" in fundraiser.get("/admin/campaigns/campaign/").content.decode()


@pytest.mark.parametrize("goal", ["many", "0", "-5", "²", "5.5", "1,2", "9" * 30])
def test_what_is_no_number_of_donors_is_told(fundraiser, goal):
    assert "how many donors" in refused(fundraiser, goal_kind="donors", goal=goal)


def test_the_list_counts_donors_of_whose_gifts_something_is_left(fundraiser):
    campaign = make_campaign(goal_kind="donors", goal=3)
    received(campaign)
    received(campaign, message="Once more", amount=100)
    received(campaign, email="b@example.org")
    assert "2 of 3 donors" in fundraiser.get("/admin/campaigns/campaign/").content.decode()


def test_rhythms_amounts_defaults_and_minima_are_typed_as_people_write_them(fundraiser):
    campaign = saved(
        fundraiser,
        rhythms=["once", "yearly"],
        suggested_yearly="60, 120.50",
        default_yearly="120.5",
        minimum_yearly="30",
        tax_country="ES",
        offers_tribute="on",
    )
    assert (campaign.rhythms, campaign.suggested_yearly, campaign.default_yearly) == (["once", "yearly"], [6000, 12050], 12050)
    assert (campaign.minimum_yearly, campaign.minimum_monthly, campaign.tax_country) == (3000, None, "ES")
    assert (campaign.offers_tribute, campaign.offers_fee_cover, campaign.takes_own_amount) == (True, False, True)
    page = fundraiser.get(f"/admin/campaigns/campaign/{campaign.pk}/change/").content.decode()
    assert 'name="suggested_yearly" value="60, 120.50"' in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"rhythms": []}, "This field is required."),
        ({"rhythms": ["daily"]}, "Select a valid choice"),
        ({"default_once": "12"}, "Choose one of the amounts beside it."),
        ({"default_monthly": "x"}, "Type an amount in figures"),
        ({"minimum_monthly": "-1"}, "Type an amount in figures"),
        ({"tax_country": "XX"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_told(fundraiser, wrong, sentence):
    assert sentence in refused(fundraiser, **wrong)


def test_a_suggested_amount_below_a_rhythms_smallest_keeps_a_campaign_closed(fundraiser):
    campaign = saved(fundraiser, _open="", rhythms=["once", "yearly"], suggested_yearly="20", minimum_yearly="30")
    assert campaign.status == "draft"


# Languages


@pytest.mark.parametrize("group", ["Editor", "Fundraiser", "Administrator"])
def test_whoever_writes_a_campaign_writes_it_in_its_languages(group):
    client = signed_in(group)
    campaign = saved(client, **inline("translations", SPANISH))
    (translation,) = campaign.translations.all()
    assert (translation.language, translation.title) == ("es", "El invierno")
    page = client.get(f"/admin/campaigns/campaign/{campaign.pk}/change/").content.decode()
    assert f'href="/admin/campaigns/campaign/{campaign.pk}/preview/?language=es">Preview in Spanish' in page
    preview = client.get(f"/admin/campaigns/campaign/{campaign.pk}/preview/?language=es").content.decode()
    assert ("El invierno" in preview, "The winter" in preview) == (True, False)


def test_a_translation_into_its_own_language_is_none(fundraiser):
    assert "the campaign’s own language" in refused(fundraiser, **inline("translations", SPANISH | {"language": "en"}))


def test_a_campaign_does_not_take_the_language_of_its_translation(fundraiser):
    campaign = make_campaign()
    CampaignTranslation.objects.create(campaign=campaign, **SPANISH)
    response = fundraiser.post(f"/admin/campaigns/campaign/{campaign.pk}/change/", campaign_form(language="es"))
    assert "There is a translation into this language" in response.content.decode()


# Pools


def test_a_fundraiser_writes_down_who_adds_to_gifts(fundraiser):
    campaign = saved(fundraiser, **inline("pools", POOL))
    (pool,) = campaign.pools.all()
    assert (pool.sponsor, pool.cap, pool.numerator, pool.denominator) == ("The Lund family", 1_000_000, 1, 1)
    page = fundraiser.get(f"/admin/campaigns/campaign/{campaign.pk}/change/").content.decode()
    assert 'name="pools-0-cap" value="10000"' in page


def test_a_cap_is_read_in_the_campaigns_currency(fundraiser):
    campaign = saved(fundraiser, currency="JPY", suggested_amounts="10, 25", **inline("pools", POOL))
    assert campaign.pools.get().cap == 10_000


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"cap": "much"}, "Type an amount in figures"),
        ({"cap": "0"}, "more than nothing"),
        ({"numerator": "0"}, "Type 1 or more."),
        ({"ends_at_0": "2026-11-01"}, "The end must come after the start."),
        ({"sponsor": ""}, "This field is required."),
    ],
)
def test_a_promise_that_cannot_be_is_told(fundraiser, wrong, sentence):
    assert sentence in refused(fundraiser, **inline("pools", POOL | wrong))


@pytest.mark.parametrize("group", [None, "", "Writer", "Editor"])
def test_others_promise_nothing(group):
    campaign = make_campaign()
    client = Client() if group is None else signed_in(group)
    client.post(f"/admin/campaigns/campaign/{campaign.pk}/change/", campaign_form(**inline("pools", POOL)))
    assert MatchingPool.objects.count() == 0
    if group == "Editor":
        assert "Matching pools" not in client.get(f"/admin/campaigns/campaign/{campaign.pk}/change/").content.decode()


@pytest.mark.parametrize("group", [None, "", "Writer"])
def test_others_translate_nothing(group):
    campaign = make_campaign()
    client = Client() if group is None else signed_in(group)
    client.post(f"/admin/campaigns/campaign/{campaign.pk}/change/", campaign_form(**inline("translations", SPANISH)))
    assert CampaignTranslation.objects.count() == 0


@pytest.mark.parametrize("number", [1, 3])
def test_the_form_costs_the_same_with_one_pool_and_with_three(fundraiser, django_assert_num_queries, number):
    campaign = make_campaign()
    for turn in range(number):
        MatchingPool.objects.create(campaign=campaign, sponsor=f"Sponsor {turn}", cap=100, starts_at=NOON)
    address = f"/admin/campaigns/campaign/{campaign.pk}/change/"
    fundraiser.get(address)
    with django_assert_num_queries(13):  # three of them fetch sections and tags to choose from
        assert fundraiser.get(address).status_code == 200
