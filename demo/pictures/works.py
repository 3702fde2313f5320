"""Machines, mills and bridges."""
# fmt: off

from __future__ import annotations

import math

from .figures import person
from .inks import Inks
from .motifs import motif
from .nature import cloud, glitter, hill, hills, poplar, sky, spruces
from .sheet import HEIGHT, WIDTH, Point, Sheet, Stencil, arc, curve


@motif
def viaduct(sheet: Sheet, inks: Inks) -> None:
    """A stone viaduct over a valley in morning mist, one railcar on it."""
    sky(sheet, inks, 620, clouds=2)
    hills(sheet, inks, 470, 600, layers=3, height=180)
    sheet.spray(sheet.cut().rectangle(0, 500, WIDTH, HEIGHT), inks.paper, (0, 480), (0, 860), strength=0.85)
    sheet.spray(sheet.cut().rectangle(0, 800, WIDTH, HEIGHT), inks.middle, (0, 860), (0, 1160), strength=0.7)
    deck, foot = 500, 1110
    bays = [(x, x + 214) for x in range(-190, 1900, 244)]
    wall = sheet.cut().rectangle(-10, deck, WIDTH + 10, foot)
    for left, right in bays:
        wall.polygon([(left, foot), *arc((left + right) / 2, deck + 150, (right - left) / 2, 100, 180, 360, 30), (right, foot)], ink=0)
    sheet.lay(wall, inks.second)
    sheet.spray(wall, inks.dark, (0, deck), (260, foot + 200), strength=0.7)
    soffits = sheet.cut()
    for left, right in bays:
        inner = [(left, foot), *arc((left + right) / 2, deck + 150, (right - left) / 2, 100, 180, 360, 30), (right, foot)]
        soffits.polygon([inner[0], *inner[1:16], *[(x + 26, y + 10) for x, y in reversed(inner[1:16])], (left + 26, foot)])
    sheet.lay(soffits, inks.near)
    blocks = sheet.cut()
    for row in range(24):
        y = deck + 40 + row * 26
        blocks.line(((0, y), (WIDTH, y)), 1.6)
    sheet.lay(blocks.within(wall), inks.dark, strength=0.28)
    sheet.lay(sheet.cut().rectangle(0, deck - 14, WIDTH, deck + 12), inks.paper)
    sheet.lay(sheet.cut().rectangle(0, deck + 12, WIDTH, deck + 22), inks.dark, strength=0.6)
    _railcar(sheet, inks, 1010, deck - 14)
    valley = curve([(-40, 960), (200, 1000), (520, 1080), (900, 1100), (1240, 1060), (1560, 980), (1840, 930)])
    hill(sheet, inks.near, inks.dark, valley, strength=0.9, deep=260)
    spruces(sheet, inks.dark, [p for p in valley if p[0] < 420 or p[0] > 1380], height=150, often=0.75)
    stream = sheet.cut().polygon([*curve([(820, 1092), (780, 1130), (860, 1160), (800, 1210)]), *reversed(curve([(850, 1092), (840, 1130), (960, 1160), (960, 1210)]))])
    sheet.lay(stream, inks.haze)


def _railcar(sheet: Sheet, inks: Inks, x: float, rail: float) -> None:
    body = sheet.cut().rounded(x, rail - 112, x + 430, rail - 16, 18)
    sheet.lay(body, inks.accent)
    sheet.lay(sheet.cut().rectangle(x, rail - 52, x + 430, rail - 42).within(body), inks.paper)
    panes = sheet.cut()
    for n in range(7):
        panes.rounded(x + 24 + n * 56, rail - 98, x + 64 + n * 56, rail - 62, 6)
    sheet.lay(panes, inks.paper)
    wheels = sheet.cut()
    for offset in (54, 104, 326, 376):
        wheels.ellipse(x + offset, rail - 12, 17)
    wheels.rectangle(x + 20, rail - 24, x + 410, rail - 16)
    sheet.lay(wheels, inks.dark)


