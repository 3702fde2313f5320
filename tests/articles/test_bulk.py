"""Things done to many articles: each on its own, told one by one, and undone where nobody changed it since."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from articles import amending, bulk, contents, drafting, publishing, tagging
from articles.models import Article, BulkDeed, Revision, Status, Tag
from tests.factories import NOON, make_article, make_section, make_tag, make_user

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def editor():
    return make_user("Editor")


def fresh(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def names(article: Article) -> list[str]:
    return sorted(article.tags.values_list("name", flat=True))


def done(kind: str, *articles: Article, by, **what) -> BulkDeed:
    deed = bulk.prepare(kind, [article.pk for article in articles], by=by, at=NOON)
    return bulk.run_or_order(bulk.begin(deed, by=by, at=NOON, **what), at=NOON)


def undone(deed: BulkDeed, *, by) -> BulkDeed:
    return bulk.run_or_order(bulk.undo(deed, by=by, at=LATER), at=LATER)


def told(deed: BulkDeed) -> list[tuple[str, str]]:
    return [(item.outcome, item.reason) for item in deed.items.all()]


def test_nothing_happens_before_somebody_says_yes(editor):
    article = make_article()
    deed = bulk.prepare("withdraw", [article.pk], by=editor, at=NOON)
    bulk.run(deed.pk, at=NOON)
    assert (fresh(article).status, told(deed)) == (Status.PUBLISHED, [("waiting", "")])


def test_one_that_cannot_be_published_keeps_the_others_from_nothing(editor):
    good, bad, out = make_article(status="draft"), make_article(status="draft", body=""), make_article()
    deed = done("publish", good, bad, out, by=editor)
    assert [fresh(article).status for article in (good, bad, out)] == [Status.PUBLISHED, Status.DRAFT, Status.PUBLISHED]
    assert told(deed) == [
        ("done", ""),
        ("refused", "Before it can be published the article needs a text."),
        ("same", ""),
    ]
    assert deed.done_at == NOON


def test_a_tag_is_added_to_drafts_as_a_version_and_to_what_readers_see_at_once(editor):
    make_tag("Harbour")
    draft, out = make_article(status="draft", tags=["Courts"]), make_article(tags=["Courts"])
    done("add_tag", draft, out, by=editor, tag="harbour")
    assert names(draft) == names(out) == ["Courts", "Harbour"]
    assert [fresh(article).version for article in (draft, out)] == [2, 2]
    assert (fresh(out).has_changes, fresh(out).updated_at) == (False, None)


def test_a_draft_over_what_is_live_has_the_tag_too_and_waits_on(editor):
    out = make_article(headline="Live", tags=["Courts"])
    drafting.save(out, contents.of(out).with_changes(headline="Draft"), by=None, at=NOON, expected=None)
    deed = done("add_tag", out, by=editor, tag="Harbour")
    article = fresh(out)
    assert (article.headline, names(article), article.has_changes) == ("Live", ["Courts", "Harbour"], True)
    newest = drafting.current(article)
    assert (newest.headline, newest.tags) == ("Draft", ("Courts", "Harbour"))
    undone(deed, by=editor)
    article = fresh(out)
    assert (names(article), drafting.current(article).tags, article.has_changes) == (["Courts"], ("Courts",), True)
    assert drafting.current(publishing.publish_changes(article, by=None, at=LATER)).headline == "Draft"


def test_the_live_revision_says_what_readers_see(editor):
    out = make_article(tags=["Courts"])
    drafting.save(out, contents.of(out).with_changes(headline="Draft"), by=None, at=NOON, expected=None)
    done("remove_tag", out, by=editor, tag="Courts")
    article = fresh(out)
    assert article.live_version
    live = Revision.objects.get(article=article, number=article.live_version)
    assert contents.Content.from_json(live.content) == contents.of(article)


def test_only_what_changed_is_undone(editor):
    has, lacks = make_article(tags=["Harbour"]), make_article()
    deed = done("add_tag", has, lacks, by=editor, tag="Harbour")
    assert [outcome for outcome, _ in told(deed)] == ["same", "done"]
    undone(deed, by=editor)
    assert (names(has), names(lacks)) == (["Harbour"], [])


def test_what_somebody_changed_since_is_left_as_it_is_and_named(editor):
    one, other = make_article(), make_article()
    deed = done("add_tag", one, other, by=editor, tag="Harbour")
    drafting.save(one, contents.of(one).with_changes(headline="Newer"), by=None, at=LATER, expected=None)
    deed = undone(deed, by=editor)
    assert told(deed) == [("kept", "Somebody changed it since."), ("undone", "")]
    assert (names(one), names(other), deed.undo_done_at) == (["Harbour"], [], LATER)


def test_articles_move_to_another_section_and_back(editor):
    home, world = make_section("Home"), make_section("World")
    draft, out = make_article(status="draft", section=home), make_article(section=home)
    deed = done("section", draft, out, by=editor, section=world)
    assert {fresh(draft).section, fresh(out).section} == {world}
    undone(deed, by=editor)
    assert {fresh(draft).section, fresh(out).section} == {home}


def test_a_section_that_is_gone_does_not_come_back(editor):
    home, world = make_section("Home"), make_section("World")
    draft = make_article(status="draft", section=home)
    deed = done("section", draft, by=editor, section=world)
    home.delete()
    assert told(undone(deed, by=editor)) == [("kept", "The section it stood in is gone.")]


def test_withdrawn_articles_are_restored_unless_they_hold_changes(editor):
    plain, pending = make_article(), make_article()
    drafting.save(pending, contents.of(pending).with_changes(headline="Draft"), by=None, at=NOON, expected=None)
    deed = undone(done("withdraw", plain, pending, by=editor), by=editor)
    assert [fresh(article).status for article in (plain, pending)] == [Status.PUBLISHED, Status.WITHDRAWN]
    assert told(deed)[1] == ("kept", "It holds changes that readers have not seen: restore it by hand.")


def test_a_publication_is_not_undone_by_the_lot(editor):
    article = make_article(status="draft")
    undone(done("publish", article, by=editor), by=editor)
    assert fresh(article).is_public


def test_a_second_yes_and_a_second_undo_change_nothing(editor):
    article = make_article()
    deed = done("add_tag", article, by=editor, tag="Harbour")
    again = bulk.begin(deed, by=editor, at=LATER, tag="Other")
    bulk.run(again.pk, at=LATER)
    assert (names(article), again.tag) == (["Harbour"], "Harbour")
    deed = undone(deed, by=editor)
    assert undone(deed, by=editor).undo_done_at == LATER
    assert fresh(article).version == 3


def test_a_synonym_means_its_tag(editor):
    make_tag("Harbour").synonyms.create(name="Port")
    article = make_article()
    done("add_tag", article, by=editor, tag="port")
    assert (names(article), Tag.objects.count()) == (["Harbour"], 1)


def test_more_than_a_page_is_the_workers(editor, monkeypatch, run_jobs):
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    articles = [make_article() for _ in range(3)]
    deed = done("withdraw", *articles, by=editor)
    assert (deed.done_at, bulk.counts(deed)) == (None, {"waiting": 3})
    run_jobs()
    assert bulk.counts(deed) == {"done": 3}


def test_a_run_goes_on_where_it_stopped(editor, monkeypatch):
    articles = [make_article() for _ in range(3)]
    monkeypatch.setattr(bulk, "_finish", lambda *args, **how: None)
    deed = done("withdraw", *articles[:1], by=editor)
    deed.items.create(article=articles[1])
    monkeypatch.undo()
    bulk.run(deed.pk, at=LATER)
    assert (bulk.counts(deed), BulkDeed.objects.get().done_at) == ({"done": 2}, LATER)


def test_more_than_the_most_are_refused(editor, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 1)
    with pytest.raises(ValidationError, match="more than 1 articles"):
        bulk.prepare("withdraw", [make_article().pk, make_article().pk], by=editor, at=NOON)
    with pytest.raises(ValidationError, match="None of these"):
        bulk.prepare("withdraw", [], by=editor, at=NOON)


def test_a_stranger_is_refused(editor):
    article, writer, stranger = make_article(), make_user("Writer"), make_user()
    for by, kind in ((writer, "publish"), (writer, "withdraw"), (stranger, "add_tag"), (stranger, "hand_in")):
        with pytest.raises(PermissionDenied):
            bulk.prepare(kind, [article.pk], by=by, at=NOON)
    deed = bulk.prepare("withdraw", [article.pk], by=editor, at=NOON)
    with pytest.raises(PermissionDenied):
        bulk.begin(deed, by=make_user("Editor"), at=NOON)
    deed = bulk.run_or_order(bulk.begin(deed, by=editor, at=NOON), at=NOON)
    with pytest.raises(PermissionDenied):
        bulk.undo(deed, by=writer, at=NOON)


def test_a_writer_changes_the_tags_of_their_own_drafts_alone():
    writer = make_user("Writer")
    own = make_article(status="draft", created_by=writer)
    others, out = make_article(status="draft"), make_article(created_by=writer)
    deed = done("add_tag", own, others, out, by=writer, tag="Harbour")
    assert [outcome for outcome, _ in told(deed)] == ["done", "refused", "refused"]
    assert (names(own), names(others), names(out)) == (["Harbour"], [], [])


def test_what_readers_see_is_changed_by_publishers_alone():
    writer = make_user("Writer", is_superuser=False)
    with pytest.raises(PermissionDenied):
        amending.amend(make_article(), amending.with_tag("Harbour"), by=writer, at=NOON)


def test_who_has_left_does_nothing_any_more(editor):
    article = make_article()
    deed = bulk.begin(bulk.prepare("withdraw", [article.pk], by=editor, at=NOON), by=editor, at=NOON)
    editor.is_active = False
    editor.save()
    bulk.run(deed.pk, at=NOON)
    assert told(deed) == [("refused", "Who asked for it has no sign-in any more.")]
    assert fresh(article).is_public


def test_what_nobody_said_yes_to_is_forgotten_after_a_day_and_what_was_done_after_ninety(editor):
    article = make_article()
    bulk.prepare("withdraw", [article.pk], by=editor, at=NOON)
    kept = done("add_tag", article, by=editor, tag="Harbour")
    assert bulk.forget(at=NOON + timedelta(days=2)) == 1
    assert list(BulkDeed.objects.all()) == [kept]
    assert (bulk.forget(at=NOON + timedelta(days=89)), bulk.forget(at=NOON + timedelta(days=91))) == (0, 1)


def test_an_article_of_which_nobody_knows_what_is_wrong_keeps_the_others_from_nothing(editor, monkeypatch, caplog):
    odd, other = make_article(status=Status.DRAFT), make_article(status=Status.DRAFT)
    submit = publishing.submit

    def stumbles(article: Article, **how) -> Article:
        if article.pk == odd.pk:
            raise RuntimeError("no such thing")
        return submit(article, **how)

    monkeypatch.setattr(publishing, "submit", stumbles)
    deed = done("hand_in", odd, other, by=editor)
    assert told(deed) == [("refused", "It did not work, for a reason that is noted in the log."), ("done", "")]
    assert fresh(other).status == Status.IN_REVIEW
    assert "no such thing" in caplog.text


def test_a_tag_that_was_renamed_since_somebody_said_yes_is_meant_under_its_new_name(editor):
    article = make_article(status=Status.DRAFT, tags=["Harbor", "Ferry"])
    deed = bulk.begin(bulk.prepare("remove_tag", [article.pk], by=editor, at=NOON), by=editor, at=NOON, tag="Harbor")
    tagging.rename(Tag.objects.get(name="Harbor"), name="Harbour", slug="harbour", by=None)
    bulk.run(deed.pk, at=NOON)
    assert names(article) == ["Ferry"]
