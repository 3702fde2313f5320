"""Open water: a ferry, a dredger, turbines, a southern haven."""
# fmt: off

from __future__ import annotations

import math

from .figures import person
from .inks import Inks
from .motifs import motif
from .nature import cloud, disc, glitter, hill, sky, swell, tern
from .sheet import HEIGHT, WIDTH, Sheet, curve, ridge


@motif
def ferry(sheet: Sheet, inks: Inks) -> None:
    """A small ferry on a grey swell, an island with a light ahead."""
    sky(sheet, inks, 600)
    for x, y, long in ((380, 230, 620), (1010, 330, 520), (1480, 190, 640)):
        cloud(sheet, inks, x, y, long)
    island = sheet.cut().polygon([*curve([(1130, 602), (1220, 560), (1330, 540), (1450, 500), (1560, 520), (1680, 560), (1840, 580)]), (1840, 640), (1130, 640)])
    sheet.lay(island, inks.far)
    sheet.spray(island, inks.middle, (1300, 500), (1600, 640))
    beacon = sheet.cut().polygon(((1440, 506), (1452, 380), (1476, 380), (1488, 506))).rectangle(1446, 352, 1482, 382).polygon(((1442, 354), (1464, 330), (1486, 354)))
    sheet.lay(beacon, inks.paper)
    sheet.lay(sheet.cut().rectangle(1446, 420, 1482, 450).rectangle(1454, 358, 1474, 376), inks.accent)
    seas = (inks.far, inks.middle, inks.middle, inks.near, inks.near, inks.dark)
    swell(sheet, seas[:3], 600, bands=3, height=14)
    glitter(sheet, inks.haze, 620, 760, many=40)

    wake = sheet.cut().polygon(curve([(330, 862), (120, 850), (-40, 830), (-40, 890), (160, 900), (420, 900)]))
    sheet.lay(wake, inks.paper)
    hull = sheet.cut().polygon([(300, 700), *curve([(1270, 690), (1240, 790), (1170, 900)]), (380, 900), *curve([(380, 900), (330, 820), (300, 700)])])
    sheet.lay(hull, inks.dark)
    sheet.lay(sheet.cut().rectangle(280, 716, 1300, 740).within(hull), inks.accent)
    deck = sheet.cut().polygon(((380, 704), (390, 560), (1090, 560), (1150, 700)))
    sheet.lay(deck, inks.paper)
    sheet.spray(deck, inks.haze, (600, 540), (700, 760), strength=0.9)
    upper = sheet.cut().polygon(((560, 560), (566, 470), (1000, 470), (1040, 560)))
    sheet.lay(upper, inks.paper)
    sheet.spray(upper, inks.haze, (500, 0), (1200, 0), strength=0.8)
    wheelhouse = sheet.cut().polygon(((820, 470), (824, 384), (980, 384), (1004, 470)))
    sheet.lay(wheelhouse, inks.paper)
    panes = sheet.cut()
    for n in range(8):
        panes.rounded(430 + n * 80, 606, 478 + n * 80, 650, 8)
    for n in range(5):
        panes.rounded(600 + n * 78, 496, 650 + n * 78, 532, 6)
    panes.polygon(((838, 404), (968, 404), (980, 440), (838, 440)))
    sheet.lay(panes, inks.near)
    funnel = sheet.cut().polygon(((640, 470), (628, 330), (716, 330), (728, 470)))
    sheet.lay(funnel, inks.accent)
    sheet.lay(sheet.cut().polygon(((630, 356), (718, 356), (720, 384), (633, 384))), inks.paper)
    rails = sheet.cut().line(((316, 670), (388, 668)), 4).line(((316, 700), (316, 670)), 4).line(((350, 700), (350, 668)), 4)
    rails.line(((1120, 668), (1262, 664)), 4).line(((1180, 700), (1180, 666)), 4).line(((1230, 700), (1230, 666)), 4)
    rails.line(((900, 384), (900, 270)), 5).line(((870, 310), (930, 310)), 4).line(((566, 440), (818, 440)), 4)
    for x in range(580, 820, 40):
        rails.line(((x, 470), (x, 440)), 3)
    sheet.lay(rails, inks.dark)
    people = sheet.cut()
    for x in (600, 640, 760, 784, 340, 1150, 1206):
        person(people, x, 472 if 560 < x < 820 else 702, 76)
    sheet.lay(people, inks.near)
    for level, ink, shade in ((880, inks.middle, inks.near), (950, inks.near, inks.dark), (1060, inks.dark, inks.near)):
        line = ridge(sheet.chance, level, 34, waves=3)
        hill(sheet, ink, shade, line, strength=0.6, deep=200)
        sheet.lay(sheet.cut().line(line, 4), inks.haze, strength=0.55)
    bow = sheet.cut().polygon(curve([(1090, 900), (1180, 856), (1230, 868), (1330, 900), (1230, 906), (1090, 910)]))
    sheet.lay(bow, inks.paper)
    gulls = sheet.cut()
    for x, y, span in ((240, 420, 150), (130, 520, 96), (400, 330, 84)):
        tern(gulls, x, y, span, turn=-0.1, beat=sheet.chance.uniform(-0.2, 0.7))
    sheet.lay(gulls, inks.paper)


