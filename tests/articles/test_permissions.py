"""Strangers at the desk: every page, every form and every action of the articles app, posted to directly too."""

from typing import Any
from urllib.parse import quote

import pytest

from articles import images
from articles.models import Article, Author, BulkDeed, FormerAddress, Image, Masthead, Section, Status, Tag
from tests.articles.forms import ADD, change, press, tree
from tests.articles.uploads import picture
from tests.factories import NOON, make_article, make_author, make_campaign, make_section, make_tag, make_user
from tests.pages import attribute

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_library")]


MODELS = {
    "article": lambda: make_article(),
    "image": lambda: images.receive(picture()),
    "section": make_section,
    "author": make_author,
    "tag": make_tag,
    "masthead": Masthead.objects.get,
    "formeraddress": lambda: FormerAddress.objects.create(path="/old/", author=make_author()),
}


def addresses(model: str) -> list[str]:
    row, root = MODELS[model](), f"/admin/articles/{model}/"
    own = {
        "article": [
            f"{root}{row.pk}/preview/",
            f"{root}filters/",
            f"{root}filters/1/delete/",
            f"{root}bulk/{BulkDeed.objects.create(kind='withdraw', by=make_user('Editor'), made_at=NOON).pk}/",
        ],
        "author": [f"{root}suggest/?q=a"],
        "image": [f"{root}{row.pk}/facts/", f"{root}pick/"],
        "tag": [f"{root}suggest/?q=a", f"{root}found/"],
    }
    stock = [root, f"{root}add/", *(f"{root}{row.pk}/{page}/" for page in ("change", "delete", "history"))]
    return stock + own.get(model, [])


def everything() -> dict[str, list]:
    """What these tables hold, to see that nothing changed."""
    models: list[Any] = [Article, Author, FormerAddress, Image, Masthead, Section, Tag]
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


@pytest.mark.parametrize("model", MODELS)
def test_the_public_is_sent_to_sign_in(client, model):
    for address in addresses(model):
        before = everything()
        asked, sent = client.get(address), client.post(address, {"name": "x", "headline": "x", "post": "yes"})
        assert (asked.status_code, asked.headers["Location"]) == (302, f"/admin/login/?next={quote(address)}")
        if address.endswith(("/add/", "/change/")):  # what was typed waits in the form that asks for name and password
            assert (sent.status_code, attribute(sent, '//form[@id="login-form"]//input[@name="next"]/@value')) == (403, address)
        else:
            assert (sent.status_code, sent.headers["Location"]) == (302, f"/admin/login/?next={quote(address)}")
        assert everything() == before


@pytest.mark.parametrize("model", MODELS)
def test_staff_without_the_permission_are_refused(client, model):
    client.force_login(make_user())
    for address in addresses(model):
        before = everything()
        typed = {"name": "x", "headline": "x", "slug": "x", "post": "yes", "_save": "1"}
        for response in (client.get(address), client.post(address, typed)):
            assert response.status_code in {302, 403, 404}, address  # not even told that there is such an article
        assert everything() == before


@pytest.mark.parametrize("model", sorted(MODELS.keys() - {"image"}))
def test_a_fundraiser_changes_nothing_of_what_editors_keep(client, model):
    client.force_login(make_user("Fundraiser"))
    seen = {200} if model in {"section", "tag"} else set()  # a campaign is asked for beside them: they are chosen from a list
    for address in addresses(model):
        before = everything()
        answer = client.post(address, {"name": "x", "headline": "x", "slug": "x", "post": "yes"}).status_code
        assert answer in {302, 403, 404} | seen
        assert everything() == before


@pytest.mark.parametrize("model", MODELS)
def test_a_reader_who_has_an_account_but_no_desk_is_refused(client, model):
    client.force_login(make_user("Editor", is_staff=False))
    for address in addresses(model):
        assert client.get(address).status_code == 302


