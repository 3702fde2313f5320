"""Where a province decides and learns: chamber, exchange, school, bandstand."""
# fmt: off

from __future__ import annotations

import math

from .figures import bust, person
from .inks import Inks
from .motifs import motif
from .nature import disc, hills, poplar, rain, round_tree, sky
from .sheet import HEIGHT, WIDTH, Sheet, Stencil, arc, curve


@motif
def chamber(sheet: Sheet, inks: Inks) -> None:
    """A council chamber by day: tall windows, curved benches, one speaker standing."""
    sheet.lay(sheet.everywhere(), inks.haze)
    sheet.spray(sheet.everywhere(), inks.far, (600, 0), (1500, 900))
    windows = sheet.cut()
    for x in (300, 700, 1100, 1500):
        windows.polygon([(x - 110, 560), *arc(x, 230, 110, 130, 180, 360, 30), (x + 110, 560)])
    sheet.lay(windows, inks.paper)
    bars = sheet.cut()
    for x in (300, 700, 1100, 1500):
        bars.rectangle(x - 4, 90, x + 4, 560).rectangle(x - 60, 100, x - 55, 560).rectangle(x + 55, 100, x + 60, 560)
        bars.rectangle(x - 110, 230, x + 110, 238).rectangle(x - 110, 390, x + 110, 396)
    sheet.lay(bars.within(windows), inks.middle)
    pilasters = sheet.cut()
    for x in (100, 500, 900, 1300, 1700):
        pilasters.rectangle(x - 26, 40, x + 26, 600).rectangle(x - 40, 40, x + 40, 72)
    sheet.lay(pilasters, inks.sky)
    sheet.spray(pilasters, inks.far, (0, 60), (0, 640), strength=0.7)
    sheet.lay(sheet.cut().rectangle(0, 0, WIDTH, 46), inks.second)
    sheet.lay(sheet.cut().rectangle(0, 560, WIDTH, 700), inks.second)
    sheet.spray(sheet.cut().rectangle(0, 560, WIDTH, 700), inks.dark, (0, 540), (0, 760), strength=0.6)
    panels = sheet.cut()
    for x in range(20, WIDTH, 110):
        panels.rectangle(x, 584, x + 4, 690)
    sheet.lay(panels, inks.dark, strength=0.4)
    sheet.lay(sheet.cut().rectangle(0, 640, WIDTH, HEIGHT), inks.middle)
    beams = sheet.cut()
    for x in (300, 700, 1100, 1500):
        beams.polygon(((x - 100, 120), (x + 100, 300), (x - 260, HEIGHT), (x - 760, HEIGHT)))
    _benches(sheet, inks)
    sheet.spray(beams, inks.paper, (700, 1250), (1000, 100), strength=0.32)
    front = sheet.cut()
    for x, size in ((120, 1.0), (420, 1.12), (1320, 1.1), (1650, 1.0)):
        _back_of_head(front, x, 1230, 210 * size)
    sheet.lay(front, inks.dark)


