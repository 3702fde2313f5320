import io
from pathlib import Path

import pytest
from PIL import Image as Pillow

from articles.models import Article, Image
from tests.articles.importing.samples import SITE, attachment, item, run

pytestmark = pytest.mark.django_db
UPLOADS = f"{SITE}/wp-content/uploads"


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "our-media"


@pytest.fixture
def root(tmp_path) -> Path:
    return tmp_path / "uploads"


def picture(path: Path, colour: str = "teal") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    output = io.BytesIO()
    Pillow.new("RGB", (64, 48), colour).save(output, "JPEG")
    path.write_bytes(output.getvalue())


def test_the_featured_picture_leads_the_article_with_all_that_is_known_of_it(tmp_path, root):
    picture(root / "2020/05/boat.jpg")
    described = [("_wp_attachment_image_alt", "A boat &amp; sea"), ("_media_credit", "Ana Ruiz")]
    run(
        tmp_path,
        item(1, meta=[("_thumbnail_id", "9")]),
        attachment(9, "2020/05/boat.jpg", excerpt="At <b>noon</b>", meta=described),
        media_root=root,
    )
    image = Image.objects.get(leads=Article.objects.get())
    assert (image.alt, image.caption, image.credit) == ("A boat & sea", "At noon", "Ana Ruiz")
    assert (image.width, image.height) == (64, 48)
    assert image.file.storage.exists(str(image.file))


def test_a_cameras_credit_is_kept(tmp_path, root):
    picture(root / "boat.jpg")
    serialised = 'a:1:{s:10:"image_meta";a:2:{s:6:"credit";s:8:"Ana Ruiz";s:6:"camera";s:0:"";}}'
    run(
        tmp_path,
        item(1, meta=[("_thumbnail_id", "9")]),
        attachment(9, "boat.jpg", meta=[("_wp_attachment_metadata", serialised)]),
        media_root=root,
    )
    assert Image.objects.get().credit == "Ana Ruiz"


def test_a_picture_in_the_text_is_ours_afterwards(tmp_path, root):
    picture(root / "2020/05/boat.jpg")
    content = (
        f'[caption id="attachment_9"]<img class="wp-image-9" src="{UPLOADS}/2020/05/boat-300x200.jpg" alt="Boat"> Noon[/caption]'
    )
    run(tmp_path, item(1, content=content), attachment(9, "2020/05/boat.jpg"), media_root=root)
    image = Image.objects.get()
    assert Article.objects.get().body == (
        f'<figure><img src="{image.file.url}" alt="Boat" width="64" height="48"><figcaption>Noon</figcaption></figure>'
    )


@pytest.mark.parametrize(
    ("where", "address"),
    [
        ("2020/05/boat.jpg", f"{UPLOADS}/2020/05/boat.jpg"),
        ("2020/05/boat.jpg", f"{UPLOADS}/2020/05/boat-1024x683.jpg"),
        ("2020/05/boat-1024x683.jpg", f"{UPLOADS}/2020/05/boat-1024x683.jpg"),
        ("2020/05/boat.jpg", f"{UPLOADS}/2020/05/boat-scaled.jpg"),
        ("wp-content/uploads/2020/05/boat.jpg", f"{UPLOADS}/2020/05/boat.jpg"),
        ("2020/05/boat.jpg", "https://old.files.wordpress.com/2020/05/boat.jpg?w=300"),
        ("2020/05/boat.jpg", f"{SITE}/files/2020/05/boat.jpg"),
        ("2020/05/Größe.jpg", f"{UPLOADS}/2020/05/Gr%C3%B6%C3%9Fe.jpg"),
        ("2020/05/Gro\u0308ße.jpg", f"{UPLOADS}/2020/05/Größe.jpg"),
        ("2020/05/BOAT.JPG", f"{UPLOADS}/2020/05/boat.jpg"),
        ("elsewhere/boat.jpg", f"{UPLOADS}/2020/05/boat.jpg"),
    ],
)
def test_a_picture_is_found_wherever_the_folder_keeps_it(tmp_path, root, where, address):
    picture(root / where)
    run(tmp_path, item(1, content=f'<img src="{address}" alt="x">'), media_root=root)
    assert Image.objects.get().file.url in Article.objects.get().body


