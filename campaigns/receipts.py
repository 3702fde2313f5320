"""Receipts: one a gift, numbered without a gap within the year and legal entity, in the transaction that writes the gift's
ledger line. What stands on one is a version: a correction is the next one under the same number."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from campaigns import donors, mailing
from campaigns.models import Donation, Receipt, ReceiptSeries, ReceiptVersion
from campaigns.papers import receipt as printed
from campaigns.papers.setting import pdf
from newsroom import audit

LASTS = ("issuer", "texts", "donor")  # what a version made by itself takes over from the last one
OF_THE_MOMENT = ("version", "dated")


def issue(donation: Donation, *, at: datetime, mail: bool = True) -> Receipt:
    """The gift's receipt, of the newsroom's local year in which the money came. The caller holds the gift's lock.

    The series' row stays locked until the transaction ends: a number taken in one that fails is taken again.
    """
    year, entity = timezone.localdate(at).year, donation.campaign.entity
    ReceiptSeries.objects.bulk_create([ReceiptSeries(entity=entity, year=year)], ignore_conflicts=True)
    series = ReceiptSeries.objects.select_for_update(no_key=True).get(entity=entity, year=year)
    series.last_number += 1
    series.save(update_fields=["last_number"])
    numbered = {"entity": entity, "prefix": entity.prefix, "year": year, "number": series.last_number}
    receipt = Receipt.objects.create(donation=donation, **numbered, issued_at=at, mailed_at=None if mail else at)
    _first(receipt, at=at)
    if mail and donation.donor.email:
        mailing.later("receipt", donation)
    return receipt


def latest(receipt: Receipt) -> ReceiptVersion:
    """What holds now. A receipt from before versions were kept gets its first one."""
    found = receipt.versions.first()
    if found is None:
        with transaction.atomic():
            receipt = _locked(receipt)
            found = receipt.versions.first() or _first(receipt, at=receipt.issued_at)
    return found


def follow(donation: Donation, *, at: datetime, mail: bool = True) -> ReceiptVersion | None:
    """The next version, when the gift's ledger says otherwise than the last one. None when it does not, or there is none.

    Called by the verbs of a gift, which hold its lock.
    """
    receipt = Receipt.objects.select_for_update(no_key=True).filter(donation=donation).first()
    if receipt is None:
        return None
    last = latest(receipt)
    new = _next(receipt, last, at=at, taken_over=LASTS)
    if _without(new) == _without(last.contents):
        return None
    return _add(receipt, new, at=at, reason="Money moved after the gift.", mail=mail)


def correct(
    receipt: Receipt, *, by: User | None, at: datetime, reason: str, name: str, lines: list[str], tax_number: str = ""
) -> ReceiptVersion:
    """The next version with another name, address or tax number, and with the entity's texts of today. Amounts are the
    ledger's. The same again changes nothing. ValidationError without a reason, or when the name on it is not kept any more."""
    _allow(by)
    if not reason.strip():
        raise ValidationError("Say why it is corrected: the reason is kept with the version.")
    with transaction.atomic():
        receipt = _locked(receipt)
        last = latest(receipt)
        if not last.contents["donor"]:
            raise ValidationError("The donor's name was erased from this receipt. It cannot be put back.")
        told = {"name": name, "lines": lines, "tax_number": tax_number}
        kept = {key: value for key, value in last.contents["donor"].items() if key not in told}
        donor = kept | {key: value for key, value in told.items() if value}
        taken_over = () if donors.is_known(receipt.donation.donor_id) else ("texts",)  # whose country chose them is forgotten
        new = _next(receipt, last, at=at, taken_over=taken_over) | {"donor": donor}
        if _without(new) == _without(last.contents):
            return last
        audit.record(by, audit.CHANGED, receipt, detail=f"version {new['version']}", at=at)
        return _add(receipt, new, at=at, reason=reason.strip(), by=by, mail=False)


def paper(version: ReceiptVersion) -> bytes:
    """The PDF of a version: the same bytes whenever it is asked for."""
    return pdf("letter", printed.letter(version.contents), at=version.made_at, language=version.contents["language"])


def send_again(receipt: Receipt, *, by: User | None) -> bool:
    """Queue its mail, whether the first one failed or was lost on the way. False when there is no address."""
    _allow(by)
    with transaction.atomic():
        whole = Receipt.objects.select_related("donation__donor")
        receipt = whole.select_for_update(no_key=True, of=("self",)).get(pk=receipt.pk)
        if not receipt.donation.donor.email:
            return False
        Receipt.objects.filter(pk=receipt.pk).update(mailed_at=None)
        mailing.later("receipt", receipt.donation)
    return True


def _allow(by: User | None) -> None:
    if by is not None and not by.has_perm("campaigns.record_donation"):
        raise PermissionDenied("You may not send or correct receipts.")


def _locked(receipt: Receipt) -> Receipt:
    return Receipt.objects.select_for_update(no_key=True, of=("self",)).get(pk=receipt.pk)


def _whole(receipt: Receipt) -> Donation:
    return Donation.objects.select_related("donor", "campaign").get(pk=receipt.donation_id)


def _first(receipt: Receipt, *, at: datetime) -> ReceiptVersion:
    contents = printed.contents_of(receipt, _whole(receipt), version=1, at=at)
    return ReceiptVersion.objects.create(receipt=receipt, version=1, made_at=at, contents=contents)


def _next(receipt: Receipt, last: ReceiptVersion, *, at: datetime, taken_over: tuple[str, ...]) -> dict[str, Any]:
    new = printed.contents_of(receipt, _whole(receipt), version=last.version + 1, at=at)
    return new | {key: last.contents[key] for key in taken_over}


def _without(contents: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in contents.items() if key not in OF_THE_MOMENT}


def _add(
    receipt: Receipt, contents: dict[str, Any], *, at: datetime, reason: str, mail: bool, by: User | None = None
) -> ReceiptVersion:
    version = ReceiptVersion.objects.create(
        receipt=receipt, version=contents["version"], made_at=at, reason=reason[:200], contents=contents, by=by
    )
    if mail and receipt.donation.donor.email:
        Receipt.objects.filter(pk=receipt.pk).update(mailed_at=None)
        mailing.later("receipt", receipt.donation)
    return version