def _benches(sheet: Sheet, inks: Inks) -> None:
    for row, ink in enumerate((inks.near, inks.near, inks.near)):
        y, across = 640 + row * 130, 560 + row * 270
        people = sheet.cut()
        count = 9 + row * 3
        for seat in range(count):
            angle = math.radians(200 + 140 * (seat + 0.5) / count)
            x, foot = 900 + across * math.cos(angle), y + 250 + (150 + row * 24) * math.sin(angle)
            if sheet.chance.random() < 0.9:
                bust(people, x, foot + 10, 74 + row * 15)
        sheet.lay(people, inks.dark)
        top = arc(900, y + 250, across, 150 + row * 24, 196, 344, 60)
        desk = sheet.cut().polygon([*top, *reversed([(900 + (px - 900) * 1.02, py + 66 + row * 14) for px, py in top])])
        sheet.lay(desk, ink)
        sheet.spray(desk, inks.dark, (500, y), (1500, y + 260), strength=0.8)
        sheet.lay(sheet.cut().polygon([*top, *reversed([(px, py + 10 + row * 2) for px, py in top])]), inks.second)
    floor = sheet.cut().polygon([*arc(900, 1160, 860, 200, 180, 360), (1800, 1210), (0, 1210)])
    sheet.lay(floor, inks.far)
    sheet.spray(floor, inks.middle, (400, 1000), (1500, 1250))
    speaker = sheet.cut()
    person(speaker, 900, 1180, 330, stride=0.06)
    sheet.lay(speaker, inks.accent)
    sheet.lay(sheet.cut().ellipse(900, 875, 21, 25), inks.dark)
    lectern = sheet.cut().polygon(((826, 1030), (974, 1030), (956, 1064), (946, 1210), (854, 1210), (844, 1064)))
    sheet.lay(lectern, inks.dark)
    sheet.lay(sheet.cut().polygon(((838, 1022), (962, 1022), (972, 1034), (828, 1034))), inks.paper)


def _back_of_head(stencil: Stencil, x: float, foot: float, tall: float) -> None:
    bust(stencil, x, foot, tall)
    stencil.rectangle(x - tall * 0.1, foot - tall * 0.7, x + tall * 0.1, foot - tall * 0.5)


@motif
def exchange(sheet: Sheet, inks: Inks) -> None:
    """The council's old corn exchange late at night, its windows lit, the square wet."""
    x: float
    y: float
    sheet.lay(sheet.everywhere(), inks.sky)
    sheet.spray(sheet.everywhere(), inks.middle, (0, 760), (0, -160), strength=0.9)
    disc(sheet, inks.paper, 330, 240, 62)
    for y, x, long in ((300, 420, 520), (190, 1440, 700)):
        bank = sheet.cut().polygon(curve([(x - long / 2, y), (x, y - 36), (x + long / 2, y), (x, y + 26), (x - long / 2, y)]))
        sheet.lay(bank, inks.haze)
    ground = 860
    sides = sheet.cut()
    for left, right, top in ((-20, 170, 480), (170, 330, 540), (1480, 1640, 520), (1640, 1840, 450)):
        sides.polygon(((left, ground), (left, top), ((left + right) / 2, top - 80), (right, top), (right, ground)))
    sheet.lay(sides, inks.middle)
    panes = sheet.cut()
    for x, y in ((60, 560), (240, 620), (1550, 600), (1710, 540), (1730, 700)):
        panes.rectangle(x, y, x + 36, y + 56)
    sheet.lay(panes, inks.accent, strength=0.7)
    body = sheet.cut().rectangle(360, 470, 1440, ground)
    body.polygon(((640, 470), (900, 340), (1160, 470)))
    sheet.lay(body, inks.far)
    sheet.spray(body, inks.middle, (300, 400), (1600, 900), strength=0.8)
    roof = sheet.cut().polygon(((340, 472), (420, 400), (740, 400), (600, 472))).polygon(((1200, 472), (1060, 400), (1380, 400), (1460, 472)))
    sheet.lay(roof, inks.near)
    drum = sheet.cut().rectangle(800, 240, 1000, 360)
    sheet.lay(drum, inks.haze)
    dome = sheet.cut().polygon([(780, 244), *arc(900, 244, 120, 140, 180, 360, 30), (1020, 244)]).rectangle(892, 50, 908, 110)
    sheet.lay(dome, inks.second)
    sheet.spray(dome, inks.dark, (780, 80), (1060, 260))
    lamps = sheet.cut()
    for n in range(5):
        lamps.rounded(816 + n * 37, 268, 838 + n * 37, 332, 11)
    for n in range(9):
        x = 432 + n * 117
        lamps.polygon([(x - 34, 690), *arc(x, 570, 34, 40, 180, 360, 16), (x + 34, 690)])
        if n != 4:
            lamps.rectangle(x - 30, 740, x + 30, 820)
    sheet.lay(lamps, inks.accent)
    sheet.spray(lamps, inks.paper, (0, 480), (0, 800), strength=0.9)
    bars = sheet.cut()
    for n in range(9):
        x = 432 + n * 117
        bars.rectangle(x - 3, 520, x + 3, 820).rectangle(x - 36, 600, x + 36, 605).rectangle(x - 36, 646, x + 36, 650)
    silhouettes = sheet.cut()
    for n in (1, 2, 3, 5, 6):
        bust(silhouettes, 432 + n * 117 + sheet.chance.uniform(-10, 10), 692, 76)
    sheet.lay(silhouettes.within(lamps), inks.dark)
    sheet.lay(bars.within(lamps), inks.near)
    columns = sheet.cut().rectangle(360, 700, 1440, 722).rectangle(340, 464, 1460, 484)
    for n in range(10):
        columns.rectangle(362 + n * 117, 484, 384 + n * 117, ground)
    sheet.lay(columns, inks.haze)
    door = sheet.cut().polygon([(858, ground), *arc(900, 772, 42, 40, 180, 360, 16), (942, ground)])
    sheet.lay(door, inks.paper)
    steps = sheet.cut().rectangle(780, 836, 1020, 848).rectangle(750, 848, 1050, 862)
    sheet.lay(steps, inks.haze)
    figures = sheet.cut()
    person(figures, 890, 836, 84)
    person(figures, 690, 868, 112)
    person(figures, 640, 872, 108)
    sheet.lay(figures, inks.dark)
    square = sheet.cut().rectangle(0, ground, WIDTH, HEIGHT)
    sheet.mirror(ground, square, inks.near, strength=0.5, squash=0.62)
    streaks = sheet.cut()
    for _ in range(240):
        y = ground + (HEIGHT - ground) * sheet.chance.random()
        x, half = sheet.chance.uniform(0, WIDTH), sheet.chance.uniform(20, 110)
        streaks.rectangle(x - half, y, x + half, y + 3)
    sheet.lay(streaks, inks.near, strength=0.9)
    rain(sheet, inks.haze, many=220, strength=0.5)


