"""Sending many pictures to the library at once."""

import errno
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from articles import decoding, images, sending
from articles.models import Image
from tests.articles.forms import errors, messages, tree
from tests.articles.test_likeness import scene
from tests.articles.uploads import picture, sent
from tests.factories import make_article, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_library")]

SEND = "/admin/articles/image/send/"
JSON = {"Accept": "application/json"}


def photo(seed: int = 1, name: str = "dam.jpg", *, quality: int = 90) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, sent(scene(seed), quality=quality).read(), content_type="image/jpeg")


def lines(response) -> list[str]:
    return [" ".join(line.text_content().split()) for line in tree(response).xpath("//ul[@class='desk-lines']/li")]


def take_back(image: Image, other: Image) -> str:
    return f"/admin/articles/image/{image.pk}/take-back/{other.pk}/"


def test_each_of_many_files_gets_its_line(editor, run_jobs):
    images.receive(picture("blue"), alt="The sea")
    files = [picture("red", name="red.png"), picture("blue", name="blue.png"), SimpleUploadedFile("notes.txt", b"Not a picture")]
    response = editor.post(SEND, {"files": files, "credit": "Ana Ruiz", "licence": "CC BY 4.0", "licence_shown": "on"})
    new, there, refused = lines(response)
    assert new == "red.png New. Describe it"
    assert there == "blue.png There already: The sea"
    assert refused == f"notes.txt Refused: {decoding.UNREADABLE}"
    image = Image.objects.latest("pk")
    assert (image.credit, image.credit_line) == ("Ana Ruiz", "Ana Ruiz · CC BY 4.0")
    assert (str(image.created_by), Image.objects.count()) == (response.wsgi_request.user.username, 2)
    assert run_jobs() == ["articles.make_renditions"] * 2


def test_nearly_the_same_is_said_and_the_one_that_is_there_offered(editor):
    there = images.receive(photo(), alt="The dam")
    response = editor.post(SEND, {"files": [photo(quality=40)]})
    new = Image.objects.latest("pk")
    (line,) = lines(response)
    assert "Nearly the same as The dam (900 × 600)" in line
    (form,) = tree(response).xpath("//form[@class='desk-near']")
    assert form.get("action") == take_back(new, there)
    answer = editor.post(form.get("action"), follow=True)
    assert messages(answer)[0] == "Taken back. This is the picture that was there."
    assert list(Image.objects.all()) == [there]
    assert editor.post(take_back(new, there), follow=True).status_code == 200  # pressed twice


def test_a_picture_that_is_used_meanwhile_is_not_taken_back(editor):
    there, new = images.receive(photo()), images.receive(photo(quality=40))
    make_article(headline="The harbour", lead_image=new)
    assert messages(editor.post(take_back(new, there), follow=True))[0].startswith(
        "This picture is used in article “The harbour”"
    )
    answer = editor.post(take_back(new, there), headers=JSON).json()
    assert "Refused: This picture is used in article “The harbour”" in " ".join(answer["lines"][0].split())
    assert Image.objects.count() == 2


def test_the_script_sends_file_by_file_and_again_with_the_same_key(editor):
    key = uuid4()
    told = [editor.post(SEND, {"files": [photo()], "key": key}, headers=JSON).json()["lines"][0] for _ in range(2)]
    assert ["New." in line for line in told] == [True, True]
    assert "There already" in editor.post(SEND, {"files": [photo()], "key": uuid4()}, headers=JSON).json()["lines"][0]
    assert Image.objects.count() == 1


def test_a_key_belongs_to_a_file_and_a_person():
    key, ana, ben = uuid4(), make_user("Editor"), make_user("Editor")
    one = sending.take(BytesIO(sent(scene(1)).read()), name="1", key=key, by=ana)
    two = sending.take(BytesIO(sent(scene(2)).read()), name="2", key=key, by=ana)
    again = sending.take(BytesIO(sent(scene(1)).read()), name="1", key=key, by=ben)
    assert [line.is_new for line in (one, two, again)] == [True, True, False]
    assert again.image == one.image


def test_a_name_that_is_markup_is_text(editor):
    response = editor.post(SEND, {"files": [SimpleUploadedFile("<img src=x onerror=alert(1)>.png", b"no")]})
    assert "<img src=x" not in response.content.decode()
    assert lines(response)[0].startswith("<img src=x onerror=alert(1)>.png Refused")


def test_nothing_chosen_and_words_too_long_are_said(editor):
    assert errors(editor.post(SEND, {})) == ["Choose at least one picture."]
    response = editor.post(SEND, {"files": [picture()], "credit": "a" * 201})
    assert errors(response) == ["Ensure this value has at most 200 characters (it has 201)."]
    assert not Image.objects.exists()


def test_a_full_disk_is_said_in_the_line(editor, monkeypatch, caplog):
    def full(name: str, content: bytes) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(images, "keep", full)
    assert sending.NOT_KEPT in lines(editor.post(SEND, {"files": [picture()]}))[0]
    assert "could not be kept" in caplog.text
    assert not Image.objects.exists()


def test_a_stranger_sends_nothing(client):
    assert client.post(SEND, {"files": [picture()]}).status_code == 302
    client.force_login(make_user(is_staff=True))
    assert client.get(SEND).status_code == 403
    assert client.post(SEND, {"files": [picture()]}).status_code == 403
    assert not Image.objects.exists()


def test_a_writer_takes_back_their_own_picture_and_nobody_elses(client):
    there, theirs = images.receive(photo()), images.receive(photo(quality=40))
    client.force_login(make_user("Writer"))
    assert client.post(take_back(theirs, there)).status_code == 403
    client.post(SEND, {"files": [photo(quality=70)]})
    mine = Image.objects.latest("pk")
    assert client.get(take_back(mine, there)).status_code == 405
    assert client.post(take_back(mine, there)).status_code == 302
    assert list(Image.objects.order_by("pk")) == [there, theirs]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_file_costs_the_same_however_many_are_near(editor, rows, django_assert_num_queries):
    for quality in (95, 80, 60)[:rows]:
        images.receive(photo(quality=quality))
    with django_assert_num_queries(12):
        response = editor.post(SEND, {"files": [photo(quality=40)]})
    assert len(tree(response).xpath("//form[@class='desk-near']")) == rows
