"""An article's lead picture at the desk."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from articles import images
from articles.models import Article, Image, Status
from tests.articles.forms import ADD, change, errors, posted, press
from tests.articles.uploads import picture
from tests.factories import make_article

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_library")]


def fresh(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


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
