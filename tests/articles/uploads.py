"""Pictures as a browser sends them, and what became of them."""

from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pillow

from articles.models import Image


def picture(colour: str = "red", size: tuple[int, int] = (60, 40), name: str = "photo.png") -> SimpleUploadedFile:
    output = BytesIO()
    Pillow.new("RGB", size, colour).save(output, "PNG")
    return SimpleUploadedFile(name, output.getvalue(), content_type="image/png")


def drawn(size: tuple[int, int] = (1200, 900), mode: str = "RGB") -> Any:
    """A picture whose left half is red and whose right half is blue."""
    picture = Pillow.new("RGB", size, (200, 30, 30))
    picture.paste((30, 30, 200), (size[0] // 2, 0, size[0], size[1]))
    return picture.convert(mode)


def sent(picture: Pillow.Image | None = None, form: str = "JPEG", **options: Any) -> BytesIO:
    output = BytesIO()
    (picture or drawn()).save(output, form, **options)
    output.seek(0)
    return output


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def opened(image: Image) -> Any:
    return Pillow.open(Path(settings.MEDIA_ROOT) / str(image.file))
