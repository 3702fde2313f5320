"""What stands in a form, as its page; and how far that page is the one that will be published."""

import difflib
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from articles import drafting, publishing
from articles.models import Article, Autosave, Image, Revision, Status, Tag
from newsroom.pages.here import store
from tests.articles.forms import change, posted
from tests.factories import NOON, make_article, make_author, make_campaign, make_section, make_user
from tests.pages import tree

pytestmark = pytest.mark.django_db

NEW = "/admin/articles/article/new/beside/"
ADD = "/admin/articles/article/add/"
EMBED = '<figure class="embed"><a href="https://youtu.be/abc_DEF-123">The flood</a><figcaption>At dawn</figcaption></figure>'
LONG = "<p>" + "It rained again and nobody knew why the water stood so high. " * 90 + "</p>"
# All by which a preview may differ from the published page.
MARKS = [
    '<meta name="robots" content="noindex, nofollow">\n',
]


def beside(article: Article) -> str:
    return f"/admin/articles/article/{article.pk}/beside/"


def shown(client: Client, article: Article, /, **typed: Any) -> dict[str, Any]:
    fields = posted(client.get(change(article))) | typed
    return client.post(beside(article), fields).json()


def without(html: str, marks: list[str]) -> str:
    for mark in marks:
        assert html.count(mark) == 1
        html = html.replace(mark, "")
    return html


def kinds() -> dict[str, dict[str, Any]]:
    return {
        "plain": {},
        "embed and notes": {"body": f'<p>It rose<span class="footnote">By two metres.</span>.</p>{EMBED}<p>Last.</p>'},
        "long, and somebody asks": {"body": LONG * 4},
        "tags and bylines": {"tags": ["zebra", "Apple", "Über", "äther"], "authors": ["Ana Ruiz", "Ben Ode"]},
        "republished": {
            "source_outlet": "The Other",
            "source_author": "Cleo Stern",
            "source_url": "https://other.example/story",
            "source_licence": "CC BY 4.0",
        },
        "another language": {"language": "es", "headline": "La “marea” <alta>"},
        "lead picture": {"lead_image": True},
    }


@pytest.mark.parametrize("kind", list(kinds()))
def test_a_preview_is_the_page_that_will_be_published(editor, kind, own_library):
    make_article(headline="An earlier one")
    fields = kinds()[kind]
    if "asks" in kind:
        make_campaign()
    if "authors" in fields:
        fields["authors"] = [make_author(name) for name in fields["authors"]]
    if "lead_image" in fields:
        fields["lead_image"] = Image.objects.create(
            file="images/2026/01/0123456789abcdef0123.jpg", width=1200, height=800, alt="A pier", caption="The pier", credit="Ana"
        )
    article = make_article(status=Status.DRAFT, **fields)
    preview = shown(editor, article)
    assert preview["said"] == []
    page = without(preview["html"], MARKS)
    publishing.publish(article, by=None, at=timezone.now())
    assert "\n".join(differences(Client().get(article.get_absolute_url()).text, page)) == ""


def test_a_preview_of_changes_is_the_page_as_they_will_be_published(editor):
    article = make_article(headline="Before", body="<p>Old.</p>")
    drafted = shown(editor, article, headline="After", body="<p>New.</p>")
    drafting.save(
        article, drafting.current(article).with_changes(headline="After", body="<p>New.</p>"), by=None, at=NOON, expected=None
    )
    publishing.publish_changes(article, by=None, at=timezone.now())
    assert "\n".join(differences(Client().get(article.get_absolute_url()).text, without(drafted["html"], MARKS))) == ""


def differences(published: str, preview: str) -> list[str]:
    compared = difflib.unified_diff(steady(published).splitlines(), steady(preview).splitlines(), lineterm="", n=0)
    return [line for line in compared if not line.startswith(("---", "+++", "@@"))]


def steady(html: str) -> str:
    """The moment at which it was rendered is not the one at which it was published: to the second."""
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+\d\d:\d\d|Z)", "MOMENT", html)


def test_what_is_typed_is_shown_and_nothing_is_kept(editor):
    article = make_article(status=Status.DRAFT, headline="Saved", body="<p>Saved text.</p>", tags=["Harbour"])
    kept = [table.objects.count() for table in (Article, Revision, Autosave, Tag)]
    before = list(Article.objects.values())
    preview = shown(editor, article, headline="Typed  twice", body="<h1>Big</h1><p>Typed text.</p>", tags="Harbour, Ferry")
    page = tree(preview["html"].encode())
    assert page.xpath("string(//h1)") == "Typed twice"
    assert page.xpath("string(//div[contains(@class, 'article-text')]//h2)") == "Big"
    assert [tag.text for tag in page.xpath("//p[@class='article-tags']/a")] == ["Ferry", "Harbour"]
    assert [table.objects.count() for table in (Article, Revision, Autosave, Tag)] == kept
    assert list(Article.objects.values()) == before


def test_an_article_that_was_never_saved_is_shown(editor):
    section = make_section("Harbour")
    fields = posted(editor.get(ADD)) | {"headline": "Brand new", "body": "<p>First words.</p>", "section": section.pk}
    preview = editor.post(NEW, fields).json()
    page = tree(preview["html"].encode())
    assert (page.xpath("string(//h1)"), preview["said"]) == ("Brand new", [])
    assert page.xpath("string(//link[@rel='canonical']/@href)").endswith("/articles/brand-new/")
    assert Article.objects.count() == 0


