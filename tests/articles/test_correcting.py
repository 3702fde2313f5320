"""What readers are told of an article since: the verbs, and who may use them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from articles import contents, correcting, drafting, publishing, scheduling, talking
from articles.models import Article, Comment, Correction, PublishRule, Revision, Status
from newsroom.models import AuditEntry
from tests.factories import NOON, make_article, make_user

pytestmark = pytest.mark.django_db

LATER, LATEST = NOON + timedelta(hours=3), NOON + timedelta(hours=5)
WRONG = "An earlier version said three cranes. There are four."


def told(article: Article) -> list[tuple[str, str]]:
    return list(Correction.objects.standing().filter(article=article).values_list("kind", "text"))


def again(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def changed(article: Article, **changes: Any) -> Article:
    content = drafting.current(again(article)).with_changes(**changes)
    return drafting.save(article, content, by=None, at=LATER, expected=None)


# Corrections


def test_a_correction_is_dated_and_counts_as_an_update():
    article, editor = make_article(), make_user("Editor")
    note = correcting.correct(article, f"  {WRONG}\r\n", by=editor, at=LATER)
    assert (note.text, note.kind, note.place, note.published_at, note.by) == (WRONG, "correction", "bottom", LATER, editor)
    assert again(article).updated_at == LATER
    entry = AuditEntry.objects.get(subject=f"articles.article {article.pk}")
    assert (entry.user, entry.deed, entry.detail) == (editor, "corrected", f"Correction {note.pk}")


def test_the_same_correction_twice_is_one():
    article = make_article()
    first = correcting.correct(article, WRONG, by=None, at=LATER)
    assert correcting.correct(article, WRONG, by=None, at=LATEST) == first
    assert (Correction.objects.count(), again(article).updated_at) == (1, LATER)


def test_a_correction_and_what_it_corrects_are_published_together():
    article = make_article(body="<p>Three cranes.</p>")
    changed(article, body="<p>Four cranes.</p>")
    note = correcting.correct(article, WRONG, by=None, at=LATEST, with_changes=True, expected=2)
    after = again(article)
    assert (after.body, after.has_changes, after.updated_at, note.version) == ("<p>Four cranes.</p>", False, LATEST, 2)


def test_a_correction_alone_leaves_what_waits():
    article = make_article(body="<p>Three cranes.</p>")
    changed(article, body="<p>Four cranes.</p>")
    note = correcting.correct(article, WRONG, by=None, at=LATEST)
    assert (again(article).body, again(article).has_changes, note.version) == ("<p>Three cranes.</p>", True, 1)


def test_what_cannot_be_published_keeps_its_note_back():
    article = make_article(standfirst="Here.")
    PublishRule.objects.update_or_create(code="standfirst", defaults={"blocks": True})
    changed(article, standfirst="")
    with pytest.raises(ValidationError):
        correcting.correct(article, WRONG, by=None, at=LATEST, with_changes=True)
    with pytest.raises(ValidationError, match="Somebody saved the article meanwhile"):
        correcting.correct(article, WRONG, by=None, at=LATEST, with_changes=True, expected=1)
    assert (told(article), again(article).standfirst) == ([], "Here.")


@pytest.mark.parametrize("text", ["", " \n", "x" * 3001])
def test_nothing_and_too_much_are_refused(text):
    with pytest.raises(ValidationError, match="Write what readers are to be told"):
        correcting.correct(make_article(), text, by=None, at=LATER)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SCHEDULED, Status.WITHDRAWN])
def test_what_readers_do_not_see_is_not_corrected(status):
    article = make_article(status=status)
    for deed in (correcting.correct, correcting.retract):
        with pytest.raises(ValidationError, match="Readers do not see it"):
            deed(article, WRONG, by=None, at=LATER)


def test_a_correction_settles_what_was_asked_for():
    article, editor = make_article(), make_user("Editor")
    wanted = [talking.say(article, text, by=editor, at=NOON, kind=Comment.Kind.WANTED) for text in ("Cranes.", "A name.")]
    correcting.correct(article, WRONG, by=editor, at=LATER, settles=wanted[:1])
    assert [comment.done_at for comment in Comment.objects.order_by("pk")] == [LATER, None]


def test_a_mistaken_note_is_put_otherwise_and_kept():
    article = make_article()
    first = correcting.correct(article, WRONG, by=None, at=LATER)
    second = correcting.amend(first, "There are five.", by=None, at=LATEST, kind="clarification", place="top")
    assert correcting.amend(second, "There are five.", by=None, at=LATEST) == second
    first.refresh_from_db()
    assert (first.text, first.withdrawn_at) == (WRONG, LATEST)
    assert (second.replaces, second.published_at, second.place) == (first, LATEST, "top")
    assert (told(article), again(article).updated_at) == ([("clarification", "There are five.")], LATEST)
    with pytest.raises(ValidationError, match="do not see this note any more"):
        correcting.amend(first, "Six.", by=None, at=LATEST)


def test_a_note_is_taken_back_once():
    note = correcting.correct(make_article(), WRONG, by=None, at=LATER)
    for at in (LATEST, LATEST + timedelta(hours=1)):
        correcting.take_back(note, by=None, at=at)
    assert (told(note.article), Correction.objects.get().withdrawn_at) == ([], LATEST)


@pytest.mark.parametrize(
    "wrong", [{"text": "Other"}, {"kind": "note"}, {"place": "top"}, {"version": 9}, {"published_at": NOON - timedelta(days=1)}]
)
def test_what_readers_were_told_stays_as_they_were_told_it(wrong):
    note = correcting.correct(make_article(), WRONG, by=None, at=LATER)
    with pytest.raises(DatabaseError), transaction.atomic():
        Correction.objects.filter(pk=note.pk).update(**wrong)


def test_what_was_taken_back_does_not_come_again():
    note = correcting.correct(make_article(), WRONG, by=None, at=LATER)
    correcting.take_back(note, by=None, at=LATEST)
    with pytest.raises(DatabaseError), transaction.atomic():
        Correction.objects.filter(pk=note.pk).update(withdrawn_at=None)


def test_who_leaves_leaves_their_notes():
    editor = make_user("Editor")
    Correction.objects.create(article=make_article(), text=WRONG, version=1, published_at=LATER, by=editor)
    editor.delete()
    assert Correction.objects.get().by is None


# Retractions


def test_a_retracted_article_says_why_and_keeps_its_text():
    article, editor = make_article(), make_user("Editor")
    for at in (LATER, LATEST):
        correcting.retract(article, "The documents were forged.", by=editor, at=at)
    after = again(article)
    assert (after.status, after.retracted_at, after.updated_at, after.body) == (Status.PUBLISHED, LATER, LATER, article.body)
    assert told(article) == [("retraction", "The documents were forged.")]
    assert list(AuditEntry.objects.filter(user=editor).values_list("deed", flat=True)) == ["retracted"]


def test_the_text_goes_where_the_law_asks_for_it_and_stays_among_the_versions():
    article = make_article(body="<p>Libel.</p>", standfirst="More libel.", summary="Libel.")
    changed(article, body="<p>Libel, and more of it.</p>")
    correcting.retract(article, "A court forbade it.", by=make_user("Editor"), at=LATEST, take_text=True)
    after = again(article)
    assert (after.body, after.standfirst, after.summary, after.teaser, after.has_changes) == ("", "", "", "", False)
    assert [contents.Content.from_json(row.content).body for row in Revision.objects.order_by("number")] == [
        "<p>Libel.</p>",
        "<p>Libel, and more of it.</p>",
        "",
    ]


def test_a_text_may_go_after_the_retraction_too():
    article = make_article()
    correcting.retract(article, "Wrong.", by=None, at=LATER)
    correcting.retract(article, "Wrong.", by=None, at=LATEST, take_text=True)
    assert (again(article).body, again(article).retracted_at, len(told(article))) == ("", LATER, 1)


def test_a_retraction_is_never_held_up_by_rules_for_texts():
    PublishRule.objects.update_or_create(code="standfirst", defaults={"blocks": True})
    article = make_article()
    correcting.retract(article, "Wrong.", by=None, at=LATER, take_text=True)
    assert again(article).is_retracted


def test_a_retraction_is_taken_back():
    article = make_article()
    correcting.retract(article, "Wrong.", by=None, at=LATER)
    note = Correction.objects.get()
    with pytest.raises(ValidationError, match="Take back the retraction"):
        correcting.take_back(note, by=None, at=LATER)
    for at in (LATEST, LATEST + timedelta(hours=1)):
        correcting.unretract(article, by=None, at=at)
    note.refresh_from_db()
    assert (again(article).retracted_at, note.withdrawn_at, told(article)) == (None, LATEST, [])


def test_without_a_text_there_is_nothing_to_stand_by():
    article = make_article(body="<p>True after all.</p>")
    correcting.retract(article, "Wrong.", by=None, at=LATER, take_text=True)
    with pytest.raises(ValidationError, match="Bring back a version with its text"):
        correcting.unretract(article, by=None, at=LATEST)
    drafting.go_back(article, to=1, by=None, at=LATEST, expected=None)
    publishing.publish_changes(article, by=None, at=LATEST)
    correcting.unretract(article, by=None, at=LATEST)
    assert (again(article).body, again(article).is_retracted) == ("<p>True after all.</p>", False)


def test_a_retracted_article_is_withdrawn_and_restored_as_what_it_is():
    article = make_article()
    correcting.retract(article, "Wrong.", by=None, at=LATER, take_text=True)
    publishing.withdraw(article, by=None, at=LATEST)
    publishing.restore(article, by=None, at=LATEST)
    assert (again(article).is_public, again(article).is_retracted) == (True, True)


def test_changes_that_were_planned_do_not_bring_the_text_back():
    article = changed(make_article(), body="<p>Libel again.</p>")
    scheduling.schedule_changes(article, by=None, publish_at=LATEST, at=LATER)
    correcting.retract(article, "Wrong.", by=None, at=LATER, take_text=True)
    scheduling.publish_due(at=LATEST)
    assert (again(article).body, again(article).publish_at) == ("", None)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SCHEDULED])
def test_the_database_refuses_a_retraction_of_what_was_never_out(status):
    article = make_article(status=status)
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(retracted_at=LATER)


def test_the_database_refuses_a_second_retraction():
    article = make_article()
    correcting.retract(article, "Wrong.", by=None, at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.create(article=article, kind="retraction", place="top", text="Again.", version=1, published_at=LATER)


@pytest.mark.parametrize("group", ["", "Fundraiser", "Writer"])
def test_strangers_tell_readers_nothing(group):
    user = make_user(group)
    article = make_article(created_by=user)
    note = correcting.correct(article, WRONG, by=None, at=LATER)
    for deed in (
        lambda: correcting.correct(article, "Mine.", by=user, at=LATER),
        lambda: correcting.amend(note, "Mine.", by=user, at=LATER),
        lambda: correcting.take_back(note, by=user, at=LATER),
        lambda: correcting.retract(article, "Mine.", by=user, at=LATER),
        lambda: correcting.unretract(article, by=user, at=LATER),
    ):
        with pytest.raises(PermissionDenied):
            deed()
    assert (told(article), again(article).is_retracted) == ([("correction", WRONG)], False)


def test_a_draft_that_is_saved_after_the_text_was_taken_away_does_not_come_out_by_an_earlier_schedule():
    article = make_article(published_at=NOON, body="<p>What must go.</p>")
    article = drafting.save(article, contents.of(article).with_changes(body="<p>Changed.</p>"), by=None, at=LATER, expected=None)
    scheduling.schedule_changes(article, by=None, publish_at=LATEST + timedelta(hours=2), at=LATER)
    correcting.retract(article, "A court forbade it.", by=None, at=LATEST, take_text=True)
    again = contents.of(article).with_changes(body="<p>A draft under work.</p>")
    drafting.save(Article.objects.get(), again, by=None, at=LATEST + timedelta(hours=1), expected=None)
    scheduling.publish_due(at=LATEST + timedelta(hours=3))
    assert Article.objects.get().body == ""
