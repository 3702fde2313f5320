"""A tree of any HTML → the few blocks and inline tags that our articles are made of.

Loose text becomes paragraphs, as WordPress does it when it shows a page; pictures stand on their own; what cannot
stand in an article (players, frames) becomes a link to where it is.
"""

import html
import re
from typing import Protocol
from urllib.parse import urlsplit

from articles.importing.tree import BLANK_LINE, BLOCKS, Node
from articles.importing.writable import unquoted

INLINE = {"strong": "strong", "b": "strong", "s": "s", "strike": "s", "del": "s", "sub": "sub", "sup": "sup"}
INLINE |= dict.fromkeys(["em", "i", "cite", "dfn", "var"], "em") | dict.fromkeys(["code", "tt", "kbd", "samp"], "code")
HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
ROWS = {"thead": "thead", "tbody": "tbody", "tfoot": "tbody", "tr": "tr"}
FRAMES = {"embed", "object", "video", "audio"}
ADDRESS_ALONE = re.compile(r"https?://[^\s<>\"]+")
PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?)$", re.IGNORECASE)
LEADING = re.compile(r"(?:\s|&nbsp;|<br>)*+")
EMPTY = re.compile(r"(?:\s|&nbsp;|<br>|</?(?:strong|em|s|sub|sup|code)>)*+")


class Surroundings(Protocol):
    """What a text needs to know of the site it came from."""

    def picture(self, node: Node) -> str:
        """`<img …>` for a picture that is in our library, or nothing."""

    def original(self, address: str) -> str:
        """The full address on the former site; nothing where it is none that a link may lead to."""

    def link(self, address: str) -> str:
        """Where a link leads now: to our own page where it was imported, else to the full original address."""

    def ornament(self, node: Node) -> str | None:
        """The text of a smiley, nothing for a tracking pixel; None for a real picture."""

    def lost(self, what: str, detail: str = "") -> None:
        """Note what could not be carried."""

    def stands_in(self, address: str) -> None:
        """Note that a link to this address stands where a picture or player was: it is no part of the text."""


