"""Quays, cranes, boats and nets."""
# fmt: off

from __future__ import annotations

import math
from itertools import pairwise

from .figures import person
from .inks import Inks
from .motifs import motif
from .nature import cloud, disc, glitter, hill, sky, swell
from .sheet import HEIGHT, WIDTH, Point, Sheet, Stencil, curve, ridge


@motif
def cranes(sheet: Sheet, inks: Inks) -> None:
    """Quay cranes before a low sun, mirrored in the basin."""
    water = 840
    sky(sheet, inks, water)
    disc(sheet, inks.accent, 760, 610, 170)
    for y, x, long in ((300, 340, 700), (410, 1250, 640), (200, 1440, 460)):
        cloud(sheet, inks, x, y, long)
    far = sheet.cut()
    for x, tall in ((260, 250), (470, 250), (1010, 270), (1190, 250)):
        _gantry(far, x, 806, tall, raised=x in (470, 1190))
    far.rectangle(0, 796, WIDTH, 842)
    for n in range(34):
        x = n * 54
        far.rectangle(x, 796 - sheet.chance.uniform(6, 46), x + 50, 800)
    sheet.lay(far, inks.far)
    sheet.spray(far, inks.haze, (0, 840), (0, 560), strength=0.6)
    middle = sheet.cut()
    for x, tall, raised in ((880, 480, True), (1180, 520, False)):
        _gantry(middle, x, 832, tall, raised=raised)
    sheet.lay(middle, inks.middle)
    near = sheet.cut()
    _gantry(near, 1420, 846, 790)
    sheet.lay(near, inks.dark)
    quay = sheet.cut().rectangle(820, 826, WIDTH, 866)
    sheet.lay(quay, inks.dark)
    _stack(sheet, inks, 1180, 830, 2, 3, 34)
    _stack(sheet, inks, 1560, 830, 3, 3, 34)
    pool = sheet.cut().rectangle(0, water, WIDTH, HEIGHT)
    quay_front = sheet.cut().rectangle(820, 820, WIDTH, 880)
    sheet.mirror(water, pool, inks.middle, strength=0.5, squash=0.75)
    sheet.lay(quay_front, inks.dark)
    broken = glitter(sheet, inks.sky, water + 10, HEIGHT, many=90, strength=0.8)
    sheet.spray(broken, inks.near, (0, 880), (0, 1200), strength=0.4)
    glitter(sheet, inks.near, water + 20, HEIGHT, many=70, strength=0.9)
    glitter(sheet, inks.accent, water + 6, HEIGHT - 60, left=640, right=880, many=40)


def _gantry(stencil: Stencil, x: float, foot: float, tall: float, *, raised: bool = False) -> None:
    """A quay crane seen from the side, its boom over the water to the left."""
    unit = tall / 100
    deck = foot - 52 * unit

    def at(px: float, py: float) -> Point:
        return x + px * unit, foot - py * unit

    for leg in (0, 30):
        stencil.polygon((at(leg - 2, 0), at(leg + 2, 0), at(leg + 1.6, 54), at(leg - 1.6, 54)))
        stencil.rectangle(x + (leg - 4) * unit, foot - 2.5 * unit, x + (leg + 4) * unit, foot)
    stencil.line((at(0, 22), at(30, 22)), 2.2 * unit).line((at(0, 22), at(30, 50)), 1.2 * unit).line((at(30, 22), at(0, 50)), 1.2 * unit)
    stencil.rectangle(x - 3 * unit, deck - 3 * unit, x + 52 * unit, deck + 2 * unit)
    stencil.polygon((at(2, 54), at(6, 54), at(14, 92), at(11, 92))).polygon((at(26, 54), at(29, 54), at(15, 92), at(12, 92)))
    stencil.rectangle(x + 32 * unit, deck - 11 * unit, x + 46 * unit, deck - 2 * unit)
    tip = at(-38, 96) if raised else at(-62, 54)
    root = at(0, 54)
    stencil.line((root, tip), 3.6 * unit)
    stencil.line((at(13, 92), tip), 0.8 * unit).line((at(13, 92), (root[0] + (tip[0] - root[0]) * 0.5, root[1] + (tip[1] - root[1]) * 0.5)), 0.8 * unit)
    stencil.line((at(13, 92), at(51, 54)), 0.8 * unit)
    if not raised:
        stencil.rectangle(x - 40 * unit, deck, x - 34 * unit, deck + 4 * unit)
        stencil.line((at(-37, 50), at(-37, 34)), 0.6 * unit)