@motif
def school(sheet: Sheet, inks: Inks) -> None:
    """A village school under a wide sky, bicycles at the fence."""
    sky(sheet, inks, 780, clouds=2)
    far = sheet.cut()
    for x in range(-10, WIDTH, 50):
        poplar(far, x, 790, 110 + 46 * math.sin(x / 130))
    sheet.lay(far, inks.haze)
    field = sheet.cut().rectangle(0, 780, WIDTH, HEIGHT)
    sheet.lay(field, inks.second)
    sheet.spray(field, inks.far, (0, 760), (0, 1000), strength=0.7)
    round_tree(sheet, inks.middle, inks.near, 330, 930, 560)
    wall = sheet.cut().rectangle(640, 520, 1420, 910).polygon(((640, 520), (830, 300), (1020, 520)))
    sheet.lay(wall, inks.paper)
    sheet.spray(wall, inks.haze, (700, 300), (1500, 1000), strength=0.9)
    roof = sheet.cut().polygon(((826, 282), (1330, 282), (1480, 536), (1040, 536))).polygon(((606, 552), (826, 282), (858, 282), (640, 560)))
    sheet.lay(roof, inks.accent)
    sheet.spray(roof, inks.dark, (900, 260), (1500, 600), strength=0.65)
    turret = sheet.cut().rectangle(1040, 170, 1110, 290)
    sheet.lay(turret, inks.paper)
    sheet.lay(sheet.cut().polygon(((1022, 176), (1075, 86), (1128, 176))), inks.near)
    sheet.lay(sheet.cut().rounded(1056, 194, 1094, 258, 18), inks.near)
    sheet.lay(sheet.cut().polygon(curve([(1064, 246), (1068, 216), (1082, 216), (1086, 246), (1064, 246)])), inks.second)
    panes = sheet.cut()
    for x in (1080, 1200, 1320):
        panes.rectangle(x - 42, 600, x + 42, 770)
    panes.rectangle(700, 600, 780, 770).rectangle(880, 600, 960, 770)
    sheet.lay(panes, inks.near)
    bars = sheet.cut()
    for x in (1080, 1200, 1320, 740, 920):
        bars.rectangle(x - 4, 600, x + 4, 770).rectangle(x - 42, 680, x + 42, 687).rectangle(x - 52, 770, x + 52, 784)
    sheet.lay(bars, inks.paper)
    heads = sheet.cut()
    for x, y in ((1060, 770), (1110, 772), (1180, 770), (1300, 772), (1340, 770)):
        bust(heads, x, y, 64)
    sheet.lay(heads.within(panes), inks.second)
    sheet.lay(sheet.cut().ellipse(830, 440, 40), inks.near)
    sheet.lay(sheet.cut().ellipse(830, 440, 31), inks.paper)
    sheet.lay(sheet.cut().line(((830, 440), (830, 416)), 5).line(((830, 440), (848, 448)), 5), inks.dark)
    door = sheet.cut().rectangle(800, 720, 862, 910)
    sheet.lay(door, inks.accent)
    yard = sheet.cut().polygon(((520, 905), (1560, 905), (1840, 1210), (180, 1210)))
    sheet.lay(yard, inks.sky)
    sheet.spray(yard, inks.haze, (600, 880), (900, 1260))
    shade = sheet.cut().polygon(((1420, 905), (1560, 905), (1740, 1010), (1300, 1010), (1100, 910)))
    sheet.lay(shade, inks.middle, strength=0.4)
    game = sheet.cut()
    for n in range(5):
        game.polygon([(820 + n * 34, 1000 + n * 30), (900 + n * 36, 1000 + n * 30), (910 + n * 38, 1022 + n * 30), (818 + n * 34, 1022 + n * 30)])
    sheet.lay(game, inks.paper)
    children = sheet.cut()
    for x, foot, tall, step in ((700, 1040, 130, 0.16), (1010, 1030, 120, 0.1), (1120, 1080, 134, 0.18), (560, 1090, 138, 0.06)):
        person(children, x, foot, tall, stride=step)
    sheet.lay(children, inks.dark)
    fence = sheet.cut().rectangle(0, 1104, WIDTH, 1114).rectangle(0, 1150, WIDTH, 1160)
    for x in range(-10, WIDTH, 44):
        fence.polygon(((x, 1210), (x, 1088), (x + 8, 1076), (x + 16, 1088), (x + 16, 1210)))
    sheet.lay(fence, inks.near)
    cycles = sheet.cut()
    for x in (1260, 1420, 1580):
        for wheel in (0, 108):
            cycles.ring(x + wheel, 1124, 48, 6)
        cycles.line(((x, 1124), (x + 36, 1060), (x + 88, 1060), (x + 108, 1124)), 6).line(((x + 36, 1060), (x + 58, 1124), (x + 88, 1060)), 6)
        cycles.line(((x + 108, 1124), (x + 82, 1034), (x + 104, 1026)), 6).line(((x + 20, 1040), (x + 52, 1040)), 9).line(((x + 36, 1060), (x + 32, 1040)), 5)
    sheet.lay(cycles, inks.accent)


