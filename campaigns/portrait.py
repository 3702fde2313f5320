"""Everything we know about a donor, for the donor (GDPR, articles 15 and 20)."""

from collections import defaultdict
from typing import Any

from campaigns.models import Donation, Donor, Instalment, LedgerEntry, Pledge, ReceiptVersion, StatementVersion

OF_DONOR = ["email", "name", "language", "street", "postcode", "city", "region", "country", "tax_number", "wants_news"]
OF_PLEDGE = ["amount", "covered", "currency", "rhythm", "day", "status", "processor", "method", "anonymous", "consent"]
OF_PLEDGE += ["consented_at", "started_at", "next_due", "paused_until", "ended_at"]
OF_GIFT = ["reference", "amount", "covered", "currency", "status", "name", "anonymous", "message", "on_wall", "tribute"]
OF_GIFT += ["tribute_name", "gift_aid", "particulars", "language", "processor", "processor_ref", "method", "source"]
OF_GIFT += ["created_at", "received_at"]
OF_ENTRY = ["kind", "amount", "currency", "at", "processor_ref"]
OF_VERSION = ["version", "made_at", "reason", "contents"]


def everything_about(donor: Donor) -> dict[str, Any]:
    """For JSON. Amounts in minor units of their currency; six queries however many gifts."""
    return {
        "donor": {name: getattr(donor, name) for name in [*OF_DONOR, "created_at", "link_mailed_at"]},
        "pledges": _pledges(donor),
        "gifts": _gifts(donor),
        "statements": _versions(StatementVersion.objects.filter(statement__donor=donor)),
    }


def _pledges(donor: Donor) -> list[dict[str, Any]]:
    told: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in Instalment.objects.filter(pledge__donor=donor).order_by("period"):
        told[one.pledge_id].append({"period": one.period, "status": one.status})
    rows = Pledge.objects.filter(donor=donor).select_related("campaign").order_by("pk")
    return [_of(one, OF_PLEDGE) | {"campaign": one.campaign.title, "instalments": told[one.pk]} for one in rows]


def _gifts(donor: Donor) -> list[dict[str, Any]]:
    lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for entry in LedgerEntry.objects.filter(donation__donor=donor).order_by("at", "pk"):
        lines[entry.donation_id].append(_of(entry, OF_ENTRY))
    papers: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for version in ReceiptVersion.objects.filter(receipt__donation__donor=donor).select_related("receipt").order_by("version"):
        papers[version.receipt.donation_id].append(_of(version, OF_VERSION))
    rows = Donation.objects.filter(donor=donor).select_related("campaign").order_by("pk")
    return [
        _of(one, OF_GIFT) | {"campaign": one.campaign.title, "ledger": lines[one.pk], "receipt": papers[one.pk]}
        for one in rows.iterator(chunk_size=500)
    ]


def _versions(rows: Any) -> list[dict[str, Any]]:
    return [_of(one, OF_VERSION) for one in rows.order_by("statement__year", "version")]


def _of(row: Any, names: list[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
