"""Players, posts and maps of known providers. Kept as `<figure class="embed"><a href="…">title</a></figure>`: a plain link.

For readers that becomes a card. Nothing is asked of a provider before the reader presses its button; where nothing can be
shown in a frame (a post), the card is a link and no more. Pure: no database, no network.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit

from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html

WIDE, LOW, TALL = "wide", "low", "tall"  # shapes of a frame


@dataclass(frozen=True)
class Embed:
    provider: str
    kind: str  # what it is called where nobody gave it a title
    frame: str = ""  # the address that a frame shows; empty: there is none
    shape: str = WIDE


def _youtube(host: str, path: str, query: dict[str, list[str]]) -> Embed | None:
    key = path[1:] if host == "youtu.be" else query.get("v", [""])[0] if path == "/watch" else ""
    if found := re.match(r"/(?:shorts|embed|live|v)/([\w-]+)", path):
        key = found[1]
    if not re.fullmatch(r"[\w-]{6,20}", key):
        return None
    start = re.fullmatch(r"(\d{1,6})s?", (query.get("t") or query.get("start") or [""])[0])
    return Embed("YouTube", "Video", f"https://www.youtube-nocookie.com/embed/{key}" + (f"?start={start[1]}" if start else ""))


def _vimeo(host: str, path: str, query: dict[str, list[str]]) -> Embed | None:
    found = re.fullmatch(r"/(?:video/|channels/[\w-]+/)?(\d{5,12})(?:/([0-9a-f]{6,20}))?/?", path)
    if not found:
        return None
    secret = found[2] or query.get("h", [""])[0]
    secret = f"&h={secret}" if re.fullmatch(r"[0-9a-f]{6,20}", secret) else ""
    return Embed("Vimeo", "Video", f"https://player.vimeo.com/video/{found[1]}?dnt=1{secret}")


def _soundcloud(host: str, path: str, query: dict[str, list[str]]) -> Embed | None:
    if not re.fullmatch(r"/[\w-]+/(?:sets/)?[\w-]+(?:/s-\w+)?/?", path):
        return None
    sound = quote(f"https://soundcloud.com{path}", safe="")
    return Embed("SoundCloud", "Sound", f"https://w.soundcloud.com/player/?url={sound}", LOW)


def _map(host: str, path: str, query: dict[str, list[str]]) -> Embed | None:
    """The export page's own address, or one that its address bar shows is a link."""
    box = query.get("bbox", [""])[0]
    if path == "/export/embed.html" and re.fullmatch(r"-?[\d.]+(?:,-?[\d.]+){3}", box):
        marker = query.get("marker", [""])[0]
        mark = f"&marker={quote(marker, safe='')}" if re.fullmatch(r"-?[\d.]+,-?[\d.]+", marker) else ""
        frame = f"https://www.openstreetmap.org/export/embed.html?bbox={quote(box, safe='')}&layer=mapnik{mark}"
        return Embed("OpenStreetMap", "Map", frame)
    return Embed("OpenStreetMap", "Map") if re.match(r"/(?:$|node/|way/|relation/|directions)", path) else None


def _datawrapper(host: str, path: str, query: dict[str, list[str]]) -> Embed | None:
    found = re.fullmatch(r"/(?:_/)?(\w{5})(?:/(\d+))?/?", path)
    if not found:
        return None
    return Embed("Datawrapper", "Chart", f"https://datawrapper.dwcdn.net/{found[1]}/{found[2] or 1}/", TALL)


def _bluesky(host: str, path: str, query: dict[str, list[str]]) -> Embed | None:
    return Embed("Bluesky", "Post") if re.fullmatch(r"/profile/[\w.:-]+/post/\w+/?", path) else None


PROVIDERS: dict[str, Callable[[str, str, dict[str, list[str]]], Embed | None]] = {
    **dict.fromkeys(("youtube.com", "m.youtube.com", "youtu.be", "youtube-nocookie.com", "music.youtube.com"), _youtube),
    **dict.fromkeys(("vimeo.com", "player.vimeo.com"), _vimeo),
    "soundcloud.com": _soundcloud,
    "openstreetmap.org": _map,
    **dict.fromkeys(("datawrapper.dwcdn.net", "datawrapper.de"), _datawrapper),
    "bsky.app": _bluesky,
}


