"""Which campaign is asked for: by date, by section or tag, by hand, then by priority."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from articles import tagging
from articles.models import Tag
from campaigns.models import Campaign
from campaigns.pages import CALL, faces
from tests.campaigns.forms import an_open_campaign
from tests.factories import NOON, make_article, make_campaign, make_section, make_tag, make_user

pytestmark = pytest.mark.django_db


def asked(**place) -> str:
    found = Campaign.objects.asked_for(at=NOON, **place)
    return found[0].title if found else ""


@pytest.fixture
def general() -> Campaign:
    return make_campaign(title="General", priority=9)


def test_what_is_meant_for_a_section_or_a_tag_comes_before_all_others_there_and_nowhere_else(general):
    sport, town, water = make_section(), make_section(), make_tag()
    local, dry = make_campaign(title="Local"), make_campaign(title="Dry", priority=1)
    local.sections.add(sport)
    dry.tags.add(water)
    assert asked() == "General"
    assert (asked(section=sport.pk), asked(section=town.pk)) == ("Local", "General")
    assert asked(section=town.pk, tags=[water.pk]) == "Dry"
    assert asked(section=sport.pk, tags=[water.pk]) == "Dry", "of two that are meant for it the more urgent"


def test_without_a_general_one_nothing_is_asked_elsewhere():
    local = make_campaign(title="Local")
    local.sections.add(make_section())
    assert asked() == ""


def test_what_was_chosen_by_hand_comes_before_priority_and_after_what_is_meant_for_the_place(general):
    water = make_tag()
    make_campaign(title="Chosen", is_chosen=True)
    make_campaign(title="Dry").tags.add(water)
    assert (asked(), asked(tags=[water.pk])) == ("Chosen", "Dry")


def test_one_that_is_meant_for_a_place_and_chosen_is_asked_for_everywhere(general):
    make_campaign(title="Local", is_chosen=True).sections.add(make_section())
    assert asked() == "Local"


@pytest.mark.parametrize(
    ("fields", "is_asked"),
    [
        ({}, True),
        ({"status": "draft"}, False),
        ({"status": "closed"}, False),
        ({"ends_at": NOON}, False),
        ({"ends_at": None}, True),
        ({"starts_at": NOON + timedelta(seconds=1)}, False),
        ({"status": "planned", "starts_at": NOON}, True),
        ({"status": "planned", "starts_at": NOON, "schedule_error": "It lacks its call."}, False),
    ],
)
def test_only_what_takes_gifts_is_asked_for(fields, is_asked):
    campaign = make_campaign(**fields)
    assert (Campaign.objects.asked_for(at=NOON) == [campaign]) is is_asked
    assert campaign.takes_gifts(at=NOON) is is_asked


@pytest.mark.parametrize("number", [1, 3])
def test_the_answer_costs_one_query(django_assert_num_queries, number):
    section = make_section()
    for _ in range(number):
        make_campaign().sections.add(section)
    with django_assert_num_queries(1):
        assert len(Campaign.objects.asked_for(at=NOON, section=section.pk)) == number


# On pages


def shown(client: Client, address: str) -> list[str]:
    return re.findall(r'id="campaign-call"><a href="[^"]+"[^>]*>([^<]+)</a>', client.get(address).content.decode())


def test_articles_and_lists_ask_for_what_is_meant_for_them(client):
    an_open_campaign(title="General")
    sport = make_section()
    water = make_tag("Water", slug="water")
    for title, field, row in [("Local", "sections", sport), ("Dry", "tags", water)]:
        getattr(an_open_campaign(title=title), field).add(row)
    played = make_article(section=sport)
    wet = make_article(section=make_section(), tags=["Water"])
    other = make_article(section=wet.section)
    where = {"/": "General", played.get_absolute_url(): "Local", sport.get_absolute_url(): "Local"}
    where |= {wet.get_absolute_url(): "Dry", "/tags/water/": "Dry", other.get_absolute_url(): "General", "/latest/": "General"}
    assert {address: shown(client, address) for address in where} == {address: [title] for address, title in where.items()}


def test_a_page_that_asks_by_its_own_form_asks_for_no_other_campaign(client):
    first, other = an_open_campaign(title="First", has_bar=True, priority=9), an_open_campaign(title="Other", has_wall=True)
    closed = make_campaign(title="Over", status="closed")
    assert "bar-words" not in client.get(first.get_absolute_url()).content.decode()
    assert shown(client, other.get_absolute_url()) == []
    assert "bar-words" not in client.get(other.get_absolute_url()).content.decode()
    for address in (closed.get_absolute_url(), f"{other.get_absolute_url()}thanks/"):
        page = client.get(address).content.decode()
        assert ("bar-words" in page, shown(client, address)) == (True, ["First"])


def test_an_article_without_an_appeal_asks_for_nothing(client):
    an_open_campaign(has_bar=True)
    article = make_article(without_appeal=True)
    assert "campaign-" not in client.get(article.get_absolute_url()).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_an_article_costs_five_queries_however_many_campaigns_ask(client, django_assert_num_queries, number):
    article = make_article(tags=["Water"])
    for _ in range(number):
        an_open_campaign(has_bar=True).tags.add(Tag.objects.get())
    client.get(article.get_absolute_url())
    with django_assert_num_queries(5):
        client.get(article.get_absolute_url())


# When the articles' desk merges or deletes


def test_a_merged_tag_takes_its_campaign_along():
    campaign, old, new = make_campaign(), make_tag(), make_tag()
    campaign.tags.add(old)
    tagging.merge([old], into=new, by=None)
    assert list(campaign.tags.all()) == [new]


def test_who_named_only_what_was_deleted_asks_everywhere_and_pages_hear_of_it(client, django_capture_on_commit_callbacks):
    campaign = make_campaign(starts_at=timezone.now() - timedelta(days=1), ends_at=None)
    section = make_section()
    campaign.sections.add(section)
    before = faces()[CALL]
    client.force_login(make_user("Administrator", is_superuser=True))
    client.post(f"/admin/articles/section/{section.pk}/delete/", {"post": "yes"})
    assert (before != faces()[CALL], faces()[CALL][0]) == (True, campaign.pk)
