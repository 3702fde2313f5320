"""What the worker makes of a picture, and what goes when the picture goes."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from PIL import Image as Pillow

from articles import images, renditions
from articles.models import Image
from tests.articles.uploads import drawn, files, sent
from tests.factories import make_article, make_author, make_campaign

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_library")]


IN_TWO_DAYS = timedelta(days=2)
RunJobs = Callable[..., list[str]]


def test_the_worker_makes_every_rendition_once(run_jobs: RunJobs, tmp_path):
    image = images.receive(sent(drawn((2400, 1800))))
    assert image.renditions == []
    assert run_jobs() == ["articles.make_renditions"]
    image.refresh_from_db()
    assert [(each["shape"], each["format"], each["width"], each["height"]) for each in image.renditions] == [
        (shape, form, width, height)
        for shape, width, height in [
            *[("card", width, round(width * 2 / 3)) for width in (320, 640, 960)],
            *[("full", width, round(width * 3 / 4)) for width in (640, 1280, 1920)],
        ]
        for form in ("avif", "webp", "jpeg")
    ] + [("social", "jpeg", 1200, 630)]
    for each in image.renditions:
        with Pillow.open(tmp_path / each["name"]) as rendition:
            assert rendition.format is not None
            assert (rendition.format.lower(), rendition.size) == (each["format"], (each["width"], each["height"]))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    images.make_renditions(image.pk)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before
    assert len(before) == 20


def test_a_small_picture_is_never_enlarged(run_jobs: RunJobs):
    image = images.receive(sent(drawn((700, 300))))
    run_jobs()
    image.refresh_from_db()
    sizes = {(each["shape"], each["width"], each["height"]) for each in image.renditions}
    assert sizes == {("card", 320, 213), ("card", 450, 300), ("full", 640, 274), ("full", 700, 300), ("social", 571, 300)}


def test_the_smallest_picture_has_renditions_too(run_jobs: RunJobs):
    image = images.receive(sent(drawn((1, 1)), "PNG"))
    run_jobs()
    image.refresh_from_db()
    assert {(each["shape"], each["width"], each["height"]) for each in image.renditions} == {
        ("card", 1, 1), ("full", 1, 1), ("social", 1, 1)
    }  # fmt: skip


def test_cards_are_cut_round_the_focal_point_and_anew_when_it_moves(run_jobs: RunJobs, tmp_path):
    image = images.receive(sent(drawn((3000, 600))), focal_x=0)
    run_jobs()
    image.refresh_from_db()
    first = {each["name"] for each in image.renditions if each["shape"] == "card"}
    assert colour_of(tmp_path, image) == "red"
    images.describe(image, by=None, focal_x=100, focal_y=50)
    assert run_jobs() == ["articles.make_renditions"]
    image.refresh_from_db()
    second = {each["name"] for each in image.renditions if each["shape"] == "card"}
    assert colour_of(tmp_path, image) == "blue"
    assert first.isdisjoint(second)
    assert all((tmp_path / name).exists() for name in first)  # a page that is open still asks for them


def colour_of(folder: Path, image: Image) -> str:
    name = next(each["name"] for each in image.renditions if (each["shape"], each["format"]) == ("card", "jpeg"))
    with Pillow.open(folder / name) as card:
        middle: Any = card.convert("RGB").getpixel((card.width // 2, card.height // 2))
    return "red" if middle[0] > middle[2] else "blue"


def test_crops_of_a_former_focal_point_go_a_day_later(run_jobs: RunJobs, tmp_path):
    image = images.receive(sent(drawn((3000, 600))), focal_x=0)
    run_jobs()
    images.describe(image, by=None, focal_x=100, focal_y=50)
    run_jobs()
    assert run_jobs(at=timezone.now() + IN_TWO_DAYS) == ["articles.discard_files"]
    image.refresh_from_db()
    assert files(tmp_path) == sorted([Path(str(image.file)).name, *(Path(each["name"]).name for each in image.renditions)])


def test_pointing_where_it_points_already_makes_no_work(run_jobs: RunJobs):
    image = images.receive(sent())
    run_jobs()
    images.describe(image, by=None, focal_x=50, focal_y=50)
    assert run_jobs() == []


def test_correcting_words_makes_no_work(run_jobs: RunJobs):
    image = images.receive(sent())
    run_jobs()
    images.describe(image, by=None, alt="Two halves", credit="Ana Ruiz")
    assert run_jobs() == []
    image.refresh_from_db()
    assert (image.alt, image.credit) == ("Two halves", "Ana Ruiz")


def test_a_focal_point_outside_the_picture_is_refused():
    image = images.receive(sent())
    with pytest.raises(ValidationError):
        images.describe(image, by=None, focal_x=101, focal_y=50)
    image.refresh_from_db()
    assert image.focal_x == 50


def test_jobs_for_a_picture_that_is_gone_do_nothing(run_jobs: RunJobs):
    image = images.receive(sent())
    images.delete(image)
    assert run_jobs() == ["articles.make_renditions"]


def test_a_deleted_picture_leaves_no_file_behind(run_jobs: RunJobs, tmp_path):
    image = images.receive(sent())
    run_jobs()
    image.refresh_from_db()
    images.delete(image)
    run_jobs(at=timezone.now() + IN_TWO_DAYS)
    assert files(tmp_path) == []


def test_a_picture_that_is_used_stays_and_the_refusal_says_where():
    image = images.receive(sent())
    stem = str(image.file).removesuffix(".jpg")
    make_article(headline="With a lead", lead_image=image)
    make_article(headline="With a figure", body=f'<figure><img src="/media/{stem}-full-640.webp" alt=""></figure>')
    make_author("Ana Ruiz", portrait=image)
    make_campaign(title="Keep the lamp lit", image=image)
    with pytest.raises(ValidationError) as refusal:
        images.delete(image)
    sentence = refusal.value.messages[0]
    for where in ("With a lead", "With a figure", "Ana Ruiz", "Keep the lamp lit"):
        assert where in sentence
    assert Image.objects.filter(pk=image.pk).exists()


@pytest.mark.parametrize(
    ("size", "focal", "box"),
    [
        ((300, 200), (50, 50), (0, 0, 300, 200)),
        ((600, 200), (0, 50), (0, 0, 300, 200)),
        ((600, 200), (50, 50), (150, 0, 450, 200)),
        ((600, 200), (100, 50), (300, 0, 600, 200)),
        ((300, 900), (50, 10), (0, 0, 300, 200)),
        ((300, 900), (50, 90), (0, 700, 300, 900)),
    ],
)
def test_a_card_keeps_the_focal_point_in_sight(size, focal, box):
    image = Image(width=size[0], height=size[1], focal_x=focal[0], focal_y=focal[1])
    assert renditions.crop(image, "card") == box
