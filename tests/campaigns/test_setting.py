"""Papers are accessible, the same every time, and nobody's name can break them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from campaigns.papers import fonts
from campaigns.papers.setting import LONGEST, clean, pdf
from tests.campaigns.papers import root, tags, words

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def letter(name: str = "Ada", **overrides: Any) -> dict[str, Any]:
    table = {"head": ["Day", "Amount"], "rows": [["1 July", "€25"]], "right": [1]}
    return {"title": "Receipt 1", "recipient": [name], "facts": [["From", name]], "sections": [{"table": table}]} | overrides


def test_a_paper_is_tagged_and_names_its_language_and_title():
    paper = pdf("letter", letter(), at=NOON, language="es")
    catalog = root(paper)
    assert catalog["/Lang"] == "es"
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert tags(paper)[:5] == ["/Document", "/P", "/H1", "/L", "/LI"]
    assert tags(paper)[-10:] == ["/THead", "/TR", "/TH", "/Strong", "/TH", "/Strong", "/TBody", "/TR", "/TD", "/TD"]
    claims = catalog["/Metadata"].get_data().decode()
    assert "<dc:title>" in claims
    assert "Receipt 1" in claims
    assert "<pdfuaid:part>1</pdfuaid:part>" in claims
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in claims


def test_the_same_values_make_the_same_bytes():
    assert pdf("letter", letter(), at=NOON) == pdf("letter", letter(), at=NOON)
    assert pdf("letter", letter(), at=NOON) != pdf("letter", letter("Ben"), at=NOON)


@pytest.mark.parametrize("name", ["José Łódź", "Nguyễn Thị Ñandú", "王小明", "山田太郎", "김철수", "Ψυχή", "Щука", "ไทย"])
def test_names_from_elsewhere_are_printed(name):
    assert name in words(pdf("letter", letter(name), at=NOON))


@pytest.mark.parametrize("name", ["محمد علي", "שלום", "नरेन्द्र", "தமிழ்", "বাংলা"])
def test_every_letter_of_a_joined_script_has_a_glyph(name):
    assert clean(name) == name
    assert "\N{REPLACEMENT CHARACTER}" not in words(pdf("letter", letter(name), at=NOON))


@pytest.mark.parametrize("name", ['#text(red)[x] *b* $y$ @z <a> \\ "', "#import sys", "#read(letter.typ)", "[x] = y", "-- ~ '"])
def test_a_name_is_never_markup(name):
    assert name in words(pdf("letter", letter(name), at=NOON))


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("A\x00d\x07a\x7f", "Ada"),
        ("\u202eAda\u2066", "Ada"),
        ("A\ud800da", "Ada"),
        ("Ada\t😀 \ue000Lovelace 👩‍🚀❤️", "Ada Lovelace"),
        ("A\u2028da", "A da"),
        ("𝐀𝒹𝕒", "Ada"),
        ("ཀ ༣", "ka 3"),
        ("ሰላም", "salaame"),
        ("Ада Ładaŭ Ωα אדה عدا अदा 艾达 아다", "Ада Ładaŭ Ωα אדה عدا अदा 艾达 아다"),
        ("Z" + "\u0323" * 3000 + "a", "Ẓ" + "\u0323" * 4 + "a"),
    ],
)
def test_what_cannot_be_printed_is_left_out(name, printed):
    assert clean(name) == printed
    pdf("letter", letter(name), at=NOON)


@pytest.mark.parametrize("name", ["漢\u0301", "ا\u0e31\u0301", "\u200d" * 50, "", " ", "\u0301", "\ufdfa" * 3])
def test_letters_that_no_single_font_can_join_break_nothing(name):
    assert pdf("letter", letter(name), at=NOON).startswith(b"%PDF-1.7")


def test_endless_words_are_cut_and_broken_into_lines():
    assert len(clean("a" * 10_000).replace("\u200b", "")) == LONGEST + 1
    paper = pdf("letter", letter("王" * 10_000, intro="x" * 10_000), at=NOON)
    assert words(paper).count("王") == 2 * LONGEST


def test_every_character_of_the_text_font_is_known():
    assert {ord(letter) for letter in "Aßñł€“”–…ăΩЯ�"} <= fonts.text_characters() < fonts.characters()


def test_nothing_is_taken_from_the_machine():
    assert all(one.path and "campaigns/papers/fonts" in one.path for one in fonts.book().fonts())
