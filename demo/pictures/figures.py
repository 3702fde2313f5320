"""People: seen whole, or from the chest up."""

from __future__ import annotations

from .sheet import Stencil, curve


def person(stencil: Stencil, x: float, foot: float, height: float, *, stride: float = 0.12, ink: int = 255) -> None:
    """A small standing or walking figure in a coat."""
    head = height * 0.075
    stencil.ellipse(x, foot - height + head, head * 0.85, head, ink=ink)
    coat = [
        (-0.03, -0.86),
        (0.03, -0.86),
        (0.115, -0.78),
        (0.13, -0.42),
        (0.125, -0.34),
        (-0.125, -0.34),
        (-0.13, -0.42),
        (-0.115, -0.78),
    ]
    stencil.polygon([(x + px * height, foot + py * height) for px, py in coat], ink=ink)
    for side in (-1, 1):
        stencil.polygon(
            [
                (x + side * height * 0.01, foot - height * 0.38),
                (x + side * height * 0.11, foot - height * 0.38),
                (x + side * height * (stride + 0.035), foot),
                (x + side * height * (stride - 0.04), foot),
            ],
            ink=ink,
        )


def bust(stencil: Stencil, x: float, foot: float, tall: float) -> None:
    stencil.ellipse(x, foot - tall * 0.82, tall * 0.19, tall * 0.23)
    stencil.polygon(
        curve(
            [
                (x - tall * 0.46, foot),
                (x - tall * 0.4, foot - tall * 0.44),
                (x, foot - tall * 0.62),
                (x + tall * 0.4, foot - tall * 0.44),
                (x + tall * 0.46, foot),
            ],
            8,
        )
    )
