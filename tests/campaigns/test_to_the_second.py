"""Start and end are obeyed to the second, on every kind of page and through every cache, before any verb has run."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from campaigns import giving, running
from campaigns.models import Campaign
from digest import editions, mails
from newsroom.cdn import Cdn
from newsroom.pages.here import store
from newsroom.pages.keys import microseconds
from tests.campaigns.clock import Clock, clock
from tests.campaigns.forms import filled_in, text_of
from tests.campaigns.gifts import a_gift
from tests.factories import NOON, make_article, make_campaign, make_subscriber, make_tag

pytestmark = pytest.mark.django_db
BLINK = timedelta(milliseconds=1)
CALL = "Keep the lamp burning."


@pytest.fixture
def hands() -> Iterator[Clock]:
    with clock() as found:
        yield found


@pytest.fixture
def kept(settings: Any, tmp_path: Path) -> None:
    settings.PAGES_ROOT = tmp_path / "pages"
    settings.PAGES_KEPT = True
    store().adopt_build()


def a_town(**overrides: Any) -> Campaign:
    """A campaign until noon, and an article of the day before with its section, tag and edition."""
    campaign = make_campaign(slug="lamp", call=CALL, **{"starts_at": NOON - timedelta(days=5), "ends_at": NOON} | overrides)
    make_tag("Light", slug="light")
    make_article(slug="story", tags=["Light"], published_at=NOON - timedelta(days=1))
    make_subscriber()
    day = (NOON - timedelta(days=1)).date()
    editions.compose(day, editions.whole(day), at=NOON - timedelta(hours=1))
    return campaign


def pages_that_ask() -> list[str]:
    lists = ["/", "/latest/", "/tags/light/", "/archive/", "/archive/2026/11/", "/digest/2026-11-22/", "/digest/2026/"]
    return [*lists, "/articles/story/", "/campaigns/", "/tags/", "/giving/", "/search/", "/search/?q=story", "/digest/"]


def asking(client: Client, addresses: list[str]) -> list[str]:
    return [address for address in addresses if CALL in text_of(client.get(address))]


def test_every_page_asks_until_the_end_and_not_a_second_longer(client, hands, kept):
    a_town()
    hands.stands_at(NOON - timedelta(minutes=5))
    assert asking(client, pages_that_ask()) == pages_that_ask()
    held = set(store().paths())
    assert {"/", "/articles/story/", "/campaigns/", "/tags/light/", "/digest/2026-11-22/"} <= held
    hands.stands_at(NOON - BLINK)
    assert asking(client, pages_that_ask()) == pages_that_ask()
    hands.stands_at(NOON)
    assert asking(client, [one for one in pages_that_ask() if one != "/campaigns/"]) == []
    assert "Closed Campaign" in text_of(client.get("/campaigns/"))
    assert set(store().paths()) >= held, "what is drawn after the end is kept again"


def test_the_pages_of_the_campaign_itself_and_its_progress_turn_at_the_end(client, hands, kept):
    campaign = a_town()
    address = campaign.get_absolute_url()
    hands.stands_at(NOON - timedelta(minutes=5))
    first = client.get(address).content
    assert b'class="give"' in first
    assert client.get(f"{address}progress.json").json()["days_left"] == 0
    assert client.get("/donate/").headers["Location"] == address
    hands.stands_at(NOON - BLINK)
    assert client.get(address).content == first
    hands.stands_at(NOON)
    over = client.get(address)
    assert (over.status_code, b'class="give"' in over.content) == (200, False)
    assert "Thank you" in text_of(over)
    assert client.get(f"{address}progress.json").json()["days_left_text"] == "closed"
    assert ">closed<" in client.get(f"{address}progress.svg").content.decode()
    assert client.get("/donate/").headers["Location"] == "/campaigns/"
    assert client.post(address, filled_in()).status_code == 409


def test_a_planned_campaign_is_asked_for_from_its_start_on(client, hands, kept):
    campaign = a_town(status="planned", opened_at=None, starts_at=NOON, ends_at=NOON + timedelta(days=1))
    address = campaign.get_absolute_url()
    hands.stands_at(NOON - timedelta(minutes=5))
    assert asking(client, pages_that_ask()) == []
    assert client.get(address).status_code == 404
    hands.stands_at(NOON - BLINK)
    assert asking(client, pages_that_ask()) == []
    hands.stands_at(NOON)
    assert asking(client, pages_that_ask()) == pages_that_ask()
    assert b'class="give"' in client.get(address).content
    assert client.get("/donate/").headers["Location"] == address
    assert client.post(address, filled_in()).status_code == 303


def test_a_gift_is_taken_from_the_start_until_the_end(hands):
    campaign = make_campaign(status="planned", opened_at=None, starts_at=NOON, ends_at=NOON + timedelta(days=1))
    for at in (NOON - BLINK, NOON + timedelta(days=1)):
        with pytest.raises(giving.CampaignTakesNoGifts):
            giving.begin(campaign, gift=a_gift(), at=at)
    assert giving.begin(campaign, gift=a_gift(), at=NOON).checkout_url


def test_one_that_cannot_open_is_not_asked_for_once_the_verb_has_said_so(client, hands, kept, django_capture_on_commit_callbacks):
    a_town(status="planned", opened_at=None, starts_at=NOON, ends_at=NOON + timedelta(days=1), minimum=2000)
    hands.stands_at(NOON)
    assert asking(client, ["/"]) == ["/"]
    with django_capture_on_commit_callbacks(execute=True):
        running.campaigns_due(at=NOON + timedelta(seconds=20))
    hands.stands_at(NOON + timedelta(seconds=20))
    assert asking(client, ["/"]) == []


def test_the_next_campaign_follows_at_the_very_moment(client, hands, kept):
    a_town(priority=5)
    make_campaign(call="The next one.", starts_at=NOON - timedelta(days=9), ends_at=None)
    hands.stands_at(NOON - timedelta(minutes=1))
    assert asking(client, ["/"]) == ["/"]
    hands.stands_at(NOON)
    assert "The next one." in text_of(client.get("/"))


def test_an_end_that_changes_nothing_ends_no_page(client, hands, kept):
    """Another campaign's end, where this one is asked for anyway, is no reason to draw pages anew."""
    a_town(priority=5, ends_at=NOON + timedelta(days=3))
    make_campaign(starts_at=NOON - timedelta(days=9), ends_at=NOON + timedelta(days=1))
    hands.stands_at(NOON)
    client.get("/latest/")
    untils = [key for key in store().keys("/latest/") if key.startswith("until:")]
    assert untils == [f"until:{microseconds(NOON + timedelta(days=3)):020d}"]


