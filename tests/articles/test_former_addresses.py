from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from articles.models import Article, FormerAddress, Status
from articles.publishing import keep, publish, schedule, withdraw
from articles.tagging import rename
from newsroom.pages.here import store
from tests.articles.forms import ADD, change, errors, press
from tests.factories import NOON, make_article, make_author, make_section, make_tag, make_user
from tests.pages import attribute

pytestmark = pytest.mark.django_db


def moved(client: Client, address: str) -> str:
    """Where an address leads for good."""
    response = client.get(address)
    assert response.status_code == 301, response.status_code
    return response.headers["Location"]


def former(path: str, article: Article) -> None:
    FormerAddress.objects.create(path=path, article=article)


def test_a_former_slug_leads_to_the_article(client: Client) -> None:
    article = make_article(slug="old")
    article.slug = "new"
    article.save()
    keep(article, former_slug="old", at=NOON)
    assert moved(client, "/articles/old/") == "/articles/new/"
    assert client.get("/articles/new/").status_code == 200


@pytest.mark.parametrize("asked", ["/2019/05/harbour/", "/2019/05/harbour", "/2019/05/harbour/?utm_source=mail"])
def test_an_imported_permalink_is_found_with_or_without_its_slash(client: Client, asked: str) -> None:
    former("/2019/05/harbour/", make_article(slug="harbour"))
    assert moved(client, asked) == "/articles/harbour/"


def test_a_permalink_without_a_slash_is_found_with_one(client: Client) -> None:
    former("/2019/05/harbour.html", make_article(slug="harbour"))
    assert moved(client, "/2019/05/harbour.html/") == "/articles/harbour/"
    assert moved(client, "/2019/05/harbour.html") == "/articles/harbour/"


def test_a_permalink_in_another_script_is_found_decoded(client: Client) -> None:
    former("/2019/05/der-fluß-東京/", make_article(slug="harbour"))
    assert moved(client, "/2019/05/der-flu%C3%9F-%E6%9D%B1%E4%BA%AC/") == "/articles/harbour/"


def test_the_query_string_is_part_of_an_address(client: Client) -> None:
    former("/index.php?p=12", make_article(slug="twelve"))
    former("/index.php", make_article(slug="index"))
    assert moved(client, "/index.php?p=12") == "/articles/twelve/"
    assert moved(client, "/index.php?p=13") == "/articles/index/"


def test_tags_sections_and_authors_have_former_addresses_too(client: Client) -> None:
    FormerAddress.objects.create(path="/tag/rivers/", tag=make_tag(slug="water"))
    FormerAddress.objects.create(path="/category/fields/", section=make_section(slug="land"))
    FormerAddress.objects.create(path="/author/ana/", author=make_author(slug="ana-ruiz"))
    assert moved(client, "/tag/rivers/") == "/tags/water/"
    assert moved(client, "/category/fields/") == "/sections/land/"
    assert moved(client, "/author/ana/") == "/authors/ana-ruiz/"


@pytest.mark.parametrize("rest", ["feed.rss", "feed.atom", "feed.json", "page/1/", "page/12/"])
def test_a_lists_feeds_and_numbered_pages_lead_on_with_it(client: Client, rest: str) -> None:
    FormerAddress.objects.create(path="/tags/rivers/", tag=make_tag(slug="water"))
    FormerAddress.objects.create(path="/category/fields", section=make_section(slug="land"))
    FormerAddress.objects.create(path="/authors/ana/", author=make_author(slug="ana-ruiz"))
    assert moved(client, f"/tags/rivers/{rest}") == f"/tags/water/{rest}"
    assert moved(client, f"/category/fields/{rest}") == f"/sections/land/{rest}"
    assert moved(client, f"/authors/ana/{rest}") == f"/authors/ana-ruiz/{rest}"


def test_a_numbered_page_is_found_without_its_slash(client: Client) -> None:
    FormerAddress.objects.create(path="/tag/rivers/", tag=make_tag(slug="water"))
    assert moved(client, "/tag/rivers/page/2") == "/tags/water/page/2/"


@pytest.mark.parametrize("rest", ["feed.xml", "feed.rss/more", "page/0/", "page/02/", "page/1234567890/", "page/", "more/"])
def test_what_no_list_has_below_it_leads_nowhere(client: Client, rest: str) -> None:
    FormerAddress.objects.create(path="/tags/rivers/", tag=make_tag(slug="water"))
    assert client.get(f"/tags/rivers/{rest}").status_code == 404


def test_an_article_has_no_feed(client: Client) -> None:
    former("/2019/05/harbour/", make_article(slug="harbour"))
    assert client.get("/2019/05/harbour/feed.rss").status_code == 404


def test_a_feed_with_a_former_address_of_its_own_follows_that(client: Client) -> None:
    FormerAddress.objects.create(path="/tags/rivers/", tag=make_tag(slug="water"))
    FormerAddress.objects.create(path="/tags/rivers/feed.rss", tag=make_tag(slug="floods"))
    assert moved(client, "/tags/rivers/feed.rss") == "/tags/floods/"


@pytest.mark.parametrize("address", ["/tags/rivers/", "/tags/rivers/feed.rss", "/tags/rivers/page/2/"])
def test_to_be_led_on_costs_two_queries(client: Client, django_assert_num_queries: Any, address: str) -> None:
    FormerAddress.objects.create(path="/tags/rivers/", tag=make_tag(slug="water"))
    with django_assert_num_queries(2):  # and one for a tag of that slug
        moved(client, address)


