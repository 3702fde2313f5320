from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from articles import scheduling


class Command(BaseCommand):
    help = "Publishes and withdraws every article whose moment for it has come. The worker does this every minute by itself."

    def handle(self, *args: Any, **options: Any) -> None:
        done, failed = scheduling.publish_due(at=timezone.now())
        line = f"{done} published or withdrawn, {failed} failed."
        if failed:
            raise CommandError(f"{line} The reasons stand on the desk, at the articles.")
        self.stdout.write(line)
