"""What stands beside the form before an article goes out, and the page where the administrator chooses what blocks."""

import pytest

from articles import checking
from articles.models import Article, Status
from tests.articles.forms import ADD, change, messages, posted, press, tree
from tests.factories import make_article, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_library")]

CHECK = "/admin/articles/article/check/"
RULES = "/admin/articles/publishrule/"


def told(response) -> list[str]:
    return [" ".join(item.text_content().split()) for item in tree(response).xpath("//li[a[starts-with(@href, '#')]]")]


@pytest.fixture
def administrator(client):
    client.force_login(make_user("Administrator"))
    return client


def test_a_saved_article_says_what_is_missing_and_how_long_it_is(editor):
    page = editor.get(
        change(make_article(status=Status.DRAFT, body='<p>One two <a href="/nowhere/">three</a>.</p>', tags=["sea"]))
    )
    assert told(page) == [
        "Nobody signs it: add a byline or a source.",
        "The link “three” leads to /nowhere/, where readers find nothing.",
    ]
    assert (
        tree(page).get_element_by_id("id_body_helptext").text_content().strip() == "3 words, 14 characters, about 1 min to read"
    )


def test_a_new_article_is_not_blamed(editor):
    assert told(editor.get(ADD)) == []


def test_what_blocks_comes_first_and_is_called_so(editor):
    checking.choose(blocks={"byline"}, by=make_user("Administrator"))
    article = make_article(status=Status.DRAFT)
    assert told(editor.get(change(article))) == [
        "Must be mended: Nobody signs it: add a byline or a source.",
        "Add a tag, so that readers find it beside others.",
    ]
    answer = press(editor, change(article), "_publish", headline="Changed")
    assert messages(answer)[0].endswith("mend this: Nobody signs it: add a byline or a source.")
    kept = Article.objects.get(pk=article.pk)
    assert (kept.status, kept.headline) == (Status.DRAFT, "Changed")


def test_a_form_is_looked_at_before_it_is_saved(editor):
    article = make_article(status=Status.DRAFT)
    fields = posted(editor.get(change(article))) | {
        "standfirst": "",
        "tags": "sea, land",
        "body": "<h3>Deep</h3>",
        "picture": "a.jpg",
    }
    answer = editor.post(CHECK, fields | {"article": article.pk})
    assert told(answer) == [
        "Write a standfirst: one or two sentences under the headline.",
        "Nobody signs it: add a byline or a source.",
        "Describe the lead picture for those who cannot see it.",
        "Say whose the lead picture is.",
        "“Deep” is a heading 3, but no heading 2 stands above it.",
    ]
    assert Article.objects.get(pk=article.pk).standfirst == article.standfirst
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"section": "x", "lead_image": "9" * 40, "article": "-1", "bylines-0-author": "²"},
        {"body": "<a href='/tags/%00/'>x</a>\x00<<<", "tags": ",,,"},
    ],
)
def test_whatever_is_typed_is_looked_at(editor, typed):
    assert editor.post(CHECK, typed).status_code == 200


def test_a_text_of_ampersands_is_refused_in_a_sentence(editor):
    assert editor.post(CHECK, {"body": "&" * 50_001}).status_code == 400


def test_looking_by_an_address_alone_is_refused(editor):
    assert editor.get(CHECK).status_code == 405


def test_a_stranger_is_refused(client):
    client.force_login(make_user("Fundraiser"))
    assert client.post(CHECK, {}).status_code == 403
    client.logout()
    assert client.post(CHECK, {}).status_code == 302


def test_pasted_and_bare_things_are_kept_clean_without_scripts(editor):
    article = make_article(status=Status.DRAFT)
    body = "<p class=MsoNormal><b>Bold</b><o:p></o:p></p><p>https://youtu.be/abc_DEF-123</p>"
    press(editor, change(article), body=body)
    assert Article.objects.get(pk=article.pk).body == (
        '<p><strong>Bold</strong></p><figure class="embed"><a href="https://youtu.be/abc_DEF-123">Video at YouTube</a></figure>'
    )


# The administrator's page


def test_the_administrator_ticks_what_blocks(administrator):
    page = administrator.get(RULES)
    boxes = tree(page).xpath("//input[@name='blocks']")
    assert [box.get("value") for box in boxes] == list(checking.RULES)
    assert [box for box in boxes if box.get("checked") is not None] == []
    answer = administrator.post(RULES, {"blocks": ["tags", "dead-link"]}, follow=True)
    assert messages(answer) == ["Kept. It holds for everything that is published from now on."]
    assert tree(answer).xpath("//input[@name='blocks'][@checked]/@value") == ["tags", "dead-link"]
    assert checking.blocking() == {"tags", "dead-link"}


@pytest.mark.parametrize("group", ["Writer", "Editor", "Fundraiser"])
def test_others_do_not_see_the_rules(client, group):
    client.force_login(make_user(group))
    assert client.get(RULES).status_code == 403
    assert client.post(RULES, {"blocks": ["tags"]}).status_code == 403
    assert checking.blocking() == set()