def test_no_cache_is_told_that_a_page_stays_fresh_beyond_the_end(client, hands, kept, settings):
    settings.CDN = Cdn(kind="generic", addresses=("http://127.0.0.1:9/",), token="", secret="x" * 16, lifetime=86_400)
    a_town()
    hands.stands_at(NOON - timedelta(minutes=5))
    for address in ("/", "/articles/story/", "/campaigns/", "/campaigns/lamp/", "/campaigns/lamp/progress.svg"):
        for _ in range(2):  # as it is drawn, and as it is kept
            answer = client.get(address, headers={"X-Newsroom-CDN": "x" * 16})
        assert answer.headers["Surrogate-Control"] == "max-age=299"
        assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "no-store" in client.get("/donate/").headers["Cache-Control"]


def test_who_has_the_page_already_is_not_told_beyond_the_end_that_it_is_still_the_same(client, hands, kept):
    a_town()
    hands.stands_at(NOON - timedelta(minutes=5))
    mark = client.get("/campaigns/lamp/").headers["ETag"]
    assert client.get("/campaigns/lamp/", headers={"If-None-Match": mark}).status_code == 304
    hands.stands_at(NOON)
    assert client.get("/campaigns/lamp/", headers={"If-None-Match": mark}).status_code == 200


@pytest.mark.parametrize(("at", "asks"), [(NOON - BLINK, True), (NOON, False)])
def test_the_digest_asks_until_the_end(at: datetime, asks: bool):
    a_town()
    issue = mails.issue_of(editions.Edition.objects.get(), at=at)
    assert issue
    assert [CALL in part for part in issue.content[1:]] == [asks, asks]