def _stack(sheet: Sheet, inks: Inks, left: float, foot: float, columns: int, rows: int, size: float) -> None:
    """Containers, some of them missing at the top."""
    colours = (inks.second, inks.accent, inks.middle, inks.near, inks.haze, inks.second, inks.far)
    wide, tall = size * 2.4, size
    seams = sheet.cut()
    for column in range(columns):
        high = rows - sheet.chance.choice((0, 0, 1, 1, 2))
        for row in range(high):
            x, y = left + column * (wide + 3), foot - (row + 1) * (tall + 2)
            box = sheet.cut().rectangle(x, y, x + wide, y + tall)
            sheet.lay(box, sheet.chance.choice(colours))
            sheet.spray(box, inks.dark, (x, y - tall), (x + wide * 0.6, y + tall * 2), strength=0.35)
            for rib in range(1, 9):
                seams.line(((x + wide * rib / 9, y + 3), (x + wide * rib / 9, y + tall - 3)), 1.5)
    sheet.lay(seams, inks.dark, strength=0.35)


@motif
def boxship(sheet: Sheet, inks: Inks) -> None:
    """A container ship alongside, a power cable from the quay to her side."""
    sky(sheet, inks, 900, clouds=3)
    hill(sheet, inks.haze, inks.far, ridge(sheet.chance, 640, 60, waves=1.4))
    sheet.lay(sheet.cut().rectangle(0, 760, WIDTH, HEIGHT), inks.middle)
    glitter(sheet, inks.haze, 770, 860, many=30)
    _stack(sheet, inks, 360, 560, 13, 5, 44)
    house = sheet.cut().rectangle(1480, 130, 1640, 570)
    sheet.lay(house, inks.paper)
    sheet.spray(house, inks.haze, (1480, 0), (1660, 0))
    bridge = sheet.cut().rectangle(1440, 96, 1680, 150)
    sheet.lay(bridge, inks.paper)
    panes = sheet.cut()
    for n in range(9):
        panes.rectangle(1452 + n * 25, 108, 1470 + n * 25, 130)
    for row in range(6):
        for n in range(4):
            panes.rectangle(1500 + n * 34, 190 + row * 56, 1518 + n * 34, 212 + row * 56)
    panes.line(((1560, 96), (1560, 20)), 6).line(((1530, 50), (1590, 50)), 4)
    sheet.lay(panes, inks.near)
    funnel = sheet.cut().polygon(((1690, 570), (1700, 250), (1770, 250), (1780, 570)))
    sheet.lay(funnel, inks.accent)
    sheet.lay(sheet.cut().rectangle(1699, 280, 1772, 320), inks.dark)
    hull = sheet.cut().polygon([*curve([(60, 500), (120, 640), (200, 790), (240, 900)]), (240, 960), (1840, 960), (1840, 556), (330, 556), *curve([(330, 556), (220, 520), (60, 500)])])
    sheet.lay(hull, inks.near)
    sheet.spray(hull, inks.dark, (500, 560), (900, 960), strength=0.9)
    sheet.lay(sheet.cut().rectangle(0, 866, 1840, 960).within(hull), inks.accent)
    plates = sheet.cut()
    for x in range(420, 1800, 170):
        plates.line(((x, 560), (x, 866)), 2)
    plates.line(((180, 700), (1800, 700)), 2)
    sheet.lay(plates.within(hull), inks.dark, strength=0.6)
    anchor = sheet.cut().rectangle(210, 612, 246, 634).line(((228, 634), (228, 680)), 9).line(((206, 668), (228, 688), (250, 668)), 9)
    sheet.lay(anchor, inks.haze)
    quay = sheet.cut().rectangle(0, 934, WIDTH, HEIGHT)
    sheet.lay(quay, inks.haze)
    sheet.spray(quay, inks.far, (0, 920), (200, 1300))
    sheet.lay(sheet.cut().rectangle(0, 926, WIDTH, 948), inks.dark)
    joints = sheet.cut()
    for x in range(-200, 2000, 240):
        joints.line(((900 + (x - 900) * 0.82, 950), (x, 1200)), 2)
    sheet.lay(joints, inks.middle, strength=0.5)
    bollards = sheet.cut()
    for x in (180, 700, 1600):
        bollards.rounded(x - 18, 958, x + 18, 1010, 8).rounded(x - 30, 950, x + 30, 972, 10)
    bollards.line(curve([(180, 962), (210, 850), (236, 700)]), 5)
    sheet.lay(bollards, inks.dark)
    cable = sheet.cut().line(curve([(1090, 640), (1070, 800), (1120, 960), (1010, 1070), (1150, 1110), (1270, 1040)], 14), 15, round_ends=True)
    sheet.lay(cable, inks.second)
    sheet.lay(sheet.cut().rounded(1060, 604, 1120, 660, 8), inks.paper)
    cabinet = sheet.cut().rounded(1250, 916, 1420, 1076, 8)
    sheet.lay(cabinet, inks.paper)
    sheet.spray(cabinet, inks.far, (1250, 900), (1450, 1090), strength=0.8)
    sheet.lay(sheet.cut().polygon(((1352, 940), (1312, 1004), (1336, 1004), (1322, 1056), (1366, 986), (1340, 986))), inks.accent)
    worker = sheet.cut()
    person(worker, 1520, 1090, 190)
    sheet.lay(worker, inks.dark)
    sheet.lay(sheet.cut().rectangle(1497, 950, 1543, 966), inks.second)


