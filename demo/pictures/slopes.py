"""Terraces, quarries, bogs: the upland worked by hand."""
# fmt: off

from __future__ import annotations

import math

from .inks import Inks
from .motifs import motif
from .nature import disc, hills, sky, spruces
from .sheet import HEIGHT, WIDTH, Point, Sheet, curve, ridge


@motif
def terraces(sheet: Sheet, inks: Inks) -> None:
    """Walled terraces of fruit trees, step over step, down to a river."""
    sky(sheet, inks, 380)
    disc(sheet, inks.accent, 380, 210, 92)
    hills(sheet, inks, 300, 380, layers=2, height=110)
    steps = 7
    for step in range(steps):
        near = step / (steps - 1)
        level = 360 + 800 * near**1.12
        tilt = 190 * (1 - near * 0.7)
        line: list[Point] = [
            (x, level - tilt * (x / WIDTH - 0.45) + 26 * sheet_wave(x, step))
            for x in range(-40, WIDTH + 60, 20)
        ]
        tall = 22 + 50 * near
        top = sheet.cut().polygon([*line, (WIDTH + 40, HEIGHT), (-40, HEIGHT)])
        ground = (inks.far, inks.middle)[step % 2] if near < 0.6 else (inks.middle, inks.near)[step % 2]
        sheet.lay(top, ground)
        sheet.spray(top, inks.near, (600, level - 80), (1000, level + 260), strength=0.7)
        _orchard_row(sheet, inks, line[step % 2 :: max(2, round(2 + 3.4 * near))], 40 + 96 * near, 8 + 14 * near)
        face = [(x, y + tall * 0.9) for x, y in line]
        wall = sheet.cut().polygon([*face, *reversed([(x, y + tall * 1.25) for x, y in face])])
        sheet.lay(wall, inks.paper)
        sheet.spray(wall, inks.haze, (0, 0), (1800, 500))
        joints = sheet.cut()
        for (x, y), course in zip(face, range(len(face)), strict=True):
            joints.line(((x, y + (course % 3) * tall * 0.2), (x + 2, y + tall * (0.5 + (course % 2) * 0.6))), 2 + near)
        joints.line([(x, y + tall * 0.55) for x, y in face], 1.5 + near)
        sheet.lay(joints, inks.far)
        sheet.lay(sheet.cut().polygon([*[(x, y + tall * 1.25) for x, y in face], *reversed([(x, y + tall * 1.55) for x, y in face])]), inks.dark, strength=0.5)
        if step == 3:
            _hut(sheet, inks, 1300, line)


def sheet_wave(x: float, step: int) -> float:
    return math.sin(x / 310 + step * 0.9) + 0.4 * math.sin(x / 120 + step * 2.1)


def _orchard_row(sheet: Sheet, inks: Inks, places: list[Point], size: float, sink: float) -> None:
    trees, lit, fruit, shadow = sheet.cut(), sheet.cut(), sheet.cut(), sheet.cut()
    for x, y in places:
        if sheet.chance.random() < 0.12:
            continue
        foot, wide = y + sink, size * sheet.chance.uniform(0.85, 1.1)
        shadow.ellipse(x + wide * 0.2, foot, wide * 0.42, wide * 0.07)
        trees.ellipse(x, foot - wide * 0.62, wide * 0.36, wide * 0.36).rectangle(x - wide * 0.035, foot - wide * 0.4, x + wide * 0.035, foot)
        lit.ellipse(x - wide * 0.09, foot - wide * 0.7, wide * 0.23, wide * 0.21)
        for _ in range(6):
            fruit.ellipse(x + sheet.chance.uniform(-0.26, 0.26) * wide, foot - wide * sheet.chance.uniform(0.42, 0.84), wide * 0.042)
    sheet.lay(shadow, inks.dark, strength=0.35)
    sheet.lay(trees, inks.near)
    sheet.spray(trees, inks.dark, (0, places[0][1] - 400), (300, places[0][1] + 500), strength=0.5)
    sheet.lay(lit, inks.middle)
    sheet.lay(fruit, inks.accent)


