"""A survey map and a wall of letterboxes."""
# fmt: off

from __future__ import annotations

import math

from .inks import Inks
from .motifs import motif
from .papers import turned
from .sheet import HEIGHT, WIDTH, Sheet, curve


@motif
def pits(sheet: Sheet, inks: Inks) -> None:
    """A fragment of a survey map: contours, a river, and dug pits hatched in red."""
    sheet.lay(sheet.everywhere(), inks.paper)
    sheet.spray(sheet.everywhere(), inks.sky, (0, 0), (1800, 1200), strength=0.9)
    peaks = ((300, 250, 330), (1480, 980, 420), (1390, 180, 260))
    for n, (px, py, reach) in enumerate(peaks):
        for ring in range(9):
            size = reach * (1.25 - ring * 0.135)
            outline = []
            for step in range(60):
                angle = math.tau * step / 60
                wobble = 1 + 0.16 * math.sin(2 * angle + n) + 0.09 * math.sin(3 * angle + ring * 0.22 + n * 2) + 0.04 * math.sin(7 * angle + n)
                outline.append((px + size * 1.25 * wobble * math.cos(angle), py + size * 0.92 * wobble * math.sin(angle)))
            if ring in (2, 5):
                tint = sheet.cut().polygon(outline)
                sheet.spray(tint, inks.haze, (px - size, py - size), (px + size, py + size), strength=0.55)
            sheet.lay(sheet.cut().line([*outline, outline[0], outline[1]], 5 if ring % 4 == 0 else 2.6), inks.far)
    bend = [(-30, 900), (260, 800), (480, 860), (700, 760), (800, 560), (1010, 480), (1200, 560), (1420, 520), (1600, 400), (1840, 430)]
    line = curve(bend, 16)
    for width, ink in ((104, inks.near), (88, inks.far)):
        sheet.lay(sheet.cut().line(line, width), ink)
    flow = sheet.cut()
    for shift in (-22, 0, 22):
        flow.line([(x, y + shift) for x, y in line[8:-8]], 2.5)
    sheet.lay(flow, inks.sky)
    road = curve([(-30, 480), (330, 560), (560, 470), (760, 300), (980, 180), (1160, -30)], 14)
    sheet.lay(sheet.cut().line(road, 17), inks.near)
    sheet.lay(sheet.cut().line(road, 10), inks.paper)
    rail = curve([(330, 1230), (560, 1060), (900, 960), (1180, 860), (1460, 700), (1840, 640)], 14)
    ties = sheet.cut().line(rail, 5)
    for (x0, y0), (x1, y1) in zip(rail[::3], rail[1::3], strict=False):
        long = math.hypot(x1 - x0, y1 - y0) or 1
        nx, ny = (y1 - y0) / long * 14, -(x1 - x0) / long * 14
        ties.line(((x0 - nx, y0 - ny), (x0 + nx, y0 + ny)), 4)
    sheet.lay(ties, inks.near)
    plots = (
        [(560, 560), (720, 470), (830, 400), (900, 440), (760, 560), (660, 690), (560, 690), (560, 560)],
        [(880, 600), (1010, 580), (1150, 650), (1120, 760), (960, 800), (850, 740), (880, 600)],
        [(300, 900), (470, 940), (640, 880), (690, 950), (560, 1020), (380, 1040), (290, 990), (300, 900)],
        [(1250, 640), (1400, 610), (1480, 640), (1380, 700), (1260, 720), (1250, 640)],
    )
    for plot in plots:
        shape = sheet.cut().polygon(curve(plot, 10))
        sheet.lay(shape, inks.accent, strength=0.24)
        hatch = sheet.cut()
        for n in range(-70, 160):
            hatch.line(((n * 20, 0), (n * 20 + 1200, 1200)), 3.4)
        sheet.lay(hatch.within(shape), inks.accent)
        sheet.lay(sheet.cut().line(curve([*plot, plot[1]], 10), 8), inks.accent)
    hamlets = sheet.cut()
    for x, y in ((420, 470), (450, 500), (396, 510), (470, 540), (1020, 250), (1056, 240), (1040, 290), (1600, 560), (1640, 580), (1620, 610), (760, 1080), (800, 1060)):
        hamlets.polygon(turned(x, y, 24, 20, 0.4))
    sheet.lay(hamlets, inks.dark)
    grid = sheet.cut()
    for n in range(1, 6):
        grid.line(((n * 330 - 60, 0), (n * 330 - 90, HEIGHT)), 2)
    for n in range(1, 4):
        grid.line(((0, n * 320 - 40), (WIDTH, n * 320 - 70)), 2)
    sheet.lay(grid, inks.near, strength=0.5)


