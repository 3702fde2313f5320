"""The library as editors look through it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import images, search
from articles.admin import library
from articles.models import Image
from tests.articles.forms import tree
from tests.articles.test_likeness import scene
from tests.articles.uploads import picture, sent
from tests.factories import make_article, make_author, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_library")]

LIST = "/admin/articles/image/"


def kept(number: int, **about: object) -> Image:
    return Image.objects.create(file=f"images/2026/11/{number:020x}.jpg", width=90, height=60, sha256=f"{number:064}", **about)


def found(client, **asked: object) -> list[int]:
    page = client.get(LIST, asked)
    assert page.status_code == 200
    links = tree(page).xpath("//ul[contains(@class, 'desk-library')]/li/a/@href")
    return [int(link.split("/")[-3]) for link in links]


def test_the_library_shows_pictures_with_what_is_said_of_them(editor):
    kept(1, alt="A red field", credit="Ana Ruiz", licence="CC BY 4.0", licence_shown=True)
    kept(2, caption="Evening.", licence="Agency, within our contract")
    texts = [
        " ".join(item.text_content().split())
        for item in tree(editor.get(LIST)).xpath("//ul[contains(@class, 'desk-library')]/li")
    ]
    assert texts[0].startswith("No alternative text yet Evening. Agency, within our contract90 × 60,")
    assert texts[1].startswith("A red field Ana Ruiz · CC BY 4.090 × 60,")


@pytest.mark.parametrize("typed", ["field", "RED fie", "régimen", "ruiz", "cc by", "evening red"])
def test_a_picture_is_found_by_words_or_how_they_begin(editor, typed):
    image = kept(1, alt="A red field", caption="Evening. Regimen", credit="Ana Ruíz", licence="CC BY 4.0")
    kept(2, alt="The sea", credit="Ben")
    assert found(editor, q=typed) == [image.pk]


@pytest.mark.parametrize("typed", ["nothing", "'", "a' | b:*", "!!", "\\", "&", "fie:A"])
def test_words_that_are_nowhere_or_no_words_find_nothing(editor, typed):
    kept(1, alt="The sea")
    assert found(editor, q=typed) == []


def test_pictures_are_narrowed_by_what_lacks_by_licence_and_by_sender(editor):
    ana = make_user("Writer")
    bare = kept(1)
    free, hers = kept(2, alt="Sea", licence="CC BY 4.0"), kept(3, alt="Dam", created_by=ana)
    assert found(editor, alt="no") == [bare.pk]
    assert found(editor, licence="CC BY 4.0") == [free.pk]
    assert found(editor, licence="-") == [hers.pk, bare.pk]
    assert found(editor, by=ana.pk) == [hers.pk]
    assert found(editor, by="9; DROP") == found(editor, by="999999") == found(editor)


def test_pictures_are_narrowed_by_when_they_came(editor):
    now, old = timezone.now(), kept(1)
    Image.objects.filter(pk=old.pk).update(created_at=datetime(now.year - 2, 6, 1, tzinfo=UTC))
    new = kept(2)
    assert found(editor, when="today") == found(editor, when="week") == found(editor, when="month") == [new.pk]
    assert found(editor, when=now.year - 2) == [old.pk]
    assert found(editor, when=now.year - 1) == []
    assert found(editor, when="9" * 30) == [new.pk, old.pk]


def test_a_week_has_seven_days_and_a_year_ends():
    now = datetime(2026, 11, 23, 15, tzinfo=UTC)
    assert library.span("week", now=now)[0] == datetime(2026, 11, 17, tzinfo=UTC)
    assert library.span("month", now=now)[0] == datetime(2026, 11, 1, tzinfo=UTC)
    assert library.span("2024", now=now) == (datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))
    assert library.span("today", now=now)[1] - now == timedelta(days=1)


def test_used_and_unused_are_looked_up_a_stretch_at_a_time(editor, monkeypatch):
    monkeypatch.setattr(library, "LOOKED_THROUGH", 2)
    rows = [kept(number) for number in range(5)]
    make_article(lead_image=rows[4])
    make_author(portrait=rows[1])
    assert found(editor, used="yes") == [rows[4].pk]
    assert found(editor, used="no") == [rows[3].pk]
    (further,) = tree(editor.get(LIST, {"used": "no"})).xpath("//a[.='Look through older pictures']/@href")
    assert further == f"?used=no-{rows[3].pk}"
    assert found(editor, used=f"no-{rows[3].pk}") == [rows[2].pk]
    assert found(editor, used=f"no-{rows[1].pk}") == [rows[0].pk]
    assert tree(editor.get(LIST, {"used": f"no-{rows[1].pk}"})).xpath("//a[.='Look through older pictures']") == []
    assert found(editor, used="no-nonsense") == [rows[3].pk]


@pytest.mark.parametrize("rows", [1, 3])
def test_narrowing_costs_the_same_however_large_the_library(editor, rows, django_assert_num_queries):
    for number in range(rows):
        kept(number)
    with django_assert_num_queries(8):
        assert len(found(editor, used="no", alt="no", licence="-", when="month")) == rows


def test_words_are_looked_up_in_their_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = library.saying(Image.objects.order_by(), ["field"]).explain()
    assert "pictures_by_words" in plan


def test_few_pictures_are_looked_up_by_their_words_before_anything_else():
    image = kept(1, alt="A red field")
    kept(2, alt="The sea")
    with CaptureQueriesContext(connection) as asked:
        assert list(library.said(Image.objects.order_by("-pk"), "fie")) == [image]
    first, then = (query["sql"] for query in asked)
    assert first.startswith("WITH found AS MATERIALIZED")
    assert "to_tsvector" not in then


def test_words_of_many_pictures_are_found_too(editor, monkeypatch):
    monkeypatch.setattr(search, "FEW", 1)
    rows = [kept(number, alt="A red field") for number in range(3)]
    kept(3, alt="The sea")
    assert found(editor, q="fie") == found(editor, q="fie", used="no") == [row.pk for row in reversed(rows)]


@pytest.mark.parametrize("rows", [1, 3])
def test_words_cost_one_query_more_however_many_pictures_they_find(editor, rows, django_assert_num_queries):
    for number in range(rows):
        kept(number, alt="A red field")
    with django_assert_num_queries(9):
        assert len(found(editor, q="fie", used="no", licence="-", when="month")) == rows


@pytest.mark.parametrize(("group", "status"), [("Writer", 200), ("Fundraiser", 200), ("", 403)])
def test_who_may_see_the_library(client, group, status):
    client.force_login(make_user(group, is_staff=True))
    assert client.get(LIST).status_code == status


def test_a_page_of_a_picture_links_to_its_uses_and_shows_its_crops(editor):
    image, other = images.receive(sent(scene())), images.receive(sent(scene(), quality=40))
    article = make_article(headline="With a lead", lead_image=image)
    page = tree(editor.get(f"{LIST}{image.pk}/change/"))
    links = page.xpath("//ul[@class='desk-uses']//a/@href")
    assert links == [f"/admin/articles/article/{article.pk}/change/", f"{LIST}{other.pk}/change/"]
    crops = page.xpath("//div[@class='desk-crops']/figure")
    assert [(each.get("data-across"), each.get("data-down")) for each in crops] == [("3", "2"), ("900", "600"), ("1200", "630")]


def test_a_writer_is_not_told_the_headlines_of_others(client):
    image = images.receive(picture())
    make_article(headline="Secret", lead_image=image, status="draft")
    client.force_login(make_user("Writer"))
    page = client.get(f"{LIST}{image.pk}/change/").content.decode()
    assert "Secret" not in page
    assert "1 page that you may not see" in page
