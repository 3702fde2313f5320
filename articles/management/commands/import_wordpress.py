"""manage.py import_wordpress FILE… [--dry-run] [--media-root DIR] [--encoding NAME]"""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from articles.importing.decoding import Refused
from articles.importing.index import Index
from articles.importing.wordpress import Options, import_file


class Command(BaseCommand):
    help = "Imports WordPress exports (WXR 1.0 to 1.2): posts, pages, authors, categories, tags and, from a folder, pictures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="An export (.xml). Several are read one by one.")
        parser.add_argument("--dry-run", action="store_true", help="Read and count everything, write nothing.")
        parser.add_argument("--media-root", type=Path, metavar="DIR", help="A copy of the site’s wp-content/uploads.")
        parser.add_argument("--encoding", default="", help="The files’ encoding, where they do not tell it rightly.")

    def handle(self, *, files: list[Path], dry_run: bool, media_root: Path | None, encoding: str, **options: Any) -> None:
        if media_root and not media_root.is_dir():
            raise CommandError(f"There is no folder {media_root}.")
        failed = [path for path in files if not self.import_one(path, Options(dry_run, media_root, encoding))]
        if failed:
            names = ", ".join(path.name for path in failed)
            raise CommandError(f"{len(failed)} of {len(files)} files not imported: {names}.")

    def import_one(self, path: Path, options: Options) -> bool:
        options.progress = self.progress(path)
        started = time.monotonic()
        try:
            with Index() as index:
                report, export = import_file(path, options, index, at=timezone.now())
                self.end_progress()
                self.stdout.write(f"{path.name}: “{export.site.title}”, WXR {export.site.version}")
                for line in report.lines(export.notes):
                    self.stdout.write(line)
        except Refused as refusal:
            self.end_progress()
            self.stderr.write(f"{path.name}: refused: {refusal}")
            return False
        except OSError as error:
            self.end_progress()
            self.stderr.write(f"{path.name}: cannot be read: {error.strerror or error}.")
            return False
        self.stdout.write(f"{path.name}: {report.summary()} {time.monotonic() - started:.1f} s.")
        return True

    # Progress, on a terminal only

    def progress(self, path: Path) -> Any:
        self.shown = 0.0
        if not self.stderr.isatty():
            return lambda characters: None
        whole = max(1, path.stat().st_size) if path.exists() else 1

        def show(characters: int) -> None:
            if time.monotonic() - self.shown > 0.2:
                self.shown = time.monotonic()
                self.stderr.write(f"\r{path.name}: {min(100, 100 * characters // whole)} %  ", ending="")
                self.stderr.flush()

        return show

    def end_progress(self) -> None:
        if self.shown:
            self.stderr.write("\r\033[K", ending="")
