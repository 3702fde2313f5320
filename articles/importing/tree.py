"""HTML of any kind → a small tree that can be relied upon: every tag closed, nothing deeper than a page needs.

nh3 (a browser's parser) makes the tree's text; what it makes is so regular that a pattern can read it.
"""

import html
import re
from dataclasses import dataclass, field

import nh3

from articles import richtext

DEPTH = 60
VOID = {"img", "br", "hr", "embed", "source", "wbr"}
KNOWN = richtext.TAGS | {
    *("div", "section", "article", "aside", "header", "footer", "main", "nav", "center", "address", "details", "summary"),
    *("fieldset", "legend", "form", "dl", "dt", "dd", "h1", "h5", "h6", "b", "i", "strike", "del", "tt", "kbd", "samp", "var"),
    *("cite", "q", "dfn", "caption", "tfoot", "picture", "embed", "object", "video", "audio", "source"),
}
ATTRIBUTES: dict[str, set[str]] = {
    **richtext.ATTRIBUTES,
    "a": {"href", "title", "class"},
    "img": {"src", "alt", "title", "width", "height", "class", "data-src", "data-lazy-src", "data-orig-file", "data-id"},
    "embed": {"src", "data-src", "title"},
    "object": {"data"},
    "video": {"src"},
    "audio": {"src"},
    "source": {"src"},
    "ul": {"class"},
    "div": {"class"},
    "figure": {"class"},
}
TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s[^\s=>]+="[^"]*")*)\s*/?>')
BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
ATTRIBUTE = re.compile(r'\s([^\s=>]+)="([^"]*)"')
BLOCKS = {
    *("p", "div", "section", "article", "aside", "header", "footer", "main", "nav", "center", "address", "details", "summary"),
    *("fieldset", "legend", "form", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre"),
    *("table", "figure", "hr", "embed", "object", "video", "audio", "img", "picture"),
}

_cleaner = nh3.Cleaner(
    tags=KNOWN,
    attributes=ATTRIBUTES,
    url_schemes=richtext.SCHEMES | {"ftp", "data"},
    clean_content_tags={"script", "style", "template", "noscript", "svg", "math", "title", "textarea", "select"},
    link_rel=None,
)


@dataclass(slots=True)
class Node:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Node | str]" = field(default_factory=list)  # text is HTML: escaped
    has_block: bool = False  # something in it stands on lines of its own

    def get(self, name: str) -> str:
        return html.unescape(self.attributes.get(name, "")).strip()

    def text(self) -> str:
        """Its words, unescaped, on one line."""
        parts: list[str] = []
        _gather(self, parts)
        return " ".join(html.unescape("".join(parts)).split())


def _gather(node: Node, parts: list[str]) -> None:
    for child in node.children:
        if isinstance(child, str):
            parts.append(child)
        else:
            _gather(child, parts)
            if child.tag in BLOCKS or child.tag == "br":
                parts.append(" ")


def parse(markup: str, *, classic: bool = False) -> Node:
    """`classic`: a blank line in a text ends a paragraph, so what holds one counts as holding blocks."""
    # What stands inside an <iframe> is no markup to a browser's parser, nor would it be escaped; an <embed> is empty.
    clean = _cleaner.clean(re.sub(r"<iframe\b", "<embed", richtext.bounded(markup.replace("\x00", "")), flags=re.IGNORECASE))
    root = Node("")
    stack, at, beyond = [root], 0, 0
    for tag in TAG.finditer(clean):
        if tag.start() > at:
            text = clean[at : tag.start()]
            stack[-1].children.append(text)
            if classic and len(stack) > 1 and BLANK_LINE.search(text.strip()):
                for above in stack[1:]:
                    above.has_block = True
        at = tag.end()
        closing, name, attributes = tag.groups()
        if closing:
            if beyond:
                beyond -= 1
            elif stack[-1].tag == name:
                stack.pop()
            continue
        node = Node(name, dict(ATTRIBUTE.findall(attributes)) if attributes else {})
        if name in VOID:
            stack[-1].children.append(node)
        elif len(stack) < DEPTH:
            stack[-1].children.append(node)
            stack.append(node)
        else:
            beyond += 1
        if name in BLOCKS:
            for above in stack[1:]:
                above.has_block |= above is not node
    if at < len(clean):
        stack[-1].children.append(clean[at:])
    return root
