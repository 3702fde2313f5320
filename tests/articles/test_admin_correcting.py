"""Correcting and retracting at the desk, and who may."""

from typing import Any

import pytest
from django.utils import timezone

from articles import correcting, drafting, talking
from articles.models import Article, Comment, Correction, Status
from tests.articles.forms import change, errors, messages, posted, press, tree
from tests.factories import NOON, make_article, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_library")]

WRONG = "There are four cranes, not three."


def page(article: Article, deed: str = "correct") -> str:
    return f"/admin/articles/article/{article.pk}/{deed}/"


def told() -> list[tuple[str, str, str]]:
    return list(Correction.objects.standing().values_list("kind", "place", "text"))


def beside(response: Any) -> str:
    (section,) = tree(response).xpath("//section[contains(@class, 'desk-corrections')]")
    return " ".join(section.text_content().split())


def again(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def test_a_note_is_published_and_stands_beside_the_form(editor):
    article = make_article()
    response = press(editor, page(article), "_publish_note", text=WRONG, kind="clarification", place="top")
    assert messages(response) == ["The note is published."]
    assert told() == [("clarification", "top", WRONG)]
    assert beside(response).startswith("Corrections Clarification")
    assert WRONG in beside(response)
    assert WRONG in editor.get(page(article)).content.decode()


def test_a_note_and_the_changes_are_published_together_and_settle_what_was_asked_for(editor):
    article = make_article(body="<p>Three cranes.</p>")
    content = drafting.current(article).with_changes(body="<p>Four cranes.</p>")
    drafting.save(article, content, by=None, at=timezone.now(), expected=None)
    asked = [
        talking.say(article, text, by=make_user("Editor"), at=NOON, kind=Comment.Kind.WANTED) for text in ("Cranes.", "A name.")
    ]
    response = press(editor, f"{page(article)}?wanted={asked[0].pk}", "_publish_note", text=WRONG)
    assert messages(response) == ["The note is published, together with the changes."]
    assert (again(article).body, again(article).has_changes) == ("<p>Four cranes.</p>", False)
    assert [comment.done_at is None for comment in Comment.objects.order_by("pk")] == [False, True]


def test_changes_that_nobody_looked_at_are_not_published(editor):
    article = make_article()

    def save(words: str) -> None:
        content = drafting.current(again(article)).with_changes(standfirst=words)
        drafting.save(article, content, by=None, at=timezone.now(), expected=None)

    save("Seen.")
    form = posted(editor.get(page(article)))
    save("Not seen.")
    response = editor.post(page(article), form | {"text": WRONG, "_publish_note": "1"})
    assert (response.status_code, told()) == (400, [])
    assert "Somebody saved the article meanwhile." in response.content.decode()
    assert WRONG in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": " "}, "This field is required."),
        ({"text": "x" * 3001}, "Ensure this value has at most 3000 characters (it has 3001)."),
        ({"text": "a\x00b"}, "Null characters are not allowed."),
        ({"kind": "retraction"}, "Select a valid choice. retraction is not one of the available choices."),
        ({"place": "beside"}, "Select a valid choice. beside is not one of the available choices."),
    ],
)
def test_a_bad_form_comes_back_with_a_sentence(editor, typed, sentence):
    article = make_article()
    form = posted(editor.get(page(article))) | {"text": WRONG, "_publish_note": "1"} | typed
    response = editor.post(page(article), form)
    assert (response.status_code, errors(response), told()) == (400, [sentence], [])


def test_a_note_is_put_otherwise_or_taken_back(editor):
    article = make_article()
    note = correcting.correct(article, WRONG, by=None, at=NOON)
    response = press(editor, f"{page(article)}?note={note.pk}", "_publish_note", text="Five.")
    assert messages(response) == ["The new note stands in its place."]
    assert told() == [("correction", "bottom", "Five.")]
    note = Correction.objects.standing().get()
    response = press(editor, f"{page(article)}?note={note.pk}", "_take_back")
    assert messages(response) == ["The note is taken back: readers do not see it any more."]
    assert told() == []
    kept = editor.get(page(article)).content.decode()
    for words in (WRONG, "Five.", "Readers see it no more since"):
        assert words in kept, words


@pytest.mark.parametrize("note", ["0", "x", "9" * 30, "١"])
def test_a_note_that_is_not_there_is_not_found(editor, note):
    assert editor.get(f"{page(make_article())}?note={note}").status_code == 404


