"""Receipts, statements and legal entities at the desk; every look at who gave is in the audit log."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from campaigns.models import LegalEntity, Receipt, StatementRun, YearStatement
from newsroom.models import AuditEntry
from tests.campaigns.forms import text_of
from tests.campaigns.gifts import pledge_of, received
from tests.campaigns.papers import words
from tests.factories import make_campaign, make_user

pytestmark = pytest.mark.django_db
STARTS: dict[str, Any] = {"starts_at": datetime(2024, 1, 1, tzinfo=UTC), "ends_at": None}
IN_2025 = datetime(2025, 5, 5, 12, tzinfo=UTC)


@pytest.fixture
def fundraiser(client):
    user = make_user("Fundraiser")
    client.force_login(user)
    return user


def change(model: str, pk: int) -> str:
    return reverse(f"admin:campaigns_{model}_change", args=[pk])


def test_every_look_at_who_gave_is_taken_down(client, fundraiser):
    donation = received(make_campaign(ends_at=None), rhythm="monthly")
    receipt = Receipt.objects.get()
    for model, pk in [("donor", donation.donor_id), ("donation", donation.pk), ("pledge", pledge_of(donation).pk)]:
        assert client.get(change(model, pk)).status_code == 200
    client.get(change("receipt", receipt.pk))
    client.get(reverse("admin:campaigns_receipt_paper", args=[receipt.pk, 1]))
    client.get(change("donor", 987654))
    seen = list(AuditEntry.objects.order_by("pk").values_list("name", "deed", "subject"))
    subjects = [f"campaigns.donor {donation.donor_id}", f"campaigns.donation {donation.pk}"]
    subjects += [f"campaigns.pledge {donation.pledge_id}", *[f"campaigns.receipt {receipt.pk}"] * 2]
    assert seen == [(fundraiser.username, "looked at", subject) for subject in subjects]


def test_a_receipt_shows_its_versions_and_gives_each(client, fundraiser):
    receipt = Receipt.objects.get(donation=received(make_campaign()))
    page = client.get(change("receipt", receipt.pk))
    assert "Version 1 (PDF)" in text_of(page)
    answer = client.get(reverse("admin:campaigns_receipt_paper", args=[receipt.pk, 1]))
    assert "Receipt 2026-000001" in words(answer.content)
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.get(reverse("admin:campaigns_receipt_paper", args=[receipt.pk, 2])).status_code == 404


def test_a_receipt_is_corrected_and_sent_again(client, fundraiser, run_jobs):
    receipt = Receipt.objects.get(donation=received(make_campaign()))
    address = reverse("admin:campaigns_receipt_correct", args=[receipt.pk])
    assert 'value="Ada"' in client.get(address).content.decode()
    told = {"name": "Ada King", "address": "1 Street\r\n\r\nLima ", "tax_number": ""}
    assert client.post(address, told).status_code == 422
    assert client.post(address, told | {"reason": "Misspelt"}).status_code == 302
    latest = receipt.versions.first()
    assert latest
    assert (latest.version, latest.by, latest.contents["donor"]) == (
        2,
        fundraiser,
        {"name": "Ada King", "lines": ["1 Street", "Lima"]},
    )
    client.post(reverse("admin:campaigns_receipt_send", args=[receipt.pk]))
    run_jobs()
    assert "Ada King" in words(mail.outbox[0].attachments[0][1])


def test_the_statements_of_a_year_are_made_with_their_progress(client, fundraiser, run_jobs):
    received(make_campaign(**STARTS), at=IN_2025)
    entity = LegalEntity.objects.get().pk
    address = reverse("admin:campaigns_yearstatement_make")
    assert "Make the statements of a year" in text_of(client.get(reverse("admin:campaigns_yearstatement_changelist")))
    assert client.post(address, {"year": "2999", "entity": entity}).status_code == 422
    answer = client.post(address, {"year": "2025", "entity": entity})
    run = StatementRun.objects.get()
    assert answer.headers["Location"] == change("statementrun", run.pk)
    assert "0 of 1 donors" in text_of(client.get(change("statementrun", run.pk)))
    run_jobs()
    page = text_of(client.get(change("statementrun", run.pk)))
    assert "1 of 1 donors" in page
    assert "All are made." in page
    statement = YearStatement.objects.get()
    assert "Version 1 (PDF)" in text_of(client.get(change("yearstatement", statement.pk)))
    paper = client.get(reverse("admin:campaigns_yearstatement_paper", args=[statement.pk, 1]))
    assert "Total EUR €25" in words(paper.content)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("group", ["Writer", "Editor"])
def test_who_may_not_see_donors_sees_and_makes_nothing(client, group):
    receipt = Receipt.objects.get(donation=received(make_campaign(**STARTS), at=IN_2025))
    client.force_login(make_user(group))
    pages = [reverse("admin:campaigns_receipt_paper", args=[receipt.pk, 1]), change("receipt", receipt.pk)]
    pages += [reverse("admin:campaigns_yearstatement_changelist"), reverse("admin:campaigns_legalentity_changelist")]
    pages += [reverse("admin:campaigns_receipt_correct", args=[receipt.pk]), reverse("admin:campaigns_yearstatement_make")]
    assert [client.get(page).status_code for page in pages] == [403] * 6
    told = {"name": "Eve", "reason": "x", "year": "2025", "entity": LegalEntity.objects.get().pk}
    assert [client.post(page, told).status_code for page in pages[-2:]] == [403] * 2
    client.post(reverse("admin:campaigns_receipt_send", args=[receipt.pk]))
    assert (receipt.versions.count(), StatementRun.objects.count(), AuditEntry.objects.count()) == (1, 0, 0)


@pytest.mark.parametrize("model", ["receipt", "yearstatement"])
def test_the_lists_ask_the_same_at_one_row_and_three(client, fundraiser, run_jobs, django_assert_num_queries, model):
    entity = LegalEntity.objects.get()
    budget = {"receipt": 8, "yearstatement": 9}[model]
    for number in range(3):
        received(make_campaign(**STARTS), at=IN_2025, email=f"d{number}@example.org")
        client.post(reverse("admin:campaigns_yearstatement_make"), {"year": "2025", "entity": entity.pk})
        run_jobs()
        if number in {0, 2}:
            with django_assert_num_queries(budget):
                client.get(reverse(f"admin:campaigns_{model}_changelist"))


def test_an_entitys_texts_are_written_at_the_desk(client, fundraiser):
    entity = LegalEntity.objects.get()
    form = {
        "name": "The Lamp Foundation",
        "address": "2 Quay",
        "registration": "",
        "country": "PE",
        "prefix": "",
        "signature": "",
    }
    form |= {"years_kept": "10", "texts-TOTAL_FORMS": "1", "texts-INITIAL_FORMS": "0", "texts-0-language": "es"}
    form |= {"texts-0-country": "", "texts-0-receipt": "Gracias.", "texts-0-tax": ""}
    assert client.post(change("legalentity", entity.pk), form).status_code == 302
    entity.refresh_from_db()
    assert (entity.name, entity.texts.get().receipt) == ("The Lamp Foundation", "Gracias.")
    assert client.get(reverse("admin:campaigns_legalentity_add")).status_code == 403
    client.force_login(make_user("Administrator"))
    assert client.get(reverse("admin:campaigns_legalentity_add")).status_code == 200
    assert client.post(reverse("admin:campaigns_legalentity_add"), form | {"prefix": "de"}).status_code == 200
    assert LegalEntity.objects.count() == 1


def test_an_entity_takes_over_a_campaign_whose_earlier_receipts_stay(client):
    campaign = make_campaign()
    first = Receipt.objects.get(donation=received(campaign))
    client.force_login(make_user("Administrator"))
    form = {"name": "Branch", "prefix": "DE", "years_kept": "10", "texts-TOTAL_FORMS": "0", "texts-INITIAL_FORMS": "0"}
    client.post(reverse("admin:campaigns_legalentity_add"), form | {"campaigns": [campaign.pk]})
    campaign.refresh_from_db()
    assert campaign.entity.name == "Branch"
    assert Receipt.objects.get(donation=received(campaign, amount=700)).full_number == "DE2026-000001"
    first.refresh_from_db()
    assert first.full_number == "2026-000001"
    client.post(change("legalentity", campaign.entity.pk), form)
    campaign.refresh_from_db()
    assert campaign.entity.name == "Branch"
