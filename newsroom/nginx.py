"""The parts of nginx's configuration that follow from this site's settings: folders, types and headers of what it serves
by itself. deploy/nginx.conf includes them; `manage.py nginx FOLDER` writes them."""

from collections.abc import Iterable

from django.conf import settings
from whitenoise.media_types import MediaTypes

from newsroom import media
from newsroom.pages import common
from newsroom.pages.here import store

FIRST_LINE = "# Written by “manage.py nginx”. Write it anew after every upgrade and every change of the settings; do not edit."
STATIC = ["css", "js", "mjs", "map", "json", "svg", "woff", "woff2", "png", "jpg", "jpeg", "gif", "ico", "webp", "avif", "pdf"]
STATIC += ["txt", "md", "htm", "html", "xml", "webmanifest"]
type Headers = Iterable[tuple[str, str]]
type Types = Iterable[tuple[str, Iterable[str]]]


class CannotBeSaid(Exception):
    """nginx has no way to write this value."""


def parts() -> dict[str, str]:
    """The name and content of each file."""
    pages, every_file = common.of_this_site(), (("Access-Control-Allow-Origin", "*"),)  # as WhiteNoise says of static files
    return {
        "pages.conf": part(f"root {quoted(store().tree)};", pages.headers, ((kind, [end]) for end, kind in common.TYPES.items())),
        "media.conf": part(
            f"root {quoted(settings.MEDIA_ROOT.parent)};", (*media.KEPT_FOR_EVER, *common.protection()), media.SERVED.items()
        ),
        "static.conf": part(
            f"alias {quoted(f'{settings.STATIC_ROOT}/')};", (*every_file, *common.protection(frames=False)), static_types()
        ),
    }


def static_types() -> Types:
    """As WhiteNoise sends them."""
    for ending in STATIC:
        kind = MediaTypes().get_type(f"a.{ending}")
        yield f'{kind}; charset="utf-8"' if kind.startswith("text/") else kind, [ending]


def part(place: str, headers: Headers, types: Types) -> str:
    lines = [FIRST_LINE, place]
    lines += ["types {", *(f"    {quoted(kind)} {' '.join(endings)};" for kind, endings in types), "}"]
    lines += [f"add_header {name} {quoted(value)} always;" for name, value in headers]
    return "\n".join(lines) + "\n"


def quoted(value: object) -> str:
    """A string of nginx's. There is no sign that keeps it from reading a `$` as the beginning of a variable."""
    text = str(value)
    if "$" in text or "\n" in text:
        raise CannotBeSaid(f"nginx cannot be told “{text}”: it takes $ for the beginning of a variable.")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
