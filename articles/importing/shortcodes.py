"""WordPress's shortcodes: `[caption]…[/caption]`, `[gallery ids="1,2"]`, and whatever plug-ins brought.

Which words in brackets a site's plug-ins understood, an export does not tell. Taken for shortcodes are: WordPress's own,
any with attributes (`name="value"`), with a closing tag, closed in themselves (`/]`) or with an underscore in the name.
“[sic]” and “[applause]” stay what they are. The tags of unknown ones go, their content stays.
"""

import html
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

TAG = re.compile(r"\[(\[?)(/?)([A-Za-z][A-Za-z0-9_-]*+)((?:[\s=/][^\[\]]{0,4000}+)?)\](\]?)")
ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|&quot;(.*?)&quot;|([^\s"']+))|"([^"]*)"|'([^']*)'|(\S+)""")
HAS_ATTRIBUTE = re.compile(r"""\s[\w-]+\s*=\s*["'\w&]""")
ADDRESS = re.compile(r"""https?://[^\s"'<>\]\[]+""")
CODE = {
    "code",
    "sourcecode",
    "source",
    "highlight",
    "codeblock",
    "php",
    "python",
    "css",
    "javascript",
    "js",
    "ruby",
    "bash",
    "sql",
}
MEDIA = {
    *("embed", "audio", "video", "playlist", "youtube", "vimeo", "dailymotion", "tweet", "twitter", "instagram", "facebook"),
    *("soundcloud", "spotify", "tiktok", "ted", "gist", "slideshare", "scribd", "googlemaps", "wpvideo", "videopress", "flickr"),
    *("iframe", "embedyt", "fvplayer", "podcast", "gview", "pdf", "pdf-embedder", "documentcloud"),
}
OWN = {"caption", "wp_caption", "gallery", *CODE, *MEDIA}
BY_NUMBER = {
    "youtube": "https://www.youtube.com/watch?v={}",
    "vimeo": "https://vimeo.com/{}",
    "dailymotion": "https://www.dailymotion.com/video/{}",
    "tweet": "https://twitter.com/i/status/{}",
    "twitter": "https://twitter.com/i/status/{}",
    "wpvideo": "https://videopress.com/v/{}",
    "videopress": "https://videopress.com/v/{}",
    "ted": "https://www.ted.com/talks/{}",
    "gist": "https://gist.github.com/{}",
}


@dataclass(slots=True)
class Shortcode:
    name: str
    attributes: dict[str, str]
    values: list[str]  # attributes without a name
    text: str  # the opening tag as it stands


@dataclass(slots=True)
class _Frame:
    code: Shortcode | None
    parts: list[str] = field(default_factory=list)


def expand(text: str, render: Callable[[Shortcode, str], str]) -> str:
    """The text with `render(shortcode, content)` in each shortcode's place; escaped ones (`[[name]]`) unescaped."""
    if "[" not in text:
        return text
    tags = list(TAG.finditer(text))
    closers, ends = dict[str, int](), dict[str, list[int]]()
    for tag in tags:
        if tag[2]:
            closers[tag[3].lower()] = closers.get(tag[3].lower(), 0) + 1
            if not tag[4]:
                ends.setdefault(tag[3].lower(), []).append(tag.start(2) - 1)
    frames, at, taken = [_Frame(None)], 0, set[str]()
    for tag in tags:
        if tag.start() < at:  # inside code that was taken as a whole
            continue
        name = tag[3].lower()
        frames[-1].parts.append(text[at : tag.start()])
        at = tag.end()
        if tag[1] and tag[5]:
            frames[-1].parts.append(tag[0][1:-1])
        elif tag[2]:
            _close(frames, name, taken, tag, render)
            closers[name] -= 1
        elif not _is_shortcode(tag, closers.get(name, 0)):
            frames[-1].parts.append(tag[0])
        else:
            taken.add(name)
            code = _parsed(tag)
            end = _next(ends.get(name, []), at) if name in CODE and not single(tag) else -1
            if end >= 0:
                frames[-1].parts += [tag[1], render(code, text[at:end])]
                at = end + len(name) + 3
                closers[name] -= 1
            elif closers.get(name, 0) > 0 and not single(tag):
                frames[-1].parts.append(tag[1])
                frames.append(_Frame(code))
            else:
                frames[-1].parts += [tag[1], render(code, ""), tag[5]]
    frames[-1].parts.append(text[at:])
    while len(frames) > 1:
        _give_up(frames, render)
    return "".join(frames[0].parts)


def _next(places: list[int], at: int) -> int:
    """The first place that is not before `at`, or -1."""
    found = bisect_left(places, at)
    return places[found] if found < len(places) else -1


def single(tag: re.Match[str]) -> bool:
    """Closed in itself: `[name /]`."""
    return tag[4].endswith("/")


def _is_shortcode(tag: re.Match[str], closers: int) -> bool:
    name = tag[3].lower()
    return bool(name in OWN or closers > 0 or single(tag) or "_" in name or HAS_ATTRIBUTE.search(tag[4]))


def _close(frames: list[_Frame], name: str, taken: set[str], tag: re.Match[str], render: Callable[[Shortcode, str], str]) -> None:
    if not any(frame.code and frame.code.name == name for frame in frames):
        if name not in taken:
            frames[-1].parts.append(tag[0])
        return
    while frames[-1].code and frames[-1].code.name != name:
        _give_up(frames, render)
    frame = frames.pop()
    frames[-1].parts += [render(frame.code, "".join(frame.parts)), tag[5]]  # type: ignore[arg-type]


def _give_up(frames: list[_Frame], render: Callable[[Shortcode, str], str]) -> None:
    """An opening tag that nothing closes stands for itself; what came after it is no content of its."""
    frame = frames.pop()
    frames[-1].parts += [render(frame.code, ""), *frame.parts]  # type: ignore[arg-type]


def _parsed(tag: re.Match[str]) -> Shortcode:
    code = Shortcode(tag[3].lower(), {}, [], tag[0])
    for found in ATTRIBUTE.finditer(tag[4].lstrip("= ").removesuffix("/")):
        name, *values = found.groups()
        value = html.unescape(next((value for value in values if value is not None), ""))
        if name:
            code.attributes.setdefault(name.lower(), value)
        else:
            code.values.append(value)
    return code


def media_addresses(code: Shortcode, content: str) -> Iterator[str]:
    """What a shortcode that embeds something points at."""
    found = ADDRESS.findall(html.unescape(f"{code.text} {content}"))
    if not found and code.name in BY_NUMBER:
        numbers = [code.attributes.get("id", ""), *code.values, content.strip()]
        found = [BY_NUMBER[code.name].format(number) for number in numbers if re.fullmatch(r"[\w/-]{4,60}", number)][:1]
    yield from dict.fromkeys(found)
