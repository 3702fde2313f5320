from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from newsroom.people import factors, noting, sessions


class Command(BaseCommand):
    help = "Take somebody's second factor away: for the last administrator, who lost telephone and codes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        with transaction.atomic():
            person = User.objects.select_for_update().filter(username=username).first()
            if person is None:
                raise CommandError(f"Nobody here is called “{username}”.")
            had = factors.take_away(person)
            if had:
                sessions.end(person)
                noting.note(person, "factors_reset", by=None, at=timezone.now())
        said = "signs in with the password alone now, and is told by mail" if had else "had no second factor"
        self.stdout.write(f"{username} {said}.")
