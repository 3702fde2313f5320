from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from articles import checking, contents, drafting, publishing, scheduling
from articles.checking import Known, findings
from articles.contents import Content
from articles.models import Article, FormerAddress, PublishRule, Status
from newsroom.models import AuditEntry
from tests.factories import NOON, make_article, make_author, make_section, make_tag, make_user

WHOLE = Content(headline="The ferry is back", standfirst="At last.", section=1, tags=("sea",), authors=(1,))


def codes(body: str, known: Known = Known(), **changes) -> list[str]:  # noqa: B008  it is frozen
    return [each.code for each in findings(WHOLE.with_changes(body=body, **changes), known)]


def test_a_whole_article_lacks_nothing():
    assert codes('<h2>One</h2><h3>Two</h3><p>See <a href="/tags/sea/">the sea</a>.</p><h2>Three</h2>') == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"section": None}, "section"),
        ({"standfirst": " "}, "standfirst"),
        ({"tags": ()}, "tags"),
        ({"authors": ()}, "byline"),
        ({"headline": "x" * 66}, "headline"),
    ],
)
def test_what_is_missing_round_the_text_is_told(changes, code):
    assert codes("<p>A</p>", **changes) == [code]


def test_a_headline_of_65_characters_is_short_enough():
    assert codes("<p>A</p>", headline="x" * 65) == []


def test_a_source_signs_as_well():
    assert codes("<p>A</p>", authors=(), source_outlet="The Lamp") == []


def test_a_lead_picture_is_described_and_credited():
    assert codes("<p>A</p>", lead_image=1) == ["lead-alt", "lead-credit"]
    assert codes("<p>A</p>", Known("A ferry", "Ana"), lead_image=1) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ('<figure><img src="/media/a.jpg" alt=" "></figure>', ["picture-alt"]),
        ('<figure><img src="/media/a.jpg"></figure>', ["picture-alt"]),
        ('<figure><img src="/media/a.jpg" alt="A ferry"></figure>', []),
        ('<p><a href="https://a.example/"></a></p>', ["empty-link"]),
        ('<p><a href="">words</a></p>', ["empty-link"]),
        ('<p><a href="/x/"><img src="/media/a.jpg" alt="A ferry"></a></p>', []),
        ('<p>Click <a href="/x/">Here</a>.</p>', ["vague-link"]),
        ('<p><a href="/x/">leer más…</a></p>', ["vague-link"]),
        ("<h3>First</h3>", ["headings"]),
        ("<h2>One</h2><h4>Two</h4>", ["headings"]),
        ('<h2>One</h2><aside class="fact-box"><h4>Box</h4></aside><h3>Two</h3>', []),
        ("<h2> </h2>", ["empty-heading"]),
        ("<table><tbody><tr><td>1</td></tr></tbody></table>", ["table-header"]),
        ("<table><thead><tr><th>A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>", []),
        ("<table><tbody><tr><th>A</th><td>1</td></tr></tbody></table>", []),
    ],
)
def test_what_is_wrong_in_the_text_is_told(body, found):
    assert codes(body) == found


def test_every_finding_has_a_rule():
    body = '<h3> </h3><img src="/media/a.jpg"><a href="/x/">here</a><a href="/y/"></a><table><tr><td>1</td></tr></table>'
    bare = Content(headline="x" * 70, body=body, lead_image=1)
    assert {each.code for each in findings(bare, Known(dead=frozenset({"/x/"})))} == set(checking.RULES)


def test_a_sentence_names_what_is_meant():
    found = findings(WHOLE.with_changes(body='<p><a href="/tags/see/">the see</a></p>'), Known(dead=frozenset({"/tags/see/"})))
    assert [each.sentence for each in found] == ["The link “the see” leads to /tags/see/, where readers find nothing."]


# With the database

pytestmark = pytest.mark.django_db


def linking(*addresses: str) -> Content:
    return Content(body="".join(f'<p><a href="{address}">words</a></p>' for address in addresses))