@motif
def boats(sheet: Sheet, inks: Inks) -> None:
    """Shrimp boats side by side at the fish quay, and their reflections."""
    x: float
    y: float
    water = 800
    sky(sheet, inks, water)
    for x, y, long in ((420, 190, 640), (1300, 150, 700)):
        cloud(sheet, inks, x, y, long)
    town = sheet.cut()
    x = -20
    panes = sheet.cut()
    while x < WIDTH:
        wide, tall = sheet.chance.uniform(74, 120), sheet.chance.uniform(150, 260)
        town.polygon(((x, 730), (x, 730 - tall), (x + wide / 2, 730 - tall - wide * 0.6), (x + wide, 730 - tall), (x + wide, 730)))
        for row in range(3):
            panes.rectangle(x + wide * 0.22, 740 - tall + row * 46, x + wide * 0.4, 762 - tall + row * 46).rectangle(x + wide * 0.6, 740 - tall + row * 46, x + wide * 0.78, 762 - tall + row * 46)
        x += wide
    sheet.lay(town, inks.haze)
    sheet.spray(town, inks.far, (0, 400), (0, 760))
    sheet.lay(panes, inks.far)
    sheet.lay(sheet.cut().rectangle(0, 716, WIDTH, water), inks.middle)
    sheet.lay(sheet.cut().rectangle(0, 712, WIDTH, 726), inks.paper)
    for x, size, ink in ((330, 1.0, inks.accent), (900, 1.15, inks.near), (1480, 1.0, inks.second)):
        _shrimper(sheet, inks, x, water + 14, size, ink)
    pool = sheet.cut().rectangle(0, water + 14, WIDTH, HEIGHT)
    sheet.mirror(water + 14, pool, inks.near, strength=0.42, squash=0.72)
    glitter(sheet, inks.near, water + 30, HEIGHT, many=110)
    glitter(sheet, inks.sky, water + 24, HEIGHT, many=60, strength=0.75)