@motif
def dredger(sheet: Sheet, inks: Inks) -> None:
    """A dredger and what lies under her: the pipe on the bed, the cloud of silt, the mussel banks."""
    x: float
    y: float
    sky(sheet, inks, 380, clouds=2)
    surface = 400
    deep = sheet.cut().rectangle(0, surface, WIDTH, HEIGHT)
    sheet.lay(deep, inks.far)
    sheet.spray(deep, inks.middle, (0, surface), (0, 760), strength=0.9)
    sheet.spray(deep, inks.near, (0, 560), (0, 1150), strength=0.95)
    rays = sheet.cut()
    for x in (160, 480, 1240, 1560):
        rays.polygon(((x, surface), (x + 110, surface), (x - 60, 1000), (x - 320, 1000)))
    sheet.spray(rays, inks.haze, (0, 900), (0, surface), strength=0.35)
    bed = curve([(-20, 1010), (260, 1000), (520, 1020), (760, 1010), (860, 1060), (1010, 1090), (1200, 1060), (1300, 1000), (1520, 985), (1820, 1000)])
    ground = sheet.cut().polygon([*bed, (1820, 1210), (-20, 1210)])
    plume = sheet.cut().polygon(curve([(980, 1090), (820, 980), (560, 900), (260, 840), (-60, 800), (-60, 1020), (300, 1030), (980, 1090)]))
    sheet.glow(plume, inks.second, (760, 1020), 860, strength=0.95)
    sheet.lay(ground, inks.second)
    sheet.spray(ground, inks.dark, (0, 980), (200, 1260))
    mussels = sheet.cut()
    glints = sheet.cut()
    for _ in range(120):
        x = sheet.chance.choice((sheet.chance.gauss(300, 130), sheet.chance.gauss(1590, 110)))
        y = 1004 - sheet.chance.uniform(-14, 30) * (1 - min(1, abs(x - (300 if x < 900 else 1590)) / 300))
        size = sheet.chance.uniform(9, 16)
        mussels.polygon(curve([(x - size, y), (x, y - size * 0.8), (x + size * 1.2, y - size * 0.2), (x, y + size * 0.5), (x - size, y)], 5))
        glints.line(((x - size * 0.5, y - size * 0.2), (x + size * 0.3, y - size * 0.45)), 2)
    sheet.lay(mussels, inks.dark)
    sheet.lay(glints, inks.haze)
    pipe = sheet.cut().line(((1180, 410), (1010, 1060)), 26)
    sheet.lay(pipe, inks.paper)
    sheet.spray(pipe, inks.near, (1080, 0), (1150, 0), strength=0.5)
    head = sheet.cut().polygon(((980, 1040), (1040, 1040), (1060, 1100), (940, 1104)))
    sheet.lay(head, inks.accent)
    hull = sheet.cut().polygon([(560, 300), (1360, 300), *curve([(1500, 270), (1470, 360), (1380, 470)]), (640, 470), *curve([(640, 470), (590, 410), (560, 300)])])
    sheet.lay(hull, inks.dark)
    sheet.lay(sheet.cut().rectangle(540, 400, 1520, 480).within(hull), inks.accent)
    house = sheet.cut().rectangle(600, 170, 800, 302).rectangle(640, 100, 790, 172)
    sheet.lay(house, inks.paper)
    sheet.spray(house, inks.haze, (600, 0), (830, 0))
    panes = sheet.cut().rectangle(652, 116, 778, 142)
    for n in range(4):
        panes.rectangle(622 + n * 44, 200, 648 + n * 44, 226)
    sheet.lay(panes, inks.near)
    gear = sheet.cut().line(((1180, 300), (1180, 120)), 12).line(((1180, 130), (1060, 300)), 7).line(((1180, 130), (1300, 300)), 7)
    gear.line(((880, 300), (880, 180)), 10).line(((880, 190), (1180, 150)), 4).line(((1400, 300), (1400, 220)), 6).line(((720, 100), (720, 30)), 5)
    sheet.lay(gear, inks.dark)
    heap = sheet.cut().polygon(curve([(900, 302), (960, 262), (1040, 250), (1120, 268), (1160, 302)]))
    sheet.lay(heap, inks.second)
    sheet.lay(sheet.cut().rectangle(0, surface - 3, 600, surface + 3).rectangle(1450, surface - 3, 1800, surface + 3), inks.paper)
    fish = sheet.cut()
    for x, y, size in ((1400, 700, 40), (1470, 726, 34), (1360, 752, 32), (1530, 690, 30), (1440, 780, 30)):
        fish.polygon(curve([(x - size, y), (x, y - size * 0.32), (x + size, y), (x, y + size * 0.3), (x - size, y)], 6)).polygon(((x + size * 0.8, y), (x + size * 1.3, y - size * 0.3), (x + size * 1.3, y + size * 0.3)))
    sheet.lay(fish, inks.haze)


