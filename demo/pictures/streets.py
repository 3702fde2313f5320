"""Gables, rain, balconies, stalls by the water."""
# fmt: off

from __future__ import annotations

from .figures import bust, person
from .houses import house_front
from .inks import Inks
from .motifs import motif
from .nature import glitter, hills, rain, sky
from .sheet import HEIGHT, WIDTH, Point, Sheet, arc


@motif
def rows(sheet: Sheet, inks: Inks) -> None:
    """Stepped gables climbing a hill street."""
    sky(sheet, inks, 700, clouds=2)
    hills(sheet, inks, 520, 560, layers=1, height=120)
    colours = (inks.second, inks.paper, inks.middle, inks.far, inks.accent, inks.sky, inks.near)
    for line, (start, climb, wide, tall) in enumerate(((620, -130, 150, 250), (1010, -330, 226, 470))):
        x, n = -60.0, 0
        while x < WIDTH:
            foot = start + climb * (x / WIDTH)
            house_front(sheet, inks, x, foot + 60, wide, tall * sheet.chance.uniform(0.86, 1.1), colours[(n * 3 + line) % len(colours)], lit=0.22)
            x, n = x + wide, n + 1
    street = sheet.cut().polygon(((-20, 1064), (1820, 738), (1820, 1210), (-20, 1210)))
    sheet.lay(street, inks.haze)
    sheet.spray(street, inks.middle, (600, 900), (900, 1300))
    setts = sheet.cut()
    for row in range(12):
        y = 1090 + row * 34
        for col in range(60):
            x = col * 44 + (22 if row % 2 else 0)
            setts.line(((x, y - x * 0.178), (x + 34, y - (x + 34) * 0.178)), 3)
    sheet.lay(setts.within(street), inks.near, strength=0.4)
    sheet.lay(sheet.cut().polygon(((-20, 1058), (1820, 732), (1820, 750), (-20, 1082))), inks.paper)
    figures = sheet.cut()
    for x, tall in ((420, 190), (1330, 170)):
        person(figures, x, 1116 - x * 0.16, tall)
    figures.rounded(448, 1000, 496, 1050, 6)
    figures.line(((472, 1000), (440, 930)), 6)
    sheet.lay(figures, inks.dark)


@motif
def wet_street(sheet: Sheet, inks: Inks) -> None:
    """Rain on a street of gables, umbrellas, light in the puddles."""
    ground = 880
    sheet.lay(sheet.everywhere(), inks.middle)
    sheet.spray(sheet.everywhere(), inks.haze, (0, 0), (0, 900), strength=0.8)
    back = sheet.cut()
    x = -30.0
    while x < WIDTH:
        wide, tall = sheet.chance.uniform(90, 150), sheet.chance.uniform(420, 560)
        back.polygon(((x, ground), (x, ground - tall), (x + wide / 2, ground - tall - wide * 0.7), (x + wide, ground - tall), (x + wide, ground)))
        x += wide
    back.polygon(((860, 400), (860, 190), (890, 60), (920, 190), (920, 400)))
    sheet.lay(back, inks.far)
    for x, wide, tall, ink in ((-90, 270, 620, inks.near), (180, 230, 540, inks.second), (410, 240, 470, inks.middle), (1180, 240, 480, inks.near), (1420, 230, 560, inks.middle), (1650, 260, 620, inks.second)):
        house_front(sheet, inks, x, ground, wide, tall, ink, lit=0.5)
    lamps = sheet.cut()
    for x in (690, 1120):
        lamps.rectangle(x - 5, 560, x + 5, ground).polygon(((x - 26, 560), (x + 26, 560), (x + 18, 500), (x - 18, 500))).polygon(((x - 22, 500), (x, 474), (x + 22, 500)))
    sheet.lay(lamps, inks.dark)
    flames = sheet.cut()
    for x in (690, 1120):
        flames.polygon(((x - 18, 552), (x + 18, 552), (x + 12, 508), (x - 12, 508)))
    sheet.lay(flames, inks.accent)
    for x in (690, 1120):
        sheet.glow(sheet.cut().ellipse(x, 530, 210), inks.accent, (x, 530), 230, strength=0.45)
    pavement = sheet.cut().rectangle(0, ground, WIDTH, HEIGHT)
    sheet.mirror(ground, pavement, inks.near, strength=0.45, squash=0.7)
    walkers, brollies, folds = sheet.cut(), sheet.cut(), sheet.cut()
    for x, foot, tall in ((560, 960, 230), (960, 920, 170), (1330, 1040, 310)):
        person(walkers, x, foot, tall, stride=0.13)
        cx, cy, wide = x, foot - tall * 1.02, tall * 0.42
        brollies.polygon([(cx - wide, cy), *arc(cx, cy, wide, wide * 0.72, 180, 360, 24), (cx + wide, cy)])
        for n in range(4):
            brollies.ellipse(cx - wide + wide * (n + 0.5) / 2, cy + 2, wide / 4, wide * 0.1, ink=0)
        folds.line(((cx, cy - wide * 0.72), (cx, cy + tall * 0.4)), 4)
        walkers.polygon(((x - tall * 0.2, foot + 6), (x + tall * 0.2, foot + 6), (x + tall * 0.12, foot + tall * 0.6), (x - tall * 0.12, foot + tall * 0.6)), ink=90)
    sheet.lay(walkers, inks.dark)
    sheet.lay(folds, inks.dark)
    sheet.lay(brollies, inks.accent)
    sheet.spray(brollies, inks.second, (900, 600), (960, 1000), strength=0.8)
    streaks = sheet.cut()
    for _ in range(200):
        y = ground + (HEIGHT - ground) * sheet.chance.random()
        x, half = sheet.chance.uniform(0, WIDTH), sheet.chance.uniform(14, 90)
        streaks.rectangle(x - half, y, x + half, y + 3)
    sheet.lay(streaks, inks.near, strength=0.8)
    rain(sheet, inks.paper, many=380, strength=0.45)


