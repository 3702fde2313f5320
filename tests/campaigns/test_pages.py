"""Campaign pages, the call on every page, and progress for embedding."""

import html
import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from campaigns import drawing, links, running
from campaigns.models import Campaign
from campaigns.pages import CALL, asks, faces
from tests.campaigns.forms import an_open_campaign, filled_in, text_of
from tests.campaigns.gifts import received
from tests.factories import make_article, make_campaign
from tests.pages import tree

pytestmark = pytest.mark.django_db
TO_COME = {"starts_at": timezone.now() + timedelta(days=1), "ends_at": timezone.now() + timedelta(days=9)}


# Reading


def test_the_page_tells_story_progress_and_end_and_offers_the_form(client):
    campaign = an_open_campaign(title="The winter", goal=100_000)
    received(campaign, at=timezone.now(), amount=2550)
    words = text_of(client.get(campaign.get_absolute_url()))
    for expected in ("The winter", "Help us stay.", "The first paragraph", "The second.", "€25.50 of €1,000", "1 gift · until"):
        assert expected in words


def test_the_page_says_nothing_of_a_visitor_or_a_clock_and_sets_no_cookie(client):
    campaign = an_open_campaign()
    first, second = client.get(campaign.get_absolute_url()), Client(HTTP_COOKIE="sessionid=x").get(campaign.get_absolute_url())
    assert first.content == second.content
    assert b"csrfmiddlewaretoken" not in first.content
    assert not first.cookies
    assert "Cookie" not in first.headers.get("Vary", "")
    assert "days left" not in re.sub(r'alt="[^"]*"', "", first.content.decode())


@pytest.mark.parametrize("number", [1, 3])
def test_a_campaigns_page_costs_four_queries_however_many_gifts(client, django_assert_num_queries, number):
    campaign = an_open_campaign()
    for turn in range(number):
        received(campaign, at=timezone.now(), email=f"donor{turn}@example.org")
    with django_assert_num_queries(4):  # one of them asks which ways to give work
        client.get(campaign.get_absolute_url())


@pytest.mark.parametrize("number", [1, 3])
def test_a_closed_campaigns_page_costs_four_queries_with_the_call_of_another(client, django_assert_num_queries, number):
    closed = make_campaign(status="closed")
    for turn in range(number):
        an_open_campaign()
        received(make_campaign(ends_at=None), at=timezone.now(), email=f"donor{turn}@example.org")
    with django_assert_num_queries(4):
        client.get(closed.get_absolute_url())


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_four_queries_however_many_campaigns(client, django_assert_num_queries, number):
    for _ in range(number):
        an_open_campaign()
    with django_assert_num_queries(4):
        client.get("/campaigns/")


def test_the_list_shows_open_ones_first_and_no_drafts(client):
    closed, running_one = make_campaign(status="closed", title="Done"), an_open_campaign(title="Now")
    make_campaign(status="draft", title="Secret")
    make_campaign(status="planned", title="Soon", opened_at=None, **TO_COME)
    words = text_of(client.get("/campaigns/"))
    assert words.index(running_one.title) < words.index(closed.title)
    assert "Secret" not in words
    assert "Soon" not in words


@pytest.mark.parametrize("status", ["draft", "planned"])
def test_what_is_not_open_yet_has_no_page(client, status):
    campaign = make_campaign(status=status, **TO_COME)
    for address in ("", "progress.svg", "progress.json"):
        assert client.get(campaign.get_absolute_url() + address).status_code == 404
    assert client.post(campaign.get_absolute_url(), filled_in()).status_code == 404


def test_a_closed_campaign_thanks_instead_of_asking(client):
    campaign = an_open_campaign()
    received(campaign, at=timezone.now(), amount=100_000)
    running.close_campaign(campaign, by=None, at=timezone.now())
    response = client.get(campaign.get_absolute_url())
    assert b'class="give"' not in response.content
    assert "Thank you" in text_of(response)
    assert "1 gift came in, and the goal was reached." in text_of(response)


def test_donate_leads_to_the_campaign_that_is_asked_for(client):
    assert client.get("/donate/").headers["Location"] == "/campaigns/"
    campaign = an_open_campaign()
    response = client.get("/donate/")
    assert (response.status_code, response.headers["Location"]) == (302, campaign.get_absolute_url())


# The call on every page


def calls(client: Client, address: str) -> list[str]:
    """The campaigns that a page's house notice asks for."""
    page = client.get(address).content.decode()
    return [html.unescape(title) for title in re.findall(r'id="campaign-call"><a href="[^"]+">([^<]+)</a>', page)]


def test_every_page_carries_the_call_but_not_the_page_that_asks_by_its_form(client):
    campaign = an_open_campaign(title="The winter", call="Help us through.", appeal="It is a long one.")
    article = make_article()
    words = text_of(client.get(article.get_absolute_url()))
    for expected in ("The winter", "Help us through.", "It is a long one."):
        assert expected in words
    page = client.get(article.get_absolute_url()).content.decode()
    assert f'src="{campaign.get_absolute_url()}progress.svg"' in page
    assert f'href="{campaign.get_absolute_url()}#giving"' in page
    assert calls(client, campaign.get_absolute_url()) == []