def _hut(sheet: Sheet, inks: Inks, x: float, line: list[Point]) -> None:
    y = min(line, key=lambda point: abs(point[0] - x))[1] + 14
    sheet.lay(sheet.cut().rectangle(x - 62, y - 84, x + 62, y), inks.paper)
    sheet.lay(sheet.cut().rectangle(x + 10, y - 84, x + 62, y), inks.haze)
    sheet.lay(sheet.cut().polygon(((x - 78, y - 80), (x - 48, y - 136), (x + 52, y - 136), (x + 78, y - 80))), inks.second)
    sheet.lay(sheet.cut().rectangle(x - 34, y - 58, x - 6, y), inks.dark)


@motif
def quarry(sheet: Sheet, inks: Inks) -> None:
    """Slate benches cut into a hill, split slates piled in front."""
    sky(sheet, inks, 420, clouds=2)
    hills(sheet, inks, 330, 400, layers=2, height=120)
    faces = (inks.far, inks.far, inks.middle, inks.middle, inks.near, inks.near)
    for step, ink in enumerate(faces):
        _bench(sheet, inks, ink, top=230 + step * 116, right=930 + step * 150 - (step % 2) * 70)
    floor = sheet.cut().polygon([*curve([(-20, 925), (500, 905), (1000, 925), (1820, 890)]), (1820, 1210), (-20, 1210)])
    sheet.lay(floor, inks.haze)
    sheet.spray(floor, inks.far, (900, 880), (500, 1240))
    _crane_derrick(sheet, inks)
    for x, courses, wide in ((110, 9, 250), (450, 15, 270), (800, 6, 250), (1130, 12, 260), (1480, 8, 270)):
        _slate_pile(sheet, inks, x, 1130, courses, wide)


def _bench(sheet: Sheet, inks: Inks, ink: str, *, top: float, right: float) -> None:
    corners: list[Point] = [(-20, top)]
    while corners[-1][0] < right - 60:
        x, y = corners[-1]
        out = x + sheet.chance.uniform(110, 260)
        corners += [(out, y + sheet.chance.uniform(-6, 6)), (out + sheet.chance.uniform(10, 30), top + sheet.chance.uniform(-22, 22))]
    end = corners[-1]
    face = sheet.cut().polygon([*corners, (end[0] + 60, end[1] + 130), (end[0] + 120, HEIGHT), (-20, HEIGHT)])
    shade = inks.depths[min(4, inks.depths.index(ink) + 1)]
    sheet.lay(face, ink)
    sheet.spray(face, shade, (0, top + 10), (200, top + 150), strength=0.95)
    grooves = sheet.cut()
    for _ in range(round(right / 26)):
        x, y = sheet.chance.uniform(0, right), top + sheet.chance.uniform(30, 70)
        grooves.polygon(((x, y), (x + 5, y), (x + 16, y + sheet.chance.uniform(40, 80))))
    sheet.lay(grooves.within(face), shade)
    ledge = [(x + 26, y - 20) for x, y in reversed(corners)]
    sheet.lay(sheet.cut().polygon([*corners, *ledge]), inks.paper)


def _slate_pile(sheet: Sheet, inks: Inks, x: float, foot: float, courses: int, wide: float) -> None:
    sheet.lay(sheet.cut().polygon(((x - 10, foot + 4), (x + wide, foot + 4), (x + wide + 110, foot + 34), (x + 70, foot + 34))), inks.middle, strength=0.7)
    for course in range(courses):
        y = foot - course * 19
        shift, trim = sheet.chance.uniform(-9, 9), sheet.chance.uniform(0, 22)
        slab = sheet.cut().polygon(((x + shift, y), (x + wide + shift - trim, y), (x + wide + shift - trim - 3, y - 15), (x + shift + 4, y - 15)))
        red = courses > 10 and course == 9
        sheet.lay(slab, inks.accent if red else sheet.chance.choice((inks.near, inks.dark, inks.near, inks.middle)))
        sheet.lay(sheet.cut().line(((x + shift + 4, y - 15), (x + wide + shift - trim - 3, y - 15)), 3), inks.haze)


