"""Tags, sections, authors, masthead and former addresses at the desk."""

import pytest
from django.contrib.auth.models import User

from articles import search, tagging
from articles.models import Author, FormerAddress, Masthead, Section, Tag
from tests.articles.forms import errors, messages, posted, press, tree
from tests.factories import make_article, make_author, make_section, make_tag, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    client.force_login(make_user("Editor"))
    return client


def form_of(row) -> str:
    return f"/admin/articles/{row._meta.model_name}/{row.pk}/change/"


def paths() -> dict[str, str]:
    return {former.path: former.get_absolute_url() for former in FormerAddress.objects.all()}


@pytest.mark.parametrize(("make", "where"), [(make_tag, "tags"), (make_section, "sections"), (make_author, "authors")])
def test_a_page_keeps_its_former_address_when_its_slug_changes(editor, client, make, where):
    row = make(slug="before")
    press(editor, form_of(row), slug="after")
    assert paths() == {f"/{where}/before/": f"/{where}/after/"}
    assert client.get(f"/{where}/before/").headers["Location"] == f"/{where}/after/"


@pytest.mark.parametrize(("kind", "model"), [("tag", Tag), ("section", Section), ("author", Author)])
def test_a_slug_left_empty_is_made_from_the_name(editor, kind, model):
    for name in ("Ana Ruiz", "Ana-Ruiz"):
        press(editor, f"/admin/articles/{kind}/add/", name=name)
    assert list(model.objects.order_by("pk").values_list("slug", flat=True)) == ["ana-ruiz", "ana-ruiz-2"]


def test_a_tag_is_renamed_and_described(editor, run_jobs):
    tag = make_tag("Habour")
    make_article(headline="Ships", tags=["Habour"])
    press(editor, form_of(tag), name="Harbour", description="All about ships.")
    tag.refresh_from_db()
    assert (tag.name, tag.description) == ("Harbour", "All about ships.")
    run_jobs()
    assert [article.headline for article in search.find("harbour")] == ["Ships"]


def test_a_tag_that_differs_only_in_capitals_is_refused_with_a_sentence(editor):
    make_tag("Courts")
    sentence = ["There is a tag “Courts” already. Merge the two instead."]
    assert errors(press(editor, "/admin/articles/tag/add/", name="COURTS")) == sentence
    assert errors(press(editor, form_of(make_tag("Tribunals")), name="courts")) == sentence


def test_tags_are_merged_in_two_steps(editor):
    kept, gone = make_tag("Harbour", slug="harbour"), make_tag("Port", slug="port")
    article = make_article(tags=["Port"])
    asked = {"action": "merge", "_selected_action": [kept.pk, gone.pk]}
    page = editor.post("/admin/articles/tag/", asked)
    assert [option.text for option in tree(page).xpath("//select[@name='into']/option")] == ["Harbour", "Port"]
    response = editor.post("/admin/articles/tag/", asked | {"into": kept.pk}, follow=True)
    assert messages(response) == ["Port merged into “Harbour”. The former addresses lead there."]
    assert list(article.tags.values_list("name", flat=True)) == ["Harbour"]
    assert paths() == {"/tags/port/": "/tags/harbour/"}


def test_one_tag_alone_is_not_merged(editor):
    tag = make_tag("Harbour")
    response = editor.post("/admin/articles/tag/", {"action": "merge", "_selected_action": [tag.pk]}, follow=True)
    assert messages(response) == ["Choose two tags or more to merge."]


def test_tags_are_merged_only_into_one_of_those_chosen(editor):
    first, second, other = make_tag(), make_tag(), make_tag()
    asked = {"action": "merge", "_selected_action": [first.pk, second.pk], "into": other.pk}
    assert errors(editor.post("/admin/articles/tag/", asked)) == [
        "Select a valid choice. That choice is not one of the available choices."
    ]
    assert Tag.objects.count() == 3


def test_articles_are_no_longer_found_by_a_deleted_tag(editor, run_jobs):
    tag = make_tag("Trawlers")
    make_article(tags=["Trawlers"])
    editor.post(f"/admin/articles/tag/{tag.pk}/delete/", {"post": "yes"})
    assert not Tag.objects.exists()
    run_jobs()
    assert list(search.find("trawlers")) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_tags_tells_how_often_each_is_used_at_one_price(editor, rows, django_assert_num_queries):
    for number in range(rows):
        make_article(tags=[f"Tag {number}", "Harbour"])
    with django_assert_num_queries(7):
        page = editor.get("/admin/articles/tag/")
    numbers = [cell.text_content() for cell in tree(page).xpath("//td[@class='field-articles']")]
    assert numbers == [str(rows), *["1"] * rows]


def test_tags_are_suggested_while_one_is_typed(editor):
    for name in ("Harbour", "Port of Harwich", "Courts", "Ärzte"):
        make_tag(name)
    suggest = "/admin/articles/tag/suggest/"
    assert editor.get(suggest, {"q": "har"}).json() == {"names": ["Harbour", "Port of Harwich"]}
    assert editor.get(suggest, {"q": "%"}).json() == {"names": []}
    assert editor.get(suggest).json() == {"names": []}
    assert editor.get(suggest, {"q": "\x00"}).json() == {"names": []}


