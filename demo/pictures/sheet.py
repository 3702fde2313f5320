"""A sheet of paper that inks are laid on, one stencil after another, as a screen printer does.

Everything is drawn in the units of the finished picture (1800 × 1200) and comes out the same for the
same seed on every machine: the grain is made from a seeded generator, never from the clock.
"""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Callable, Iterable, Sequence

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter, ImageOps

type Point = tuple[float, float]
type Ink = str
type Box = tuple[int, int, int, int]
type Place = Callable[[Point], Point]

WIDTH, HEIGHT = 1800, 1200
OVERSAMPLING = 3


@functools.cache
def _grain(width: int, height: int) -> Image.Image:
    """Fine even noise, each grey as frequent as any other, slightly clotted as ink is on paper."""
    raw = random.Random("grain").randbytes(width * height)
    size = 0.75 if width >= WIDTH else 0.3
    clotted = Image.frombytes("L", (width, height), raw).filter(ImageFilter.GaussianBlur(size))
    return ImageOps.equalize(clotted)


@functools.cache
def _ramp_strip() -> Image.Image:
    """A vertical strip: four parts black, one part ramp, four parts white (so that a ramp has flat ends)."""
    strip = Image.new("L", (3, 256 * 9), 255)
    strip.paste(0, (0, 0, 3, 256 * 4))
    strip.paste(Image.linear_gradient("L").resize((3, 256)), (0, 256 * 4))
    return strip


