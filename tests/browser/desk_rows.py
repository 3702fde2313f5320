"""Rows for every page of the fundraisers' desk, with the long words that real ones have. Beside a running site's demo:
`manage.py shell -c "from tests.browser import desk_rows; desk_rows.fill()"`; `pages()` names all there are."""

import json
import uuid
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from campaigns import giving, movings
from campaigns.giving import Gift
from campaigns.models import (
    BankLine,
    BankStatement,
    Campaign,
    CampaignUpdate,
    Difference,
    Dispute,
    Donation,
    Donor,
    GuardHour,
    Hold,
    LedgerEntry,
    LegalEntity,
    Outage,
    PartnerHost,
    Pledge,
    ProcessorEvent,
    ProcessorTransaction,
    Refund,
    StatementRun,
    Stranding,
    Way,
    YearStatement,
)
from newsroom import audit

LONG = "Maximiliane Freifrau von und zu Hohenstein-Wolfenbüttel"
ADDRESS = "maximiliane.von.hohenstein-wolfenbuettel@post.example-of-a-long-name.org"
SENTENCE = "The donor wrote a long letter about it, which lies in the green folder beside the window."
REF = "pay_3PqX1ULkdIwHu7ix2VbZtT6RkdIwHu7ix2VbZ"
PDF = ".pdf"


@transaction.atomic
def fill() -> None:
    at, by = timezone.now(), User.objects.earliest("pk")
    campaign = Campaign.objects.filter(status=Campaign.Status.OPEN).earliest("pk")
    Donor.objects.filter(pk=Donor.objects.earliest("pk").pk).update(name=LONG, email=ADDRESS)
    gift = Donation.objects.filter(status=Donation.Status.RECEIVED).latest("pk")
    Donation.objects.filter(pk=gift.pk).update(processor="stripe-eu", name=LONG, message=SENTENCE, problem=SENTENCE)
    _held_and_promised(campaign, at, by)
    _books(gift, at, by)
    _bank(at, by)
    _papers(gift, at, by)
    _trouble(at)
    _moving(campaign, at, by)
    PartnerHost.objects.create(host="a-very-long-partner-address.of-a-friendly-magazine.example", name=LONG)
    CampaignUpdate.objects.create(campaign=campaign, headline=SENTENCE, text="<p>We found a house.</p>", published_at=at)
    audit.record(by, audit.LOOKED, gift.donor, at=at)


def _held_and_promised(campaign: Campaign, at: Any, by: Any) -> None:
    held = giving.begin(campaign, gift=Gift(amount=123456700, email=ADDRESS, processor="sandbox", name=LONG), at=at)
    why = "Many cards were declined from this address within a quarter of an hour."
    Donation.objects.filter(pk=held.pk).update(status=Donation.Status.HELD, hold_reason=why)
    Hold.objects.create(donation=held, held_at=at, problem=SENTENCE, wish="take", asked_by=by, asked_at=at + timedelta(days=9))
    giving.begin(campaign, gift=Gift(amount=2500, email="cheque@example.org", processor="offline", name=LONG), at=at)


def _books(gift: Donation, at: Any, by: Any) -> None:
    line = ProcessorTransaction.objects.create(
        processor="sandbox", kind="payment", ref=REF, amount=2500, currency="EUR", at=at, payment=REF, payout=REF, read_at=at
    )
    Difference.objects.create(processor="sandbox", side="theirs", transaction=line, problem=SENTENCE, found_at=at)
    entry = LedgerEntry.objects.create(
        donation=gift,
        campaign=gift.campaign,
        kind="refund",
        amount=-100,
        currency=gift.currency,
        processor="sandbox",
        processor_ref=REF,
        at=at,
        recorded_by=by,
        note=SENTENCE,
    )
    Difference.objects.create(processor="sandbox", side="ours", entry=entry, problem=SENTENCE, found_at=at)
    Refund.objects.create(
        token=uuid.uuid4(),
        donation=gift,
        amount=100,
        currency=gift.currency,
        note=SENTENCE,
        status="failed",
        problem=SENTENCE,
        asked_by=by,
        asked_at=at,
    )
    Dispute.objects.create(
        donation=gift,
        processor="sandbox",
        processor_ref=REF,
        amount=2500,
        currency="EUR",
        reason="product_not_received",
        opened_at=at,
        answer_by=at + timedelta(days=9),
    )
    ProcessorEvent.objects.create(
        processor="sandbox",
        event_id=REF,
        kind="payment_intent.payment_failed",
        object_ref=REF,
        status="failed",
        received_at=at,
        problem=SENTENCE,
        body=json.dumps({"one": REF * 5, "two": {"three": SENTENCE}}).encode(),
        headers={"signature": REF * 3},
    )


