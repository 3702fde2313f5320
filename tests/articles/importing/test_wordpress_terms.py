"""Authors, categories and tags of an export, and whom and what they become here."""

import pytest

from articles.models import Article, Author, Section
from tests.articles.importing.samples import author, category, export, item, run
from tests.factories import make_author, make_section, make_tag

pytestmark = pytest.mark.django_db


def only() -> Article:
    return Article.objects.get()


def section(article: Article) -> Section:
    return Section.objects.get(articles=article)


# Authors


def test_authors_have_the_names_that_they_are_shown_under(tmp_path):
    run(tmp_path, author("ana", "Ana Ruiz"), author("bo"), author("c@example.org"), item(1, creator="unheard-of"))
    assert set(Author.objects.values_list("name", "slug")) == {
        ("Ana Ruiz", "ana-ruiz"),
        ("bo", "bo"),
        ("c", "c"),
        ("unheard-of", "unheard-of"),
    }


def test_addresses_of_authors_are_not_made_public(tmp_path):
    run(tmp_path, author("ana", "Ana Ruiz"))
    assert Author.objects.get().email == ""


def test_several_authors_sign_in_their_order_and_once(tmp_path):
    terms = [("author", "cap-bo", "Bo Lind"), ("author", "ana", "Ana Ruiz"), ("author", "cap-bo", "Bo Lind")]
    run(tmp_path, author("ana", "Ana Ruiz"), item(1, creator="ana", terms=terms))
    assert [byline.author.name for byline in only().bylines.all()] == ["Bo Lind", "Ana Ruiz"]


def test_an_author_who_is_here_already_is_not_made_again(tmp_path):
    ana = make_author("Ana Ruiz")
    run(tmp_path, author("ana", "Ana Ruiz"), item(1))
    assert only().bylines.get().author == ana


def test_two_authors_of_one_name_stay_two(tmp_path):
    run(tmp_path, author("jo1", "Jo Hart"), author("jo2", "Jo Hart"), item(1, creator="jo2"))
    assert list(Author.objects.order_by("pk").values_list("slug", flat=True)) == ["jo-hart", "jo-hart-2"]
    assert only().bylines.get().author.slug == "jo-hart-2"


# Sections and tags


def test_categories_become_sections_and_tags_tags(tmp_path):
    run(
        tmp_path,
        category(1, "news", "News", description="All <b>of</b> it"),
        category(2, "arts", "Arts &amp; Culture"),
        item(1, terms=[("category", "arts", "Arts &amp; Culture"), ("post_tag", "sea", "Sea"), ("post_tag", "sea", "Sea")]),
    )
    assert set(Section.objects.values_list("name", "slug", "description")) == {
        ("News", "news", "All of it"),
        ("Arts & Culture", "arts", ""),
    }
    assert section(only()).slug == "arts"
    assert list(only().tags.names()) == ["Sea"]


def test_of_several_categories_the_primary_one_is_the_section_and_the_others_are_tags(tmp_path):
    given = [("category", slug, name) for slug, name in [("uncategorized", "Uncategorized"), ("news", "News"), ("peru", "Peru")]]
    told = [category(number, slug, name) for number, (_, slug, name) in enumerate(given, start=1)]
    run(tmp_path, *told, item(1, terms=given, meta=[("_yoast_wpseo_primary_category", "3")]), item(2, terms=given))
    first, second = Article.objects.order_by("pk")
    assert (section(first).name, list(first.tags.names())) == ("Peru", ["News"])
    assert (section(second).name, list(second.tags.names())) == ("News", ["Peru"])


def test_a_post_without_a_category_stands_in_uncategorized(tmp_path):
    run(tmp_path, item(1, terms=[]))
    assert section(only()).slug == "uncategorized"
    assert not section(only()).in_navigation


def test_a_page_needs_no_section(tmp_path):
    run(tmp_path, item(1, post_type="page", terms=[]))
    assert only().section is None
    assert not Section.objects.exists()


def test_sections_of_one_name_are_told_apart_by_the_one_above(tmp_path):
    run(
        tmp_path,
        category(1, "north", "North"),
        category(2, "sport", "Sport"),
        category(3, "north-sport", "Sport", parent="north"),
    )
    assert set(Section.objects.values_list("name", "slug")) == {
        ("North", "north"),
        ("Sport", "sport"),
        ("Sport (North)", "north-sport"),
    }


def test_tags_of_one_name_become_one_and_both_addresses_lead_to_it(tmp_path, client):
    terms = [("post_tag", "sea", "Sea"), ("post_tag", "sea-2", "SEA")]
    outcome = run(tmp_path, item(1, terms=terms))
    assert list(only().tags.names()) == ["Sea"]
    assert outcome.losses["tags of one name, now one"] == ["SEA: sea-2"]
    assert client.get("/tag/sea-2/")["Location"] == "/tags/sea/"


def test_sections_and_tags_that_are_here_already_are_used(tmp_path):
    news, tag = make_section("News", slug="latest-news"), make_tag("sea", slug="the-sea")
    run(tmp_path, item(1, terms=[("category", "news", "news"), ("post_tag", "sea", "Sea")]))
    assert only().section == news
    assert list(only().tags.all()) == [tag]


def test_the_oldest_exports_name_their_terms_without_slugs(tmp_path):
    text = export(item(1, terms=[])).replace(
        "</item>", "<category><![CDATA[News]]></category><category domain='tag'>Sea</category></item>"
    )
    run(tmp_path, text=text)
    assert section(only()).name == "News"
    assert list(only().tags.names()) == ["Sea"]


def test_the_navigation_is_not_flooded(tmp_path):
    run(tmp_path, *(category(number, f"c{number}", f"Category {number}") for number in range(1, 30)))
    assert Section.objects.filter(in_navigation=True).count() == 8


def test_other_taxonomies_are_listed(tmp_path):
    assert run(tmp_path, item(1, terms=[("series", "strike", "The strike")])).losses[
        "term of the taxonomy “series”: neither section nor tag"
    ] == ["The strike"]
