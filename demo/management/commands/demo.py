from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from demo import loading


class Command(BaseCommand):
    help = (
        "Fills the site with the demo: an invented region's newspaper over two years. What is there already is left "
        "alone, so it can be run again, also after an interruption. It makes no sign-ins and sends no mail."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        added = loading.load(at=timezone.now(), tell=self._progress)
        if self.stdout.isatty():
            self.stdout.write("\r\033[K", ending="")
        told = ", ".join(f"{number} {kind}" for kind, number in added.items() if number)
        self.stdout.write(f"The demo is loaded: {told} added." if told else "The demo was loaded already: nothing added.")

    def _progress(self, what: str, done: int, of: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r\033[K{what} {done} of {of}", ending="")
            self.stdout.flush()
