"""Dams, slopes, hills."""
# fmt: off

from __future__ import annotations

from .figures import person
from .inks import Inks
from .motifs import motif
from .nature import cloud, disc, glitter, hill, hills, round_tree, sky, spruce, spruces
from .sheet import Point, Sheet, arc, curve, ridge


@motif
def dam(sheet: Sheet, inks: Inks) -> None:
    """A masonry dam across a gorge, the lake behind it drawn down below its shore line."""
    sky(sheet, inks, 420, clouds=2)
    disc(sheet, inks.accent, 1310, 250, 78)
    hills(sheet, inks, 330, 400, layers=2, height=150)
    shore = sheet.cut().polygon(((0, 455), (1800, 430), (1800, 640), (0, 640)))
    sheet.lay(shore, inks.paper)
    sheet.spray(shore, inks.haze, (0, 420), (0, 520), strength=0.7)
    lake = sheet.cut().polygon(((240, 500), (1570, 486), (1700, 700), (100, 700)))
    sheet.lay(lake, inks.middle)
    sheet.spray(lake, inks.far, (0, 600), (0, 480))
    glitter(sheet, inks.haze, 500, 590, left=400, right=1400, many=26)

    crest = [(160 + 1480 * i / 40, 560 + 80 * (1 - ((i - 20) / 20) ** 2)) for i in range(41)]
    foot = [(560 + 680 * i / 40, 1075 + 40 * (1 - ((i - 20) / 20) ** 2)) for i in range(41)]
    wall = sheet.cut().polygon([*crest, *reversed(foot)])
    sheet.lay(wall, inks.far)
    sheet.spray(wall, inks.middle, (200, 500), (1500, 900), strength=0.95)
    sheet.spray(wall, inks.near, (900, 640), (1250, 1250), strength=0.75)
    joints = sheet.cut()
    for i in range(2, 40, 3):
        joints.line((crest[i], foot[i]), 2)
    for lift in range(1, 9):
        joints.line([_between(a, b, lift / 9) for a, b in zip(crest, foot, strict=True)], 2)
    sheet.lay(joints, inks.near, strength=0.35)
    road = sheet.cut().polygon([*[(x, y - 26) for x, y in crest], *reversed(crest)])
    sheet.lay(road, inks.paper)
    sheet.lay(sheet.cut().polygon([*[(x, y - 4) for x, y in crest], *reversed([(x, y + 8) for x, y in crest])]), inks.near)
    posts = sheet.cut()
    for x, y in crest[1:-1]:
        posts.rectangle(x - 3, y - 44, x + 3, y - 24)
    posts.line([(x, y - 42) for x, y in crest], 4)
    sheet.lay(posts, inks.near)
    for i in (14, 26):
        x, y = crest[i]
        tower = sheet.cut().rectangle(x - 46, y - 150, x + 46, y + 10)
        sheet.lay(tower, inks.haze)
        sheet.spray(tower, inks.middle, (x - 46, 0), (x + 60, 0))
        sheet.lay(sheet.cut().polygon(((x - 58, y - 150), (x, y - 200), (x + 58, y - 150))), inks.second)
        sheet.lay(sheet.cut().rectangle(x - 12, y - 118, x + 12, y - 66), inks.dark)

    water = sheet.cut().polygon(((500, 1085), (1300, 1085), (1500, 1200), (260, 1200)))
    sheet.lay(water, inks.near)
    for x in (760, 900, 1040):
        mouth = sheet.cut().rounded(x - 30, 872, x + 30, 912, 6)
        sheet.lay(mouth, inks.dark)
        jet = sheet.cut().polygon(
            [(x - 24, 896), *curve([(x - 24, 896), (x - 34, 980), (x - 62, 1116)]), (x + 62, 1116), *reversed(curve([(x + 24, 896), (x + 34, 980), (x + 62, 1116)]))]
        )
        sheet.lay(jet, inks.paper)
        sheet.spray(jet, inks.far, (x - 40, 0), (x + 90, 0), strength=0.8)
    foam = sheet.cut()
    for x in (760, 900, 1040):
        foam.ellipse(x, 1116, 104, 17).ellipse(x - 60, 1124, 60, 9).ellipse(x + 70, 1126, 66, 9)
    sheet.lay(foam, inks.paper)
    glitter(sheet, inks.paper, 1132, 1190, left=480, right=1320, many=20)
    for flank, shade in (
        ([(0, 430), (90, 470), (200, 560), (330, 720), (470, 930), (560, 1075), (600, 1210), (0, 1210)], inks.dark),
        ([(1800, 400), (1700, 470), (1590, 560), (1480, 720), (1360, 930), (1240, 1085), (1180, 1210), (1800, 1210)], inks.dark),
    ):
        edge = curve(flank[:-2])
        side = sheet.cut().polygon([*edge, *flank[-2:]])
        sheet.lay(side, inks.near)
        sheet.spray(side, shade, (900, 300), (900, 1150), strength=1.0)
        spruces(sheet, inks.dark, edge[6:52:2], height=120, often=0.75)
    front = sheet.cut()
    for x in (40, 120, 210, 300, 1500, 1590, 1690, 1780):
        spruce(front, x, 1230, sheet.chance.uniform(240, 380))
    sheet.lay(front, inks.dark)


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