@motif
def balconies(sheet: Sheet, inks: Inks) -> None:
    """A housing block by day, balcony over balcony: washing, plants, a few shutters down."""
    sheet.lay(sheet.everywhere(), inks.sky)
    wide, tall = 300, 240
    for row in range(5):
        for col in range(6):
            x, y = col * wide, row * tall
            _balcony(sheet, inks, x, y, wide, tall, empty=(row, col) in ((1, 2), (2, 4), (3, 1), (0, 5), (2, 0), (3, 3)))
    ribs = sheet.cut()
    for col in range(7):
        ribs.rectangle(col * wide - 12, 0, col * wide + 12, HEIGHT)
    sheet.lay(ribs, inks.paper)
    sheet.spray(ribs, inks.far, (0, 0), (0, 1500), strength=0.6)


def _balcony(sheet: Sheet, inks: Inks, x: float, y: float, wide: float, tall: float, *, empty: bool) -> None:
    back = sheet.cut().rectangle(x, y, x + wide, y + tall)
    sheet.lay(back, inks.middle if not empty else inks.near)
    sheet.spray(back, inks.dark, (x, y + tall), (x + 40, y), strength=0.85)
    window = sheet.cut().rectangle(x + 40, y + 44, x + 160, y + tall)
    door = sheet.cut().rectangle(x + 178, y + 44, x + 262, y + tall)
    sheet.lay(window, inks.dark)
    sheet.lay(door, inks.dark)
    if empty:
        slats = sheet.cut()
        for n in range(18):
            slats.rectangle(x + 40, y + 46 + n * 10, x + 160, y + 52 + n * 10).rectangle(x + 178, y + 46 + n * 10, x + 262, y + 52 + n * 10)
        sheet.lay(slats, inks.accent)
    else:
        curtain = sheet.cut().polygon(((x + 40, y + 44), (x + 84, y + 44), (x + 66, y + 150), (x + 40, y + 200)))
        sheet.lay(curtain, sheet.chance.choice((inks.second, inks.paper, inks.haze)))
        kind = sheet.chance.choice(("washing", "plants", "person", "plants", "nothing", "washing"))
        if kind == "washing":
            sheet.lay(sheet.cut().line(((x + 20, y + 70), (x + wide - 20, y + 76)), 3), inks.paper)
            for n in range(5):
                cloth = sheet.cut().rectangle(x + 36 + n * 46, y + 72, x + 70 + n * 46, y + 72 + sheet.chance.uniform(34, 76))
                sheet.lay(cloth, sheet.chance.choice((inks.paper, inks.second, inks.haze, inks.sky, inks.far)))
        elif kind == "plants":
            leaves = sheet.cut()
            for n in range(7):
                cx = x + 40 + n * 36
                for lean in (-18, -6, 8, 20):
                    leaves.polygon(((cx - 5, y + 160), (cx + 5, y + 160), (cx + lean, y + 160 - sheet.chance.uniform(30, 66))))
            sheet.lay(leaves, inks.far)
        elif kind == "person":
            figure = sheet.cut()
            person(figure, x + 130, y + tall, 190)
            sheet.lay(figure, inks.second)
    slab = sheet.cut().rectangle(x, y + 150, x + wide, y + tall)
    sheet.lay(slab, inks.haze)
    sheet.spray(slab, inks.far, (x, y + 150), (x + wide, y + tall + 60), strength=0.8)
    sheet.lay(sheet.cut().rectangle(x, y + 144, x + wide, y + 156), inks.paper)
    sheet.lay(sheet.cut().rectangle(x, y + tall - 10, x + wide, y + tall), inks.near)


