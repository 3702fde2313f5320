"""Several articles at once, at the desk: a page that asks, a summary, an undo; and views of the list that are kept."""

import pytest
from django.test import Client

from articles import bulk
from articles.models import Article, BulkDeed, SavedFilter, Status
from tests.articles.forms import messages, tree
from tests.factories import NOON, make_article, make_author, make_section, make_tag, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/article/"


def fresh(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def tick(client: Client, action: str, *articles: Article, query: str = "", **further):
    """Tick articles, choose what to do, press Run: the page that asks."""
    typed = {"action": action, "_selected_action": [article.pk for article in articles], "index": "0"} | further
    return client.post(LIST + query, typed, follow=True)


def press(client: Client, page, button: str = "_yes", **typed):
    path, query = page.request["PATH_INFO"], page.request["QUERY_STRING"]
    return client.post(f"{path}?{query}", typed | {button: "1"}, follow=True)


def words(page) -> str:
    return " ".join(tree(page).xpath("//div[@id='content-main']")[0].text_content().split())


def told(page) -> str:
    return tree(page).xpath("//*[@role='status']")[0].text_content()


def test_what_will_be_done_is_shown_before_it_is_done(editor):
    articles = [make_article(headline="Out"), make_article(headline="Draft", status="draft")]
    page = tick(editor, "add_tag", *articles)
    assert "Add a tag: 2 articles. Readers see 1 of them, and see the change at once." in words(page)
    assert [link.text for link in tree(page).xpath("//ul[@class='desk-bulk-items']//a")] == ["Draft", "Out"]
    assert not any(article.tags.exists() for article in articles)


def test_several_are_published_at_once_and_one_that_cannot_be_is_named(editor):
    good, bad, out = make_article(status="draft"), make_article(status="draft", body=""), make_article()
    page = press(editor, tick(editor, "publish", good, bad, out))
    assert [fresh(article).status for article in (good, bad, out)] == [Status.PUBLISHED, Status.DRAFT, Status.PUBLISHED]
    assert told(page) == "1 done, 1 left as they were, 1 refused."
    assert f"{bad} Before it can be published the article needs a text." in words(page)


def test_several_are_handed_in_and_withdrawn_at_once(editor):
    drafts, out = [make_article(status="draft") for _ in range(2)], [make_article() for _ in range(2)]
    assert told(press(editor, tick(editor, "hand_in", *drafts))) == "2 done."
    assert told(press(editor, tick(editor, "withdraw", *out))) == "2 done."
    assert {fresh(article).status for article in drafts} == {Status.IN_REVIEW}
    assert {fresh(article).status for article in out} == {Status.WITHDRAWN}


def test_a_tag_is_added_and_taken_back(editor):
    articles = [make_article(), make_article(tags=["Harbour"])]
    page = press(editor, tick(editor, "add_tag", *articles), tag="Harbour")
    assert told(page) == "1 done, 1 left as they were."
    assert told(press(editor, page, "_undo")) == "1 undone."
    assert [list(article.tags.names()) for article in articles] == [[], ["Harbour"]]


def test_articles_move_to_another_section(editor):
    article, world = make_article(), make_section("World")
    press(editor, tick(editor, "move", article), section=str(world.pk))
    assert fresh(article).section == world


@pytest.mark.parametrize(
    ("action", "typed"), [("add_tag", {}), ("move", {}), ("move", {"section": "x"}), ("move", {"section": "9" * 30})]
)
def test_without_a_tag_or_a_section_nothing_is_done(editor, action, typed):
    page = press(editor, tick(editor, action, make_article()), **typed)
    assert messages(page) == ["Say which tag." if action == "add_tag" else "Say which section."]
    assert BulkDeed.objects.get().begun_at is None


@pytest.mark.parametrize("name", ["x" * 101, "!!", 'a"b,c', "\x00"])
def test_a_strange_tag_breaks_nothing(editor, name):
    assert press(editor, tick(editor, "add_tag", make_article()), tag=name).status_code == 200


def test_all_that_a_filter_finds_may_be_chosen_up_to_a_number(editor, monkeypatch):
    home, world = make_section("Home"), make_section("World")
    for section in (home, home, world):
        make_article(section=section)
    query = f"?section__id__exact={home.pk}"
    page = tick(editor, "withdraw", Article.objects.filter(section=home)[0], query=query, select_across="1")
    assert "2 articles" in words(page)
    assert tree(page).xpath("//a[text()='Leave them as they are']/@href") == [LIST + query]
    monkeypatch.setattr(bulk, "MOST", 1)
    refused = tick(editor, "withdraw", Article.objects.filter(section=home)[0], query=query, select_across="1")
    assert messages(refused) == ["That is more than 1 articles. Narrow the list down, and do it in parts."]


def test_a_long_deed_says_how_far_it_is(editor, monkeypatch, run_jobs):
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    page = press(editor, tick(editor, "withdraw", make_article(), make_article()))
    assert told(page) == "2 of 2 to go."
    run_jobs()
    assert told(editor.get(page.request["PATH_INFO"])) == "2 done."


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_that_asks_costs_the_same_however_many(editor, rows, django_assert_num_queries):
    page = tick(editor, "withdraw", *[make_article() for _ in range(rows)])
    with django_assert_num_queries(8):
        editor.get(page.request["PATH_INFO"])


def test_a_stranger_is_refused(editor, client):
    deed = bulk.prepare("withdraw", [make_article().pk], by=make_user("Editor"), at=NOON)
    page = f"{LIST}bulk/{deed.pk}/"
    for group in ("", "Writer", "Fundraiser", "Editor"):  # not even another editor, before it is begun
        client.force_login(make_user(group))
        assert client.get(page).status_code == 403
        for button in ("_yes", "_undo", "_on"):
            assert client.post(page, {button: "1"}).status_code == 403
    assert Article.objects.get().is_public


def test_another_editor_may_undo_and_a_writer_may_not(editor, client):
    by, article = make_user("Editor"), make_article()
    deed = bulk.run_or_order(bulk.begin(bulk.prepare("withdraw", [article.pk], by=by, at=NOON), by=by, at=NOON), at=NOON)
    page = f"{LIST}bulk/{deed.pk}/"
    client.force_login(make_user("Writer"))
    assert client.post(page, {"_undo": "1"}).status_code == 403
    client.force_login(make_user("Editor"))
    client.post(page, {"_undo": "1"})
    assert fresh(article).is_public


def test_a_writer_ticks_only_what_they_may_see(client):
    writer = make_user("Writer")
    client.force_login(writer)
    own, other = make_article(status="draft", created_by=writer), make_article(status="draft")
    tick(client, "add_tag", own, other)
    assert [item.article for item in BulkDeed.objects.get().items.all()] == [own]


# Filters and views


def found(client: Client, **asked) -> list[str]:
    page = tree(client.get(LIST, asked))
    return sorted(cell.text_content().strip() for cell in page.xpath("//tbody//*[contains(@class, 'field-headline')]"))


def test_the_list_is_narrowed_by_tag_synonym_author_and_day(editor):
    make_tag("Harbour").synonyms.create(name="Port")
    make_article(headline="A", tags=["Harbour"], authors=[make_author("Ana Ruiz")])
    make_article(headline="B", authors=[make_author("Ana Ruiz"), make_author("Ana Ruiz")], published_at=NOON.replace(year=2020))
    make_article(headline="C", status="draft")
    assert found(editor, tag="harbour") == found(editor, tag="port") == ["A"]
    assert found(editor, tag="nothing") == found(editor, author="Nobody") == []
    assert found(editor, author="ana ruiz") == ["A", "B"]
    assert found(editor, **{"from": "2020-01-01", "until": "2020-12-31"}) == ["B"]
    assert found(editor, **{"from": "2020-11-24"}) == ["A"]
    assert found(editor, **{"until": "never", "from": "9999-12-31"}) == ["A", "B", "C"]
    assert found(editor, tag="\x00%") == []


def test_articles_without_a_section_are_asked_for_by_words_and_kept_as_a_view(editor):
    make_article(headline="A", section=None, status="draft")
    make_article(headline="B", section=make_section())
    choices = tree(editor.get(LIST)).xpath("//search//details[@data-filter-title='section']//a")
    assert choices[-1].text == "No section"
    assert found(editor, section__isnull="True") == ["A"]
    keep(editor, query=choices[-1].get("href").removeprefix("?"))
    assert views(editor) == [("Mine", "?section__isnull=True")]


def test_the_filters_come_before_the_list_and_are_closed(editor):
    make_article(headline="A")
    page = tree(editor.get(LIST))
    (filters,) = page.xpath("//search[following::table[@id='result_list']]/details")
    assert (filters.get("open"), filters.find("summary").text_content().strip()) == (None, "Filter")
    narrowed = tree(editor.get(LIST, {"status__exact": "draft"})).xpath("//search/details/summary")
    assert narrowed[0].text_content().split() == ["Filter", "This", "list", "is", "narrowed."]


def keep(client: Client, name: str = "Mine", query: str = "mine=1", **typed):
    return client.post(f"{LIST}filters/", {"name": name, "query": query} | typed, follow=True)


def views(client: Client) -> list[tuple[str, str]]:
    return [(link.text, link.get("href")) for link in tree(client.get(LIST)).xpath("//section[@class='desk-saved']//li/a")]


def test_a_view_is_kept_under_a_name_and_changed_by_the_same_name(editor):
    keep(editor)
    assert views(editor) == [("Mine", "?mine=1")]
    keep(editor, query="q=tide&after=[3]&evil=1&o=-5")
    assert views(editor) == [("Mine", "?o=-5&q=tide")]


@pytest.mark.parametrize(
    ("name", "query"), [("", "mine=1"), ("A", ""), ("A", "evil=1"), ("A", "q=" + "x" * 2000), ("\x00", "mine=1")]
)
def test_a_view_that_says_nothing_is_not_kept(editor, name, query):
    assert messages(keep(editor, name, query)) == ["Narrow the list down first, and give the view a name."]
    assert not SavedFilter.objects.exists()


def test_shared_views_are_for_all_and_made_by_publishers(editor, client):
    keep(editor, "Desk", shared="1")
    keep(editor, "Own")
    client.force_login(make_user("Writer"))
    assert views(client) == [("Desk", "?mine=1")]
    assert keep(client, shared="1").status_code == 403
    desk = SavedFilter.objects.get(name="Desk")
    assert client.post(f"{LIST}filters/{desk.pk}/delete/").status_code == 403
    own = SavedFilter.objects.get(name="Own")
    assert client.post(f"{LIST}filters/{own.pk}/delete/").status_code == 404
    client.force_login(make_user("Editor"))
    client.post(f"{LIST}filters/{desk.pk}/delete/")
    assert list(SavedFilter.objects.all()) == [own]


def test_a_view_is_deleted_by_whose_it_is(editor):
    keep(editor)
    row = SavedFilter.objects.get()
    assert editor.get(f"{LIST}filters/{row.pk}/delete/").status_code == 302
    assert SavedFilter.objects.exists()
    editor.post(f"{LIST}filters/{row.pk}/delete/")
    assert views(editor) == []


def test_who_may_not_see_articles_keeps_no_views(client):
    client.force_login(make_user())
    assert keep(client).status_code == 403
    assert not SavedFilter.objects.exists()


def test_what_somebody_did_to_many_is_found_again_above_their_list(editor, client):
    tick(editor, "withdraw", make_article())  # nobody said yes to it
    page = press(editor, tick(editor, "add_tag", make_article()), tag="Harbour")
    links = tree(editor.get(LIST)).xpath("//p[@class='desk-deeds']/a")
    assert [(link.text, link.get("href")) for link in links] == [("Add a tag: Harbour", page.request["PATH_INFO"])]
    client.force_login(make_user("Editor"))
    assert tree(client.get(LIST)).xpath("//p[@class='desk-deeds']") == []
