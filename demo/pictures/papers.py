"""Ballots, cards, shelves, folders: what politics and research are written on. No letters anywhere."""
# fmt: off

from __future__ import annotations

import math
from itertools import pairwise

from .figures import person
from .inks import Inks
from .motifs import motif
from .sheet import Point, Sheet


@motif
def ballots(sheet: Sheet, inks: Inks) -> None:
    """Ballot papers falling towards the slot of the box."""
    sheet.lay(sheet.everywhere(), inks.middle)
    sheet.spray(sheet.everywhere(), inks.near, (0, 0), (900, 1300), strength=0.9)
    disc = sheet.cut().ellipse(900, 560, 470)
    sheet.lay(disc, inks.second)
    sheet.spray(disc, inks.accent, (700, 200), (1200, 1100), strength=0.6)
    for x, y, size, turn, chosen in ((430, 260, 0.8, -0.5, 1), (1330, 210, 0.72, 0.42, 3), (690, 470, 0.92, 0.22, 2), (1180, 520, 0.98, -0.26, 0), (905, 690, 1.1, 0.05, 3)):
        wide, tall = 270 * size, 380 * size
        shadow = sheet.cut().polygon(turned(x + 22 * size, y + 26 * size, wide, tall, turn))
        sheet.lay(shadow, inks.dark, strength=0.4)
        slip = sheet.cut().polygon(turned(x, y, wide, tall, turn))
        sheet.lay(slip, inks.paper)
        sheet.spray(slip, inks.haze, (x - wide / 2, y - tall / 2), (x + wide, y + tall), strength=0.7)
        cos, sin = math.cos(turn), math.sin(turn)
        rules, boxes, marks = sheet.cut(), sheet.cut(), sheet.cut()
        for row in range(4):
            py = -tall * 0.33 + row * tall * 0.22

            def at(px: float, shift: float, py: float = py, x: float = x, y: float = y, cos: float = cos, sin: float = sin) -> Point:
                return x + px * cos - (py + shift) * sin, y + px * sin + (py + shift) * cos

            rules.line((at(-wide * 0.12, 0), at(wide * (0.34 - 0.06 * (row % 3)), 0)), 11 * size)
            side = 20 * size
            cx, cy = at(-wide * 0.3, 0)
            corners = turned(cx, cy, side * 2, side * 2, turn)
            boxes.line([*corners, corners[0]], 5 * size)
            if row == chosen:
                grown = turned(cx, cy, side * 2.5, side * 2.5, turn)
                marks.line((grown[0], grown[2]), 10 * size).line((grown[1], grown[3]), 10 * size)
        sheet.lay(rules, inks.far)
        sheet.lay(boxes, inks.near)
        sheet.lay(marks, inks.accent)
    box = sheet.cut().polygon(((250, 900), (1550, 900), (1660, 1210), (140, 1210)))
    lid = sheet.cut().polygon(((250, 900), (1550, 900), (1610, 1000), (190, 1000)))
    front = sheet.cut().rectangle(190, 1000, 1610, 1210)
    sheet.lay(box, inks.dark)
    sheet.lay(lid, inks.near)
    sheet.spray(lid, inks.middle, (0, 1010), (0, 890), strength=0.6)
    sheet.lay(front, inks.dark)
    slot = sheet.cut().polygon(((600, 930), (1210, 930), (1224, 962), (586, 962)))
    sheet.lay(slot, inks.dark)
    caught = sheet.cut().polygon(((740, 946), (1056, 946), (1044, 690), (768, 690)))
    sheet.spray(caught, inks.dark, (0, 820), (0, 960), strength=0.4)
    sheet.lay(sheet.cut().rectangle(586, 946, 1224, 962), inks.near)
    clasp = sheet.cut().rounded(850, 1030, 950, 1150, 12).ring(900, 1030, 34, 14)
    sheet.lay(clasp, inks.second)
    sheet.lay(sheet.cut().ellipse(900, 1080, 13).rectangle(894, 1084, 906, 1116), inks.dark)


def turned(x: float, y: float, wide: float, tall: float, turn: float) -> list[Point]:
    cos, sin = math.cos(turn), math.sin(turn)
    corners = ((-wide / 2, -tall / 2), (wide / 2, -tall / 2), (wide / 2, tall / 2), (-wide / 2, tall / 2))
    return [(x + px * cos - py * sin, y + px * sin + py * cos) for px, py in corners]


