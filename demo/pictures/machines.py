"""A paper machine and a hand press."""
# fmt: off

from __future__ import annotations

import math

from .figures import person
from .inks import Inks
from .motifs import motif
from .sheet import HEIGHT, WIDTH, Point, Sheet, arc, curve


@motif
def rollers(sheet: Sheet, inks: Inks) -> None:
    """A paper machine: the web runs over and under the drying cylinders."""
    sheet.lay(sheet.everywhere(), inks.far)
    sheet.spray(sheet.everywhere(), inks.near, (0, 300), (0, 1300))
    windows = sheet.cut()
    for n in range(6):
        windows.rectangle(90 + n * 290, 40, 270 + n * 290, 250)
    sheet.lay(windows, inks.paper)
    bars = sheet.cut()
    for n in range(6):
        for m in range(1, 4):
            bars.rectangle(88 + n * 290 + m * 46, 40, 93 + n * 290 + m * 46, 250)
        bars.rectangle(90 + n * 290, 140, 270 + n * 290, 146)
    sheet.lay(bars, inks.near)
    beam = sheet.cut()
    for n in range(6):
        beam.polygon(((90 + n * 290, 250), (270 + n * 290, 250), (60 + n * 290, 1200), (-250 + n * 290, 1200)))
    sheet.spray(beam, inks.paper, (0, 1100), (0, 200), strength=0.4)
    sheet.lay(sheet.cut().rectangle(0, 300, WIDTH, 338), inks.dark)
    upper = [(x, 500) for x in range(-60, 1500, 300)]
    lower = [(x, 780) for x in range(90, 1500, 300)]
    radius = 134
    web = sheet.cut()
    path: list[Point] = []
    for (ux, uy), (lx, ly) in zip(upper, lower, strict=False):
        path += arc(ux, uy, radius, radius, 200, 340, 18)
        path += arc(lx, ly, radius, radius, 160, 20, 18)
    path += [(1500, 640), (1560, 560)]
    for x, y in [*upper, *lower]:
        drum = sheet.cut().ellipse(x, y, radius)
        sheet.lay(drum, inks.haze)
        sheet.spray(drum, inks.dark, (x - radius, y - radius), (x + radius * 1.2, y + radius * 1.2), strength=0.95)
        sheet.lay(sheet.cut().ring(x, y, radius, 10), inks.dark)
        spokes = sheet.cut()
        for n in range(5):
            angle = n * math.tau / 5 + x
            spokes.line(((x, y), (x + radius * 0.7 * math.cos(angle), y + radius * 0.7 * math.sin(angle))), 12)
        spokes.ring(x, y, radius * 0.72, 9)
        sheet.lay(spokes, inks.near)
        sheet.lay(sheet.cut().ellipse(x, y, 26), inks.second)
    web.line(path, 15)
    sheet.lay(web, inks.paper)
    reel = sheet.cut().ellipse(1620, 700, 216)
    sheet.lay(reel, inks.paper)
    sheet.spray(reel, inks.second, (1460, 560), (1900, 960), strength=0.6)
    wound = sheet.cut()
    for n in range(9):
        wound.ring(1620, 700, 208 - n * 18, 2.5)
    sheet.lay(wound, inks.far)
    sheet.lay(sheet.cut().ellipse(1620, 700, 44), inks.accent)
    sheet.lay(sheet.cut().ellipse(1620, 700, 16), inks.dark)
    floor = sheet.cut().rectangle(0, 1010, WIDTH, HEIGHT)
    sheet.lay(floor, inks.near)
    sheet.spray(floor, inks.dark, (0, 1000), (0, 1220))
    frame = sheet.cut().rectangle(0, 906, WIDTH, 946)
    for x in range(-60, 1900, 300):
        frame.rectangle(x + 60, 920, x + 110, 1060)
    sheet.lay(frame, inks.dark)
    people = sheet.cut()
    person(people, 420, 1160, 330, stride=0.07)
    sheet.lay(people, inks.dark)
    sheet.lay(sheet.cut().polygon(((384, 890), (456, 890), (458, 1010), (382, 1010))), inks.accent)


