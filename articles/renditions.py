"""The smaller pictures made from a master: which there are, what each is called, how it is cut. Pure: no database."""

import io
from typing import Any

from PIL import Image as Pillow

from articles.models import Image

WIDTHS = {"card": (320, 640, 960), "full": (640, 1280, 1920), "social": (1200,)}
CROPS = {"card": (3, 2), "social": (1200, 630)}  # across, down; every other shape shows all of it
FORMATS: dict[str, dict[str, Any]] = {
    "avif": {"quality": 50, "speed": 8},  # speed 6 takes twice the time to save a fifth of the bytes
    "webp": {"quality": 78, "method": 4},
    "jpeg": {"quality": 80, "progressive": True, "optimize": True},
}


def crop(image: Image, shape: str) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what a shape shows: all of it, or the largest piece of its form round the focal point."""
    if shape not in CROPS:
        return 0, 0, image.width, image.height
    across, down = CROPS[shape]
    width = max(1, min(image.width, image.height * across // down))
    height = max(1, min(image.height, image.width * down // across))
    left = min(max(image.width * image.focal_x // 100 - width // 2, 0), image.width - width)
    top = min(max(image.height * image.focal_y // 100 - height // 2, 0), image.height - height)
    return left, top, left + width, top + height


def formats(shape: str) -> list[str]:
    """What other sites show of a page is a JPEG: not all of them know anything else."""
    return ["jpeg"] if shape == "social" else list(FORMATS)


def widths(shape: str, available: int) -> list[int]:
    """Never wider than what there is; a picture between two steps gets its own width as the last one."""
    steps = WIDTHS[shape]
    return [step for step in steps if step < available] + [available] * (available <= steps[-1])


def stem(image: Image) -> str:
    """What the names of a picture's files begin with, wherever one stands in a text."""
    return str(image.file).rsplit(".", 1)[0]


def wanted(image: Image) -> list[dict[str, Any]]:
    """Every rendition this picture should have, as its row lists them. A name tells all that decides the content."""
    listed = []
    for shape in WIDTHS:
        left, top, right, bottom = crop(image, shape)
        cut = f"{shape}-{left}-{top}" if shape in CROPS else shape
        for width in widths(shape, right - left):
            height = max(1, round(width * (bottom - top) / (right - left)))
            listed += [
                {"shape": shape, "format": form, "width": width, "height": height, "name": f"{stem(image)}-{cut}-{width}.{form}"}
                for form in formats(shape)
            ]
    return listed


def make(master: Pillow.Image, image: Image, missing: list[dict[str, Any]]) -> list[tuple[str, bytes]]:
    """The files asked for, as (name, content). One resize for the formats of a size."""
    made = []
    for shape, width, height in dict.fromkeys((each["shape"], each["width"], each["height"]) for each in missing):
        sized = master.resize((width, height), Pillow.Resampling.LANCZOS, box=crop(image, shape), reducing_gap=3.0)
        for each in missing:
            if (each["shape"], each["width"]) == (shape, width):
                made.append((each["name"], encode(sized, each["format"])))
    return made


def encode(picture: Pillow.Image, form: str) -> bytes:
    if picture.mode == "RGBA" and form == "jpeg":  # it has no transparency: paper shows through
        paper = Pillow.new("RGBA", picture.size, "white")
        picture = Pillow.alpha_composite(paper, picture).convert("RGB")
    output = io.BytesIO()
    picture.save(output, form.upper(), **FORMATS[form])
    return output.getvalue()
