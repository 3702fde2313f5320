"""A campaign's progress as a picture in pixels, for places that take no SVG: mails, chats, older programs.

Twice as fine as it is shown. Letters are drawn with our own fonts; a sign that they lack (of a currency seldom met) gives
way to the currency's code.
"""

from functools import lru_cache
from io import BytesIO
from typing import Any

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

type Letters = tuple[str, str, int]  # two fonts, the first one as far as it goes, and the size

FINE = 2
WIDTH, HEIGHT, MARGIN = 512, 108, 16  # as it is shown
PAPER, INK, SOFT, TRACK, FILLED = "#fbf9f4", "#1d1b18", "#5e584e", "#d8d2c5", "#97161b"
FONTS = settings.BASE_DIR / "static" / "fonts"
BOLD = ("newsreader-5.3.0/text-latin.woff2", "newsreader-5.3.0/text-latin-ext.woff2")
PLAIN = ("libre-franklin-5.3.0/sans-latin.woff2", "libre-franklin-5.3.0/sans-latin-ext.woff2")


def progress_png(facts: dict[str, Any]) -> bytes:
    """Of the facts that the drawing in SVG shows; `bar` in its width of 480."""
    drawing = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), PAPER)
    draw = ImageDraw.Draw(drawing)
    right, code = WIDTH - MARGIN, facts["currency"]
    past = write(draw, MARGIN, 38, facts["reached_text"], (*BOLD, 24), INK, code)
    write(draw, past + 6, 38, facts["of_goal"], (*PLAIN, 19), SOFT, code)
    bar(draw, MARGIN, right, TRACK)
    if facts["bar"]:
        bar(draw, MARGIN, MARGIN + facts["bar"], FILLED)
    write(draw, MARGIN, 88, facts["came_text"], (*PLAIN, 17), SOFT)
    days = facts["days_left_text"]
    write(draw, right - length(days, (*PLAIN, 17)), 88, days, (*PLAIN, 17), SOFT)
    file = BytesIO()
    drawing.save(file, "PNG", optimize=True)
    return file.getvalue()


def bar(draw: ImageDraw.ImageDraw, left: int, right: int, colour: str) -> None:
    draw.rectangle((left * FINE, 52 * FINE, right * FINE - 1, 60 * FINE - 1), fill=colour)


def write(draw: Any, left: float, line: int, text: str, letters: Letters, colour: str, code: str = "") -> float:
    """On a base line, letter by letter from whichever of the two fonts has it. Returns where it ends."""
    for letter in spelled(text, letters, code):
        font = font_of(letter, letters)
        draw.text((left * FINE, line * FINE), letter, font=font, fill=colour, anchor="ls")
        left += font.getlength(letter) / FINE
    return left


def length(text: str, letters: Letters) -> float:
    return sum(font_of(letter, letters).getlength(letter) / FINE for letter in spelled(text, letters, ""))


def spelled(text: str, letters: Letters, code: str) -> str:
    text = " ".join(text.split())  # narrow and unbreakable spaces are spaces here
    lacking = [letter for letter in text if not any(has(font(name, letters[2]), letter) for name in letters[:2])]
    for letter in lacking:
        text = text.replace(letter, "")
    return f"{text.strip()} {code}" if lacking and code else text


def font_of(letter: str, letters: Letters) -> ImageFont.FreeTypeFont:
    first, second, size = letters
    return font(first, size) if has(font(first, size), letter) else font(second, size)


def has(font: ImageFont.FreeTypeFont, letter: str) -> bool:
    """A letter that a font lacks is drawn with nothing."""
    return letter == " " or font.getmask(letter).getbbox() is not None


@lru_cache
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    found = ImageFont.truetype(FONTS / name, size * FINE)
    if name in BOLD:
        found.set_variation_by_axes([650])
    return found
