"""Receipts by legal entity, their versions, and the paper that leaves with the mail."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.utils import IntegrityError

from campaigns import giving, receipts
from campaigns.checking import differences
from campaigns.models import Donor, EntityText, LegalEntity, Receipt, ReceiptVersion
from campaigns.sandbox import bank
from tests.campaigns.gifts import received
from tests.campaigns.papers import words
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def receipt_of(donation: Any) -> Receipt:
    return Receipt.objects.get(donation=donation)


def printed(donation: Any) -> str:
    return words(receipts.paper(receipts.latest(receipt_of(donation))))


def corrected(donation: Any, **overrides: Any) -> ReceiptVersion:
    told = {"name": "Ada King", "lines": ["1 Street"], "reason": "The name was wrong.", "by": None, "at": NOON}
    return receipts.correct(receipt_of(donation), **told | overrides)


def test_each_entity_numbers_its_own_year_without_a_gap():
    other = LegalEntity.objects.create(name="Freunde e. V.", prefix="DE")
    ours, theirs = make_campaign(), make_campaign(entity=other)
    gifts = [received(one, amount=amount) for amount, one in [(500, ours), (600, theirs), (700, ours), (800, theirs)]]
    numbers = [receipt_of(gift).full_number for gift in gifts]
    assert numbers == ["2026-000001", "DE2026-000001", "2026-000002", "DE2026-000002"]
    assert differences() == []


def test_a_number_keeps_its_prefix_when_the_entity_gets_another():
    entity = LegalEntity.objects.create(prefix="A")
    donation = received(make_campaign(entity=entity))
    LegalEntity.objects.filter(pk=entity.pk).update(prefix="B")
    assert receipt_of(donation).full_number == "A2026-000001"


def test_a_receipt_prints_the_gift_and_who_it_is_for():
    LegalEntity.objects.update(
        name="The Lamp Foundation", address="2 Quay\nLima", registration="Charity 77", signature="Mara Vale\nTreasurer"
    )
    address = {"street": "1 Street", "postcode": "15001", "city": "Lima", "country": "PE", "tax_number": "X-9"}
    donation = received(
        make_campaign(title="The winter"),
        covered=100,
        address=address,
        tax={"country": "US"},
        tribute="memory",
        tribute_name="Grace",
        gift_aid=True,
    )
    paper = printed(donation)
    for part in (
        "The Lamp Foundation 2 Quay Lima Charity 77",
        "Ada 1 Street 15001 Lima Peru",
        "Receipt 2026-000001",
        "Amount €25",
        "Of this, for the payment’s fee €1",
        "Received November 23, 2026",
        "For The winter",
        f"Reference {donation.reference}",
        "In memory of Grace",
        "Tax number X-9",
        "No goods or services were provided in exchange for this contribution.",
        "Tax declaration given",
        "Mara Vale Treasurer",
    ):
        assert part in paper, part


def test_a_receipt_speaks_the_gifts_language_with_the_texts_of_the_donors_country():
    entity = LegalEntity.objects.get()
    for language, country, text in [("es", "", "Gracias."), ("es", "ES", "Ley 49/2002."), ("en", "", "Thanks.")]:
        EntityText.objects.create(entity=entity, language=language, country=country, receipt=f"R {text}", tax=f"T {text}")
    campaign = make_campaign()
    spanish = printed(received(campaign, language="es", address={"country": "ES"}))
    elsewhere = printed(received(campaign, language="es", email="b@example.org"))
    assert "Recibo 2026-000001" in spanish
    assert "Importe 25 €" in spanish
    assert "23 de noviembre de 2026" in spanish
    assert "R Ley 49/2002." in spanish
    assert "T Gracias." in elsewhere
    assert "Thanks" not in elsewhere
    assert "R Ley" not in printed(received(campaign, language="fr", email="c@example.org"))


def test_the_mail_brings_the_paper(run_jobs):
    donation = received(make_campaign(), mail=True)
    run_jobs()
    ((name, content, kind),) = mail.outbox[0].attachments
    assert (name, kind) == ("2026-000001.pdf", "application/pdf")
    assert content == receipts.paper(receipts.latest(receipt_of(donation)))


def test_a_refund_makes_the_next_version_and_mails_it(run_jobs):
    donation = received(make_campaign(), mail=True)
    giving.refund(donation, amount=1000, key=UUID(int=1), by=None, at=NOON + timedelta(days=1))
    run_jobs()
    latest = mail.outbox[-1]
    assert latest.subject == "Receipt 2026-000001, version 2, from Newsroom"
    assert "€15 remain" in latest.body
    paper = words(latest.attachments[0][1])
    assert "Version 2. It replaces version 1." in paper
    assert "Sent back -€10" in paper
    assert "Remaining €15" in paper
    assert "cancelled" not in paper
    assert differences() == []


def test_a_gift_that_went_back_whole_leaves_a_cancelled_receipt():
    donation = received(make_campaign())
    giving.refund(donation, amount=2500, key=UUID(int=1), by=None, at=NOON)
    assert "Receipt 2026-000001 (cancelled)" in printed(donation)
    assert "proves no gift" in printed(donation)


def test_looking_again_makes_no_version():
    donation = received(make_campaign())
    bank.refund(donation.processor_ref, amount=500, key="theirs", tell=False)
    for _ in range(3):
        giving.settle(donation, at=NOON)
    assert [one.version for one in receipt_of(donation).versions.all()] == [2, 1]


def test_a_wrong_name_is_corrected_in_a_new_version_that_later_ones_keep():
    donation = received(make_campaign())
    assert corrected(donation).version == 2
    assert corrected(donation).version == 2
    assert "Ada King 1 Street" in printed(donation)
    giving.refund(donation, amount=500, key=UUID(int=1), by=None, at=NOON)
    assert "Ada King 1 Street" in printed(donation)
    first = receipt_of(donation).versions.get(version=1)
    assert "King" not in words(receipts.paper(first))
    assert Receipt.objects.count() == 1


def test_a_correction_needs_a_reason_and_somebody_who_may():
    donation = received(make_campaign())
    with pytest.raises(ValidationError, match="Say why"):
        corrected(donation, reason=" ")
    with pytest.raises(PermissionDenied):
        corrected(donation, by=make_user("Editor"))
    assert receipt_of(donation).versions.count() == 1
    assert corrected(donation, by=make_user("Fundraiser")).version == 2


def test_the_paper_of_a_version_is_the_same_whatever_the_rows_say_later():
    donation = received(make_campaign(title="Old"))
    version = receipts.latest(receipt_of(donation))
    before = receipts.paper(version)
    Donor.objects.update(name="Somebody else")
    LegalEntity.objects.update(name="Another")
    donation.campaign.title = "New"
    donation.campaign.save()
    assert receipts.paper(ReceiptVersion.objects.get(pk=version.pk)) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE campaigns_receiptversion SET reason = 'x'",
        "UPDATE campaigns_receiptversion SET contents = contents || '{\"left\": 0}'",
        'UPDATE campaigns_receiptversion SET contents = contents || \'{"donor": {"name": "Eve"}}\'',
        "DELETE FROM campaigns_receiptversion",
        "TRUNCATE campaigns_receiptversion",
    ],
)
def test_what_stood_on_a_receipt_cannot_be_changed(statement):
    received(make_campaign())
    connection.check_constraints()  # what is still to be looked at stands in the way of TRUNCATE
    with pytest.raises(IntegrityError, match="What stood on a paper stays"):
        run(statement)


def test_a_receipt_from_before_versions_were_kept_gets_its_first_one():
    donation = received(make_campaign())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM campaigns_receiptversion")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    assert differences() == []
    version = receipts.latest(receipt_of(donation))
    assert (version.version, version.made_at) == (1, NOON)
