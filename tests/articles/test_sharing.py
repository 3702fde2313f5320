"""Links by which people outside read what is not out yet."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from articles import drafting, publishing, sharing
from articles.models import Article, PreviewLink, Status
from newsroom.models import AuditEntry
from newsroom.pages.here import store
from tests.articles.forms import messages
from tests.factories import NOON, make_article, make_user
from tests.pages import tree, without_visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor_at_desk(client: Client) -> Any:
    user = make_user("Editor")
    client.force_login(user)
    return user


def make_link(article: Article, *, at: Any = None, lasts: str = "day", **words: Any) -> PreviewLink:
    words.setdefault("by", make_user("Editor"))
    return sharing.make(article, lasts=lasts, at=at or timezone.now(), **words)


def path(link: PreviewLink) -> str:
    return "/preview/" + sharing.address(link).rpartition("/preview/")[2]


def save(article: Article, **words: Any) -> Article:
    return drafting.save(article, drafting.current(article).with_changes(**words), by=None, at=NOON, expected=None)


def test_a_link_shows_the_newest_saved_text_to_somebody_outside():
    article = make_article(status=Status.DRAFT, headline="First")
    link = make_link(article)
    save(article, headline="Second")
    response = Client().get(path(link))
    assert tree(response).xpath("string(//h1)") == "Second"
    mark = tree(response).xpath("string(//p[@class='preview-mark'])")
    assert mark.startswith("Preview, not published. Please do not share it. This link works until ")


def test_what_a_link_opens_is_kept_by_nobody_and_tells_no_address():
    link = make_link(make_article(status=Status.DRAFT))
    for response in (Client().get(path(link)), Client().get("/preview/1-x.y/")):
        headers = response.headers
        assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("no-store, private", "noindex, nofollow")
        assert headers["Referrer-Policy"] == "no-referrer"
        assert without_visitor(response)
        assert 'name="robots" content="noindex' in response.text
    assert [kept for kept in store().tree.rglob("*") if "preview" in str(kept)] == []


def test_a_link_is_only_read():
    link = make_link(make_article(status=Status.DRAFT))
    head = Client().head(path(link))
    assert (head.status_code, head.content) == (200, b"")
    assert Client().post(path(link)).status_code == 405


def test_openings_are_counted_and_a_look_at_the_head_is_none():
    link = make_link(make_article(status=Status.DRAFT))
    Client().head(path(link))
    for _ in range(2):
        Client().get(path(link))
    link.refresh_from_db()
    assert (link.openings, link.opened_at is not None) == (2, True)


def broken(link: PreviewLink) -> list[str]:
    """Addresses that look like it."""
    token = path(link).split("/")[2]
    return [
        f"/preview/{token[:-1]}x/",
        f"/preview/{token.replace('-', '.', 1)}/",
        "/preview/12/",
        "/preview/%00/",
        f"/preview/{'x' * 3000}/",
    ]


def test_every_link_that_opens_nothing_says_the_same():
    article, now = make_article(status=Status.DRAFT), timezone.now()
    expired = make_link(article, at=now - timedelta(hours=2), lasts="hour")
    ended = make_link(article)
    sharing.end(ended, by=make_user("Editor"), at=now)
    gone = make_link(make_article(status=Status.DRAFT))
    gone.article.delete()
    alive = make_link(article)
    addresses = [path(expired), path(ended), path(gone), *broken(alive)]
    answers = [Client().get(address) for address in addresses]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert article.headline not in answers[0].text


def test_a_link_lasts_as_long_as_was_said():
    link = make_link(make_article(status=Status.DRAFT), at=NOON, lasts="hour")
    token = path(link).split("/")[2]
    assert sharing.find(token, at=NOON + timedelta(minutes=59)) == link
    assert sharing.find(token, at=NOON + timedelta(hours=1)) is None


def test_a_link_shows_nothing_that_its_maker_may_not_see_any_more():
    writer = make_user("Writer")
    article = make_article(status=Status.DRAFT, created_by=writer)
    link = make_link(article, by=writer)
    publishing.submit(article, by=None)
    publishing.approve(article, by=None)
    assert Client().get(path(link)).status_code == 200
    writer.is_active = False
    writer.save()
    assert Client().get(path(link)).status_code == 404


def test_a_published_article_is_read_at_its_own_address_until_it_has_changes():
    article = make_article(headline="Out")
    link = make_link(article)
    response = Client().get(path(link))
    assert (response.status_code, response.headers["Location"]) == (302, article.get_absolute_url())
    assert "no-store" in response.headers["Cache-Control"]
    save(article, headline="Out anew")
    assert tree(Client().get(path(link))).xpath("string(//h1)") == "Out anew"


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.SCHEDULED, Status.IN_REVIEW, Status.APPROVED])
def test_an_article_that_is_not_out_is_shown_in_every_state(status):
    assert Client().get(path(make_link(make_article(status=status)))).status_code == 200


def test_a_link_to_another_article_under_the_same_key_opens_nothing():
    """A database that was restored gives its keys again."""
    article = make_article(status=Status.DRAFT)
    link = make_link(article)
    former = path(link)
    PreviewLink.objects.filter(pk=link.pk).update(nonce="0" * 16)
    assert Client().get(former).status_code == 404


# Who


@pytest.mark.parametrize("group", ["Writer", "Fundraiser"])
def test_strangers_make_and_end_none(group):
    article = make_article(status=Status.DRAFT)
    link, stranger = make_link(article), make_user(group)
    with pytest.raises(PermissionDenied):
        make_link(article, by=stranger)
    with pytest.raises(PermissionDenied):
        sharing.end(link, by=stranger, at=timezone.now())
    client = Client()
    client.force_login(stranger)
    address = f"/admin/articles/article/{article.pk}/share/"
    assert [client.get(address).status_code, client.post(address, {"lasts": "day"}).status_code] == [404, 404]
    assert PreviewLink.objects.get().ended_at is None


def test_a_writer_who_may_only_look_makes_none(client):
    writer = make_user("Writer")
    client.force_login(writer)
    article = make_article(status=Status.APPROVED, created_by=writer)
    assert client.post(f"/admin/articles/article/{article.pk}/share/", {"lasts": "day"}).status_code == 403
    assert not PreviewLink.objects.exists()


def test_a_link_is_made_copied_and_ended_at_the_desk(client, editor_at_desk):
    article = make_article(status=Status.DRAFT)
    address = f"/admin/articles/article/{article.pk}/share/"
    made = client.post(address, {"lasts": "hour", "made_for": "  the   lawyer "}, follow=True)
    assert messages(made) == ["The link is made. Copy it below and send it."]
    link = PreviewLink.objects.get()
    assert (link.made_for, link.expires_at - link.made_at, link.by) == ("the lawyer", timedelta(hours=1), editor_at_desk)
    assert tree(made.content.decode()).xpath("//input[@readonly]/@value") == [sharing.address(link)]
    ended = client.post(address, {"end": link.pk}, follow=True)
    assert messages(ended) == ["The link is ended: it opens nothing any more."]
    assert tree(ended.content.decode()).xpath("//input[@readonly]") == []
    client.post(address, {"end": link.pk})
    deeds = AuditEntry.objects.filter(subject=f"articles.article {article.pk}").order_by("pk").values_list("deed", flat=True)
    assert list(deeds) == ["shared a preview", "ended a preview"]
    assert not AuditEntry.objects.filter(detail__contains="lawyer").exists()


def test_what_cannot_be_made_is_said_and_what_was_typed_stays(client, editor_at_desk):
    article = make_article(status=Status.DRAFT)
    address = f"/admin/articles/article/{article.pk}/share/"
    refused = client.post(address, {"lasts": "ever", "made_for": "the lawyer"})
    page = tree(refused.content.decode())
    assert (refused.status_code, page.xpath("string(//p[@class='errornote'])")) == (400, "Choose how long the link is to work.")
    assert page.xpath("//input[@name='made_for']/@value") == ["the lawyer"]
    for nonsense in ("x", "9" * 40, "0"):
        assert client.post(address, {"end": nonsense}).status_code == 404


def test_twenty_links_are_enough():
    article, by = make_article(status=Status.DRAFT), make_user("Editor")
    links = [make_link(article, by=by) for _ in range(sharing.MOST)]
    with pytest.raises(ValidationError, match="20 links"):
        make_link(article, by=by)
    sharing.end(links[0], by=by, at=timezone.now())
    make_link(article, by=by)


def test_links_of_other_articles_are_not_ended_here(client, editor_at_desk):
    link, other = make_link(make_article(status=Status.DRAFT)), make_article(status=Status.DRAFT)
    assert client.post(f"/admin/articles/article/{other.pk}/share/", {"end": link.pk}).status_code == 404
    link.refresh_from_db()
    assert link.ended_at is None


@pytest.mark.parametrize("links", [1, 3])
def test_the_page_of_links_costs_the_same_however_many(client, editor_at_desk, links, django_assert_num_queries):
    article = make_article(status=Status.DRAFT)
    for _ in range(links):
        make_link(article)
    client.get("/admin/")
    with django_assert_num_queries(7):
        client.get(f"/admin/articles/article/{article.pk}/share/")


def test_links_that_ran_out_a_month_ago_are_forgotten():
    article = make_article(status=Status.DRAFT)
    make_link(article, at=NOON - timedelta(days=60))
    lately = make_link(article, at=NOON - timedelta(days=3))
    assert sharing.forget(at=NOON) == 1
    assert list(PreviewLink.objects.all()) == [lately]


def test_who_withdraws_an_article_ends_its_links():
    article = make_article(published_at=NOON)
    link = make_link(save(article, headline="Not out yet"))
    assert Client().get(path(link)).status_code == 200
    publishing.withdraw(article, by=None, at=timezone.now())
    assert Client().get(path(link)).status_code == 404


def test_a_writer_ends_a_link_of_their_own_when_the_article_is_out_of_their_hands(client):
    writer, editor = make_user("Writer"), make_user("Editor")
    article = make_article(status=Status.DRAFT, created_by=writer)
    own = sharing.make(article, lasts="day", by=writer, at=timezone.now())
    others = sharing.make(article, lasts="day", made_for="A lawyer", by=editor, at=timezone.now())
    publishing.approve(publishing.submit(article, by=writer), by=editor)
    client.force_login(writer)
    page = f"/admin/articles/article/{article.pk}/share/"
    shown = client.get(page).content.decode()
    assert ("A lawyer" in shown, "Make a link" in shown) == (False, False)
    assert client.post(page, {"lasts": "day"}).status_code == 403
    assert client.post(page, {"end": others.pk}).status_code == 403
    client.post(page, {"end": own.pk})
    assert list(PreviewLink.objects.filter(ended_at=None)) == [others]
    assert client.get(page).status_code == 403
