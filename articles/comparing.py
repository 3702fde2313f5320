"""Two texts side by side, with the words marked that differ. Pure: no database, no clock."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from articles import footnotes

BLOCK = re.compile(r"</(?:p|h[2-4]|li|blockquote|figcaption|tr|pre|figure|div|aside|section)>|<hr ?/?>", re.IGNORECASE)
PICTURE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
ALT = re.compile(r'\balt="([^"]+)"', re.IGNORECASE)
LINK = re.compile(r'<a\b[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.IGNORECASE | re.DOTALL)
TAG = re.compile(r"<[^>]*>")
WORD = re.compile(r"\s+|\w+|[^\w\s]")
KEPT_AROUND = 1  # unchanged paragraphs shown before and after a change
MOST_WORDS = 4000  # of a paragraph that are compared word by word: beyond, the whole paragraph is marked


@dataclass(frozen=True)
class Part:
    text: str
    changed: bool = False


@dataclass(frozen=True)
class Row:
    """A paragraph as it was and as it is; one side is empty where it came or went."""

    left: list[Part] = field(default_factory=list)
    right: list[Part] = field(default_factory=list)

    @property
    def same(self) -> bool:
        return not any(part.changed for part in [*self.left, *self.right])


def paragraphs(markup: str) -> list[str]:
    """The words of sanitised HTML, a line a block; pictures and the targets of links are told in words."""
    markup = footnotes.in_brackets(PICTURE.sub(_picture, markup))
    markup = LINK.sub(lambda found: f"{found[2]} [{found[1]}]", markup)
    lines = (" ".join(html.unescape(TAG.sub("", block)).split()) for block in BLOCK.split(markup))
    return [line for line in lines if line]


def _picture(found: re.Match[str]) -> str:
    alt = ALT.search(found[0])
    return f"[Picture: {alt[1] if alt else 'without a description'}] "


def side_by_side(before: Sequence[str], after: Sequence[str]) -> list[Row]:
    """Paragraphs beside each other. Long stretches that are the same are left out, but for one on each side of a change."""
    rows: list[Row] = []
    for deed, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if deed == "equal":
            rows += [Row([Part(line)], [Part(line)]) for line in before[i:j]]
        else:
            rows += _changed(before[i:j], after[k:m])
    return _near_changes(rows)


def _changed(before: Sequence[str], after: Sequence[str]) -> list[Row]:
    """Paragraphs that have nothing in common with their counterpart stand alone."""
    rows = []
    for number in range(max(len(before), len(after))):
        old = before[number] if number < len(before) else ""
        new = after[number] if number < len(after) else ""
        rows.append(marked(old, new))
    return rows


def marked(before: str, after: str) -> Row:
    """One paragraph as it was and as it is, word by word."""
    old, new = WORD.findall(before), WORD.findall(after)
    if not old or not new or max(len(old), len(new)) > MOST_WORDS:
        return Row([Part(before, True)] if before else [], [Part(after, True)] if after else [])
    left: list[Part] = []
    right: list[Part] = []
    for deed, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        changed = deed != "equal"
        if i < j:
            left.append(Part("".join(old[i:j]), changed))
        if k < m:
            right.append(Part("".join(new[k:m]), changed))
    return Row(left, right)


def _near_changes(rows: list[Row]) -> list[Row]:
    near = {n + step for n, row in enumerate(rows) if not row.same for step in range(-KEPT_AROUND, KEPT_AROUND + 1)}
    return [row for number, row in enumerate(rows) if number in near]
