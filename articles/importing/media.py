"""The former site's pictures, looked for in a folder on this machine. Never fetched."""

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

from articles import images
from articles.importing.clean import Attachment
from articles.importing.index import Index
from articles.importing.report import Report
from articles.importing.writable import UNWRITABLE, shown, unquoted

UPLOADS = re.compile(r"(?:^|/)(?:wp-content/uploads|files|uploads)/(?:sites/\d+/)?(.+)$")
SIZED = re.compile(r"(?:-\d+x\d+|-scaled|-rotated|-e\d{10,})+(?=\.\w+$)")


def plain(name: str) -> str:
    """A file's name as two file systems would agree on it."""
    return unicodedata.normalize("NFC", name).casefold()


class Pictures:
    def __init__(self, index: Index, report: Report, root: Path | None) -> None:
        self.index, self.report, self.root = index, report, root
        if root:
            self.list_files(root)

    def list_files(self, root: Path) -> None:
        """Note every file below the folder. Links out of it are not followed."""
        within, nameless = root.resolve(), list[str]()

        def rows() -> Iterator[tuple[str, str]]:
            for folder, _, names in os.walk(root):
                for path in (Path(folder, name) for name in names):
                    if not path.is_symlink() or path.resolve().is_relative_to(within):
                        below = str(path.relative_to(root))
                        if UNWRITABLE.search(below):
                            nameless.append(shown(below))
                        else:
                            yield plain(path.name), below

        self.index.sql.executemany("INSERT INTO file VALUES (?, ?)", rows())
        for each in nameless:
            self.report.lost("file in the folder whose name is not UTF-8, passed over: rename it and import again", each)

    def image(self, address: str, number: str = "") -> dict[str, Any] | None:
        """Our picture for an address (or an attachment's number) of the former site: pk, src, width, height, alt."""
        if self.root is None:
            return None
        attachment = (self.index.attachment(number) if number else None) or self.attachment_of(address)
        for name in names(address, attachment):
            if path := self.find(name):
                return self.received(path, attachment or Attachment())
        return None

    def attachment_of(self, address: str) -> Attachment | None:
        for name in names(address, None):
            if found := self.index.attachment_of_file(name):
                return found
        return None

    def find(self, name: str) -> str:
        """The path below the root that ends as `name` does; a bare name must be the only one of it."""
        parts = [plain(part) for part in name.split("/")]
        rows = [row[0] for row in self.index.sql.execute("SELECT path FROM file WHERE name = ?", (parts[-1],))]
        best = [row for row in rows if [plain(part) for part in Path(row).parts][-len(parts) :] == parts]
        if best:
            return min(best, key=len)
        return rows[0] if len(rows) == 1 else ""

    def received(self, path: str, about: Attachment) -> dict[str, Any] | None:
        row = self.index.one("SELECT pk, src, width, height, alt, refusal FROM picture WHERE path = ?", path)
        if row is None:
            row = self.receive(path, about)
            self.index.sql.execute("INSERT INTO picture VALUES (?, ?, ?, ?, ?, ?, ?)", (path, *row))
            self.report.counts["pictures"] += not row[5]
            if row[5]:
                self.report.lost("picture that cannot be taken", f"{path}: {row[5]}")
        return None if row[5] else dict(zip(("pk", "src", "width", "height", "alt"), row, strict=False))

    def receive(self, path: str, about: Attachment) -> tuple[int, str, int, int, str, str]:
        try:
            with (self.root / path).open("rb") as file:  # type: ignore[operator]
                if self.report.dry_run:
                    checked = images.check(file)
                    return 0, "/", checked.width, checked.height, about.alt, ""
                image = images.receive(file, alt=about.alt[:500], caption=about.caption, credit=about.credit[:200])
        except ValidationError as error:
            return 0, "", 0, 0, "", " ".join(error.messages)
        except OSError as error:
            return 0, "", 0, 0, "", f"The file cannot be read: {error.strerror}."
        return image.pk, image.file.url, image.width, image.height, image.alt, ""


def names(address: str, attachment: Attachment | None) -> list[str]:
    """What a picture's file may be called below wp-content/uploads, the original before the small copies."""
    try:
        path = unquoted(urlsplit(address).path)
    except ValueError:
        path = ""
    below = UPLOADS.search(path)
    name = below[1] if below else path.rsplit("/", 1)[-1]
    found = [attachment.file] if attachment and attachment.file else []
    if name:
        found += [SIZED.sub("", name), name]
    return list(dict.fromkeys(found))
