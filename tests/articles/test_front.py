from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from articles.models import Article, FormerAddress, Masthead, Section, Status
from articles.publishing import withdraw
from tests.factories import NOON, make_article, make_author, make_section
from tests.pages import attribute, texts, tree, without_visitor

pytestmark = pytest.mark.django_db


def test_a_front_page_without_a_story_says_so(client: Client) -> None:
    response = client.get("/")
    assert texts(response, "list-empty") == ["The first story will stand here soon."]
    assert attribute(response, "//h1/text()") == "Newsroom"


def test_the_newest_story_leads_and_three_stand_beside_it(client: Client) -> None:
    made = [make_article() for _ in range(6)]
    response = client.get("/")
    assert texts(response, "lead-headline") == [made[0].headline]
    assert texts(response, "second-headline") == [article.headline for article in made[1:4]]
    assert texts(response, "strip-headline") == [made[4].headline]
    assert texts(response, "strip-plain") == [made[5].headline]


def test_strips_follow_the_order_of_the_navigation(client: Client) -> None:
    last, first, hidden = (
        make_section("Culture", position=2),
        make_section("Politics", position=1),
        make_section("Letters", position=0, in_navigation=False),
    )
    for section in (last, first, hidden):
        for _ in range(3):
            make_article(section=section, published_at=NOON - timedelta(days=1))
    for _ in range(4):
        make_article(section=last)
    assert texts(client.get("/"), "strip-name") == ["Politics", "Culture"]


def test_no_story_stands_on_the_front_page_twice(client: Client) -> None:
    for _ in range(2):
        section = make_section()
        for _ in range(7):
            make_article(section=section)
    links = tree(client.get("/")).xpath("//main//*[self::h2 or self::h3]/a[starts-with(@href, '/articles/')]/@href")
    assert len(links) == len(set(links)) == 4 + 3 + 6


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED, Status.WITHDRAWN])
def test_only_published_stories_are_on_the_front_page(client: Client, status: str) -> None:
    kept = make_article()
    make_article(status=status, headline="Not for readers")
    response = client.get("/")
    assert texts(response, "lead-headline") == [kept.headline]
    assert "Not for readers" not in response.text


def test_a_withdrawn_lead_makes_room_for_the_next(client: Client) -> None:
    lead, second = make_article(), make_article()
    withdraw(lead, by=None, at=NOON)
    assert texts(client.get("/"), "lead-headline") == [second.headline]


def test_the_masthead_is_the_newsrooms_own(client: Client) -> None:
    Masthead.objects.update(
        name="The <Lamp>", tagline="Light & truth", footer="14 Weir Street", contact_email="desk@lamp.example"
    )
    make_section("Land", slug="land")
    response = client.get("/")
    assert attribute(response, "//title/text()") == "The <Lamp> – Light & truth"
    assert texts(response, "masthead-name") == ["The <Lamp>"]
    assert attribute(response, "//header//a[@href='/sections/land/']/text()") == "Land"
    assert "14 Weir Street" in texts(response, "footer-about")[0]
    assert attribute(response, "//footer//a[@href='mailto:desk@lamp.example']/text()") == "desk@lamp.example"


def test_the_front_page_of_a_permalink_leads_to_the_article(client: Client) -> None:
    article = make_article(slug="harbour")
    FormerAddress.objects.create(path="/?p=12", article=article)
    response = client.get("/?p=12")
    assert (response.status_code, response.headers["Location"]) == (301, "/articles/harbour/")
    assert client.get("/?p=13").status_code == 200
    assert client.get("/?utm_source=mail").status_code == 200


def test_the_front_page_knows_no_visitor(client: Client) -> None:
    make_article()
    client.cookies["sessionid8000"] = "x" * 32
    assert without_visitor(client.get("/"))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_front_page_costs_seven_queries(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    for _ in range(rows):
        section = make_section()
        for _ in range(7):
            make_article(section=section, authors=[make_author() for _ in range(rows)], tags=["Water"])
    assert Section.objects.count() == rows
    assert Article.objects.published().count() == rows * 7
    client.get("/")
    with django_assert_num_queries(7):
        client.get("/")
