from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from demo.bulk import loading


class Command(BaseCommand):
    help = (
        "Fills an empty database with invented content for measuring: the same number, the same rows. It goes on where it was "
        "interrupted, adds to what an earlier run made, and refuses a database with content of its own."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--articles", type=int, required=True, metavar="N", help="how many articles there should be")
        parser.add_argument("--pictures", type=int, default=0, metavar="K", help="how many drawings they share (none)")

    def handle(self, *args: Any, **options: Any) -> None:
        added = loading.load(options["articles"], pictures=options["pictures"], tell=self._progress)
        if self.stdout.isatty():
            self.stdout.write("\r\033[K", ending="")
        self.stdout.write(f"The benchmark content stands: {options['articles']:,} articles, {added:,} of them added now.")

    def _progress(self, what: str, done: int, of: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r\033[K{what} {done:,} of {of:,}", ending="")
            self.stdout.flush()