def test_a_link_of_ours_is_dead_where_nobody_answers(settings):
    article, draft, gone = make_article(), make_article(status=Status.DRAFT), make_article(status=Status.WITHDRAWN)
    tag, section, author = make_tag(), make_section(), make_author()
    FormerAddress.objects.create(path="/2019/05/harbour/", article=article)
    alive = [
        *(page.get_absolute_url() for page in (article, tag, section, author)),
        f"{article.get_absolute_url()}#part",
        article.get_absolute_url().rstrip("/"),
        f"{settings.SITE_URL}/latest/",
        settings.SITE_URL,
        "/2019/05/harbour",
        "/2019/05/harbour/?utm=1",
        f"/tags/{tag.slug}/page/2/",
        f"/tags/{tag.slug}/feed.rss",
        "/media/images/a.jpg",
        "https://elsewhere.example/articles/none/",
        "mailto:desk@lamp.example",
        "#note",
        "http://[",
    ]
    dead = [draft.get_absolute_url(), gone.get_absolute_url(), "/tags/none/", "/nowhere/", f"{settings.SITE_URL}/articles/%00/"]
    assert checking.known_about(linking(*alive, *dead)).dead == set(dead)


def test_an_article_may_link_to_itself_before_it_is_out():
    draft = make_article(status=Status.DRAFT)
    assert checking.known_about(linking(draft.get_absolute_url()), article=draft.pk).dead == frozenset()


@pytest.mark.parametrize("rows", [1, 3])
def test_all_links_are_looked_up_at_once(rows, django_assert_num_queries):
    addresses = [
        page.get_absolute_url() for _ in range(rows) for page in (make_article(), make_tag(), make_section(), make_author())
    ]
    with django_assert_num_queries(1):
        assert checking.known_about(linking(*addresses, "/nowhere/")).dead == {"/nowhere/"}


# What blocks


def block(*codes: str) -> None:
    checking.choose(blocks=set(codes), by=make_user("Administrator"))


def bare(**overrides) -> Article:
    return make_article(status=Status.DRAFT, standfirst="", **overrides)


def test_nothing_blocks_before_somebody_chooses_it():
    assert publishing.publish(bare(), by=make_user("Editor"), at=NOON).is_public


def test_what_the_administrator_chose_keeps_an_article_in():
    block("standfirst", "tags", "headings")
    article, editor = bare(), make_user("Editor")
    with pytest.raises(ValidationError) as refusal:
        publishing.publish(article, by=editor, at=NOON)
    assert refusal.value.messages == [
        "Before it can be published, mend this:",
        "Write a standfirst: one or two sentences under the headline.",
        "Add a tag, so that readers find it beside others.",
    ]
    with pytest.raises(ValidationError):
        publishing.schedule(article, by=editor, publish_at=NOON + timedelta(hours=1), at=NOON)
    article.refresh_from_db()
    assert article.status == Status.DRAFT


def test_a_scheduled_article_that_is_blocked_meanwhile_says_why():
    article = publishing.schedule(bare(), by=make_user("Editor"), publish_at=NOON, at=NOON - timedelta(hours=1))
    block("standfirst")
    assert scheduling.publish_due(at=NOON) == (0, 1)
    article.refresh_from_db()
    assert article.schedule_error.endswith("Write a standfirst: one or two sentences under the headline.")


def test_changes_and_a_restored_article_are_looked_at_too():
    editor, published, withdrawn = make_user("Editor"), make_article(), make_article(status=Status.WITHDRAWN, standfirst="")
    drafting.save(published, contents.of(published).with_changes(standfirst=""), by=editor, at=NOON, expected=None)
    block("standfirst")
    with pytest.raises(ValidationError):
        publishing.publish_changes(published, by=editor, at=NOON)
    with pytest.raises(ValidationError):
        publishing.restore(withdrawn, by=editor, at=NOON)
    published.refresh_from_db()
    assert published.standfirst != ""


def test_an_import_is_not_blocked():
    block("standfirst")
    assert publishing.publish(bare(), by=None, at=NOON).is_public


def test_a_choice_is_taken_back_and_both_are_on_record():
    block("standfirst", "no-such-rule")
    assert checking.blocking() == {"standfirst"}
    block()
    block()
    assert checking.blocking() == set()
    assert PublishRule.objects.count() == len(checking.RULES)
    assert list(AuditEntry.objects.order_by("pk").values_list("detail", flat=True)) == ["standfirst blocks", "standfirst warns"]


@pytest.mark.parametrize("group", ["Writer", "Editor", "Fundraiser"])
def test_nobody_else_chooses_what_blocks(group):
    with pytest.raises(PermissionDenied):
        checking.choose(blocks={"tags"}, by=make_user(group))
    assert checking.blocking() == set()
