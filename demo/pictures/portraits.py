"""Authors as quiet half-length figures without features: nobody real, told apart by hair, collar and colour."""

from __future__ import annotations

from dataclasses import dataclass

from .sheet import Point, Sheet, Stencil, arc, curve

SIZE = 600


@dataclass(frozen=True)
class Sitter:
    ground: str
    light: str
    skin: str
    shade: str
    hair: str
    coat: str
    collar: str
    cut: str
    neck: str = "crew"
    glasses: bool = False
    beard: bool = False


SITTERS = {
    "dorrity": Sitter("#b9482d", "#d9a441", "#e3b48c", "#b77f5c", "#2b2622", "#182738", "#f4ecd8", "bob", "shirt"),
    "ruskow": Sitter("#4b8784", "#c4cdbd", "#dca982", "#a9744f", "#9a9a94", "#10363e", "#d56b36", "short", "roll", beard=True),
    "solbrekke": Sitter("#7f9b78", "#e9e2c6", "#eec6a4", "#c48f6c", "#c9933f", "#1f3f38", "#e9e2c6", "plait", "crew"),
    "pryke": Sitter("#8a5a7c", "#efd3bf", "#d9a581", "#a06d52", "#4a2f2a", "#2b1f3f", "#e0a030", "quiff", "shirt", glasses=True),
    "ransby": Sitter("#c9a255", "#efebe2", "#7a4b34", "#54301f", "#1a1412", "#3d464f", "#a8322a", "afro", "crew"),
    "ferrouche": Sitter("#5e7487", "#e7dabd", "#c98f66", "#925f41", "#1d1a20", "#a8322a", "#f4ecd8", "long", "vee", glasses=True),
    "keld": Sitter("#96b5a8", "#f4f0dc", "#f0cfb2", "#c99877", "#8e4326", "#33475a", "#d08e2c", "bun", "roll"),
    "wolde": Sitter("#2f4a63", "#93a1aa", "#b67e58", "#7d5138", "#231c1a", "#6b6a3f", "#f4ecd8", "crop", "shirt", beard=True),
}


def portrait(name: str) -> Sheet:
    sitter = SITTERS[name]
    sheet = Sheet(sitter.ground, seed=name, size=(SIZE, SIZE))
    everywhere = sheet.everywhere()
    sheet.spray(everywhere, sitter.light, (0, 620), (500, -60), strength=0.5)
    centre = 300.0
    _hair_behind(sheet, sitter, centre)
    neck = sheet.cut().polygon(curve([(256, 330), (258, 420), (232, 470), (368, 470), (342, 420), (344, 330)], 6))
    sheet.lay(neck, sitter.shade)
    shoulders = [(40, 620), (66, 520), (150, 468), (248, 436), (300, 470), (352, 436), (450, 468), (534, 520), (560, 620)]
    coat = sheet.cut().polygon(curve(shoulders))
    sheet.lay(coat, sitter.coat)
    sheet.spray(coat, sitter.light, (560, 420), (-60, 640), strength=0.32)
    _collar(sheet, sitter, centre)
    ears = sheet.cut().ellipse(206, 272, 18, 30).ellipse(394, 272, 18, 30)
    sheet.lay(ears, sitter.shade)
    face_line = [
        (212, 240),
        (216, 310),
        (246, 374),
        (300, 402),
        (354, 374),
        (384, 310),
        (388, 240),
        (360, 160),
        (300, 136),
        (240, 160),
        (212, 240),
    ]
    face = sheet.cut().polygon(curve(face_line))
    sheet.lay(face, sitter.skin)
    sheet.spray(face, sitter.shade, (250, 200), (460, 330), strength=0.95)
    nose = sheet.cut().polygon(curve([(300, 236), (312, 296), (326, 316), (300, 322), (304, 290), (300, 236)], 6))
    sheet.lay(nose, sitter.shade, strength=0.7)
    if sitter.beard:
        beard = sheet.cut().polygon(
            curve(
                [
                    (212, 262),
                    (226, 320),
                    (262, 336),
                    (300, 330),
                    (338, 336),
                    (374, 320),
                    (388, 262),
                    (386, 330),
                    (352, 398),
                    (300, 424),
                    (248, 398),
                    (214, 330),
                    (212, 262),
                ]
            )
        )
        sheet.lay(beard, sitter.hair)
        sheet.spray(beard, sitter.light, (420, 300), (140, 380), strength=0.3)
    if sitter.glasses:
        frames = (
            sheet.cut()
            .ring(258, 262, 36, 6)
            .ring(342, 262, 36, 6)
            .line(((292, 256), (308, 256)), 6)
            .line(((222, 258), (206, 262)), 5)
            .line(((378, 258), (394, 262)), 5)
        )
        sheet.lay(frames, sitter.hair if sitter.hair != "#4a2f2a" else "#1d1a20")
    _hair(sheet, sitter, centre)
    return sheet


