"""The desk's first page: what waits, for whom."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Status
from tests.articles.forms import tree
from tests.factories import make_article, make_user

database = pytest.mark.django_db


def waiting(response) -> dict[str, list[str]]:
    lists = tree(response).xpath("//div[@class='desk-waiting-list']")
    return {item.xpath("string(h2)"): item.xpath(".//li/a/text()") for item in lists}


@database
def test_an_editor_sees_what_waits(client):
    editor = make_user("Editor")
    client.force_login(editor)
    make_article(headline="Mine", status=Status.DRAFT, created_by=editor)
    make_article(headline="Not mine", status=Status.DRAFT)
    make_article(headline="To read", status=Status.IN_REVIEW)
    make_article(headline="To come", status=Status.SCHEDULED)
    make_article(headline="Out today", published_at=timezone.now())
    make_article(headline="Out long ago", published_at=timezone.now() - timedelta(days=2))
    assert waiting(client.get("/admin/")) == {
        "My drafts": ["Mine"],
        "In review": ["To read"],
        "Scheduled": ["To come"],
        "Published today": ["Out today"],
    }


@database
def test_a_writer_sees_only_their_own(client):
    writer = make_user("Writer")
    client.force_login(writer)
    for status in (Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED):
        make_article(status=status, headline=f"Own {status}", created_by=writer)
        make_article(status=status, headline=f"Other {status}")
    make_article(headline="Other out", published_at=timezone.now())
    assert waiting(client.get("/admin/")) == {
        "My drafts": ["Own draft"],
        "In review": ["Own in_review"],
        "Scheduled": ["Own scheduled"],
        "Published today": [],
    }


@database
def test_a_fundraiser_sees_no_articles(client):
    client.force_login(make_user("Fundraiser"))
    make_article(headline="To read", status=Status.IN_REVIEW)
    response = client.get("/admin/")
    assert waiting(response) == {}
    assert "To read" not in response.content.decode()


@database
def test_what_will_be_published_is_said_in_words_and_trouble_is_told(client):
    client.force_login(make_user("Editor"))
    article = make_article(status=Status.SCHEDULED)
    Article.objects.filter(pk=article.pk).update(schedule_error="It has no text.")
    page = client.get("/admin/").content.decode()
    assert "Will be published Tuesday 24 November 2026, 12:00 (UTC time), unless you cancel" in page
    assert "Could not be published: It has no text." in page


@database
def test_links_to_all_of_them_lead_to_lists_that_hold_them(client):
    editor = make_user("Editor")
    client.force_login(editor)
    for _ in range(9):
        make_article(status=Status.DRAFT, created_by=editor)
    page = client.get("/admin/")
    assert len(waiting(page)["My drafts"]) == 8
    (address,) = tree(page).xpath("//div[@class='desk-waiting-list']//a[text()='All of them']/@href")
    rows = tree(client.get(address)).xpath("//*[@id='result_list']/tbody/tr")
    assert len(rows) == 9


@database
@pytest.mark.parametrize("rows", [1, 3])
def test_the_first_page_costs_the_same_however_much_waits(client, rows, django_assert_num_queries):
    editor = make_user("Editor")
    client.force_login(editor)
    for _ in range(rows):
        make_article(published_at=timezone.now())
        for status in (Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED):
            make_article(status=status, created_by=editor)
    with django_assert_num_queries(9):
        client.get("/admin/")
