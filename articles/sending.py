"""Many pictures at once: each is taken or refused for itself, and each gets its line."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO, Any
from uuid import UUID, uuid5

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from articles import images, likeness
from articles.models import Image

logger = logging.getLogger(__name__)

NOT_KEPT = "It could not be kept: the newsroom's disk did not take it. Send it again in a while."


@dataclass(frozen=True)
class Line:
    """What became of one file: a new picture, one that was there, or none and why not."""

    name: str
    image: Image | None = None
    is_new: bool = False
    near: list[Image] = field(default_factory=list)  # pictures that look nearly the same as a new one
    refusal: str = ""


def take_all(files: Iterable[Any], *, key: UUID, by: User, **about: Any) -> list[Line]:
    return [take(file, name=str(file.name), key=key, by=by, **about) for file in files]


def take(file: IO[bytes], *, name: str, key: UUID, by: User, **about: Any) -> Line:
    """Take one file. Sent again by the same person with the same key, it is told as it was told first."""
    try:
        checked = images.check(file)
        sent_with = uuid5(key, f"{by.pk} {checked.sha256}")
        image = images.store(checked, by=by, sent_with=sent_with, **about)
    except ValidationError as refusal:
        return Line(name, refusal=" ".join(refusal.messages))
    except OSError:
        logger.exception("A picture could not be kept")
        return Line(name, refusal=NOT_KEPT)
    is_new = image.sent_with == sent_with
    return Line(name, image, is_new=is_new, near=likeness.near(image) if is_new else [])
