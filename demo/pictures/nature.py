"""What many pictures share: skies, hills, trees, water, rain, birds."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .inks import Inks
from .sheet import HEIGHT, WIDTH, Point, Sheet, Stencil, curve, ridge


def sky(sheet: Sheet, inks: Inks, horizon: float, *, clouds: int = 0) -> None:
    """A flat sky that lightens towards the horizon, with a few long clouds."""
    sheet.lay(sheet.everywhere(), inks.sky)
    sheet.spray(sheet.everywhere(), inks.paper, (0, horizon * 0.1), (0, horizon), strength=0.85)
    for _ in range(clouds):
        x, y = sheet.chance.uniform(0, WIDTH), sheet.chance.uniform(0.12, 0.7) * horizon
        cloud(sheet, inks, x, y, sheet.chance.uniform(240, 560))


def cloud(sheet: Sheet, inks: Inks, x: float, y: float, length: float) -> None:
    """A flat-bottomed bank of cloud."""
    humps = max(4, round(length / 90))
    top: list[Point] = [(x - length / 2, y)]
    for hump in range(humps):
        share = (hump + 0.5) / humps
        lift = math.sin(math.pi * share) * length * 0.14 * sheet.chance.uniform(0.6, 1.25)
        top.append((x - length / 2 + share * length, y - lift - length * 0.015))
    shape = sheet.cut().polygon([*curve([*top, (x + length / 2, y)]), (x + length / 2, y)])
    sheet.lay(shape, inks.paper)
    sheet.spray(shape, inks.haze, (x, y - length * 0.14), (x, y + 10), strength=0.6)


def disc(sheet: Sheet, ink: str, x: float, y: float, radius: float) -> None:
    """Sun or moon."""
    sheet.lay(sheet.cut().ellipse(x, y, radius), ink)


def hill(sheet: Sheet, ink: str, shade: str, line: Sequence[Point], *, strength: float = 0.5, deep: float = 380) -> Stencil:
    """Everything below a line, shaded down and to the right."""
    shape = sheet.cut().polygon([*line, (WIDTH + 40, HEIGHT + 10), (-40, HEIGHT + 10)])
    top = min(y for _, y in line)
    sheet.lay(shape, ink)
    return sheet.spray(shape, shade, (0, top), (deep, top + deep), strength=strength)


def hills(sheet: Sheet, inks: Inks, first: float, last: float, *, layers: int = 3, height: float = 120) -> None:
    """Ranges behind one another, each nearer one darker."""
    depths = inks.depths
    for layer in range(layers):
        level = first + (last - first) * layer / max(1, layers - 1)
        line = ridge(sheet.chance, level, height, waves=1.1 + 0.35 * layer)
        hill(sheet, depths[layer], depths[min(layer + 1, 4)], line)


def spruce(stencil: Stencil, x: float, foot: float, height: float) -> None:
    """A spruce: four skirts, narrower towards the top."""
    for tier in range(4):
        low = foot - height * (0.06 + tier * 0.21)
        high = low - height * 0.36
        half = height * (0.2 - tier * 0.04)
        stencil.polygon(
            (
                (x, high),
                (x + half, low),
                (x + half * 0.2, low - height * 0.03),
                (x - half * 0.25, low - height * 0.02),
                (x - half, low),
            )
        )
    stencil.rectangle(x - height * 0.018, foot - height * 0.1, x + height * 0.018, foot)


def spruces(sheet: Sheet, ink: str, line: Sequence[Point], *, height: float, often: float) -> Stencil:
    """Spruces standing along a line, thick and thin."""
    stencil = sheet.cut()
    for x, y in line:
        if sheet.chance.random() < often:
            spruce(stencil, x + sheet.chance.uniform(-8, 8), y + 6, height * sheet.chance.uniform(0.55, 1.15))
    return sheet.lay(stencil, ink)


def round_tree(sheet: Sheet, ink: str, shade: str, x: float, foot: float, size: float) -> None:
    """A broad tree, lit from the left."""
    trunk = sheet.cut().polygon(
        ((x - size * 0.05, foot), (x + size * 0.05, foot), (x + size * 0.03, foot - size), (x - size * 0.03, foot - size))
    )
    sheet.lay(trunk, shade)
    crown = sheet.cut().ellipse(x, foot - size * 0.95, size * 0.42, size * 0.5)
    crown.ellipse(x - size * 0.2, foot - size * 0.75, size * 0.3, size * 0.3).ellipse(
        x + size * 0.24, foot - size * 0.78, size * 0.28, size * 0.3
    )
    sheet.lay(crown, ink)
    sheet.spray(crown, shade, (x - size * 0.4, foot - size * 1.3), (x + size * 0.5, foot - size * 0.3), strength=0.95)


def poplar(stencil: Stencil, x: float, foot: float, height: float) -> None:
    outline = [
        (x, foot - height),
        (x + height * 0.07, foot - height * 0.7),
        (x + height * 0.085, foot - height * 0.35),
        (x + height * 0.03, foot - height * 0.08),
    ]
    mirrored = [(2 * x - px, py) for px, py in reversed(outline)]
    stencil.polygon(curve([*outline, *mirrored, outline[0]]))
    stencil.rectangle(x - height * 0.012, foot - height * 0.12, x + height * 0.012, foot)


def glitter(
    sheet: Sheet,
    ink: str,
    top: float,
    bottom: float,
    *,
    left: float = 0,
    right: float = WIDTH,
    many: int = 60,
    strength: float = 1.0,
) -> Stencil:
    """Short level strokes of light on water, longer and further apart towards the viewer."""
    stencil = sheet.cut()
    for _ in range(many):
        near = sheet.chance.random() ** 1.6
        y = top + (bottom - top) * near
        half = (14 + 110 * near) * sheet.chance.uniform(0.4, 1.2)
        x = sheet.chance.uniform(left, right)
        thick = 1.5 + 4.5 * near
        stencil.polygon(((x - half, y), (x - half * 0.3, y - thick / 2), (x + half, y), (x + half * 0.2, y + thick / 2)))
    return sheet.lay(stencil, ink, strength=strength)


def swell(sheet: Sheet, inks: Sequence[str], top: float, *, bands: int = 5, height: float = 16) -> None:
    """An open sea in bands that widen towards the viewer."""
    for band in range(bands):
        near = band / bands
        level = top + (HEIGHT - top) * near**1.5
        tall = 3 + height * near
        line = ridge(sheet.chance, level, tall if band else 0, waves=5 - 3 * near, rough=0.6)
        ink, shade = inks[min(band, len(inks) - 1)], inks[min(band + 1, len(inks) - 1)]
        hill(sheet, ink, shade, line, strength=0.55, deep=160 + 160 * near)


def rain(sheet: Sheet, ink: str, *, many: int = 260, slant: float = 0.22, strength: float = 0.4) -> None:
    stencil = sheet.cut()
    for _ in range(many):
        x, y = sheet.chance.uniform(-100, WIDTH + 200), sheet.chance.uniform(-60, HEIGHT)
        long = sheet.chance.uniform(40, 130)
        stencil.line(((x, y), (x - long * slant, y + long)), sheet.chance.choice((1, 1.5, 2)))
    sheet.lay(stencil, ink, strength=strength)


def tern(stencil: Stencil, x: float, y: float, span: float, *, turn: float = 0.0, beat: float = 0.0) -> None:
    """A tern seen from the side and a little below: long swept wings, forked tail. `beat` lifts the wings."""
    lift = 0.22 + 0.16 * beat
    left = [
        (0.02, 0.0),
        (-0.12, -lift * 0.75),
        (-0.3, -lift),
        (-0.52, -lift * 0.55),
        (-0.3, -lift * 0.78),
        (-0.12, -lift * 0.35),
        (-0.1, 0.06),
    ]
    right = [
        (0.0, 0.0),
        (0.12, -lift * 0.95),
        (0.27, -lift * 1.35),
        (0.5, -lift * 1.2),
        (0.28, -lift * 1.1),
        (0.17, -lift * 0.55),
        (0.12, 0.05),
    ]
    body = [
        (0.27, -0.005),
        (0.2, -0.035),
        (0.1, -0.045),
        (-0.06, -0.03),
        (-0.2, 0.005),
        (-0.4, -0.02),
        (-0.26, 0.03),
        (-0.38, 0.06),
        (-0.18, 0.05),
        (0.02, 0.06),
        (0.16, 0.035),
    ]
    cos, sin = math.cos(turn), math.sin(turn)
    for part in (left, right, body):
        placed = [(x + span * (px * cos - py * sin), y + span * (px * sin + py * cos)) for px, py in part]
        stencil.polygon(curve([*placed, placed[0]], 8))
