"""manage.py start_imported_pledges --the-old-system-is-off"""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaigns import taking_over
from campaigns.moving.figures import either


class Command(BaseCommand):
    help = "Collects imported regular gifts from now on. Before, they must be switched off where they come from."

    def add_arguments(self, parser: ArgumentParser) -> None:
        told = "I looked: the old system collects nothing any more. Otherwise donors are charged twice."
        parser.add_argument("--the-old-system-is-off", action="store_true", dest="is_off", help=told)

    def handle(self, *, is_off: bool, **options: Any) -> None:
        waiting = taking_over.counted()
        try:
            active, stranded = taking_over.start(old_is_off=is_off, by=None, at=timezone.now())
        except ValidationError as refusal:
            number = waiting["paused"] + waiting["stranded"]
            raise CommandError(
                f"{' '.join(refusal.messages)} Nothing was started; {number} {either(number, 'waits', 'wait')}."
            ) from None
        started = f"{active} {either(active, 'is collected from its', 'are collected from their')} next day on"
        self.stdout.write(f"Started: {started}, {len(stranded)} {either(len(stranded), 'needs', 'need')} a new way to pay.")
