from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from campaigns import statements
from campaigns.models import LegalEntity


class Command(BaseCommand):
    help = "Make and mail the donors' statements of a year. Run again after an interruption, it goes on; nothing happens twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument("--entity", type=int, help="The number of one legal entity, as in its address at the desk.")
        parser.add_argument("--dry-run", action="store_true", help="Count what would be made, and make nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        year, at = options["year"], timezone.now()
        if not 2000 <= year < statements.this_year(at):
            raise CommandError("Give a year that is over.")
        entities = LegalEntity.objects.filter(pk=options["entity"]) if options["entity"] else LegalEntity.objects.all()
        if not entities:
            raise CommandError("There is no such legal entity.")
        sums = dict.fromkeys(("made", "corrected", "unchanged", "without_address", "failed"), 0)
        for entity in entities:
            counted = statements.preview(year=year, entity=entity) if options["dry_run"] else self._run(entity, year)
            sums = {name: sums[name] + counted.get(name, 0) for name in sums}
        said = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in sums.items())
        self.stdout.write(f"Statements of {year}{' (not made)' if options['dry_run'] else ''}: {said}.")
        if sums["failed"]:
            raise CommandError(f"{sums['failed']} could not be made: the run's page at the desk says why.")

    def _run(self, entity: LegalEntity, year: int) -> dict[str, int]:
        run = statements.start(year=year, entity=entity, by=None, at=timezone.now())
        while statements.go_on(run, at=timezone.now()):
            run.refresh_from_db()
            if self.stdout.isatty():
                self.stdout.write(f"{run.done} of {run.donors}", ending="\r")
        run.refresh_from_db()
        return {name: getattr(run, name) for name in ("made", "corrected", "unchanged", "without_address", "failed")}
