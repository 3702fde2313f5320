"""What word processors, Google Docs and web pages leave in a text, taken out or turned into what it means.

The editor does the same while somebody pastes (static/js/desk-paste.js); this is for whoever posts HTML. Pure: no database.
What has none of their marks comes back as it was. `richtext.sanitise` decides afterwards what is let in.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import etree, html
from lxml.html import HtmlElement

MARKS = re.compile(
    r"<(?:b|i|u|del|strike|font|div|section|article|main|center|h[56]|o:p|!|meta|style|xml)\b|<!|\bstyle=|\bclass=\"?Mso|"
    r"[?&;](?:utm_\w+|fbclid|gclid|mc_eid|igshid|mkt_tok)=|//www\.google\.com/url\?",
    re.IGNORECASE,
)
SILENT = re.compile(
    r"<!--\[if|<!--|<(head|style|xml|script|title)\b[^>]*>|<(?:meta|link)\b[^>]*>|<!\[(?:if|endif)[^>]*>|<\?xml[^>]*>",
    re.IGNORECASE,
)
TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|mkt_tok|_hsenc|_hsmi|ref_src|yclid", re.IGNORECASE)
RENAMED = {"b": "strong", "i": "em", "del": "s", "strike": "s", "h5": "h4", "h6": "h4"}
MEANS = [
    ("strong", re.compile(r"(?<![\w-])font-weight:\s*(?:bold|bolder|[6-9]00)", re.IGNORECASE)),
    ("em", re.compile(r"(?<![\w-])font-style:\s*(?:italic|oblique)", re.IGNORECASE)),
    ("s", re.compile(r"text-decoration[^;:]*:[^;]*line-through", re.IGNORECASE)),
    ("sup", re.compile(r"vertical-align:\s*super", re.IGNORECASE)),
    ("sub", re.compile(r"vertical-align:\s*sub(?!\w)", re.IGNORECASE)),
]
PLAIN = re.compile(r"(?<![\w-])font-(?:weight|style):\s*(?:normal|400)", re.IGNORECASE)
BLOCKS = {
    *("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre", "table", "figure", "hr", "aside"),
    *("div", "section", "article", "main", "header", "footer", "nav", "center"),
}
BOXES = {"div", "section", "article", "main", "center", "header", "footer"}
LEVEL = re.compile(r"mso-list:[^;]*\blevel(\d)", re.IGNORECASE)
ORDERED = re.compile(r"^[\s(]*(?:\d{1,3}|[a-z]{1,4})[.)]", re.IGNORECASE)


def clean(markup: str) -> str:
    """The same text as one would write it by hand. Never raises."""
    if not MARKS.search(markup):
        return markup
    if "<!--StartFragment-->" in markup:
        markup = markup.partition("<!--StartFragment-->")[2].partition("<!--EndFragment-->")[0]
    markup = _without_silent(markup)
    if not markup.strip():
        return ""
    try:
        root = html.fragment_fromstring(markup, create_parent="div")
        for step in (_links, _lists, _names, _styles, _boxes, _spaces):
            step(root)
    except (etree.LxmlError, ValueError):  # lxml cannot read or write it: the sanitiser has the last word anyway
        return markup
    return _inside(root)


def _without_silent(markup: str) -> str:
    """Without comments (Word's conditional ones with what is in them), style sheets and what else is never read. An end that is
    looked for in vain is not looked for again: the price grows with the length alone."""
    parts, at, missing = list[str](), 0, set[str]()
    while opening := SILENT.search(markup, at):
        parts.append(markup[at : opening.start()])
        at = opening.end()
        end = _end_of(opening)
        if end and end not in missing:
            closing = re.compile(end, re.IGNORECASE).search(markup, at)
            at = closing.end() if closing else at
            missing |= set() if closing else {end}
    return "".join(parts) + markup[at:]


def _end_of(opening: re.Match[str]) -> str:
    if opening[0].startswith("<!--"):
        return r"<!\[endif\]-->" if opening[0].lower() == "<!--[if" else "-->"
    return rf"</{opening[1]}\s*>".lower() if opening[1] else ""


def _inside(root: HtmlElement) -> str:
    return str(html.tostring(root, encoding="unicode")).partition(">")[2].rpartition("</div>")[0].strip()


def _elements(root: HtmlElement, *names: str) -> Iterator[HtmlElement]:
    yield from [element for element in root.iter(*names) if isinstance(element.tag, str) and element is not root]


def _links(root: HtmlElement) -> None:
    for link in _elements(root, "a"):
        address = link.get("href")
        if address:
            link.set("href", without_tracking(address))
        elif link.get("name") is not None or not len(link.attrib):
            link.drop_tag()  # a bookmark


def without_tracking(address: str) -> str:
    """An address without what tells a campaign, and without Google's detour."""
    try:
        parts = urlsplit(address)
        if parts.netloc == "www.google.com" and parts.path == "/url":
            aim = dict(parse_qsl(parts.query)).get("q", "")
            return without_tracking(aim) if aim.startswith(("https://", "http://")) else address
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        kept = [(name, value) for name, value in pairs if not TRACKING.fullmatch(name)]
        return urlunsplit(parts._replace(query=urlencode(kept))) if len(kept) < len(pairs) else address
    except ValueError:
        return address


def _lists(root: HtmlElement) -> None:
    """Word's paragraphs that only look like a list become one."""
    open_lists: list[HtmlElement] = []
    last: HtmlElement | None = None
    for paragraph in _elements(root, "p", "h1", "h2", "h3", "h4", "h5", "h6"):
        level = LEVEL.search(paragraph.get("style") or "")
        if paragraph.tag != "p" or not level:
            continue
        if last is None or _next(last) is not paragraph:
            open_lists = []
        depth = min(int(level[1]), len(open_lists) + 1)
        ordered = bool(ORDERED.match(_take_marker(paragraph)))
        del open_lists[depth:]
        if len(open_lists) < depth:
            _open(paragraph, open_lists, "ol" if ordered else "ul")
        item = html.Element("li")
        parent, tail = paragraph.getparent(), paragraph.tail
        assert parent is not None
        paragraph.tail = None
        parent.remove(paragraph)
        _move_into(item, paragraph)
        open_lists[-1].append(item)
        last = open_lists[0]
        last.tail = tail


def _open(paragraph: HtmlElement, open_lists: list[HtmlElement], name: str) -> None:
    new = html.Element(name)
    if open_lists:
        items = list(open_lists[-1])
        (items[-1] if items else open_lists[-1]).append(new)
    else:
        paragraph.addprevious(new)
    open_lists.append(new)


def _next(element: HtmlElement) -> HtmlElement | None:
    return element.getnext() if not (element.tail or "").strip() else None


def _take_marker(paragraph: HtmlElement) -> str:
    """What Word wrote as bullet or number; gone from the paragraph."""
    for span in _elements(paragraph, "span"):
        if "mso-list:ignore" in (span.get("style") or "").lower().replace(" ", ""):
            words = str(span.text_content())
            for child in list(span):
                span.remove(child)
            span.text = None
            span.drop_tag()
            return words
    return ""


def _move_into(item: HtmlElement, paragraph: HtmlElement) -> None:
    item.text = (paragraph.text or "").lstrip()
    for child in list(paragraph):
        item.append(child)


def _names(root: HtmlElement) -> None:
    for element in _elements(root):
        if element.tag in {"b", "i"} and PLAIN.search(element.get("style") or ""):
            element.drop_tag()  # Google Docs wraps the whole text in one that says it is not bold
        elif element.tag in RENAMED:
            element.tag = RENAMED[element.tag]
        elif ":" in element.tag or element.tag in {"u", "font", "center"}:
            element.drop_tag()


def _styles(root: HtmlElement) -> None:
    """What is bold or slanted only by its style is so by its name. Not in headings, which are bold anyway."""
    for span in _elements(root, "span"):
        style = span.get("style")
        if style is None:
            continue
        heading = any(above.tag in {"h1", "h2", "h3", "h4"} for above in span.iterancestors())
        means = [name for name, pattern in MEANS if pattern.search(style) and not heading]
        if not means or not span.text_content().strip():
            span.drop_tag()
            continue
        span.tag = means[0]
        span.attrib.clear()
        for name in means[1:]:
            inner = html.Element(name)
            inner.text, span.text = span.text, None
            for child in list(span):
                inner.append(child)
            span.append(inner)
    for strong in _elements(root, "strong"):
        if any(above.tag in {"h1", "h2", "h3", "h4", "strong"} for above in strong.iterancestors()):
            strong.drop_tag()


def _boxes(root: HtmlElement) -> None:
    """A box that holds words is a paragraph; one that holds blocks is nothing."""
    for box in reversed(list(_elements(root, *BOXES))):
        if not any(child.tag in BLOCKS for child in box.iterdescendants() if isinstance(child.tag, str)) and _is_free(box):
            box.tag = "p"
            box.attrib.clear()
        else:
            box.drop_tag()


def _is_free(box: HtmlElement) -> bool:
    return not any(above.tag in {"p", "li", "td", "th", "figcaption", "a", "span"} for above in box.iterancestors())


def _spaces(root: HtmlElement) -> None:
    """Line ends of the file are spaces, rows of hard spaces are one, and a paragraph without a word is none."""
    for element in [root, *_elements(root)]:
        inside_code = element.tag == "pre" or any(above.tag == "pre" for above in element.iterancestors())
        if not inside_code:
            element.text = _even(element.text)
        if element is not root and not any(above.tag == "pre" for above in element.iterancestors()):
            element.tail = _even(element.tail)
        if element.tag in BLOCKS and not (element.tail or "").strip():
            element.tail = None
    for line_end in _elements(root, "br"):
        if "Apple-interchange-newline" in (line_end.get("class") or "") or line_end.getparent() is root:
            line_end.drop_tag()
    for element in _elements(root, "p", "h1", "h2", "h3", "h4", "strong", "em"):
        if not element.text_content().strip() and element.find(".//img") is None:
            element.drop_tag() if element.tag in {"strong", "em"} else element.drop_tree()
    for cell in _elements(root, "li", "td", "th"):
        _unwrap_only_paragraph(cell)


def _unwrap_only_paragraph(cell: HtmlElement) -> None:
    """As the editor writes them: an item's or a cell's only words stand in it without a paragraph round them."""
    children = list(cell)
    if children and children[0].tag == "p" and not (cell.text or "").strip():
        alone = len(children) == 1 or (cell.tag == "li" and children[1].tag in {"ul", "ol"})
        if alone and not (children[0].tail or "").strip():
            children[0].drop_tag()


def _even(text: str | None) -> str | None:
    if not text:
        return text
    return re.sub(r"[ \xa0]{2,}", " ", re.sub(r"[ \t]*[\r\n]+[ \t]*", " ", text))
