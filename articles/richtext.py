"""Rich text: what an editor may write, what the editor's schema keeps, and what nh3 lets in. One list for all three."""

import re
from collections import Counter
from typing import Any
from urllib.parse import unquote, urlsplit

import nh3
from django.conf import settings
from django.core.exceptions import ValidationError
from django_prose_editor.fields import ProseEditorField

from articles import embeds, pasting
from articles.widgets import ProseWidget

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "strong", "em", "s", "sub", "sup", "code", "pre", "a", "blockquote",
    "ul", "ol", "li", "figure", "figcaption", "img", "table", "thead", "tbody", "tr", "th", "td", "aside", "span",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),  # nh3 would let `title` and `lang` in everywhere
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "th": {"rowspan", "colspan"},
    "td": {"rowspan", "colspan"},
    "aside": {"class"},
    "figure": {"class"},
    "span": {"class"},
}
# The only ones there are. An aside or a span without one of them means nothing: its words stay, it goes.
CLASSES = {"aside": {"pull-quote", "fact-box"}, "figure": {"embed"}, "span": {"footnote"}}
SCHEMES = {"http", "https", "mailto", "tel"}
NUMERIC = {"width", "height", "start", "rowspan", "colspan"}

# What neither HTML nor Postgres takes: controls (but tab and line ends), lone surrogates, noncharacters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

# A browser's parser takes a time that grows with the square of open elements and of `&`: minutes for a text made for it.
DEPTH = 240
AMPERSANDS = 50_000
_OPENED = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_NEVER_NESTED = {"p", "li", "dd", "dt", "br", "hr", "img", "embed", "meta"}
_NESTED_IN_DRAWINGS = {
    *("wbr", "source", "input", "area", "col", "param", "track", "link"),
    *("td", "th", "tr", "thead", "tbody", "tfoot", "option"),
}

_BARE = re.compile(r"<(/?)(aside|span|a)\b( class=)?[^>]*>")
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
    "PullQuote": True,
    "FactBox": True,
    "Embed": True,
    "Footnote": True,
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
    if name == "class":
        return value if value in CLASSES[tag] else None
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


def bounded(markup: str) -> str:
    """The same text with but the outer of very many open elements: the opening tags of the inner ones go, their words stay."""
    if markup.count("<") < 2000:
        return markup
    drawn = re.search(r"<(?:svg|math)\b", markup, re.IGNORECASE)
    flat = _NEVER_NESTED if drawn else _NEVER_NESTED | _NESTED_IN_DRAWINGS
    opened, depth, parts, at = Counter[str](), 0, list[str](), 0
    for tag in _OPENED.finditer(markup):
        name = tag[2].lower()
        if name in flat or (tag[1] and not opened[name]):
            continue
        if tag[1] or depth < DEPTH:
            step = -1 if tag[1] else 1
            opened[name] += step
            depth += step
        else:
            parts += [markup[at : tag.start()], "<?"]  # to a browser, a comment up to the next “>”
            at = tag.end()
    return "".join(parts) + markup[at:]


def sanitise(html: str) -> str:
    """HTML without anything but the tags, attributes and schemes above; a picture without a source of ours is dropped.

    A heading of level one becomes level two: the page has its own `h1`. Never raises.
    """
    html = re.sub(r"<(/?)h1(?=[\s>])", r"<\1h2", _UNWRITABLE.sub("", html), flags=re.IGNORECASE)
    clean = without_bare(re.sub(r"<img(?![^>]* src=)[^>]*>", "", _cleaner.clean(bounded(html))))
    return "" if re.fullmatch(r"(\s|<p>(\s|<br>|&nbsp;)*</p>)*", clean) else clean


def without_bare(clean: str) -> str:
    """The same well-formed HTML without asides and spans that say nothing, without boxes in boxes, notes in notes and notes in
    links (their number will be one). Their words stay."""
    stays: dict[str, list[bool]] = {"aside": [], "span": [], "a": []}

    def keep(found: re.Match[str]) -> str:
        name, standing = found[2], stays[found[2]]
        if found[1]:
            return found[0] if standing and standing.pop() else ""
        inside = any(standing) or (name == "span" and bool(stays["a"]))
        standing.append(name == "a" or (bool(found[3]) and not inside))
        return found[0] if standing[-1] else ""

    return _BARE.sub(keep, clean)


def taken_in(html: str) -> str:
    """What somebody typed, pasted or posted, as it is kept: the marks of word processors gone, addresses of players on a
    line of their own made embeds, and nothing that is not let in. Never raises."""
    return embeds.settled(sanitise(pasting.clean(bounded(html))))


class RichTextField(ProseEditorField):
    """A text column of sanitised HTML, edited with the prose editor."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("extensions", dict(EXTENSIONS))
        kwargs.setdefault("sanitize", taken_in)
        super().__init__(*args, **kwargs)

    def clean(self, value: Any, model_instance: Any) -> Any:
        if isinstance(value, str) and value.count("&") > AMPERSANDS:
            raise ValidationError(f"This text has more than {AMPERSANDS:,} “&” or escaped characters. Divide it into several.")
        return super().clean(value, model_instance)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**kwargs | {"widget": ProseWidget})
