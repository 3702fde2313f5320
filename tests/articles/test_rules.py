"""Whose an article is, and what follows from that. The verbs and pages of the desk ask articles/rules.py."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied

from articles import publishing, rules, scheduling
from articles.models import Article, Author, Status
from newsroom.models import AuditEntry
from tests.articles.forms import change, press
from tests.factories import NOON, make_article, make_author, make_user

pytestmark = pytest.mark.django_db
UNPUBLISHED = [Status.DRAFT, Status.IN_REVIEW]


def signed_by(user: User, **fields) -> Article:
    return make_article(authors=[Author.objects.filter(user=user).first() or make_author(user=user)], **fields)


def powers(user: User | AnonymousUser, article: Article) -> list[bool]:
    return [rules.may_see(user, article), rules.may_change(user, article), rules.may_delete(user, article)]


@pytest.mark.parametrize("status", Status.values)
def test_who_began_or_signs_an_article_sees_it_and_changes_it_until_it_is_let_out(status):
    writer = make_user("Writer")
    for article in (make_article(status=status, created_by=writer), signed_by(writer, status=status)):
        assert powers(writer, article) == [True, status in UNPUBLISHED, False]


@pytest.mark.parametrize("status", Status.values)
def test_a_writer_has_no_power_over_the_articles_of_others(status):
    article = signed_by(make_user("Writer"), status=status, created_by=make_user("Editor"))
    assert powers(make_user("Writer"), article) == [False, False, False]


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("group", ["Editor", "Administrator"])
def test_an_editor_sees_and_changes_all_and_deletes_what_was_never_public(group, status):
    was_public = status in {Status.PUBLISHED, Status.WITHDRAWN}
    assert powers(make_user(group), make_article(status=status)) == [True, True, not was_public]


@pytest.mark.parametrize("user", [AnonymousUser, lambda: make_user(), lambda: make_user("Fundraiser")])
def test_a_stranger_has_no_power_even_over_what_bears_their_name(user):
    stranger = user()
    mine = stranger if stranger.pk else None
    article = make_article(status=Status.DRAFT, created_by=mine, authors=[make_author(user=mine)])
    assert powers(stranger, article) == [False, False, False]
    assert list(rules.seen_by(stranger)) == []


def test_the_rows_somebody_sees_are_those_of_which_the_rule_says_so():
    writer, editor = make_user("Writer"), make_user("Editor")
    begun, signed = make_article(created_by=writer), signed_by(writer, status=Status.DRAFT)
    both = signed_by(writer, created_by=writer)
    make_article(status=Status.DRAFT, authors=[make_author()])
    for user in (writer, editor, make_user("Fundraiser")):
        told = {article for article in Article.objects.all() if rules.may_see(user, article)}
        assert set(rules.seen_by(user)) == told
    assert list(rules.own_of(writer).order_by("pk")) == [begun, signed, both]


def test_a_writer_works_at_the_desk_on_what_an_editor_began_under_their_name(client):
    writer = make_user("Writer")
    client.force_login(writer)
    article = signed_by(writer, headline="Court report", status=Status.DRAFT)
    assert "Court report" in client.get("/admin/articles/article/?mine=1").content.decode()
    assert "Court report" in client.get("/admin/").content.decode()
    press(client, change(article), "_submit", headline="Better court report")
    article.refresh_from_db()
    assert (article.headline, article.status) == ("Better court report", Status.IN_REVIEW)


def test_a_writer_finds_no_draft_of_others_by_searching_or_choosing(client):
    client.force_login(make_user("Writer"))
    article = make_article(headline="Secret inquiry", status=Status.DRAFT)
    asked = {"app_label": "articles", "model_name": "formeraddress", "field_name": "article", "term": "Secret"}
    for address, query in (("/admin/articles/article/", {"q": "Secret"}), ("/admin/autocomplete/", asked)):
        assert "inquiry" not in client.get(address, query).content.decode()
    client.post("/admin/articles/article/", {"action": "hand_in", "_selected_action": [article.pk]})
    article.refresh_from_db()
    assert article.status == Status.DRAFT


VERBS = {
    "handed in": (lambda article, by: publishing.submit(article, by=by), Status.DRAFT),
    "took back": (lambda article, by: publishing.return_to_draft(article, by=by), Status.IN_REVIEW),
    "published": (lambda article, by: publishing.publish(article, by=by, at=NOON), Status.DRAFT),
    "withdrew": (lambda article, by: publishing.withdraw(article, by=by, at=NOON), Status.PUBLISHED),
    "restored": (lambda article, by: publishing.restore(article, by=by, at=NOON), Status.WITHDRAWN),
}


@pytest.mark.parametrize("deed", VERBS)
def test_who_did_what_to_an_article_is_written_down_once(deed):
    verb, status = VERBS[deed]
    editor, article = make_user("Editor"), make_article(status=status)
    verb(article, editor)
    verb(article, editor)
    (entry,) = AuditEntry.objects.all()
    assert (entry.user, entry.deed, entry.subject) == (editor, deed, f"articles.article {article.pk}")


@pytest.mark.parametrize("deed", VERBS)
def test_what_was_refused_is_not_written_down(deed):
    verb, status = VERBS[deed]
    article = make_article(status=status)
    with pytest.raises(PermissionDenied):
        verb(article, make_user("Writer"))
    assert not AuditEntry.objects.exists()


def test_what_the_newsroom_publishes_by_itself_is_written_down_as_its_deed():
    article = make_article(status=Status.SCHEDULED)
    scheduling.publish_due(at=article.publish_at)  # type: ignore[arg-type]
    assert list(AuditEntry.objects.values_list("name", "deed", "detail")) == [("the newsroom", "published", "as scheduled")]


def test_forms_of_the_desk_are_written_down_with_the_fields_that_changed(client):
    client.force_login(make_user("Editor"))
    article, author = make_article(status=Status.DRAFT), make_author()
    press(client, change(article), headline="Another")
    press(client, f"/admin/articles/author/{author.pk}/change/", bio="A reporter.")
    press(client, "/admin/articles/masthead/1/change/", name="The Lamp")
    client.post(f"/admin/articles/article/{article.pk}/delete/", {"post": "yes"})
    client.post(f"/admin/articles/author/{author.pk}/delete/", {"post": "yes"})
    told = list(AuditEntry.objects.order_by("pk").values_list("deed", "subject", "detail"))
    assert told == [
        ("changed", f"articles.article {article.pk}", "headline"),
        ("changed", f"articles.author {author.pk}", "bio"),
        ("changed", "articles.masthead 1", "name"),
        ("deleted", f"articles.article {article.pk}", ""),
        ("deleted", f"articles.author {author.pk}", ""),
    ]
