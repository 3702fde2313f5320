import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from articles.models import Status
from articles.publishing import keep
from tests.articles.test_article_page import make_image
from tests.factories import NOON, make_article, make_author, make_section, make_tag
from tests.pages import without_visitor, xml

pytestmark = pytest.mark.django_db

NAMESPACES = {
    "a": "http://www.w3.org/2005/Atom",
    "dc": "http://purl.org/dc/elements/1.1/",
    "m": "http://search.yahoo.com/mrss/",
}
FORMS = ["rss", "atom", "json"]


def titles(response: Any) -> list[str]:
    """The entries' titles, whatever the format."""
    if response.headers["Content-Type"].startswith("application/feed+json"):
        return [item["title"] for item in response.json()["items"]]
    root = xml(response)
    return root.xpath("//item/title/text() | //a:entry/a:title/text()", namespaces=NAMESPACES)


@pytest.mark.parametrize("form", FORMS)
def test_feeds_of_site_tag_section_and_author(client: Client, form: str) -> None:
    land, ana = make_section(slug="land"), make_author(slug="ana")
    make_tag("Water", slug="water")
    both = make_article(tags=["Water"], authors=[ana], section=land)
    other = make_article(section=make_section())
    assert titles(client.get(f"/feeds/latest.{form}")) == [both.headline, other.headline]
    for address in ["/tags/water/feed", "/sections/land/feed", "/authors/ana/feed"]:
        response = client.get(f"{address}.{form}")
        assert titles(response) == [both.headline], address
        assert without_visitor(response)


@pytest.mark.parametrize(
    ("form", "content_type"),
    [("rss", "application/rss+xml"), ("atom", "application/atom+xml"), ("json", "application/feed+json")],
)
def test_every_format_has_its_own_type(client: Client, form: str, content_type: str) -> None:
    response = client.get(f"/feeds/latest.{form}")
    assert response.headers["Content-Type"] == f"{content_type}; charset=utf-8"
    assert titles(response) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED, Status.WITHDRAWN])
def test_feeds_carry_only_what_is_published(client: Client, status: str, form: str) -> None:
    make_article(status=status, headline="Not for readers")
    assert b"Not for readers" not in client.get(f"/feeds/latest.{form}").content


def test_rss_tells_who_what_when_and_with_which_picture(client: Client) -> None:
    authors = [make_author("Zoë Alder"), make_author("Ben Ode")]
    article = make_article(
        headline="Gates & <walls>", summary="Short.", authors=authors, tags=["Water"], lead_image=make_image(), published_at=NOON
    )
    item = xml(client.get("/feeds/latest.rss")).find("channel/item")
    assert item.findtext("title") == "Gates & <walls>"
    assert item.findtext("link") == f"{settings.SITE_URL}{article.get_absolute_url()}"
    assert item.findtext("description") == "Short."
    assert item.xpath("dc:creator/text()", namespaces=NAMESPACES) == ["Zoë Alder", "Ben Ode"]
    assert item.findtext("pubDate") == "Mon, 23 Nov 2026 12:00:00 +0000"
    assert item.findtext("category") == "Water"
    assert item.xpath("m:content/@url", namespaces=NAMESPACES) == [f"{settings.SITE_URL}/media/images/dam.jpg"]


def test_an_entry_keeps_its_id_when_its_address_changes(client: Client) -> None:
    article = make_article(slug="old")
    before = [client.get(f"/feeds/latest.{form}") for form in FORMS]
    article.slug = "new"
    article.save()
    keep(article, former_slug="old", at=NOON)
    after = [client.get(f"/feeds/latest.{form}") for form in FORMS]

    def ids(rss: Any, atom: Any, feed: Any) -> list[str]:
        return [
            xml(rss).findtext("channel/item/guid"),
            xml(atom).findtext("a:entry/a:id", namespaces=NAMESPACES),
            feed.json()["items"][0]["id"],
        ]

    assert ids(*before) == ids(*after)
    assert len(set(ids(*before))) == 1
    assert b"/articles/new/" in after[0].content


def test_json_feed_is_of_version_1_1(client: Client) -> None:
    make_article(authors=[make_author("Zoë Alder", slug="zoe")], tags=["Water"], language="es", published_at=NOON)
    feed = json.loads(client.get("/feeds/latest.json").content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    item = feed["items"][0]
    assert item["authors"] == [{"name": "Zoë Alder", "url": f"{settings.SITE_URL}/authors/zoe/"}]
    assert (item["tags"], item["language"], item["date_published"]) == (["Water"], "es", "2026-11-23T12:00:00+00:00")


@pytest.mark.parametrize("form", FORMS)
def test_a_character_that_xml_cannot_write_is_left_out(client: Client, form: str) -> None:
    make_article(headline="Bell\x07 and tab\x0b")
    assert titles(client.get(f"/feeds/latest.{form}")) == ["Bell and tab"]


def test_an_empty_feed_does_not_look_at_the_clock(client: Client) -> None:
    assert b"<updated>1970-01-01T00:00:00+00:00</updated>" in client.get("/feeds/latest.atom").content


@pytest.mark.parametrize(
    "address", ["/tags/none/feed.rss", "/sections/none/feed.atom", "/authors/none/feed.json", "/feeds/latest.xml"]
)
def test_a_feed_of_nothing_is_not_there(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("form", FORMS)
def test_a_feed_costs_two_queries(client: Client, django_assert_num_queries: Any, form: str, rows: int) -> None:
    authors = [make_author() for _ in range(rows)]
    for _ in range(rows):
        make_article(authors=authors, tags=["Water", "Dams"])
    with django_assert_num_queries(2):
        client.get(f"/feeds/latest.{form}")


def test_readers_that_take_an_rss_description_for_html_see_the_words_that_were_written(client: Client) -> None:
    make_article(body="<p>Never type &lt;img src=https://evil.example/x.gif&gt; here.</p>")
    (description,) = xml(client.get("/feeds/latest.rss")).xpath("//item/description/text()")
    assert description == "Never type &lt;img src=https://evil.example/x.gif&gt; here."
