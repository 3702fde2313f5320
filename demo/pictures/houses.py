"""A gabled front, for every street that needs one."""
# fmt: off

from __future__ import annotations

from .inks import Inks
from .sheet import Sheet


def house_front(sheet: Sheet, inks: Inks, x: float, foot: float, wide: float, tall: float, ink: str, *, lit: float) -> None:
    front = sheet.cut().polygon(((x, foot), (x, foot - tall), (x + wide * 0.2, foot - tall), (x + wide * 0.2, foot - tall - wide * 0.2), (x + wide * 0.36, foot - tall - wide * 0.2), (x + wide * 0.36, foot - tall - wide * 0.38), (x + wide * 0.64, foot - tall - wide * 0.38), (x + wide * 0.64, foot - tall - wide * 0.2), (x + wide * 0.8, foot - tall - wide * 0.2), (x + wide * 0.8, foot - tall), (x + wide, foot - tall), (x + wide, foot)))
    sheet.lay(front, ink)
    sheet.spray(front, inks.dark, (x, foot - tall * 1.2), (x + wide * 1.6, foot + tall * 0.3), strength=0.6)
    dim, bright, sills = sheet.cut(), sheet.cut(), sheet.cut()
    rows = max(2, round(tall / 130))
    for row in range(rows):
        y = foot - tall + 30 + row * (tall - 120) / rows
        for share in (0.14, 0.42, 0.7):
            pane = bright if sheet.chance.random() < lit else dim
            pane.rectangle(x + wide * share, y, x + wide * (share + 0.16), y + 72)
            sills.rectangle(x + wide * (share - 0.02), y + 72, x + wide * (share + 0.18), y + 79)
            sills.rectangle(x + wide * (share + 0.073), y, x + wide * (share + 0.087), y + 72)
    dim.rounded(x + wide * 0.44, foot - tall - wide * 0.26, x + wide * 0.56, foot - tall - wide * 0.08, 10)
    sheet.lay(dim, inks.dark)
    sheet.lay(bright, inks.accent)
    sheet.lay(sills, inks.paper)
    sheet.lay(sheet.cut().rectangle(x + wide * 0.4, foot - 104, x + wide * 0.62, foot), inks.dark)
    sheet.lay(sheet.cut().rectangle(x + wide * 0.38, foot - 112, x + wide * 0.64, foot - 104), inks.paper)
