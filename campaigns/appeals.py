"""Where an appeal may stand within a text: once, where the reader pauses anyway, about a third of the way down."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from django.utils.html import strip_tags

LONG = 2400  # letters; a shorter text is read without a pause, and the notice under it asks
EARLY, THIRD, LATE = 0.2, 1 / 3, 0.55  # of the text
HEADING_IS_WORTH = 0.12  # of the text: so much farther from a third a new chapter may begin and still be the better pause
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^>]*?(/?)>", re.IGNORECASE)
VOID = {"br", "img", "hr", "source", "wbr", "col"}
HEADINGS = {"h2", "h3", "h4"}


@dataclass(frozen=True, slots=True)
class Block:
    """An element that stands in the text by itself."""

    name: str
    end: int  # in the text's HTML
    read: int  # letters up to there
    ends_with_colon: bool


@lru_cache(maxsize=100)  # a page asks twice
def place_in(html: str) -> int | None:
    """Where in a sanitised text to put it; None for one that is short, or never pauses there.

    Between two paragraphs, or before a heading: never after a heading or a colon, never beside a picture, a list or a
    quotation, which belong to what stands beside them.
    """
    blocks = _blocks(html)
    whole = blocks[-1].read if blocks else 0
    if whole < LONG:
        return None
    pauses = []
    for block, following in pairwise(blocks):
        share = block.read / whole
        if block.name == "p" and not block.ends_with_colon and following.name in {"p", *HEADINGS} and EARLY <= share <= LATE:
            pauses.append((abs(share - THIRD) - (HEADING_IS_WORTH if following.name in HEADINGS else 0), block.end))
    return min(pauses)[1] if pauses else None


def _blocks(html: str) -> list[Block]:
    found: list[Block] = []
    depth = start = read = 0
    for tag in TAG.finditer(html):
        name = tag[2].lower()
        if not tag[1] and depth == 0:
            start = tag.start()
        if name not in VOID and not tag[3]:
            depth += -1 if tag[1] else 1
        if depth == 0:
            text = strip_tags(html[start : tag.end()]).strip()
            read += len(text)
            found.append(Block(name, tag.end(), read, text.endswith(":")))
    return found