@motif
def turbines(sheet: Sheet, inks: Inks) -> None:
    """Turbines out at sea, rank behind rank; a village on the shore."""
    sky(sheet, inks, 760)
    for x, y, long in ((300, 520, 520), (1500, 430, 620), (1010, 600, 420)):
        cloud(sheet, inks, x, y, long)
    swell(sheet, (inks.haze, inks.far, inks.far), 740, bands=2, height=6)
    for rank, ink, tall, foot, places in (
        (0, inks.haze, 250, 760, range(60, 1800, 150)),
        (1, inks.far, 380, 780, range(150, 1850, 270)),
        (2, inks.near, 700, 820, (330, 950, 1560)),
    ):
        for x in places:
            _turbine(sheet, inks, x + sheet.chance.uniform(-14, 14), foot, tall, ink, solid=rank == 2)
    swell(sheet, (inks.middle, inks.middle, inks.near, inks.near), 822, bands=4, height=18)
    glitter(sheet, inks.haze, 840, 1100, many=60)
    shore = sheet.cut().polygon([*curve([(-20, 1090), (300, 1050), (620, 1090), (980, 1150), (1300, 1210)]), (-20, 1210)])
    sheet.lay(shore, inks.dark)
    for x, foot, wide, ink in ((70, 1076, 110, inks.paper), (200, 1066, 96, inks.paper), (320, 1070, 120, inks.paper), (480, 1082, 100, inks.paper)):
        sheet.lay(sheet.cut().rectangle(x, foot - 62, x + wide, foot + 6), ink)
        sheet.lay(sheet.cut().polygon(((x - 8, foot - 58), (x + 14, foot - 104), (x + wide - 14, foot - 104), (x + wide + 8, foot - 58))), inks.accent)
        sheet.lay(sheet.cut().rectangle(x + 18, foot - 44, x + 38, foot - 22).rectangle(x + wide - 40, foot - 44, x + wide - 20, foot - 22), inks.dark)


def _turbine(sheet: Sheet, inks: Inks, x: float, foot: float, tall: float, ink: str, *, solid: bool) -> None:
    hub = foot - tall * 0.66
    tower = sheet.cut().polygon(((x - tall * 0.018, foot), (x + tall * 0.018, foot), (x + tall * 0.009, hub), (x - tall * 0.009, hub)))
    turn = sheet.chance.uniform(0, math.tau / 3)
    blades = sheet.cut().ellipse(x, hub, tall * 0.022)
    for n in range(3):
        angle = turn + n * math.tau / 3
        cos, sin = math.cos(angle), math.sin(angle)
        outline = [(0.0, -0.008), (0.06, -0.03), (0.14, -0.024), (0.36, 0.0), (0.1, 0.008), (0.0, 0.008)]
        blades.polygon([(x + tall * (px * cos - py * sin), hub + tall * (px * sin + py * cos)) for px, py in outline])
    sheet.lay(tower, ink)
    if solid:
        sheet.lay(sheet.cut().rectangle(x - 20, foot - 60, x + 20, foot), inks.accent)
    sheet.lay(blades, ink)


