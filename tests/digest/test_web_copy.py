"""The web copy of an edition."""

from datetime import timedelta

import pytest

from articles import publishing
from digest import delivery, editions
from tests.factories import NOON, make_article, make_author, make_subscriber
from tests.pages import headlines, tree, without_visitor

pytestmark = pytest.mark.django_db

PATH = "/digest/2026-11-23/"


def compose():
    return editions.compose(NOON.date(), editions.since_last(until=NOON), at=NOON)


def test_it_shows_the_editions_articles(client):
    for number, headline in enumerate(["Newer", "Older"]):
        make_article(headline=headline, published_at=NOON - timedelta(hours=number + 1))
    compose()
    response = client.get(PATH)
    assert (response.status_code, headlines(response)) == (200, ["Newer", "Older"])


def test_an_extra_edition_stands_below_the_days_digest(client):
    make_subscriber()
    make_article(headline="Morning", published_at=NOON - timedelta(hours=5))
    first = editions.by_hand(NOON.date(), at=NOON)
    assert first is not None
    delivery.send(first, clock=lambda: NOON)
    make_article(headline="Noon", published_at=NOON)
    editions.by_hand(NOON.date(), at=NOON)
    assert headlines(client.get(PATH)) == ["Morning", "Noon"]
    assert headlines(client.get("/digest/")) == []
    assert tree(client.get("/digest/")).xpath('//section[@aria-labelledby="editions"]//a/@href') == [PATH]


def test_a_withdrawn_article_leaves_it(client):
    kept, gone = make_article(headline="Kept"), make_article(headline="Gone")
    compose()
    publishing.withdraw(gone, by=None, at=NOON)
    assert headlines(client.get(PATH)) == [kept.headline]
    publishing.withdraw(kept, by=None, at=NOON)
    assert client.get(PATH).status_code == 404


def test_it_tells_nothing_about_readers(client):
    make_article()
    reader = make_subscriber()
    compose()
    page = client.get(PATH).content.decode()
    assert reader.email not in page
    assert not tree(page).xpath('//a[contains(@href, "unsubscribe") or contains(@href, "preferences")]')


def test_public_pages_of_the_digest_depend_on_no_visitor(client):
    make_article()
    compose()
    for path in (PATH, "/digest/", "/digest/2026/"):
        first, again = client.get(path), client.get(path, headers={"user-agent": "another"})
        assert without_visitor(first)
        assert first.content == again.content


def test_it_invites_to_the_digest(client):
    make_article()
    compose()
    page = tree(client.get(PATH))
    assert page.xpath('//section[@aria-labelledby="digest-notice"]//form/@action') == ["/digest/"]


@pytest.mark.parametrize(
    "path", ["/digest/2026-11-22/", "/digest/2026-02-30/", "/digest/2026-1-1/", "/digest/0000-00-00/", "/digest/x/"]
)
def test_a_day_without_an_edition_is_not_there(client, path):
    assert client.get(path).status_code == 404


def test_it_only_reads(client):
    make_article()
    compose()
    assert client.post(PATH).status_code == 405


def test_it_costs_the_same_for_one_article_and_for_three(client, django_assert_num_queries):
    for articles, path in ((1, "/digest/2026-11-23/"), (3, "/digest/2026-11-24/")):
        at = NOON + timedelta(days=articles // 2)
        for number in range(articles):
            make_article(authors=[make_author()], published_at=at - timedelta(minutes=number))
        editions.compose(at.date(), editions.since_last(until=at), at=at)
        with django_assert_num_queries(5):
            assert len(headlines(client.get(path))) == articles
