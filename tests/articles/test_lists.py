from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client, override_settings

from articles.models import Author, Section, Status, Tag
from tests.factories import make_article, make_author, make_section, make_tag
from tests.pages import attribute, headlines, texts, tree, without_visitor

pytestmark = pytest.mark.django_db

MAY_2025 = datetime(2025, 5, 10, 9, 0, tzinfo=UTC)


def test_a_tag_page_has_its_name_its_description_and_its_articles(client: Client) -> None:
    make_tag("Courts", slug="courts", description="Who judges, and how.")
    kept, other = make_article(tags=["Courts"]), make_article(tags=["Water"])
    response = client.get("/tags/courts/")
    assert attribute(response, "//h1/text()") == "Courts"
    assert texts(response, "list-description") == ["Who judges, and how."]
    assert headlines(response) == [kept.headline]
    assert other.headline not in response.text


def test_a_section_page_has_its_articles_and_is_marked_in_the_navigation(client: Client) -> None:
    land = make_section("Land", slug="land", description="Fields and forests.")
    kept = make_article(section=land)
    make_article(section=make_section())
    response = client.get("/sections/land/")
    assert texts(response, "list-description") == ["Fields and forests."]
    assert headlines(response) == [kept.headline]
    assert attribute(response, "//nav//a[@aria-current='page']/@href") == "/sections/land/"


def test_an_author_page_has_the_biography_and_shared_bylines(client: Client) -> None:
    ana, ben = make_author("Ana Ruiz", slug="ana", bio="Ana reports on water.", email="ana@lamp.example"), make_author("Ben")
    shared = make_article(authors=[ben, ana])
    make_article(authors=[ben])
    response = client.get("/authors/ana/")
    assert attribute(response, "//h1/text()") == "Ana Ruiz"
    assert texts(response, "list-description") == ["Ana reports on water."]
    assert attribute(response, "//main//a[starts-with(@href, 'mailto:')]/text()") == "ana@lamp.example"
    assert headlines(response) == [shared.headline]


def test_a_card_tells_headline_date_byline_summary_and_section(client: Client) -> None:
    land = make_section("Land", slug="land")
    article = make_article(
        headline="Gates open",
        summary="What the water brought.",
        section=land,
        authors=[make_author("Ben Ode"), make_author("Ana Ruiz")],
        published_at=MAY_2025,
    )
    response = client.get("/latest/")
    card = tree(response).xpath("//article[contains(@class, 'card')]")[0]
    assert [" ".join(line.split()) for line in card.text_content().split("\n") if line.strip()] == [
        "Land May 10, 2025",
        "Gates open",
        "By Ben Ode and Ana Ruiz",
        "What the water brought.",
    ]
    assert attribute(response, "//h2/a/@href") == article.get_absolute_url()


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED, Status.WITHDRAWN])
def test_no_list_shows_what_is_not_published(client: Client, status: str) -> None:
    author = make_author(slug="ana")
    make_article(status=status, tags=["Water"], authors=[author], section=make_section(slug="land"), published_at=MAY_2025)
    for address in ["/latest/", "/sections/land/"]:
        response = client.get(address)
        assert (response.status_code, headlines(response)) == (200, []), address
        assert texts(response, "list-empty") == ["Nothing has been published here yet."]
    assert client.get("/archive/2025/05/").status_code == 404
    assert texts(client.get("/tags/"), "index") == []
    assert texts(client.get("/archive/"), "index") == []


@pytest.mark.parametrize(
    "address", ["/tags/none/", "/sections/none/", "/authors/none/", "/archive/2025/13/", "/archive/0000/01/"]
)
def test_a_list_that_does_not_exist_is_not_there(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_tag_index_tells_how_much_stands_under_each_tag(client: Client) -> None:
    make_article(tags=["water", "Courts"])
    make_article(tags=["water"])
    make_article(tags=["water", "Secret"], status=Status.DRAFT)
    response = client.get("/tags/")
    assert texts(response, "index-letter") == ["C", "W"]
    assert texts(response, "index") == ["Courts 1", "water 2"]


def test_a_month_begins_and_ends_by_the_newsrooms_clock(client: Client) -> None:
    late = datetime(2025, 4, 30, 22, 30, tzinfo=UTC)  # half past midnight on 1 May in Madrid
    with override_settings(TIME_ZONE="Europe/Madrid"):
        may = make_article(published_at=late)
        assert headlines(client.get("/archive/2025/05/")) == [may.headline]
        assert client.get("/archive/2025/04/").status_code == 404
        assert texts(client.get("/archive/"), "index") == ["May 2025 1"]
        assert attribute(client.get("/archive/2025/05/"), "//h1/text()") == "May 2025"


def test_december_is_followed_by_january(client: Client) -> None:
    article = make_article(published_at=datetime(2025, 12, 31, 23, 59, tzinfo=UTC))
    assert headlines(client.get("/archive/2025/12/")) == [article.headline]
    assert client.get("/archive/2026/01/").status_code == 404


def test_lists_know_no_visitor(client: Client) -> None:
    make_article(tags=["Water"])
    client.cookies["sessionid8000"] = "x" * 32
    for address in ["/latest/", "/tags/", "/tags/water/", "/archive/", Section.objects.get().get_absolute_url()]:
        assert without_visitor(client.get(address)), address


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/latest/", 5),
        ("/tags/water/", 7),
        ("/sections/land/", 6),
        ("/authors/ana/", 6),
        ("/archive/2025/05/", 5),
        ("/tags/", 4),
        ("/archive/", 4),
    ],
)
def test_what_a_list_costs(client: Client, django_assert_num_queries: Any, address: str, queries: int, rows: int) -> None:
    section, authors = make_section(slug="land"), [make_author(slug="ana"), make_author()]
    for _ in range(rows):
        make_article(tags=["Water", "Dams"], authors=authors, section=section, published_at=MAY_2025)
    client.get(address)
    with django_assert_num_queries(queries):
        client.get(address)
    assert (Tag.objects.count(), Author.objects.count()) == (2, 2)


STRANGE = ["\x00", "a\x00b", "\x1f", "\x7f"]


@pytest.mark.parametrize("kind", ["articles", "tags", "sections", "authors", "campaigns"])
@pytest.mark.parametrize("slug", STRANGE)
def test_an_address_with_a_control_character_is_not_found(client: Client, kind: str, slug: str) -> None:
    tails = ["", "page/1/", "feed.rss", "feed.atom", "feed.json", "progress.svg", "progress.json"]
    assert {client.get(f"/{kind}/{quote(slug)}/{tail}").status_code for tail in tails} == {404}


@pytest.mark.parametrize("month", ["0000-01", "0001-01", "9999-12", "2026-13"])
def test_a_month_that_no_calendar_has_is_not_found(client: Client, month: str) -> None:
    assert client.get(f"/sitemaps/{month}.xml").status_code == 404
    assert client.get(f"/archive/{month.replace('-', '/')}/").status_code == 404


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED, Status.WITHDRAWN])
def test_tags_and_authors_of_what_is_not_public_tell_nothing(client: Client, status: str) -> None:
    make_tag("Minister arrested", slug="minister")
    make_article(status=status, tags=["Minister arrested"], authors=[make_author(slug="ana", email="ana@example.org")])
    for page in ("/tags/minister/", "/authors/ana/"):
        for tail in ("", "feed.rss", "feed.atom", "feed.json"):
            assert client.get(f"{page}{tail}").status_code == 404