def known(address: str) -> Embed | None:
    """What an address shows, if it is of a provider that we know."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
        query = parse_qs(parts.query, max_num_fields=50)
        if parts.scheme != "https" or parts.port or parts.username:
            return None
    except ValueError:
        return None
    if host in PROVIDERS:
        return PROVIDERS[host](host, parts.path, query)
    return _peertube(parts.hostname or "", parts.path) or _mastodon(parts.path)


def _peertube(host: str, path: str) -> Embed | None:
    found = re.fullmatch(r"/(?:w|videos/watch|videos/embed)/([\w-]{8,40})/?", path)
    if not found or host not in settings.PEERTUBE_HOSTS:
        return None
    return Embed("PeerTube", "Video", f"https://{host}/videos/embed/{found[1]}")


def _mastodon(path: str) -> Embed | None:
    """Any host may be one: posts have addresses that nothing else has."""
    return Embed("Mastodon", "Post") if re.fullmatch(r"/@\w[\w.-]*(?:@[\w.-]+)?/\d{10,20}/?", path) else None


# -- in a text ------------------------------------------------------------------------------------------------------------

_ALONE = re.compile(
    r'<p>\s*(?:<a href="(https://[^"]+)"[^>]*>\s*([^<]+?)\s*</a>|(https://[^\s<>"]+))\s*(?:<br>)?\s*</p>', re.IGNORECASE
)
_KEPT = re.compile(
    r'<figure class="embed">\s*(?:<p>)?\s*<a href="([^"]*)"[^>]*>((?:(?!</a>).)*)</a>\s*(?:</p>)?\s*'
    r"((?:<figcaption>(?:(?!</?fig).)*</figcaption>)?)\s*</figure>",
    re.DOTALL,
)
_TAG = re.compile(r"<[^>]*>")


def settled(body: str) -> str:
    """An address of a known provider that stands in a paragraph alone becomes an embed. Of sanitised HTML."""
    return _ALONE.sub(_settle, body) if "https://" in body else body


def _settle(found: re.Match[str]) -> str:
    address = html.unescape(found[1] or found[3])
    words = html.unescape(found[2] or address)
    embed = known(address) if words.startswith("https://") else None
    return kept(address, named(embed)) if embed else found[0]


def named(embed: Embed) -> str:
    return f"{embed.kind} at {embed.provider}"


def kept(address: str, title: str) -> str:
    """As it stands in a text."""
    return f'<figure class="embed"><a href="{html.escape(address)}">{html.escape(title, quote=False)}</a></figure>'


def as_cards(body: str) -> str:
    """For readers: each embed as a card, and the module that obeys its button."""
    if 'class="embed"' not in body:
        return body
    body = _KEPT.sub(_card, body)
    return f'{body}<script type="module" src="{static("js/embeds.js")}"></script>' if " data-frame=" in body else body


def _card(found: re.Match[str]) -> str:
    address, caption = html.unescape(found[1]), found[3]
    embed = known(address) or Embed(urlsplit(address).netloc or "Link", "Page")
    title = html.unescape(_TAG.sub("", found[2])).strip() or named(embed)
    link = format_html('<p class="embed-title"><a href="{}">{}</a></p>', address, title)
    head = format_html('<p class="embed-provider">{}</p>', embed.provider)
    if not embed.frame:
        return f'<figure class="embed">{head}{link}{caption}</figure>'
    button = format_html(
        '<p class="embed-offer" hidden><button type="button" class="embed-show" aria-label="{}">Show it here</button> '
        "<span>Only then is anything loaded from {}.</span></p>",
        f"Show it here: {title}",
        embed.provider,
    )
    frame = format_html('<figure class="embed" data-frame="{}" data-shape="{}">', embed.frame, embed.shape)
    return f"{frame}{head}{link}{button}{caption}</figure>"


def as_links(body: str) -> str:
    """For mails and other places that know no cards: a paragraph with the link."""
    return _KEPT.sub(lambda found: f'<p><a href="{found[1]}">{found[2].strip() or found[1]}</a></p>{_caption(found[3])}', body)


def as_words(body: str) -> str:
    """For plain text: title and address."""
    return _KEPT.sub(lambda found: f"<p>{found[2].strip()}: {found[1]}</p>{_caption(found[3])}", body)


def _caption(caption: str) -> str:
    words = caption.removeprefix("<figcaption>").removesuffix("</figcaption>")
    return f"<p>{words}</p>" if words else ""
