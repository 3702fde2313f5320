"""The picture library's front door: what comes in, what is refused, what the worker makes of it."""

import io
import random
import struct
import subprocess
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image as Pillow
from PIL import ImageCms

from articles import decoding, images, renditions
from articles.models import Image
from tests.factories import make_article, make_author, make_campaign

pytestmark = pytest.mark.django_db

IN_TWO_DAYS = timedelta(days=2)
RunJobs = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def _own_library(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def drawn(size=(1200, 900), mode="RGB") -> Any:
    """A picture whose left half is red and whose right half is blue."""
    picture = Pillow.new("RGB", size, (200, 30, 30))
    picture.paste((30, 30, 200), (size[0] // 2, 0, size[0], size[1]))
    return picture.convert(mode)


def sent(picture: Pillow.Image | None = None, form: str = "JPEG", **options) -> io.BytesIO:
    output = io.BytesIO()
    (picture or drawn()).save(output, form, **options)
    output.seek(0)
    return output


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def opened(image: Image) -> Any:
    return Pillow.open(Path(settings.MEDIA_ROOT) / str(image.file))


@pytest.mark.parametrize(("form", "kept"), [("JPEG", "JPEG"), ("PNG", "PNG"), ("WEBP", "JPEG"), ("AVIF", "JPEG"), ("GIF", "PNG")])
def test_every_kind_of_picture_we_take_is_kept_as_jpeg_or_png(form, kept):
    image = images.receive(sent(form=form), alt="Two halves", credit="Ana", focal_x=20)
    assert (image.alt, image.credit, image.focal_x, image.focal_y) == ("Two halves", "Ana", 20, 50)
    assert (image.width, image.height) == (1200, 900)
    with opened(image) as master:
        assert (master.format, master.size) == (kept, (1200, 900))


def test_the_name_comes_from_the_content_and_not_from_the_sender(tmp_path):
    upload = SimpleUploadedFile("../../evil.php\x00.jpg", sent().read(), content_type="text/html")
    image = images.receive(upload)
    assert str(image.file).startswith("images/20")
    assert str(image.file).endswith(".jpg")
    assert "evil" not in str(image.file)
    assert files(tmp_path) == [Path(str(image.file)).name]


def test_place_camera_and_comment_are_stripped():
    exif = Pillow.Exif()
    exif[0x010F] = "Spy camera"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    image = images.receive(sent(exif=exif, comment="secret", dpi=(300, 300)))
    raw = (Path(settings.MEDIA_ROOT) / str(image.file)).read_bytes()
    assert b"Spy" not in raw
    assert b"secret" not in raw
    with opened(image) as master:
        assert dict(master.getexif()) == {}


def test_a_picture_lying_on_its_side_is_put_upright():
    exif = Pillow.Exif()
    exif[0x0112] = 6  # turn a quarter to the right
    image = images.receive(sent(drawn((400, 200)), exif=exif))
    assert (image.width, image.height) == (200, 400)
    with opened(image) as master:
        red, _, blue = master.convert("RGB").getpixel((100, 10))
        assert red > 150 > 100 > blue


def test_colours_of_a_foreign_profile_become_srgb():
    with opened(images.receive(sent(drawn((60, 40)), icc_profile=gamma_profile(1.0)))) as master:
        assert "icc_profile" not in master.info
        red = master.convert("RGB").getpixel((5, 5))[0]
        assert red > 215  # linear light 200 is brighter than sRGB 200


def gamma_profile(gamma: float) -> bytes:
    """sRGB's colours with another curve: its parametric curves rewritten as one gamma value."""
    raw = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for index in range(struct.unpack_from(">I", raw, 128)[0]):
        name, offset, _ = struct.unpack_from(">4sII", raw, 132 + 12 * index)
        if name in {b"rTRC", b"gTRC", b"bTRC"}:
            struct.pack_into(">4sIHHi", raw, offset, b"para", 0, 0, 0, int(gamma * 65536))
        if name == b"desc":
            raw[offset : offset + 60] = raw[offset : offset + 60].replace(b"s\x00R\x00G\x00B", b"L\x00i\x00n\x00e")
    return bytes(raw)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_way_to_store_colour_comes_out_right(mode):
    form = "JPEG" if mode == "CMYK" else "PNG"
    picture = drawn((90, 60)).convert("L").convert("I") if mode == "I;16" else drawn((90, 60)).convert(mode)
    if mode == "I;16":
        picture = picture.point(lambda value: value * 257).convert(mode)
    image = images.receive(sent(picture, form))
    with opened(image) as master:
        assert master.mode in {"L", "RGB"}  # alpha that hides nothing is no alpha
        left, right = (master.convert("L").getpixel((x, 30)) for x in (10, 80))
        assert left > right


def test_transparency_is_kept():
    picture = drawn((90, 60), "RGBA")
    picture.putpixel((0, 0), (0, 0, 0, 0))
    with opened(images.receive(sent(picture, "WEBP", lossless=True))) as master:
        assert (master.format, master.mode) == ("PNG", "RGBA")
        assert master.getpixel((0, 0))[3] == 0


def test_the_same_file_again_is_the_same_picture(tmp_path):
    first = images.receive(sent(), alt="Two halves")
    second = images.receive(sent(), alt="Something else", credit="Ana")
    assert first == second
    assert (second.alt, second.credit) == ("Two halves", "Ana")
    assert len(files(tmp_path)) == 1


def png(width: int, height: int, body: bytes = b"") -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body or zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", decoding.UNREADABLE),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", decoding.UNREADABLE),
        (b"DDS \x7c\x00\x00\x00" + b"\x00" * 200, decoding.UNREADABLE),
        (b"BLP2" + b"\x00" * 200, decoding.UNREADABLE),
        (b"icns" + b"\x00\x00\x00\x40" + b"\x00" * 56, decoding.UNREADABLE),
        (b"8BPS\x00\x01" + b"\x00" * 60, decoding.UNREADABLE),
        (b"GIF89a", decoding.UNREADABLE),
        (png(1, 300_000), "This picture is 1 × 300000 pixels. The longest side may have 12000 pixels."),
        (png(11_000, 11_000), "This picture is 11000 × 11000 pixels. 60 million pixels are the most we take."),
        (png(0, 5), decoding.UNREADABLE),
        (png(500, 500), decoding.DAMAGED),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(tmp_path, data, sentence):
    with pytest.raises(ValidationError) as refusal:
        images.receive(io.BytesIO(data))
    assert refusal.value.messages == [sentence]
    assert not Image.objects.exists()
    assert files(tmp_path) == []


def test_other_formats_that_pillow_could_open_are_refused():
    for form in ("BMP", "TIFF", "ICO", "JPEG2000", "TGA", "PPM", "EPS"):
        with pytest.raises(ValidationError):
            images.receive(sent(drawn((64, 64)), form))


def test_a_file_that_is_too_large_is_refused_unread(settings):
    settings.IMAGE_MAX_BYTES = 1024 * 1024
    with pytest.raises(ValidationError, match="1 MB are the most"):
        images.receive(io.BytesIO(b"\xff\xd8" + b"x" * 2 * 1024 * 1024))


def test_a_decoder_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr(images, "WALL_SECONDS", 0.001)
    with pytest.raises(ValidationError, match="too long or too much memory"):
        images.receive(sent())


def test_a_decoder_that_breaks_down_harms_nobody(monkeypatch, tmp_path):
    killed = subprocess.CompletedProcess([], returncode=-9, stdout=b"", stderr=b"")
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: killed)
    with pytest.raises(ValidationError, match="too long or too much memory"):
        images.receive(sent())
    assert files(tmp_path) == []


def test_only_the_first_of_many_frames_is_looked_at():
    frame = drawn((8, 8), "P")
    image = images.receive(sent(frame, "GIF", save_all=True, append_images=[drawn((8, 8), "L")] * 3000))
    assert (image.width, image.height) == (8, 8)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_damaged_files_never_raise_anything_but_a_sentence(form, tmp_path):
    """Cut short and with bytes changed at random, but the same ones at every run."""
    whole = sent(drawn((120, 80)), form).read()
    dice = random.Random(form)
    for _ in range(12):
        bad = bytearray(whole[: dice.randrange(8, len(whole))] if dice.random() < 0.4 else whole)
        for _ in range(dice.randrange(1, 6)):
            bad[dice.randrange(len(bad))] = dice.randrange(256)
        try:
            image = images.receive(io.BytesIO(bytes(bad)))
        except ValidationError as refusal:
            assert refusal.messages[0].endswith(".")  # noqa: PT017
        else:
            with opened(image) as master:
                master.load()
    assert len(files(tmp_path)) <= Image.objects.count()


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
    ]
    for each in image.renditions:
        with Pillow.open(tmp_path / each["name"]) as rendition:
            assert rendition.format is not None
            assert (rendition.format.lower(), rendition.size) == (each["format"], (each["width"], each["height"]))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    images.make_renditions(image.pk)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before
    assert len(before) == 19


def test_a_small_picture_is_never_enlarged(run_jobs: RunJobs):
    image = images.receive(sent(drawn((700, 300))))
    run_jobs()
    image.refresh_from_db()
    sizes = {(each["shape"], each["width"], each["height"]) for each in image.renditions}
    assert sizes == {("card", 320, 213), ("card", 450, 300), ("full", 640, 274), ("full", 700, 300)}


def test_the_smallest_picture_has_renditions_too(run_jobs: RunJobs):
    image = images.receive(sent(drawn((1, 1)), "PNG"))
    run_jobs()
    image.refresh_from_db()
    assert {(each["shape"], each["width"], each["height"]) for each in image.renditions} == {("card", 1, 1), ("full", 1, 1)}


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
