"""Lists that are paged by where a page begins, on the desk's list of articles, tags and authors."""

import pytest

from articles.admin import ArticleAdmin
from articles.admin.taxonomy import AuthorAdmin, TagAdmin
from articles.models import Article
from tests.articles.forms import tree
from tests.factories import NOON, make_article, make_author, make_section, make_tag, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/article/"


@pytest.fixture
def editor(client):
    client.force_login(make_user("Editor"))
    return client


@pytest.fixture(autouse=True)
def short_pages(monkeypatch):
    for desk in (ArticleAdmin, TagAdmin, AuthorAdmin):
        monkeypatch.setattr(desk, "list_per_page", 2)


def names(response, column: str = "headline") -> list[str]:
    return [cell.text_content().strip() for cell in tree(response).xpath(f"//tbody//*[contains(@class, 'field-{column}')]")]


def link(response, way: str) -> str:
    """Where “next” or “prev” leads; nothing where there is no such page."""
    return next(iter(tree(response).xpath(f"//nav[@class='paginator']//a[@rel='{way}']/@href")), "")


def walk(client, address: str, way: str = "next", column: str = "headline") -> tuple[list[list[str]], str]:
    """The pages one comes through by its links, and the address of the last one."""
    pages, root = [], address.partition("?")[0]
    while True:
        response = client.get(address)
        pages.append(names(response, column))
        onward = link(response, way)
        if not onward:
            return pages, address
        address = root + onward


def test_pages_follow_each_other_without_gap_or_repetition_and_lead_back(editor):
    for number in range(5):
        make_article(headline=f"H{number}")
    forth, last = walk(editor, LIST)
    assert forth == [["H4", "H3"], ["H2", "H1"], ["H0"]]
    back, _ = walk(editor, last, "prev")
    assert back == [["H0"], ["H2", "H1"], ["H4", "H3"]]


def test_what_is_added_meanwhile_shifts_nothing(editor):
    for number in range(4):
        make_article(headline=f"H{number}")
    second = LIST + link(editor.get(LIST), "next")
    make_article(headline="New")
    assert names(editor.get(second)) == ["H1", "H0"]
    first = editor.get(LIST + link(editor.get(second), "prev"))
    assert names(first) == ["H3", "H2"]
    assert names(editor.get(LIST + link(first, "prev"))) == ["New", "H3"]


def test_near_the_beginning_a_whole_page_is_shown(editor):
    for number in range(4):
        make_article(headline=f"H{number}")
    third = Article.objects.order_by("-pk")[1]
    assert names(editor.get(LIST, {"before": f"[{third.pk}]"})) == ["H3", "H2"]


@pytest.mark.parametrize("way", ["5", "-5"])
def test_equal_moments_and_none_at_all_are_paged_by_the_order_of_publication(editor, way):
    for number in range(3):
        make_article(headline=f"Same {number}", published_at=NOON)
    for number in range(2):
        make_article(headline=f"Draft {number}", status="draft")
    pages, _ = walk(editor, f"{LIST}?o={way}")
    order = ["Draft 1", "Draft 0", "Same 2", "Same 1", "Same 0"]
    assert [name for page in pages for name in page] == (order if way == "-5" else order[::-1])


def test_filters_and_words_stay_in_the_address_from_page_to_page(editor):
    section = make_section()
    for number in range(5):
        make_article(headline=f"Tide {number}", section=section, tags=["Harbour"])
        make_article(headline=f"Tide elsewhere {number}", section=make_section())
    asked = f"{LIST}?q=tide&tag=harbour&section__id__exact={section.pk}"
    assert walk(editor, asked)[0] == [["Tide 4", "Tide 3"], ["Tide 2", "Tide 1"], ["Tide 0"]]


def test_another_filter_begins_at_the_beginning(editor):
    for number in range(5):
        make_article(headline=f"H{number}")
    page = tree(editor.get(LIST + link(editor.get(LIST), "next")))
    assert not [each for each in page.xpath("//search//a/@href") if "after" in each]


@pytest.mark.parametrize(
    "place",
    ["", "x", "[]", "[1,2]", "{}", '["a"]', "[null]", "[1e99]", "[" * 900, "[99999999999999999999]", '["\\u0000"]', "[[1]]"],
)
def test_a_place_that_is_none_leads_to_the_lists_beginning(editor, place):
    make_article(headline="H")
    for way in ("after", "before"):
        assert names(editor.get(LIST, {way: place}, follow=True)) == ["H"]
        assert editor.get(LIST, {way: place, "o": "-5"}, follow=True).status_code == 200


def test_numbered_pages_still_answer(editor):
    for number in range(5):
        make_article(headline=f"H{number}")
    response = editor.get(LIST, {"p": "2"})
    assert names(response) == ["H2", "H1"]
    assert names(editor.get(LIST + link(response, "next"))) == ["H0"]


def test_tags_and_authors_are_paged_by_name(editor):
    for name in ("b", "A", "c", "d", "e"):
        make_tag(f"{name} “tag”")
        make_author("Same name")
    assert [len(page) for page in walk(editor, "/admin/articles/author/", column="name")[0]] == [2, 2, 1]
    pages, last = walk(editor, "/admin/articles/tag/", column="name")
    assert [name for page in pages for name in page] == ["A “tag”", "b “tag”", "c “tag”", "d “tag”", "e “tag”"]
    assert walk(editor, last, "prev", column="name")[0][-1] == ["A “tag”", "b “tag”"]


def test_no_page_counts_the_rows(editor, django_assert_num_queries):
    for _ in range(5):
        make_article()
    second = LIST + link(editor.get(LIST), "next")
    with django_assert_num_queries(10) as asked:
        editor.get(second)
    assert not [query for query in asked.captured_queries if "COUNT(" in query["sql"].upper()]
