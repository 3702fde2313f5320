from datetime import timedelta

import pytest
from django.conf import settings
from django.http import Http404
from django.test import Client

from articles.listing import latest
from articles.paging import NotFullYet, page_of
from articles.publishing import withdraw
from tests.factories import NOON, make_article
from tests.pages import headlines

pytestmark = pytest.mark.django_db


def make(count: int) -> None:
    for number in range(1, count + 1):
        make_article(headline=f"No. {number}", published_at=NOON + timedelta(minutes=number))


def shown(number: int | None = None, size: int = 3) -> list[int]:
    page = page_of(latest(), "/latest/", number, size=size)
    return [int(article.headline[4:]) for article in page.entries]


def test_a_short_list_has_one_page() -> None:
    make(2)
    assert shown() == [2, 1]
    assert page_of(latest(), "/latest/", size=3).older == ""
    for number in (0, 1, 2):
        with pytest.raises(Http404):
            shown(number)


def test_the_lists_own_address_shows_the_newest_full_page_and_what_has_come_since() -> None:
    make(8)
    assert shown() == [8, 7, 6, 5, 4]
    assert shown(1) == [3, 2, 1]
    assert shown(2) == [6, 5, 4]  # full already, and the same for ever; nothing leads to it but page 1
    with pytest.raises(NotFullYet):
        shown(3)
    with pytest.raises(Http404):
        shown(4)


def test_one_more_entry_completes_a_page_and_the_one_before_it_gets_its_number() -> None:
    make(9)
    assert shown() == [9, 8, 7]
    assert shown(2) == [6, 5, 4]
    assert shown(1) == [3, 2, 1]


def test_who_goes_from_the_newest_page_to_the_oldest_meets_every_entry_once_however_many_there_are() -> None:
    for count in range(1, 11):
        make_article(headline=f"No. {count}", published_at=NOON + timedelta(minutes=count))
        met, older = shown(), page_of(latest(), "/latest/", size=3).older
        assert len(met) >= min(count, 3)
        while older:
            number = int(older.split("/")[3])
            met += shown(number)
            older = page_of(latest(), "/latest/", number, size=3).older
        assert met == list(range(count, 0, -1))


def test_publishing_leaves_older_pages_as_they_are() -> None:
    make(9)
    before = [shown(1), shown(2)]
    make_article(headline="No. 10", published_at=NOON + timedelta(hours=1))
    assert [shown(1), shown(2)] == before


def test_pages_lead_to_each_other() -> None:
    make(12)
    own, third, first = (page_of(latest(), "/latest/", number, size=3) for number in (None, 3, 1))
    assert (own.newer, own.path, own.older) == ("", "/latest/", "/latest/page/3/")
    assert (third.newer, third.path, third.older) == ("/latest/page/4/", "/latest/page/3/", "/latest/page/2/")
    assert (first.newer, first.path, first.older) == ("/latest/page/2/", "/latest/page/1/", "")


def test_a_reader_walks_from_the_newest_to_the_oldest(client: Client) -> None:
    make(41)
    newest = client.get("/latest/")
    assert headlines(newest) == [f"No. {n}" for n in range(41, 20, -1)]
    assert '<a rel="prev" href="/latest/page/1/">' in newest.text
    assert '<link rel="prev" href="/latest/page/1/">' in newest.text
    oldest = client.get("/latest/page/1/")
    assert headlines(oldest) == [f"No. {n}" for n in range(20, 0, -1)]
    assert '<a rel="next" href="/latest/page/2/">' in oldest.text
    assert f'<link rel="canonical" href="{settings.SITE_URL}/latest/page/1/">' in oldest.text
    assert headlines(client.get("/latest/page/2/")) == [f"No. {n}" for n in range(40, 20, -1)]
    early = client.get("/latest/page/3/")
    assert (early.status_code, early.headers["Location"]) == (302, "/latest/")
    assert "no-store" in early.headers["Cache-Control"]
    assert client.get("/latest/page/4/").status_code == 404
    assert client.get("/latest/page/99999999999999999999999/").status_code == 404
    assert client.get("/latest/page/01/").status_code == 404  # one address a page: each would be kept


def test_a_withdrawn_article_leaves_its_page(client: Client) -> None:
    kept, gone = make_article(), make_article()
    withdraw(gone, by=None, at=NOON)
    assert headlines(client.get("/latest/")) == [kept.headline]