@motif
def night_market(sheet: Sheet, inks: Inks) -> None:
    """Stalls along a basin after dark, strings of lamps, the crowd, all of it again in the water."""
    quay = 830
    sheet.lay(sheet.everywhere(), inks.sky)
    sheet.spray(sheet.everywhere(), inks.dark, (0, 700), (0, -200), strength=0.9)
    sheet.spray(sheet.everywhere(), inks.second, (0, 300), (0, 1100), strength=0.35)
    houses, panes = sheet.cut(), sheet.cut()
    x = -40.0
    while x < WIDTH:
        wide, tall = sheet.chance.uniform(120, 180), sheet.chance.uniform(330, 470)
        houses.polygon(((x, quay), (x, quay - tall), (x + wide / 2, quay - tall - wide * 0.55), (x + wide, quay - tall), (x + wide, quay)))
        for row in range(3):
            for share in (0.2, 0.58):
                if sheet.chance.random() < 0.4:
                    panes.rectangle(x + wide * share, quay - tall + 30 + row * 70, x + wide * (share + 0.2), quay - tall + 72 + row * 70)
        x += wide
    sheet.lay(houses, inks.middle)
    sheet.spray(houses, inks.near, (0, 300), (0, 800))
    sheet.lay(panes, inks.accent, strength=0.75)
    for n in range(6):
        _stall(sheet, inks, -30 + n * 318, quay, (inks.second, inks.accent, inks.paper)[n % 3])
    crowd = sheet.cut()
    for _ in range(34):
        x = sheet.chance.uniform(-10, WIDTH + 10)
        person(crowd, x, quay + 4, sheet.chance.uniform(130, 176), stride=sheet.chance.uniform(0.05, 0.14))
    sheet.lay(crowd, inks.dark)
    wires, lamps = sheet.cut(), sheet.cut()
    for level, sag, shift in ((300, 90, 0), (380, 70, 240)):
        for n in range(-1, 4):
            left: Point = (n * 560 + shift, level)
            line = [(left[0] + 560 * t / 28, level + sag * 4 * (t / 28) * (1 - t / 28)) for t in range(29)]
            wires.line(line, 2.5)
            for x, y in line[2::4]:
                lamps.ellipse(x, y + 9, 10)
    sheet.lay(wires, inks.dark)
    sheet.lay(lamps, inks.paper)
    for level in (380, 450):
        sheet.glow(sheet.cut().rectangle(0, level - 160, WIDTH, level + 160), inks.accent, (900, level), 900, strength=0.14)
    edge = sheet.cut().rectangle(0, quay, WIDTH, quay + 34)
    sheet.lay(edge, inks.dark)
    pool = sheet.cut().rectangle(0, quay + 34, WIDTH, HEIGHT)
    sheet.mirror(quay + 34, pool, inks.near, strength=0.4, squash=0.72)
    glitter(sheet, inks.dark, quay + 44, HEIGHT, many=150)
    glitter(sheet, inks.accent, quay + 44, HEIGHT, many=90, strength=0.8)


def _stall(sheet: Sheet, inks: Inks, x: float, foot: float, ink: str) -> None:
    inside = sheet.cut().rectangle(x + 14, foot - 210, x + 272, foot)
    sheet.lay(inside, inks.accent)
    sheet.spray(inside, inks.paper, (0, foot), (0, foot - 230), strength=0.95)
    goods = sheet.cut()
    for n in range(7):
        goods.ellipse(x + 40 + n * 34, foot - 92, 16, sheet.chance.uniform(12, 24))
    for n in range(4):
        goods.rectangle(x + 44 + n * 58, foot - 196, x + 52 + n * 58, foot - 150).ellipse(x + 48 + n * 58, foot - 146, 13, 18)
    sheet.lay(goods, inks.second)
    seller = sheet.cut()
    bust(seller, x + 140, foot - 84, 100)
    sheet.lay(seller, inks.near)
    counter = sheet.cut().rectangle(x + 6, foot - 84, x + 280, foot)
    sheet.lay(counter, inks.near)
    sheet.lay(sheet.cut().rectangle(x + 6, foot - 84, x + 280, foot - 74), inks.paper)
    posts = sheet.cut().rectangle(x + 10, foot - 250, x + 18, foot).rectangle(x + 268, foot - 250, x + 276, foot)
    sheet.lay(posts, inks.dark)
    for n in range(6):
        a, b = x - 8 + n * 50, x - 8 + (n + 1) * 50
        top_a, top_b = x + 20 + n * 41, x + 20 + (n + 1) * 41
        strip = sheet.cut().polygon(((top_a, foot - 290), (top_b, foot - 290), (b, foot - 222), (a, foot - 222))).ellipse((a + b) / 2, foot - 222, 25, 20)
        sheet.lay(strip, ink if n % 2 else inks.haze)
