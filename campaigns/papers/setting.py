"""A paper is set from values: accessible (PDF/UA-1, tagged), kept for ever (PDF/A-2a), the same bytes from the same values.

Values reach the template as JSON and stand there as text: nobody's name is markup. A template reads no other file.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import typst
from django.conf import settings

from campaigns.papers import fonts

STANDARDS: "list[typst.PDFStandard]" = ["ua-1", "a-2a"]
LONGEST = 4000  # characters of one value; what is longer ends in “…”
UNBROKEN = 40  # characters without a space, after which a line may break
MARKS = 4  # on one letter, at the most: real languages need three
JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"  # Persian and the languages of India cannot do without
BREAK = "\N{ZERO WIDTH SPACE}"
LOOSE = re.compile(rf"(?:(?<=\s)|^)[{JOINERS}]+| +[{JOINERS}]*$", re.MULTILINE)  # what emoji that were left out leave behind


def pdf(template: str, data: Mapping[str, Any], *, at: datetime, language: str = "en") -> bytes:
    """The paper `templates/campaigns/papers/<template>.typ` of these values: text, numbers, lists and mappings of them.

    `at` is the moment in the file's own data; `data["title"]` its title. What no font has is written in Latin letters or
    left out. About 10 ms.
    """
    try:
        return _set(template, _each(data, clean), at=at, language=language)
    except typst.TypstError:  # a mark on a letter of another script: every letter is there, but not in one font
        return _set(template, _each(data, _plainest), at=at, language=language)


def clean(text: str) -> str:
    """What can be printed: one form of each letter, no control character, nothing that turns the reading direction of what
    follows, and room for a line to break. Lines stay lines."""
    text = unicodedata.normalize("NFC", text[: LONGEST + 1].replace("\r\n", "\n").replace("\r", "\n"))
    known = fonts.characters()
    shown = _with_few_marks(text[:LONGEST] + "…" if len(text) > LONGEST else text)
    letters = LOOSE.sub("", re.sub("  +", " ", "".join(_printed(letter, known) for letter in shown)))
    return re.sub(rf"[^\s{BREAK}]{{{UNBROKEN}}}", rf"\g<0>{BREAK}", letters)


def _with_few_marks(text: str) -> Iterator[str]:
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.category(letter) == "Mn" else 0
        if marks <= MARKS:
            yield letter


def _printed(letter: str, known: frozenset[int]) -> str:
    if letter == "\n" or letter in JOINERS:
        return letter
    kind = unicodedata.category(letter)
    if kind in {"Zs", "Zl", "Zp"} or letter == "\t":
        return " " if letter != "\N{NO-BREAK SPACE}" else letter
    if kind in {"Cc", "Cf"}:
        return ""
    return letter if ord(letter) in known else _instead(letter, kind, known)


def _instead(letter: str, kind: str, known: frozenset[int]) -> str:
    """For what no font of ours has: the plain letter or figure it is a variant of (“𝐀”); for a letter of a rare script its
    name in Unicode, which is near its sound (“ཀ”: ka); nothing for emoji, other signs and marks."""
    plain = unicodedata.normalize("NFKD", letter)
    if plain != letter and all(ord(one) in known for one in plain):
        return plain
    if kind == "Nd":
        return f"{unicodedata.digit(letter)}"
    return unicodedata.name(letter, "").rpartition(" ")[2].lower() if kind.startswith("L") else ""


def _plainest(text: str) -> str:
    """Letters of the text font and whole letters of other scripts; marks that would have to be put onto them are left out."""
    own, known = fonts.text_characters(), fonts.characters()
    kept = (letter for letter in clean(text) if letter not in JOINERS and unicodedata.category(letter)[0] != "M")
    return "".join(letter for letter in kept if letter in {"\n", BREAK} or ord(letter) in own | known)


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """Every text in it changed. Keys are ours."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _each(inner, change) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_each(inner, change) for inner in value]
    return value


def _set(template: str, data: Any, *, at: datetime, language: str) -> bytes:
    folder = settings.BASE_DIR / "templates" / "campaigns" / "papers"
    values = {"language": language.partition("-")[0], "fonts": fonts.families(), "data": data}
    return typst.compile(
        folder / f"{template}.typ",
        root=folder,
        format="pdf",
        font_paths=fonts.book(),
        ignore_system_fonts=True,
        sys_inputs={"values": json.dumps(values, ensure_ascii=False)},
        pdf_standards=STANDARDS,
        timestamp=int(at.timestamp()),
    )
