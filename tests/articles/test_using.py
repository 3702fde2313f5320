"""Where a picture is used: what holds its deletion back, what is only told."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from articles import contents, drafting, images, publishing, using
from articles.models import Article, Autosave, Image, Status
from tests.articles.uploads import picture
from tests.factories import make_article, make_author, make_campaign, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_library")]


def received(colour: str = "red") -> Image:
    return images.receive(picture(colour))


def figure(image: Image) -> str:
    return f'<figure><img src="/media/{image.file}" alt=""></figure>'


def write(article: Article, **changes: object) -> Article:
    content = drafting.current(article).with_changes(**changes)
    return drafting.save(article, content, by=None, at=timezone.now(), expected=None)


@pytest.mark.parametrize(
    "make",
    [
        lambda image: make_article(lead_image=image),
        lambda image: make_article(body=figure(image)),
        lambda image: make_article(body=figure(image), status=Status.DRAFT),
        lambda image: make_author(portrait=image),
        lambda image: make_campaign(image=image),
        lambda image: make_campaign(thanks=figure(image)),
    ],
)
def test_a_picture_is_used_by_what_shows_it_and_by_nothing_else(make):
    used, other = received("red"), received("blue")
    row = make(used)
    assert using.uses(used) == [row]
    assert using.uses(other) == []
    assert list(Image.objects.filter(using.is_used())) == [used]


@pytest.mark.parametrize("field", ["body", "lead_image"])
def test_a_text_that_readers_do_not_see_yet_holds_its_pictures(field):
    image, article = received(), make_article(headline="The harbour")
    write(article, **{field: figure(image) if field == "body" else image.pk})
    assert using.uses(image) == [article]
    assert list(Image.objects.filter(using.is_used())) == [image]
    with pytest.raises(ValidationError, match="used in article “The harbour”"):
        images.delete(image)


@pytest.mark.parametrize("field", ["body", "lead_image"])
def test_an_earlier_version_is_told_and_holds_nothing_back(field):
    image, article = received(), make_article()
    write(article, **{field: figure(image) if field == "body" else image.pk})
    write(article, body="<p>Without.</p>", lead_image=None)
    assert (using.uses(image), using.earlier(image)) == ([], [article])
    assert not Image.objects.filter(using.is_used()).exists()
    images.delete(image)
    assert not Image.objects.exists()


def test_what_is_told_as_used_is_not_told_as_earlier():
    image, article = received(), make_article()
    write(article, body=figure(image))
    publishing.publish_changes(article, by=None, at=timezone.now())
    write(article, body=figure(image) + "<p>More.</p>")
    assert (using.uses(image), using.earlier(image)) == ([article], [])


def test_discarded_changes_let_go_of_their_pictures():
    image, article = received(), make_article()
    write(article, body=figure(image))
    drafting.discard(article, by=None, at=timezone.now())
    assert (using.uses(image), using.earlier(image)) == ([], [article])


def test_what_was_typed_and_not_saved_is_no_use():
    image, article = received(), make_article()
    typed = {"body": [figure(image)], "lead_image": [str(image.pk)]}
    drafting.set_aside(uuid4(), article=article, version=0, typed=typed, by=make_user(), at=timezone.now())
    assert Autosave.objects.count() == 1
    assert (using.uses(image), using.earlier(image)) == ([], [])


def test_a_file_with_a_name_of_another_kind_is_found_in_texts_too():
    image = Image.objects.create(file="images/dam.jpg", width=9, height=9, sha256="0" * 64)
    article = make_article(body=figure(image))
    assert using.uses(image) == [article]


def test_a_version_that_lost_its_picture_is_shown_without():
    image, article = received(), make_article()
    write(article, lead_image=image.pk)
    write(article, lead_image=None)
    images.delete(image)
    drafting.go_back(article, to=2, by=None, at=timezone.now(), expected=None)
    article.refresh_from_db()
    assert contents.lay_over(article, drafting.current(article)).lead_image is None