def _hair_behind(sheet: Sheet, sitter: Sitter, x: float) -> None:
    back = sheet.cut()
    if sitter.cut == "bob":
        back.polygon(
            curve(
                [
                    (186, 230),
                    (176, 330),
                    (190, 396),
                    (250, 410),
                    (350, 410),
                    (410, 396),
                    (424, 330),
                    (414, 230),
                    (300, 130),
                    (186, 230),
                ]
            )
        )
    elif sitter.cut == "long":
        back.polygon(
            curve(
                [
                    (186, 220),
                    (168, 340),
                    (150, 470),
                    (200, 520),
                    (400, 520),
                    (450, 470),
                    (432, 340),
                    (414, 220),
                    (300, 120),
                    (186, 220),
                ]
            )
        )
    elif sitter.cut == "afro":
        back.ellipse(x, 220, 158, 150)
    elif sitter.cut == "bun":
        back.ellipse(x + 18, 92, 56, 52)
    elif sitter.cut == "plait":
        back.polygon(curve([(190, 220), (186, 330), (240, 380), (360, 380), (414, 330), (410, 220), (300, 120), (190, 220)]))
    sheet.lay(back, sitter.hair)
    sheet.spray(back, sitter.light, (460, 200), (60, 330), strength=0.28)


def _hair(sheet: Sheet, sitter: Sitter, x: float) -> None:
    top = sheet.cut()
    crown = {
        "bob": [
            (196, 300),
            (190, 220),
            (214, 150),
            (270, 112),
            (336, 112),
            (392, 150),
            (412, 220),
            (404, 300),
            (384, 232),
            (352, 196),
            (268, 204),
            (226, 224),
            (210, 260),
        ],
        "long": [
            (192, 320),
            (190, 210),
            (230, 136),
            (300, 110),
            (370, 136),
            (410, 210),
            (408, 320),
            (388, 240),
            (330, 170),
            (300, 150),
            (262, 184),
            (214, 240),
        ],
        "short": [
            (206, 250),
            (200, 190),
            (226, 140),
            (300, 112),
            (374, 140),
            (400, 190),
            (394, 250),
            (380, 206),
            (346, 178),
            (300, 172),
            (250, 180),
            (220, 206),
        ],
        "crop": [
            (208, 240),
            (206, 190),
            (232, 146),
            (300, 122),
            (368, 146),
            (394, 190),
            (392, 240),
            (378, 198),
            (340, 174),
            (260, 174),
            (222, 198),
        ],
        "quiff": [
            (206, 250),
            (200, 180),
            (220, 130),
            (290, 84),
            (390, 96),
            (408, 150),
            (396, 250),
            (380, 200),
            (330, 176),
            (280, 190),
            (226, 196),
        ],
        "plait": [
            (196, 300),
            (192, 210),
            (226, 140),
            (300, 112),
            (374, 140),
            (408, 210),
            (404, 300),
            (386, 226),
            (320, 156),
            (296, 152),
            (230, 210),
            (212, 250),
        ],
        "bun": [
            (204, 260),
            (198, 190),
            (230, 136),
            (300, 110),
            (370, 136),
            (402, 190),
            (396, 260),
            (380, 206),
            (340, 168),
            (300, 160),
            (256, 170),
            (220, 208),
        ],
        "afro": [
            (204, 250),
            (196, 180),
            (230, 120),
            (300, 100),
            (370, 120),
            (404, 180),
            (396, 250),
            (376, 190),
            (300, 164),
            (224, 190),
        ],
    }[sitter.cut]
    top.polygon(curve([*crown, crown[0]]))
    if sitter.cut == "plait":
        _plait(top)
    sheet.lay(top, sitter.hair)
    sheet.spray(top, sitter.light, (430, 160), (120, 240), strength=0.34)


def _plait(stencil: Stencil) -> None:
    for n in range(6):
        stencil.ellipse(412 + 4 * n, 340 + n * 34, 27 - n * 2, 24)
    stencil.polygon(((420, 530), (446, 530), (452, 584), (424, 584)))


def _collar(sheet: Sheet, sitter: Sitter, x: float) -> None:
    collar = sheet.cut()
    if sitter.neck == "roll":
        collar.rounded(238, 400, 362, 472, 26)
    elif sitter.neck == "crew":
        outer, inner = arc(x, 430, 76, 54, 10, 170), arc(x, 424, 60, 38, 170, 10)
        collar.polygon([*outer, *inner])
    elif sitter.neck == "vee":
        collar.polygon(((240, 440), (300, 580), (360, 440), (344, 428), (300, 520), (256, 428)))
    else:
        for side in (-1, 1):
            wing: list[Point] = [(x, 478), (x + side * 50, 424), (x + side * 92, 446), (x + side * 58, 524)]
            collar.polygon(wing)
    sheet.lay(collar, sitter.collar)
    sheet.spray(collar, sitter.shade, (240, 420), (420, 560), strength=0.45)
