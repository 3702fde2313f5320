"""The picture library at the desk."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pillow

from articles import images
from articles.models import Image
from tests.articles.forms import errors, messages, posted, press, tree
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db

ADD = "/admin/articles/image/add/"


@pytest.fixture(autouse=True)
def _own_library(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def editor(client):
    client.force_login(make_user("Editor"))
    return client


def picture(colour: str = "red") -> SimpleUploadedFile:
    output = BytesIO()
    Pillow.new("RGB", (60, 40), colour).save(output, "PNG")
    return SimpleUploadedFile("photo.png", output.getvalue(), content_type="image/png")


def change(image: Image) -> str:
    return f"/admin/articles/image/{image.pk}/change/"


def test_a_picture_is_received_with_its_words(editor, run_jobs):
    press(editor, ADD, upload=picture(), alt="A red field", caption="Red.", credit="Ana Ruiz", focal_x="20")
    image = Image.objects.get()
    assert (image.alt, image.caption, image.credit, image.focal_x) == ("A red field", "Red.", "Ana Ruiz", 20)
    assert run_jobs() == ["articles.make_renditions"]


def test_the_same_picture_again_leads_to_the_one_that_is_there(editor):
    there = images.receive(picture(), alt="A red field")
    response = press(editor, ADD, upload=picture(), alt="Something else")
    assert messages(response)[0] == "This very picture was in the library already; here it is."
    assert list(Image.objects.values_list("pk", "alt")) == [(there.pk, "A red field")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<svg/>", "This file is not a picture we can read. Send it as JPEG, PNG, WebP, AVIF or GIF."),
        (b"", "The submitted file is empty."),
        (b"\x89PNG\r\n\x1a\n", "This file is not a picture we can read. Send it as JPEG, PNG, WebP, AVIF or GIF."),
    ],
)
def test_what_is_no_picture_is_refused_beside_the_field(editor, content, sentence):
    response = press(editor, ADD, upload=SimpleUploadedFile("photo.png", content, content_type="image/png"), alt="Typed")
    assert errors(response) == [sentence]
    assert posted(response)["alt"] == "Typed"
    assert not Image.objects.exists()


def test_a_file_has_to_be_sent(editor):
    assert errors(press(editor, ADD, alt="Typed")) == ["This field is required."]


def test_words_are_corrected_and_crops_renewed_only_when_the_focal_point_moves(editor, run_jobs):
    image = images.receive(picture(), alt="A red feld")
    run_jobs()
    press(editor, change(image), alt="A red field")
    assert run_jobs() == []
    press(editor, change(image), focal_x="0")
    assert run_jobs() == ["articles.make_renditions"]
    image.refresh_from_db()
    assert (image.alt, image.focal_x, bool(image.renditions)) == ("A red field", 0, True)


def test_the_file_of_a_picture_is_never_replaced(editor):
    image = images.receive(picture("red"))
    name = str(image.file)
    press(editor, change(image), upload=picture("blue"), file=picture("blue"))
    image.refresh_from_db()
    assert str(image.file) == name


def test_a_picture_says_where_it_is_used_and_cannot_be_deleted_there(editor):
    image = images.receive(picture())
    make_article(headline="With a lead", lead_image=image)
    assert "article “With a lead”" in editor.get(change(image)).content.decode()
    response = editor.post(f"/admin/articles/image/{image.pk}/delete/", {"post": "yes"}, follow=True)
    assert messages(response) == ["This picture is used in article “With a lead”. Take it out there first."]
    assert Image.objects.exists()


def test_a_picture_that_nobody_uses_is_deleted(editor):
    image = images.receive(picture())
    response = editor.post(f"/admin/articles/image/{image.pk}/delete/", {"post": "yes"}, follow=True)
    assert response.status_code == 200
    assert not Image.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_library_costs_the_same_however_large(editor, rows, django_assert_num_queries):
    for colour in ["red", "green", "blue"][:rows]:
        images.receive(picture(colour))
    with django_assert_num_queries(7):
        page = editor.get("/admin/articles/image/")
    assert len(tree(page).xpath("//img[@class='desk-thumb']")) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_choosing_for_a_text_costs_the_same_however_large_the_library(editor, rows, django_assert_num_queries):
    for colour in ["red", "green", "blue"][:rows]:
        images.receive(picture(colour), alt=f"All {colour}", credit="Ana")
    with django_assert_num_queries(6):
        page = editor.get("/admin/articles/image/pick/")
    assert len(tree(page).xpath("//ul[@class='desk-pick']//button")) == rows


def test_a_picture_for_a_text_is_found_by_its_words(editor):
    images.receive(picture("red"), alt="A red field", caption="Evening.", credit="Ana Ruiz")
    images.receive(picture("blue"), alt="The sea")
    page = tree(editor.get("/admin/articles/image/pick/", {"q": "field ruiz"}))
    (button,) = page.xpath("//ul[@class='desk-pick']//button")
    assert (button.get("data-alt"), button.get("data-caption")) == ("A red field", "Evening. Ana Ruiz")
    assert button.get("data-src").startswith("/media/images/")
    assert "No picture was found." in editor.get("/admin/articles/image/pick/", {"q": "\x00nothing"}).content.decode()


def test_the_form_learns_the_facts_of_a_chosen_picture(editor):
    image = images.receive(picture(), alt="A red field", credit="Ana", focal_x=20)
    facts = editor.get(f"/admin/articles/image/{image.pk}/facts/").json()
    assert facts == {
        "src": image.file.url, "alt": "A red field", "caption": "", "credit": "Ana", "focal_x": 20, "focal_y": 50
    }  # fmt: skip
    assert editor.get("/admin/articles/image/0/facts/").status_code == 404
