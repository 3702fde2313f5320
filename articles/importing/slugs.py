"""The last part of an address, from whatever a former site called it."""

import re
from collections.abc import Callable

from django.utils.text import slugify

from articles.importing.writable import unquoted


def sound(text: str, length: int) -> str:
    """A slug as our own fields allow them; percent-encoded letters are decoded. Empty where no letter is left."""
    text = re.sub(r"\.(?:html?|php|aspx?)$", "", unquoted(text).strip())
    return slugify(text.replace(".", "-"), allow_unicode=True)[:length].strip("-_")


def unique(slug: str, length: int, taken: Callable[[str], bool]) -> str:
    """The slug, or the first of slug-2, slug-3 … that is free."""
    candidate, number = slug, 1
    while taken(candidate):
        number += 1
        ending = f"-{number}"
        candidate = slug[: length - len(ending)] + ending
    return candidate
