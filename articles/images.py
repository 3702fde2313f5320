"""The picture library: receive a picture, make its renditions, say where it is used."""

import hashlib
import io
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from PIL import Image as Pillow
from procrastinate.contrib.django import app

from articles import decoding, pages, renditions, rules, using
from articles.models import Article, Image
from articles.models.images import SAID

logger = logging.getLogger(__name__)

WALL_SECONDS = 25.0
AT_ONCE = threading.BoundedSemaphore(2)  # decoders a process: the largest picture takes a gigabyte for a few seconds
BEHIND_MAIL = -10  # a receipt does not wait until a hundred pictures are cut
READERS_SEE_IT = "Readers see this picture, so what is said of it is changed by editors."
TOO_MUCH = "This picture takes too long or too much memory to read. Save it smaller and send it again."


@dataclass(frozen=True)
class Checked:
    """A picture that was decoded and encoded anew, not yet in the library."""

    content: bytes
    extension: str
    width: int
    height: int
    sha256: str  # of the file as it was sent, so that the same file is known again
    dhash: int | None = None  # its look (decoding.dhash); None: the worker finds it out

    @property
    def name(self) -> str:
        folder = timezone.now().strftime("images/%Y/%m")
        return f"{folder}/{hashlib.sha256(self.content).hexdigest()[:20]}.{self.extension}"


def receive(upload: IO[bytes], *, by: User | None = None, **about: Any) -> Image:
    """Take a file into the library: check it, keep it encoded anew, have its renditions made.

    `about`: alt, caption, credit, licence, licence_shown, focal_x, focal_y. ValidationError with a sentence for whoever
    sent it. The same file again gives the picture that is there; of `about`, only what it lacks is filled in, by those who may.
    """
    return store(check(upload), by=by, **about)


def check(upload: IO[bytes]) -> Checked:
    """Decode a file in a process of its own, within limits of size, time and memory. ValidationError when refused."""
    most = settings.IMAGE_MAX_BYTES
    data = upload.read(most + 1)
    if len(data) > most:
        raise ValidationError(f"This file is too large: {most // 1024**2} MB are the most we take.")
    if not data:
        raise ValidationError("This file is empty.")
    head, content = _decode(data)
    seen = hashlib.sha256(data).hexdigest(), head["dhash"]
    return Checked(content, head["extension"], head["width"], head["height"], *seen)


