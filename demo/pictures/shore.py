"""Salt marsh and skerries, and their birds."""
# fmt: off

from __future__ import annotations

import math

from .inks import Inks
from .motifs import motif
from .nature import glitter, sky, swell, tern
from .sheet import HEIGHT, WIDTH, Point, Sheet, curve


@motif
def marsh(sheet: Sheet, inks: Inks) -> None:
    """A creek winding through salt marsh at low water, waders on the mud, reeds in front."""
    x: float
    y: float
    sky(sheet, inks, 520, clouds=2)
    sheet.lay(sheet.cut().rectangle(0, 512, WIDTH, 540), inks.far)
    flat = sheet.cut().rectangle(0, 530, WIDTH, HEIGHT)
    sheet.lay(flat, inks.accent)
    sheet.spray(flat, inks.middle, (0, 500), (0, 900), strength=0.9)
    sheet.spray(flat, inks.near, (0, 800), (0, 1250), strength=0.9)
    left = curve([(1180, 532), (1000, 556), (1090, 596), (1420, 640), (1380, 710), (900, 770), (520, 850), (560, 960), (860, 1060), (760, 1220)], 16)
    right = curve([(1220, 532), (1090, 556), (1240, 590), (1640, 634), (1660, 730), (1180, 800), (820, 870), (950, 960), (1420, 1060), (1480, 1220)], 16)
    mud_left = [(x - 14 - (y - 520) * 0.13, y + 4) for x, y in left]
    mud_right = [(x + 14 + (y - 520) * 0.13, y + 4) for x, y in right]
    mud = sheet.cut().polygon([*mud_left, *reversed(mud_right)])
    sheet.lay(mud, inks.near)
    sheet.spray(mud, inks.dark, (0, 540), (0, 1300), strength=0.7)
    creek = sheet.cut().polygon([*left, *reversed(right)])
    sheet.lay(creek, inks.paper)
    sheet.spray(creek, inks.haze, (0, 600), (0, 1250), strength=0.9)
    ripples = sheet.cut()
    for x, y, half in ((1500, 670, 60), (1100, 772, 80), (720, 880, 70), (1000, 1020, 110), (1120, 1110, 160), (900, 1150, 120), (1340, 700, 70)):
        ripples.polygon(((x - half, y), (x, y - 3), (x + half, y), (x, y + 3)))
    sheet.lay(ripples, inks.middle)
    for x, y, size in ((640, 836, 74), (760, 826, 60), (1520, 760, 56), (1600, 1010, 110)):
        _wader(sheet, inks, x, y, size)
    flying = sheet.cut()
    for x, y, span in ((360, 210, 130), (500, 270, 96), (620, 190, 84), (270, 320, 74)):
        tern(flying, x, y, span, turn=-0.15, beat=sheet.chance.uniform(-0.3, 0.6))
    sheet.lay(flying, inks.dark)
    reeds, plumes = sheet.cut(), sheet.cut()
    for _ in range(90):
        x = sheet.chance.choice((sheet.chance.uniform(-40, 480), sheet.chance.uniform(1500, 1840)))
        tall, lean = sheet.chance.uniform(160, 430) * (1 - abs(x - 900) / 9000), sheet.chance.uniform(20, 70)
        reeds.line(curve([(x, 1220), (x + lean * 0.3, 1220 - tall * 0.55), (x + lean, 1220 - tall)], 5), 4)
        if sheet.chance.random() < 0.5:
            plumes.polygon(curve([(x + lean, 1220 - tall + 10), (x + lean + 4, 1220 - tall - 36), (x + lean + 24, 1220 - tall - 66), (x + lean + 16, 1220 - tall - 20), (x + lean, 1220 - tall + 10)], 5))
    sheet.lay(reeds, inks.dark)
    sheet.lay(plumes, inks.second)