@motif
def footbridge(sheet: Sheet, inks: Inks) -> None:
    """A slender stayed footbridge with a leaning mast, people on it, the town bank behind."""
    x: float
    y: float
    water = 830
    sky(sheet, inks, water)
    for x, y, long in ((1330, 200, 640), (300, 330, 460)):
        cloud(sheet, inks, x, y, long)
    x = 900
    bank, panes = sheet.cut(), sheet.cut()
    while x < WIDTH:
        wide, tall = sheet.chance.uniform(80, 130), sheet.chance.uniform(130, 230)
        bank.polygon(((x, 780), (x, 760 - tall), (x + wide / 2, 760 - tall - wide * 0.5), (x + wide, 760 - tall), (x + wide, 780)))
        for row in range(3):
            for share in (0.22, 0.62):
                panes.rectangle(x + wide * share, 776 - tall + row * 42, x + wide * (share + 0.16), 800 - tall + row * 42)
        x += wide
    sheet.lay(bank, inks.haze)
    sheet.spray(bank, inks.far, (900, 500), (1400, 800))
    sheet.lay(panes, inks.middle, strength=0.7)
    trees = sheet.cut()
    for px in range(-10, 620, 42):
        poplar(trees, px, 790, 250 + 60 * math.sin(px / 60))
    sheet.lay(trees, inks.far)
    sheet.lay(sheet.cut().rectangle(0, 772, WIDTH, water), inks.middle)
    deck = curve([(-40, 742), (400, 690), (900, 668), (1400, 684), (1840, 730)], 20)
    foot: Point = (560, 850)
    tip: Point = (420, 96)
    stays = sheet.cut()
    for n, (x, y) in enumerate(deck[26:76:6]):
        stays.line(((tip[0] + (foot[0] - tip[0]) * n * 0.05, tip[1] + (foot[1] - tip[1]) * n * 0.05), (x, y)), 3)
    for n, (x, y) in enumerate(deck[2:14:4]):
        stays.line(((tip[0] + (foot[0] - tip[0]) * n * 0.05, tip[1] + (foot[1] - tip[1]) * n * 0.05), (x, y)), 3)
    sheet.lay(stays, inks.near)
    mast = sheet.cut().polygon((tip, (tip[0] + 16, tip[1]), (foot[0] + 34, foot[1]), (foot[0] - 22, foot[1])))
    sheet.lay(mast, inks.accent)
    sheet.spray(mast, inks.dark, (420, 400), (640, 460), strength=0.6)
    people = sheet.cut()
    for share, tall in ((0.3, 92), (0.33, 84), (0.52, 90), (0.7, 88), (0.86, 92), (0.44, 62)):
        x, y = deck[round(share * (len(deck) - 1))]
        person(people, x, y - 8, tall)
    bx, by = deck[49]
    people.ring(bx - 38, by - 24, 22, 4).ring(bx + 30, by - 24, 22, 4)
    people.line(((bx - 38, by - 24), (bx - 8, by - 54), (bx + 30, by - 24)), 4)
    person(people, bx - 8, by - 20, 84, stride=0.05)
    sheet.lay(people, inks.dark)
    slab = sheet.cut().polygon([*[(x, y - 8) for x, y in deck], *reversed([(x, y + 16) for x, y in deck])])
    sheet.lay(slab, inks.dark)
    rail = sheet.cut().line([(x, y - 48) for x, y in deck], 3)
    for x, y in deck[::3]:
        rail.line(((x, y - 48), (x, y - 8)), 2)
    sheet.lay(rail, inks.near)
    sheet.lay(sheet.cut().polygon(((500, 836), (640, 836), (660, 872), (470, 872))), inks.paper)
    pool = sheet.cut().rectangle(0, water, WIDTH, HEIGHT)
    sheet.mirror(water, pool, inks.middle, strength=0.55, squash=0.6)
    sheet.lay(sheet.cut().polygon(((480, water), (650, water), (668, water + 34), (462, water + 34))), inks.paper)
    glitter(sheet, inks.middle, water + 14, HEIGHT, many=110)
    glitter(sheet, inks.haze, water + 14, HEIGHT, many=70, strength=0.85)


