"""Strangers at the desk: every page, every form and every action of the articles app, posted to directly too."""

from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pillow

from articles import images
from articles.models import Article, Author, FormerAddress, Image, Masthead, Section, Status, Tag
from tests.articles.forms import ADD, change, errors, posted, press, tree
from tests.factories import make_article, make_author, make_campaign, make_section, make_tag, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_library(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture() -> BytesIO:
    output = BytesIO()
    Pillow.new("RGB", (60, 40), "red").save(output, "PNG")
    output.seek(0)
    return output


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
        "article": [f"{root}{row.pk}/preview/"],
        "image": [f"{root}{row.pk}/facts/", f"{root}pick/"],
        "tag": [f"{root}suggest/?q=a"],
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
        for response in (client.get(address), client.post(address, {"name": "x", "headline": "x", "post": "yes"})):
            assert response.status_code == 302
            assert response.headers["Location"].startswith("/admin/login/?next=")
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
    for address in addresses(model):
        before = everything()
        assert client.post(address, {"name": "x", "headline": "x", "slug": "x", "post": "yes"}).status_code in {302, 403, 404}
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
    client.post("/admin/articles/article/", {"action": "hand_in", "_selected_action": [own.pk, other.pk]})
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
    upload = SimpleUploadedFile("photo.png", picture().read(), content_type="image/png")
    typed = {"bylines-TOTAL_FORMS": "1", "bylines-0-author": make_author("Ana Ruiz").pk}
    press(client, ADD, "_submit", headline="Mine", tags="Harbour", picture=upload, picture_alt="Red", **typed)
    article = Article.objects.get()
    assert (article.status, str(article.lead_image)) == (Status.IN_REVIEW, "Red")
    assert [byline.author.name for byline in article.bylines.all()] == ["Ana Ruiz"]


# Pictures: words that readers see are changed by editors


def said_of(image: Image) -> tuple[str, str, str]:
    image.refresh_from_db()
    return image.alt, image.caption, image.credit


def shown_picture(where: str) -> Image:
    image = images.receive(picture(), alt="A red field", caption="True words")
    figure = f'<figure><img src="/media/{image.file}" alt=""></figure>'
    {
        "above an article": lambda: make_article(lead_image=image),
        "in an article": lambda: make_article(body=figure),
        "in one that is scheduled": lambda: make_article(body=figure, status=Status.SCHEDULED),
        "on a campaign": lambda: make_campaign(image=image),
        "in a campaign": lambda: make_campaign(story=figure),
        "beside an author": lambda: make_author(portrait=image),
    }[where]()
    return image


SHOWN = [
    "above an article",
    "in an article",
    "in one that is scheduled",
    "on a campaign",
    "in a campaign",
    "beside an author",
]


ON_CAMPAIGNS = ["on a campaign", "in a campaign"]


@pytest.mark.parametrize(
    ("group", "where"),
    [("Writer", where) for where in SHOWN] + [("Fundraiser", where) for where in SHOWN if where not in ON_CAMPAIGNS],
)
def test_a_stranger_to_what_readers_see_changes_no_words_under_its_picture(client, group, where):
    image, user = shown_picture(where), make_user(group)
    with pytest.raises(PermissionDenied, match="changed by editors"):
        images.describe(image, by=user, caption="Libel")
    client.force_login(user)
    address = f"/admin/articles/image/{image.pk}/change/"
    assert "changed by editors" in client.get(address).content.decode()
    assert client.post(address, {"alt": "", "caption": "Libel", "focal_x": 1, "focal_y": 1}).status_code == 403
    assert said_of(image) == ("A red field", "True words", "")


@pytest.mark.parametrize("where", ON_CAMPAIGNS)
def test_a_fundraiser_corrects_the_words_under_a_picture_that_campaigns_alone_show(client, where):
    image = shown_picture(where)
    client.force_login(make_user("Fundraiser"))
    press(client, f"/admin/articles/image/{image.pk}/change/", caption="Truer words")
    assert said_of(image) == ("A red field", "Truer words", "")


@pytest.mark.parametrize("where", [where for where in SHOWN if where not in ON_CAMPAIGNS])
def test_a_fundraiser_changes_no_words_where_a_campaign_is_not_the_only_page(where):
    image = shown_picture(where)
    make_campaign(image=image)
    with pytest.raises(PermissionDenied, match="changed by editors"):
        images.describe(image, by=make_user("Fundraiser"), caption="Libel")
    assert said_of(image) == ("A red field", "True words", "")


@pytest.mark.parametrize("where", ON_CAMPAIGNS)
@pytest.mark.parametrize("missing", ["change_image", "change_campaign"])
def test_who_lacks_one_of_a_fundraisers_two_permissions_is_refused(where, missing):
    image, user = shown_picture(where), make_user()
    user.user_permissions.add(Permission.objects.get(codename=({"change_image", "change_campaign"} - {missing}).pop()))
    with pytest.raises(PermissionDenied, match="changed by editors"):
        images.describe(image, by=user, caption="Libel")


@pytest.mark.parametrize("where", SHOWN)
def test_an_editor_corrects_the_words_under_every_picture(where):
    image = shown_picture(where)
    images.describe(image, by=make_user("Editor"), caption="Truer words")
    assert said_of(image) == ("A red field", "Truer words", "")


@pytest.mark.parametrize("group", ["Writer", "Fundraiser"])
def test_words_under_a_picture_that_no_reader_sees_are_changed_by_all_who_keep_pictures(client, group):
    image = images.receive(picture(), alt="A red feld")
    make_article(lead_image=image, status=Status.DRAFT)
    make_campaign(image=image, status="draft")
    client.force_login(make_user(group))
    press(client, f"/admin/articles/image/{image.pk}/change/", alt="A red field")
    assert said_of(image) == ("A red field", "", "")


def test_a_writer_does_not_reach_published_words_through_a_draft(client):
    image, user = shown_picture("above an article"), make_user("Writer")
    client.force_login(user)
    draft = make_article(status=Status.DRAFT, created_by=user, lead_image=image)
    response = press(client, change(draft), picture_caption="Libel", standfirst="Typed with care")
    assert errors(response) == ["Readers see this picture, so what is said of it is changed by editors."]
    assert posted(response)["standfirst"].strip() == "Typed with care"
    press(client, change(draft), standfirst="Only this")
    draft.refresh_from_db()
    assert (said_of(image), draft.standfirst) == (("A red field", "True words", ""), "Only this")


def test_a_writer_who_sends_a_published_picture_again_adds_no_words_to_it(client):
    image, user = shown_picture("above an article"), make_user("Writer")
    client.force_login(user)
    upload = SimpleUploadedFile("photo.png", picture().read(), content_type="image/png")
    press(client, ADD, headline="Mine", picture=upload, picture_credit="Libel")
    assert Article.objects.get(headline="Mine").lead_image == image
    client.post("/admin/articles/image/add/", {"upload": picture(), "credit": "Libel", "focal_x": 50, "focal_y": 50})
    assert said_of(image) == ("A red field", "True words", "")


def test_where_a_picture_is_used_names_only_what_one_may_see(client):
    image, user = images.receive(picture()), make_user("Writer")
    make_article(status=Status.DRAFT, headline="Mine", lead_image=image, created_by=user)
    make_article(status=Status.DRAFT, headline="Secret inquiry", lead_image=image)
    make_campaign(title="Secret campaign", image=image, status="draft")
    client.force_login(user)
    page = client.get(f"/admin/articles/image/{image.pk}/change/").content.decode()
    assert "article “Mine” and 2 others" in page
    assert "Secret" not in page


def test_who_sees_none_of_the_pages_is_told_how_many(client):
    image = images.receive(picture())
    make_article(status=Status.DRAFT, headline="Secret inquiry", lead_image=image)
    client.force_login(make_user("Fundraiser"))
    page = client.get(f"/admin/articles/image/{image.pk}/change/").content.decode()
    assert "1 page that you may not see" in page
    assert "Secret" not in page


def test_a_picture_that_cannot_be_deleted_betrays_no_names_either(client):
    image, user = images.receive(picture()), make_user("Fundraiser")
    make_article(status=Status.DRAFT, headline="Secret inquiry", lead_image=image)
    user.user_permissions.add(Permission.objects.get(codename="delete_image"))
    client.force_login(user)
    page = client.post(f"/admin/articles/image/{image.pk}/delete/", {"post": "yes"}, follow=True).content.decode()
    assert "This picture is used in 1 page that you may not see. Take it out there first." in page
    assert "Secret" not in page
    assert Image.objects.exists()


def test_who_may_not_send_pictures_sends_none_with_an_article(client):
    user = make_user("Editor")
    group = user.groups.get()
    group.permissions.remove(group.permissions.get(codename="add_image"))
    client.force_login(user)
    upload = SimpleUploadedFile("photo.png", picture().read(), content_type="image/png")
    response = press(client, ADD, headline="Mine", picture=upload)
    assert response.status_code == 200
    assert not Image.objects.exists()


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