@motif
def press(sheet: Sheet, inks: Inks) -> None:
    """An iron hand press, sheets hung to dry above it."""
    sheet.lay(sheet.everywhere(), inks.haze)
    sheet.spray(sheet.everywhere(), inks.far, (0, 200), (1200, 1300))
    window = sheet.cut().polygon([(1290, 760), *arc(1460, 330, 170, 190, 180, 360, 30), (1630, 760)])
    sheet.lay(window, inks.paper)
    bars = sheet.cut().rectangle(1452, 100, 1468, 760).rectangle(1290, 420, 1630, 432).rectangle(1290, 580, 1630, 592)
    sheet.lay(bars.within(window), inks.middle)
    beam = sheet.cut().polygon(((1290, 260), (1630, 760), (900, 1200), (200, 1200)))
    sheet.spray(beam, inks.paper, (500, 1300), (1400, 300), strength=0.35)
    rope = [(-20.0, 150.0), (450.0, 196.0), (900.0, 150.0), (1350.0, 196.0), (1820.0, 140.0)]
    line = curve(rope, 16)
    sheet.lay(sheet.cut().line(line, 4), inks.dark)
    for n, x in enumerate(range(90, 1260, 190)):
        y = min(line, key=lambda point: abs(point[0] - x))[1]
        page = sheet.cut().polygon(((x, y), (x + 140, y + 4), (x + 132, y + 190), (x - 6, y + 184)))
        sheet.lay(page, inks.paper)
        block = sheet.cut().polygon(((x + 24, y + 30), (x + 116, y + 33), (x + 110, y + 156), (x + 20, y + 152)))
        sheet.lay(block, (inks.accent, inks.near, inks.second)[n % 3])
        sheet.spray(block, inks.paper, (x, y + 140), (x + 120, y + 20), strength=0.55)
        sheet.lay(sheet.cut().rectangle(x + 60, y - 12, x + 74, y + 16), inks.dark)
    floor = sheet.cut().rectangle(0, 1040, WIDTH, HEIGHT)
    sheet.lay(floor, inks.middle)
    sheet.spray(floor, inks.near, (0, 1040), (0, 1240))
    iron = sheet.cut().polygon([(430, 1080), (470, 1000), (476, 440), *curve([(476, 440), (520, 370), (640, 350), (760, 370), (804, 440)]), (810, 1000), (850, 1080)])
    iron.polygon([(566, 930), (566, 560), *arc(640, 560, 74, 66, 180, 360, 20), (714, 560), (714, 930)], ink=0)
    sheet.lay(iron, inks.dark)
    sheet.spray(iron, inks.middle, (820, 0), (430, 0), strength=0.6)
    sheet.lay(sheet.cut().polygon(curve([(560, 352), (600, 306), (640, 290), (680, 306), (720, 352), (560, 352)])), inks.second)
    screw = sheet.cut().rectangle(614, 520, 666, 700)
    for n in range(6):
        screw.polygon(((604, 540 + n * 26), (676, 530 + n * 26), (676, 542 + n * 26), (604, 552 + n * 26)))
    sheet.lay(screw, inks.haze)
    bar = sheet.cut().line(curve([(640, 610), (760, 650), (880, 676), (980, 680)]), 22, round_ends=True)
    sheet.lay(bar, inks.dark)
    sheet.lay(sheet.cut().ellipse(996, 680, 26), inks.accent)
    platen = sheet.cut().rectangle(500, 700, 780, 760)
    sheet.lay(platen, inks.near)
    bed = sheet.cut().rectangle(330, 800, 1260, 846)
    sheet.lay(bed, inks.second)
    sheet.spray(bed, inks.dark, (330, 0), (1300, 0), strength=0.5)
    rails = sheet.cut().rectangle(300, 846, 1330, 872)
    rails.rectangle(1180, 872, 1216, 1090).rectangle(1130, 1080, 1266, 1100).rectangle(410, 1070, 870, 1100)
    rails.ring(420, 960, 84, 16).line(((420, 876), (420, 1044)), 10).line(((336, 960), (504, 960)), 10)
    sheet.lay(rails, inks.dark)
    forme = sheet.cut().rectangle(900, 776, 1180, 802)
    sheet.lay(forme, inks.near)
    tympan = sheet.cut().polygon(((1190, 800), (1206, 800), (1420, 520), (1404, 512)))
    tympan.polygon(((1404, 512), (1420, 520), (1410, 540), (1394, 530)))
    sheet.lay(tympan, inks.dark)
    page = sheet.cut().polygon(((1222, 770), (1398, 540), (1388, 534), (1212, 762)))
    sheet.lay(page, inks.paper)
    printer = sheet.cut()
    person(printer, 1110, 1140, 620, stride=0.08)
    sheet.lay(printer, inks.near)
    apron = sheet.cut().polygon(((1066, 720), (1154, 720), (1186, 930), (1036, 930)))
    sheet.lay(apron, inks.accent)
    arm = sheet.cut().line(((1072, 690), (1050, 760), (996, 690)), 38, round_ends=True)
    sheet.lay(arm, inks.near)
    sheet.lay(sheet.cut().ellipse(994, 684, 22), inks.paper)