class Stencil:
    """A shape to print through, cut larger than life so that its edges come out smooth.

    The cuts are only noted down; the part of the sheet that they cover is made when it is printed, so that a
    small shape costs little.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._cuts: list[Callable[[ImageDraw.ImageDraw, Place], None]] = []
        self._clips: list[tuple[Callable[[Image.Image, Image.Image], Image.Image], Stencil]] = []
        self._left, self._top, self._right, self._bottom = float("inf"), float("inf"), float("-inf"), float("-inf")
        self._made: tuple[Box, Image.Image] | None = None

    def _cover(self, points: Iterable[Point], margin: float = 0) -> None:
        self._made = None
        for x, y in points:
            self._left, self._right = min(self._left, x - margin), max(self._right, x + margin)
            self._top, self._bottom = min(self._top, y - margin), max(self._bottom, y + margin)

    def polygon(self, points: Iterable[Point], *, ink: int = 255) -> Stencil:
        corners = list(points)
        self._cover(corners)
        self._cuts.append(lambda draw, place: draw.polygon([place(point) for point in corners], fill=ink))
        return self

    def line(self, points: Iterable[Point], width: float, *, ink: int = 255, round_ends: bool = False) -> Stencil:
        stations = list(points)
        self._cover(stations, width)
        thick = max(1, round(width * OVERSAMPLING))
        self._cuts.append(
            lambda draw, place: draw.line([place(point) for point in stations], fill=ink, width=thick, joint="curve")
        )
        if round_ends:
            for x, y in (stations[0], stations[-1]):
                self.ellipse(x, y, width / 2, ink=ink)
        return self

    def rectangle(self, left: float, top: float, right: float, bottom: float, *, ink: int = 255) -> Stencil:
        return self.polygon(((left, top), (right, top), (right, bottom), (left, bottom)), ink=ink)

    def rounded(self, left: float, top: float, right: float, bottom: float, radius: float, *, ink: int = 255) -> Stencil:
        self._cover(((left, top), (right, bottom)))
        wide = radius * OVERSAMPLING
        self._cuts.append(
            lambda draw, place: draw.rounded_rectangle((place((left, top)), place((right, bottom))), wide, fill=ink)
        )
        return self

    def ellipse(self, x: float, y: float, across: float, down: float | None = None, *, ink: int = 255) -> Stencil:
        """An ellipse round a centre; `across` and `down` are its half axes."""
        down = across if down is None else down
        first, last = (x - across, y - down), (x + across, y + down)
        self._cover((first, last))
        self._cuts.append(lambda draw, place: draw.ellipse((place(first), place(last)), fill=ink))
        return self

    def ring(self, x: float, y: float, radius: float, width: float, *, ink: int = 255) -> Stencil:
        first, last = (x - radius, y - radius), (x + radius, y + radius)
        self._cover((first, last))
        thick = max(1, round(width * OVERSAMPLING))
        self._cuts.append(lambda draw, place: draw.ellipse((place(first), place(last)), outline=ink, width=thick))
        return self

    def within(self, other: Stencil) -> Stencil:
        """Keep only what also lies in the other shape."""
        self._clips.append((ImageChops.multiply, other))
        self._made = None
        return self

    def without(self, other: Stencil) -> Stencil:
        """Keep only what lies outside the other shape."""
        self._clips.append((ImageChops.subtract, other))
        self._made = None
        return self

    def made(self) -> tuple[Box, Image.Image]:
        """Where on the sheet the shape lies, and its mask of just that size."""
        if self._made is None:
            self._made = self._make()
        return self._made

    def _make(self) -> tuple[Box, Image.Image]:
        width, height = self._size
        if self._left > self._right:
            return (0, 0, 1, 1), Image.new("L", (1, 1), 0)
        left, top = min(width - 1, max(0, math.floor(self._left) - 1)), min(height - 1, max(0, math.floor(self._top) - 1))
        right, bottom = (
            min(width, max(left + 1, math.ceil(self._right) + 2)),
            min(height, max(top + 1, math.ceil(self._bottom) + 2)),
        )
        large = Image.new("L", ((right - left) * OVERSAMPLING, (bottom - top) * OVERSAMPLING), 0)
        draw = ImageDraw.Draw(large)
        for cut in self._cuts:
            cut(draw, lambda point: ((point[0] - left) * OVERSAMPLING, (point[1] - top) * OVERSAMPLING))
        mask = large.reduce(OVERSAMPLING)
        for combine, other in self._clips:
            mask = combine(mask, other.part((left, top, right, bottom)))
        return (left, top, right, bottom), mask

    def part(self, box: Box) -> Image.Image:
        """The mask of any part of the sheet."""
        own, mask = self.made()
        whole = Image.new("L", (box[2] - box[0], box[3] - box[1]), 0)
        whole.paste(mask, (own[0] - box[0], own[1] - box[1]))
        return whole


class Sheet:
    """The picture in the making."""

    def __init__(self, paper: Ink, *, seed: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> None:
        self.size = size
        self.width, self.height = size
        self.chance = random.Random(seed)
        self.image = Image.new("RGB", size, paper)

    def cut(self) -> Stencil:
        return Stencil(self.size)

    def everywhere(self) -> Stencil:
        return self.cut().rectangle(0, 0, self.width, self.height)

    def lay(self, stencil: Stencil, ink: Ink, *, strength: float = 1.0) -> Stencil:
        """Print one flat ink through the stencil."""
        box, mask = stencil.made()
        if strength < 1:
            mask = mask.point([round(value * strength) for value in range(256)])
        self.image.paste(ImageColor.getrgb(ink), box[:2], mask)
        return stencil

    def spray(self, stencil: Stencil, ink: Ink, start: Point, end: Point, *, strength: float = 1.0) -> Stencil:
        """Shade the stencil with a spatter of ink that grows from none at `start` to `strength` at `end`."""
        return self._spatter(stencil, ink, _ramp(stencil.made()[0], start, end), strength)

    def glow(self, stencil: Stencil, ink: Ink, centre: Point, radius: float, *, strength: float = 1.0) -> Stencil:
        """Shade with a spatter that is thickest at the centre and gone at the radius."""
        return self._spatter(stencil, ink, _halo(stencil.made()[0], centre, radius), strength)

    def _spatter(self, stencil: Stencil, ink: Ink, ramp: Image.Image, strength: float) -> Stencil:
        box, mask = stencil.made()
        ramp = ramp.point([round(value * strength) for value in range(256)])
        noise = ImageChops.offset(_grain(*self.size), self.chance.randrange(self.width), self.chance.randrange(self.height)).crop(
            box
        )
        dots = ImageChops.add(ramp, noise, 1, -255).point([min(255, value * 6) for value in range(256)])
        self.image.paste(ImageColor.getrgb(ink), box[:2], ImageChops.multiply(dots, mask))
        return stencil

    def mirror(self, horizon: float, stencil: Stencil, tint: Ink, *, strength: float = 0.55, squash: float = 0.8) -> None:
        """Lay what stands above the horizon upside down into the water below it, tinted."""
        top = round(horizon)
        depth = self.height - top
        taken = min(top, round(depth / squash))
        above = self.image.crop((0, top - taken, self.width, top)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        above = above.resize((self.width, round(taken * squash)), Image.Resampling.BILINEAR)
        water = Image.new("RGB", self.size, tint)
        water.paste(Image.blend(above, Image.new("RGB", above.size, tint), strength), (0, top))
        box, mask = stencil.made()
        self.image.paste(water.crop(box), box[:2], mask)

    def finish(self) -> Image.Image:
        """The dried print: a breath of paper grain over everything."""
        low, high = 124, 132
        grain = _grain(*self.size).point([round(low + (high - low) * value / 255) for value in range(256)])
        return ImageChops.add(self.image, Image.merge("RGB", (grain, grain, grain)), 1, -128)


def _ramp(box: Box, start: Point, end: Point) -> Image.Image:
    dx, dy = end[0] - start[0], end[1] - start[1]
    across, down = (256 * part / (dx * dx + dy * dy) for part in (dx, dy))
    shift = 256 * 4 + (box[0] - start[0]) * across + (box[1] - start[1]) * down
    small = 4
    size = (max(1, (box[2] - box[0]) // small), max(1, (box[3] - box[1]) // small))
    data = (0, 0, 1, across * small, down * small, shift)
    ramp = _ramp_strip().transform(size, Image.Transform.AFFINE, data, Image.Resampling.BILINEAR)
    return ramp.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BICUBIC)


def _halo(box: Box, centre: Point, radius: float) -> Image.Image:
    halo = Image.new("L", (box[2] - box[0], box[3] - box[1]), 0)
    across = round(radius * 2)
    disc = ImageOps.invert(Image.radial_gradient("L")).resize((across, across), Image.Resampling.BICUBIC)
    halo.paste(disc, (round(centre[0] - radius) - box[0], round(centre[1] - radius) - box[1]))
    return halo


def curve(points: Sequence[Point], steps: int = 12) -> list[Point]:
    """A smooth line through all the points (Catmull–Rom)."""
    padded = [points[0], *points, points[-1]]
    line: list[Point] = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(steps):
            t = step / steps
            line.append((_spline(a[0], b[0], c[0], d[0], t), _spline(a[1], b[1], c[1], d[1], t)))
    line.append(points[-1])
    return line


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def arc(x: float, y: float, across: float, down: float, first: float, last: float, steps: int = 40) -> list[Point]:
    """Points on an ellipse from one angle to another, in degrees, clockwise from three o'clock."""
    angles = (math.radians(first + (last - first) * step / steps) for step in range(steps + 1))
    return [(x + across * math.cos(angle), y + down * math.sin(angle)) for angle in angles]


def ridge(
    chance: random.Random, level: float, height: float, *, width: float = WIDTH, rough: float = 0.5, waves: float = 1.5
) -> list[Point]:
    """The line of a range of hills from edge to edge: a few long waves and their smaller sisters."""
    parts = [(height * rough**n, waves * 1.9**n, chance.uniform(0, math.tau)) for n in range(5)]
    step = 12
    return [
        (x, level - sum(size * math.sin(math.tau * often * x / width + phase) for size, often, phase in parts) / 2)
        for x in range(-step, round(width) + 2 * step, step)
    ]
