from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from articles import publishing


class Command(BaseCommand):
    help = "Publishes every scheduled article whose moment has come. The worker does this every minute by itself."

    def handle(self, *args: Any, **options: Any) -> None:
        published, failed = publishing.publish_due(at=timezone.now())
        line = f"{published} published, {failed} failed."
        if failed:
            raise CommandError(f"{line} The reasons stand on the desk, at the articles.")
        self.stdout.write(line)
