"""The picture library's front door: what comes in, what is refused."""

import io
import random
import struct
import subprocess
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pillow
from PIL import ImageCms

from articles import decoding, images
from articles.models import Image
from tests.articles.uploads import drawn, files, opened, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_library")]


IN_TWO_DAYS = timedelta(days=2)
RunJobs = Callable[..., list[str]]


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
