"""The guides' pictures: none is missing, none is left over, each is told in words and stays small."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parent.parent / "docs"
PICTURES = DOCS / "pictures"
NAMED = re.compile(r"!\[([^\]]*)\]\((pictures/[^)]+)\)")
LINK = re.compile(r"\]\(#([^)]+)\)")
HEADING = re.compile(r"(?m)^#+ (.+)$")


def named() -> dict[str, str]:
    """The pictures of all guides, and what is said for those who cannot see them."""
    return {path: words for guide in DOCS.glob("*.md") for words, path in NAMED.findall(guide.read_text())}


def test_every_picture_that_is_named_is_there_and_every_one_there_is_named():
    there = {str(path.relative_to(DOCS)) for path in PICTURES.rglob("*") if path.is_file()}
    assert sorted(named()) == sorted(there)
    assert len(there) > 10


def test_every_picture_is_told_in_words_and_is_small():
    assert [path for path, words in named().items() if len(words.split()) < 5] == []
    assert [path for path in named() if (DOCS / path).stat().st_size > 80_000] == []


@pytest.mark.parametrize("guide", sorted(DOCS.glob("*.md")), ids=lambda path: path.name)
def test_a_guides_links_within_itself_lead_to_a_heading(guide: Path):
    text = guide.read_text()
    anchors = {re.sub(r"[^\w\s-]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(text)}
    assert [link for link in LINK.findall(text) if link not in anchors] == []