def test_an_empty_form_is_shown_and_says_what_is_missing(editor):
    preview = editor.post(NEW, posted(editor.get(ADD))).json()
    assert preview["said"] == ["Headline: This field is required."]
    assert "<h1" in preview["html"]


def test_what_is_wrong_is_said_and_the_rest_is_shown(editor):
    article = make_article(status=Status.DRAFT, source_url="https://right.example/")
    wrong = {"source_url": "javascript:alert(1)", "language": '"><script>', "section": "999999", "headline": "x" * 300}
    preview = shown(editor, article, **wrong)
    assert {told.partition(":")[0] for told in preview["said"]} == {"Original address", "Language", "Section", "Headline"}
    assert "x" * 300 in preview["html"]
    assert "javascript:" not in preview["html"]
    assert '<script>"' not in preview["html"]
    assert "https://right.example/" in preview["html"]


def test_a_picture_that_is_chosen_is_shown_with_what_is_typed_about_it(editor, own_library):
    picture = Image.objects.create(file="images/2026/01/0123456789abcdef0123.jpg", width=1200, height=800, alt="A pier")
    article = make_article(status=Status.DRAFT)
    preview = shown(editor, article, lead_image=picture.pk, picture_alt="The new pier", picture_caption="Seen from the sea")
    assert tree(preview["html"].encode()).xpath("//figure//img/@alt") == ["The new pier"]
    assert "Seen from the sea" in preview["html"]
    assert Image.objects.get().alt == "A pier"


def test_a_picture_that_was_not_sent_yet_is_said(editor):
    preview = shown(editor, make_article(status=Status.DRAFT), picture="pier.jpg", picture_alt="The pier")
    assert preview["said"] == ["A new picture is shown once you have saved."]


def test_a_text_that_is_too_long_is_refused_in_words(editor):
    answer = editor.post(NEW, {"headline": "Long", "body": "x" * 2_000_001})
    assert (answer.status_code, answer.json()) == (413, {"error": "This is more than a form of the desk can hold."})
    answer = editor.post(NEW, {"headline": "Long", "body": "&" * 50_001})
    assert (answer.status_code, answer.json()) == (413, {"error": "This text has too many “&” to be shown."})


@pytest.mark.parametrize("name", ["section", "lead_image", "bylines-0-author", "bylines-TOTAL_FORMS", "picture_focal_x", "key"])
@pytest.mark.parametrize("value", ["9" * 30, "-1", "NaN", "a\0b", "１"])
def test_whatever_is_sent_is_answered(editor, name, value):
    article = make_article(status=Status.DRAFT)
    answer = editor.post(beside(article), posted(editor.get(change(article))) | {name: value})
    assert answer.status_code == 200


# Headers, and who may


def is_private(response: Any) -> bool:
    headers = response.headers
    told = (headers["X-Robots-Tag"], headers["Referrer-Policy"])
    return "no-store" in headers["Cache-Control"] and told == ("noindex, nofollow", "no-referrer")


def test_previews_are_never_kept_or_found(editor, settings):
    settings.PAGES_KEPT = True
    article = make_article(status=Status.DRAFT)
    answers = [
        editor.get(f"/admin/articles/article/{article.pk}/preview/"),
        editor.post(beside(article), posted(editor.get(change(article)))),
        editor.post(NEW, {"headline": "New"}),
        editor.get(beside(article)),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 405]
    assert [is_private(answer) for answer in answers] == [True] * 4
    assert 'content="noindex, nofollow"' in answers[0].text
    assert not [path for path in store().tree.rglob("*") if "admin" in str(path) or "preview" in str(path)]


def test_no_page_may_frame_a_preview(editor):
    response = editor.get(f"/admin/articles/article/{make_article().pk}/preview/")
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


def test_strangers_are_refused(client):
    own, others = make_user("Writer"), make_user("Writer")
    article = make_article(status=Status.DRAFT, created_by=own)
    assert client.post(beside(article), {"headline": "x"}).status_code == 401
    client.force_login(others)
    assert client.post(beside(article), {"headline": "x"}).status_code == 403
    client.force_login(make_user("Fundraiser"))
    assert client.post(beside(article), {"headline": "x"}).status_code == 403
    assert client.post(NEW, {"headline": "x"}).status_code == 403
    client.force_login(own)
    assert client.post(beside(article), {"headline": "x"}).status_code == 200
    assert client.post("/admin/articles/article/999999/beside/", {"headline": "x"}).status_code == 404


def test_a_writer_whose_article_was_approved_sees_no_more_of_the_button(client):
    writer = make_user("Writer")
    client.force_login(writer)
    draft, approved = (
        make_article(status=Status.DRAFT, created_by=writer),
        make_article(status=Status.APPROVED, created_by=writer),
    )
    assert len(tree(client.get(change(draft)).content).xpath("//button[@id='desk-beside']")) == 1
    assert tree(client.get(change(approved)).content).xpath("//button[@id='desk-beside']") == []
    assert client.post(beside(approved), {"headline": "x"}).status_code == 403


def test_a_form_of_another_site_makes_no_preview():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("Editor"))
    assert client.post(NEW, {"headline": "x"}).status_code == 403


@pytest.mark.parametrize("tags", [1, 3])
def test_a_preview_costs_the_same_however_many_tags(editor, tags, django_assert_num_queries):
    article = make_article(status=Status.DRAFT, tags=["a", "b", "c"][:tags], published_at=NOON - timedelta(days=1))
    fields = posted(editor.get(change(article)))
    with django_assert_num_queries(25):
        editor.post(beside(article), fields)
