"""Year statements: one for each donor, year and legal entity, by hand, in bulk, or by the donor. What stands on one is a
version; a refund that comes later makes the next."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from campaigns.mishaps import told
from campaigns.models import Donation, Donor, LegalEntity, Receipt, StatementRun, StatementVersion, YearStatement
from campaigns.papers import statement as printed
from campaigns.papers.setting import pdf
from newsroom import audit

BATCH = 100  # donors a job: it queues the next one, so that a killed worker repeats little
OF_THE_MOMENT = ("version", "dated")
OF_THE_DONOR = ("donor", "language", "texts")  # stays on the papers of somebody who was erased, as the law wants it


def make(donor: Donor, *, entity: LegalEntity, year: int, at: datetime, by: User | None = None, mail: bool = True) -> str:
    """The donor's statement as their gifts stand: “made”, “corrected”, “unchanged”, or “nothing” when there is no gift.

    The row is written before its mail leaves; the same again changes and mails nothing.
    """
    with transaction.atomic():
        donor = Donor.objects.select_for_update(no_key=True).get(pk=donor.pk)
        statement, _ = YearStatement.objects.get_or_create(donor=donor, entity=entity, year=year)
        last = statement.versions.first()
        new = printed.contents_of(statement, version=last.version + 1 if last else 1, at=at)
        if last and donor.erased_at:
            new |= {key: last.contents[key] for key in OF_THE_DONOR}
        if not new["gifts"] and last is None:
            statement.delete()
            return "nothing"
        if last and _without(new) == _without(last.contents):
            return "unchanged"
        _add(statement, new, at=at, by=by, reason="What was given stands otherwise now." if last else "")
        if mail and donor.email:
            mail_it(statement)
    return "corrected" if last else "made"


def mail_it(statement: YearStatement) -> None:
    from campaigns import tasks  # tasks imports this module

    YearStatement.objects.filter(pk=statement.pk).update(mailed_at=None)
    tasks.mail_statement.configure(lock=f"mail:statement:{statement.pk}").defer(statement_pk=statement.pk)


def follow(donation: Donation) -> None:
    """Money of the gift moved: a statement that names it is looked at again, by a job. The gift's lock is held."""
    from campaigns import tasks  # tasks imports this module

    receipt = Receipt.objects.filter(donation=donation).first()
    if receipt is None:
        return
    named = YearStatement.objects.filter(donor=donation.donor_id, entity=receipt.entity_id, year=receipt.year)
    for pk in named.values_list("pk", flat=True):
        tasks.correct_statement.defer(statement_pk=pk)


def latest(statement: YearStatement) -> StatementVersion:
    return StatementVersion.objects.filter(statement=statement).order_by("-version")[0]


def paper(version: StatementVersion) -> bytes:
    """The PDF of a version: the same bytes whenever it is asked for."""
    return pdf("letter", printed.letter(version.contents), at=version.made_at, language=version.contents["language"])


def years_of(donor: Donor, *, before: int) -> list[tuple[int, int]]:
    """(year, entity) of the donor's gifts, the latest first, in years that are over: those before `before`."""
    receipts = Receipt.objects.filter(donation__donor=donor, year__lt=before).order_by("-year", "entity")
    return list(receipts.values_list("year", "entity").distinct())


# In bulk


def start(*, year: int, entity: LegalEntity, by: User | None, at: datetime) -> StatementRun:
    """Queue the statements of a year; the run that is under way, when there is one."""
    from campaigns import tasks  # tasks imports this module

    if by is not None and not by.has_perm("campaigns.record_donation"):
        raise PermissionDenied("You may not make statements.")
    try:
        with transaction.atomic():
            donors = _donors(year, entity.pk).count()
            run = StatementRun.objects.create(year=year, entity=entity, by=by, started_at=at, donors=donors)
            audit.record(by, "started", run, detail=f"statements of {year}, {donors} donors", at=at)
    except IntegrityError:
        run = StatementRun.objects.get(year=year, entity=entity, finished_at=None)
    tasks.year_statements.defer(run_pk=run.pk)
    return run


def go_on(run: StatementRun, *, at: datetime) -> bool:
    """One batch, behind the last donor that is done. True while there is more. Two at once do each donor once."""
    with transaction.atomic():
        run = StatementRun.objects.select_for_update(no_key=True, of=("self",)).select_related("entity", "by").get(pk=run.pk)
        if run.finished_at:
            return False
        batch = list(_donors(run.year, run.entity_id).filter(pk__gt=run.last_donor)[:BATCH])
        for donor in batch:
            _count(run, donor, at=at)
            run.last_donor = donor.pk
        run.finished_at = None if batch else at
        run.save()
    return bool(batch)


def preview(*, year: int, entity: LegalEntity) -> dict[str, int]:
    """What a run would do, counted and not done."""
    counted = {"made": 0, "corrected": 0, "unchanged": 0, "without_address": 0}
    for donor in _donors(year, entity.pk).iterator(chunk_size=500):
        statement = YearStatement.objects.filter(donor=donor, entity=entity, year=year).select_related("donor", "entity").first()
        last = statement.versions.first() if statement else None
        if statement and last:
            new = printed.contents_of(statement, version=last.version, at=last.made_at)
            counted["unchanged" if _without(new) == _without(last.contents) else "corrected"] += 1
        else:
            counted["made"] += 1
        counted["without_address"] += not donor.email
    return counted


def unfinished() -> Iterator[StatementRun]:
    yield from StatementRun.objects.filter(finished_at=None)


def _count(run: StatementRun, donor: Donor, *, at: datetime) -> None:
    """One donor's trouble is their own: it is counted and kept, and the others get their statements."""
    try:
        with transaction.atomic():
            done = make(donor, entity=run.entity, year=run.year, at=at, by=run.by)
    except Exception as error:
        run.failed, run.problem = run.failed + 1, f"Donor {donor.pk}: {told(error)}"[:300]
        return
    if done != "nothing":
        setattr(run, done, getattr(run, done) + 1)
        run.without_address += done != "unchanged" and not donor.email


def _donors(year: int, entity: int) -> Any:
    """Who gave in the year, to the entity; a look into the receipts' own index."""
    gave = Receipt.objects.filter(entity=entity, year=year).values(donor=F("donation__donor"))
    return Donor.objects.filter(pk__in=gave, erased_at=None).order_by("pk")


def _add(statement: YearStatement, contents: dict[str, Any], *, at: datetime, by: User | None, reason: str) -> None:
    kept = {"version": contents["version"], "made_at": at, "reason": reason, "contents": contents, "by": by}
    StatementVersion.objects.create(statement=statement, **kept)


def _without(contents: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in contents.items() if key not in OF_THE_MOMENT}


def this_year(at: datetime) -> int:
    return timezone.localdate(at).year