@motif
def galleries(sheet: Sheet, inks: Inks) -> None:
    """A dam cut open: the lake on one side, the drainage galleries inside, water where none should be."""
    sheet.lay(sheet.everywhere(), inks.sky)
    sheet.spray(sheet.everywhere(), inks.paper, (0, 0), (0, 600), strength=0.8)
    for level, ink, shade in ((300, inks.haze, inks.far), (390, inks.far, inks.middle)):
        hill(sheet, ink, shade, ridge(sheet.chance, level, 130, waves=1.4), strength=0.6)
    lake = sheet.cut().rectangle(0, 330, 740, 1200)
    sheet.lay(lake, inks.middle)
    sheet.spray(lake, inks.dark, (0, 330), (0, 1150), strength=0.95)
    glitter(sheet, inks.haze, 345, 420, right=720, many=22)
    downstream = sheet.cut().rectangle(900, 860, 1800, 1200)
    sheet.lay(downstream, inks.near)

    bed = curve([(-20, 905), (200, 930), (420, 905), (640, 935), (900, 950), (1300, 940), (1500, 905), (1820, 890)])
    ground = sheet.cut().polygon([*bed, (1820, 1210), (-20, 1210)])
    sheet.lay(ground, inks.near)
    sheet.spray(ground, inks.dark, (0, 880), (300, 1200))
    layers = sheet.cut()
    for n in range(5):
        layers.line([(x, y + 52 + n * 48 + 10 * n * (x / 1800)) for x, y in bed], 3)
    sheet.lay(layers, inks.middle, strength=0.5)

    body = [(690, 250), (800, 250), (812, 420), (1010, 720), (1210, 1010), (1180, 1060), (700, 1060), (664, 1020)]
    wall = sheet.cut().polygon(body)
    sheet.lay(wall, inks.paper)
    sheet.spray(wall, inks.haze, (700, 400), (1250, 900), strength=0.9)
    sheet.spray(wall, inks.second, (640, 300), (680, 1300), strength=0.25)
    stones = sheet.cut()
    for row in range(28):
        y = 282 + row * 28
        stones.line(((660, y), (1260, y)), 1.5)
        for col in range(16):
            x = 660 + col * 46 + (23 if row % 2 else 0)
            stones.line(((x, y), (x, y + 28)), 1.5)
    sheet.lay(stones.within(sheet.cut().polygon(body)), inks.far, strength=0.55)
    drains = sheet.cut().line(((748, 300), (748, 1030)), 7)
    for y in (520, 740, 950):
        drains.line(((748, y), (820 if y < 700 else 900, y)), 7)
    sheet.lay(drains, inks.middle)
    for x, y, wet in ((800, 520, 0), (850, 740, 26), (900, 950, 46)):
        void = sheet.cut().polygon([(x - 44, y + 52), *arc(x, y - 10, 44, 46, 180, 360), (x + 44, y + 52)])
        sheet.lay(void, inks.dark)
        sheet.glow(void, inks.second, (x, y - 30), 90, strength=0.9)
        if wet:
            pool = sheet.cut().rectangle(x - 44, y + 52 - wet, x + 44, y + 52)
            sheet.lay(pool, inks.accent)
        figure = sheet.cut()
        person(figure, x + (4 if y > 900 else -6), y + 50, 66)
        if y != 740:
            sheet.lay(figure.within(void), inks.paper if y < 600 else inks.dark)
    seep = sheet.cut()
    for path in ([(690, 430), (720, 470), (712, 540), (742, 610)], [(676, 700), (720, 760), (760, 750), (806, 790)], [(668, 880), (730, 905), (790, 980), (852, 996)]):
        seep.line(curve(path), 8, round_ends=True)
    sheet.lay(seep, inks.accent)
    sheet.lay(sheet.cut().rectangle(676, 236, 814, 256).rectangle(684, 206, 692, 240).rectangle(798, 206, 806, 240).rectangle(684, 206, 806, 212), inks.dark)
    figure = sheet.cut()
    person(figure, 742, 238, 84)
    sheet.lay(figure, inks.dark)
    stream = sheet.cut().polygon([(1165, 905), (1800, 870), (1800, 920), (1190, 960)])
    sheet.lay(stream, inks.middle)
    trees = sheet.cut()
    for x in range(1320, 1800, 38):
        spruce(trees, x + sheet.chance.uniform(-10, 10), 900, sheet.chance.uniform(90, 210))
    sheet.lay(trees, inks.dark)


