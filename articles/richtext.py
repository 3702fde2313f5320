"""Rich text: what an editor may write, what the editor's schema keeps, and what nh3 lets in. One list for all three."""

import re
from typing import Any
from urllib.parse import unquote, urlsplit

import nh3
from django.conf import settings
from django_prose_editor.fields import ProseEditorField

from articles.widgets import ProseWidget

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "strong", "em", "s", "sub", "sup", "code", "pre", "a", "blockquote",
    "ul", "ol", "li", "figure", "figcaption", "img", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),  # nh3 would let `title` and `lang` in everywhere
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "th": {"rowspan", "colspan"},
    "td": {"rowspan", "colspan"},
}
SCHEMES = {"http", "https", "mailto", "tel"}
NUMERIC = {"width", "height", "start", "rowspan", "colspan"}

# What neither HTML nor Postgres takes: controls (but tab and line ends), lone surrogates, noncharacters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

_CONTROL = re.compile("[\x00-\x1f\x7f]")

EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Strike": True,
    "Subscript": True,
    "Superscript": True,
    "Code": True,
    "CodeBlock": True,
    "Heading": {"levels": [2, 3, 4]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HorizontalRule": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": sorted(SCHEMES)},
    "Table": True,
    "Figure": True,
    "Image": True,
    "Caption": True,
    "HTML": True,
    "SpecialCharacters": True,
}


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name in NUMERIC:
        return value if re.fullmatch(r"[0-9]{1,5}", value) else None
    if name == "href":
        return None if _CONTROL.search(value) else value
    if name == "src":
        return value if is_our_picture(value) else None
    return value


def is_our_picture(address: str) -> bool:
    """Pictures in a text are our own files: no third-party request from a reader's browser."""
    return address.startswith(settings.MEDIA_URL) and ".." not in unquote(urlsplit(address).path)


_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    url_schemes=SCHEMES,
    attribute_filter=_attribute,
    clean_content_tags={
        "script",
        "style",
        "template",
        "noscript",
        "iframe",
        "object",
        "svg",
        "math",
        "title",
        "textarea",
    },
    link_rel=None,
    strip_comments=True,
)


def sanitise(html: str) -> str:
    """HTML without anything but the tags, attributes and schemes above; a picture without a source of ours is dropped.

    A heading of level one becomes level two: the page has its own `h1`. Never raises.
    """
    html = re.sub(r"<(/?)h1(?=[\s>])", r"<\1h2", _UNWRITABLE.sub("", html), flags=re.IGNORECASE)
    clean = re.sub(r"<img(?![^>]* src=)[^>]*>", "", _cleaner.clean(html))
    return "" if re.fullmatch(r"(\s|<p>(\s|<br>|&nbsp;)*</p>)*", clean) else clean


class RichTextField(ProseEditorField):
    """A text column of sanitised HTML, edited with the prose editor."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("extensions", dict(EXTENSIONS))
        kwargs.setdefault("sanitize", sanitise)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**kwargs | {"widget": ProseWidget})
