"""A picture as HTML: what the worker has made of it so far, and else the master."""

from collections import defaultdict
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.models import Image

# Smallest files first: a browser takes the first type it knows.
SOURCES = (("avif", "image/avif"), ("webp", "image/webp"))

# How wide a picture stands on the page, for browsers that choose a file before the style sheet is there. A little less
# than the truth on phones: a pixel too few is not seen, and the next file is twice as large.
SIZES = {
    "card": "(min-width: 60rem) 18rem, (min-width: 40rem) 14rem, 88vw",
    "full": "(min-width: 80rem) 58rem, 88vw",
}


def render(image: Image, shape: str, *, sizes: str = "", priority: bool = False) -> SafeString:
    """A <picture> with sources by type and width; width and height always, so that nothing shifts.

    `priority`: the page's first picture, fetched at once; all others wait until they are nearly in view.
    """
    made: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for rendition in sorted(image.renditions, key=lambda row: row["width"]):
        if rendition["shape"] == shape:
            made[rendition["format"]].append(rendition)
    sizes = sizes or SIZES[shape]
    sources = format_html_join(
        "",
        '<source type="{}" srcset="{}" sizes="{}">',
        ((kind, srcset(image, made[name]), sizes) for name, kind in SOURCES if made[name]),
    )
    return format_html("<picture>{}{}</picture>", sources, _img(image, made["jpeg"], sizes, priority))


def srcset(image: Image, renditions: list[dict[str, Any]]) -> str:
    return ", ".join(f"{image.file.storage.url(row['name'])} {row['width']}w" for row in renditions)


def _img(image: Image, renditions: list[dict[str, Any]], sizes: str, priority: bool) -> SafeString:
    haste = ' fetchpriority="high"' if priority else ' loading="lazy" decoding="async"'
    largest = renditions[-1] if renditions else None
    return format_html(
        '<img src="{}"{} alt="{}" width="{}" height="{}"{}>',
        image.file.storage.url(largest["name"]) if largest else image.file.url,
        format_html(' srcset="{}" sizes="{}"', srcset(image, renditions), sizes) if renditions else "",
        image.alt,
        largest["width"] if largest else image.width,
        largest["height"] if largest else image.height,
        SafeString(haste),
    )


def share(image: Image) -> tuple[str, int, int]:
    """The file that other sites show for a page (its address, width, height): the largest uncropped JPEG."""
    made = [row for row in image.renditions if (row["shape"], row["format"]) == ("full", "jpeg")]
    if not made:
        return image.file.url, image.width, image.height
    largest = max(made, key=lambda row: row["width"])
    return image.file.storage.url(largest["name"]), largest["width"], largest["height"]
