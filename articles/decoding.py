"""Reads one picture that nobody vouches for. Run as a program of its own: whatever a decoder does, it does not do to us.

Standard input: the file. Arguments: the most pixels, the longest side. Standard output: a line of JSON (extension,
width, height, look), then the picture encoded anew; or, with exit status 3, a line with the sentence for the person.
Imports Pillow and nothing of the project, so that it starts in a tenth of a second.
"""

import io
import json
import resource
import sys
import warnings
from contextlib import suppress
from typing import NoReturn

from PIL import Image, ImageCms, ImageOps

FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF"]
LOSSLESS = {"PNG", "GIF"}
CPU_SECONDS = 12
MEMORY_BYTES = 2 * 1024**3
FLAT = 12  # of 256 tones

UNREADABLE = "This file is not a picture we can read. Send it as JPEG, PNG, WebP, AVIF or GIF."
DAMAGED = "This picture is damaged and cannot be read to its end. Save it anew and send it again."


class Refused(Exception):
    """The picture is not taken; the text is a sentence for the person who sent it."""


def read(data: bytes, *, max_pixels: int, max_side: int) -> Image.Image:
    """The first frame of a picture, upright, in sRGB, without any metadata. Raises Refused."""
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Exception as error:  # Pillow's plug-ins raise what they like: ValueError, SyntaxError, IndexError, struct.error …
        raise Refused(UNREADABLE) from error
    check_size(*picture.size, max_pixels=max_pixels, max_side=max_side)
    try:
        picture.load()
    except Exception as error:
        raise Refused(DAMAGED) from error
    kind = picture.format
    picture = in_srgb(upright(picture))
    check_size(*picture.size, max_pixels=max_pixels, max_side=max_side)
    picture.info = {}
    picture.format = kind
    return picture


def check_size(width: int, height: int, *, max_pixels: int, max_side: int) -> None:
    if width < 1 or height < 1:
        raise Refused(DAMAGED)
    if max(width, height) > max_side:
        raise Refused(f"This picture is {width} × {height} pixels. The longest side may have {max_side} pixels.")
    if width * height > max_pixels:
        raise Refused(
            f"This picture is {width} × {height} pixels. {max_pixels // 1_000_000} million pixels are the most we take."
        )


def upright(picture: Image.Image) -> Image.Image:
    """Turned as the camera said; a camera's broken notes are no reason to refuse its picture."""
    with suppress(Exception):
        ImageOps.exif_transpose(picture, in_place=True)
    return picture


def in_srgb(picture: Image.Image) -> Image.Image:
    """In mode L, RGB or RGBA, colours converted from the picture's own profile to sRGB."""
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I"):  # 16 bits a pixel: Pillow would clip instead of scaling
        picture = picture.point(lambda value: value / 257).convert("L")
        profile = None
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        if picture.getchannel("A").getextrema() == (255, 255):
            picture = picture.convert("RGB")
    elif picture.mode not in {"L", "RGB", "CMYK"}:
        picture = picture.convert("L" if picture.mode == "1" else "RGB")
    if profile:
        picture = converted(picture, profile)
    return picture if picture.mode in {"L", "RGB", "RGBA"} else picture.convert("RGB")


def converted(picture: Image.Image, profile: bytes) -> Image.Image:
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if picture.mode == mode and "srgb" in ImageCms.getProfileDescription(source).lower():
            return picture
        result = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except Exception:  # a broken or foreign profile: the colours stay as they are
        return picture
    return result or picture


def encode(picture: Image.Image) -> tuple[str, bytes]:
    """What we keep: JPEG for photographs, PNG for what came without loss or is transparent."""
    output = io.BytesIO()
    if picture.mode == "RGBA" or picture.format in LOSSLESS:
        picture.save(output, "PNG", compress_level=4)
        return "png", output.getvalue()
    picture.save(output, "JPEG", quality=92, progressive=True)
    return "jpg", output.getvalue()


def dhash(picture: Image.Image) -> int:
    """How a picture looks, in 64 bits with a sign, as Postgres keeps them: of nine by eight tones, which are brighter than
    their right neighbour (Neal Krawetz, “Kind of Like That”, 2013). Sizes and qualities of one picture differ in few bits.
    0: hardly any tones; such pictures are not known by their look."""
    if picture.mode == "RGBA":
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    small = picture.convert("L").resize((9, 8), Image.Resampling.BOX, reducing_gap=3.0)
    tones = small.tobytes()
    if max(tones) - min(tones) < FLAT:
        return 0
    bits = 0
    for at in range(72):
        if at % 9 < 8:
            bits = bits << 1 | (tones[at] > tones[at + 1])
    return bits - (1 << 64 if bits >> 63 else 0)


def main(max_pixels: int, max_side: int) -> NoReturn:
    for what, most in [("CPU", CPU_SECONDS), ("AS", MEMORY_BYTES), ("CORE", 0)]:
        with suppress(ValueError, OSError):  # a system that cannot limit this still has the caller's clock
            resource.setrlimit(getattr(resource, f"RLIMIT_{what}"), (most, most))
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # we count ourselves, before a pixel is decoded
    try:
        picture = read(sys.stdin.buffer.read(), max_pixels=max_pixels, max_side=max_side)
        extension, content = encode(picture)
    except Refused as refusal:
        print(json.dumps(str(refusal)))  # noqa: T201
        sys.exit(3)
    head = json.dumps({"extension": extension, "width": picture.width, "height": picture.height, "dhash": dhash(picture)})
    sys.stdout.buffer.write(head.encode() + b"\n" + content)
    sys.exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
