from articles import pictures
from articles.models import Image
from tests.pages import tree

MADE = [
    {"shape": "card", "format": kind, "width": width, "height": width * 2 // 3, "name": f"images/dam-{width}.{kind}"}
    for kind in ("jpeg", "avif", "webp")
    for width in (640, 320)
]


def image(**overrides: object) -> Image:
    fields = {"file": "images/dam.jpg", "width": 1800, "height": 1201, "alt": 'A "dam" & <water>'}
    return Image(**fields | overrides)


def test_a_picture_offers_what_has_been_made_smallest_format_first() -> None:
    picture = tree(pictures.render(image(renditions=MADE), "card"))
    assert picture.xpath(".//source/@type") == ["image/avif", "image/webp"]
    assert picture.xpath(".//source/@srcset")[0] == "/media/images/dam-320.avif 320w, /media/images/dam-640.avif 640w"
    img = picture.find(".//img")
    assert (img.get("src"), img.get("width"), img.get("height")) == ("/media/images/dam-640.jpeg", "640", "426")
    assert img.get("alt") == 'A "dam" & <water>'
    assert img.get("loading") == "lazy"


def test_until_something_is_made_the_master_serves() -> None:
    img = tree(pictures.render(image(), "full", priority=True)).find("img")
    assert dict(img.attrib) == {
        "src": "/media/images/dam.jpg",
        "alt": 'A "dam" & <water>',
        "width": "1800",
        "height": "1201",
        "fetchpriority": "high",
    }


def test_what_was_made_for_another_shape_does_not_serve() -> None:
    assert tree(pictures.render(image(renditions=MADE), "full")).xpath(".//source") == []


def test_a_picture_without_words_has_an_empty_alternative() -> None:
    assert tree(pictures.render(image(alt=""), "card")).find("img").get("alt") == ""


def test_other_sites_are_shown_the_largest_uncropped_jpeg() -> None:
    made = [{**row, "shape": "full", "width": width} for width in (640, 1280) for row in MADE if row["format"] == "jpeg"]
    assert pictures.share(image(renditions=made))[1] == 1280
    assert pictures.share(image(renditions=MADE)) == ("/media/images/dam.jpg", 1800, 1201)
