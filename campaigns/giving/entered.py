"""The rows of a gift that was received elsewhere, not saved yet."""

from datetime import datetime

from django.contrib.auth.models import User

from campaigns.giving.intent import new_reference, submit_key
from campaigns.giving.past import PastGift
from campaigns.models import Campaign, Donation, Donor, ImportedGift, LedgerEntry

Kind = LedgerEntry.Kind


def row_of(gift: PastGift, donor: Donor, campaign: Campaign, reference: str, pledge: int | None) -> Donation:
    once = submit_key(":".join(gift.names[0]), "imported", 0)
    return Donation(
        submit_key=once,
        fingerprint=once,
        campaign=campaign,
        donor=donor,
        pledge_id=pledge,
        amount=gift.amount,
        fee=gift.fee,
        currency=gift.currency,
        name=gift.person.name,
        anonymous=gift.anonymous,
        message=gift.message,
        language=donor.language,
        source=gift.system,
        status=Donation.Status.RECEIVED,
        processor=gift.processor,
        processor_ref=gift.ref,
        reference=reference,
        created_at=gift.at,
        received_at=gift.at,
    )


def entries_of(gift: PastGift, row: Donation, *, by: User | None) -> list[LedgerEntry]:
    came = _entry(row, Kind.GIFT, gift.amount, ref=gift.ref, at=gift.at, by=by, note=_note(gift))
    if not gift.refunded:
        return [came]
    return [came, back(row, gift.refunded, ref=f"{gift.ref}:back:{gift.refunded}", at=gift.at, by=by)]


def _note(gift: PastGift) -> str:
    """Not the address itself: notes of the ledger stay for ever."""
    return f"Imported from {gift.system}.{' Without an e-mail address that can be used.' if gift.without else ''}"


def back(row: Donation, amount: int, *, ref: str, at: datetime, by: User | None, note: str = "") -> LedgerEntry:
    return _entry(row, Kind.REFUND, -amount, ref=ref, at=at, by=by, note=note or "Sent back before we moved.")


def _entry(row: Donation, kind: str, amount: int, *, ref: str, at: datetime, by: User | None, note: str) -> LedgerEntry:
    return LedgerEntry(
        donation=row,
        campaign_id=row.campaign_id,
        kind=kind,
        amount=amount,
        currency=row.currency,
        processor=row.processor,
        processor_ref=ref[:200],
        at=at,
        recorded_by=by,
        note=note[:300],
    )


def imported_of(gift: PastGift, row: Donation, at: datetime) -> ImportedGift:
    kept = {"system": gift.system, "receipt": gift.receipt, "customer": gift.customer, "mandate": gift.mandate}
    return ImportedGift(donation=row, subscription=gift.subscription, imported_at=at, **kept)


def references(number: int) -> list[str]:
    """New ones: among 10⁵ drawn at once one may be there already."""
    drawn = {new_reference() for _ in range(number)}
    while True:
        drawn -= set(Donation.objects.filter(reference__in=drawn).values_list("reference", flat=True))
        if len(drawn) == number:
            return list(drawn)
        drawn |= {new_reference() for _ in range(number - len(drawn))}
