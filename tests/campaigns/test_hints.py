"""Which article brought a gift."""

import re

import pytest
from django.core import signing
from django.test import Client

from campaigns import hints
from campaigns.models import Donation
from tests.campaigns.forms import an_open_campaign, filled_in, hidden
from tests.factories import make_article

pytestmark = pytest.mark.django_db


def given(client: Client, mark: str) -> Donation:
    campaign = an_open_campaign()
    assert client.post(campaign.get_absolute_url(), filled_in(hint=mark)).status_code == 303
    return Donation.objects.latest("pk")


def marks_in(client: Client, address: str) -> set[str]:
    return set(re.findall(r'data-hint="([^"]*)"', client.get(address).content.decode()))


def test_a_gift_knows_the_article_whose_link_the_donor_followed(client):
    an_open_campaign()
    article = make_article()
    (mark,) = marks_in(client, article.get_absolute_url())
    assert given(client, mark).article == article


@pytest.mark.parametrize("mark", ["", "1", "1.", "1.x", ".", "x" * 5000, "١.x", "1.é", "-1.a.b"])
def test_a_mark_that_is_not_ours_credits_nobody_and_the_gift_is_taken(client, mark):
    make_article()
    assert given(client, mark).article is None


def test_a_mark_of_another_kind_credits_nobody(client):
    article = make_article()
    assert given(client, signing.Signer(sep=".", salt="campaigns.pledge").sign(str(article.pk))).article is None


def test_an_article_that_is_gone_is_no_harm(client):
    article = make_article(status="draft")
    mark = hints.of(article.pk)
    article.delete()
    assert given(client, mark).article is None


def test_the_mark_is_the_same_for_every_reader_and_stands_on_articles_alone(client):
    an_open_campaign()
    article = make_article()
    first, second = (marks_in(one, article.get_absolute_url()) for one in (client, Client(HTTP_COOKIE="sessionid=x")))
    assert first == second == {hints.of(article.pk)}
    assert marks_in(client, "/") == marks_in(client, "/latest/") == set()


def test_a_form_that_comes_back_with_errors_still_knows_it(client):
    mark, campaign = hints.of(make_article().pk), an_open_campaign()
    response = client.post(campaign.get_absolute_url(), filled_in(hint=mark, email="nobody"))
    assert (response.status_code, hidden(response)["hint"]) == (422, mark)


def test_the_campaigns_page_is_the_same_for_whoever_comes_from_an_article(client):
    campaign = an_open_campaign()
    page = client.get(campaign.get_absolute_url())
    assert hidden(page)["hint"] == ""
    assert not page.cookies