class Flow:
    """Collects blocks. `classic`: line ends mean something, as in texts written before the block editor."""

    def __init__(self, site: Surroundings, *, classic: bool = False) -> None:
        self.site, self.classic = site, classic
        self.blocks: list[str] = []
        self.paragraph: list[str] = []
        self.wrap: list[tuple[str, str]] = []  # inline tags round blocks: repeated inside each

    def run(self, node: Node) -> str:
        self.walk(node)
        self.flush()
        return "\n".join(self.blocks)

    def walk(self, node: Node) -> None:
        for child in node.children:
            if isinstance(child, str):
                self.text(child)
            elif child.tag in BLOCKS:
                self.block(child)
            elif child.has_block:
                self.around_blocks(child)
            else:
                self.add(self.inline(child))

    # Paragraphs

    def text(self, text: str) -> None:
        if not self.classic:
            return self.add(text)
        for number, part in enumerate(BLANK_LINE.split(text)):
            if number:
                self.flush()
            self.add(self.with_breaks(part))
        return None

    def with_breaks(self, text: str) -> str:
        if self.paragraph and self.paragraph[-1].endswith("<br>"):
            text = text.removeprefix("\n")
        return re.sub(r"\n[ \t]*", "<br>", text) if self.classic else text

    def add(self, piece: str) -> None:
        if self.wrap and piece.strip():
            piece = "".join(start for start, _ in self.wrap) + piece + "".join(end for _, end in reversed(self.wrap))
        self.paragraph.append(piece)

    def flush(self) -> None:
        text = trimmed("".join(self.paragraph))
        self.paragraph = []
        if EMPTY.fullmatch(text):
            return
        if ADDRESS_ALONE.fullmatch(text):
            self.site.stands_in(html.unescape(text))
            text = self.anchor(html.unescape(text), text)
        self.blocks.append(f"<p>{text}</p>")

    def around_blocks(self, node: Node) -> None:
        tags = None
        if node.tag in INLINE:
            tags = (f"<{INLINE[node.tag]}>", f"</{INLINE[node.tag]}>")
        elif node.tag == "a" and not self.leads_to_picture(node) and (address := self.site.link(node.get("href"))):
            tags = (f'<a href="{html.escape(address)}">', "</a>")
        if tags:
            self.wrap.append(tags)
        self.walk(node)
        if tags:
            self.wrap.pop()

    # Blocks

    def block(self, node: Node) -> None:
        tag = node.tag
        if tag == "img":
            return self.picture(node)
        self.flush()
        if tag in HEADINGS:
            self.put(HEADINGS[tag], self.inlines(node))
        elif tag in {"ul", "ol"} and "gallery" not in node.get("class"):
            self.list(node)
        elif tag == "blockquote":
            self.put("blockquote", self.inner(node))
        elif tag == "pre":
            self.put("pre", self.preformatted(node), keep_space=True)
        elif tag == "table":
            self.table(node)
        elif tag == "figure":
            self.figure(node)
        elif tag == "hr":
            self.blocks.append("<hr>")
        elif tag in FRAMES:
            self.frame(node)
        elif tag in {"dt", "summary", "legend"}:
            self.put("p", f"<strong>{inline}</strong>" if (inline := self.inlines(node).strip()) else "")
        else:
            self.walk(node)
        return self.flush()

    def put(self, tag: str, content: str, *, keep_space: bool = False, attributes: str = "") -> None:
        content = content if keep_space else content.strip()
        if not EMPTY.fullmatch(content):
            self.blocks.append(f"<{tag}{attributes}>{content}</{tag}>")

    def inner(self, node: Node) -> str:
        return Flow(self.site, classic=self.classic).run(node)

    def list(self, node: Node) -> None:
        items = []
        for child in node.children:
            if isinstance(child, Node):
                content = self.inner(child) if child.has_block else self.inlines(child).strip()
                if child.tag != "li":
                    content = self.inner(Node("", children=[child]))
                items.append(f"<li>{content}</li>" if content else "")
            elif child.strip():
                items.append(f"<li>{child.strip()}</li>")
        start = node.get("start")
        self.put(node.tag, "".join(items), attributes=f' start="{start}"' if node.tag == "ol" and start.isdecimal() else "")

    def table(self, node: Node) -> None:
        caption = "".join(self.inlines(child) for child in node.children if isinstance(child, Node) and child.tag == "caption")
        self.put("table", self.rows(node))
        self.put("p", caption)

    def rows(self, node: Node) -> str:
        parts = []
        for child in node.children:
            if not isinstance(child, Node) or child.tag == "caption":
                continue
            if child.tag in {"td", "th"}:
                spans = "".join(f' {name}="{child.get(name)}"' for name in ("colspan", "rowspan") if child.get(name).isdecimal())
                content = self.inner(child) if child.has_block else self.inlines(child).strip()
                parts.append(f"<{child.tag}{spans}>{content}</{child.tag}>")
            elif child.tag in ROWS:
                parts.append(f"<{ROWS[child.tag]}>{self.rows(child)}</{ROWS[child.tag]}>")
        return "".join(parts)

    # Pictures

    def figure(self, node: Node) -> None:
        """A picture with its caption; of anything else, its parts and the caption as a paragraph."""
        captions = [child for child in node.children if isinstance(child, Node) and child.tag == "figcaption"]
        caption = "<br>".join(filter(None, (self.inlines(each).strip() for each in captions)))
        inside = Flow(self.site, classic=False)
        inside.wrap = list(self.wrap)
        inside.walk(Node("", children=[child for child in node.children if child not in captions]))
        inside.flush()
        blocks = inside.blocks
        if caption and len(blocks) == 1 and blocks[0].endswith("</figure>") and "<figcaption>" not in blocks[0]:
            blocks = [blocks[0].removesuffix("</figure>") + f"<figcaption>{caption}</figcaption></figure>"]
        elif caption and len(blocks) == 1 and re.fullmatch(r"<p><a [^>]*>[^<]*</a></p>", blocks[0]):
            blocks = [blocks[0].removesuffix("</p>") + f"<br>{caption}</p>"]
        elif caption:
            blocks = [*blocks, f"<p>{caption}</p>"]
        self.blocks += blocks

    def picture(self, node: Node) -> None:
        """On its own where it is ours; else a link to where it was."""
        if (ornament := self.site.ornament(node)) is not None:
            return self.add(html.escape(ornament, quote=False))
        if image := self.site.picture(node):
            self.flush()
            starts, ends = "".join(start for start, _ in self.wrap), "".join(end for _, end in reversed(self.wrap))
            self.blocks.append(f"<figure>{starts}{image}{ends}</figure>")
        elif link := self.missing(node):
            self.flush()
            if any(start.startswith("<a ") for start, _ in self.wrap):
                self.add(html.escape(node.get("alt") or node.get("title") or "Link", quote=False))
                link = f" ({link})"
            self.paragraph.append(link)
            self.flush()
        return None

    def missing(self, node: Node) -> str:
        address = self.site.original(source(node))
        name = unquoted(urlsplit(address).path).rsplit("/", 1)[-1]
        self.site.stands_in(address)
        label = node.get("alt") or node.get("title") or name or "Picture"
        return self.anchor(address, html.escape(label, quote=False)) if address else ""

    def leads_to_picture(self, node: Node) -> bool:
        """WordPress links a picture to its own file or page: of no use to a reader who sees the picture."""
        try:
            address = urlsplit(node.get("href"))
        except ValueError:  # “//[broken”
            return False
        return any(pictures(node)) and bool(PICTURE_FILE.search(address.path) or "attachment_id" in address.query)

    def frame(self, node: Node) -> None:
        """A link to what a frame or player would have shown."""
        sources = [node, *(child for child in node.children if isinstance(child, Node) and child.tag in {"source", "embed"})]
        addresses = [each.get(name) for each in sources for name in ("src", "data-src", "data") if each.get(name)]
        address = next(filter(None, map(self.site.original, addresses)), "")
        if address:
            self.site.lost("player or frame, now a link", address)
            self.site.stands_in(address)
            self.put("p", self.anchor(address, html.escape(node.get("title") or address, quote=False)))
        else:
            self.site.lost("player or frame without an address")
            self.walk(node)

    # Inside a line

    def inlines(self, node: Node) -> str:
        parts = []
        for child in node.children:
            if isinstance(child, str):
                parts.append(self.with_breaks(child) if self.classic and child.strip() else child)
            else:
                parts.append(self.inline(child))
        return "".join(parts)

    def inline(self, node: Node) -> str:
        tag = node.tag
        if tag == "br":
            return "<br>"
        if tag == "img":
            return self.inline_picture(node)
        if tag in FRAMES:
            inside = Flow(self.site)
            inside.frame(node)
            return " ".join(inside.blocks).replace("<p>", "").replace("</p>", "")
        content = self.inlines(node)
        if tag in INLINE:
            return f"<{INLINE[tag]}>{content}</{INLINE[tag]}>" if content.strip() else content
        if tag == "a":
            return self.a(node, content)
        if tag == "q":
            return f"“{content}”"
        return f" {content} " if tag in BLOCKS else content

    def preformatted(self, node: Node) -> str:
        """The text of a `<pre>`, line ends and all, `<code>` kept."""
        parts = []
        for child in node.children:
            if isinstance(child, str):
                parts.append(child)
            elif child.tag == "br":
                parts.append("\n")
            elif child.tag == "img":
                parts.append(self.inline_picture(child))
            else:
                inside = self.preformatted(child)
                parts.append(f"<code>{inside}</code>" if child.tag == "code" else inside)
        return "".join(parts)

    def a(self, node: Node, content: str) -> str:
        if not content.strip() or "wp-block-file__button" in node.get("class"):
            return ""
        if "<a " in content:
            if not self.leads_to_picture(node):
                self.site.lost("link round a picture that is missing", node.get("href"))
            return content
        address = self.site.link(node.get("href"))
        return self.anchor(address, content, node.get("title")) if address else content

    def anchor(self, address: str, content: str, title: str = "") -> str:
        told = f' title="{html.escape(title)}"' if title else ""
        return f'<a href="{html.escape(address)}"{told}>{content}</a>'

    def inline_picture(self, node: Node) -> str:
        if (ornament := self.site.ornament(node)) is not None:
            return html.escape(ornament, quote=False)
        return self.site.picture(node) or self.missing(node)


def source(node: Node) -> str:
    """Where a picture really is: plug-ins that load late hide it behind a placeholder."""
    names = ("data-orig-file", "data-lazy-src", "data-src", "src")
    return next((value for name in names if (value := node.get(name)) and not value.startswith("data:")), node.get("src"))


def pictures(node: Node) -> list[Node]:
    found: list[Node] = []
    for child in node.children:
        if isinstance(child, Node):
            found += [child] if child.tag == "img" else pictures(child)
    return found


def trimmed(text: str) -> str:
    """Without space and line breaks at both ends."""
    start, end = LEADING.match(text).end(), len(text)  # type: ignore[union-attr]
    while end > start:
        if text[end - 1].isspace():
            end -= 1
        elif text.endswith("<br>", start, end):
            end -= 4
        elif text.endswith("&nbsp;", start, end):
            end -= 6
        else:
            break
    return text[start:end]
