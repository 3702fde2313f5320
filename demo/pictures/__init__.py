"""The demo's pictures: original, drawn by this package with Pillow alone, the same on every machine."""

from __future__ import annotations

from importlib import import_module

from PIL import Image

from .inks import MOODS
from .motifs import MOTIFS
from .portraits import SITTERS, portrait
from .sheet import HEIGHT, WIDTH, Sheet

for _name in (
    "civic",
    "harbour",
    "letters",
    "lowland",
    "machines",
    "papers",
    "sea",
    "shore",
    "slopes",
    "stillness",
    "streets",
    "upland",
    "works",
):
    import_module(f".{_name}", __name__)  # each enters its motifs

__all__ = ["HEIGHT", "MOODS", "MOTIFS", "SITTERS", "WIDTH", "draw", "draw_portrait"]


def draw(motif: str, mood: str) -> Image.Image:
    """The picture of a motif in a mood; the two names are all that it depends on."""
    inks = MOODS[mood]
    sheet = Sheet(inks.paper, seed=f"{motif} {mood}")
    MOTIFS[motif](sheet, inks)
    return sheet.finish()


def draw_portrait(name: str) -> Image.Image:
    return portrait(name).finish()
