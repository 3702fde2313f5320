"""What readers are told of articles since, and what is retracted."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from articles import contents, correcting, drafting, publishing
from articles.models import Article, Correction
from tests.exactness.changes import HARMLESS, Town, change
from tests.exactness.changes_of_articles import edit

HARMLESS.add("correct_what_is_corrected_so")
WRONG = "An earlier version said three."


@change
def correct_the_lead(town: Town, desk: Client) -> None:
    correcting.correct(town.articles[0], WRONG, by=None, at=town.now)


@change
def correct_an_old_one_above_its_text(town: Town, desk: Client) -> None:
    correcting.correct(town.articles[12], WRONG, by=None, at=town.now, kind="note", place="top")


@change
def correct_at_the_desk(town: Town, desk: Client) -> None:
    address = reverse("admin:articles_article_correct", args=[town.articles[6].pk])
    typed = {"kind": "correction", "place": "bottom", "text": WRONG, "version": town.articles[6].version}
    assert desk.post(address, typed).status_code == 302


@change
def correct_together_with_a_new_headline_and_address(town: Town, desk: Client) -> None:
    article = Article.objects.get(pk=town.articles[3].pk)
    content = contents.of(article).with_changes(headline="Put right", slug="put-right")
    drafting.save(article, content, by=None, at=town.now, expected=None)
    correcting.correct(article, WRONG, by=None, at=town.now, with_changes=True)


@change
def correct_what_is_corrected_so(town: Town, desk: Client) -> None:
    note = town.notes[0]
    correcting.correct(note.article, note.text, by=None, at=town.now, kind=note.kind)


@change
def put_the_oldest_note_otherwise(town: Town, desk: Client) -> None:
    correcting.amend(town.notes[0], "An earlier version said two.", by=None, at=town.now)


@change
def take_back_the_oldest_note(town: Town, desk: Client) -> None:
    correcting.take_back(town.notes[0], by=None, at=town.now)


@change
def take_back_the_newest_note(town: Town, desk: Client) -> None:
    correcting.take_back(town.notes[3], by=None, at=town.now)


@change
def take_back_one_of_two_of_the_same_moment(town: Town, desk: Client) -> None:
    correcting.take_back(town.notes[1], by=None, at=town.now)


@change
def withdraw_one_that_is_corrected(town: Town, desk: Client) -> None:
    publishing.withdraw(town.notes[0].article, by=None, at=town.now)


@change
def give_one_that_is_corrected_another_headline(town: Town, desk: Client) -> None:
    edit(town.notes[0].article, headline="Another headline for it")


@change
def retract_the_lead(town: Town, desk: Client) -> None:
    correcting.retract(town.articles[0], "Forged.", by=None, at=town.now)


@change
def retract_a_second_at_the_desk(town: Town, desk: Client) -> None:
    address = reverse("admin:articles_article_retract", args=[town.articles[1].pk])
    assert desk.post(address, {"reason": "Forged.", "take_text": "stays"}).status_code == 302


@change
def retract_one_from_the_middle_and_take_its_text(town: Town, desk: Client) -> None:
    correcting.retract(town.articles[6], "Forged.", by=None, at=town.now, take_text=True)


@change
def retract_the_last_of_its_tag_and_month(town: Town, desk: Client) -> None:
    correcting.retract(town.loner, "Forged.", by=None, at=town.now)


@change
def retract_one_that_the_digest_sent(town: Town, desk: Client) -> None:
    correcting.retract(town.articles[4], "Forged.", by=None, at=town.now)


@change
def take_back_a_retraction(town: Town, desk: Client) -> None:
    correcting.unretract(town.retracted, by=None, at=town.now)


@change
def put_a_reason_otherwise(town: Town, desk: Client) -> None:
    reason = Correction.objects.get(article=town.retracted, kind="retraction")
    correcting.amend(reason, "Forged from the first page to the last.", by=None, at=town.now)


@change
def withdraw_what_is_retracted(town: Town, desk: Client) -> None:
    publishing.withdraw(town.retracted, by=None, at=town.now)


@change
def give_what_is_retracted_another_headline(town: Town, desk: Client) -> None:
    edit(town.retracted, headline="Another headline")


@change
def restore_what_was_corrected(town: Town, desk: Client) -> None:
    publishing.restore(town.mailed, by=None, at=town.now + timedelta(minutes=1))