def _shrimper(sheet: Sheet, inks: Inks, x: float, foot: float, size: float, ink: str) -> None:
    def at(px: float, py: float) -> Point:
        return x + px * size, foot + py * size

    rig = sheet.cut().line((at(30, -90), at(30, -560)), 12 * size).line((at(30, -480), at(-230, -250)), 6 * size).line((at(30, -480), at(270, -260)), 6 * size)
    rig.line((at(30, -556), at(-200, -96)), 3).line((at(30, -556), at(225, -110)), 3).line((at(-230, -250), at(-200, -110)), 3).line((at(270, -260), at(240, -110)), 3)
    sheet.lay(rig, inks.dark)
    for side in (-1, 1):
        bag = sheet.cut().polygon(curve([at(30 + side * 130, -372), at(30 + side * 182, -250), at(30 + side * 150, -120), at(30 + side * 120, -160), at(30 + side * 100, -260), at(30 + side * 130, -372)]))
        sheet.lay(bag, inks.dark, strength=0.7)
    cabin = sheet.cut().polygon((at(-150, -90), at(-144, -218), at(-30, -218), at(-16, -90)))
    sheet.lay(cabin, inks.paper)
    sheet.spray(cabin, inks.haze, at(-150, 0), at(0, 0))
    sheet.lay(sheet.cut().polygon((at(-164, -214), at(-158, -234), at(-20, -234), at(-14, -214))), inks.dark)
    sheet.lay(sheet.cut().polygon((at(-134, -196), at(-134, -156), at(-94, -156), at(-94, -196))).polygon((at(-82, -196), at(-82, -156), at(-42, -156), at(-42, -196))), inks.near)
    hull = sheet.cut().polygon([at(-250, -112), *curve([at(-120, -84), at(80, -84), at(200, -100), at(280, -150)]), *curve([at(280, -150), at(250, -60), at(196, 10)]), at(-210, 10), *curve([at(-210, 10), at(-240, -50), at(-250, -112)])])
    sheet.lay(hull, ink)
    sheet.spray(hull, inks.dark, at(-200, -120), at(260, 60), strength=0.8)
    sheet.lay(sheet.cut().line([at(-250, -106), *curve([at(-120, -78), at(80, -78), at(200, -94), at(276, -142)])], 9 * size), inks.paper)
    tyres = sheet.cut()
    for n in range(4):
        cx, cy = at(-150 + n * 95, -26)
        tyres.ring(cx, cy, 24 * size, 10 * size)
    sheet.lay(tyres, inks.dark)


@motif
def nets(sheet: Sheet, inks: Inks) -> None:
    """Nets hung to dry in swags between poles, floats along the head rope."""
    sky(sheet, inks, 820)
    disc(sheet, inks.accent, 1280, 420, 150)
    swell(sheet, (inks.haze, inks.far, inks.middle), 760, bands=3, height=8)
    shore = sheet.cut().polygon([*curve([(-20, 1010), (500, 980), (1100, 1020), (1820, 970)]), (1820, 1210), (-20, 1210)])
    sheet.lay(shore, inks.middle)
    sheet.spray(shore, inks.near, (0, 960), (300, 1240))
    tops: list[Point] = [(-130, 210), (390, 150), (930, 190), (1440, 140), (1960, 220)]
    for left, right in pairwise(tops):
        _swag(sheet, inks, left, right)
    poles = sheet.cut()
    for x, y in tops:
        poles.polygon(((x - 11, y - 50), (x + 9, y - 54), (x + 18, 1130), (x - 18, 1130)))
    sheet.lay(poles, inks.dark)
    floats = sheet.cut()
    for left, right in pairwise(tops):
        for n in range(1, 9):
            x, y = _hang(left, right, n / 9, 150)
            floats.ellipse(x, y, 19, 15)
    sheet.lay(floats, inks.second)
    sheet.spray(floats, inks.dark, (0, 100), (0, 520), strength=0.3)
    menders = sheet.cut()
    for x, side in ((640, 1), (1210, -1)):
        person(menders, x, 1090, 330, stride=0.07)
        menders.line(((x + side * 20, 850), (x + side * 74, 800), (x + side * 96, 716)), 24, round_ends=True)
    sheet.lay(menders, inks.dark)


def _hang(left: Point, right: Point, share: float, sag: float) -> Point:
    x = left[0] + (right[0] - left[0]) * share
    return x, left[1] + (right[1] - left[1]) * share + sag * 4 * share * (1 - share)