@motif
def beets(sheet: Sheet, inks: Inks) -> None:
    """A sugar works in the campaign: silos, steam, a conveyor, a mountain of beets."""
    x: float
    y: float
    sky(sheet, inks, 860)
    for x, y, size in ((520, 320, 1.0), (780, 240, 1.25)):
        _steam(sheet, inks, x, y, size)
    for x, top, wide in ((500, 330, 46), (756, 250, 54)):
        stack = sheet.cut().polygon(((x - wide, 860), (x - wide * 0.7, top), (x + wide * 0.7, top), (x + wide, 860)))
        sheet.lay(stack, inks.second if wide > 50 else inks.far)
        sheet.spray(stack, inks.dark, (x - wide, 0), (x + wide * 1.6, 0))
        sheet.lay(sheet.cut().rectangle(x - wide * 0.78, top - 8, x + wide * 0.78, top + 22), inks.dark)
    for n, x in enumerate((960, 1150, 1340)):
        top = 420 - n % 2 * 0
        silo = sheet.cut().rectangle(x, top, x + 176, 870).polygon(((x - 6, top), (x + 88, top - 64), (x + 182, top)))
        sheet.lay(silo, inks.paper)
        sheet.spray(silo, inks.far, (x + 20, 0), (x + 190, 0))
        hoops = sheet.cut()
        for y in range(top + 50, 860, 70):
            hoops.rectangle(x, y, x + 176, y + 4)
        sheet.lay(hoops, inks.far)
    hall = sheet.cut().rectangle(120, 600, 930, 880)
    for n in range(6):
        hall.polygon(((120 + n * 135, 600), (120 + n * 135, 520), (255 + n * 135, 600)))
    sheet.lay(hall, inks.near)
    sheet.spray(hall, inks.dark, (200, 520), (700, 950))
    panes = sheet.cut()
    for n in range(12):
        panes.rectangle(150 + n * 64, 660, 190 + n * 64, 720).rectangle(150 + n * 64, 740, 190 + n * 64, 800)
    sheet.lay(panes, inks.accent)
    belt = sheet.cut().polygon(((1790, 980), (1420, 500), (1420, 462), (1440, 456), (1820, 930)))
    sheet.lay(belt, inks.dark)
    struts = sheet.cut()
    for share in (0.25, 0.5, 0.75):
        x, y = 1420 + 370 * share, 490 + 480 * share
        struts.line(((x, y), (x - 10, 900)), 8).line(((x, y), (x + 30, 900)), 8)
    sheet.lay(struts, inks.dark)
    yard = sheet.cut().rectangle(0, 862, WIDTH, HEIGHT)
    sheet.lay(yard, inks.middle)
    sheet.spray(yard, inks.dark, (0, 850), (0, 1250))
    _beet_heap(sheet, inks)
    figure = sheet.cut()
    person(figure, 1380, 1080, 210)
    sheet.lay(figure, inks.dark)
    sheet.lay(sheet.cut().rectangle(1354, 926, 1406, 942), inks.accent)


def _steam(sheet: Sheet, inks: Inks, x: float, y: float, size: float) -> None:
    for n in range(7):
        cx, cy, radius = x + 70 * size * n * (0.6 + n * 0.1), y - 34 * size * n, (50 + 22 * n) * size
        puff = sheet.cut().ellipse(cx, cy, radius, radius * 0.8)
        sheet.lay(puff, inks.paper)
        sheet.spray(puff, inks.haze, (cx - radius * 0.2, cy - radius), (cx + radius * 0.6, cy + radius), strength=0.75)


def _beet_heap(sheet: Sheet, inks: Inks) -> None:
    slope = curve([(-80, 1020), (160, 880), (420, 800), (620, 800), (860, 900), (1100, 1060), (1330, 1210)])
    heap = sheet.cut().polygon([*slope, (-80, 1210)])
    sheet.lay(heap, inks.dark)
    for row in range(15):
        tones = [sheet.cut() for _ in range(3)]
        creases = sheet.cut()
        for col in range(38):
            x = -40 + col * 39 + (19 if row % 2 else 0) + sheet.chance.uniform(-7, 7)
            y = 822 + row * 29 + sheet.chance.uniform(-4, 4)
            if y > min((py for px, py in slope if abs(px - x) < 26), default=1300) + 12:
                _beet(sheet.chance.choice(tones), creases, x, y, 17 + row * 0.6, sheet.chance.uniform(-2.4, 2.4))
        for stencil, ink in zip(tones, (inks.paper, inks.sky, inks.haze), strict=True):
            sheet.lay(stencil, ink)
        sheet.lay(creases, inks.near, strength=0.8)
    sheet.spray(heap, inks.dark, (500, 800), (1200, 1300), strength=0.55)


def _beet(body: Stencil, creases: Stencil, x: float, y: float, size: float, turn: float) -> None:
    cos, sin = math.cos(turn), math.sin(turn)

    def at(px: float, py: float) -> Point:
        return x + size * (px * cos - py * sin), y + size * (px * sin + py * cos)

    outline = [(-0.3, -0.85), (0.3, -0.85), (0.85, -0.35), (0.75, 0.3), (0.25, 0.9), (0.05, 1.7), (-0.25, 0.9), (-0.75, 0.3), (-0.85, -0.35), (-0.3, -0.85)]
    body.polygon(curve([at(px, py) for px, py in outline], 4))
    creases.line((at(-0.35, -0.6), at(0.35, -0.6)), 2.5).line((at(-0.1, 0.1), at(0.3, 0.2)), 2)
