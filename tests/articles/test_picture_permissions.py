"""Strangers to pictures: words that readers see are changed by who may change the page that shows them."""

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied

from articles import images
from articles.models import Article, Image, Status
from tests.articles.forms import ADD, change, errors, posted, press
from tests.articles.uploads import picture
from tests.factories import make_article, make_author, make_campaign, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_library")]


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
    upload = picture()
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
    assert "article “Mine”</a>" in page
    assert "2 pages that you may not see" in page
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
    upload = picture()
    response = press(client, ADD, headline="Mine", picture=upload)
    assert response.status_code == 200
    assert not Image.objects.exists()
