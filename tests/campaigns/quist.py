"""A donor of whom every table has something to tell, under words that stand nowhere else."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.utils import timezone

from campaigns import banking, giving, inbox, mailing, movings, news, renewing, statements, tables, telling, updates
from campaigns.giving import taking_over
from campaigns.models import (
    BankLine,
    Campaign,
    CampaignUpdate,
    Dispute,
    Donation,
    Donor,
    GuardTicket,
    GuardTrace,
    Hold,
    LegalEntity,
    MatchingPool,
    Outage,
    Pledge,
    PledgeMail,
    ProcessorEvent,
    Stranding,
    WaitingForm,
)
from campaigns.sandbox import bank
from tests.campaigns.gifts import begun, received
from tests.factories import NOON, make_campaign, make_user

NAME, EMAIL, ELSEWHERE = "Wilhelmina Quist", "wilhelmina.quist@example.org", "w.quist@example.net"
STREET, CITY, TAX = "17 Lanternfish Row", "Port Marigold", "PTX-778899"
MESSAGE, GRANDMOTHER, CARD, CUSTOMER = "For the lighthouse keepers", "Ottoline Drusilla", "Visa 7731", "cus_quist"
TRACES = [NAME, "Quist", EMAIL, ELSEWHERE, STREET, CITY, TAX, MESSAGE, GRANDMOTHER, CARD, CUSTOMER]
TRACES.append(signing.dumps(ELSEWHERE, salt="campaigns.mail").split(":")[0])
IN_2025 = datetime(2025, 5, 5, 12, tzinfo=UTC)
HEADER = "Buchungstag;Auftraggeber;Verwendungszweck;Betrag;Währung"
BODY = f'{{"customer": {{"name": "{NAME}", "email": "{EMAIL}", "city": "{CITY}"}}}}'.encode()
FILE = f"""Donation ID,Donation Number,First Name,Last Name,Email Address,Donation Total,Currency,Donation Date,Donation Status
7,7,Wilhelmina,Quist,{EMAIL},"{CITY}",EUR,2024-03-14,Complete
""".encode()


def told(**overrides: Any) -> dict[str, Any]:
    """What she types into a form."""
    address = {"street": STREET, "city": CITY, "country": "IE", "tax_number": TAX}
    return {"email": EMAIL, "name": NAME, "message": MESSAGE, "address": address, "on_wall": True, "wants_news": True} | {
        "tribute": "memory",
        "tribute_name": GRANDMOTHER,
        **overrides,
    }


def statement(*lines: str) -> None:
    table = tables.read("\n".join([HEADER, *lines]).encode())
    columns = banking.guess(table)
    assert columns
    banking.keep(table, columns, name="November", currency="EUR", by=None, at=timezone.now())


def event(gift: Donation | None, name: str, *, about: str = "", body: bytes = BODY) -> ProcessorEvent:
    """What a processor told of a gift, as it stands before it is processed."""
    return ProcessorEvent.objects.create(
        processor="sandbox",
        event_id=name,
        kind="payment.paid",
        object_ref=gift.processor_ref if gift else about,
        order_key=gift.key if gift else "",
        headers={"x-customer": EMAIL},
        body=body,
        received_at=timezone.now(),
    )


def make() -> Donor:
    """Everything that can be known of her, by the verbs where there are verbs."""
    campaign = make_campaign(starts_at=datetime(2024, 1, 1, tzinfo=UTC), ends_at=None, has_wall=True)
    gift = received(campaign, **told(rhythm="monthly", mail=True), at=IN_2025)
    donor = Donor.objects.get(pk=gift.donor_id)
    statements.make(donor, entity=LegalEntity.objects.get(), year=2025, at=NOON)
    _pledge(Pledge.objects.get(donor=donor), gift)
    _money(donor, campaign, gift)
    _mails(donor, campaign)
    _around(donor, campaign)
    return donor


def _pledge(pledge: Pledge, gift: Donation) -> None:
    renewing.attach(pledge, processor="sandbox", mandate=f"{CUSTOMER}/pm_1", method=CARD, consent="Give on.", at=NOON)
    renewal = begun(gift.campaign, **told(amount=3100))
    pledge.renewals.create(period=date(2026, 12, 5), donation=renewal, consent="Give on.", consented_at=NOON)
    telling.tell(pledge, PledgeMail.Kind.RENEW, about="today", at=NOON)
    outage = Outage.objects.create(processor="sandbox", began_at=NOON, ended_at=NOON)
    Stranding.objects.create(outage=outage, pledge=pledge, amount=2500, currency="EUR", rhythm="monthly", at=NOON)


def _money(donor: Donor, campaign: Campaign, gift: Donation) -> None:
    giving.refund(gift, amount=100, key=uuid4(), by=None, at=NOON, note="asked by phone")
    Donation.objects.filter(pk=gift.pk).update(method=CARD)
    Dispute.objects.create(
        donation=gift, processor="sandbox", processor_ref="dp_1", amount=5, currency="EUR", opened_at=NOON, told_at=NOON
    )
    Hold.objects.create(donation=gift, held_at=NOON)
    GuardTrace.objects.create(donation=gift, keys=["a1"], at=NOON)
    GuardTicket.objects.create(name="t1", donation=gift, at=NOON)
    promised = begun(campaign, **told(amount=4100, processor="offline"))
    begun(campaign, **told(amount=4200, processor="offline"))
    reference = promised.reference
    statement(f"23.11.2026;{NAME};{reference} {STREET};41,00;EUR", f"23.11.2026;{NAME};again {reference};1,00;EUR")
    banking.record(BankLine.objects.get(amount=4100), promised, by=None, at=timezone.now())
    inbox.process(event(gift, "evt-early"), at=timezone.now())
    past = taking_over.PastGift(
        line=2,
        system="stripe",
        names=(("stripe", "ch_quiet"),),
        processor="import:stripe",
        ref="ch_quiet",
        amount=700,
        currency="EUR",
        at=IN_2025,
        person=taking_over.Person(EMAIL, NAME, {"city": CITY}),
        message=MESSAGE,
        receipt="OLD-1",
        customer=CUSTOMER,
        mandate=f"{CUSTOMER}/pm_2",
        subscription="sub_1",
    )
    taking_over.take_over([past], into={"EUR": campaign}, by=None, at=NOON)


def _mails(donor: Donor, campaign: Campaign) -> None:
    mailing.later_to("new_address", donor, to=ELSEWHERE)
    update = CampaignUpdate.objects.create(campaign=campaign, headline="A lamp", text="<p>It burns.</p>")
    news.mail_out(updates.publish(update, by=None, at=NOON), by=None, at=NOON)
    kept = {"email": EMAIL, "name": NAME, "message": MESSAGE}
    WaitingForm.objects.create(token=UUID(int=7), campaign=campaign, path="/", email=EMAIL.upper(), fields=kept, at=NOON)


def _around(donor: Donor, campaign: Campaign) -> None:
    """What the desk wrote of her, and a file of another system that was tried and left."""
    sponsor = {"sponsor": f"{NAME} & Daughters", "note": f"In memory of {GRANDMOTHER}", "donor": donor}
    pool = MatchingPool.objects.create(campaign=campaign, cap=1000, starts_at=NOON, **sponsor)
    user = make_user("Fundraiser")
    for row, words in ((donor, "Changed"), (campaign, f'[{{"added": {{"name": "matching pool", "object": "{pool}"}}}}]')):
        kind = ContentType.objects.get_for_model(row)
        written = {"object_id": str(row.pk), "object_repr": str(row), "action_flag": CHANGE, "change_message": words}
        LogEntry.objects.create(user=user, content_type=kind, **written)
    move_in = movings.upload([FILE], name="old.csv", kind="gifts", system="givewp", by=user, at=timezone.now())
    movings.try_it(move_in, columns=move_in.columns, days="", currency="EUR", campaign=campaign, by=user, at=timezone.now())
    move_in.refresh_from_db()
    movings.work(move_in, at=timezone.now())


def pay(gift: Donation) -> None:
    """At the pretended bank, by her card."""
    bank.pay(gift.processor_ref, at=timezone.now(), tell=False)
