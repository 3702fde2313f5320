"""Receipts: one a gift, numbered without a gap within the year, in the transaction that writes the gift's ledger line."""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from campaigns import mailing
from campaigns.models import Donation, Receipt, ReceiptSeries


def issue(donation: Donation, *, at: datetime, mail: bool = True) -> Receipt:
    """The gift's receipt, of the newsroom's local year in which the money came. The caller holds the gift's lock.

    The year's row stays locked until the transaction ends: a number taken in one that fails is taken again.
    """
    year = timezone.localdate(at).year
    ReceiptSeries.objects.bulk_create([ReceiptSeries(year=year)], ignore_conflicts=True)
    series = ReceiptSeries.objects.select_for_update().get(year=year)
    series.last_number += 1
    series.save(update_fields=["last_number"])
    receipt = Receipt.objects.create(
        donation=donation, year=year, number=series.last_number, issued_at=at, mailed_at=None if mail else at
    )
    if mail and donation.donor.email:
        mailing.later("receipt", donation)
    return receipt


def send_again(receipt: Receipt, *, by: User | None) -> bool:
    """Queue its mail, whether the first one failed or was lost on the way. False when there is no address."""
    if by is not None and not by.has_perm("campaigns.record_donation"):
        raise PermissionDenied("You may not send receipts.")
    with transaction.atomic():
        receipt = Receipt.objects.select_for_update(of=("self",)).select_related("donation__donor").get(pk=receipt.pk)
        if not receipt.donation.donor.email:
            return False
        Receipt.objects.filter(pk=receipt.pk).update(mailed_at=None)
        mailing.later("receipt", receipt.donation)
    return True
