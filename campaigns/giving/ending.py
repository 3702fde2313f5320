"""Gifts that will not come: refused by the processor, or not asked for after all."""

from datetime import datetime

from django.db import transaction

from campaigns import dunning
from campaigns.giving.beginning import locked
from campaigns.models import Donation, Instalment


def refuse(donation: Donation, *, problem: str, at: datetime, reason: str = "") -> Donation:
    """Begun → declined, and its instalment is followed up, without trying the same way again. `problem` is for the donor,
    `reason` for the newsroom."""
    with transaction.atomic():
        donation = locked(donation)
        if donation.status == Donation.Status.BEGUN:
            _end(donation, Donation.Status.DECLINED, problem=problem)
            dunning.failed(donation, at=at, problem=reason, needs_donor=True)
    return donation


def drop(donation: Donation, *, reason: str, then: Instalment.Status = Instalment.Status.SKIPPED) -> Donation:
    """Begun → cancelled, its instalment skipped: nobody was asked. Money that comes all the same is still received."""
    with transaction.atomic():
        donation = locked(donation)
        if donation.status == Donation.Status.BEGUN:
            _end(donation, Donation.Status.CANCELLED, problem="")
            Instalment.objects.filter(donation=donation).update(status=then, problem=reason[:300])
    return donation


def _end(donation: Donation, status: Donation.Status, *, problem: str) -> None:
    donation.status, donation.problem = status, problem
    donation.save(update_fields=["status", "problem"])
