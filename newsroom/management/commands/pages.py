"""manage.py pages check|warm|clear"""

import logging
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from newsroom.pages import EVERYTHING, address, here, inspecting, locations, touch, warming
from newsroom.pages.asking import Asker
from newsroom.pages.following import Follower, is_followed

AGAIN = "Interrupted. The same command again goes on, or begins anew where nothing was changed."


class Command(BaseCommand):
    help = "The kept pages of this host: compare them with what is right, render those asked for first, remove all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        todo = parser.add_subparsers(dest="todo", required=True, metavar="check|warm|clear")
        check = todo.add_parser("check", help="Render every kept page anew and compare. Exits with 1 when one differs.")
        check.add_argument("--mend", action="store_true", help="Remove what differs and what nothing would purge.")
        warm = todo.add_parser("warm", help="Render and keep what readers ask for first. What is kept already is skipped.")
        warm.add_argument("--all", action="store_true", dest="every", help="Every public address, the newest first.")
        warm.add_argument("--workers", type=int, default=1, metavar="N", help="So many processes at once (1).")
        clear = todo.add_parser("clear", help="Remove every kept page.")
        clear.add_argument("--everywhere", action="store_true", help="On every host that follows this database.")

    def handle(self, *, todo: str, **options: Any) -> None:
        if not settings.PAGES_KEPT and todo != "clear":
            raise CommandError("No pages are kept here (PAGES_KEPT=0).")
        todos: dict[str, Callable[..., None]] = {"check": self.check_pages, "warm": self.warm, "clear": self.clear}
        answers, level = logging.getLogger("django.request"), logging.getLogger("django.request").level
        answers.setLevel(logging.ERROR)  # that a withdrawn page answers 410 is no news here
        try:
            todos[todo](**{name: options[name] for name in ("mend", "every", "workers", "everywhere") if name in options})
        except KeyboardInterrupt:
            raise CommandError(AGAIN) from None
        except (Error, psycopg.Error) as error:
            raise CommandError(f"The database does not answer: {str(error).strip()}") from None
        finally:
            answers.setLevel(level)

    # -- clear --------------------------------------------------------------------------------------------------------

    def clear(self, *, everywhere: bool) -> None:
        if everywhere:
            touch(EVERYTHING)  # here at once; every host that follows hears of it
            self.stdout.write("All pages are gone here, and from every host that follows this database as soon as it hears.")
            return
        gone = here.store().clear()
        self.stdout.write("Nothing was kept." if not gone else f"{count(gone)} removed.")

    # -- check --------------------------------------------------------------------------------------------------------

    def check_pages(self, *, mend: bool) -> None:
        store, started = here.store(), time.monotonic()
        self.refuse_other_build()
        follower = Follower(store, here.conninfo())
        with follower.connected() as connection:

            def hear() -> None:
                follower.catch_up(connection)
                store.expire(inspecting.now())

            before = len(store.paths())
            hear()
            paths = store.paths()
            if gone := before - len(paths):
                self.stdout.write(f"{count(gone)} removed first: this host had not heard of all that was touched.")
            wrong = self.compare(paths, hear, mend=mend)
        lost = inspecting.orphans(store, mend=mend)
        for file in lost:
            self.stdout.write(f"{file}: no row of the index lists it, so nothing would purge it.")
        empty = inspecting.empty_rows(store, mend=mend)
        if not is_followed(store):
            self.stdout.write("No web server of this host follows what other hosts touch: does it run with newsroom.gunicorn?")
        line = f"{count(self.looked_at)} compared in {time.monotonic() - started:.0f} s"
        line += f", {empty} rows without a file (harmless)" if empty else ""
        if wrong or lost:
            mended = " They were removed." if mend else ""
            raise CommandError(f"{line}: {wrong} differ, {len(lost)} files are not in the index.{mended}")
        self.stdout.write(f"{line}: all are as they should be.")

    def compare(self, paths: list[str], hear: Callable[[], None], *, mend: bool) -> int:
        store, asker, wrong, self.looked_at = here.store(), Asker(), 0, 0
        for number, path in enumerate(paths, 1):
            self.show(f"{number} of {len(paths)}  {path}")
            found = inspecting.differences(store, path, asker.anew, hear)
            self.looked_at += 1
            if found:
                wrong += 1
                self.show("")
                self.stdout.write("\n    ".join([path, *found]))
                if mend:
                    store.purge([address(path)])
        self.show("")
        return wrong

    def refuse_other_build(self) -> None:
        store = here.store()
        if store.fact("built") and store.fact("built") != store.built:
            raise CommandError(
                "The kept pages were made by other code or settings than this command has: run it with those of the web server."
            )

    # -- warm ---------------------------------------------------------------------------------------------------------

    def warm(self, *, every: bool, workers: int) -> None:
        if workers < 1:
            raise CommandError("At least one process has to work.")
        self.refuse_other_build()
        here.adopt_build()
        rendered = kept = there = 0
        started = time.monotonic()
        for page in warming.warm(locations.every() if every else locations.first(), workers=workers):
            there += not page.status
            rendered += bool(page.status and page.is_kept)
            kept += not page.is_kept
            self.show(f"{rendered} rendered, {there} kept already  {page.path}")
            if page.status >= 500:
                self.show("")
                self.stdout.write(f"{page.path} answers with status {page.status}.")
        self.show("")
        seconds = time.monotonic() - started
        line = f"{count(rendered)} rendered in {seconds:.0f} s, {there} were kept already"
        self.stdout.write(f"{line}, {kept} may not be kept." if kept else f"{line}.")

    last = 0.0

    def show(self, text: str) -> None:
        """Progress, on a terminal only."""
        if self.stderr.isatty() and (not text or time.monotonic() - self.last > 0.2):
            self.last = time.monotonic()
            self.stderr.write(f"\r\033[K{text[:100]}", ending="")
            self.stderr.flush()


def count(pages: int) -> str:
    return "1 page" if pages == 1 else f"{pages} pages"
