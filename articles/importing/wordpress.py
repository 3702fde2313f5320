"""A WordPress export → articles. Reads the file twice: first to see that it is whole and what is in it, then to import."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from pathlib import Path

from django.conf import settings
from django.db import DataError, IntegrityError, connection, reset_queries, transaction
from django.db.backends.utils import CursorWrapper

from articles.importing.addresses import LONGEST
from articles.importing.decoding import Refused
from articles.importing.index import Index
from articles.importing.media import Pictures
from articles.importing.preparing import Preparer
from articles.importing.records import Item
from articles.importing.report import BEFORE, Report
from articles.importing.storing import Prepared, Writer, finish, fresh_addresses
from articles.importing.survey import Survey, unwanted
from articles.importing.terms import addresses_of
from articles.importing.wxr import Export
from articles.models import FormerAddress
from newsroom.pages import EVERYTHING, touch

BATCH, BATCH_CHARACTERS = 400, 4_000_000
PATIENCE = 10.0  # seconds: Postgres needs a moment to notice that a killed import is gone


@dataclass
class Options:
    dry_run: bool = False
    media_root: Path | None = None
    encoding: str = ""
    progress: Callable[[int], None] = lambda characters: None


def import_file(path: Path, options: Options, index: Index, *, at: datetime) -> tuple[Report, Export]:
    """Import one export. Raises Refused, before anything is written, for a file that is not whole.

    Safe to run again, after an interruption too: what is here already is left as it is. `index` must be open and fresh.
    """
    with only_one(needed=not options.dry_run):
        export, report = Export(path, options.encoding), Report(index, options.dry_run)
        survey = Survey(export, index, report, options.progress)
        survey.run()
        Import(survey, report, options, at=at).run()
    return report, export


class Import:
    """The second reading: terms first, then the articles in batches."""

    def __init__(self, survey: Survey, report: Report, options: Options, *, at: datetime) -> None:
        self.survey, self.report, self.options = survey, report, options
        self.preparer = Preparer(survey, Pictures(survey.index, report, options.media_root), report, at=at)

    def run(self) -> None:
        with transaction.atomic():
            self.survey.terms.settle(self.survey.source, self.report, write=not self.options.dry_run)
            self.survey.note_terms()
            self.keep_addresses_of_terms()
        self.writer = Writer(self.survey.source, beside=self.options.media_root is None)
        try:
            for batch in self.batches():
                prepared = [self.preparer.prepared(item) for item in batch]
                self.reckon(self.writer.wait())
                if self.options.dry_run:
                    self.count(prepared, len({path for each in prepared for path in each.paths}))
                else:
                    self.writer.put(prepared)
            self.reckon(self.writer.wait())
        finally:
            self.writer.close()
        if not self.options.dry_run:
            finish()

    def batches(self) -> Iterator[list[Item]]:
        batch: list[Item] = []
        size = 0
        for item in self.items():
            batch.append(item)
            size += len(item.content)
            if len(batch) >= BATCH or size > BATCH_CHARACTERS:
                yield batch
                batch, size = [], 0
        yield batch

    def items(self) -> Iterator[Item]:
        for record in self.survey.export.records():
            if isinstance(record, Item) and not unwanted(record):
                row = self.survey.index.post(record.place)
                if row and row[1] == "known":
                    self.report.counts[BEFORE] += 1
                elif row:
                    yield record
            self.options.progress(self.survey.export.characters)

    # Writing

    def keep_addresses_of_terms(self) -> None:
        wanted = {
            path: {f"{kind}_id": term.pk}
            for kind, term, paths in addresses_of(self.survey.terms, self.preparer.former.base)
            for path in paths
            if len(path) <= LONGEST
        }
        for some in batched(wanted, 5000):
            fresh = fresh_addresses(some)
            self.report.counts["former addresses"] += len(fresh)
            if fresh and not self.options.dry_run:
                FormerAddress.objects.bulk_create([FormerAddress(path=path, **wanted[path]) for path in fresh])
                touch(EVERYTHING)

    def reckon(self, stored: tuple[list[Prepared], Future[int]] | None) -> None:
        """Count a batch that was stored. One that the database refused is tried article by article."""
        if stored is None:
            return
        batch, future = stored
        try:
            self.count(batch, future.result())
        except (DataError, IntegrityError) as error:
            if len(batch) == 1:
                self.report.lost("article that the database refused", str(error).splitlines()[0], batch[0].article.headline)
                return
            for each in batch:
                each.article.pk = None
                self.writer.put([each])
                self.reckon(self.writer.wait())

    def count(self, batch: list[Prepared], addresses: int) -> None:
        self.report.counts["former addresses"] += addresses
        self.report.counts.update(each.outcome for each in batch)
        if settings.DEBUG:
            reset_queries()  # Django keeps every statement's text then


@contextmanager
def only_one(*, needed: bool) -> Iterator[None]:
    """Two imports at the same time would bring things twice."""
    if not needed:
        yield
        return
    with connection.cursor() as cursor:
        given_up = time.monotonic() + PATIENCE
        while not _locked(cursor):
            if time.monotonic() > given_up:
                raise Refused("Another import is running. Wait until it has ended.")
            time.sleep(0.2)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended('newsroom import', 0))")


def _locked(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('newsroom import', 0))")
    return bool(cursor.fetchone()[0])
