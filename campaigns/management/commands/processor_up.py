from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaigns import recovery, rescue


class Command(BaseCommand):
    help = (
        "The end of processor_down: offer and charge there again. Pledges that got another way keep it; the others go on with"
        " their old one on their next day. What was missed meanwhile is never charged."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="As in settings.PROCESSORS, for example stripe.")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        try:
            outage = rescue.come_back(name, by=None, at=timezone.now(), tell=self.progress)
        except rescue.NotKnown as error:
            raise CommandError(str(error)) from error
        if outage is None:
            self.stdout.write(f"{name} is used again. It was never down by processor_down.")
            return
        told = recovery.figures(outage)
        self.stdout.write(
            f"{name} is used again: {told.restored} pledges went back to it, {told.recovered} stay with their new way,"
            f" {told.ended} were stopped."
        )

    def progress(self, done: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"{done} pledges")
