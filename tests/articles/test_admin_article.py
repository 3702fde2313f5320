"""An editor at the desk: writing, saving, what readers see."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from articles import drafting, publishing, search
from articles.models import Article, Byline, FormerAddress, Status, Tag
from tests.articles.forms import ADD, change, errors, messages, posted, press, tree
from tests.factories import NOON, make_article, make_author, make_section, make_tag, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_library")]


def fresh(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


# Writing


def test_a_draft_is_begun_with_a_headline_alone(editor):
    response = press(editor, ADD, headline="The  harbour\nopens")
    article = Article.objects.get()
    assert messages(response) == ["“The harbour opens” is saved."]
    assert (article.headline, article.slug, article.status) == ("The harbour opens", "the-harbour-opens", Status.DRAFT)
    assert article.created_by is not None
    assert response.redirect_chain[-1][0] == change(article)


def test_a_slug_left_empty_is_made_from_the_headline_and_is_free(editor):
    make_article(slug="año-nuevo")
    press(editor, ADD, headline="¡Año nuevo!")
    press(editor, ADD, headline="???")
    assert list(Article.objects.order_by("pk").values_list("slug", flat=True)) == ["año-nuevo", "año-nuevo-2", "article"]


def test_everything_an_article_has_is_kept(editor):
    section, author, other = make_section(), make_author("Ana Ruiz"), make_author("Tomas Vey")
    press(
        editor,
        ADD,
        headline="The harbour opens",
        standfirst="At last.",
        summary="The harbour is open again.",
        body='<p>Ships <strong>came</strong>.</p><script>alert(1)</script><img src="https://tracker.example/x.gif">',
        section=section.pk,
        language="es",
        tags="Harbour, human rights , harbour",
        source_outlet="The Lamp",
        source_url="https://lamp.example/harbour",
        **{
            "bylines-TOTAL_FORMS": "2",
            "bylines-0-author": other.pk,
            "bylines-0-position": "2",
            "bylines-1-author": author.pk,
            "bylines-1-position": "1",
        },
    )
    article = Article.objects.get()
    assert article.body == "<p>Ships <strong>came</strong>.</p>"
    assert (article.section, article.language, article.summary) == (section, "es", "The harbour is open again.")
    assert sorted(tag.name for tag in article.tags.all()) == ["Harbour", "human rights"]
    assert [byline.author.name for byline in article.bylines.all()] == ["Ana Ruiz", "Tomas Vey"]
    assert (article.teaser, article.word_count) == ("The harbour is open again.", 2)


def test_a_byline_without_a_position_comes_last(editor):
    first, second = make_author(), make_author()
    article = make_article(status=Status.DRAFT, authors=[first])
    Byline.objects.update(position=3)
    press(editor, change(article), **{"bylines-TOTAL_FORMS": "2", "bylines-1-author": second.pk, "bylines-1-position": ""})
    assert [byline.author for byline in article.bylines.all()] == [first, second]


@pytest.mark.parametrize("typed", ["abc", "²", "9" * 30, "-1", "0", "\0"])
def test_a_byline_of_nobody_is_told_and_the_others_are_shown_again(editor, typed):
    article = make_article(status=Status.DRAFT, authors=[make_author("Ana Ruiz")])
    response = press(editor, change(article), **{"bylines-TOTAL_FORMS": "2", "bylines-1-author": typed})
    assert "Select a valid choice" in response.content.decode()
    assert tree(response).xpath("//select[starts-with(@name, 'bylines')]/option[@selected and @value!='']/text()") == ["Ana Ruiz"]
    assert [byline.author.name for byline in article.bylines.all()] == ["Ana Ruiz"]


def test_tags_are_found_whatever_their_capitals_and_words_stay_together(editor):
    make_tag("Human rights")
    article = make_article(status=Status.DRAFT)
    press(editor, change(article), tags='HUMAN RIGHTS, "Port, the"')
    assert sorted(tag.name for tag in article.tags.all()) == ["Human rights", "Port, the"]
    assert posted(editor.get(change(article)))["tags"] == 'Human rights, "Port, the"'


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("???", "“???” cannot be a tag: it needs at least one letter or digit for its address."),
        ("x" * 101, f"“{'x' * 40}…” is too long for a tag: 100 characters are the most."),
    ],
)
def test_a_name_that_cannot_be_a_tag_is_refused_beside_the_field(editor, typed, sentence):
    article = make_article(status=Status.DRAFT)
    assert errors(press(editor, change(article), tags=typed)) == [sentence]
    assert not Tag.objects.exists()


def test_tags_in_any_script_are_tags(editor):
    article = make_article(status=Status.DRAFT)
    press(editor, change(article), tags="日本, Ελλάδα, Año")
    assert sorted(article.tags.values_list("name", flat=True)) == sorted(["日本", "Ελλάδα", "Año"])
    assert all(tag.slug.strip("_") for tag in article.tags.all())


def test_what_was_typed_is_still_there_beside_the_error(editor):
    response = press(editor, ADD, headline="", standfirst="Typed with care", body="<p>Long work</p>")
    assert response.status_code == 200
    assert errors(response) == ["This field is required."]
    fields = posted(response)
    assert (fields["standfirst"].strip(), fields["body"].strip()) == ("Typed with care", "<p>Long work</p>")
    assert not Article.objects.exists()


def test_a_slug_in_use_is_refused_beside_the_field(editor):
    make_article(slug="taken")
    response = press(editor, ADD, headline="Another", slug="taken")
    assert errors(response) == ["Another article has this address. Choose another one, or leave it empty."]


def test_a_second_article_under_one_headline_gets_an_address_of_its_own(editor):
    """The browser fills the field in while the headline is typed."""
    make_article(slug="the-week-at-sea")
    press(editor, ADD, headline="The week at sea", slug="the-week-at-sea")
    assert Article.objects.get(headline="The week at sea").slug == "the-week-at-sea-2"


def test_saving_does_not_touch_what_the_form_does_not_show(editor):
    """A form opened before the scheduler published must not unpublish when it is saved."""
    article = make_article(status=Status.SCHEDULED)
    typed = posted(editor.get(change(article)))
    publishing.publish(article, by=None, at=NOON)
    editor.post(change(article), typed | {"headline": "A better headline", "_save": "1"})
    article = fresh(article)
    assert (article.status, article.published_at, article.headline) == (Status.PUBLISHED, NOON, article.headline)
    assert drafting.current(article).headline == "A better headline"


def test_a_change_to_a_published_article_waits_until_it_is_published(editor):
    article = make_article(published_at=NOON - timedelta(days=9000))
    assert messages(press(editor, change(article), body="<p>Quite another word: zanzibar.</p>")) == [
        f"“{article}” is saved. Readers see it as it was until you publish the changes."
    ]
    assert (fresh(article).updated_at, fresh(article).body) == (None, article.body)
    assert "zanzibar" in posted(editor.get(change(article)))["body"]
    assert messages(press(editor, change(article), "_update")) == [f"“{article}” is published as it stands here."]
    assert fresh(article).updated_at is not None
    assert list(search.find("zanzibar")) == [article]


def test_saving_without_a_change_keeps_no_version(editor):
    article = make_article(published_at=NOON - timedelta(days=9000), tags=["Harbour"], authors=[make_author()])
    press(editor, change(article))
    press(editor, change(article), "_update")
    assert (fresh(article).updated_at, fresh(article).version) == (None, 0)


def test_a_changed_slug_leaves_the_former_address_working(editor):
    article = make_article(slug="before")
    press(editor, change(article), "_update", slug="after")
    assert [(former.path, former.article) for former in FormerAddress.objects.all()] == [("/articles/before/", article)]


# Seeing


def test_a_draft_is_previewed_as_readers_will_see_it_and_never_kept(editor):
    article = make_article(status=Status.DRAFT, headline="Not yet out", tags=["Harbour"])
    response = editor.get(f"/admin/articles/article/{article.pk}/preview/")
    assert response.status_code == 200
    assert "Not yet out" in tree(response).xpath("string(//h1)")
    assert "no-store" in response.headers["Cache-Control"]
    assert "noindex" in response.headers["X-Robots-Tag"]


@pytest.mark.parametrize("status", Status.values)
def test_every_state_can_be_previewed_and_opened(editor, status):
    article = make_article(status=status)
    assert editor.get(f"/admin/articles/article/{article.pk}/preview/").status_code == 200
    assert editor.get(change(article)).status_code == 200


def test_only_what_readers_see_has_a_link_to_the_site(editor):
    public, draft = make_article(), make_article(status=Status.DRAFT)
    assert "View on site" in editor.get(change(public)).content.decode()
    assert "View on site" not in editor.get(change(draft)).content.decode()


def test_a_writer_reads_what_became_of_their_article(client):
    user = make_user("Writer")
    client.force_login(user)
    article = make_article(created_by=user, body="<p>Published <strong>words</strong>.</p>", tags=["Harbour"])
    page = client.get(change(article)).content.decode()
    assert "<p>Published <strong>words</strong>.</p>" in page
    assert 'name="headline"' not in page


# What readers see is not emptied


@pytest.mark.parametrize(("name", "emptied", "needed"), [("body", "<p> </p>", "a text"), ("section", "", "a section")])
def test_a_published_article_is_not_emptied_and_what_was_typed_stays(editor, name, emptied, needed):
    article = make_article()
    response = press(editor, change(article), "_update", **{name: emptied, "standfirst": "Typed with care"})
    assert messages(response) == [
        f"“{article}” is saved, but not more than that. Before it can be published the article needs {needed}."
    ]
    assert posted(response)["standfirst"].strip() == "Typed with care"
    assert (fresh(article).body, fresh(article).section) == (article.body, article.section)


def test_an_emptied_article_is_not_restored(editor):
    article = make_article(status=Status.WITHDRAWN)
    response = press(editor, change(article), "_restore", body="", section="")
    assert messages(response) == [
        f"“{article}” is saved, but not more than that. Before it can be published the article needs a text and a section."
    ]
    assert fresh(article).status == Status.WITHDRAWN


def test_a_name_that_grows_in_its_address_is_cut_there(editor):
    press(editor, ADD, headline="Halves", tags=f"{'½' * 60}, {'½' * 61}")
    tags = Tag.objects.order_by("pk")
    assert [len(tag.name) for tag in tags] == [60, 61]
    assert max(len(tag.slug) for tag in tags) == 100


@pytest.mark.django_db(transaction=True)
def test_a_post_to_the_history_is_answered():
    """Outside of a test's own transaction, where a lock without one is an error."""
    client, article = Client(), make_article(status=Status.DRAFT)
    client.force_login(User.objects.create_superuser("root", "root@example.org", "x"))
    assert client.post(f"/admin/articles/article/{article.pk}/history/", {}).status_code == 200
