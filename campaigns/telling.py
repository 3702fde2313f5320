"""Mails to donors about their pledges. A row is written with what it tells of; the mail is made from it when it leaves."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from procrastinate.types import JSONValue

from campaigns import links, mailing, pledges
from campaigns.models import Donor, Instalment, Pledge, PledgeChange, PledgeMail
from campaigns.wording import words_of

Kind = PledgeMail.Kind


def tell(pledge: Pledge, kind: PledgeMail.Kind, *, about: str, at: datetime) -> None:
    """Queue a mail, in the transaction of what it tells of; once, however often it is asked for. Nobody without an address
    is written to."""
    tell_all([pledge], kind, about=about, at=at)


def tell_all(told: list[Pledge], kind: PledgeMail.Kind, *, about: str, at: datetime) -> int:
    """The same to the donors of many, with four queries. Returns how many are new."""
    from campaigns import tasks  # tasks imports this module

    donors = Donor.objects.filter(pk__in={pledge.donor_id for pledge in told})
    reachable = set(donors.exclude(email="").values_list("pk", flat=True))
    of_kind = PledgeMail.objects.filter(kind=kind, about=about, pledge__in=told)
    with transaction.atomic():
        known = set(of_kind.values_list("pledge_id", flat=True))
        new = [pledge.pk for pledge in told if pledge.donor_id in reachable and pledge.pk not in known]
        rows = [PledgeMail(pledge_id=pk, kind=kind, about=about, created_at=at) for pk in new]
        rows = PledgeMail.objects.bulk_create(rows)
        if rows:
            jobs: list[dict[str, JSONValue]] = [{"mail_pk": row.pk} for row in rows]
            tasks.mail_pledge.batch_defer(*jobs)
    return len(rows)


def send(row: PledgeMail, *, at: datetime) -> None:
    """A worker that dies while it sends may send it again, never none."""
    row = PledgeMail.objects.select_related("pledge__donor", "pledge__campaign").get(pk=row.pk)
    if row.mailed_at or not row.pledge.donor.email or not _is_still_true(row):
        return
    mailing.about_pledge(row.kind, row.pledge.donor, told_by(row.pledge) | _particulars(row))
    PledgeMail.objects.filter(pk=row.pk).update(mailed_at=at)


def sample(pledge: Pledge) -> str:
    """The mail that a stranded pledge's donor would get, with nobody's name and without a link that works."""
    nobody = {"name": "", "renew_url": "(the donor’s own link)", "pledge_url": "(the donor’s own link)"}
    subject, text = mailing.drawn("pledge_stranded", told_by(pledge) | nobody, language=pledge.donor.language)
    return f"Subject: {subject}\n\n{text}"


def told_by(pledge: Pledge) -> dict[str, Any]:
    """What every mail and page about a pledge may name."""
    return {
        "pledge": pledge,
        "campaign": pledge.campaign,
        "words": words_of(pledge.campaign, pledge.donor.language),
        "name": pledge.donor.name,
        "renew_url": links.to_renew(pledge),
        "pledge_url": links.to_pledge(pledge),
    }


def _is_still_true(row: PledgeMail) -> bool:
    """A mail that waited for a worker is not sent when its donor has seen to it meanwhile."""
    states = {
        Kind.STRANDED: {Pledge.Status.STRANDED},
        Kind.PAUSED: {Pledge.Status.PAUSED},
        Kind.WAKING: {Pledge.Status.PAUSED},
        Kind.RESTORED: {Pledge.Status.ACTIVE},
        Kind.DECLINED: {Pledge.Status.ACTIVE},
    }
    wanted = states.get(Kind(row.kind))
    if wanted is not None and row.pledge.status not in wanted:
        return False
    return row.kind != Kind.DECLINED or _instalment(row).status == Instalment.Status.FAILED


def _particulars(row: PledgeMail) -> dict[str, Any]:
    if row.kind == Kind.DECLINED:
        instalment = _instalment(row)
        return {"instalment": instalment, "problem": instalment.donation.problem if instalment.donation else ""}
    if row.kind == Kind.CHANGED:
        return {"change": PledgeChange.objects.get(pk=int(row.about))}
    if row.kind == Kind.WAKING:
        return {"first": pledges.first_after(row.pledge, row.pledge.paused_until or timezone.localdate(row.created_at))}
    return {}


def _instalment(row: PledgeMail) -> Instalment:
    return Instalment.objects.select_related("donation").get(pledge=row.pledge, period=row.about.split("/")[0])