@motif
def siren(sheet: Sheet, inks: Inks) -> None:
    """A siren mast above a valley of hamlets; its sound goes out in rings."""
    sky(sheet, inks, 620)
    x, y = 610, 330
    rings = sheet.cut()
    for n in range(1, 12):
        rings.ring(x, y, 70 + n * n * 5.5 + n * 62, max(1.6, 7 - n * 0.5))
    sheet.lay(rings, inks.accent, strength=0.75)
    hills(sheet, inks, 560, 760, layers=3, height=150)
    hamlet = sheet.cut()
    lights = sheet.cut()
    for hx, hy in ((1180, 850), (1240, 838), (1290, 856), (1345, 846), (1420, 862), (240, 870), (300, 862), (352, 878)):
        wide = sheet.chance.uniform(40, 62)
        hamlet.polygon(((hx, hy - 48), (hx + wide / 2, hy - 84), (hx + wide, hy - 48), (hx + wide, hy), (hx, hy)))
        lights.rectangle(hx + wide * 0.4, hy - 36, hx + wide * 0.62, hy - 14)
    hamlet.polygon(((1368, 846), (1368, 742), (1380, 690), (1392, 742), (1392, 846)))
    sheet.lay(hamlet, inks.dark)
    sheet.lay(lights, inks.second)
    line = curve([(-40, 980), (200, 930), (480, 800), (610, 770), (760, 812), (1050, 950), (1400, 1010), (1860, 960)])
    hill(sheet, inks.near, inks.dark, line, strength=0.95, deep=300)
    mast = sheet.cut().line(((x, 780), (x, y)), 14)
    mast.polygon(((x - 34, 790), (x - 7, 600), (x + 7, 600), (x + 34, 790), (x + 24, 790), (x, 630), (x - 24, 790)))
    for level in (0, 34):
        for side in (-1, 1):
            mast.polygon(((x, y - 16 + level), (x + side * 62, y - 34 + level), (x + side * 62, y + 20 + level), (x, y + 6 + level)))
    mast.ellipse(x, y - 40, 18, 14)
    sheet.lay(mast, inks.dark)
    spruces(sheet, inks.dark, [p for p in line if p[0] > 900 or p[0] < 320], height=130, often=0.5)


@motif
def dale(sheet: Sheet, inks: Inks) -> None:
    """Hills behind hills, a farm, a road."""
    sky(sheet, inks, 560, clouds=2)
    hills(sheet, inks, 470, 640, layers=3, height=170)
    line = curve([(-40, 880), (260, 800), (640, 780), (1000, 860), (1400, 800), (1860, 850)])
    hill(sheet, inks.near, inks.dark, line, strength=0.8, deep=340)
    road = sheet.cut().polygon([*curve([(860, 826), (700, 870), (760, 930), (1020, 1000), (1000, 1080), (700, 1210)]), *reversed(curve([(872, 828), (740, 872), (830, 930), (1130, 1000), (1180, 1090), (1040, 1210)]))])
    sheet.lay(road, inks.paper)
    sheet.spray(road, inks.far, (0, 820), (0, 1250), strength=0.7)
    for x, y, size in ((330, 820, 150), (440, 812, 120), (1500, 850, 170), (1640, 866, 130), (1210, 860, 100)):
        round_tree(sheet, inks.middle, inks.dark, x, y, size)
    barn = sheet.cut().polygon(((540, 800), (540, 730), (600, 690), (660, 730), (660, 800)))
    sheet.lay(barn, inks.paper)
    sheet.lay(sheet.cut().polygon(((600, 690), (660, 730), (660, 800), (790, 800), (790, 728), (730, 688))), inks.haze)
    sheet.lay(sheet.cut().polygon(((594, 684), (732, 684), (800, 734), (668, 734))), inks.second)
    sheet.lay(sheet.cut().rectangle(586, 752, 614, 800), inks.dark)
    cloud(sheet, inks, 300, 180, 380)
