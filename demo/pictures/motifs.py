"""The list of motifs: each drawing function enters itself here under its own name."""

from __future__ import annotations

from collections.abc import Callable

from .inks import Inks
from .sheet import Sheet

type Draw = Callable[[Sheet, Inks], None]

MOTIFS: dict[str, Draw] = {}


def motif(draw: Draw) -> Draw:
    MOTIFS[draw.__name__] = draw
    return draw
