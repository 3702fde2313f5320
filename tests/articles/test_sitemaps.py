from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from articles.models import Status
from articles.publishing import keep
from tests.factories import make_article, make_author, make_section
from tests.pages import xml

pytestmark = pytest.mark.django_db

MAY = datetime(2025, 5, 10, 9, 0, tzinfo=UTC)


def found(response: Any, name: str) -> list[str]:
    """What stands in the elements of that name, without our scheme and host."""
    texts = xml(response).xpath(f"//*[local-name()='{name}']/text()")
    return [text.removeprefix(settings.SITE_URL) for text in texts]


def test_the_index_lists_the_months_with_their_last_change(client: Client) -> None:
    changed = make_article(published_at=MAY)
    make_article(published_at=MAY - timedelta(days=200))
    keep(changed, at=MAY + timedelta(days=90))
    response = client.get("/sitemap.xml")
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert found(response, "loc") == ["/sitemaps/pages.xml", "/sitemaps/2025-05.xml", "/sitemaps/2024-10.xml"]
    assert found(response, "lastmod") == ["2025-08-08T09:00:00+00:00", "2024-10-22T09:00:00+00:00"]


def test_a_month_lists_its_published_articles(client: Client) -> None:
    article = make_article(published_at=MAY, slug="der-fluß")
    make_article(published_at=MAY, status=Status.WITHDRAWN)
    make_article(published_at=MAY + timedelta(days=40))
    response = client.get("/sitemaps/2025-05.xml")
    assert found(response, "loc") == [article.get_absolute_url()]
    assert found(response, "lastmod") == ["2025-05-10T09:00:00+00:00"]


def test_lists_without_a_published_article_are_not_in_the_sitemap(client: Client) -> None:
    make_article(tags=["Water"], section=make_section(slug="land"), authors=[make_author(slug="ana")])
    make_article(tags=["Secret"], section=make_section(slug="hidden"), authors=[make_author(slug="ben")], status=Status.DRAFT)
    assert found(client.get("/sitemaps/pages.xml"), "loc") == [
        *("/", "/latest/", "/tags/", "/archive/", "/corrections/"),
        *("/sections/land/", "/tags/water/", "/authors/ana/"),
    ]


def test_the_news_sitemap_holds_two_days(client: Client) -> None:
    now = timezone.now()
    fresh = make_article(headline="Fresh & new\x07", published_at=now - timedelta(hours=47), language="es")
    make_article(headline="Old", published_at=now - timedelta(hours=49))
    response = client.get("/news-sitemap.xml")
    assert found(response, "loc") == [fresh.get_absolute_url()]
    assert (found(response, "title"), found(response, "language")) == (["Fresh & new"], ["es"])


def test_after_two_quiet_days_the_newest_article_stands_there_but_not_as_news(client: Client) -> None:
    now = timezone.now()
    make_article(published_at=now - timedelta(days=4))
    newest = make_article(published_at=now - timedelta(days=3))
    response = client.get("/news-sitemap.xml")
    assert (found(response, "loc"), xml(response).xpath("//*[local-name()='news']")) == ([newest.get_absolute_url()], [])


@pytest.mark.parametrize("address", ["/news-sitemap.xml", "/sitemaps/2025-05.xml"])
def test_there_is_no_sitemap_without_an_address(client: Client, address: str) -> None:
    make_article(published_at=MAY, status=Status.WITHDRAWN)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [("/sitemap.xml", 2), ("/sitemaps/2025-05.xml", 1), ("/sitemaps/pages.xml", 3), ("/news-sitemap.xml", 2)],
)
def test_what_a_sitemap_costs(client: Client, django_assert_num_queries: Any, address: str, queries: int, rows: int) -> None:
    for _ in range(rows):
        make_article(published_at=MAY, tags=["Water"])
        make_article(published_at=timezone.now())
    with django_assert_num_queries(queries):
        client.get(address)
