"""Polders, dikes, pumping stations, and the ground beneath them."""
# fmt: off

from __future__ import annotations

import math
from itertools import pairwise

from .figures import person
from .inks import Inks
from .motifs import motif
from .nature import cloud, glitter, hill, poplar, rain, sky
from .sheet import HEIGHT, WIDTH, Point, Sheet, arc, curve, ridge


@motif
def polder(sheet: Sheet, inks: Inks) -> None:
    """Reclaimed land from the air: strips of field, ditches, a river, and salt coming in from the sea."""
    sheet.lay(sheet.everywhere(), inks.near)
    fields = (inks.haze, inks.far, inks.middle, inks.sky, inks.far, inks.paper, inks.middle, inks.haze)

    def warp(u: float, v: float) -> Point:
        return (
            -260 + 2320 * u + 220 * (v - 0.5) + 60 * math.sin(3 * v + 1),
            -160 + 1540 * v - 330 * (u - 0.5) + 46 * math.sin(4 * u),
        )

    columns = [0.0]
    while columns[-1] < 1:
        columns.append(columns[-1] + sheet.chance.uniform(0.05, 0.11))
    for left, right in pairwise(columns):
        v = sheet.chance.uniform(-0.1, 0)
        while v < 1:
            deep = sheet.chance.uniform(0.1, 0.26)
            gap_u, gap_v = 0.0025, 0.004
            corners = [warp(left + gap_u, v + gap_v), warp(right - gap_u, v + gap_v), warp(right - gap_u, v + deep - gap_v), warp(left + gap_u, v + deep - gap_v)]
            _field(sheet, inks, sheet.chance.choice(fields), corners)
            v += deep
    bend: list[Point] = [(1830, 140), (1500, 210), (1330, 380), (1390, 600), (1180, 770), (860, 760), (640, 900), (660, 1230)]
    for width, ink in ((168, inks.dark), (142, inks.sky), (116, inks.middle)):
        _stream(sheet, bend, width, ink)
    flow = sheet.cut()
    for shift in (-34, -12, 14, 36):
        flow.line([(x + shift, y + shift * 0.4) for x, y in curve(bend, 16)][6:-4], 2.5)
    sheet.lay(flow, inks.far, strength=0.9)
    coast = [(1120, -20), (1240, 90), (1400, 130), (1560, 90), (1840, 110)]
    sea = sheet.cut().polygon([*curve(coast), (1840, -20)])
    sheet.lay(sea, inks.middle)
    sheet.spray(sea, inks.dark, (1400, 160), (1700, -60))
    sheet.lay(sheet.cut().line(curve(coast), 16), inks.paper)
    salt = sheet.cut().polygon(curve([(1000, -30), (980, 220), (1080, 430), (1060, 640), (1190, 640), (1500, 700), (1840, 560), (1840, -30), (1000, -30)]))
    sheet.glow(salt, inks.paper, (1450, 210), 720, strength=0.85)
    dots = sheet.cut()
    for x, y in ((300, 330), (350, 352), (520, 640), (560, 660), (1500, 980), (1560, 960), (980, 330)):
        dots.polygon(((x - 22, y), (x, y - 20), (x + 22, y), (x + 22, y + 24), (x - 22, y + 24)))
    sheet.lay(dots, inks.second)


def _field(sheet: Sheet, inks: Inks, ink: str, corners: list[Point]) -> None:
    field = sheet.cut().polygon(corners)
    sheet.lay(field, ink)
    shade = {inks.paper: inks.haze, inks.sky: inks.far, inks.haze: inks.far, inks.far: inks.middle}.get(ink, inks.near)
    a, b, c, d = corners
    rows = sheet.chance.choice((0, 9, 14))
    furrows = sheet.cut()
    for row in range(1, rows):
        t = row / rows
        furrows.line(((a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t), (d[0] + (c[0] - d[0]) * t, d[1] + (c[1] - d[1]) * t)), 2)
    sheet.lay(furrows, shade, strength=0.8)
    sheet.spray(field, shade, a, (c[0] + 60, c[1] + 60), strength=0.75)


