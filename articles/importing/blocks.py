"""The comments of WordPress's block editor: `<!-- wp:paragraph {"align":"left"} -->`. Out they go; what they say is told."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from articles.importing.writable import writable

COMMENT = re.compile(r"\s*(/?)wp:([a-z][a-z0-9_-]*(?:/[a-z][a-z0-9_-]*)?)(?:\s+(\{.*\}))?\s*(/?)\s*", re.DOTALL)


@dataclass(slots=True)
class Stretch:
    """A part of a text: written in the block editor, or by hand with blank lines for paragraphs (`classic`)."""

    html: str
    classic: bool


def stretches(content: str, dynamic: Callable[[str, dict[str, object]], str]) -> list[Stretch]:
    """The text without comments, parted where the way it is written changes.

    `dynamic(name, attributes)` gives what stands for a block without a text of its own (`<!-- wp:latest-posts /-->`).
    """
    found: list[Stretch] = []
    depth = at = 0
    while (start := content.find("<!--", at)) >= 0:
        _add(found, content[at:start], classic=depth == 0)
        end = content.find("-->", start + 4)
        if end < 0:  # a comment without an end: the rest is kept as the text it most likely is
            content, at = content[:start] + content[start:].replace("<!--", ""), start
            break
        at = end + 3
        if block := COMMENT.fullmatch(content, start + 4, end):
            closing, name, attributes, single = block.groups()
            if single:
                _add(found, dynamic(name, _parsed(attributes)), classic=False)
            depth = max(0, depth - 1) if closing else depth + (not single)
    _add(found, content[at:], classic=depth == 0)
    if not any(not stretch.classic for stretch in found):
        return [Stretch("".join(stretch.html for stretch in found), classic=True)]
    return [stretch for stretch in found if stretch.html.strip()]


def _add(found: list[Stretch], html: str, *, classic: bool) -> None:
    if found and (found[-1].classic == classic or not html.strip()):
        found[-1].html += html
    elif html:
        found.append(Stretch(html, classic))


def _parsed(attributes: str | None) -> dict[str, object]:
    try:
        value = json.loads(attributes) if attributes else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    return {name: writable(each) if isinstance(each, str) else each for name, each in value.items()}