@motif
def haven(sheet: Sheet, inks: Inks) -> None:
    """A white southern harbour town on its hill, stairs down to a mole and a light."""
    sky(sheet, inks, 700)
    disc(sheet, inks.accent, 330, 300, 120)
    hill(sheet, inks.haze, inks.far, ridge(sheet.chance, 600, 120, waves=1.1))
    sea = sheet.cut().rectangle(0, 800, WIDTH, HEIGHT)
    sheet.lay(sea, inks.far)
    sheet.spray(sea, inks.middle, (0, 800), (0, 1200))
    mound = sheet.cut().polygon([*curve([(560, 830), (760, 660), (1000, 470), (1240, 330), (1480, 300), (1840, 420)]), (1840, 850), (560, 850)])
    sheet.lay(mound, inks.second)
    sheet.spray(mound, inks.middle, (900, 300), (1400, 900), strength=0.7)
    for row in range(7):
        foot = 380 + row * 76
        left = 1240 - row * 98
        x = left + sheet.chance.uniform(0, 40)
        while x < WIDTH - 10:
            x += _cube(sheet, inks, x, foot + sheet.chance.uniform(-16, 16), sheet.chance.uniform(64, 118), sheet.chance.uniform(70, 118))
            if sheet.chance.random() < 0.16:
                x += 46
    tower = sheet.cut().rectangle(1420, 150, 1490, 330)
    sheet.lay(tower, inks.paper)
    sheet.lay(sheet.cut().rectangle(1456, 150, 1490, 330), inks.haze)
    sheet.lay(sheet.cut().polygon(((1410, 152), (1455, 90), (1500, 152))), inks.second)
    sheet.lay(sheet.cut().rounded(1438, 176, 1472, 226, 16), inks.dark)
    quay = sheet.cut().polygon(((540, 836), (1840, 836), (1840, 888), (540, 888)))
    sheet.lay(quay, inks.paper)
    sheet.spray(quay, inks.far, (0, 830), (0, 930))
    mole = sheet.cut().polygon(((540, 836), (240, 900), (240, 934), (620, 888)))
    sheet.lay(mole, inks.haze)
    light = sheet.cut().polygon(((252, 900), (262, 740), (306, 740), (316, 900)))
    sheet.lay(light, inks.paper)
    sheet.spray(light, inks.far, (260, 0), (330, 0))
    sheet.lay(sheet.cut().rectangle(259, 780, 309, 822).rectangle(262, 700, 306, 742), inks.second)
    for x, y, long, ink in ((820, 960, 130, inks.second), (1090, 1010, 160, inks.paper), (1480, 970, 140, inks.accent), (560, 1060, 170, inks.paper), (1330, 1100, 190, inks.second)):
        _skiff(sheet, inks, x, y, long, ink)
    glitter(sheet, inks.paper, 910, 1190, many=70, strength=0.85)


def _cube(sheet: Sheet, inks: Inks, x: float, foot: float, wide: float, tall: float) -> float:
    front = sheet.cut().rectangle(x, foot - tall, x + wide * 0.66, foot)
    sheet.lay(front, sheet.chance.choice((inks.paper, inks.paper, inks.paper, inks.sky)))
    side = sheet.cut().rectangle(x + wide * 0.66, foot - tall + 6, x + wide, foot)
    sheet.lay(side, inks.haze)
    sheet.spray(side, inks.far, (x, foot - tall), (x + wide, foot), strength=0.7)
    holes = sheet.cut().rectangle(x + wide * 0.14, foot - tall * 0.76, x + wide * 0.27, foot - tall * 0.52)
    if sheet.chance.random() < 0.6:
        holes.rectangle(x + wide * 0.42, foot - tall * 0.76, x + wide * 0.55, foot - tall * 0.52)
    if sheet.chance.random() < 0.5:
        holes.rectangle(x + wide * 0.76, foot - tall * 0.6, x + wide * 0.88, foot - tall * 0.36)
    if sheet.chance.random() < 0.4:
        holes.rectangle(x + wide * 0.36, foot - tall * 0.34, x + wide * 0.52, foot)
    sheet.lay(holes, sheet.chance.choice((inks.near, inks.middle, inks.accent, inks.near)))
    return wide


def _skiff(sheet: Sheet, inks: Inks, x: float, y: float, long: float, ink: str) -> None:
    sheet.lay(sheet.cut().ellipse(x, y + long * 0.16, long * 0.5, long * 0.05), inks.near, strength=0.6)
    hull = sheet.cut().polygon(curve([(x - long / 2, y - 4), (x - long * 0.36, y + long * 0.13), (x + long * 0.3, y + long * 0.15), (x + long / 2, y - long * 0.08)], 8))
    sheet.lay(hull, ink)
    sheet.spray(hull, inks.near, (x, y - 10), (x + 20, y + long * 0.2), strength=0.7)
    sheet.lay(sheet.cut().line(((x - long * 0.48, y - 2), (x + long * 0.1, y + 2), (x + long * 0.5, y - long * 0.08)), 5), inks.dark)