@pytest.mark.parametrize(
    ("address", "is_kept"),
    [
        ("/tags/rivers/", True),
        ("/tags/rivers/feed.rss", True),
        ("/tags/rivers//feed.rss", False),
        ("/tags/rivers/page/2/", False),
        ("/tags/rivers//", False),
    ],
)
def test_only_addresses_that_there_is_an_end_to_are_kept(
    client: Client, settings: Any, tmp_path: Path, address: str, is_kept: bool
) -> None:
    FormerAddress.objects.create(path="/tags/rivers/", tag=make_tag(slug="water"))
    settings.PAGES_ROOT, settings.PAGES_KEPT = tmp_path / "pages", True
    store().adopt_build()
    moved(client, address)
    assert (address in set(store().paths())) is is_kept


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED])
def test_the_permalink_of_what_was_never_public_betrays_nothing(client: Client, status: str) -> None:
    article = make_article(status=status, slug="secret-plan")
    former("/2019/05/harbour/", article)
    former("/?p=12", article)
    response = client.get("/2019/05/harbour/")
    assert response.status_code == 404
    assert "secret-plan" not in response.text
    assert client.get("/?p=12").status_code == 200


def test_the_permalink_of_a_withdrawn_article_ends_in_gone(client: Client) -> None:
    article = make_article(slug="wrong")
    former("/2019/05/wrong/", article)
    withdraw(article, by=None, at=NOON)
    response = client.get("/2019/05/wrong/", follow=True)
    assert (response.redirect_chain, response.status_code) == ([("/articles/wrong/", 301)], 410)


def test_an_address_that_never_was_gets_a_page_that_helps(client: Client) -> None:
    response = client.get("/nothing/here/?q=%00%FF")
    assert response.status_code == 404
    assert attribute(response, "//h1/text()") == "This page is not here"
    assert attribute(response, "//meta[@name='robots']/@content") == "noindex"
    assert client.get("/with%00zero/").status_code == 404


def test_what_a_visitor_adds_to_an_address_leads_nowhere_else(client: Client) -> None:
    former("/go", make_article(slug="harbour"))
    assert moved(client, "/go?next=//evil.example/") == "/articles/harbour/"
    assert client.get("/?p=//evil.example/").status_code == 200


# A former address is not taken over


def renamed(headline: str = "Ships") -> Article:
    """An article that was once to be found under the slug “old”."""
    article = make_article(headline=headline, slug="old")
    article.slug = "new"
    article.save()
    keep(article, former_slug="old", at=NOON)
    return article


@pytest.mark.parametrize("verb", ["publish", "schedule", "keep"])
def test_no_article_takes_the_address_that_leads_to_another(client: Client, verb: str) -> None:
    renamed()
    if verb == "keep":
        other = make_article(slug="other")
        other.slug = "old"
        other.save()
    else:
        other = make_article(slug="old", status=Status.DRAFT)
    with pytest.raises(ValidationError, match="Another page had the address /articles/old/ before"):
        {
            "publish": lambda: publish(other, by=None, at=NOON),
            "schedule": lambda: schedule(other, by=None, publish_at=NOON + timedelta(days=1), at=NOON),
            "keep": lambda: keep(other, former_slug="other", at=NOON),
        }[verb]()
    assert FormerAddress.objects.get(path="/articles/old/").get_absolute_url() == "/articles/new/"


def test_an_article_goes_back_to_an_address_of_its_own(client: Client) -> None:
    article = renamed()
    article.slug = "old"
    article.save()
    keep(article, former_slug="new", at=NOON)
    assert client.get("/articles/old/").status_code == 200
    assert moved(client, "/articles/new/") == "/articles/old/"


def test_a_tag_is_not_renamed_to_the_former_address_of_another() -> None:
    rename(make_tag("Harbour", slug="harbour"), name="Port", slug="port", by=None)
    with pytest.raises(ValidationError, match="Another page had the address /tags/harbour/ before"):
        rename(make_tag("Docks", slug="docks"), name="Docks", slug="harbour", by=None)


def test_an_address_that_leads_to_another_is_refused_beside_the_field(client: Client) -> None:
    renamed()
    client.force_login(make_user("Editor"))
    response = press(client, ADD, headline="Another", slug="old")
    assert errors(response) == [
        "Another page had the address /articles/old/ before, and readers still follow it there. Choose another one."
    ]
    draft = make_article(slug="other", status=Status.DRAFT)
    assert errors(press(client, change(draft), slug="old")) != []
    assert moved(client, "/articles/old/") == "/articles/new/"


def test_a_slug_that_is_made_avoids_the_former_ones(client: Client) -> None:
    renamed()
    client.force_login(make_user("Editor"))
    press(client, ADD, headline="Old", slug="")
    assert Article.objects.get(headline="Old").slug == "old-2"
    assert moved(client, "/articles/old/") == "/articles/new/"


@pytest.mark.parametrize(("asked", "is_kept"), [("/old/", True), ("/old", True), ("/old//", False), ("/old///", False)])
def test_the_redirect_is_kept_under_its_two_spellings_alone(
    client: Client, settings: Any, tmp_path: Path, asked: str, is_kept: bool
):
    settings.PAGES_KEPT, settings.PAGES_ROOT = True, tmp_path / "pages"
    store().adopt_build()
    former("/old/", make_article(slug="harbour"))
    assert moved(client, asked) == "/articles/harbour/"
    assert store().paths() == [asked] * is_kept


def test_the_redirect_to_an_invented_address_with_its_slash_is_not_kept(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.PAGES_KEPT, settings.PAGES_ROOT = True, tmp_path / "pages"
    store().adopt_build()
    for asked in ("/articles/invented", "/tags/invented", "/campaigns/invented", "/authors/%C3%A9"):
        assert client.get(asked).status_code == 301
        assert client.get(f"{asked}/").status_code == 404
    assert store().paths() == []