@motif
def cards(sheet: Sheet, inks: Inks) -> None:
    """A wall of card drawers, one pulled out, its cards fanned."""
    x: float
    y: float
    sheet.lay(sheet.everywhere(), inks.near)
    wide, tall = 250, 168
    for row in range(8):
        for col in range(8):
            x, y = -60 + col * wide, -40 + row * tall
            face = sheet.cut().rounded(x + 8, y + 8, x + wide - 8, y + tall - 8, 6)
            sheet.lay(face, sheet.chance.choice((inks.middle, inks.middle, inks.far, inks.middle, inks.second if (row, col) in ((1, 6), (5, 1)) else inks.far)))
            sheet.spray(face, inks.near, (x, y), (x + wide * 1.3, y + tall * 1.5), strength=0.8)
            frame = sheet.cut().rounded(x + 62, y + 34, x + wide - 62, y + 84, 5)
            sheet.lay(frame, inks.paper)
            ink = sheet.cut()
            for n in range(2):
                ink.line(((x + 76, y + 50 + n * 16), (x + 76 + sheet.chance.uniform(50, 96), y + 50 + n * 16)), 4)
            sheet.lay(ink, inks.far)
            knob = sheet.cut().ellipse(x + wide / 2, y + 116, 17)
            sheet.lay(knob, inks.accent)
            sheet.lay(sheet.cut().ellipse(x + wide / 2 + 4, y + 121, 12), inks.dark, strength=0.35)
    shade = sheet.cut().polygon(((590, 560), (1290, 560), (1460, 1210), (420, 1210)))
    sheet.spray(shade, inks.dark, (0, 1260), (0, 480), strength=0.9)
    inside = sheet.cut().polygon(((700, 470), (1100, 470), (1260, 960), (540, 960)))
    sheet.lay(inside, inks.dark)
    for n in range(26):
        near = n / 25
        left, right = 706 - 150 * near, 1094 + 150 * near
        y = 490 + 430 * near
        lift = 120 + 40 * near + (150 if n == 14 else 0) + sheet.chance.uniform(-8, 8)
        card = sheet.cut().polygon(((left, y), (right, y), (right - 10, y - lift), (left + 10, y - lift)))
        sheet.lay(card, inks.paper if n != 14 else inks.accent)
        sheet.spray(card, inks.haze if n != 14 else inks.second, (0, y - lift), (0, y + 30), strength=0.85)
        if n % 6 == 2:
            tab = left + (right - left) * ((n // 6) * 0.22 + 0.08)
            sheet.lay(sheet.cut().polygon(((tab, y - lift), (tab + 70, y - lift), (tab + 62, y - lift - 34), (tab + 8, y - lift - 34))), inks.second)
        if n in (14, 25):
            strokes = sheet.cut()
            for line in range(3):
                strokes.line(((left + 50, y - lift + 36 + line * 26), (right - 60 - line * 70, y - lift + 36 + line * 26)), 6)
            sheet.lay(strokes, inks.paper if n == 14 else inks.far)
    front = sheet.cut().polygon(((520, 930), (1280, 930), (1300, 1150), (500, 1150)))
    sheet.lay(front, inks.far)
    sheet.spray(front, inks.near, (520, 900), (1400, 1250), strength=0.85)
    sheet.lay(sheet.cut().polygon(((520, 930), (1280, 930), (1281, 944), (519, 944))), inks.haze)
    label = sheet.cut().rounded(700, 968, 1100, 1046, 8)
    sheet.lay(label, inks.paper)
    sheet.lay(sheet.cut().line(((730, 992), (1010, 992)), 7).line(((730, 1020), (930, 1020)), 7), inks.far)
    sheet.lay(sheet.cut().ellipse(900, 1096, 30), inks.accent)
    sheet.lay(sheet.cut().ellipse(907, 1104, 21), inks.dark, strength=0.35)


@motif
def shelves(sheet: Sheet, inks: Inks) -> None:
    """An aisle between archive shelves, boxes to the vanishing point, one reader with a lamp."""
    vx, vy = 930.0, 560.0
    sheet.lay(sheet.everywhere(), inks.dark)
    aisle = sheet.cut().polygon(((vx - 60, vy + 60), (vx + 60, vy + 60), (1500, 1210), (330, 1210)))
    sheet.lay(aisle, inks.middle)
    sheet.spray(aisle, inks.dark, (0, 640), (0, 1300), strength=0.6)
    ceiling = sheet.cut().polygon(((vx - 60, vy - 70), (vx + 60, vy - 70), (1500, -10), (330, -10)))
    sheet.lay(ceiling, inks.near)
    end = sheet.cut().rectangle(vx - 62, vy - 74, vx + 62, vy + 64)
    sheet.lay(end, inks.paper)
    for side in (-1, 1):
        _shelf_wall(sheet, inks, vx, vy, side)
    lamps = sheet.cut()
    for depth in (0.16, 0.3, 0.52, 0.86):
        y = vy - 640 * depth
        lamps.polygon(((vx - 150 * depth, y), (vx + 150 * depth, y), (vx + 130 * depth, y + 26 * depth), (vx - 130 * depth, y + 26 * depth)))
    sheet.lay(lamps, inks.paper)
    cone = sheet.cut().polygon(((vx - 60, 350), (vx + 60, 350), (1180, 1020), (640, 1020)))
    sheet.spray(cone, inks.paper, (0, 1080), (0, 260), strength=0.4)
    figure = sheet.cut()
    person(figure, 900, 1010, 400, stride=0.06)
    sheet.lay(figure, inks.accent)
    sheet.lay(sheet.cut().ellipse(900, 640, 26, 31), inks.dark)
    box = sheet.cut().polygon(((838, 780), (966, 780), (966, 858), (838, 858)))
    sheet.lay(box, inks.paper)
    sheet.lay(sheet.cut().rectangle(828, 768, 976, 790), inks.second)
    sheet.lay(sheet.cut().ellipse(900, 1014, 120, 18), inks.dark, strength=0.5)


def _shelf_wall(sheet: Sheet, inks: Inks, vx: float, vy: float, side: int) -> None:
    """One wall of boxes in perspective: depth 1 is the picture's edge, 0 the vanishing point."""

    def at(depth: float, level: float) -> Point:
        return vx + side * (60 + 860 * depth), vy + level * (70 + 1000 * depth)

    depths = [1.1]
    while depths[-1] > 0.02:
        depths.append(depths[-1] * 0.84)
    colours = (inks.haze, inks.far, inks.paper, inks.far, inks.second, inks.haze, inks.sky, inks.accent)
    levels = [-0.92 + n * 0.23 for n in range(9)]
    for near, far in pairwise(depths):
        for top, low in pairwise(levels):
            if sheet.chance.random() < 0.07:
                continue
            tall = sheet.chance.uniform(0.02, 0.07)
            gap = (near - far) * 0.08
            ink = sheet.chance.choice(colours[:7] if sheet.chance.random() < 0.95 else colours[7:])
            corners = (at(near - gap, top + tall), at(far + gap, top + tall), at(far + gap, low - 0.014), at(near - gap, low - 0.014))
            box = sheet.cut().polygon(corners)
            sheet.lay(box, ink)
            if near > 0.14:
                sheet.spray(box, inks.near, (corners[1][0], corners[0][1]), (corners[0][0] + side * 120, corners[2][1] + 160), strength=0.8)
                middle = (near + far) / 2
                span = (near - far) * 0.22
                sheet.lay(sheet.cut().polygon((at(middle + span, top + 0.1), at(middle - span, top + 0.1), at(middle - span, top + 0.15), at(middle + span, top + 0.15))), inks.paper if ink != inks.paper else inks.far)
    boards = sheet.cut()
    for level in levels:
        boards.polygon((at(1.2, level - 0.012), at(0, level - 0.012), at(0, level + 0.006), at(1.2, level + 0.006)))
    sheet.lay(boards, inks.dark)


@motif
def folders(sheet: Sheet, inks: Inks) -> None:
    """A released file: pages with most of their lines blacked out, a tape, a clip."""
    sheet.lay(sheet.everywhere(), inks.middle)
    sheet.spray(sheet.everywhere(), inks.near, (200, 0), (1500, 1300), strength=0.95)
    pages = ((520, 650, -0.16), (1270, 620, 0.2), (900, 630, -0.03))
    for n, (x, y, turn) in enumerate(pages):
        wide, tall = 720, 960
        sheet.lay(sheet.cut().polygon(turned(x + 26, y + 30, wide, tall, turn)), inks.dark, strength=0.45)
        cover = sheet.cut().polygon(turned(x, y, wide, tall, turn))
        sheet.lay(cover, inks.second if n < 2 else inks.paper)
        sheet.spray(cover, inks.far if n == 2 else inks.accent, (x - 300, y - 400), (x + 700, y + 900), strength=0.45)
        if n < 2:
            sheet.lay(sheet.cut().polygon(turned(x + 10, y + 16, wide - 50, tall - 60, turn)), inks.paper)
    x, y, turn = pages[2]
    cos, sin = math.cos(turn), math.sin(turn)
    open_lines, bars = sheet.cut(), sheet.cut()
    for row in range(19):
        py = -400 + row * 44
        px = -280.0
        while px < 270:
            long = min(sheet.chance.uniform(50, 240), 280 - px)
            if row in (4, 10, 14):
                long = min(long, 110)
            line = ((x + px * cos - py * sin, y + px * sin + py * cos), (x + (px + long) * cos - py * sin, y + (px + long) * sin + py * cos))
            dark = sheet.chance.random() < 0.62 and row not in (0, 4, 10, 14)
            (bars if dark else open_lines).line(line, 27 if dark else 9)
            px += long + 18
            if row in (5, 11, 18) and px > 20:
                break
    sheet.lay(open_lines, inks.far)
    sheet.lay(bars, inks.dark)
    underline = sheet.cut().line(((x - 270, y + 60), (x + 240, y + 45)), 9, round_ends=True)
    sheet.lay(underline, inks.accent)
    clip = sheet.cut()
    cx, cy = 690, 170
    clip.rounded(cx - 34, cy - 90, cx + 34, cy + 120, 34).rounded(cx - 24, cy - 80, cx + 24, cy + 110, 24, ink=0)
    clip.rounded(cx - 16, cy - 40, cx + 16, cy + 92, 16).rounded(cx - 8, cy - 32, cx + 8, cy + 84, 8, ink=0)
    sheet.lay(clip, inks.dark)
    ribbon = sheet.cut().polygon(((-20, 1000), (1840, 850), (1840, 910), (-20, 1062)))
    sheet.lay(ribbon, inks.accent)
    sheet.spray(ribbon, inks.dark, (0, 0), (2600, 0), strength=0.6)
