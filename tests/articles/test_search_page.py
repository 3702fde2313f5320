import re
from typing import Any

import pytest
from django.test import Client

from articles.models import Masthead, Status
from tests.factories import make_article, make_author
from tests.pages import attribute, headlines, texts, tree, without_visitor

pytestmark = pytest.mark.django_db


def test_search_finds_words_and_marks_them(client: Client) -> None:
    found = make_article(headline="Gates open", body="<p>The <em>reservoir</em> is empty.</p>")
    make_article(body="<p>Something else.</p>")
    response = client.get("/search/", {"q": "reservoirs"})
    assert headlines(response) == [found.headline]
    assert tree(response).xpath("//mark/text()") == ["reservoir"]
    assert attribute(response, "//h1/text()") == "Stories about “reservoirs”"
    assert attribute(response, "//main//input[@name='q']/@value") == "reservoirs"


def test_what_was_typed_and_what_was_found_are_escaped(client: Client) -> None:
    make_article(body="<p>Write &lt;script&gt;alert(1)&lt;/script&gt; into the reservoir form.</p>")
    response = client.get("/search/", {"q": "reservoir <script>alert(2)</script>"})
    assert "<script>alert" not in response.text
    response = client.get("/search/", {"q": "reservoir"})
    assert "<script>alert" not in response.text
    assert "alert(1)" in texts(response, "card-teaser")[0]


def test_nothing_found_says_how_to_go_on(client: Client) -> None:
    make_article()
    response = client.get("/search/", {"q": "zeppelin"})
    assert headlines(response) == []
    assert texts(response, "list-empty")[0].startswith("No story has “zeppelin”.")


@pytest.mark.parametrize("words", ["the", "don't", "to be or not to be", "the -reservoir"])
def test_words_that_are_too_common_are_said_to_be(client: Client, words: str) -> None:
    make_article(body="<p>The reservoir: don't open it.</p>")
    [sentences] = texts(client.get("/search/", {"q": words}), "list-empty")
    assert sentences.startswith(f"“{words}”: words as common as this stand in nearly every story")
    assert "Fewer words" not in sentences


@pytest.mark.parametrize("words", ["the zeppelin", "-the", "???", "die"])
def test_no_other_words_are_said_to_be_too_common(client: Client, words: str) -> None:
    make_article(body="<p>The reservoir.</p>", language="de")
    [sentences] = texts(client.get("/search/", {"q": words}), "list-empty")
    assert sentences.startswith(f"No story has “{words}”. Fewer words, or another spelling, find more.")


def test_what_is_common_is_a_matter_of_the_newsrooms_language(client: Client) -> None:
    Masthead.objects.update(language="de")
    make_article(language="de")
    assert "words as common as this" in client.get("/search/", {"q": "die"}).text
    assert "words as common as this" not in client.get("/search/", {"q": "the"}).text


@pytest.mark.parametrize("rows", [1, 3])
def test_nothing_found_costs_no_more_than_a_search(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    for _ in range(rows):
        make_article()
    with django_assert_num_queries(5):
        client.get("/search/", {"q": "zeppelin"})


@pytest.mark.parametrize("words", ["", "   ", "\x00", "-", '"', "!!! ( & | :*", "x" * 5000])
def test_odd_words_are_no_error(client: Client, words: str) -> None:
    make_article()
    response = client.get("/search/", {"q": words})
    assert (response.status_code, headlines(response)) == (200, [])


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED, Status.WITHDRAWN])
def test_search_finds_only_what_is_published(client: Client, status: str) -> None:
    make_article(status=status, headline="Secret reservoir")
    response = client.get("/search/", {"q": "reservoir"})
    assert headlines(response) == []
    assert "Secret" not in response.text


def test_more_matches_stand_on_the_next_page(client: Client) -> None:
    for _ in range(21):
        make_article(body="<p>The reservoir.</p>")
    first = client.get("/search/", {"q": "reservoir"})
    address = attribute(first, "//nav[@aria-label='Pages']//a/@href")
    assert address == "?q=reservoir&page=2"
    second = client.get(f"/search/{address}")
    assert (len(headlines(first)), len(headlines(second))) == (20, 1)
    assert not set(headlines(first)) & set(headlines(second))
    assert attribute(second, "//nav[@aria-label='Pages']//a/@href") == "?q=reservoir&page=1"


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "999999999999999999999"])
def test_a_page_number_that_is_none_is_the_first(client: Client, page: str) -> None:
    found = make_article(body="<p>The reservoir.</p>")
    assert headlines(client.get("/search/", {"q": "reservoir", "page": page})) == [found.headline]


def test_search_is_not_for_search_engines_and_knows_no_visitor(client: Client) -> None:
    client.cookies["sessionid8000"] = "x" * 32
    response = client.get("/search/")
    assert attribute(response, "//meta[@name='robots']/@content") == "noindex"
    assert without_visitor(response)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_costs_five_queries(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    authors = [make_author() for _ in range(rows)]
    for _ in range(rows):
        make_article(body="<p>The reservoir.</p>", authors=authors)
    with django_assert_num_queries(5):
        client.get("/search/", {"q": "reservoir"})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Fish &amp; chips", "<mark>Fish</mark> &amp; chips"),
        ("Fish &lt;cheap&gt; at M&uuml;ller&nbsp;Bros", "<mark>Fish</mark> &lt;cheap&gt; at Müller\xa0Bros"),
        ("Fish &lt;script&gt;alert(1)&lt;/script&gt;", "<mark>Fish</mark> &lt;script&gt;alert(1)&lt;/script&gt;"),
        ("Fish &amp;lt;b&amp;gt;", "<mark>Fish</mark> &amp;lt;b&amp;gt;"),
        ("Fish &#2;b&#3; \x02c", "<mark>Fish</mark> b c"),
    ],
)
def test_a_snippet_says_what_the_text_says_and_is_escaped_once(client: Client, text: str, shown: str) -> None:
    make_article(body=f"<p>{text} for lunch</p>")
    page = client.get("/search/", {"q": "fish"}).text
    snippet = page.partition('<p class="card-teaser">')[2].partition("</p>")[0]
    assert re.sub(" +", " ", snippet).strip() == f"{shown} for lunch"