def _crane_derrick(sheet: Sheet, inks: Inks) -> None:
    rig = sheet.cut().line(((1420, 905), (1420, 430)), 13).line(((1420, 880), (1130, 470)), 10)
    rig.line(((1420, 430), (1130, 470)), 4).line(((1420, 430), (1590, 900)), 5).line(((1130, 470), (1130, 690)), 3)
    sheet.lay(rig, inks.dark)
    block = sheet.cut().polygon(((1080, 690), (1186, 690), (1178, 752), (1088, 752)))
    sheet.lay(block, inks.accent)


@motif
def bog(sheet: Sheet, inks: Inks) -> None:
    """A raised bog between spruces in mist: pools, tussocks, a plank way."""
    x: float
    y: float
    sky(sheet, inks, 560)
    disc(sheet, inks.paper, 1240, 300, 120)
    for level, ink, tall in ((500, inks.haze, 150), (560, inks.far, 210), (620, inks.middle, 290)):
        line = ridge(sheet.chance, level, 46, waves=2)
        spruces(sheet, ink, line, height=tall, often=0.62)
        shape = sheet.cut().polygon([*line, (1840, 1210), (-40, 1210)])
        sheet.lay(shape, ink)
        sheet.spray(shape, inks.paper, (0, level - 60), (0, level + 90), strength=0.75)
    floor = sheet.cut().polygon([*ridge(sheet.chance, 690, 16, waves=3), (1840, 1210), (-40, 1210)])
    sheet.lay(floor, inks.accent)
    sheet.spray(floor, inks.middle, (0, 640), (0, 1000), strength=0.9)
    sheet.spray(floor, inks.near, (0, 860), (0, 1300))
    for x, y, wide in ((1250, 740, 330), (420, 778, 300), (1480, 880, 380), (720, 950, 470), (140, 1090, 460), (1330, 1120, 430)):
        edge = [(x + wide * 0.5 * dx, y + wide * 0.085 * dy) for dx, dy in ((-1, 0), (-0.6, -0.8), (-0.1, -0.55), (0.35, -1), (0.9, -0.45), (1, 0.2), (0.5, 0.9), (0, 0.6), (-0.5, 1))]
        pool = sheet.cut().polygon(curve([*edge, edge[0]]))
        sheet.lay(pool, inks.paper)
        sheet.spray(pool, inks.far, (x - wide * 0.4, y), (x + wide * 0.6, y + 20), strength=0.95)
        sheet.lay(sheet.cut().line(curve(edge[:6]), 6), inks.near)
    tufts = sheet.cut()
    for _ in range(150):
        y = 700 + 500 * sheet.chance.random() ** 0.8
        x, size = sheet.chance.uniform(0, 1800), 8 + (y - 690) * 0.1
        for blade in (-0.6, -0.25, 0.1, 0.5):
            tufts.polygon(((x - 3, y), (x + 3, y), (x + blade * size, y - size)))
    sheet.lay(tufts, inks.near)
    dead = sheet.cut()
    for x, foot, tall in ((250, 780, 330), (1610, 840, 420), (1690, 812, 260)):
        dead.polygon(((x - 9, foot), (x + 9, foot), (x + 2, foot - tall), (x - 2, foot - tall)))
        for n in range(5):
            y = foot - tall * (0.4 + n * 0.12)
            side = -1 if n % 2 else 1
            dead.line(((x, y), (x + side * (46 - n * 6), y - 22)), 4)
    sheet.lay(dead, inks.dark)
    planks = sheet.cut()
    for n in range(17):
        near = (n / 16) ** 1.5
        y = 742 + 470 * near
        x = 960 - 120 * near + 70 * (1 - near) ** 2
        half = 16 + 92 * near
        planks.polygon(((x - half, y), (x + half, y - 3), (x + half + 4, y + 5 + 13 * near), (x - half - 4, y + 8 + 13 * near)))
    sheet.lay(planks, inks.dark)