@motif
def bandstand(sheet: Sheet, inks: Inks) -> None:
    """A bandstand among trees at dusk, two bands' worth of players on it and beside it."""
    sky(sheet, inks, 860)
    disc(sheet, inks.accent, 1380, 420, 110)
    hills(sheet, inks, 640, 690, layers=2, height=90)
    for x, size in ((120, 620), (420, 470), (1690, 640), (1480, 430)):
        round_tree(sheet, inks.middle, inks.near, x, 960, size)
    lawn = sheet.cut().polygon([*curve([(-20, 930), (600, 900), (1200, 905), (1820, 940)]), (1820, 1210), (-20, 1210)])
    sheet.lay(lawn, inks.near)
    sheet.spray(lawn, inks.dark, (0, 900), (200, 1240))
    back = sheet.cut().polygon(((560, 520), (1240, 520), (1240, 890), (560, 890)))
    sheet.lay(back, inks.paper, strength=0.55)
    roof = sheet.cut().polygon([(460, 520), *curve([(460, 520), (640, 450), (800, 330), (880, 220)]), (900, 190), *curve([(920, 220), (1000, 330), (1160, 450), (1340, 520)]), (1340, 545), (460, 545)])
    sheet.lay(roof, inks.second)
    sheet.spray(roof, inks.dark, (600, 250), (1300, 600), strength=0.8)
    ribs = sheet.cut()
    for x in (620, 760, 900, 1040, 1180):
        ribs.line(curve([(900, 200), (900 + (x - 900) * 0.4, 360), (x, 530)]), 4)
    sheet.lay(ribs, inks.dark, strength=0.6)
    finial = sheet.cut().rectangle(894, 130, 906, 200).ellipse(900, 122, 16)
    sheet.lay(finial, inks.dark)
    scallops = sheet.cut()
    for n in range(22):
        scallops.ellipse(480 + n * 40, 545, 20, 22)
    sheet.lay(scallops, inks.paper)
    players = sheet.cut()
    brass = sheet.cut()
    for n, x in enumerate(range(590, 1240, 76)):
        _player(players, brass, x, 880, 210 + 14 * (n % 2), n)
    sheet.lay(players, inks.dark)
    sheet.lay(brass, inks.accent)
    posts = sheet.cut()
    for x in (540, 720, 900, 1080, 1260):
        posts.rectangle(x - 9, 545, x + 9, 900)
    sheet.lay(posts, inks.paper)
    rail = sheet.cut().rectangle(530, 820, 1270, 830)
    for x in range(540, 1270, 26):
        rail.rectangle(x - 3, 830, x + 3, 900)
    sheet.lay(rail, inks.paper)
    base = sheet.cut().polygon(((500, 894), (1300, 894), (1320, 990), (480, 990)))
    sheet.lay(base, inks.haze)
    sheet.spray(base, inks.middle, (600, 880), (1300, 1050))
    steps = sheet.cut().polygon(((820, 920), (980, 920), (1010, 1010), (790, 1010)))
    sheet.lay(steps, inks.paper)
    crowd = sheet.cut()
    for n in range(15):
        bust(crowd, -20 + n * 134 + sheet.chance.uniform(-26, 26), 1230, sheet.chance.uniform(150, 230))
    sheet.lay(crowd, inks.dark)


