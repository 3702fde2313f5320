"""Notes at the end of a text. Kept where they belong, as `<span class="footnote">words</span>`; numbered when it is shown.

Pure: no database, no clock.
"""

import re
from zlib import crc32

NOTE = re.compile(r'<span class="footnote">(.*?)</span>', re.DOTALL)  # a note holds no other span
TAG = re.compile(r"<[^>]*>")


def at_the_end(body: str, heading: str = "Notes") -> str:
    """Each note's number where it stands, linked to the note in a list after the text, and from there back.

    The anchors have a part made from the text, so that several texts on one page keep theirs apart.
    """
    notes: list[str] = []
    mark = f"{crc32(body.encode()):x}"

    def number(found: re.Match[str]) -> str:
        if not TAG.sub("", found[1]).strip():
            return ""
        notes.append(found[1].strip())
        n = len(notes)
        return (
            f'<sup class="note-number" id="note-from-{n}-{mark}"><a href="#note-{n}-{mark}" aria-label="Note {n}">{n}</a></sup>'
        )

    body = _before_the_space(NOTE.sub(number, body)) if "footnote" in body else body
    if not notes:
        return body
    items = "".join(
        f'<li id="note-{n}-{mark}">{note} <a href="#note-from-{n}-{mark}" class="note-back" '
        f'aria-label="Back to the text, note {n}">↩</a></li>'
        for n, note in enumerate(notes, start=1)
    )
    return (
        f'{body}<section class="notes" aria-labelledby="notes-{mark}"><h2 id="notes-{mark}">{heading}</h2>'
        f"<ol>{items}</ol></section>"
    )


def _before_the_space(body: str) -> str:
    """A number stands at the word it belongs to, though somebody typed a space before the note."""
    return re.sub(r" +(?=<sup class=\"note-number\")", "", body)


def in_brackets(body: str) -> str:
    """For places without a list of notes (counts, comparisons, plain text): “word [its words]”."""
    return NOTE.sub(lambda found: f" [{found[1].strip()}]", body)


def without(body: str) -> str:
    return re.sub(rf" *{NOTE.pattern}", "", body, flags=re.DOTALL)