def _wader(sheet: Sheet, inks: Inks, x: float, y: float, size: float) -> None:
    legs = sheet.cut().line(((x - size * 0.06, y - size * 0.4), (x - size * 0.1, y)), size * 0.045).line(((x + size * 0.08, y - size * 0.4), (x + size * 0.12, y)), size * 0.045)
    legs.line(curve([(x + size * 0.4, y - size * 0.78), (x + size * 0.62, y - size * 0.74), (x + size * 0.8, y - size * 0.64)]), size * 0.045)
    sheet.lay(legs, inks.second)
    outline = [(-0.52, -0.42), (-0.2, -0.66), (0.1, -0.68), (0.22, -0.82), (0.34, -0.88), (0.43, -0.8), (0.36, -0.7), (0.3, -0.52), (0.12, -0.38), (-0.15, -0.36), (-0.52, -0.42)]
    body = sheet.cut().polygon(curve([(x + px * size, y + py * size) for px, py in outline], 8))
    sheet.lay(body, inks.dark)
    belly = sheet.cut().ellipse(x + size * 0.04, y - size * 0.42, size * 0.2, size * 0.07)
    sheet.lay(belly, inks.paper)


@motif
def terns(sheet: Sheet, inks: Inks) -> None:
    """Terns over a skerry."""
    sheet.lay(sheet.everywhere(), inks.far)
    sheet.spray(sheet.everywhere(), inks.haze, (0, 100), (0, 900), strength=0.9)
    swell(sheet, (inks.middle, inks.middle, inks.near, inks.near, inks.dark), 820, bands=5)
    for points, ink in (
        ([(1060, 870), (1180, 800), (1300, 780), (1400, 720), (1520, 740), (1600, 800), (1840, 830), (1840, 900), (1500, 884), (1280, 900)], inks.near),
        ([(-20, 1000), (140, 910), (300, 890), (420, 930), (560, 950), (700, 1010), (860, 1060), (600, 1074), (300, 1060), (-20, 1086)], inks.dark),
    ):
        rock = sheet.cut().polygon(points)
        sheet.lay(rock, ink)
        sheet.spray(rock, inks.haze, (points[3][0] + 160, 1000), (points[3][0] - 360, 640), strength=0.7)
    glitter(sheet, inks.haze, 850, 1190, many=50, strength=0.7)
    specks = sheet.cut()
    for x, y in ((1260, 776), (1290, 772), (1352, 740), (1430, 714), (1470, 722), (1540, 744), (190, 894), (240, 886), (330, 890)):
        specks.ellipse(x, y, 12, 7).ellipse(x + 10, y - 7, 5)
    sheet.lay(specks, inks.paper)
    for x, y, span, turn, beat in (
        (640, 470, 860, -0.16, 0.1),
        (1390, 300, 460, -0.08, -0.5),
        (1180, 610, 300, -0.26, 0.7),
        (250, 740, 230, 0.08, 0.2),
        (1620, 560, 180, -0.2, 0.3),
        (230, 230, 170, -0.2, 0.6),
    ):
        _painted_tern(sheet, inks, x, y, span, turn, beat)


def _painted_tern(sheet: Sheet, inks: Inks, x: float, y: float, span: float, turn: float, beat: float) -> None:
    bird = sheet.cut()
    tern(bird, x, y, span, turn=turn, beat=beat)
    sheet.lay(bird, inks.paper)
    sheet.spray(bird, inks.far, (x - span * 0.1, y - span * 0.25), (x + span * 0.05, y + span * 0.2), strength=0.6)
    cos, sin = math.cos(turn), math.sin(turn)

    def at(px: float, py: float) -> Point:
        return x + span * (px * cos - py * sin), y + span * (px * sin + py * cos)

    cap = sheet.cut().polygon(curve([at(0.27, -0.008), at(0.22, -0.034), at(0.12, -0.047), at(0.17, -0.02), at(0.27, -0.008)], 8))
    sheet.lay(cap, inks.dark)
    sheet.lay(sheet.cut().polygon((at(0.262, -0.02), at(0.36, 0.008), at(0.262, 0.004))), inks.accent)
