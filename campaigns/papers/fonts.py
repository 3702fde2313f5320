"""The fonts that papers are set in, shipped in fonts/: which characters they have, so that none is missing on a receipt.

Nothing is taken from the machine: the same data make the same bytes everywhere.
"""

import struct
from functools import cache
from pathlib import Path

import typst

FOLDER = Path(__file__).parent / "fonts"
TEXT = "NotoSans-Regular.ttf"  # the one that everything of ours is in; the others are for names from elsewhere


@cache
def book() -> "typst.Fonts":
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER])


@cache
def families() -> list[str]:
    """In the order in which a character is looked for: what names no script first, and Chinese and Japanese after all others."""
    names = sorted(book().families())
    return sorted(names, key=lambda name: (name != "Noto Sans", name == "Droid Sans Fallback"))


@cache
def text_characters() -> frozenset[int]:
    return frozenset(_characters(FOLDER / TEXT))


@cache
def characters() -> frozenset[int]:
    """Of all fonts together."""
    return frozenset().union(*(_characters(path) for path in sorted(FOLDER.glob("*.?tf"))))


def _characters(path: Path) -> set[int]:
    """The code points that a font has a glyph for: its `cmap` table, formats 4 and 12 (OpenType specification)."""
    font = path.read_bytes()
    tables = (struct.unpack_from(">4sIII", font, 12 + 16 * n) for n in range(struct.unpack_from(">H", font, 4)[0]))
    cmap = next(offset for tag, _, offset, _ in tables if tag == b"cmap")
    found: set[int] = set()
    for n in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHI", font, cmap + 4 + 8 * n)
        if platform == 0 or (platform == 3 and encoding in {1, 10}):
            found |= _of_subtable(font, cmap + offset)
    return found


def _of_subtable(font: bytes, at: int) -> set[int]:
    kind = struct.unpack_from(">H", font, at)[0]
    if kind == 12:
        groups = struct.unpack_from(">I", font, at + 12)[0]
        ranges = (struct.unpack_from(">III", font, at + 16 + 12 * n) for n in range(groups))
        return {code for first, last, _ in ranges for code in range(first, last + 1)}
    return _of_segments(font, at) if kind == 4 else set()


def _of_segments(font: bytes, at: int) -> set[int]:
    count = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends, starts = at + 14, at + 16 + 2 * count
    deltas, offsets = starts + 2 * count, starts + 4 * count
    found: set[int] = set()
    for n in range(count):
        end, start, delta, offset = (struct.unpack_from(">H", font, base + 2 * n)[0] for base in (ends, starts, deltas, offsets))
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code
            if offset:
                glyph = struct.unpack_from(">H", font, offsets + 2 * n + offset + 2 * (code - start))[0]
                if not glyph:
                    continue
            if (glyph + delta) & 0xFFFF:
                found.add(code)
    return found