def _stream(sheet: Sheet, bend: list[Point], width: float, ink: str) -> None:
    """A band along a bend that narrows inland."""
    line = curve(bend, 16)
    left, right = [], []
    for i, (x, y) in enumerate(line):
        before, after = line[max(0, i - 1)], line[min(len(line) - 1, i + 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        long = math.hypot(dx, dy) or 1
        half = width / 2 * (1 - 0.55 * i / len(line))
        left.append((x - dy / long * half, y + dx / long * half))
        right.append((x + dy / long * half, y - dx / long * half))
    sheet.lay(sheet.cut().polygon([*left, *reversed(right)]), ink)


@motif
def pumps(sheet: Sheet, inks: Inks) -> None:
    """A pumping station at the end of a straight canal, poplars, level land."""
    sky(sheet, inks, 700, clouds=3)
    land = sheet.cut().rectangle(0, 700, WIDTH, HEIGHT)
    far = sheet.cut()
    for x in range(20, 900, 46):
        poplar(far, x, 706, 120 + 40 * math.sin(x / 90))
    sheet.lay(far, inks.haze)
    sheet.lay(land, inks.far)
    _fields_in_perspective(sheet, inks)
    _pumping_station(sheet, inks, lit=False)
    _canal(sheet, inks)
    row = sheet.cut()
    for n in range(7):
        poplar(row, 60 + n * 96, 800 - n * 12, 520 - n * 55)
    sheet.lay(row, inks.near)
    sheet.spray(row, inks.dark, (0, 300), (400, 1000), strength=0.8)


@motif
def pumps_at_night(sheet: Sheet, inks: Inks) -> None:
    """The same kind of station in the rain, every window lit, the canal to the brim."""
    sheet.lay(sheet.everywhere(), inks.near)
    sheet.spray(sheet.everywhere(), inks.middle, (0, 0), (0, 800), strength=0.9)
    for y, long in ((170, 1100), (300, 1500)):
        bank = sheet.cut().polygon(curve([(-40, y), (300, y - 60), (long * 0.7, y + 10), (long, y + 46), (600, y + 76), (-40, y + 60)]))
        sheet.lay(bank, inks.middle, strength=0.55)
    land = sheet.cut().rectangle(0, 700, WIDTH, HEIGHT)
    sheet.lay(land, inks.dark)
    sheet.spray(land, inks.near, (0, 1100), (0, 700), strength=0.8)
    _pumping_station(sheet, inks, lit=True)
    halo = sheet.cut().rectangle(700, 330, 1800, 900)
    sheet.glow(halo, inks.accent, (1240, 600), 480, strength=0.28)
    _canal(sheet, inks)
    pools = sheet.cut()
    for n in range(5):
        x = 1000 + n * 122
        pools.polygon(((x - 30, 836), (x + 30, 836), (x - 120 + n * 26, 1110), (x - 220 + n * 26, 1110)))
    sheet.spray(pools, inks.accent, (1100, 1150), (1300, 780), strength=0.75)
    figure = sheet.cut()
    person(figure, 800, 846, 150)
    sheet.lay(figure, inks.dark)
    rain(sheet, inks.paper, many=420, strength=0.42)


def _pumping_station(sheet: Sheet, inks: Inks, *, lit: bool) -> None:
    house = sheet.cut().rectangle(930, 400, 1560, 730)
    sheet.lay(house, inks.second)
    sheet.spray(house, inks.dark, (800, 300), (1750, 800), strength=0.9)
    sheet.lay(sheet.cut().polygon(((904, 400), (1000, 290), (1490, 290), (1586, 400))), inks.near)
    sheet.lay(sheet.cut().rectangle(904, 392, 1586, 412), inks.dark)
    chimney = sheet.cut().polygon(((1398, 300), (1412, 80), (1462, 80), (1476, 300)))
    sheet.lay(chimney, inks.second)
    sheet.spray(chimney, inks.dark, (1390, 0), (1500, 0))
    sheet.lay(sheet.cut().rectangle(1402, 72, 1472, 96), inks.dark)
    windows = sheet.cut()
    bars = sheet.cut()
    for n in range(5):
        x = 1000 + n * 122
        windows.polygon([(x - 34, 650), *arc(x, 500, 34, 40, 180, 360, 20), (x + 34, 650)])
        bars.line(((x, 460), (x, 650)), 5).line(((x - 34, 545), (x + 34, 545)), 5).line(((x - 34, 598), (x + 34, 598)), 5)
    sheet.lay(windows, inks.accent if lit else inks.dark)
    if lit:
        sheet.spray(windows, inks.paper, (0, 480), (0, 700), strength=0.8)
    sheet.lay(bars.within(windows), inks.near)
    sheet.lay(sheet.cut().rectangle(910, 690, 1580, 742), inks.near)
    for n in range(3):
        x = 1050 + n * 180
        mouth = sheet.cut().polygon([(x - 50, 830), *arc(x, 770, 50, 36, 180, 360, 20), (x + 50, 830)])
        sheet.lay(sheet.cut().rectangle(x - 72, 720, x + 72, 830), inks.middle)
        sheet.lay(mouth, inks.dark)


def _fields_in_perspective(sheet: Sheet, inks: Inks) -> None:
    for n, ink in enumerate((inks.haze, inks.far, inks.accent, inks.far, inks.middle)):
        left, right = -1700 + n * 560, -1700 + (n + 1) * 560
        strip = sheet.cut().polygon(((860, 706), (880, 706), (right, 1210), (left, 1210)))
        sheet.lay(strip, ink)
        sheet.spray(strip, inks.near, (0, 720), (0, 1350), strength=0.6)


def _canal(sheet: Sheet, inks: Inks) -> None:
    banks = sheet.cut().polygon(((880, 826), (1600, 826), (1800, 900), (1800, 1210), (180, 1210), (860, 836)))
    sheet.lay(banks, inks.near)
    water = sheet.cut().polygon(((930, 836), (1580, 836), (1800, 930), (1800, 1210), (330, 1210)))
    sheet.lay(water, inks.haze)
    sheet.spray(water, inks.middle, (700, 830), (1250, 1200), strength=0.95)
    glitter(sheet, inks.paper, 880, 1190, left=760, right=1750, many=46, strength=0.8)


@motif
def dike(sheet: Sheet, inks: Inks) -> None:
    """A sea dike in a long bend under a tall sky; one walker with a stick, sheep on the slope."""
    sky(sheet, inks, 760)
    for x, y, long in ((420, 210, 700), (1240, 330, 620), (760, 470, 460), (1540, 150, 420), (120, 560, 340)):
        cloud(sheet, inks, x, y, long)
    sea = sheet.cut().rectangle(0, 742, 900, 1210)
    sheet.lay(sea, inks.middle)
    sheet.spray(sea, inks.far, (0, 1000), (0, 742))
    glitter(sheet, inks.paper, 760, 1000, right=620, many=40)
    land = sheet.cut().rectangle(880, 742, WIDTH, 1210)
    sheet.lay(land, inks.far)
    for n in range(7):
        strip = sheet.cut().polygon(((1000 + n * 18, 744), (1016 + n * 18, 744), (1300 + n * 330 + 150, 1210), (1300 + n * 330, 1210)))
        sheet.lay(strip, (inks.haze, inks.accent, inks.middle)[n % 3])
    sheet.spray(land, inks.near, (1000, 700), (1600, 1400), strength=0.5)
    farms = sheet.cut()
    for x, size in ((1380, 34), (1560, 46), (1700, 30)):
        farms.polygon(((x - size, 770), (x - size, 770 - size * 0.5), (x - size * 0.5, 770 - size), (x + size * 0.5, 770 - size), (x + size, 770 - size * 0.5), (x + size, 770)))
    sheet.lay(farms, inks.second)
    trees = sheet.cut()
    for x in (1450, 1480, 1630, 1655, 1120, 1140):
        poplar(trees, x, 768, 84)
    sheet.lay(trees, inks.near)
    crest_left = curve([(900, 738), (820, 770), (760, 830), (800, 930), (900, 1050), (880, 1210)])
    crest_right = curve([(912, 738), (856, 770), (826, 830), (910, 930), (1080, 1050), (1160, 1210)])
    seaward = sheet.cut().polygon([*crest_left, (-20, 1210), (-20, 1130), *reversed(curve([(890, 738), (700, 790), (520, 880), (380, 990), (-20, 1140)]))])
    sheet.lay(seaward, inks.near)
    sheet.spray(seaward, inks.dark, (900, 800), (300, 1300), strength=0.9)
    landward = sheet.cut().polygon([*crest_right, (1840, 1210), *reversed(curve([(920, 738), (960, 790), (1080, 900), (1380, 1060), (1840, 1200)]))])
    sheet.lay(landward, inks.middle)
    sheet.spray(landward, inks.near, (1000, 800), (1300, 1250), strength=0.8)
    path = sheet.cut().polygon([*crest_left, *reversed(crest_right)])
    sheet.lay(path, inks.paper)
    sheet.spray(path, inks.haze, (0, 760), (0, 1250), strength=0.8)
    flock, heads = sheet.cut(), sheet.cut()
    for x, y, size in ((1130, 960, 15), (1180, 1000, 17), (1270, 1030, 19), (1105, 905, 11), (1330, 1100, 24), (1200, 1080, 22), (480, 1010, 18), (600, 950, 14), (560, 1040, 20)):
        flock.ellipse(x, y, size * 1.35, size * 0.85)
        heads.ellipse(x - size * 1.3, y - size * 0.35, size * 0.4, size * 0.34).rectangle(x - size * 0.8, y + size * 0.5, x - size * 0.6, y + size * 1.2).rectangle(x + size * 0.6, y + size * 0.5, x + size * 0.8, y + size * 1.2)
    sheet.lay(heads, inks.dark)
    sheet.lay(flock, inks.paper)
    walker = sheet.cut()
    person(walker, 868, 944, 210, stride=0.16)
    walker.line(((898, 850), (934, 944)), 5)
    sheet.lay(walker, inks.dark)
    sheet.lay(sheet.cut().polygon(((868, 948), (930, 944), (1130, 976), (1118, 984))), inks.near, strength=0.5)


@motif
def well(sheet: Sheet, inks: Inks) -> None:
    """The ground cut open under a farm: soil, clay, gravel, rock, and a well down to the water."""
    sky(sheet, inks, 380, clouds=2)
    hill(sheet, inks.haze, inks.far, ridge(sheet.chance, 330, 90, waves=1.3))
    layers = ((400, inks.near, inks.dark), (470, inks.second, inks.dark), (610, inks.haze, inks.far), (740, inks.far, inks.middle), (880, inks.middle, inks.near), (1050, inks.near, inks.dark))
    for n, (level, ink, shade) in enumerate(layers):
        line = ridge(sheet.chance, level, 26 if n else 14, waves=1.2)
        hill(sheet, ink, shade, line, strength=0.7, deep=220)
        marks = sheet.cut()
        for _ in range((0, 60, 130, 170, 60, 40)[n]):
            x, y = sheet.chance.uniform(0, WIDTH), level + sheet.chance.uniform(30, 120)
            if n == 1:
                marks.line(((x, y), (x + 40, y + 3)), 3)
            elif n == 2:
                marks.ellipse(x, y, 3, 3)
            elif n == 3:
                marks.ellipse(x, y, sheet.chance.uniform(8, 20), sheet.chance.uniform(6, 13))
            else:
                marks.line(((x, y), (x + 90, y - 20)), 3)
        sheet.lay(marks, shade, strength=0.6)
    table = sheet.cut().rectangle(0, 800, WIDTH, 930)
    sheet.spray(table, inks.paper, (0, 720), (0, 1000), strength=0.35)
    x = 1180
    shaft = sheet.cut().rectangle(x - 46, 380, x + 46, 930)
    sheet.lay(shaft, inks.dark)
    sheet.lay(sheet.cut().rectangle(x - 46, 790, x + 46, 926), inks.accent)
    rings = sheet.cut()
    for n in range(16):
        rings.rectangle(x - 60, 384 + n * 34, x - 44, 412 + n * 34).rectangle(x + 44, 384 + n * 34, x + 60, 412 + n * 34)
    sheet.lay(rings, inks.paper)
    rope = sheet.cut().line(((x, 330), (x, 730)), 4).polygon(((x - 24, 730), (x + 24, 730), (x + 18, 780), (x - 18, 780)))
    sheet.lay(rope, inks.second)
    sheet.lay(sheet.cut().rectangle(x - 66, 340, x + 66, 400), inks.paper)
    frame = sheet.cut().rectangle(x - 60, 220, x - 48, 344).rectangle(x + 48, 220, x + 60, 344).rectangle(x - 60, 300, x + 60, 312)
    sheet.lay(frame, inks.dark)
    sheet.lay(sheet.cut().polygon(((x - 92, 230), (x, 164), (x + 92, 230))), inks.second)
    seep = sheet.cut()
    for fx in (300, 420, 540, 660, 780, 900):
        for n in range(5):
            y = 440 + n * 74 + (fx % 90)
            size = 12 - n
            seep.polygon(curve([(fx, y - size * 2), (fx + size, y), (fx, y + size), (fx - size, y), (fx, y - size * 2)], 6))
    sheet.lay(seep, inks.accent)
    crop = sheet.cut()
    for fx in range(220, 980, 26):
        for lean in (-9, 0, 9):
            crop.polygon(((fx - 2, 408), (fx + 2, 408), (fx + lean, 352)))
    sheet.lay(crop, inks.near)
    sheet.lay(sheet.cut().polygon(((1420, 404), (1420, 290), (1500, 220), (1580, 290), (1580, 404))), inks.paper)
    sheet.lay(sheet.cut().polygon(((1580, 404), (1580, 290), (1720, 290), (1720, 404))), inks.haze)
    sheet.lay(sheet.cut().polygon(((1494, 212), (1650, 212), (1740, 300), (1584, 300))), inks.second)
    sheet.lay(sheet.cut().rectangle(1480, 320, 1518, 404).rectangle(1630, 324, 1676, 362), inks.dark)
