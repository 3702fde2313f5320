"""A campaign's news by mail, to those of its donors who want it: each of them once, whoever is killed meanwhile.

A row is claimed, and that is committed, before the mail server hears of it; its outcome is written after the answer. So a
worker that dies leaves at most one row of which nobody knows, and that one is not sent again.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone

from campaigns import mailing
from campaigns.models import CampaignUpdate, Donation, Donor, UpdateMail
from campaigns.updates import locked
from newsroom import mail

logger = logging.getLogger(__name__)
Status = UpdateMail.Status

BATCH = 200
RUN = timedelta(seconds=20)  # then other jobs have their turn
LEASE = timedelta(minutes=15)  # longer than any one message can take
PUT_OFF = [timedelta(minutes=minutes) for minutes in (15, 60, 240, 720)]
FREEZE = """
INSERT INTO campaigns_updatemail (update_id, donor_id, status, due_at, attempts, problem)
SELECT %s, audience.pk, 'due', %s, 0, '' FROM ({audience}) AS audience(pk) ON CONFLICT DO NOTHING
"""


def mail_out(update: CampaignUpdate, *, by: User | None, at: datetime) -> CampaignUpdate:
    """Have published news mailed; who gets it is fixed now. Once: again it changes nothing."""
    if by is not None and not by.has_perm("campaigns.mail_campaignupdate"):
        raise PermissionDenied("You may not mail news to donors.")
    with transaction.atomic():
        update = locked(update)
        if update.mailed_from:
            return update
        if update.published_at is None:
            raise ValidationError("Publish it first: the mail leads to the page.")
        update.mailed_from = at
        update.save(update_fields=["mailed_from"])
        _freeze(update, at=at)
        _later(update.pk)
    return update


def send(update: CampaignUpdate, *, clock: Callable[[], datetime] = timezone.now) -> int:
    """One run: how many were settled. Safe to run twice, in parallel, and again after a kill."""
    settled, at = 0, clock()
    _give_up(update, at=at)
    end = at + RUN
    while settled < BATCH and clock() < end and (row := _claim(update, at=clock())):
        _settle(row, *_sent(row), at=clock())
        settled += 1
    _finish(update, at=clock())
    return settled


def look(*, at: datetime) -> None:
    """Go on with what is not finished: a job may have been killed, or have put rows off."""
    for pk in CampaignUpdate.objects.filter(mailed_until=None).exclude(mailed_from=None).values_list("pk", flat=True):
        _later(pk)


def _later(pk: int) -> None:
    from campaigns import tasks  # tasks imports this module

    tasks.mail_update.configure(lock=f"update:{pk}").defer(update_pk=pk)


def _freeze(update: CampaignUpdate, *, at: datetime) -> None:
    """One statement inside Postgres: a hundred thousand rows do not travel through Python."""
    givers = Donation.objects.filter(campaign=update.campaign, status=Donation.Status.RECEIVED).values("donor")
    reached = Donor.objects.filter(pk__in=givers, wants_news=True, erased_at=None).exclude(email="").order_by("pk")
    sql, parameters = reached.values_list("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(FREEZE.format(audience=sql), [update.pk, at, *parameters])


def _claim(update: CampaignUpdate, *, at: datetime) -> UpdateMail | None:
    """One that is due, passing over those that others hold. Who wants no more news, or was forgotten, is skipped."""
    while True:
        with transaction.atomic(durable=True):
            ready = UpdateMail.objects.filter(update=update).ready(at=at).select_related("donor", "update__campaign")
            row: UpdateMail | None = ready.select_for_update(no_key=True, of=("self",), skip_locked=True).first()
            if row is None:
                return None
            wanted = row.donor.wants_news and row.donor.email and row.donor.erased_at is None
            row.status = Status.CLAIMED if wanted else Status.SKIPPED
            row.claimed_at, row.settled_at = (at, None) if wanted else (None, at)
            row.save(update_fields=["status", "claimed_at", "settled_at"])
        if wanted:
            return row


def _sent(row: UpdateMail) -> tuple[str, str]:
    """How it went, and why not."""
    try:
        mailing.send_update(row.update, row.donor)
    except mail.NotSent as refusal:
        if not refusal.is_certain:
            return Status.UNKNOWN, str(refusal)
        return (Status.DUE if refusal.is_passing else Status.REFUSED), str(refusal)
    return Status.SENT, ""


def _settle(row: UpdateMail, status: str, problem: str, *, at: datetime) -> None:
    """Unless the lease ran out meanwhile: an answer that comes after it is still the truth."""
    own = UpdateMail.objects.filter(pk=row.pk, claimed_at=row.claimed_at, status__in=[Status.CLAIMED, Status.UNKNOWN])
    if status == Status.DUE and row.attempts < len(PUT_OFF):
        due_at = at + PUT_OFF[row.attempts]
        own.update(status=Status.DUE, claimed_at=None, due_at=due_at, attempts=row.attempts + 1, problem=problem[:300])
    else:
        status = Status.REFUSED if status == Status.DUE else status
        own.update(status=status, settled_at=at, problem=problem[:300])


def _give_up(update: CampaignUpdate, *, at: datetime) -> None:
    UpdateMail.objects.filter(update=update, status=Status.CLAIMED, claimed_at__lte=at - LEASE).update(
        status=Status.UNKNOWN, settled_at=at, problem="The worker was interrupted before the mail server answered."
    )


def _finish(update: CampaignUpdate, *, at: datetime) -> None:
    open_rows = UpdateMail.objects.filter(update=update, status__in=[Status.DUE, Status.CLAIMED])
    if not open_rows.exists():
        CampaignUpdate.objects.filter(pk=update.pk, mailed_until=None).update(mailed_until=at)
    elif open_rows.filter(status=Status.DUE, due_at__lte=at).exists():
        _later(update.pk)
