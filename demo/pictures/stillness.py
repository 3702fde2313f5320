"""Quiet and dark: a ward at night, a drowned steeple, high water."""
# fmt: off

from __future__ import annotations

from .figures import bust, person
from .houses import house_front
from .inks import Inks
from .motifs import motif
from .nature import disc, glitter, hill, sky
from .sheet import HEIGHT, WIDTH, Sheet, arc, curve, ridge


@motif
def ward(sheet: Sheet, inks: Inks) -> None:
    """A care home's long front at night: dark windows, one lit, one person walking the corridor."""
    sheet.lay(sheet.everywhere(), inks.sky)
    sheet.spray(sheet.everywhere(), inks.dark, (0, 900), (0, -200), strength=0.8)
    front = sheet.cut().rectangle(140, 170, 1660, 1010)
    sheet.lay(front, inks.haze)
    sheet.spray(front, inks.near, (200, 100), (1500, 1100), strength=0.8)
    dark, blinds, lit = sheet.cut(), sheet.cut(), sheet.cut()
    for row in range(3):
        for col in range(8):
            x, y = 210 + col * 178, 230 + row * 190
            (lit if (row, col) == (1, 5) else dark).rectangle(x, y, x + 120, y + 124)
            if sheet.chance.random() < 0.55:
                blinds.rectangle(x, y, x + 120, y + sheet.chance.choice((30, 50, 84)))
    sheet.lay(dark, inks.dark)
    sheet.lay(blinds.within(dark), inks.middle)
    sheet.lay(lit, inks.accent)
    sheet.spray(lit, inks.paper, (0, 560), (0, 400))
    bed = sheet.cut().rectangle(1110, 506, 1220, 520).rectangle(1110, 470, 1116, 544)
    bust(bed, 1150, 546, 104)
    sheet.lay(bed.within(lit), inks.dark)
    frames = sheet.cut()
    for row in range(3):
        for col in range(8):
            x, y = 210 + col * 178, 230 + row * 190
            frames.rectangle(x - 8, y + 124, x + 128, y + 134).rectangle(x + 57, y, x + 63, y + 124)
    sheet.lay(frames, inks.far)
    halo = sheet.cut().rectangle(900, 300, 1400, 700).without(lit)
    sheet.glow(halo, inks.accent, (1160, 482), 260, strength=0.35)
    corridor = sheet.cut().rectangle(210, 806, 1590, 960)
    sheet.lay(corridor, inks.accent)
    sheet.spray(corridor, inks.middle, (1000, 0), (150, 0))
    sheet.spray(corridor, inks.middle, (1200, 0), (1750, 0))
    doors = sheet.cut()
    for n in range(9):
        doors.rectangle(250 + n * 156, 836, 302 + n * 156, 960)
    sheet.lay(doors, inks.near, strength=0.75)
    nurse = sheet.cut()
    person(nurse, 1120, 958, 128, stride=0.15)
    sheet.lay(nurse, inks.dark)
    mullions = sheet.cut().rectangle(200, 798, 1600, 808).rectangle(200, 958, 1600, 972)
    for x in range(210, 1600, 138):
        mullions.rectangle(x - 4, 800, x + 4, 960)
    sheet.lay(mullions, inks.near)
    sheet.lay(sheet.cut().rectangle(110, 150, 1690, 184), inks.dark)
    lawn = sheet.cut().rectangle(0, 1010, WIDTH, HEIGHT)
    sheet.lay(lawn, inks.near)
    spill = sheet.cut().polygon(((420, 1010), (1500, 1010), (1720, 1200), (220, 1200)))
    sheet.spray(spill, inks.accent, (0, 1260), (0, 960), strength=0.3)
    shrubs = sheet.cut()
    for x in range(-20, WIDTH, 90):
        shrubs.ellipse(x + sheet.chance.uniform(-20, 20), 1018, 56, sheet.chance.uniform(26, 50))
    sheet.lay(shrubs, inks.dark)


@motif
def steeple(sheet: Sheet, inks: Inks) -> None:
    """The steeple of a drowned village above a still lake, a rowing boat beside it."""
    water = 760
    sheet.lay(sheet.everywhere(), inks.sky)
    sheet.spray(sheet.everywhere(), inks.haze, (0, 0), (0, 700), strength=0.95)
    disc(sheet, inks.paper, 1290, 270, 104)
    for level, ink, shade in ((540, inks.far, inks.middle), (620, inks.middle, inks.near), (690, inks.near, inks.dark)):
        hill(sheet, ink, shade, ridge(sheet.chance, level, 160, waves=1.3), strength=0.6)
    tower = sheet.cut().rectangle(690, 430, 850, water + 4)
    sheet.lay(tower, inks.second)
    sheet.spray(tower, inks.dark, (680, 0), (900, 0), strength=0.85)
    spire = sheet.cut().polygon(((672, 436), (770, 120), (868, 436)))
    sheet.lay(spire, inks.near)
    sheet.spray(spire, inks.dark, (720, 0), (860, 0))
    cross = sheet.cut().rectangle(766, 60, 774, 130).polygon(((746, 84), (790, 84), (800, 74), (808, 86), (790, 94), (746, 92)))
    sheet.lay(cross, inks.dark)
    louvres = sheet.cut()
    for x in (738, 802):
        louvres.polygon([(x - 22, 590), *arc(x, 510, 22, 30, 180, 360, 14), (x + 22, 590)])
    sheet.lay(louvres, inks.dark)
    bell = sheet.cut().polygon(curve([(720, 588), (728, 546), (748, 546), (756, 588), (720, 588)]))
    sheet.lay(bell, inks.accent)
    sheet.lay(sheet.cut().rectangle(680, 636, 860, 648), inks.paper, strength=0.7)
    pool = sheet.cut().rectangle(0, water, WIDTH, HEIGHT)
    sheet.mirror(water, pool, inks.near, strength=0.4, squash=0.86)
    sheet.spray(pool, inks.dark, (0, 820), (0, 1260), strength=0.75)
    glitter(sheet, inks.near, water + 8, HEIGHT, many=130)
    glitter(sheet, inks.paper, water + 6, HEIGHT, left=1080, right=1500, many=44, strength=0.8)
    rings = sheet.cut()
    for n in range(3):
        rings.polygon(arc(770, water + 8, 130 + n * 70, 12 + n * 8, 0, 360)).polygon(arc(770, water + 8, 126 + n * 70, 9 + n * 8, 0, 360), ink=0)
    sheet.lay(rings.within(pool), inks.haze)
    boat = sheet.cut().polygon(curve([(1010, 868), (1050, 910), (1230, 914), (1290, 860), (1210, 880), (1080, 882), (1010, 868)], 8))
    rower = sheet.cut()
    bust(rower, 1120, 884, 110)
    bust(rower, 1206, 884, 96)
    oar = sheet.cut().line(((1130, 846), (1000, 936)), 6).polygon(((1004, 926), (968, 950), (978, 962), (1012, 940)))
    sheet.lay(rower, inks.dark)
    sheet.lay(oar, inks.dark)
    sheet.lay(boat, inks.accent)
    sheet.spray(boat, inks.dark, (1100, 860), (1140, 930), strength=0.6)