@pytest.mark.parametrize("model", ["section", "author", "tag", "masthead", "formeraddress"])
def test_a_writer_changes_no_section_author_tag_masthead_or_address(client, model):
    client.force_login(make_user("Writer"))
    row, root = MODELS[model](), f"/admin/articles/{model}/"
    before = everything()
    for address in (f"{root}add/", f"{root}{row.pk}/change/", f"{root}{row.pk}/delete/"):
        assert client.post(address, {"name": "x", "slug": "x", "path": "/x/", "post": "yes"}).status_code == 403
    client.post(root, {"action": "merge", "_selected_action": [row.pk], "into": row.pk})
    client.post(root, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert everything() == before


@pytest.mark.parametrize("status", Status.values)
def test_a_writer_neither_sees_nor_changes_the_articles_of_others(client, status):
    client.force_login(make_user("Writer"))
    article = make_article(status=status, created_by=make_user("Writer"))
    before = everything()
    for page in ("change", "delete", "history", "preview"):
        address = f"/admin/articles/article/{article.pk}/{page}/"
        for response in (client.get(address), client.post(address, {"headline": "Mine now", "_save": "1", "post": "yes"})):
            assert response.status_code in {302, 403, 404}
            assert article.headline not in response.content.decode()
    assert tree(client.get("/admin/articles/article/")).xpath("//*[contains(@class, 'field-headline')]") == []
    assert everything() == before


@pytest.mark.parametrize("status", [Status.SCHEDULED, Status.PUBLISHED, Status.WITHDRAWN])
def test_a_writer_reads_but_no_longer_changes_what_has_left_their_hands(client, status):
    user = make_user("Writer")
    client.force_login(user)
    article = make_article(status=status, created_by=user)
    before = everything()
    assert client.get(change(article)).status_code == 200
    for button in ("_save", "_publish", "_withdraw", "_restore", "_return", "_cancel"):
        assert client.post(change(article), {"headline": "x", "slug": "x", button: "1"}).status_code == 403
    assert everything() == before


@pytest.mark.parametrize("button", ["_publish", "_schedule", "_withdraw", "_restore"])
def test_a_writer_who_posts_an_editors_button_is_refused_and_nothing_is_saved(client, button):
    user = make_user("Writer")
    client.force_login(user)
    article = make_article(status=Status.DRAFT, created_by=user)
    before = everything()
    assert press(client, change(article), button, headline="Out!", schedule_for="2099-01-01T09:00").status_code == 403
    assert everything() == before


def test_a_writer_publishes_nothing_new_either(client):
    client.force_login(make_user("Writer"))
    response = press(client, ADD, "_publish", headline="Out!", body="<p>x</p>", section=make_section().pk)
    assert response.status_code == 403
    assert not Article.objects.exists()


def test_a_writer_publishes_nothing_by_the_list(client):
    user = make_user("Writer")
    client.force_login(user)
    draft, out = make_article(status=Status.DRAFT, created_by=user), make_article(created_by=user)
    for action, article in (("publish", draft), ("withdraw", out), ("delete_selected", draft)):
        client.post("/admin/articles/article/", {"action": action, "_selected_action": [article.pk], "post": "yes"})
    draft.refresh_from_db()
    out.refresh_from_db()
    assert (draft.status, out.status) == (Status.DRAFT, Status.PUBLISHED)


def test_a_writer_hands_in_only_their_own_by_the_list(client):
    user = make_user("Writer")
    client.force_login(user)
    own, other = make_article(status=Status.DRAFT, created_by=user), make_article(status=Status.DRAFT)
    ticked = {"action": "hand_in", "_selected_action": [own.pk, other.pk]}
    asked = client.post("/admin/articles/article/", ticked)
    client.post(asked.headers["Location"], {"_yes": "1"})
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.status, other.status) == (Status.IN_REVIEW, Status.DRAFT)


def test_a_writer_cannot_pass_an_article_off_as_someone_elses(client):
    user, other = make_user("Writer"), make_user("Writer")
    client.force_login(user)
    press(client, ADD, headline="Mine", created_by=other.pk, status="published", published_at="2026-01-01")
    article = Article.objects.get()
    assert (article.created_by, article.status, article.published_at) == (user, Status.DRAFT, None)


def test_a_writer_writes_with_pictures_tags_and_bylines(client):
    user = make_user("Writer")
    client.force_login(user)
    upload = picture()
    typed = {"bylines-TOTAL_FORMS": "1", "bylines-0-author": make_author("Ana Ruiz").pk}
    press(client, ADD, "_submit", headline="Mine", tags="Harbour", picture=upload, picture_alt="Red", **typed)
    article = Article.objects.get()
    assert (article.status, str(article.lead_image)) == (Status.IN_REVIEW, "Red")
    assert [byline.author.name for byline in article.bylines.all()] == ["Ana Ruiz"]


@pytest.mark.parametrize("group", ["Writer", "Editor"])
@pytest.mark.parametrize("model", ["donor", "donation", "pledge", "receipt", "ledgerentry"])
def test_writers_and_editors_see_no_donors_and_no_gifts(client, group, model):
    make_campaign()
    client.force_login(make_user(group))
    assert client.get(f"/admin/campaigns/{model}/").status_code in {403, 404}
    assert f"/admin/campaigns/{model}/" not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("term", ["auth.user", "campaigns.donor"])
def test_names_of_people_are_not_guessed_through_autocomplete(client, term):
    client.force_login(make_user("Editor"))
    app, model = term.split(".")
    asked = {"app_label": "articles", "model_name": "author", "field_name": "user", "term": "a"}
    assert client.get("/admin/autocomplete/", asked).status_code == 403
    assert client.get("/admin/autocomplete/", asked | {"app_label": app, "model_name": model}).status_code == 403


@pytest.mark.parametrize(("group", "told"), [("Writer", False), ("Editor", False), ("Administrator", True)])
def test_how_an_author_signs_in_is_told_to_those_who_look_after_people(client, group, told):
    make_author("Ana Ruiz", user=make_user("Editor", username="ana-signs-in"))
    client.force_login(make_user(group))
    for query in ("", "?o=3", "?q=ana-signs"):
        page = client.get(f"/admin/articles/author/{query}").content.decode()
        assert ("ana-signs-in</td>" in page) == (told and query != "?q=ana-signs")