def _player(players: Stencil, brass: Stencil, x: float, foot: float, tall: float, kind: int) -> None:
    person(players, x, foot, tall, stride=0.06)
    y = foot - tall * 0.86
    side = -1 if kind % 4 < 2 else 1
    players.line(((x, foot - tall * 0.72), (x + side * tall * 0.16, foot - tall * 0.66), (x + side * tall * 0.2, y)), tall * 0.06)
    if kind % 3 == 0:
        brass.polygon(((x + side * tall * 0.08, y - 4), (x + side * tall * 0.34, y - 26), (x + side * tall * 0.34, y + 18), (x + side * tall * 0.08, y + 5)))
    elif kind % 3 == 1:
        brass.ring(x + side * tall * 0.16, y + 24, tall * 0.09, 8).polygon(((x + side * tall * 0.1, y - 30), (x + side * tall * 0.3, y - 62), (x + side * tall * 0.34, y - 22), (x + side * tall * 0.14, y + 6)))
    else:
        brass.line(((x + side * 14, y + 2), (x + side * tall * 0.4, y + 10)), 7).polygon(((x + side * tall * 0.36, y + 2), (x + side * tall * 0.5, y - 20), (x + side * tall * 0.5, y + 36), (x + side * tall * 0.36, y + 16)))
