"""manage.py import_wordpress FILE… [--dry-run] [--media-root DIR] [--encoding NAME]"""

import time
import traceback
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from articles.importing.decoding import Refused
from articles.importing.index import Index
from articles.importing.report import plural
from articles.importing.wordpress import Options, import_file
from articles.importing.writable import shown


class Command(BaseCommand):
    help = "Imports WordPress exports (WXR 1.0 to 1.2): posts, pages, authors, categories, tags and, from a folder, pictures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="An export (.xml). Several are read one by one.")
        parser.add_argument("--dry-run", action="store_true", help="Read and count everything, write nothing.")
        parser.add_argument("--media-root", type=Path, metavar="DIR", help="A copy of the site’s wp-content/uploads.")
        parser.add_argument("--encoding", default="", help="The files’ encoding, where they do not tell it rightly.")

    def handle(self, *, files: list[Path], dry_run: bool, media_root: Path | None, encoding: str, **options: Any) -> None:
        if media_root and not media_root.is_dir():
            raise CommandError(f"There is no folder {shown(media_root)}.")
        self.articles, failed = 0, []
        for path in map(Path, files):
            try:
                self.import_one(path, Options(dry_run, media_root, encoding, self.progress(path)))
            except Exception as error:
                self.show("")
                self.stderr.write(f"{shown(path.name)}: {reason(error)}")
                if options.get("traceback"):
                    self.stderr.write(traceback.format_exc())
                failed.append(shown(path.name))
            except KeyboardInterrupt:
                raise CommandError("Interrupted. What was imported stays; the same command again goes on from there.") from None
        if len(files) > 1:
            verb = "would give" if dry_run else "gave"
            self.stdout.write(f"{len(files) - len(failed)} of {len(files)} files {verb} {plural(self.articles, 'article')}.")
        if failed:
            raise CommandError(f"{len(failed)} of {plural(len(files), 'file')} not imported: {', '.join(failed)}.")

    def import_one(self, path: Path, options: Options) -> None:
        started = time.monotonic()
        with Index() as index:
            report, export = import_file(path, options, index, at=timezone.now())
            self.show("")
            self.stdout.write(f"{shown(path.name)}: “{export.site.title}”, WXR {export.site.version or 'without a version'}")
            for line in report.lines(export.notes):
                self.stdout.write(line)
        self.articles += report.articles
        self.stdout.write(f"{shown(path.name)}: {report.summary()} {time.monotonic() - started:.1f} s.")

    # Progress, on a terminal only

    def progress(self, path: Path) -> Callable[[int], None]:
        whole = max(1, path.stat().st_size) if path.is_file() else 1
        last = 0.0

        def tell(characters: int) -> None:
            nonlocal last
            if time.monotonic() - last > 0.2:
                last = time.monotonic()
                self.show(f"{shown(path.name)}: {min(100, 100 * characters // whole)} %")

        return tell

    def show(self, text: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r\033[K{text}", ending="")
            self.stderr.flush()


def reason(error: Exception) -> str:
    if isinstance(error, Refused):
        return f"refused: {error}"
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or error}."
    again = "What was imported stays; the same command again goes on from there."
    if isinstance(error, DatabaseError):
        return f"stopped by the database: {error} {again}"
    return f"stopped by an error that was not foreseen ({type(error).__name__}; --traceback shows where). {again}"
