"""Pictures that look nearly the same."""

import io
import random

import pytest
from PIL import Image as Pillow
from PIL import ImageDraw

from articles import decoding, images, likeness
from articles.models import Image
from tests.articles.uploads import files, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_library")]


def scene(seed: int = 1, size: tuple[int, int] = (900, 600)) -> Pillow.Image:
    chance, picture = random.Random(seed), Pillow.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    for _ in range(40):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        draw.ellipse((x, y, x + 160, y + 120), fill=tuple(chance.randrange(256) for _ in range(3)))
    return picture


def test_another_size_quality_and_format_of_a_picture_is_nearly_the_same():
    first = images.receive(sent(scene(), quality=95))
    others = [
        images.receive(sent(scene().resize((450, 300)), quality=60)),
        images.receive(sent(scene(), "WEBP", quality=40)),
        images.receive(sent(scene().convert("L"), "PNG")),
    ]
    assert first.dhash
    for other in others:
        assert first in likeness.near(other)
    assert set(likeness.near(first)) == set(others)


def test_pictures_of_something_else_are_not_near():
    for seed in range(6):
        images.receive(sent(scene(seed)))
    assert [likeness.near(image) for image in Image.objects.all()] == [[]] * 6


def look(value: int) -> int:
    return value - (1 << 64 if value >> 63 else 0)


def kept(number: int, dhash: int | None) -> Image:
    return Image.objects.create(file=f"images/{number}.jpg", width=9, height=9, sha256=f"{number:064}", dhash=dhash)


@pytest.mark.parametrize("seed", range(8))
def test_every_look_within_seven_bits_is_found_and_none_beyond(seed):
    chance = random.Random(seed)
    asked = chance.getrandbits(64) | 1
    near, far = ([kept(100 * some + n, look(_turned(asked, some, chance))) for n in range(3)] for some in (7, 8))
    for row in near:
        assert row in likeness.near(Image(dhash=look(asked)))
    assert not set(far) & set(likeness.near(Image(dhash=look(asked))))


def _turned(value: int, bits: int, chance: random.Random) -> int:
    for bit in chance.sample(range(64), bits):
        value ^= 1 << bit
    return value


def test_the_nearest_come_first_and_five_are_told():
    for number in range(8):
        kept(number, look((0x0F0F_1234_5678_9ABC) ^ ((1 << number) - 1)))
    found = likeness.near(Image(dhash=look(0x0F0F_1234_5678_9ABC)))
    assert [str(image.file) for image in found] == [f"images/{number}.jpg" for number in range(5)]


def test_a_picture_without_tones_is_known_by_nothing():
    plain = [images.receive(sent(Pillow.new("RGB", (90, 60), colour), "PNG")) for colour in ("red", "green")]
    assert [image.dhash for image in plain] == [0, 0]
    assert likeness.near(plain[0]) == []


def test_what_is_transparent_is_looked_at_on_white_paper():
    clear = scene().convert("RGBA")
    clear.putalpha(0)
    assert decoding.dhash(clear) == 0


def test_pictures_from_before_are_looked_at_by_the_worker_and_get_what_they_lack(run_jobs):
    image = images.receive(sent(scene()))
    run_jobs()
    looked = image.dhash or 0
    Image.objects.update(dhash=None, renditions=[])
    assert images.catch_up(most=10) == 1
    image.refresh_from_db()
    assert abs((image.dhash or 0) ^ looked).bit_count() <= likeness.MOST_BITS
    assert "social" in {each["shape"] for each in image.renditions}
    assert images.catch_up(most=10) == 0


def test_a_picture_whose_file_is_gone_does_not_hold_the_others_up(tmp_path, caplog):
    gone, damaged, there = (images.receive(sent(scene(seed))) for seed in range(3))
    (tmp_path / str(gone.file)).unlink()
    (tmp_path / str(damaged.file)).write_bytes(b"\xff\xd8 no picture")
    Image.objects.update(dhash=None)
    assert images.catch_up(most=10) == 3
    assert list(Image.objects.order_by("pk").values_list("dhash", flat=True)) == [0, 0, there.dhash]
    assert f"Picture {gone.pk} cannot be looked at" in caplog.text
    assert len(files(tmp_path)) > 2


def test_the_look_is_found_out_where_nobody_vouches_for_the_file():
    checked = images.check(io.BytesIO(sent(scene()).getvalue()))
    with Pillow.open(io.BytesIO(checked.content)) as master:
        assert checked.dhash is not None
        assert (checked.dhash ^ decoding.dhash(master)).bit_count() <= 2