@motif
def letterboxes(sheet: Sheet, inks: Inks) -> None:
    """A wall of letterboxes in a stairwell; one of them overfull."""
    sheet.lay(sheet.everywhere(), inks.far)
    sheet.spray(sheet.everywhere(), inks.near, (400, 0), (1700, 1300), strength=0.9)
    sheet.lay(sheet.cut().rectangle(0, 1040, WIDTH, HEIGHT), inks.near)
    sheet.lay(sheet.cut().rectangle(0, 1028, WIDTH, 1046), inks.dark)
    sheet.lay(sheet.cut().polygon(((150, 120), (1690, 120), (1720, 1010), (150, 1010))), inks.dark, strength=0.45)
    sheet.lay(sheet.cut().rectangle(120, 90, 1650, 970), inks.dark)
    wide, tall = 246, 208
    full = (2, 1)
    for row in range(4):
        for col in range(6):
            x, y = 136 + col * 252, 104 + row * 216
            door = sheet.cut().rounded(x, y, x + wide - 10, y + tall - 10, 5)
            busy = (col, row) == full
            sheet.lay(door, inks.accent if busy else sheet.chance.choice((inks.haze, inks.haze, inks.sky)))
            sheet.spray(door, inks.dark if busy else inks.middle, (x, y), (x + wide * 1.4, y + tall * 1.3), strength=0.75)
            slot = sheet.cut().rounded(x + 34, y + 36, x + wide - 44, y + 62, 8)
            sheet.lay(slot, inks.dark)
            plate = sheet.cut().rectangle(x + 62, y + 92, x + wide - 72, y + 122)
            sheet.lay(plate, inks.paper)
            if not busy:
                name = sheet.cut()
                for line in range(2):
                    name.line(((x + 72, y + 102 + line * 11), (x + 110 + sheet.chance.uniform(0, 42), y + 102 + line * 11)), 3)
                sheet.lay(name, inks.near)
            lock = sheet.cut().ellipse(x + wide / 2 - 5, y + 158, 12)
            sheet.lay(lock, inks.second)
            sheet.lay(sheet.cut().rectangle(x + wide / 2 - 7, y + 152, x + wide / 2 - 3, y + 164), inks.dark)
    x, y = 136 + full[0] * 252, 104 + full[1] * 216
    for _ in range(17):
        turn = sheet.chance.uniform(-0.5, 0.5)
        px, py = x + 46 + sheet.chance.uniform(0, 146), y + 40 - sheet.chance.uniform(6, 90)
        envelope = turned(px, py, 116, sheet.chance.uniform(66, 84), turn)
        sheet.lay(sheet.cut().polygon([(a + 5, b + 6) for a, b in envelope]), inks.dark, strength=0.4)
        paper = sheet.cut().polygon(envelope)
        sheet.lay(paper, sheet.chance.choice((inks.paper, inks.sky, inks.paper, inks.second)))
        flap = sheet.cut().line((envelope[0], (px, py + 6), envelope[1]), 3)
        sheet.lay(flap, inks.far)
    for px, py, turn in ((560, 1100, 0.3), (760, 1130, -0.2), (900, 1090, 0.7), (690, 1170, 0.1), (1080, 1140, -0.4)):
        letter = turned(px, py, 170, 70, turn * 0.4)
        sheet.lay(sheet.cut().polygon([(a + 8, b + 8) for a, b in letter]), inks.dark, strength=0.5)
        sheet.lay(sheet.cut().polygon(letter), inks.paper)
        sheet.lay(sheet.cut().line((letter[0], (px, py + 6), letter[1]), 3), inks.far)
