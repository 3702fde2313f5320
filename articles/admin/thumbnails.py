"""Small pictures for the desk: what the worker has made, else the master."""

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles import renditions
from articles.models import Image


def address(image: Image, *, shape: str = "full", at_least: int = 640) -> str:
    """Where a JPEG of about this width lies."""
    made = [row for row in image.renditions if (row["shape"], row["format"]) == (shape, "jpeg")]
    fitting = [row for row in made if row["width"] >= at_least] or made[-1:]
    return image.file.storage.url(fitting[0]["name"]) if fitting else image.file.url


def small(image: Image) -> SafeString:
    """A picture beside its name: the words next to it say what it is."""
    src = address(image, shape="card", at_least=320)
    return format_html('<img class="desk-thumb" src="{}" alt="" width="120" height="80" loading="lazy">', src)


CROPS = (("card", "Card, 3 : 2: in lists"), ("full", "Lead: above the article"), ("social", "Social, 1200 × 630: elsewhere"))


def crops(image: Image) -> SafeString:
    """What each shape shows of a picture: as the worker cut it; a script moves it with the focal point."""
    drawn = []
    for shape, name in CROPS:
        across, down = renditions.CROPS.get(shape, (image.width, image.height))
        drawn.append((across, down, address(image, shape=shape), name))
    figure = '<figure data-across="{}" data-down="{}"><div><img src="{}" alt=""></div><figcaption>{}</figcaption></figure>'
    return format_html(
        '<div class="desk-crops" data-width="{}" data-height="{}">{}</div>',
        image.width,
        image.height,
        format_html_join("", figure, drawn),
    )


def facts(image: Image) -> dict[str, Any]:
    """What the form shows of a picture that was chosen."""
    return {
        "src": address(image),
        "alt": image.alt,
        "caption": image.caption,
        "credit": image.credit,
        "focal_x": image.focal_x,
        "focal_y": image.focal_y,
    }


def for_text(image: Image) -> dict[str, Any]:
    """What the text editor puts into a figure."""
    return {
        "thumb": address(image, shape="card", at_least=320),
        "in_text": address(image, at_least=1280),
        "alt": image.alt,
        "caption_and_credit": " ".join(words for words in (image.caption.strip(), image.credit_line) if words),
    }
