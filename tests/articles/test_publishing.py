"""The verbs of an article's life, and who may use them."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from articles import publishing
from articles.models import Article, FormerAddress, Status
from tests.factories import NOON, make_article, make_user

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=3)


def state(article: Article) -> str:
    return Article.objects.get(pk=article.pk).status


def test_a_draft_is_handed_in_and_published():
    article = make_article(status=Status.DRAFT)
    assert publishing.submit(article, by=None).status == Status.IN_REVIEW
    article = publishing.publish(article, by=None, at=NOON)
    assert (article.status, article.published_at, article.updated_at) == (Status.PUBLISHED, NOON, None)


def test_publishing_twice_keeps_the_first_moment():
    article = publishing.publish(make_article(status=Status.DRAFT), by=None, at=NOON)
    assert publishing.publish(article, by=None, at=LATER).published_at == NOON


@pytest.mark.parametrize(
    ("lacking", "sentence"),
    [
        ({"body": ""}, "Before it can be published the article needs a text."),
        ({"section": None}, "Before it can be published the article needs a section."),
        ({"body": "", "section": None}, "Before it can be published the article needs a text and a section."),
    ],
)
def test_what_is_not_finished_is_not_published(lacking, sentence):
    article = make_article(status=Status.DRAFT, **lacking)
    for attempt in (
        lambda: publishing.publish(article, by=None, at=NOON),
        lambda: publishing.schedule(article, by=None, publish_at=LATER, at=NOON),
    ):
        with pytest.raises(ValidationError) as refusal:
            attempt()
        assert refusal.value.messages == [sentence]
    assert state(article) == Status.DRAFT


def test_a_schedule_is_for_the_future():
    article = make_article(status=Status.DRAFT)
    with pytest.raises(ValidationError, match="Choose a moment in the future"):
        publishing.schedule(article, by=None, publish_at=NOON, at=NOON)
    article = publishing.schedule(article, by=None, publish_at=LATER, at=NOON)
    assert (article.status, article.publish_at) == (Status.SCHEDULED, LATER)


def test_a_schedule_can_be_moved_and_cancelled():
    article = make_article(status=Status.SCHEDULED)
    moved = publishing.schedule(article, by=None, publish_at=LATER, at=NOON)
    assert moved.publish_at == LATER
    back = publishing.return_to_draft(article, by=None)
    assert (back.status, back.publish_at) == (Status.DRAFT, None)


def test_a_withdrawn_article_comes_back_with_its_first_moment(client):
    article = make_article(published_at=NOON)
    assert publishing.withdraw(article, by=None, at=LATER).withdrawn_at == LATER
    assert client.get(article.get_absolute_url()).status_code == 410
    article = publishing.restore(article, by=None, at=NOON)
    assert (article.status, article.published_at, article.withdrawn_at) == (Status.PUBLISHED, NOON, None)
    assert client.get(article.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("status", Status.values)
def test_a_verb_out_of_place_changes_nothing(status):
    article = make_article(status=status)
    possible = {
        Status.DRAFT: {"submit", "publish", "schedule"},
        Status.IN_REVIEW: {"return_to_draft", "publish", "schedule"},
        Status.APPROVED: {"return_to_draft", "publish", "schedule"},
        Status.SCHEDULED: {"return_to_draft", "publish", "schedule"},
        Status.PUBLISHED: {"withdraw"},
        Status.WITHDRAWN: {"restore"},
    }[Status(status)]
    verbs = {
        "submit": lambda: publishing.submit(article, by=None),
        "return_to_draft": lambda: publishing.return_to_draft(article, by=None),
        "publish": lambda: publishing.publish(article, by=None, at=LATER),
        "schedule": lambda: publishing.schedule(article, by=None, publish_at=LATER, at=NOON),
        "withdraw": lambda: publishing.withdraw(article, by=None, at=LATER),
        "restore": lambda: publishing.restore(article, by=None, at=NOON),
    }
    for name in verbs.keys() - possible:
        verbs[name]()
        assert state(article) == status, name


def test_a_changed_slug_of_a_published_article_leads_on(client):
    article = make_article(slug="before")
    article.slug = "after"
    article.save()
    publishing.keep(article, former_slug="before", at=LATER)
    assert client.get("/articles/before/").headers["Location"] == "/articles/after/"


def test_a_slug_changed_to_and_fro_never_leads_to_itself():
    article = make_article(slug="año")
    for former, slug in (("año", "nuevo"), ("nuevo", "año")):
        article.slug = slug
        article.save()
        publishing.keep(article, former_slug=former, at=LATER)
    assert list(FormerAddress.objects.values_list("path", flat=True)) == ["/articles/nuevo/"]


def test_a_draft_that_changes_its_slug_leaves_no_trace():
    article = make_article(status=Status.DRAFT, slug="before")
    article.slug = "after"
    article.save()
    publishing.keep(article, former_slug="before", at=LATER)
    assert not FormerAddress.objects.exists()


def test_keeping_a_published_article_dates_the_change_and_a_draft_has_no_such_date():
    article, draft = make_article(published_at=NOON), make_article(status=Status.DRAFT)
    for each in (article, draft):
        publishing.keep(each, at=LATER)
        each.refresh_from_db()
    assert (article.updated_at, draft.updated_at) == (LATER, None)


VERBS = {
    "submit": lambda article, by: publishing.submit(article, by=by),
    "return_to_draft": lambda article, by: publishing.return_to_draft(article, by=by),
    "schedule": lambda article, by: publishing.schedule(article, by=by, publish_at=LATER, at=NOON),
    "publish": lambda article, by: publishing.publish(article, by=by, at=NOON),
    "withdraw": lambda article, by: publishing.withdraw(article, by=by, at=NOON),
    "restore": lambda article, by: publishing.restore(article, by=by, at=NOON),
}
FROM = {
    "submit": Status.DRAFT,
    "return_to_draft": Status.IN_REVIEW,
    "schedule": Status.DRAFT,
    "publish": Status.DRAFT,
    "withdraw": Status.PUBLISHED,
    "restore": Status.WITHDRAWN,
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("group", ["Writer", "Fundraiser", ""])
def test_strangers_change_nothing(verb, group):
    article = make_article(status=FROM[verb])
    with pytest.raises(PermissionDenied):
        VERBS[verb](article, make_user(group))
    assert state(article) == FROM[verb]


@pytest.mark.parametrize("verb", ["schedule", "publish", "withdraw", "restore"])
def test_a_writer_publishes_and_withdraws_nothing_not_even_their_own(verb):
    writer = make_user("Writer")
    article = make_article(status=FROM[verb], created_by=writer)
    with pytest.raises(PermissionDenied):
        VERBS[verb](article, writer)
    assert state(article) == FROM[verb]


def test_a_writer_hands_in_their_own_draft_and_takes_it_back():
    writer = make_user("Writer")
    article = make_article(status=Status.DRAFT, created_by=writer)
    assert publishing.submit(article, by=writer).status == Status.IN_REVIEW
    assert publishing.return_to_draft(article, by=writer).status == Status.DRAFT


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("group", ["Editor", "Administrator"])
def test_an_editor_may_do_it_all(verb, group):
    article = make_article(status=FROM[verb])
    assert VERBS[verb](article, make_user(group)).status != FROM[verb]


def test_what_readers_see_is_not_kept_without_what_it_needs():
    article = make_article()
    Article.objects.filter(pk=article.pk).update(body="")
    article.refresh_from_db()
    with pytest.raises(ValidationError, match="Before it can be published the article needs a text"):
        publishing.keep(article, at=LATER)


def test_a_withdrawn_article_without_a_section_is_not_restored():
    article = make_article(status=Status.WITHDRAWN)
    Article.objects.filter(pk=article.pk).update(section=None)
    with pytest.raises(ValidationError, match="needs a section"):
        publishing.restore(article, by=None, at=NOON)
    article.refresh_from_db()
    assert article.status == Status.WITHDRAWN
