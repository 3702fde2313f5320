"""Gifts that will not come: refused by the processor, or not asked for after all."""

from django.db import transaction

from campaigns.giving.beginning import locked
from campaigns.models import Donation, Instalment


def refuse(donation: Donation, *, problem: str, reason: str = "") -> Donation:
    """Begun → declined, with its instalment. `problem` is for the donor, `reason` for the newsroom."""
    return _end(donation, Donation.Status.DECLINED, Instalment.Status.FAILED, problem=problem, reason=reason)


def drop(donation: Donation, *, reason: str) -> Donation:
    """Begun → cancelled, its instalment skipped: nobody was asked. Money that comes all the same is still received."""
    return _end(donation, Donation.Status.CANCELLED, Instalment.Status.SKIPPED, problem="", reason=reason)


def _end(donation: Donation, status: Donation.Status, then: Instalment.Status, *, problem: str, reason: str) -> Donation:
    with transaction.atomic():
        donation = locked(donation)
        if donation.status == Donation.Status.BEGUN:
            donation.status, donation.problem = status, problem
            donation.save(update_fields=["status", "problem"])
            Instalment.objects.filter(donation=donation).update(status=then, problem=reason[:300])
    return donation