def test_the_pages_of_campaigns_and_of_giving_carry_the_call_too(client):
    closed, other = make_campaign(status="closed"), an_open_campaign(title="The archive")
    an_open_campaign(title="The winter", priority=1)
    for address in (closed.get_absolute_url(), "/campaigns/", "/giving/", "/giving/?asked=1"):
        assert (address, calls(client, address)) == (address, ["The winter"])
    assert calls(client, other.get_absolute_url()) == []


def test_a_campaign_in_the_list_and_the_call_for_it_are_no_two_landmarks_of_one_name(client):
    an_open_campaign(title="The winter")
    page = tree(client.get("/campaigns/"))
    names = [page.get_element_by_id(name).text_content() for name in page.xpath("//section/@aria-labelledby")]
    assert "The winter" in names
    assert len(names) == len(set(names))


def test_the_form_tells_the_script_what_the_server_takes(client):
    page = client.get(an_open_campaign(minimum=300).get_absolute_url()).content.decode()
    assert 'data-decimals="2" data-grouping="," data-signs="eur €" data-most="100000000000"' in page
    assert 'data-rhythm="monthly" data-least="300"' in page


def test_which_campaign_is_asked_for_is_told_apart_from_what_its_call_says():
    """Another appeal changes the pages that ask for it; another campaign that is asked for changes what they ask for."""
    campaign = an_open_campaign(appeal="Once.")
    before = faces()
    Campaign.objects.update(appeal="Anew.")
    anew = faces()
    an_open_campaign(priority=1)
    asked = faces()
    assert (before[asks(campaign.pk)] == anew[asks(campaign.pk)], before[CALL] == anew[CALL]) == (False, True)
    assert (anew[asks(campaign.pk)] == asked[asks(campaign.pk)], anew[CALL] == asked[CALL]) == (True, False)


def test_whoever_gives_or_looks_at_their_gifts_is_not_asked_at_the_same_time(client):
    donation = received(an_open_campaign(), at=timezone.now())
    for address in (donation.get_absolute_url(), links.to_donor(donation.donor)):
        page = client.get(address)
        assert (page.status_code, "campaign-call" in page.content.decode()) == (200, False)


def test_a_gift_changes_no_other_page(client):
    campaign, article = an_open_campaign(), make_article()
    before = client.get(article.get_absolute_url()).content
    received(campaign, at=timezone.now())
    assert client.get(article.get_absolute_url()).content == before


def test_without_an_open_campaign_there_is_no_call(client):
    make_campaign(status="closed", title="Long ago")
    assert "Long ago" not in text_of(client.get(make_article().get_absolute_url()))


# Progress for embedding


def test_progress_is_drawn_and_told(client):
    campaign = an_open_campaign(goal=10_000, title="A <b> & c")
    received(campaign, at=timezone.now(), amount=2500)
    svg = client.get(campaign.get_absolute_url() + "progress.svg")
    assert svg.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert "€25 of €100, 1 gift, 9 days left." in svg.content.decode()
    assert '<rect class="filled" y="34" width="120" height="8"/>' in svg.content.decode()
    assert "A &lt;b&gt; &amp; c" in svg.content.decode()
    facts = client.get(campaign.get_absolute_url() + "progress.json").json()
    assert (facts["total"], facts["goal"], facts["gifts"], facts["per_cent"], facts["days_left"]) == (2500, 10_000, 1, 25, 9)
    assert (facts["currency"], facts["total_text"], facts["status"]) == ("EUR", "€25", "open")


def test_progress_is_drawn_in_pixels_twice_as_fine(client):
    campaign = an_open_campaign(goal=10_000)
    bare = Image.open(BytesIO(client.get(campaign.get_absolute_url() + "progress.png").content))
    received(campaign, at=timezone.now(), amount=2500)
    answer = client.get(campaign.get_absolute_url() + "progress.png")
    drawn = Image.open(BytesIO(answer.content))
    assert (answer.headers["Content-Type"], drawn.format, drawn.size) == ("image/png", "PNG", (1024, 216))
    assert [bare.getpixel((x, 112)) for x in (40, 900)] == [(0xD8, 0xD2, 0xC5)] * 2
    bar = [drawn.getpixel((x, 112)) for x in (32, 32 + 239, 32 + 241, 900)]  # a quarter of 480, twice
    assert bar == [(0x97, 0x16, 0x1B)] * 2 + [(0xD8, 0xD2, 0xC5)] * 2


@pytest.mark.parametrize(
    ("text", "drawn"), [("€25", "€25"), ("₺2,500", "2,500 XYZ"), ("1\u202f250 kr", "1 250 kr"), ("zł", "zł")]
)
def test_a_sign_that_the_fonts_lack_gives_way_to_the_code(text, drawn):
    assert drawing.spelled(text.replace("₺", "\u0bf9"), (*drawing.PLAIN, 17), "XYZ") == drawn


def test_progress_may_be_embedded(client, django_assert_num_queries):
    campaign = an_open_campaign()
    for name in ("progress.svg", "progress.png", "progress.json"):
        with django_assert_num_queries(1):
            response = client.get(campaign.get_absolute_url() + name)
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    policy = client.get(campaign.get_absolute_url() + "progress.svg").headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_a_closed_campaign_counts_no_days(client):
    campaign = an_open_campaign(status="closed")
    facts = client.get(campaign.get_absolute_url() + "progress.json").json()
    assert (facts["days_left"], facts["days_left_text"]) == (None, "closed")
