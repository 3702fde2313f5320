"""The verbs of an import from another system that a fundraiser leads at the desk: upload, choose columns, try, import."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from campaigns import mishaps
from campaigns.giving.arriving import allow
from campaigns.models import Campaign, MoveIn, MoveInPart
from campaigns.moving import flow, reading, systems
from campaigns.moving.figures import Figures
from campaigns.moving.reading import PIECE
from campaigns.tables import Unreadable
from newsroom import audit

logger = logging.getLogger(__name__)
Status = MoveIn.Status
MOST_BYTES = 200 * 1024 * 1024


class Stopped(Exception):
    """Somebody threw the file away meanwhile."""


def upload(pieces: Iterable[bytes], *, name: str, kind: str, system: str, by: User, at: datetime) -> MoveIn:
    """Keep the file and look at its columns. ValidationError, and nothing kept, when it is no export we know."""
    allow(by)
    with transaction.atomic():
        move_in = MoveIn.objects.create(name=name[:200], kind=kind, system=system, made_by=by, made_at=at)
        for number, piece in enumerate(_cut(pieces)):
            move_in.size += len(piece)
            if move_in.size > MOST_BYTES:
                raise ValidationError("The file is larger than 200 MB: use the command, or export a shorter time.")
            MoveInPart.objects.create(move_in=move_in, number=number, data=piece)
        try:
            source = reading.source(reading.of_row(move_in))
        except Unreadable as error:
            raise ValidationError(str(error)) from None
        found = systems.get(system, kind) if system else systems.detected(source.header, kind)
        if found is None:
            raise ValidationError("It is not known whose export this is: choose where it comes from.")
        move_in.system, move_in.columns = found.name, found.guess(source.header)
        move_in.save()
        audit.record(by, "uploaded", move_in, at=at)
    return move_in


def try_it(
    move_in: MoveIn, *, columns: Mapping[str, int], days: str, currency: str, campaign: Campaign | None, by: User, at: datetime
) -> MoveIn:
    """Keep what its columns are, and go through it without writing: the worker does. ValidationError when it cannot be."""
    allow(by)
    source = reading.source(reading.of_row(move_in))
    try:
        system = systems.get(move_in.system, move_in.kind)
        plan = flow.planned(source, system, columns=columns, days=days, currency=currency, campaign=campaign)
    except Unreadable as error:
        raise ValidationError(str(error)) from None
    with transaction.atomic():
        move_in = _locked(move_in)
        if move_in.status in {Status.RUNNING, Status.DONE} or move_in.rows_done:
            return move_in
        move_in.columns, move_in.days, move_in.currency = dict(plan.columns), plan.order, plan.currency
        move_in.campaign, move_in.status, move_in.tried, move_in.problem = campaign, Status.TRYING, {}, ""
        move_in.save()
        _later(move_in)
    return move_in


def import_it(move_in: MoveIn, *, by: User, at: datetime) -> MoveIn:
    """Tried, or stopped on the way → being imported, by the worker."""
    allow(by)
    with transaction.atomic():
        move_in = _locked(move_in)
        if move_in.status == Status.TRIED or (move_in.status == Status.FAILED and move_in.tried):
            move_in.status, move_in.problem = Status.RUNNING, ""
            move_in.save(update_fields=["status", "problem"])
            audit.record(by, "imported", move_in, detail=f"{move_in.system} {move_in.kind}", at=at)
            _later(move_in)
    return move_in


def work(move_in: MoveIn, *, at: datetime) -> None:
    """What the worker does: try it, or import it from where it stands. Killed at any point, the same again goes on."""
    if not move_in.is_working:
        return
    trial = move_in.status == Status.TRYING
    try:
        _go_through(move_in, trial=trial, at=at)
    except Stopped:
        return
    except Exception as error:
        problem = mishaps.told(error)
        logger.error("Import %s stopped: %s", move_in.pk, problem)
        MoveIn.objects.filter(pk=move_in.pk).update(status=Status.FAILED, problem=problem)


def _go_through(move_in: MoveIn, *, trial: bool, at: datetime) -> None:
    source = reading.source(reading.of_row(move_in))
    system = systems.get(move_in.system, move_in.kind)
    plan = flow.Plan(system, move_in.columns, move_in.days, move_in.currency, move_in.campaign)
    wanted = move_in.status

    def after(rows: int, figures: Figures) -> None:
        column = "tried" if trial else "told"
        kept = {column: figures.as_json()} | ({} if trial else {"rows_done": rows})
        if not MoveIn.objects.filter(pk=move_in.pk, status=wanted).update(**kept):
            raise Stopped

    begun = None if trial else Figures.of_json(move_in.told)
    figures = flow.go_through(source, plan, by=move_in.made_by, at=at, trial=trial, figures=begun, after=after)
    with transaction.atomic():
        after(figures.rows, figures)
        done = {"status": Status.TRIED} if trial else {"status": Status.DONE, "done_at": at}
        MoveIn.objects.filter(pk=move_in.pk).update(**done)
        if not trial:
            move_in.parts.all().delete()  # its rows are in the books: donors' addresses need not lie here a second time


def _cut(pieces: Iterable[bytes]) -> Iterable[bytes]:
    for piece in pieces:
        for start in range(0, len(piece), PIECE):
            yield piece[start : start + PIECE]


def _locked(move_in: MoveIn) -> MoveIn:
    return MoveIn.objects.select_for_update(no_key=True, of=("self",)).get(pk=move_in.pk)


def _later(move_in: MoveIn) -> None:
    from campaigns import tasks  # tasks imports this module

    tasks.move_in.configure(lock="campaigns.move_in").defer(move_in_pk=move_in.pk)
