"""The buttons under an article, and what a form that comes twice or too late does."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from articles import forms, publishing, scheduling
from articles.models import Article, Status
from tests.articles.forms import ADD, buttons, change, errors, messages, posted, press, tree
from tests.factories import NOON, make_article, make_section, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_library")]


def fresh(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


# Buttons


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        (Status.DRAFT, ["Save draft", "Hand in for review", "Publish now", "Schedule"]),
        (Status.IN_REVIEW, ["Save", "Approve", "Publish now", "Schedule"]),
        (Status.APPROVED, ["Save", "Publish now", "Schedule"]),
        (Status.SCHEDULED, ["Save", "Publish now", "Cancel the schedule", "Move the schedule"]),
        (Status.PUBLISHED, ["Save", "Publish changes", "Withdraw", "Publish changes then"]),
        (Status.WITHDRAWN, ["Save", "Restore"]),
    ],
)
def test_an_editor_is_offered_what_makes_sense(editor, status, offered):
    assert buttons(editor.get(change(make_article(status=status)))) == offered


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        (Status.DRAFT, ["Save draft", "Hand in for review"]),
        (Status.IN_REVIEW, ["Save", "Back to draft"]),
        (Status.APPROVED, []),
        (Status.SCHEDULED, []),
        (Status.PUBLISHED, []),
        (Status.WITHDRAWN, []),
    ],
)
def test_a_writer_is_offered_what_writers_may(client, status, offered):
    user = make_user("Writer")
    client.force_login(user)
    assert buttons(client.get(change(make_article(status=status, created_by=user)))) == offered


@pytest.mark.parametrize(
    ("button", "before", "after", "said"),
    [
        ("_submit", Status.DRAFT, Status.IN_REVIEW, "is handed in for review."),
        ("_publish", Status.DRAFT, Status.PUBLISHED, "is published."),
        ("_return", Status.IN_REVIEW, Status.DRAFT, "is a draft again."),
        ("_cancel", Status.SCHEDULED, Status.DRAFT, "is a draft again and will not be published by itself."),
        ("_publish", Status.SCHEDULED, Status.PUBLISHED, "is published."),
        ("_update", Status.PUBLISHED, Status.PUBLISHED, "is published as it stands here."),
        ("_restore", Status.WITHDRAWN, Status.PUBLISHED, "is published again, where it was."),
    ],
)
def test_a_button_saves_what_was_typed_and_does_what_it_says(editor, button, before, after, said):
    article = make_article(status=before)
    response = press(editor, change(article), button, headline="Typed just now")
    assert messages(response) == [f"“Typed just now” {said}"]
    assert (fresh(article).status, fresh(article).headline) == (after, "Typed just now")


def test_withdrawing_saves_what_was_typed_and_publishes_none_of_it(editor):
    article = make_article(headline="As it was")
    response = press(editor, change(article), "_withdraw", headline="Typed just now")
    assert messages(response) == ["“Typed just now” is withdrawn: its address says so."]
    assert (fresh(article).status, fresh(article).headline) == (Status.WITHDRAWN, "As it was")
    assert posted(response)["headline"].strip() == "Typed just now"


def test_a_new_article_is_published_at_once(editor, client):
    press(editor, ADD, "_publish", headline="Fresh", body="<p>News.</p>", section=make_section().pk)
    article = Article.objects.get()
    assert (article.status, article.is_public) == (Status.PUBLISHED, True)
    assert client.get(article.get_absolute_url()).status_code == 200


def test_what_cannot_be_published_is_saved_and_the_reason_is_told(editor):
    response = press(editor, ADD, "_publish", headline="Fresh", body="<p>News.</p>")
    assert messages(response) == [
        "“Fresh” is saved, but not more than that. Before it can be published the article needs a section."
    ]
    assert Article.objects.get().status == Status.DRAFT
    assert "<p>News.</p>" in posted(response)["body"]


def test_an_article_is_scheduled_in_the_newsrooms_own_time(editor, settings):
    settings.TIME_ZONE = "America/Lima"
    with timezone.override("America/Lima"):
        article = make_article(status=Status.DRAFT)
        response = press(editor, change(article), "_schedule", schedule_for="2099-11-24T09:00")
        assert fresh(article).publish_at == datetime.fromisoformat("2099-11-24T14:00+00:00")
        assert messages(response) == [f"“{article}” is scheduled: Tuesday 24 November 2099, 09:00, Lima time."]
        told = tree(response).xpath("string(//p[@class='desk-state-words'])")
        assert told == "Will publish Tuesday 24 November 2099, 09:00, Lima time, unless you cancel."
        assert posted(response)["schedule_for"] == "2099-11-24T09:00"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Say when: choose a day and a time."),
        ("tomorrow", "Give a day and a time that the calendar has, for example 2026-11-24 09:00."),
    ],
)
def test_a_schedule_without_a_moment_is_refused_beside_the_field(editor, typed, sentence):
    article = make_article(status=Status.DRAFT)
    response = press(editor, change(article), "_schedule", schedule_for=typed, standfirst="Typed")
    assert errors(response) == [sentence]
    assert posted(response)["standfirst"].strip() == "Typed"
    assert fresh(article).status == Status.DRAFT


def test_an_hour_that_the_clocks_skip_is_refused(editor):
    with timezone.override("Europe/Berlin"):
        article = make_article(status=Status.DRAFT)
        response = press(editor, change(article), "_schedule", schedule_for="2099-03-29T02:30")
        assert fresh(article).status == Status.DRAFT
        assert len(errors(response)) == 1


def test_a_moment_that_has_passed_is_refused_and_the_text_is_kept(editor):
    article = make_article(status=Status.DRAFT)
    response = press(editor, change(article), "_schedule", schedule_for="2001-01-01T09:00", headline="Kept")
    assert messages(response) == ["“Kept” is saved, but not more than that. Choose a moment in the future, or publish now."]
    assert fresh(article).status == Status.DRAFT


def test_a_schedule_that_failed_says_so_on_the_form(editor):
    article = make_article(status=Status.SCHEDULED)
    Article.objects.filter(pk=article.pk).update(body="")
    scheduling.publish_due(at=NOON + timedelta(days=2))
    assert (
        "It could not be published: Before it can be published the article needs a text."
        in editor.get(change(article)).content.decode()
    )


def test_what_was_done_is_in_the_history(editor):
    article = make_article(status=Status.DRAFT)
    press(editor, change(article), "_publish")
    assert "Publish now." in editor.get(f"/admin/articles/article/{article.pk}/history/").content.decode()


# Sent twice, or too late


def test_a_form_sent_twice_makes_one_article(editor):
    typed = posted(editor.get(ADD)) | {"headline": "Once", "tags": "Harbour", "_save": "1"}
    first, second = editor.post(ADD, typed), editor.post(ADD, typed)
    assert [article.headline for article in Article.objects.all()] == ["Once"]
    assert first.headers["Location"] == second.headers["Location"]


def test_the_second_buttons_wish_is_obeyed(editor):
    typed = posted(editor.get(ADD)) | {"headline": "Once", "body": "<p>News.</p>", "section": make_section().pk}
    editor.post(ADD, typed | {"_save": "1"})
    response = editor.post(ADD, typed | {"_publish": "1"}, follow=True)
    assert messages(response)[-1] == "“Once” is published."
    assert [article.status for article in Article.objects.all()] == [Status.PUBLISHED]


def test_other_words_in_a_form_that_was_sent_already_are_not_lost(editor):
    typed = posted(editor.get(ADD)) | {"headline": "Once", "_save": "1"}
    for standfirst in ("First", "Second"):
        editor.post(ADD, typed | {"standfirst": standfirst})
    assert sorted(Article.objects.values_list("standfirst", flat=True)) == ["First", "Second"]


def test_two_forms_with_the_same_words_make_two_articles(editor):
    press(editor, ADD, headline="Once")
    press(editor, ADD, headline="Once")
    assert sorted(Article.objects.values_list("slug", flat=True)) == ["once", "once-2"]


def test_a_key_of_somebody_else_leads_to_nothing_of_theirs(client):
    client.force_login(make_user("Editor"))
    typed = posted(client.get(ADD)) | {"headline": "Once", "_save": "1"}
    client.post(ADD, typed)
    client.force_login(make_user("Writer"))
    client.post(ADD, typed)
    assert Article.objects.values("created_by").distinct().count() == 2


def test_a_slug_that_was_taken_meanwhile_is_followed_by_the_next(editor, monkeypatch):
    """Another editor saves between the form's look and its save."""
    monkeypatch.setattr(forms.ArticleForm, "keep_picture", lambda form: make_article(slug=form.instance.slug))
    press(editor, ADD, headline="Once", body="<p>Long work</p>")
    assert Article.objects.get(headline="Once").slug == "once-2"


def test_a_writer_whose_article_is_published_meanwhile_gets_their_words_back(client):
    user = make_user("Writer")
    client.force_login(user)
    article = make_article(status=Status.IN_REVIEW, created_by=user)
    typed = posted(client.get(change(article)))
    publishing.publish(article, by=None, at=NOON)
    response = client.post(change(article), typed | {"body": "<p>Three hours of work</p>", "_save": "1"})
    assert response.status_code == 403
    assert "somebody published or took over the article meanwhile" in response.content.decode()
    kept = {box.text.strip(): box.get("readonly") for box in tree(response).xpath("//textarea")}
    assert kept["<p>Three hours of work</p>"] is not None
    assert "Three hours" not in fresh(article).body