def test_of_two_files_of_one_name_the_one_of_its_month_is_taken(tmp_path, root):
    picture(root / "2020/04/boat.jpg", "red")
    picture(root / "2020/05/boat.jpg", "blue")
    run(tmp_path, item(1, content=f'<img src="{UPLOADS}/2020/05/boat.jpg">'), media_root=root)
    with Image.objects.get().file.open() as file, Pillow.open(file) as kept:
        assert kept.convert("RGB").getpixel((5, 5)) == pytest.approx((0, 0, 254), abs=3)


def test_a_name_that_several_files_bear_is_not_guessed(tmp_path, root):
    picture(root / "2020/04/boat.jpg", "red")
    picture(root / "2020/03/boat.jpg", "blue")
    run(tmp_path, item(1, content=f'<img src="{UPLOADS}/2020/05/boat.jpg">'), media_root=root)
    assert not Image.objects.exists()


def test_the_same_picture_is_received_once(tmp_path, root):
    picture(root / "2020/05/boat.jpg")
    content = f'<img src="{UPLOADS}/2020/05/boat.jpg"><img src="{UPLOADS}/2020/05/boat-300x200.jpg">'
    outcome = run(tmp_path, item(1, content=content), item(2, content=content), media_root=root)
    assert Image.objects.count() == 1
    assert outcome.counts["pictures"] == 1


@pytest.mark.parametrize("address", ["../../secret.jpg", "/etc/secret.jpg", "%2e%2e/%2e%2e/secret.jpg", "..\\secret.jpg"])
def test_nothing_outside_the_folder_is_read(tmp_path, root, address):
    root.mkdir()
    picture(tmp_path / "secret.jpg")
    (root / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    run(tmp_path, item(1, content=f'<img src="{UPLOADS}/{address}"><img src="{UPLOADS}/link.jpg">'), media_root=root)
    assert not Image.objects.exists()


def test_what_is_no_picture_is_refused_with_its_reason_and_stays_a_link(tmp_path, root):
    (root / "2020").mkdir(parents=True)
    (root / "2020/boat.jpg").write_bytes(b"<svg onload=alert(1)>")
    outcome = run(tmp_path, item(1, content=f'<img src="{UPLOADS}/2020/boat.jpg" alt="Boat">'), media_root=root)
    assert Article.objects.get().body == f'<p><a href="{UPLOADS}/2020/boat.jpg">Boat</a></p>'
    [reason] = outcome.losses["picture that cannot be taken"]
    assert reason.startswith("2020/boat.jpg: This file is not a picture")


def test_every_missing_picture_is_listed(tmp_path, root):
    root.mkdir()
    contents = [f'<img src="{UPLOADS}/{number}.jpg">' for number in range(3)]
    outcome = run(
        tmp_path,
        *(item(number + 1, content=content) for number, content in enumerate(contents)),
        item(4, meta=[("_thumbnail_id", "9")]),
        item(5, meta=[("_thumbnail_id", "77")]),
        attachment(9, "lead.jpg"),
        media_root=root,
    )
    assert outcome.losses["picture that is not here, now a link to where it was"] == [
        f"{UPLOADS}/{number}.jpg" for number in range(3)
    ]
    assert outcome.losses["lead picture that is not here"] == [f"{UPLOADS}/lead.jpg", "number 77, which the file does not name"]


def test_a_dry_run_looks_at_pictures_and_keeps_none(tmp_path, root, settings):
    picture(root / "boat.jpg")
    (root / "bad.jpg").write_bytes(b"no")
    parts = [item(1, content=f'<img src="{UPLOADS}/boat.jpg"><img src="{UPLOADS}/bad.jpg">')]
    dry = run(tmp_path, *parts, media_root=root, dry_run=True)
    assert not Image.objects.exists()
    assert not settings.MEDIA_ROOT.exists()
    assert dry.lines == run(tmp_path, *parts, media_root=root).lines
