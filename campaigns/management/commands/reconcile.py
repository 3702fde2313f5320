import time
from argparse import ArgumentParser
from datetime import UTC, date, datetime
from datetime import time as moment
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from campaigns import reconciling
from campaigns.reconciling import Outcome


class Command(BaseCommand):
    help = (
        "Compare the ledger with the processors' own books; adopt what belongs to gifts of ours. Exits with 1 when they differ."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the first day to read")
        parser.add_argument("--processor", metavar="NAME", help="this one only")

    def handle(self, *args: Any, since: date | None, processor: str | None, **options: Any) -> None:
        names = reconciling.with_books()
        if processor and processor not in names:
            raise CommandError(f"“{processor}” keeps no books here. Those that do: {', '.join(names) or 'none'}.")
        now = timezone.now()
        if since and since > timezone.localdate(now):
            raise CommandError("This day is still to come.")
        outcomes = [
            reconciling.reconcile(name, since=_in_utc(since), at=now, tell=self.show)
            for name in names
            if processor in {None, name}
        ]
        self.show("")
        for outcome in outcomes:
            self.stdout.write(in_words(outcome))
        if not all(outcome.is_good for outcome in outcomes):
            raise CommandError("The books differ: see “Differences” at the desk.")
        if not outcomes:
            self.stdout.write("No processor here keeps books.")

    last = 0.0

    def show(self, text: str) -> None:
        """Progress, on a terminal only."""
        if self.stderr.isatty() and (not text or time.monotonic() - self.last > 0.2):
            self.last = time.monotonic()
            self.stderr.write(f"\r\033[K{text[:100]}", ending="")
            self.stderr.flush()


def in_words(outcome: Outcome) -> str:
    if outcome.problem:
        return f"{outcome.processor}: not read to the end. {outcome.problem} {_lists(outcome)}"
    adopted = f" {outcome.adopted:,} adopted." if outcome.adopted else ""
    lines = "1 line" if outcome.lines == 1 else f"{outcome.lines:,} lines"
    return f"{outcome.processor}: {lines} read.{adopted} {_lists(outcome)}"


def _lists(outcome: Outcome) -> str:
    if not (outcome.theirs or outcome.ours or outcome.both):
        return "No differences."
    return f"Theirs only: {outcome.theirs:,}. Ours only: {outcome.ours:,}. Differ: {outcome.both:,}."


def _in_utc(day: date | None) -> date | None:
    """The day is the newsroom's; books are read by days of UTC, the first of which may begin the day before."""
    if day is None:
        return None
    begin = timezone.make_aware(datetime.combine(day, moment()))
    return begin.astimezone(UTC).date()
