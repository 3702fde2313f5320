"""Parts of addresses. Import this module where a route uses one of them by name."""

from django.conf import settings
from django.urls import register_converter
from django.urls.converters import IntConverter, StringConverter


class Part(StringConverter):
    """Whatever a slug may be in any script. No control characters: Postgres takes no NUL, and no page has one in its name."""

    regex = r"[^/\x00-\x1f\x7f]+"


class Year(StringConverter):
    regex = "[0-9]{4}"


class Month(StringConverter):
    regex = "0[1-9]|1[0-2]"


class Number(IntConverter):
    """From 1, in one spelling each: with zeros before it a page would have a thousand addresses, and be kept under each."""

    regex = "[1-9][0-9]{0,8}"


class Feed(StringConverter):
    regex = "rss|atom|json"


class Language(StringConverter):
    """One of the languages that texts are written in (settings.LANGUAGES)."""

    regex = "|".join(code for code, _ in settings.LANGUAGES)


register_converter(Part, "part")
register_converter(Year, "yyyy")
register_converter(Month, "mm")
register_converter(Number, "number")
register_converter(Feed, "feed")
register_converter(Language, "language")
