import pytest

from demo import pictures
from demo.drawing import jpeg
from demo.pictures import MOTIFS, SITTERS
from demo.pictures.sheet import Sheet
from demo.reading import Recipe


@pytest.mark.parametrize("motif", sorted(MOTIFS))
def test_a_motif_fills_the_sheet(motif):
    picture = pictures.draw(motif, "meadow")
    assert (picture.size, picture.mode) == ((1800, 1200), "RGB")
    small = picture.resize((60, 40))
    assert len(small.getcolors(2400) or range(2400)) > 60  # a drawing, not a flat sheet


@pytest.mark.parametrize("name", sorted(SITTERS))
def test_a_portrait_is_square(name):
    assert pictures.draw_portrait(name).size == (600, 600)


def test_a_recipe_gives_the_same_file_every_time():
    assert jpeg(Recipe("ballots", "exchange")) == jpeg(Recipe("ballots", "exchange"))
    assert jpeg(Recipe("ballots", "exchange")) != jpeg(Recipe("ballots", "meadow"))


def test_ink_comes_only_through_the_stencil():
    sheet = Sheet("#ffffff", seed="stencil", size=(60, 40))
    sheet.lay(sheet.cut().rectangle(10, 10, 30, 30), "#000000")
    assert [sheet.image.getpixel(place) for place in ((20, 20), (40, 20), (20, 35))] == [(0, 0, 0), (255,) * 3, (255,) * 3]


def test_a_stencil_can_be_kept_within_and_without_another():
    sheet = Sheet("#ffffff", seed="stencil", size=(60, 40))
    left, middle = sheet.cut().rectangle(0, 0, 30, 40), sheet.cut().rectangle(20, 0, 40, 40)
    sheet.lay(sheet.cut().rectangle(0, 0, 60, 40).within(left).without(middle), "#000000")
    assert [sheet.image.getpixel((x, 20)) for x in (5, 25, 35)] == [(0, 0, 0), (255,) * 3, (255,) * 3]


def test_a_shape_beside_the_sheet_leaves_no_mark():
    sheet = Sheet("#ffffff", seed="stencil", size=(60, 40))
    sheet.lay(sheet.cut().ellipse(500, 500, 40), "#000000")
    assert sheet.image.getcolors() == [(60 * 40, (255, 255, 255))]