def _decode(data: bytes) -> tuple[dict[str, Any], bytes]:
    command = [sys.executable, "-I", decoding.__file__, str(settings.IMAGE_MAX_PIXELS), str(settings.IMAGE_MAX_SIDE)]
    try:
        with AT_ONCE:
            done = subprocess.run(command, input=data, capture_output=True, timeout=WALL_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise ValidationError(TOO_MUCH) from error
    head, _, content = done.stdout.partition(b"\n")
    if done.returncode == 3:
        raise ValidationError(json.loads(head))
    if done.returncode:  # killed by a limit, or the decoder itself broke down
        raise ValidationError(TOO_MUCH)
    return json.loads(head), content


def store(checked: Checked, *, by: User | None = None, sent_with: UUID | None = None, **about: Any) -> Image:
    """Put a checked picture into the library: one row and one file however often, or however many at once, it comes.

    `sent_with`: the key of this sending, kept with a picture that is new by it.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [checked.sha256])
        image = Image.objects.filter(sha256=checked.sha256).first()
        if image:
            return _filled_in(image, about) if may_describe(image, by=by) else image
        image = Image(sha256=checked.sha256, dhash=checked.dhash, created_by=by, sent_with=sent_with, **about)
        image.file.name = keep(checked.name, checked.content)
        image.width, image.height = checked.width, checked.height
        image.save()
        order_renditions(image)
    return image


def _filled_in(image: Image, about: dict[str, Any]) -> Image:
    lacking = {name: about[name] for name in SAID if about.get(name) and not getattr(image, name)}
    if lacking:
        before = pages.of_image(image)
        Image.objects.filter(pk=image.pk).update(**lacking)
        image.refresh_from_db(fields=list(lacking))
        pages.tell(before, pages.of_image(image))
    return image


def keep(name: str, content: bytes) -> str:
    """Write a file whole or not at all. Names tell the content, so a file that is there is the one that is meant."""
    try:
        path = Path(default_storage.path(name))
    except NotImplementedError:  # a bucket: its writes are whole by themselves
        return name if default_storage.exists(name) else default_storage.save(name, ContentFile(content))
    if path.exists():
        return name
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        unfinished.write_bytes(content)
        unfinished.chmod(settings.FILE_UPLOAD_PERMISSIONS or 0o644)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return name


def order_renditions(image: Image) -> None:
    """Have the worker make what is missing. By the task's name: tasks.py imports this module."""
    app.configure_task("articles.make_renditions", lock=f"image:{image.pk}", priority=BEHIND_MAIL).defer(image_pk=image.pk)


def may_describe(image: Image, *, by: User | None) -> bool:
    """Who may not change what readers see changes no words under its pictures either: every public page that shows this
    one must be theirs to change. A fundraiser corrects what campaigns alone show, and an editor everything."""
    if by is None or rules.may_edit_any(by):
        return True
    return by.has_perm("articles.change_image") and all(_may_change_any(by, model) for model in using.let_out(image))


def _may_change_any(user: User, model: type[models.Model]) -> bool:
    """Whoever may change articles may change their own only; of every other kind, all."""
    return model is not Article and user.has_perm(f"{model._meta.app_label}.change_{model._meta.model_name}")


def news(image: Image, about: dict[str, Any]) -> dict[str, Any]:
    """Of `about`, what is not said of the picture yet. A browser's line ends are no news."""
    return {name: value for name, value in about.items() if _plain_lines(getattr(image, name)) != _plain_lines(value)}


def _plain_lines(value: Any) -> Any:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def describe(image: Image, *, by: User | None, **about: Any) -> Image:
    """Correct what is said of a picture (`about` as in `receive`). Crops round a focal point that moved
    are made anew. A quiet no-op where nothing is new. ValidationError for what cannot be, PermissionDenied for who may not."""
    with transaction.atomic():
        image = Image.objects.select_for_update().get(pk=image.pk)
        new = news(image, about)
        if not new:
            return image
        if not may_describe(image, by=by):
            raise PermissionDenied(READERS_SEE_IT)
        before = pages.of_image(image)
        for name, value in new.items():
            setattr(image, name, value)
        image.full_clean(exclude=["file"])
        image.save(update_fields=list(new))
        pages.tell(before, pages.of_image(image))
        if {"focal_x", "focal_y"} & new.keys():
            order_renditions(image)
    return image


def make_renditions(image_pk: int) -> None:
    """Make what this picture lacks and list it in its row; look at one that nobody looked at. Safe to run twice; a picture
    that is gone needs none."""
    image = Image.objects.filter(pk=image_pk).first()
    if image is None:
        return
    missing, look = [each for each in renditions.wanted(image) if each not in image.renditions], image.dhash
    if missing or look is None:
        with Pillow.open(_opened(image), formats=decoding.FORMATS) as master:
            plain = _plain(master)
            look = decoding.dhash(plain) if look is None else look
            for name, content in renditions.make(plain, image, missing):
                keep(name, content)
    _list_renditions(image, made=missing, look=look)


def catch_up(*, most: int) -> int:
    """Have the worker look at pictures from before looks were kept, and make what they lack. How many it was told of."""
    waiting = Image.objects.filter(dhash__isnull=True).order_by("pk")[:most]
    for image in waiting:
        try:
            make_renditions(image.pk)
        except (OSError, ValueError, SyntaxError) as error:  # its file is gone or damaged: the others do not wait for it
            logger.warning("Picture %s cannot be looked at: %s", image.pk, type(error).__name__)
            Image.objects.filter(pk=image.pk).update(dhash=0)
    return len(waiting)


def _opened(image: Image) -> io.BytesIO:
    with default_storage.open(str(image.file), "rb") as file:
        return io.BytesIO(file.read())


def _plain(master: Pillow.Image) -> Pillow.Image:
    return master if master.mode in {"L", "RGB", "RGBA"} else master.convert("RGB")


def _list_renditions(image: Image, *, made: list[dict[str, Any]], look: int | None) -> None:
    """Look again under lock: the focal point may have moved meanwhile, and then another job makes those crops."""
    with transaction.atomic():
        now = Image.objects.select_for_update().filter(pk=image.pk).first()
        if now is None:
            return
        if now.dhash is None:
            Image.objects.filter(pk=now.pk).update(dhash=look)
        before, seen = now.renditions, pages.of_image(now)
        now.renditions = [each for each in renditions.wanted(now) if each in made or each in before]
        if now.renditions != before:
            now.save(update_fields=["renditions"])
            pages.tell(seen, pages.of_image(now))
        listed = {each["name"] for each in now.renditions}
        order_discard([each["name"] for each in [*before, *made] if each["name"] not in listed])


def order_discard(names: Sequence[str]) -> None:
    """Remove files tomorrow: a page that a reader has open today may still ask for them."""
    if names:
        app.configure_task("articles.discard_files", schedule_in={"days": 1}).defer(names=list(names))


def discard(names: list[str]) -> None:
    """Remove files, except those that a picture of the library names."""
    for name in names:
        if not Image.objects.filter(Q(file=name) | Q(renditions__contains=[{"name": name}])).exists():
            default_storage.delete(name)


def delete(image: Image) -> None:
    """Take a picture out of the library. ValidationError names where it is used."""
    with transaction.atomic():
        image = Image.objects.select_for_update().get(pk=image.pk)
        refuse_if_used(image)
        order_discard([str(image.file), *(each["name"] for each in image.renditions)])
        image.delete()


def refuse_if_used(image: Image, *, may_see: Callable[[models.Model], bool] = lambda row: True) -> None:
    if rows := using.uses(image):
        raise ValidationError(f"This picture is used in {using.told(rows, may_see=may_see)}. Take it out there first.")
