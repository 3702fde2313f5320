"""A reader who gave is thanked: by a cookie that a script reads, on pages that are the same for everybody."""

import pytest
from django.test import Client
from django.utils import timezone

from campaigns import gave
from tests.campaigns.forms import an_open_campaign
from tests.campaigns.gifts import begun, received
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def given(client: Client, campaign, **overrides):
    """Come back from a gift that arrived."""
    donation = received(campaign, at=timezone.now(), **overrides)
    return client.get(donation.get_absolute_url())


def test_the_thanks_set_a_cookie_that_says_which_campaign_and_when_and_nothing_else(client):
    campaign = an_open_campaign()
    cookie = given(client, campaign).cookies["gave"]
    assert cookie.value.split(".")[0] == f"{campaign.pk}_{timezone.localdate()}"
    assert (cookie["samesite"], cookie["path"], cookie["httponly"], cookie["max-age"]) == ("Lax", "/", "", 400 * 24 * 3600)


def test_over_https_no_other_host_can_set_it(client, settings):
    settings.SESSION_COOKIE_SECURE = True
    cookie = given(client, an_open_campaign()).cookies["__Host-gave"]
    assert (cookie["secure"], cookie["domain"]) == (True, "")


def test_a_promise_by_transfer_is_thanked_too_and_a_payment_that_is_not_made_is_not(client):
    promised, left = (
        begun(an_open_campaign(), processor="offline", at=timezone.now()),
        begun(an_open_campaign(), at=timezone.now()),
    )
    assert "gave" in client.get(promised.get_absolute_url()).cookies
    assert "gave" not in Client().get(left.get_absolute_url()).cookies


def test_it_remembers_the_latest_gift_to_each_of_a_few_campaigns(client):
    campaigns = [an_open_campaign() for _ in range(gave.REMEMBERED + 1)]
    for number, campaign in enumerate([*campaigns, campaigns[-1]]):
        answer = given(client, campaign, email=f"donor{number}@example.org")
    told = answer.cookies["gave"].value.split(".")[0].split("~")
    assert len(told) == gave.REMEMBERED
    assert len({gift.partition("_")[0] for gift in told}) == gave.REMEMBERED


def test_what_others_wrote_into_it_is_not_carried_on_under_our_name(client):
    campaign, other = an_open_campaign(), an_open_campaign()
    client.cookies["gave"] = f"{other.pk}_{timezone.localdate()}.x"
    assert given(client, campaign).cookies["gave"].value.split(".")[0] == f"{campaign.pk}_{timezone.localdate()}"


def test_who_gave_and_wants_to_give_again_is_led_to_the_form_as_everybody(client):
    campaign = an_open_campaign()
    given(client, campaign)
    assert client.get("/donate/").headers["Location"] == campaign.get_absolute_url()


@pytest.mark.parametrize("forged", ["", ".", "1_2026-11-23", "1_2026-11-23.abc", "~~.x", "é"])
def test_what_is_no_cookie_of_ours_is_no_gift(rf, forged):
    request = rf.get("/donate/")
    request.COOKIES["gave"] = forged
    assert gave.gifts_of(request) == {}


def test_pages_are_the_same_for_who_gave_and_never_vary_by_a_cookie(client):
    campaign, article = an_open_campaign(has_bar=True), make_article()
    given(client, campaign)
    for address in ("/", article.get_absolute_url(), campaign.get_absolute_url()):
        mine, theirs = client.get(address), Client().get(address)
        assert mine.content == theirs.content
        assert "Cookie" not in mine.headers.get("Vary", "")
    page = mine = client.get("/").content.decode()
    assert f'data-campaign="{campaign.pk}"' in page
    assert page.count('class="bar ask"') == 1


def test_a_page_that_asks_for_nothing_needs_no_script(client):
    campaign = an_open_campaign(has_bar=True)
    assert "asking.js" not in client.get(campaign.get_absolute_url()).content.decode()
    campaign.delete()
    assert "asking.js" not in client.get("/").content.decode()
