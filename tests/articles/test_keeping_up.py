"""What stands in an open form is kept, offered back, and nobody else's business; and who else is in an article."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from articles import drafting, presence, tasks, typed
from articles.models import Article, Autosave, Presence, Revision, Status
from newsroom.models import AuditEntry
from tests.articles.forms import ADD, change, errors, messages, posted, press, tree
from tests.factories import NOON, make_article, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_library")]

NEW = "/admin/articles/article/new/autosave/"
LIST = "/admin/articles/article/"


def fresh(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def keeper(article: Article) -> str:
    return f"/admin/articles/article/{article.pk}/autosave/"


def take_over(article: Article) -> str:
    return f"/admin/articles/article/{article.pk}/take-over/"


def looked_at(row: Autosave) -> str:
    return f"/admin/articles/article/kept/{row.key}/"


def signed_in(group: str = "Editor", **names: str) -> Client:
    client = Client()
    client.force_login(make_user(group, **names))
    return client


def offers(response) -> list[str]:
    return [" ".join(item.text_content().split()) for item in tree(response).xpath("//section[@class='desk-kept']/p")]


def company(response) -> str:
    return " ".join(tree(response).xpath("string(//p[@data-told='here'])").split())


@pytest.fixture
def draft() -> Article:
    return make_article(status=Status.DRAFT, headline="Harbour", standfirst="Shut.", body="<p>The text.</p>", tags=["Port"])


def keep(client: Client, article: Article, **words: object):
    """Open the form, type, and let the browser keep it."""
    form = posted(client.get(change(article))) | words
    return client.post(keeper(article), form), form


# Keeping


def test_what_is_typed_is_one_row_and_no_version(editor, draft):
    for headline in ("M", "Mi", "Mine"):
        response, _ = keep(editor, draft, headline=headline, key="6a3ff4e2-1d8e-4ac4-9ce5-9a2ad4f6b6a1")
    row = Autosave.objects.get()
    assert (row.article, row.version, row.typed["headline"]) == (draft, 0, ["Mine"])
    assert (fresh(draft).version, fresh(draft).headline, Revision.objects.count()) == (0, "Harbour", 0)
    answer = response.json()
    assert datetime.fromisoformat(answer["saved_at"]) == row.saved_at
    assert (answer["version"], answer["was_saved"], answer["here"], answer["may_take_over"]) == (0, False, "", False)
    assert "csrfmiddlewaretoken" not in row.typed


def test_a_new_article_is_kept_and_stands_on_the_desk(editor):
    form = posted(editor.get(ADD)) | {"headline": "Begun on a train"}
    assert editor.post(NEW, form).json()["kept"]
    assert not Article.objects.exists()
    assert "Begun on a train" in tree(editor.get("/admin/")).xpath("string(//section[@class='desk-not-saved'])")
    assert "desk-not-saved" not in signed_in().get("/admin/").content.decode()


def test_saving_lets_go_and_what_comes_late_stays_away(editor, draft):
    _, form = keep(editor, draft, headline="Mine")
    editor.post(change(draft), form | {"_save": "1"})
    assert not Autosave.objects.exists()
    assert editor.post(keeper(draft), form).json()["was_saved"] is True
    elsewhere = Client()  # another browser of the same person
    by = Revision.objects.get(number=2).by
    assert by
    elsewhere.force_login(by)
    assert elsewhere.post(keeper(draft), form).json()["was_saved"] is True
    assert not Autosave.objects.exists()


def test_a_form_that_only_says_that_it_is_open_keeps_nothing(editor, draft):
    answer = editor.post(keeper(draft), {"key": uuid4().hex, "version": "0"}).json()
    assert (answer["kept"], Autosave.objects.count(), Presence.objects.count()) == (None, 0, 1)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"key": "x", "version": "0"},
        {"key": uuid4().hex},
        {"key": uuid4().hex, "version": "-1"},
        {"key": uuid4().hex, "version": "9" * 30},
        {"key": "\0", "version": "\0"},
    ],
)
def test_what_is_no_form_is_refused_in_words(editor, draft, sent):
    response = editor.post(keeper(draft), sent)
    assert (response.status_code, response.json()) == (400, {"error": "A form has a key and a version."})
    assert editor.post(keeper(draft), b'{"key": [', content_type="application/json").status_code == 400


def test_hostile_words_are_kept_and_looked_at_without_harm(editor, draft):
    words = {
        "headline": "<script>alert(1)</script>\0",
        "section": "9" * 40,
        "lead_image": "-1",
        "bylines-TOTAL_FORMS": "99999999",
        "bylines-0-author": "9" * 30,
        "bylines-1-author": "7",
        "bylines-1-position": "\0",
        "tags": 'un"closed, ' + "x" * 300,
        "schedule_for": "never",
        "picture_focal_x": "many",
        "body": '<p onclick="x()">Mine<script>alert(2)</script>',
        "strange\0": "field",
    }
    assert keep(editor, draft, **words)[0].json()["kept"]
    row = Autosave.objects.get()
    for page in (change(draft), f"{change(draft)}?take={row.key}", looked_at(row)):
        response = editor.get(page)
        assert response.status_code == 200
        assert b"<script>alert" not in response.content
        assert b'onclick="x()"' not in response.content


def test_more_than_a_form_can_hold_is_refused(editor, draft, monkeypatch):
    monkeypatch.setattr(typed, "MOST_TYPED", 1000)
    response = keep(editor, draft, body="x" * 1001)[0]
    assert (response.status_code, Autosave.objects.count()) == (413, 0)


def test_nobody_fills_the_newsroom_with_forms(editor, draft, monkeypatch):
    monkeypatch.setattr(drafting, "MOST_SET_ASIDE", 2)
    statuses = [keep(editor, draft, headline=f"Form {number}")[0].status_code for number in range(3)]
    assert (statuses, Autosave.objects.count()) == ([200, 200, 409], 2)


def test_who_may_not_change_is_refused_and_who_is_signed_out_is_told(client, draft):
    form = {"key": uuid4().hex, "version": "0", "headline": "Mine"}
    for group, status in (("Writer", 403), ("Fundraiser", 403), ("", 403)):
        stranger = signed_in(group)
        assert [stranger.post(address, form).status_code for address in (keeper(draft), take_over(draft))] == [status, status]
        assert stranger.get(keeper(draft)).status_code == 403
    assert signed_in("Fundraiser").post(NEW, form).status_code == 403
    for address in (keeper(draft), NEW):
        response = client.post(address, form)
        assert (response.status_code, response.json()) == (401, {"error": "You are signed out."})
    assert client.post(take_over(draft)).status_code == 302
    assert (Autosave.objects.count(), Presence.objects.count()) == (0, 0)


def test_a_writer_loses_the_article_and_keeps_the_words(draft):
    writer = signed_in("Writer")
    Article.objects.filter(pk=draft.pk).update(created_by=writer.session["_auth_user_id"])
    form = posted(writer.get(change(draft))) | {"headline": "Mine"}
    Article.objects.filter(pk=draft.pk).update(status=Status.SCHEDULED, publish_at=NOON)
    assert writer.post(keeper(draft), form).status_code == 403
    assert writer.post(change(draft), form | {"_save": "1"}).status_code == 403
    row = Autosave.objects.get()
    assert row.typed["headline"] == ["Mine"]
    page = writer.get(looked_at(row))
    assert tree(page).xpath("//textarea[@aria-label='What you typed: headline']")[0].text.strip() == "Mine"
    assert "Take it up" not in page.content.decode()
    assert writer.get(f"{change(draft)}?take={row.key}").headers["Location"] == looked_at(row)
    Article.objects.filter(pk=draft.pk).update(created_by=None, standfirst="Not for them.")
    words = writer.get(looked_at(row)).content.decode()
    assert "Mine" in words
    assert "Not for them." not in words


def test_an_article_that_is_gone_is_told(editor, draft):
    address = keeper(draft)
    draft.delete()
    assert editor.post(address, {"key": uuid4().hex, "version": "0"}).status_code == 404


def test_a_call_without_the_pages_token_is_refused_and_a_new_one_is_had(draft):
    user = make_user("Editor")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    form = {"key": uuid4().hex, "version": "0", "headline": "Mine"}
    assert client.post(keeper(draft), form).status_code == 403
    token = client.get(keeper(draft)).json()
    assert token["user"] == user.pk
    assert client.post(keeper(draft), form, headers={"X-CSRFToken": token["token"]}).json()["kept"]


def test_words_of_somebody_who_was_signed_in_before_are_not_kept_as_anothers(editor, draft):
    response = editor.post(keeper(draft), {"key": uuid4().hex, "version": "0", "headline": "Mine", "_as": "0"})
    assert (response.status_code, Autosave.objects.count()) == (401, 0)


def test_a_call_costs_the_same_however_much_is_kept(editor, draft, django_assert_max_num_queries):
    keep(editor, draft, headline="Mine")
    form = {"key": uuid4().hex, "version": "0", "headline": "Mine"}
    editor.post(keeper(draft), form)
    for _ in range(2):
        with django_assert_max_num_queries(14):
            editor.post(keeper(draft), form)
        keep(editor, draft, headline="Another form")


def test_after_a_month_it_is_thrown_away(draft):
    by = make_user("Editor")
    for days in (29, 31):
        at = datetime.now(UTC) - timedelta(days=days)
        drafting.set_aside(uuid4(), article=draft, version=0, typed={"headline": [f"{days}"]}, by=by, at=at)
        presence.beat(draft, by=by, key=uuid4(), at=at)
    tasks.clear_aside(timestamp=0)
    assert [row.typed["headline"] for row in Autosave.objects.all()] == [["29"]]
    assert not Presence.objects.exists()


# Offering back


def test_words_that_were_not_saved_are_offered_to_their_writer_alone(editor, draft):
    assert offers(editor.get(change(draft))) == []
    keep(editor, draft, headline="Mine")
    assert [
        offer.endswith("and did not save it. It is still open in another window.") for offer in offers(editor.get(change(draft)))
    ] == [True]
    Presence.objects.all().delete()
    assert offers(editor.get(change(draft)))[0].endswith("and did not save it.")
    assert offers(signed_in().get(change(draft))) == []


def test_words_that_the_form_shows_already_are_not_offered(editor, draft):
    keep(editor, draft, body="<p>The text.</p>\r\n", headline="Harbour ")
    assert offers(editor.get(change(draft))) == []


def test_they_are_looked_at_beside_the_article(editor, draft):
    keep(editor, draft, headline="Harbour open", note="A better one", **{"bylines-TOTAL_FORMS": "0"})
    page = tree(editor.get(looked_at(Autosave.objects.get())))
    assert [item.text for item in page.xpath("//h2[not(@id)]")][-2:] == ["Headline", "What is new"]
    assert [item.text.strip() for item in page.xpath("//ins")] == ["open", "A better one"]


def test_they_are_taken_up_and_saved(editor, draft):
    _, form = keep(editor, draft, headline="Mine", standfirst="", body="<p>My text.</p>", tags="Courts")
    row = Autosave.objects.get()
    page = editor.get(f"{change(draft)}?take={row.key}")
    fields = posted(page)
    assert (fields["headline"].strip(), fields["standfirst"].strip(), fields["tags"]) == ("Mine", "", "Courts")
    assert fields["key"] != form["key"]
    assert errors(page) == []
    editor.post(change(draft), fields | {"_save": "1"})
    assert (fresh(draft).headline, fresh(draft).body, Autosave.objects.count()) == ("Mine", "<p>My text.</p>", 0)


def test_a_form_with_mistakes_is_taken_up_as_it_was(editor):
    editor.post(NEW, posted(editor.get(ADD)) | {"headline": "", "standfirst": "Typed with care", "slug": "???"})
    page = editor.get(f"{ADD}?take={Autosave.objects.get().key}")
    assert errors(page) == []
    assert (posted(page)["standfirst"].strip(), posted(page)["slug"]) == ("Typed with care", "???")


def test_taking_up_over_a_newer_version_offers_both_texts(editor, draft):
    keep(editor, draft, headline="Mine", body="<p>My text.</p>")
    press(signed_in(), change(draft), body="<p>Their text.</p>", standfirst="Theirs.")
    page = editor.get(f"{change(draft)}?take={Autosave.objects.get().key}")
    fields = posted(page)
    assert (fields["headline"].strip(), fields["standfirst"].strip(), fields["body"].strip()) == (
        "Mine",
        "Theirs.",
        "<p>My text.</p>",
    )
    assert "Their text." in tree(page).xpath("string(//section[@class='desk-merge'])")
    editor.post(change(draft), fields | {"_save": "1"})
    assert (fresh(draft).headline, fresh(draft).standfirst, fresh(draft).version) == ("Mine", "Theirs.", 3)


def test_what_the_other_window_typed_since_is_not_thrown_away_with_what_was_taken(editor, draft):
    _, form = keep(editor, draft, headline="Mine")
    taken = posted(editor.get(f"{change(draft)}?take={Autosave.objects.get().key}"))
    editor.post(keeper(draft), form | {"headline": "Mine, and more"})
    editor.post(change(draft), taken | {"_save": "1"})
    assert [row.typed["headline"] for row in Autosave.objects.all()] == [["Mine, and more"]]
    row = Autosave.objects.get()
    taken = posted(editor.get(f"{change(draft)}?take={row.key}"))
    editor.post(keeper(draft), taken)
    assert [str(kept.key) for kept in Autosave.objects.all()] == [taken["key"]]


def test_they_are_thrown_away(editor, draft):
    keep(editor, draft, headline="Mine")
    response = editor.post(looked_at(Autosave.objects.get()), follow=True)
    assert messages(response) == ["What you typed and did not save is thrown away."]
    assert response.redirect_chain[-1][0] == change(draft)
    assert not Autosave.objects.exists()


def test_nobody_sees_takes_or_throws_away_what_another_typed(editor, draft):
    keep(editor, draft, headline="A secret of mine")
    row = Autosave.objects.get()
    for stranger in (signed_in(), signed_in("Administrator"), signed_in("Writer")):
        assert [stranger.get(looked_at(row)).status_code, stranger.post(looked_at(row)).status_code] == [404, 404]
        response = stranger.get(f"{change(draft)}?take={row.key}", follow=True)
        assert "A secret of mine" not in response.content.decode()
        assert "A secret" not in stranger.get("/admin/articles/article/kept/notice/", {"article": draft.pk}).content.decode()
    assert Client().get(looked_at(row)).status_code == 302
    assert Autosave.objects.count() == 1


@pytest.mark.parametrize("key", ["x", "24ddf28dfd3948afb045137d8515dd4f", "", "\0"])
def test_words_that_are_not_there_are_not_taken(editor, draft, key):
    response = editor.get(change(draft), {"take": key}, follow=True)
    assert messages(response)[0].startswith("These words are not there any more")
    assert editor.get("/admin/articles/article/kept/notice/", {"article": key}).status_code in {200, 404}


def test_words_of_one_article_are_not_taken_into_another(editor, draft):
    keep(editor, draft, headline="Mine")
    response = editor.get(change(make_article()), {"take": Autosave.objects.get().key}, follow=True)
    assert messages(response)[0].startswith("These words are not there any more")


def test_a_merge_that_is_left_loses_nothing(editor, draft):
    mine = posted(editor.get(change(draft)))
    press(signed_in(), change(draft), headline="Theirs")
    editor.post(change(draft), mine | {"headline": "Mine", "_save": "1"})
    assert Autosave.objects.get().typed["headline"] == ["Mine"]
    page = editor.get(f"{change(draft)}?take={Autosave.objects.get().key}")
    assert posted(page)["headline"].strip() == "Mine"


def test_a_save_that_is_refused_is_kept_until_it_succeeds(editor):
    refused = press(editor, ADD, headline="", standfirst="Typed with care")
    assert Autosave.objects.get().typed["standfirst"] == ["Typed with care"]
    editor.post(ADD, posted(refused) | {"headline": "Now with one", "_save": "1"})
    assert (Article.objects.get().standfirst, Autosave.objects.count()) == ("Typed with care", 0)


def test_a_form_that_was_saved_and_comes_back_is_kept_as_another_one(editor, draft):
    form = posted(editor.get(change(draft)))
    editor.post(change(draft), form | {"headline": "Saved", "_save": "1"})
    response = editor.post(change(draft), form | {"headline": "", "standfirst": "More", "_save": "1"})
    assert [str(row.key) for row in Autosave.objects.all()] == [posted(response)["key"]]


def test_a_headline_that_is_too_long_survives_a_merge(editor, draft):
    mine = posted(editor.get(change(draft)))
    press(signed_in(), change(draft), standfirst="Theirs")
    response = editor.post(change(draft), mine | {"headline": "x" * 300, "body": "<p>Mine</p>", "_save": "1"})
    assert (posted(response)["headline"].strip(), posted(response)["standfirst"].strip()) == ("x" * 300, "Theirs")


# Others


def opened(client: Client, article: Article, **also: str) -> tuple[str, dict]:
    """A form is opened, and its browser says so."""
    key = also.pop("key", uuid4().hex)
    return key, client.post(keeper(article), {"key": key, "version": "0", **also}).json()


def test_the_second_is_told_who_was_there_first(draft):
    ana, ben = signed_in(first_name="Ana", last_name="Ruiz"), signed_in(first_name="Ben")
    opened(ana, draft)
    assert company(ben.get(change(draft))).startswith("Ana Ruiz is editing since ")
    _, answer = opened(ben, draft)
    assert answer["here"].startswith("Ana Ruiz is editing since ")
    assert answer["may_take_over"] is True
    _, answer = opened(ana, draft)
    assert answer["here"].startswith("Ben has it open too, since ")
    assert answer["may_take_over"] is False
    assert tree(ana.get(LIST)).xpath("string(//span[@class='desk-here-mark'])") == "Ana Ruiz, Ben are editing"


def test_who_is_not_heard_of_is_gone_and_comes_back_as_the_second(draft):
    ana, ben = make_user("Editor"), make_user("Editor")
    key = uuid4()
    presence.beat(draft, by=ana, key=key, at=NOON)
    presence.beat(draft, by=ben, key=uuid4(), at=NOON + timedelta(seconds=20))
    assert presence.look(draft, by=ben, key=None, at=NOON + timedelta(seconds=44)).is_mine is False
    later = NOON + timedelta(seconds=46)
    assert presence.look(draft, by=ben, key=None, at=later) == presence.Here(
        [], presence.look(draft, by=ben, key=None, at=later).holder, True, False, True
    )
    presence.beat(draft, by=ana, key=key, at=later)
    assert presence.look(draft, by=ana, key=key, at=later).is_mine is False


def test_a_tab_behind_others_is_waited_for_longer_until_it_is_looked_at_again(draft):
    ana, key = make_user("Editor"), uuid4()
    for hidden in (False, True):
        presence.beat(draft, by=ana, key=key, at=NOON, hidden=hidden)
    seconds = [149, 151]
    assert [presence.alive(at=NOON + timedelta(seconds=each)).exists() for each in seconds] == [True, False]
    presence.beat(draft, by=ana, key=key, at=NOON + timedelta(seconds=100))
    assert presence.alive(at=NOON + timedelta(seconds=146)).exists() is False


def test_a_browser_says_that_its_tab_is_behind_others_and_that_it_is_back(editor, draft):
    key, _ = opened(editor, draft)
    opened(editor, draft, key=key, _hidden="1")
    assert Presence.objects.get().hidden is True
    opened(editor, draft, key=key)
    assert Presence.objects.get().hidden is False


def test_the_last_word_of_a_page_that_left_brings_nobody_back(editor, draft):
    """A page that goes says that it is hidden and that it leaves, in two calls at once."""
    key, _ = opened(editor, draft)
    opened(editor, draft, key=key, _leave="1")
    opened(editor, draft, key=key, _hidden="1")
    assert Presence.objects.exists() is False


def test_behind_a_closed_lid_the_article_goes_to_another_and_the_words_stay(draft):
    ana, ben = signed_in(first_name="Ana"), signed_in(first_name="Ben")
    _, form = keep(ana, draft, headline="Typed before the lid closed")
    ana.post(keeper(draft), form | {"_hidden": "1"})
    asleep = datetime.now(UTC) - timedelta(minutes=10)
    Presence.objects.update(seen_at=asleep, since=asleep)
    assert opened(ben, draft)[1]["here"] == ""
    answer = ana.post(keeper(draft), form).json()
    assert answer["here"].startswith("Ben is editing since ")
    assert (answer["may_take_over"], answer["was_saved"]) == (True, False)
    assert Autosave.objects.get().typed["headline"] == ["Typed before the lid closed"]


def test_who_leaves_is_gone_at_once(draft):
    ana, ben = signed_in(), signed_in()
    key, _ = opened(ana, draft)
    opened(ana, draft, key=key, _leave="1")
    assert opened(ben, draft)[1]["here"] == ""


def test_a_save_keeps_the_article_in_the_same_hands(draft):
    ana, ben = signed_in(first_name="Ana"), signed_in(first_name="Ben")
    _, form = keep(ana, draft, headline="Mine")
    since = Presence.objects.get().since
    opened(ben, draft)
    ana.post(change(draft), form | {"_save": "1"})
    _, answer = opened(ana, draft)
    assert (answer["may_take_over"], answer["elsewhere"]) == (False, "")
    assert sorted(Presence.objects.values_list("since", flat=True))[0] == since


def test_it_is_taken_over_with_notice_and_nobodys_save_is_refused(draft):
    ana, ben = signed_in(first_name="Ana"), signed_in(first_name="Ben")
    form = posted(ana.get(change(draft)))
    opened(ana, draft, key=form["key"])
    key, _ = opened(ben, draft)
    ben.post(take_over(draft), {"key": key})
    _, answer = opened(ana, draft, key=form["key"])
    assert answer["here"].startswith("Ben took over at ")
    assert answer["here"].endswith("Your words are kept; saving will show both texts.")
    assert answer["may_take_over"] is True
    ben.post(take_over(draft), {"key": key})
    assert AuditEntry.objects.filter(deed="took over", subject=f"articles.article {draft.pk}").count() == 1
    ana.post(change(draft), form | {"headline": "Saved all the same", "_save": "1"})
    assert fresh(draft).headline == "Saved all the same"
    ana.post(take_over(draft), {"key": form["key"]})
    assert opened(ben, draft, key=key)[1]["here"].startswith("Ana took over at ")


def test_taking_over_is_a_post_with_a_form(editor, draft):
    assert editor.get(take_over(draft)).url == change(draft)
    assert editor.post(take_over(draft), {"key": "x"}).url == change(draft)
    assert editor.post("/admin/articles/article/0/take-over/").status_code == 404
    assert not Presence.objects.exists()


def test_a_newer_version_is_told_before_anybody_saves(editor, draft):
    key, _ = opened(editor, draft)
    press(signed_in(first_name="Ben"), change(draft), headline="Theirs")
    newer = opened(editor, draft, key=key)[1]["newer"]
    assert newer["words"].startswith("Ben saved a newer version at ")
    assert newer["address"] == f"/admin/articles/article/{draft.pk}/versions/?before=1&after=2"
    assert editor.get(newer["address"]).status_code == 200


def test_a_second_window_of_mine_is_told_as_such(editor, draft):
    first, _ = opened(editor, draft)
    assert opened(editor, draft)[1]["elsewhere"].startswith("You have this article open in another window too.")
    assert opened(editor, draft, key=first)[1]["here"] == ""


def test_one_person_is_not_noted_without_end(editor, draft, monkeypatch):
    monkeypatch.setattr(presence, "MOST_FORMS", 2)
    for _ in range(4):
        assert opened(editor, draft)[1]["here"] == ""
    assert Presence.objects.count() == 2