@motif
def flood(sheet: Sheet, inks: Inks) -> None:
    """High water under an old town bridge, the marks of older floods cut into its pier."""
    x: float
    y: float
    water = 870
    sky(sheet, inks, water, clouds=2)
    x, n = -40.0, 0
    while x < WIDTH:
        wide = sheet.chance.uniform(130, 180)
        house_front(sheet, inks, x, 700, wide, sheet.chance.uniform(300, 400), (inks.far, inks.haze, inks.sky, inks.middle)[n % 4], lit=0.15)
        x, n = x + wide, n + 1
    sheet.lay(sheet.cut().rectangle(0, 690, WIDTH, water), inks.dark)
    top = curve([(-40, 640), (500, 566), (900, 540), (1300, 566), (1840, 640)], 20)
    bridge = sheet.cut().polygon([*top, (1840, 1100), (-40, 1100)])
    for cx, half, rise in ((150, 190, 170), (640, 210, 230), (1190, 210, 230), (1680, 190, 170)):
        bridge.polygon([(cx - half, 1100), (cx - half, water), *arc(cx, water, half, rise, 180, 360, 40), (cx + half, water), (cx + half, 1100)], ink=0)
    sheet.lay(bridge, inks.second)
    sheet.spray(bridge, inks.dark, (300, 540), (900, 1100), strength=0.8)
    stones = sheet.cut()
    for row in range(14):
        y = 590 + row * 34
        stones.line(((0, y), (WIDTH, y)), 2)
        for col in range(44):
            x = col * 44 + (22 if row % 2 else 0)
            stones.line(((x, y), (x, y + 34)), 2)
    sheet.lay(stones.within(bridge), inks.dark, strength=0.26)
    sheet.lay(sheet.cut().polygon([*[(x, y - 30) for x, y in top], *reversed(top)]), inks.paper)
    people = sheet.cut()
    for share, tall in ((0.3, 120), (0.33, 110), (0.47, 118), (0.5, 124), (0.66, 116)):
        x, y = top[round(share * (len(top) - 1))]
        person(people, x, y - 6, tall)
    sheet.lay(people, inks.dark)
    sheet.lay(sheet.cut().polygon([*[(x, y - 34) for x, y in top], *reversed([(x, y + 4) for x, y in top])]), inks.paper)
    for pier in (395, 915, 1435):
        nose = sheet.cut().polygon(((pier - 62, 1100), (pier - 62, 720), (pier, 670), (pier + 62, 720), (pier + 62, 1100)))
        sheet.lay(nose, inks.haze)
        sheet.spray(nose, inks.near, (pier - 60, 0), (pier + 90, 0), strength=0.85)
    marks = sheet.cut()
    for y, wide in ((736, 46), (772, 60), (798, 40), (838, 54)):
        marks.rectangle(915 - wide, y, 915 + wide, y + 7)
    sheet.lay(marks, inks.accent)
    river = sheet.cut().polygon([*ridge(sheet.chance, water, 14, waves=5), (1840, 1210), (-40, 1210)])
    sheet.lay(river, inks.near)
    sheet.spray(river, inks.dark, (0, 860), (0, 1240))
    wakes = sheet.cut()
    for pier in (395, 915, 1435):
        for n in range(3):
            line = curve([(pier - 110 - n * 40, 920 + n * 30), (pier - 60 - n * 8, 884 + n * 14), (pier, 876 + n * 12), (pier + 60 + n * 8, 884 + n * 14), (pier + 110 + n * 40, 920 + n * 30)])
            wakes.polygon([*line, *reversed([(x, y + 7 - 6 * abs(x - pier) / (110 + n * 40)) for x, y in line])])
    sheet.lay(wakes, inks.haze, strength=0.9)
    glitter(sheet, inks.haze, 900, HEIGHT, many=60, strength=0.7)
    trunk = sheet.cut().line(((520, 1040), (760, 1010)), 24, round_ends=True).line(((600, 1030), (570, 980)), 9).line(((690, 1020), (730, 972)), 9)
    sheet.lay(trunk, inks.dark)