def _swag(sheet: Sheet, inks: Inks, left: Point, right: Point) -> None:
    head = [_hang(left, right, n / 48, 150) for n in range(49)]
    foot = [(x, y + 470 + 50 * math.sin(n / 5 + left[0]) - 150 * 4 * (n / 48) * (1 - n / 48) * 0.4) for n, (x, y) in enumerate(head)]
    cloth = sheet.cut().polygon([*head, *reversed(foot)])
    sheet.lay(cloth, inks.middle, strength=0.42)
    mesh = sheet.cut()
    drop = 22

    def knot(i: int, j: int) -> Point:
        i = min(48, max(0, i))
        (x0, y0), (x1, y1) = head[i], foot[i]
        return x0 + (x1 - x0) * j / drop + 6 * math.sin(j * 0.8 + i * 0.5), y0 + (y1 - y0) * j / drop

    for start in range(-drop, 49, 2):
        mesh.line([knot(start + j, j) for j in range(drop + 1) if 0 <= start + j <= 48] or [head[0], head[0]], 2.2)
        mesh.line([knot(start + drop - j, j) for j in range(drop + 1) if 0 <= start + drop - j <= 48] or [head[0], head[0]], 2.2)
    sheet.lay(mesh, inks.dark, strength=0.75)
    sheet.lay(sheet.cut().line(head, 6).line(foot, 5), inks.dark)


@motif
def boxes(sheet: Sheet, inks: Inks) -> None:
    """A container yard face on: a wall of boxes, one lifted out of it."""
    sheet.lay(sheet.everywhere(), inks.sky)
    sheet.spray(sheet.everywhere(), inks.haze, (0, 500), (0, -100), strength=0.7)
    colours = (inks.near, inks.middle, inks.second, inks.far, inks.accent, inks.near, inks.haze)
    tall = 176
    heights = (3, 4, 4, 2, 4, 5)
    for col in range(6):
        for row in range(heights[col]):
            _face(sheet, inks, -60 + col * 320, 1150 - (row + 1) * tall, 314, tall - 6, colours[(col * 3 + row * 2) % 7])
    sheet.lay(sheet.cut().rectangle(0, 1148, WIDTH, HEIGHT), inks.dark)
    x, y = 846, 430
    cables = sheet.cut()
    for px in (x + 40, x + 274):
        cables.line(((px, -10), (px, y - 60)), 7)
    cables.rounded(x + 6, y - 76, x + 308, y - 44, 6)
    for px in (x + 14, x + 290):
        cables.rectangle(px, y - 50, px + 12, y)
    sheet.lay(cables, inks.dark)
    _face(sheet, inks, x, y, 314, tall - 6, inks.accent)
    worker = sheet.cut()
    person(worker, 1002, 798 - 4, 0.1)
    person(worker, 980, 798, 150, stride=0.08)
    worker.polygon(((992, 690), (1030, 640), (1040, 648), (1004, 706)))
    sheet.lay(worker, inks.dark)
    sheet.lay(sheet.cut().rectangle(961, 686, 999, 700), inks.second)


def _face(sheet: Sheet, inks: Inks, x: float, y: float, wide: float, tall: float, ink: str) -> None:
    box = sheet.cut().rectangle(x, y, x + wide, y + tall)
    sheet.lay(box, ink)
    ribs = sheet.cut()
    for n in range(1, 22):
        ribs.rectangle(x + n * wide / 22, y + 16, x + n * wide / 22 + 5, y + tall - 16)
    sheet.lay(ribs, inks.dark, strength=0.22)
    sheet.spray(box, inks.dark, (x, y - tall * 0.5), (x + wide * 0.6, y + tall * 1.9), strength=0.6)
    frame = sheet.cut().rectangle(x, y, x + wide, y + 10).rectangle(x, y + tall - 10, x + wide, y + tall).rectangle(x, y, x + 9, y + tall).rectangle(x + wide - 9, y, x + wide, y + tall)
    sheet.lay(frame, inks.dark, strength=0.35)
    corners = sheet.cut()
    for cx in (x, x + wide - 18):
        for cy in (y, y + tall - 14):
            corners.rectangle(cx, cy, cx + 18, cy + 14)
    sheet.lay(corners, inks.dark)
