"""What the commands `import_gifts` and `import_pledges` share."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaigns import mishaps, tables
from campaigns.models import Campaign, MoveIn
from campaigns.moving import flow, reading, systems
from campaigns.moving.figures import Figures, either, many
from newsroom import audit, money


class ImportCommand(BaseCommand):
    kind: MoveIn.Kind
    thing: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = [system.name for system in systems.SYSTEMS if system.kind == self.kind]
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="An export as CSV. Several are read one by one.")
        parser.add_argument("--from", dest="system", choices=["auto", *names], default="auto", help="Whose export it is.")
        parser.add_argument("--campaign", default="", metavar="SLUG", help="Where the gifts belong. Needed for regular gifts.")
        parser.add_argument("--map", nargs="*", action="extend", default=[], metavar="field=Column", help="amount=Betrag, say.")
        parser.add_argument("--currency", default="", help="Where the file names none: EUR, for example.")
        parser.add_argument("--days", default="", choices=["", *tables.DATES], help="How the file writes its days.")
        parser.add_argument("--dry-run", action="store_true", help="Read and count everything, write nothing.")

    def handle(self, *, files: list[Path], system: str, campaign: str, currency: str, dry_run: bool, **rest: Any) -> None:
        chosen = Campaign.objects.filter(slug=campaign).first()
        if campaign and chosen is None:
            raise CommandError(f"There is no campaign “{campaign}”.")
        if currency and currency.upper() not in money.CURRENCIES:
            raise CommandError(f"“{currency}” is no currency.")
        failed, new = [], 0
        for path in files:
            try:
                new += self.one(path, system, rest["map"], chosen, currency, rest["days"], trial=dry_run)
            except KeyboardInterrupt:
                raise CommandError("Interrupted. What was imported stays; the same command again goes on from there.") from None
            except Exception as error:
                self.show("")
                self.stderr.write(f"{path.name}: {_reason(error)}")
                failed.append(path.name)
        if failed:
            raise CommandError(f"{len(failed)} of {many(len(files), 'file')} not imported: {', '.join(failed)}.")
        if len(files) > 1:
            self.stdout.write(f"{len(files)} files {'would give' if dry_run else 'gave'} {many(new, self.thing)}.")

    def one(
        self, path: Path, name: str, mapped: list[str], campaign: Campaign | None, currency: str, days: str, *, trial: bool
    ) -> int:
        began = time.monotonic()
        source = reading.source(reading.of_path(path))
        found = systems.detected(source.header, self.kind) if name == "auto" else systems.get(name, self.kind)
        if found is None:
            raise tables.Unreadable("It is not known whose export this is: say it with --from.")
        columns = found.guess(source.header) | _mapped(mapped, found, source.header)
        plan = flow.planned(source, found, columns=columns, days=days, currency=currency, campaign=campaign)
        figures = flow.go_through(source, plan, by=None, at=timezone.now(), trial=trial, after=self.progress(path))
        self.show("")
        self.tell(path, found, figures, trial=trial, seconds=time.monotonic() - began)
        if not trial:
            audit.record(None, "imported", f"{found.name} {self.kind}", detail=f"{many(figures.rows, 'row')}, {figures.new} new")
        return figures.new

    def tell(self, path: Path, system: systems.System, figures: Figures, *, trial: bool, seconds: float) -> None:
        for line in figures.in_words(trial=trial)[1:]:
            self.stdout.write(line)
        for number, sentence in figures.lines:
            self.stdout.write(f"Line {number}: {sentence}")
        if figures.more:
            self.stdout.write(f"… and {many(figures.more, 'line')} more.")
        if figures.pledges and not trial:
            self.stdout.write("Nothing is charged yet. Switch them off in the old system, then: manage.py start_imported_pledges")
        did = "would give" if trial else "gave"
        out, known = sum(figures.skipped.values()), f"{figures.known:,} {either(figures.known, 'was', 'were')} here already"
        self.stdout.write(
            f"{path.name} ({system.label}): {many(figures.rows, 'line')} {did} {many(figures.new, self.thing)};"
            f" {known}, {out:,} left out, {figures.problems:,} not understood. {seconds:.1f} s."
        )

    def progress(self, path: Path) -> flow.After:
        last = 0.0

        def tell(rows: int, figures: Figures) -> None:
            nonlocal last
            if time.monotonic() - last > 0.2:
                last = time.monotonic()
                self.show(f"{path.name}: line {rows:,}, {many(figures.new, self.thing)}")

        return tell

    def show(self, text: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r\033[K{text}", ending="")
            self.stderr.flush()


def _mapped(pairs: list[str], system: systems.System, header: tuple[str, ...]) -> dict[str, int]:
    found: dict[str, int] = {}
    for pair in pairs:
        field, sign, column = pair.partition("=")
        if not sign or field not in system.words:
            raise tables.Unreadable(f"“{pair}” is no mapping: field=Column, where the field is one of {', '.join(system.words)}.")
        hit = tables.guessed(header, {field: [column]})
        if not hit:
            raise tables.Unreadable(f"There is no column “{column}”. There are: {', '.join(header)[:300]}.")
        found |= hit
    return found


def _reason(error: Exception) -> str:
    if isinstance(error, tables.Unreadable):
        return str(error)
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or 'no such file'}."
    return f"stopped. {mishaps.told(error)} What was imported stays; the same command again goes on from there."
