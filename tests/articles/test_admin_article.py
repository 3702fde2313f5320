"""An editor at the desk: writing, saving, publishing."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image as Pillow

from articles import forms, images, publishing, search
from articles.models import Article, Byline, FormerAddress, Image, Status, Tag
from tests.articles.forms import ADD, buttons, change, errors, messages, posted, press, tree
from tests.factories import NOON, make_article, make_author, make_section, make_tag, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_library(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(make_user("Editor"))
    return client


@pytest.fixture
def writer(client: Client) -> Client:
    client.force_login(make_user("Writer"))
    return client


def picture(colour: str = "red", size=(60, 40), name: str = "photo.jpg") -> SimpleUploadedFile:
    output = BytesIO()
    Pillow.new("RGB", size, colour).save(output, "JPEG")
    return SimpleUploadedFile(name, output.getvalue(), content_type="image/jpeg")


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


def test_saving_does_not_touch_what_the_form_does_not_show(editor):
    """A form opened before the scheduler published must not unpublish when it is saved."""
    article = make_article(status=Status.SCHEDULED)
    typed = posted(editor.get(change(article)))
    publishing.publish(article, by=None, at=NOON)
    editor.post(change(article), typed | {"headline": "A better headline", "_save": "1"})
    article = fresh(article)
    assert (article.status, article.published_at, article.headline) == (Status.PUBLISHED, NOON, "A better headline")


def test_a_change_to_a_published_article_is_dated_and_found(editor):
    article = make_article(published_at=NOON - timedelta(days=9000))
    assert messages(press(editor, change(article), body="<p>Quite another word: zanzibar.</p>")) == [
        f"“{article}” is saved. Readers see the changes now."
    ]
    assert fresh(article).updated_at is not None
    assert list(search.find("zanzibar")) == [article]


def test_saving_without_a_change_dates_nothing(editor):
    article = make_article(published_at=NOON - timedelta(days=9000), tags=["Harbour"], authors=[make_author()])
    press(editor, change(article))
    assert fresh(article).updated_at is None


def test_a_changed_slug_leaves_the_former_address_working(editor):
    article = make_article(slug="before")
    press(editor, change(article), slug="after")
    assert [(former.path, former.article) for former in FormerAddress.objects.all()] == [("/articles/before/", article)]


# Buttons


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        (Status.DRAFT, ["Save draft", "Hand in for review", "Publish now", "Schedule"]),
        (Status.IN_REVIEW, ["Save", "Publish now", "Back to draft", "Schedule"]),
        (Status.SCHEDULED, ["Save", "Publish now", "Cancel the schedule", "Move the schedule"]),
        (Status.PUBLISHED, ["Save", "Withdraw"]),
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
        ("_withdraw", Status.PUBLISHED, Status.WITHDRAWN, "is withdrawn: its address says so."),
        ("_restore", Status.WITHDRAWN, Status.PUBLISHED, "is published again, where it was."),
    ],
)
def test_a_button_saves_what_was_typed_and_does_what_it_says(editor, button, before, after, said):
    article = make_article(status=before)
    response = press(editor, change(article), button, headline="Typed just now")
    assert messages(response) == [f"“Typed just now” {said}"]
    assert (fresh(article).status, fresh(article).headline) == (after, "Typed just now")


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
        assert messages(response) == [f"“{article}” is scheduled: Tuesday 24 November 2099, 09:00."]
        told = tree(response).xpath("string(//p[@class='desk-state-words'])")
        assert told == "Will be published Tuesday 24 November 2099, 09:00 (America/Lima time), unless you cancel."
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
    publishing.publish_due(at=NOON + timedelta(days=2))
    assert (
        "It could not be published: Before it can be published the article needs a text."
        in editor.get(change(article)).content.decode()
    )


def test_what_was_done_is_in_the_history(editor):
    article = make_article(status=Status.DRAFT)
    press(editor, change(article), "_publish")
    assert "Publish now." in editor.get(f"/admin/articles/article/{article.pk}/history/").content.decode()


# Pictures


def test_a_picture_is_sent_with_the_article(editor, run_jobs):
    press(
        editor,
        ADD,
        headline="With a picture",
        picture=picture(),
        picture_alt="A red field",
        picture_credit="Photo: Ana Ruiz",
        picture_focal_x="10",
    )
    image = Article.objects.get().lead_image
    assert image is not None
    assert (image.alt, image.credit, image.focal_x, image.focal_y) == ("A red field", "Photo: Ana Ruiz", 10, 50)
    run_jobs()
    image.refresh_from_db()
    assert image.renditions


def test_a_file_that_is_no_picture_is_refused_and_nothing_typed_is_lost(editor):
    bad = SimpleUploadedFile("photo.jpg", b"<svg/>", content_type="image/jpeg")
    response = press(editor, ADD, headline="With a picture", picture=bad, picture_alt="A red field")
    assert errors(response) == ["This file is not a picture we can read. Send it as JPEG, PNG, WebP, AVIF or GIF."]
    assert posted(response)["picture_alt"] == "A red field"
    assert not Article.objects.exists()
    assert not Image.objects.exists()


def test_a_good_picture_beside_another_mistake_has_to_be_chosen_once_more(editor):
    response = press(editor, ADD, headline="", picture=picture())
    assert errors(response) == [
        "This field is required.",
        "The picture is fine, but a browser does not keep it: choose it once more.",
    ]
    assert not Image.objects.exists()


def test_a_new_picture_does_not_inherit_the_words_of_the_former_one(editor):
    former = images.receive(picture("red"), alt="A red field", credit="Ana")
    article = make_article(status=Status.DRAFT, lead_image=former)
    press(editor, change(article), picture=picture("blue"), picture_credit="Photo: Tomas Vey")
    image = fresh(article).lead_image
    assert image is not None
    assert (image == former, image.alt, image.credit) == (False, "", "Photo: Tomas Vey")
    former.refresh_from_db()
    assert (former.alt, former.credit) == ("A red field", "Ana")


def test_words_and_focal_point_of_the_chosen_picture_are_corrected(editor):
    image = images.receive(picture(), alt="A red feld")
    article = make_article(status=Status.DRAFT, lead_image=image)
    press(editor, change(article), picture_alt="A red field", picture_focal_y="0")
    image.refresh_from_db()
    assert (image.alt, image.focal_x, image.focal_y) == ("A red field", 50, 0)


def test_another_picture_from_the_library_keeps_its_own_words(editor):
    first, second = images.receive(picture("red"), alt="Red"), images.receive(picture("blue"), alt="Blue")
    article = make_article(status=Status.DRAFT, lead_image=first)
    press(editor, change(article), lead_image=second.pk)  # without JavaScript: the words shown were the first one's
    second.refresh_from_db()
    assert (fresh(article).lead_image, second.alt) == (second, "Blue")


def test_a_focal_point_outside_the_picture_is_refused_beside_the_field(editor):
    article = make_article(status=Status.DRAFT, lead_image=images.receive(picture()))
    assert errors(press(editor, change(article), picture_focal_x="101")) == ["Ensure this value is less than or equal to 100."]


def test_words_about_a_picture_that_is_not_there_are_not_lost_in_silence(editor):
    response = press(editor, ADD, headline="No picture", picture_alt="A red field")
    assert errors(response) == ["You described a picture, but there is none. Choose one or send one."]


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


# The list


def columns(response, name: str) -> list[str]:
    return [cell.text_content().strip() for cell in tree(response).xpath(f"//*[contains(@class, 'field-{name}')]")]


def test_the_list_tells_what_an_editor_looks_for(editor):
    with timezone.override("UTC"):
        make_article(headline="Out", published_at=NOON, authors=[make_author("Ana Ruiz"), make_author("Tomas Vey")])
        make_article(headline="To come", status=Status.SCHEDULED)
        response = editor.get("/admin/articles/article/")
    assert columns(response, "headline") == ["To come", "Out"]
    assert columns(response, "state") == ["Scheduled, 24 Nov 12:00", "Published"]
    assert columns(response, "signed") == ["", "Ana Ruiz, Tomas Vey"]
    assert columns(response, "published") == ["", "23 November 2026, 12:00"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_long(editor, rows, django_assert_num_queries):
    for _ in range(rows):
        make_article(authors=[make_author(), make_author()], lead_image=images.receive(picture()), tags=["Harbour"])
    with django_assert_num_queries(8):
        editor.get("/admin/articles/article/")


@pytest.mark.parametrize(("rows", "queries"), [(1, 10), (3, 12)])  # the stock autocomplete asks for each author’s name
def test_the_form_costs_one_query_more_for_each_further_byline(editor, rows, queries, django_assert_num_queries):
    article = make_article(authors=[make_author() for _ in range(rows)], tags=[f"Tag {number}" for number in range(rows)])
    editor.get(change(article))
    with django_assert_num_queries(queries):
        editor.get(change(article))


@pytest.mark.parametrize("words", ["zanzib", "spice", "Harbour", "Ruiz"])
def test_an_article_is_found_by_headline_text_tag_and_byline(editor, words):
    make_article(headline="Other")
    make_article(
        headline="Zanzibar", body="<p>A spice.</p>", tags=["Harbour"], authors=[make_author("Ana Ruiz")], status=Status.DRAFT
    )
    assert columns(editor.get("/admin/articles/article/", {"q": words}), "headline") == ["Zanzibar"]


@pytest.mark.parametrize("words", ['"', "a & b | !", "%_\\", "x" * 500, "' or 1=1"])
def test_strange_words_find_nothing_and_break_nothing(editor, words):
    make_article(headline="Other")
    assert editor.get("/admin/articles/article/", {"q": words}).status_code == 200


def act(client: Client, action: str, *articles: Article):
    typed = {"action": action, "_selected_action": [article.pk for article in articles]}
    return client.post("/admin/articles/article/", typed, follow=True)


def test_several_are_published_at_once_and_one_that_cannot_be_is_named(editor):
    good, bad, out = make_article(status=Status.DRAFT), make_article(status=Status.DRAFT, body=""), make_article()
    response = act(editor, "publish", good, bad, out)
    assert [fresh(article).status for article in (good, bad, out)] == [Status.PUBLISHED, Status.DRAFT, Status.PUBLISHED]
    assert messages(response) == [
        "Publish now: 1 done, 1 left as they were.",
        f"“{bad}”: Before it can be published the article needs a text.",
    ]


def test_several_are_handed_in_and_withdrawn_at_once(editor):
    drafts = [make_article(status=Status.DRAFT) for _ in range(2)]
    assert messages(act(editor, "hand_in", *drafts)) == ["Hand in for review: 2 done."]
    out = [make_article() for _ in range(2)]
    assert messages(act(editor, "withdraw", *out)) == ["Withdraw: 2 done."]
    assert {fresh(article).status for article in drafts} == {Status.IN_REVIEW}
    assert {fresh(article).status for article in out} == {Status.WITHDRAWN}


def test_a_draft_is_deleted_and_what_readers_saw_is_not(editor):
    draft, out = make_article(status=Status.DRAFT), make_article()
    assert editor.post(f"/admin/articles/article/{draft.pk}/delete/", {"post": "yes"}).status_code == 302
    assert editor.post(f"/admin/articles/article/{out.pk}/delete/", {"post": "yes"}).status_code == 403
    assert list(Article.objects.all()) == [out]


# What readers see is not emptied


@pytest.mark.parametrize(("name", "emptied", "needed"), [("body", "<p> </p>", "a text"), ("section", "", "a section")])
def test_a_published_article_is_not_emptied_and_what_was_typed_stays(editor, name, emptied, needed):
    article = make_article()
    response = press(editor, change(article), **{name: emptied, "standfirst": "Typed with care"})
    assert errors(response) == [f"Readers see this article: it needs {needed}. Withdraw it first, or put one back."]
    assert posted(response)["standfirst"].strip() == "Typed with care"
    assert (fresh(article).body, fresh(article).section) == (article.body, article.section)


def test_an_emptied_article_is_not_restored(editor):
    article = make_article(status=Status.WITHDRAWN)
    response = press(editor, change(article), "_restore", body="", section="")
    assert messages(response) == [
        f"“{article}” is saved, but not more than that. Before it can be published the article needs a text and a section."
    ]
    assert fresh(article).status == Status.WITHDRAWN


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