def test_an_article_is_retracted_with_a_reason_and_back(editor):
    article = make_article(headline="Forged")
    response = press(editor, page(article, "retract"), "_retract", reason="Forged documents.")
    assert messages(response) == ["The article is retracted: its page says so and why."]
    assert "Retracted" in tree(response).xpath("string(//p[@class='desk-state-words'])")
    row = tree(editor.get("/admin/articles/article/")).xpath("string(//tr[contains(., 'Forged')]//td[contains(@class, 'state')])")
    assert row == "Published, retracted"
    note = Correction.objects.get()
    press(editor, f"{page(article)}?note={note.pk}", "_publish_note", text="The documents were forged.")
    assert told() == [("retraction", "top", "The documents were forged.")]
    press(editor, page(article, "retract"), "_take_text")
    assert again(article).body == ""
    response = press(editor, page(article, "retract"), "_unretract")
    assert "Bring back a version with its text" in response.content.decode()
    assert again(article).is_retracted


def test_a_retraction_is_taken_back_at_the_desk(editor):
    article = make_article()
    correcting.retract(article, "Forged.", by=None, at=NOON)
    response = press(editor, page(article, "retract"), "_unretract")
    assert messages(response) == ["The article is not retracted any more."]
    assert (again(article).is_retracted, told()) == (False, [])


def test_without_a_reason_nothing_is_retracted(editor):
    article = make_article()
    response = editor.post(page(article, "retract"), {"reason": " ", "take_text": "stays", "_retract": "1"})
    assert (response.status_code, errors(response)) == (400, ["This field is required."])
    assert not again(article).is_retracted


@pytest.mark.parametrize("deed", ["correct", "retract"])
@pytest.mark.parametrize("status", [Status.DRAFT, Status.WITHDRAWN])
def test_what_readers_do_not_see_has_no_such_page(editor, deed, status):
    assert editor.get(page(make_article(status=status), deed)).status_code == 404


@pytest.mark.parametrize("group", ["", "Fundraiser", "Writer"])
def test_strangers_correct_and_retract_nothing(client, group):
    user = make_user(group)
    client.force_login(user)
    article = make_article(created_by=user)
    note = correcting.correct(article, WRONG, by=None, at=NOON)
    for address, typed in [
        (page(article), {"text": "Mine.", "kind": "note", "place": "top", "_publish_note": "1"}),
        (f"{page(article)}?note={note.pk}", {"_take_back": "1"}),
        (page(article, "retract"), {"reason": "Mine.", "take_text": "goes", "_retract": "1"}),
    ]:
        assert client.get(address).status_code in {403, 404}
        assert client.post(address, typed).status_code in {403, 404}
    assert told() == [("correction", "bottom", WRONG)]
    assert not again(article).is_retracted


def test_a_writer_reads_the_notes_of_their_own_and_finds_no_button(client):
    writer = make_user("Writer")
    client.force_login(writer)
    article = make_article(created_by=writer)
    correcting.correct(article, WRONG, by=None, at=NOON)
    assert WRONG in beside(client.get(change(article)))
    assert "/correct/" not in client.get(change(article)).content.decode()


def test_what_is_due_leads_to_the_page_where_it_is_done(editor):
    article = make_article(headline="Harbour")
    wanted = talking.say(article, "Cranes.", by=make_user("Editor"), at=NOON, kind=Comment.Kind.WANTED)
    address = f"{page(article)}?wanted={wanted.pk}"
    for opened in ("/admin/", f"/admin/articles/article/{article.pk}/comments/"):
        assert tree(editor.get(opened)).xpath("//a[contains(@href, '/correct/')]/@href") == [address], opened


def test_the_versions_tell_which_one_came_with_a_note(editor):
    article = make_article()
    press(editor, change(article), "_update", standfirst="Changed.")
    correcting.correct(article, WRONG, by=None, at=NOON)
    rows = tree(editor.get(f"/admin/articles/article/{article.pk}/versions/")).xpath("//tbody/tr")
    assert ["Correction, 23 November 2026" in row.text_content() for row in rows] == [True, False]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_however_many_notes(editor, rows, django_assert_num_queries):
    article = make_article()
    for number in range(rows):
        correcting.correct(article, f"Number {number}.", by=make_user("Editor"), at=NOON)
    with django_assert_num_queries(7):
        editor.get(page(article))
