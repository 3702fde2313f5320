import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from digest import delivery, editions, figures
from digest.models import Edition, Subscriber


class Command(BaseCommand):
    help = "Composes the day's digest from what was published and sends it to every confirmed subscriber, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, metavar="YYYY-MM-DD", help="what was published on that day")
        parser.add_argument("--dry-run", action="store_true", help="tell what would be sent, and send nothing")

    def handle(self, *, date: date | None, dry_run: bool, **options: Any) -> None:
        at = timezone.now()
        day = date or editions.today(at)
        if day > editions.today(at):
            raise CommandError(f"{day} has not come yet.")
        if dry_run:
            self.stdout.write(self._plan(day, at))
            return
        edition = editions.by_hand(day, at=at)
        if edition is None:
            self.stdout.write(self._no_digest(day))
            return
        self._send(edition)

    def _plan(self, day: date, at: datetime) -> str:
        latest = Edition.objects.filter(date=day).first()
        if latest and latest.deliveries.unsettled(at=at).exists():
            return f"Nothing sent. {latest} would be sent on: {self._figures(latest)}."
        articles = editions.candidates(editions.of_day(day, at=at))
        if not (articles and Subscriber.objects.reached().exists()):
            return f"Nothing sent. {self._no_digest(day)}"
        for article in articles:
            self.stdout.write(f"  {article.headline}")
        content = f"“{editions.subject(articles)}” with {figures.count(len(articles), 'article')}"
        return f"Nothing sent. {content} would go to {figures.count(Subscriber.objects.reached().count(), 'reader')}."

    def _no_digest(self, day: date) -> str:
        if not Subscriber.objects.reached().exists():
            return f"No digest for {day}: nobody has confirmed a sign-up yet. What was published waits for the first reader."
        return f"No digest for {day}: nothing was published that an edition has not brought yet."

    def _send(self, edition: Edition) -> None:
        problem = ""
        try:
            while delivery.send(edition, tell=self._progress(edition)):
                pass
        except delivery.Stopped as error:
            problem = str(error)
        if self.stdout.isatty():
            self.stdout.write("\r\x1b[K", ending="")
        articles = figures.count(edition.items.count(), "article")
        self.stdout.write(f"{edition}, {articles}: {self._figures(edition)}.")
        if problem:
            raise CommandError(f"Stopped: {problem.rstrip('.')}. Who is still due gets it at the next run.")

    def _progress(self, edition: Edition) -> Callable[[], None]:
        """On a terminal, the figures once a second."""
        told = 0.0

        def tell() -> None:
            nonlocal told
            if self.stdout.isatty() and time.monotonic() - told >= 1:
                told = time.monotonic()
                self.stdout.write(f"\r\x1b[K{self._figures(edition)}", ending="")
                self.stdout.flush()

        return tell

    def _figures(self, edition: Edition) -> str:
        return figures.in_words(edition.deliveries.tally())
