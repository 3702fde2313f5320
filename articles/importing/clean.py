"""A text as WordPress kept it → the HTML of an article, and a note of everything that could not come along."""

import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import nh3

from articles import richtext
from articles.importing import blocks, shortcodes, tree
from articles.importing.flow import Flow, source
from articles.importing.tree import Node
from articles.importing.writable import writable

MISSING = "picture that is not here, now a link to where it was"
LONGEST_TEXT = 4_000_000  # characters, without the pictures that a word processor pasted into it
EMBEDDED = re.compile(r"data:[a-z]{1,20}/[a-z0-9.+-]{1,40};base64,[A-Za-z0-9+/=\s]{200,}+")
AMPERSANDS = 20_000
HARMLESS = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(?!#0*(?:3[489]|6[02]);)(?!#[xX]0*(?:2[267]|3[cCeE]);)#?\w{1,32};")
STAND_IN = re.compile(r'<p><a href="([^"]*)"[^>]*>[^<]*</a>(?:<br>(?:(?!</p>).)*+)?</p>', re.DOTALL)
FULL = re.compile(r"https?://[A-Za-z0-9.-]+(?:[/?#]|$)")
GONE = re.compile(r"<(script|style|form|input|select|textarea|svg|math|applet|marquee|canvas)\b", re.IGNORECASE)
TRACKERS = re.compile(r"//(?:pixel|stats|counter|feeds\.feedburner|feedads|b\.scorecardresearch|www\.google-analytics)\b[^/]*/")
SILENT_BLOCKS = {"more", "nextpage", "separator", "spacer", "post-content"}
DEEPEST_REUSE = 10
REUSED = 1_000_000  # characters of reusable blocks in one text
PLAIN = nh3.Cleaner(tags=set(), clean_content_tags={"script", "style", "template"})


@dataclass(slots=True)
class Attachment:
    address: str = ""
    file: str = ""  # its path below wp-content/uploads
    alt: str = ""
    caption: str = ""
    credit: str = ""


@dataclass
class Library:
    """What a text may ask of the rest of the export. The defaults know nothing."""

    attachment: Callable[[str], Attachment | None] = lambda number: None
    attached_to: Callable[[str], list[str]] = lambda post: []
    reusable: Callable[[str], str] = lambda number: ""
    image: Callable[[str, str], dict[str, Any] | None] = lambda address, number: None  # src, width, height of one of ours
    address: Callable[[str], str] = lambda address: ""  # our own page for a full address on the former site


@dataclass
class Text:
    """One text on its way. Implements flow.Surroundings."""

    library: Library
    base: str = ""  # what relative addresses are relative to
    post: str = ""  # the number of the post it belongs to
    footnotes: str = ""  # JSON that the block editor keeps beside the text
    losses: list[tuple[str, str]] = field(default_factory=list)
    stand_ins: set[str] = field(default_factory=set)  # addresses of links that stand where pictures and players were
    reusing: list[str] = field(default_factory=list)  # the reusable blocks we are inside of
    reused: int = 0  # characters that came from reusable blocks

    def clean(self, content: str) -> str:
        """The article's body. `losses` tells what was left behind: (what, where or which)."""
        content = EMBEDDED.sub("data:,", content)
        if len(content) > LONGEST_TEXT:
            self.lost("text longer than four million characters, left out")
            return ""
        for name in GONE.findall(content):
            self.lost(f"<{name.lower()}>, left out")
        return richtext.sanitise(self.flow(self.bounded(content)))

    def bounded(self, content: str) -> str:
        """A browser's parser takes a time that grows with the square of the number of `&` in a text."""
        if content.count("&") <= AMPERSANDS:
            return content
        content = HARMLESS.sub(lambda reference: html.unescape(reference[0]), content)
        head, *rest = content.split("&", AMPERSANDS)
        if rest[AMPERSANDS - 1 :]:
            self.lost("text with more than 20,000 “&”: those beyond left out")
            rest[-1] = rest[-1].replace("&", "")
        return "&".join([head, *rest])

    def flow(self, content: str) -> str:
        return "\n".join(
            Flow(self, classic=stretch.classic).run(
                tree.parse(shortcodes.expand(stretch.html, self.shortcode), classic=stretch.classic)
            )
            for stretch in blocks.stretches(content, self.dynamic_block)
        )

    def lost(self, what: str, detail: str = "") -> None:
        self.losses.append((writable(what), writable(detail[:500])))

    def stands_in(self, address: str) -> None:
        self.stand_ins.add(address)

    def without_stand_ins(self, body: str) -> str:
        """The body without the paragraphs that are but a link in the place of a picture, with its caption."""
        return STAND_IN.sub(lambda found: "" if html.unescape(found[1]) in self.stand_ins else found[0], body)

    # Blocks and shortcodes

    def dynamic_block(self, name: str, attributes: dict[str, object]) -> str:
        number = str(attributes.get("ref", ""))
        if name == "block" and (content := self.library.reusable(number)):
            return self.reusable(number, content)
        if name == "footnotes" and self.footnotes:
            return footnotes(self.footnotes)
        if name not in SILENT_BLOCKS:
            self.lost(f"block “{name}”, which has no text of its own", str(attributes.get("url", number)))
        return ""

    def reusable(self, number: str, content: str) -> str:
        """Never inside itself, and only so much of them in one text: three that name each other would else fill the memory."""
        if number in self.reusing or len(self.reusing) >= DEEPEST_REUSE:
            self.lost("reusable block that stands in itself, left out", f"number {number}")
            return ""
        self.reused += len(content)
        if self.reused > REUSED:
            self.lost("reusable blocks of more than a million characters in one text: those beyond left out", f"number {number}")
            return ""
        self.reusing.append(number)
        inner = "".join(stretch.html for stretch in blocks.stretches(content, self.dynamic_block))
        self.reusing.pop()
        return inner

    def shortcode(self, code: shortcodes.Shortcode, content: str) -> str:
        name = code.name
        if name in {"caption", "wp_caption"}:
            return self.captioned(code, content)
        if name in shortcodes.CODE:
            return f"\n\n<pre><code>{html.escape(html.unescape(content).strip(chr(10)), quote=False)}</code></pre>\n\n"
        if name == "gallery":
            return self.gallery(code)
        if name == "playlist":
            code.values += [file.address for number in numbers(code) if (file := self.library.attachment(number))]
            code.text += " ".join(code.values)
        if name in shortcodes.MEDIA:
            addresses = list(shortcodes.media_addresses(code, content))
            if addresses:
                self.stand_ins.update(addresses)
                return "".join(f'\n\n<p><a href="{html.escape(each)}">{html.escape(each)}</a></p>\n\n' for each in addresses)
        self.lost(f"shortcode [{name}]", code.text)
        return content

    def captioned(self, code: shortcodes.Shortcode, content: str) -> str:
        caption = code.attributes.get("caption", "")
        if not caption:
            *picture, caption = re.split(r"(<img\b[^>]*>(?:\s*</a>)?)", content, maxsplit=1, flags=re.IGNORECASE)
            content = "".join(picture)
        return f"\n\n<figure>{content}<figcaption>{caption.strip()}</figcaption></figure>\n\n"

    def gallery(self, code: shortcodes.Shortcode) -> str:
        asked = numbers(code)
        excluded = set(re.findall(r"\d+", code.attributes.get("exclude", "")))
        chosen = asked or [n for n in self.library.attached_to(code.attributes.get("id", "") or self.post) if n not in excluded]
        parts = []
        for number in chosen:
            file = self.library.attachment(number)
            if file is None:
                self.lost("picture of a gallery that is not in the file", f"number {number}")
                continue
            parts.append(
                f'\n\n<figure><img class="wp-image-{number}" src="{html.escape(file.address)}" alt="{html.escape(file.alt)}">'
                f"<figcaption>{html.escape(file.caption, quote=False)}</figcaption></figure>\n\n"
            )
        if not parts:
            self.lost("gallery without pictures", code.text)
        return "".join(parts)

    # What flow.Flow asks

    def picture(self, node: Node) -> str:
        number = re.search(r"\bwp-image-(\d+)", node.get("class"))
        address = self.original(source(node))
        image = self.library.image(address, number[1] if number else node.get("data-id"))
        if image is None:
            pasted = source(node).startswith("data:")
            self.lost("picture pasted into the text, left out" if pasted else MISSING, address)
            return ""
        attributes = {"src": image["src"], "alt": node.get("alt") or image.get("alt", "")}
        attributes |= {name: str(image[name]) for name in ("width", "height")}
        return "<img" + "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items()) + ">"

    def original(self, address: str) -> str:
        full = address.strip()
        if FULL.match(full):
            return full
        try:
            full = urljoin(self.base, full)
            parts = urlsplit(full)
        except ValueError:
            return ""
        return full if parts.scheme in {"http", "https"} and parts.netloc else ""

    def link(self, address: str) -> str:
        if not address or address.startswith("#"):
            return ""
        if re.match(r"(?:mailto|tel):", address, re.IGNORECASE):
            return address
        full = self.original(address)
        return (self.library.address(full) or full) if full else ""

    def ornament(self, node: Node) -> str | None:
        address = source(node)
        if re.search(r"\b(?:wp-smiley|emoji)\b", node.get("class")) and node.get("alt"):
            return node.get("alt")
        if {node.get("width"), node.get("height")} <= {"0", "1"} or TRACKERS.search(address):
            self.lost("tracking pixel", address)
            return ""
        return None


def numbers(code: shortcodes.Shortcode) -> list[str]:
    return re.findall(r"\d+", code.attributes.get("ids") or code.attributes.get("include") or "")


def footnotes(notes: str) -> str:
    try:
        items = [writable(str(note["content"])) for note in json.loads(notes)]
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    return "<ol>" + "".join(f"<li>{item}</li>" for item in items) + "</ol>"


def plain(markup: str) -> str:
    """One line of text without markup: a headline, a name, an excerpt."""
    if "<" not in markup and "&" not in markup:
        return " ".join(markup.split())
    spaced = re.sub(r"<(?=/?(?:p|br|div|li|h[1-6])\b)", " <", markup[:50_000])
    return " ".join(html.unescape(PLAIN.clean(richtext.bounded(spaced))).split())