def test_articles_are_found_by_an_authors_new_name(editor, run_jobs):
    author = make_author("Ana Ruis")
    make_article(headline="Ships", authors=[author])
    press(editor, form_of(author), name="Ana Ruiz")
    run_jobs()
    assert [article.headline for article in search.find("ruiz")] == ["Ships"]


def test_a_section_with_articles_is_not_deleted(editor):
    article = make_article()
    section = Section.objects.get()
    page = editor.post(f"/admin/articles/section/{section.pk}/delete/", {"post": "yes"})
    assert "Cannot delete section" in page.content.decode()
    assert article.section == section


@pytest.mark.parametrize(("model", "queries"), [("section", 6), ("author", 5), ("formeraddress", 5)])
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_however_long(editor, model, queries, rows, django_assert_num_queries):
    for number in range(rows):
        make_section()
        FormerAddress.objects.create(path=f"/{number}/", author=make_author(user=make_user()))
    with django_assert_num_queries(queries):
        editor.get(f"/admin/articles/{model}/")


def test_the_masthead_is_one_form(editor):
    assert editor.get("/admin/articles/masthead/").headers["Location"] == "/admin/articles/masthead/1/change/"
    press(editor, "/admin/articles/masthead/1/change/", name="The Lamp", contact_email="desk@lamp.example")
    assert list(Masthead.objects.values_list("name", "contact_email")) == [("The Lamp", "desk@lamp.example")]
    assert editor.get("/admin/articles/masthead/add/").status_code == 403
    assert editor.post("/admin/articles/masthead/1/delete/", {"post": "yes"}).status_code == 403


def test_a_former_address_is_made_by_hand(editor, client):
    article = make_article()
    press(editor, "/admin/articles/formeraddress/add/", path="/2019/05/harbour/", article=article.pk)
    assert client.get("/2019/05/harbour/").headers["Location"] == article.get_absolute_url()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"path": "https://old.example/a"}, "Begin with a slash: the address without “https://” and the site’s name."),
        ({"path": "/a/", "article": ""}, "Choose exactly one page that this address should lead to."),
        ({"path": "/a/", "both": True}, "Choose exactly one page that this address should lead to."),
    ],
)
def test_a_former_address_that_leads_nowhere_is_refused(editor, typed, sentence):
    typed = {"article": make_article().pk} | typed
    if typed.pop("both", False):
        typed["tag"] = make_tag().pk
    response = press(editor, "/admin/articles/formeraddress/add/", **typed)
    assert errors(response) == [sentence]
    assert not FormerAddress.objects.exists()


def test_who_signs_in_as_an_author_is_shown_to_those_who_look_after_people(editor, client):
    author = make_author(user=make_user(username="ana"))
    assert "user" not in posted(editor.get(form_of(author)))
    press(editor, form_of(author), bio="Writes.", user="")
    author.refresh_from_db()
    assert author.user == User.objects.get(username="ana")
    client.force_login(make_user("Administrator"))
    assert posted(client.get(form_of(author)))["user"] == str(author.user_id)


def test_the_list_of_former_addresses_says_where_each_leads_and_how_it_came(editor):
    section, tag = make_section("Home", slug="home"), make_tag("Harbour", slug="harbour")
    press(editor, form_of(section), slug="house")
    press(editor, "/admin/articles/formeraddress/add/", path="/old/", tag=tag.pk)
    tagging.merge([make_tag("Port", slug="port")], into=tag, by=None)
    page = tree(editor.get("/admin/articles/formeraddress/"))
    cells = [row.xpath(".//*[contains(@class, 'field-')]") for row in page.xpath("//tbody/tr")]
    assert [[" ".join(cell.text_content().split()) for cell in row[:3]] for row in cells] == [
        ["/old/", "Tag Harbour", "It was made by hand"],
        ["/sections/home/", "Section Home", "The address was changed"],
        ["/tags/port/", "Tag Harbour", "A tag was merged"],
    ]


def test_former_addresses_are_found_by_how_they_begin_and_by_what_is_in_them(editor):
    for path in ("/2019/tide/", "/2020/tide/", "/x%_/"):
        FormerAddress.objects.create(path=path, author=make_author())
    for typed, rows in {"/2019": 1, "tide": 2, "/tide": 0, "%_": 1, "\x00": 3}.items():
        page = tree(editor.get("/admin/articles/formeraddress/", {"q": typed}))
        assert len(page.xpath("//tbody/tr")) == rows


@pytest.mark.parametrize("path", ["/tags/harbour/", "/tags/harbour"])
def test_an_address_of_today_is_no_former_one(editor, path):
    tag = make_tag("Harbour", slug="harbour")
    response = press(editor, "/admin/articles/formeraddress/add/", path=path, tag=tag.pk)
    assert errors(response) == ["This is the address of tag “Harbour” today: it would lead to itself."]
    assert not FormerAddress.objects.exists()


def test_a_page_without_an_article_yet_leads_nobody_round_in_circles(client):
    FormerAddress.objects.create(path="/tags/harbour/", tag=make_tag("Harbour", slug="harbour"))
    assert client.get("/tags/harbour/").status_code == 404
