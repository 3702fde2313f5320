"""What people's names stand in and nobody needs any longer: thrown away DAYS after it was last of use, whoever it is about."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from campaigns.models import BankLine, MoveIn
from newsroom import audit

DAYS = 30
KEPT_FOR = timedelta(days=DAYS)
GONE = f"The file was thrown away {DAYS} days after its upload. Upload it again: what is here already is not taken twice."
Status = MoveIn.Status
# Jobs whose arguments hold an address or the name of a card; one that went well is gone at once.
JOBS = """
DELETE FROM procrastinate_jobs j WHERE task_name IN ('campaigns.mail_to', 'campaigns.detach')
AND status IN ('failed', 'succeeded', 'cancelled', 'aborted')
AND NOT EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.at >= %s)
"""


def clear(*, at: datetime) -> int:
    """How many files were thrown away. Safe to repeat, and to kill at any point."""
    before = at - KEPT_FOR
    left = MoveIn.objects.filter(made_at__lt=before).exclude(status__in=[Status.TRYING, Status.RUNNING])
    thrown = sum(_throw_away(pk, at=at) for pk in left.filter(parts__isnull=False).distinct().values_list("pk", flat=True))
    for move_in in left.exclude(tried__lines=[], told__lines=[]).exclude(tried={}, told={}):
        _forget_lines(move_in)
    aside = BankLine.objects.filter(status=BankLine.Status.IGNORED, statement__uploaded_at__lt=before)
    aside.exclude(payer="", text="").update(payer="", text="")
    with connection.cursor() as cursor:
        cursor.execute(JOBS, [before])
    return thrown


def _throw_away(pk: int, *, at: datetime) -> bool:
    """A file of which nothing was imported goes altogether; of one that stopped on its way the figures stay."""
    with transaction.atomic():
        move_in = MoveIn.objects.select_for_update(of=("self",)).filter(pk=pk).first()
        if move_in is None or move_in.is_working:
            return False
        audit.record(None, "threw away", move_in, detail=f"a file left for {DAYS} days", at=at)
        if move_in.rows_done:
            move_in.parts.all().delete()
            MoveIn.objects.filter(pk=pk).update(status=Status.FAILED, tried={}, problem=GONE)
        else:
            move_in.delete()
    return True


def _forget_lines(move_in: MoveIn) -> None:
    """Sentences about lines that could not be read quote what stood there. How many there were stays."""
    told = {name: getattr(move_in, name) for name in ("tried", "told")}
    MoveIn.objects.filter(pk=move_in.pk).update(**{name: kept | {"lines": []} if kept else {} for name, kept in told.items()})
