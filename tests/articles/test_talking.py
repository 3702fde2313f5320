"""Comments, corrections that are asked for, assignment: the verbs, whom they reach, and their pages at the desk."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from articles import talking
from articles.models import Article, Comment, Status, Unread
from newsroom.mail import NotSent
from newsroom.models import AuditEntry
from tests.articles.forms import change, errors, messages, posted, press, tree
from tests.factories import NOON, make_article, make_author, make_user

EMBARGO = datetime(2099, 11, 24, 9, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_library")]


def page(article: Article) -> str:
    return f"/admin/articles/article/{article.pk}/comments/"


def told() -> dict[str, list[str]]:
    """{who: what they have not seen}"""
    found: dict[str, list[str]] = {}
    for unread in Unread.objects.order_by("pk").select_related("user", "comment"):
        found.setdefault(unread.user.username, []).append(unread.comment.text)
    return found


# Saying


def test_a_comment_reaches_those_whom_the_article_concerns():
    writer, signer, other, editor = (make_user("Writer", username=name) for name in ("writer", "signer", "other", "editor"))
    editor.groups.set(make_user("Editor").groups.all())
    article = make_article(created_by=writer, assigned_to=other, authors=[make_author(user=signer)])
    talking.say(article, "Shorter.", by=editor, at=NOON)
    assert told() == {"writer": ["Shorter."], "signer": ["Shorter."], "other": ["Shorter."]}
    talking.say(article, "Why?", by=writer, at=NOON)
    assert told()["editor"] == ["Why?"]
    talking.read(article, by=writer)
    assert "writer" not in told()


def test_a_letter_that_the_database_cannot_hold_is_left_out():
    assert talking.say(make_article(), "Too\0 long.", by=make_user("Editor"), at=NOON).text == "Too long."
    with pytest.raises(ValidationError):
        talking.say(make_article(), "\0", by=make_user("Editor"), at=NOON)


def test_the_same_words_sent_twice_are_said_once():
    editor, article = make_user("Editor"), make_article()
    for seconds in (0, 5):
        talking.say(article, "Shorter.", by=editor, at=NOON + timedelta(seconds=seconds))
    talking.say(article, "Shorter.", by=editor, at=NOON + timedelta(hours=1))
    assert Comment.objects.count() == 2


@pytest.mark.parametrize("text", ["", "  \n", "x" * 5001])
def test_nothing_and_too_much_are_refused(text):
    with pytest.raises(ValidationError, match="Write what you want to say"):
        talking.say(make_article(), text, by=make_user("Editor"), at=NOON)


@pytest.mark.parametrize("wrong", [{"text": "Other"}, {"version": 7}, {"kind": "wanted"}, {"at": NOON + timedelta(days=1)}])
def test_what_was_said_stays_as_it_was_said(wrong):
    comment = talking.say(make_article(), "Shorter.", by=make_user("Editor"), at=NOON)
    with pytest.raises(DatabaseError), transaction.atomic():
        Comment.objects.filter(pk=comment.pk).update(**wrong)


def test_who_leaves_leaves_their_words_and_a_draft_takes_its_own_along():
    editor, article = make_user("Editor"), make_article(status=Status.DRAFT)
    talking.say(article, "Shorter.", by=editor, at=NOON)
    editor.delete()
    assert Comment.objects.get().by is None
    article.delete()
    assert not Comment.objects.exists()


@pytest.mark.parametrize("group", ["", "Fundraiser", "Writer"])
def test_strangers_say_nothing_and_hear_nothing(client, group):
    user, article = make_user(group), make_article(status=Status.DRAFT)
    talking.say(article, "A secret.", by=make_user("Editor"), at=NOON)
    with pytest.raises(PermissionDenied):
        talking.say(article, "Mine.", by=user, at=NOON)
    client.force_login(user)
    for response in (client.get(page(article)), client.post(page(article), {"comment": "Mine.", "_comment": "1"})):
        assert response.status_code in {403, 404}
        assert "A secret." not in response.content.decode()
    assert Comment.objects.count() == 1


# Back to the writer


def test_what_is_returned_says_what_is_to_be_done_here_and_by_mail(run_jobs, settings):
    editor = make_user("Editor", first_name="Ada", last_name="Brook")
    writer = make_user("Writer", username="writer", email="writer@example.org")
    article = make_article(status=Status.IN_REVIEW, created_by=writer, headline="Harbour")
    talking.send_back(article, "Who says so?", by=editor, at=NOON)
    talking.send_back(article, "Who says so?", by=editor, at=NOON)
    run_jobs()
    assert Article.objects.get().status == Status.DRAFT
    assert told() == {"writer": ["Who says so?"]}
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["writer@example.org"], "Returned to you: Harbour")
    address = f"{settings.SITE_URL}/admin/articles/article/{article.pk}/change/"
    assert message.body == f"Ada Brook returned “Harbour” to you:\n\nWho says so?\n\n{address}\n"


def test_who_has_read_it_by_then_gets_no_mail(run_jobs):
    writer = make_user("Writer", email="writer@example.org")
    article = make_article(status=Status.APPROVED, created_by=writer)
    talking.send_back(article, "Who says so?", by=make_user("Editor"), at=NOON)
    talking.read(article, by=writer)
    run_jobs()
    assert mail.outbox == []


def test_a_mail_that_was_surely_not_taken_is_tried_again_and_no_other(monkeypatch):
    writer = make_user("Writer", email="writer@example.org")
    talking.send_back(make_article(status=Status.IN_REVIEW, created_by=writer), "Why?", by=make_user("Editor"), at=NOON)
    unread = Unread.objects.get()

    def refuse(message, *, kind):
        failure = NotSent("no")
        failure.kind = kind
        raise failure

    for kind, again in (("gaierror", True), ("TimeoutError", False)):
        monkeypatch.setattr(talking.mail, "send", lambda message, kind=kind: refuse(message, kind=kind))
        with pytest.raises(NotSent):
            talking.mail_returned(unread, at=NOON)
        assert (Unread.objects.get().mailed_at is None) == again


def test_without_a_word_nothing_is_returned():
    article = make_article(status=Status.IN_REVIEW)
    with pytest.raises(ValidationError):
        talking.send_back(article, " ", by=make_user("Editor"), at=NOON)
    assert Article.objects.get().status == Status.IN_REVIEW


def test_a_writer_returns_nothing_to_others():
    writer = make_user("Writer")
    with pytest.raises(PermissionDenied):
        talking.send_back(make_article(status=Status.IN_REVIEW, created_by=writer), "No.", by=writer, at=NOON)


# Corrections


def test_a_correction_is_asked_for_and_seen_to_once():
    writer, editor = make_user("Writer"), make_user("Editor")
    article = make_article(created_by=writer)
    wanted = talking.say(article, "A name.", by=writer, at=NOON, kind=Comment.Kind.WANTED)
    with pytest.raises(PermissionDenied):
        talking.see_to(wanted, by=writer, at=NOON)
    for hours in (1, 2):
        talking.see_to(wanted, by=editor, at=NOON + timedelta(hours=hours))
    wanted.refresh_from_db()
    assert (wanted.done_at, wanted.done_by) == (NOON + timedelta(hours=1), editor)


def test_of_what_nobody_reads_no_correction_is_asked_for():
    article, editor = make_article(status=Status.DRAFT), make_user("Editor")
    with pytest.raises(ValidationError, match="Readers do not see it"):
        talking.say(article, "A name.", by=editor, at=NOON, kind=Comment.Kind.WANTED)


# Assignment


def test_whom_an_article_is_assigned_to_sees_and_changes_it(client):
    writer, editor, article = make_user("Writer"), make_user("Editor"), make_article(status=Status.DRAFT)
    client.force_login(writer)
    assert client.get(change(article)).status_code == 302
    talking.assign(article, to=writer, by=editor)
    assert messages(press(client, change(article), headline="Theirs")) == ["“Theirs” is saved."]
    assert posted(client.get(change(article)))["headline"].strip() == "Theirs"
    talking.assign(article, to=None, by=editor)
    assert client.get(change(article)).status_code == 302
    deeds = AuditEntry.objects.filter(user=editor, subject=f"articles.article {article.pk}").order_by("pk")
    assert list(deeds.values_list("deed", flat=True)) == ["assigned", "took away"]


@pytest.mark.parametrize("group", ["", "Fundraiser", "Writer"])
def test_strangers_assign_nothing(group):
    user = make_user(group)
    article = make_article(status=Status.DRAFT, created_by=user)
    with pytest.raises(PermissionDenied):
        talking.assign(article, to=user, by=user)


@pytest.mark.parametrize(
    "person", [{"group": "Fundraiser"}, {"group": "Writer", "is_active": False}, {"group": "Writer", "is_staff": False}]
)
def test_nobody_gets_work_who_cannot_do_it(person):
    with pytest.raises(ValidationError, match="somebody who writes or edits"):
        talking.assign(make_article(), to=make_user(**person), by=None)


# At the desk


def test_a_comment_is_kept_with_whatever_button(editor):
    article = make_article(status=Status.DRAFT)
    press(editor, change(article), comment="Look at the second paragraph.")
    assert Comment.objects.get().text == "Look at the second paragraph."
    assert "Look at the second paragraph." in editor.get(change(article)).content.decode()


def test_a_comment_comes_back_with_a_form_that_is_refused(editor):
    article = make_article(status=Status.DRAFT)
    response = press(editor, change(article), headline="", comment="Look.")
    assert posted(response)["comment"].strip() == "Look."
    assert not Comment.objects.exists()


def test_an_article_is_returned_from_its_form_with_a_word(editor):
    article = make_article(status=Status.IN_REVIEW, headline="Harbour")
    response = press(editor, change(article), "_sendback")
    assert errors(response) == ["Say what is to be done before you return it."]
    response = press(editor, change(article), "_sendback", comment="Who says so?")
    assert messages(response) == ["“Harbour” is returned to its writer."]
    assert [(c.kind, c.text) for c in Comment.objects.all()] == [("returned", "Who says so?")]


def test_an_article_is_assigned_from_its_form(editor):
    writer, article = make_user("Writer"), make_article(status=Status.DRAFT)
    press(editor, change(article), "_assign", assign_to=writer.pk)
    assert Article.objects.get().assigned_to == writer
    press(editor, change(article), "_save")
    assert Article.objects.get().assigned_to == writer
    press(editor, change(article), "_assign", assign_to="")
    assert Article.objects.get().assigned_to is None


@pytest.mark.parametrize("button", ["_approve", "_assign", "_sendback", "_lift", "_withdraw_at", "_stay", "_schedule_changes"])
def test_a_writer_who_posts_an_editors_button_is_refused(client, button):
    writer = make_user("Writer")
    client.force_login(writer)
    article = make_article(status=Status.IN_REVIEW, created_by=writer, embargo_until=EMBARGO)
    more = {"comment": "Mine.", "withdraw_for": "2099-01-01T09:00", "schedule_for": "2099-01-01T09:00"}
    response = client.post(change(article), posted(client.get(change(article))) | more | {button: "1"})
    assert response.status_code == 403
    after = Article.objects.get()
    assert (after.status, after.assigned_to, after.withdraw_at, after.embargo_until) == (Status.IN_REVIEW, None, None, EMBARGO)
    assert not Comment.objects.exists()


def test_an_end_an_embargo_and_a_moment_for_changes_are_set_from_the_form(editor):
    article = make_article(headline="Harbour")
    response = press(editor, change(article), "_withdraw_at", withdraw_for="2099-11-24T09:00")
    assert messages(response) == ["“Harbour” will be withdrawn: Tuesday 24 November 2099, 09:00, UTC."]
    assert "Will be withdrawn Tuesday 24 November 2099, 09:00, UTC, unless" in response.content.decode()
    assert messages(press(editor, change(article), "_stay")) == ["“Harbour” stays published."]
    response = press(editor, change(article), "_schedule_changes", schedule_for="2099-11-24T09:00", standfirst="New.")
    assert messages(response) == ["“Harbour” has changes that will be published: Tuesday 24 November 2099, 09:00, UTC."]
    draft = make_article(status=Status.DRAFT, headline="Ferry")
    response = press(editor, change(draft), "_embargo", embargo_for="2099-11-24T09:00")
    assert messages(response) == ["“Ferry” is embargoed until Tuesday 24 November 2099, 09:00, UTC."]
    preview = editor.get(f"/admin/articles/article/{draft.pk}/preview/").content.decode()
    assert "Embargoed until Tuesday 24 November 2099, 09:00, UTC." in preview
    row = tree(editor.get("/admin/articles/article/")).xpath("string(//tr[contains(., 'Ferry')]//td[contains(@class, 'state')])")
    assert row == "Draft, embargoed until 24 Nov 09:00"
    response = press(editor, change(draft), "_publish")
    assert messages(response)[0].endswith(
        "It is embargoed until Tuesday 24 November 2099, 09:00, UTC: nobody publishes it before."
    )


def test_the_page_of_comments_serves_those_who_may_only_look(client):
    writer, article = make_user("Writer"), make_article(headline="Harbour")
    Article.objects.filter(pk=article.pk).update(created_by=writer)
    client.force_login(writer)
    response = client.post(page(article), {"comment": "A name is wrong.", "_wanted": "1"}, follow=True)
    assert messages(response) == ["The correction is asked for."]
    response = client.post(page(article), {"comment": "", "_comment": "1"})
    assert (response.status_code, "Write what you want to say" in response.content.decode()) == (400, True)
    assert [comment.kind for comment in Comment.objects.all()] == ["wanted"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_comments_costs_the_same_however_many(editor, rows, django_assert_num_queries):
    article = make_article()
    for number in range(rows):
        talking.say(article, f"Number {number}.", by=make_user("Editor"), at=NOON)
    with django_assert_num_queries(8):
        editor.get(page(article))


def test_the_list_finds_what_is_assigned_to_me(client):
    editor = make_user("Editor")
    client.force_login(editor)
    make_article(headline="Mine", assigned_to=editor)
    make_article(headline="Theirs")
    rows = tree(client.get("/admin/articles/article/?assigned=1")).xpath("//*[@id='result_list']/tbody//th/a/text()")
    assert rows == ["Mine"]