def _bank(at: Any, by: Any) -> None:
    statement = BankStatement.objects.create(
        name="Umsatzanzeige_DE89370400440532013000_20261123.csv", uploaded_at=at, uploaded_by=by
    )
    for number in range(3):
        BankLine.objects.create(
            statement=statement, key=f"{number}", day=at.date(), amount=2500 + number, currency="EUR", payer=LONG, text=SENTENCE
        )


def _papers(gift: Donation, at: Any, by: Any) -> None:
    entity = LegalEntity.objects.earliest("pk")
    run = StatementRun.objects.create(
        year=at.year - 1, entity=entity, by=by, started_at=at, donors=12000, made=11000, problem=SENTENCE
    )
    assert run.pk
    known = YearStatement.objects.create(donor=gift.donor, entity=entity, year=at.year)
    known.versions.create(version=1, made_at=at, reason=SENTENCE, contents={}, by=by)


def _trouble(at: Any) -> None:
    pledge = Pledge.objects.earliest("pk")
    Pledge.objects.filter(pk=pledge.pk).update(
        problem="Unexpected: KeyError in campaigns/collecting.py, line 44", method="Visa •••• 4242"
    )
    pledge.changes.create(kind="amount", was="€5.00", becomes="€12,345.00", consent=SENTENCE, at=at)
    pledge.mails.create(kind="renew", about="2026-11", created_at=at)
    outage = Outage.objects.create(processor="stripe-eu", began_at=at)
    Stranding.objects.create(outage=outage, pledge=pledge, amount=500, currency="EUR", rhythm="monthly", at=at)
    Way.objects.get_or_create(processor="sandbox")
    for number in range(5):
        GuardHour.objects.create(
            hour=at - timedelta(hours=number), shard=0, tries=12345, asked=9999, passed=120, declined=4567, paid=90
        )


def _moving(campaign: Campaign, at: Any, by: Any) -> None:
    lines = [
        b"charge_id,Amount,Created (UTC),Currency,Customer Email,Status",
        f"{REF},25.00,2026-01-02,eur,{ADDRESS},Paid".encode(),
    ]
    movings.upload([b"\n".join(lines)], name="unified_payments_" + "x" * 60 + ".csv", kind="gifts", system="stripe", by=by, at=at)


# Which pages there are


def pages() -> list[str]:
    """Every page of campaigns' desk that an administrator can look at, from the resolver: not a button's address or a file."""
    desk = Client(headers={"host": "127.0.0.1"})
    desk.force_login(User.objects.earliest("pk"))
    answers = ((address, desk.get(address)) for address in addresses())
    return [address for address, answer in answers if answer.status_code == 200 and "html" in answer["content-type"]]


def addresses() -> list[str]:
    """Of a row's pages those of its first and its last row."""
    found: list[str] = []
    for route, name in _patterns(get_resolver().url_patterns, "", ()):
        if route.startswith("admin/campaigns/") and not name.endswith(":") and PDF not in route:
            found += _address(route, name)
    return found


def _patterns(patterns: Any, route: str, spaces: tuple[str, ...]) -> Any:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _patterns(
                one.url_patterns, f"{route}{one.pattern}", (*spaces, *([one.namespace] if one.namespace else []))
            )
        elif isinstance(one, URLPattern):
            yield f"{route}{one.pattern}", ":".join((*spaces, one.name or ""))


def _address(route: str, name: str) -> list[str]:
    if "<" not in route:
        return [reverse(name)]
    model = apps.get_model("campaigns", route.split("/")[2])
    rows = model._default_manager.order_by("pk")
    if model._meta.proxy:
        rows = rows.filter(status=Donation.Status.HELD)
    first_and_last = dict.fromkeys(row.pk for row in (rows.first(), rows.last()) if row)
    return [reverse(name, args=[pk]) for pk in first_and_last]
