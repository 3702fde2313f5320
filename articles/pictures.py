"""A picture as HTML: what the worker has made of it so far, and else the master."""

from collections import defaultdict
from functools import lru_cache

from django.conf import settings
from django.core.files.storage import default_storage
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


type Made = tuple[str, int, int, str]  # format, width, height, name of the file


def render(image: Image, shape: str, *, sizes: str = "", priority: bool = False) -> SafeString:
    """A <picture> with sources by type and width; width and height always, so that nothing shifts.

    `priority`: the page's first picture, fetched at once; all others wait until they are nearly in view.
    """
    made = tuple((row["format"], row["width"], row["height"], row["name"]) for row in image.renditions if row["shape"] == shape)
    master = (str(image.file), image.width, image.height)
    return _picture(made, master, image.alt, sizes or SIZES[shape], priority, settings.MEDIA_URL)


@lru_cache(maxsize=2000)  # a list page shows a dozen, and most of them stood on the page before
def _picture(
    made: tuple[Made, ...], master: tuple[str, int, int], alt: str, sizes: str, priority: bool, media_url: str
) -> SafeString:
    by_format: dict[str, list[Made]] = defaultdict(list)
    for rendition in sorted(made, key=lambda each: each[1]):
        by_format[rendition[0]].append(rendition)
    sources = format_html_join(
        "",
        '<source type="{}" srcset="{}" sizes="{}">',
        ((kind, srcset(by_format[name]), sizes) for name, kind in SOURCES if by_format[name]),
    )
    return format_html("<picture>{}{}</picture>", sources, _img(by_format["jpeg"], master, alt, sizes, priority))


def srcset(renditions: list[Made]) -> str:
    return ", ".join(f"{default_storage.url(name)} {width}w" for _, width, _, name in renditions)


def _img(renditions: list[Made], master: tuple[str, int, int], alt: str, sizes: str, priority: bool) -> SafeString:
    haste = ' fetchpriority="high"' if priority else ' loading="lazy" decoding="async"'
    name, width, height = master
    if renditions:
        _, width, height, name = renditions[-1]
    return format_html(
        '<img src="{}"{} alt="{}" width="{}" height="{}"{}>',
        default_storage.url(name),
        format_html(' srcset="{}" sizes="{}"', srcset(renditions), sizes) if renditions else "",
        alt,
        width,
        height,
        SafeString(haste),
    )


def social(image: Image) -> tuple[str, int, int]:
    """The file that other sites show for a page (its address, width, height): cut to their form, once the worker did."""
    for row in image.renditions:
        if row["shape"] == "social":
            return image.file.storage.url(row["name"]), row["width"], row["height"]
    return share(image)


def share(image: Image) -> tuple[str, int, int]:
    """The file for readers elsewhere, in feeds and in structured data: the largest uncropped JPEG, as `social`."""
    made = [row for row in image.renditions if (row["shape"], row["format"]) == ("full", "jpeg")]
    if not made:
        return image.file.url, image.width, image.height
    largest = max(made, key=lambda row: row["width"])
    return image.file.storage.url(largest["name"]), largest["width"], largest["height"]
