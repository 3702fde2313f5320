"""What a donor takes away and changes on their own page, and what a stranger gets there."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from campaigns import forgetting, links
from campaigns.models import Donation, Donor, LegalEntity, Pledge, ProcessorEvent, Receipt, ReceiptVersion, YearStatement
from campaigns.views import own_door
from newsroom.models import AuditEntry
from tests.campaigns.forms import text_of
from tests.campaigns.gifts import pledge_of, received
from tests.campaigns.papers import words
from tests.campaigns.test_own_page import path_of
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db
IN_2025 = datetime(2025, 5, 5, 12, tzinfo=UTC)
STARTS: dict[str, Any] = {"starts_at": datetime(2024, 1, 1, tzinfo=UTC), "ends_at": None}
PAGES = ["", "about-me/", "about-me.json", "erase-me/"]


def page_of(donor: Donor) -> str:
    return path_of(links.to_donor(donor))


def details(**overrides) -> dict[str, str]:
    return {"form": "details", "name": "Ada", "language": "en"} | overrides


def test_a_receipt_is_downloaded_by_either_link(client):
    donation = received(make_campaign(ends_at=None), rhythm="monthly")
    number = Receipt.objects.get().pk
    for address in (page_of(donation.donor), path_of(links.to_pledge(pledge_of(donation)))):
        assert f'href="receipts/{number}.pdf"' in client.get(address).content.decode()
        answer = client.get(f"{address}receipts/{number}.pdf")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="2026-000001.pdf"'
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Receipt 2026-000001" in words(answer.content)


def test_nobody_elses_receipt_or_statement_is_given(client):
    campaign = make_campaign(**STARTS)
    mine = received(campaign, rhythm="monthly")
    single = received(campaign, amount=600)
    theirs = received(campaign, email="b@example.org", at=IN_2025)
    their_receipt = Receipt.objects.get(donation=theirs).pk
    assert client.get(f"{page_of(mine.donor)}receipts/{their_receipt}.pdf").status_code == 404
    pledge_link = path_of(links.to_pledge(pledge_of(mine)))
    assert client.get(f"{pledge_link}receipts/{Receipt.objects.get(donation=single).pk}.pdf").status_code == 404
    entity = LegalEntity.objects.get().pk
    assert client.post(f"{page_of(mine.donor)}statements/2025-{entity}.pdf").status_code == 404
    assert client.get(f"{page_of(theirs.donor)}statements/2025-{entity}.pdf").status_code == 404
    assert YearStatement.objects.count() == 0


@pytest.mark.parametrize("page", [*PAGES, "receipts/1.pdf", "statements/2025-1.pdf"])
def test_a_link_that_is_none_opens_no_page(client, monkeypatch, page):
    donor = received(make_campaign()).donor
    address = page_of(donor)
    for wrong in (f"{address[:-2]}x/{page}", f"/giving/d{donor.pk}/{page}", f"/giving/p1.x/{page}"):
        assert client.get(wrong).status_code == 404
    moment = timezone.now().timestamp() + links.VALID_FOR.total_seconds() + 1
    monkeypatch.setattr("django.core.signing.time.time", lambda: moment)
    assert client.get(address + page).status_code == 404


@pytest.mark.parametrize("page", ["about-me/", "about-me.json", "erase-me/"])
def test_a_receipts_link_opens_nothing_about_the_person(client, page):
    donation = received(make_campaign(ends_at=None), rhythm="monthly")
    assert client.get(path_of(links.to_pledge(pledge_of(donation))) + page).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_page_about_somebody_is_never_kept_and_names_nobody_elsewhere(client, page):
    answer = client.get(page_of(received(make_campaign()).donor) + page)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("page", ["about-me/", "erase-me/", "statements/2025-1.pdf"])
def test_another_site_changes_nothing(client, page):
    donor = received(make_campaign()).donor
    assert client.post(page_of(donor) + page, details(name="Eve"), HTTP_SEC_FETCH_SITE="cross-site").status_code == 403
    assert Donor.objects.get().name == "Ada"


def test_pages_are_opened_so_often_and_no_more(client, monkeypatch):
    monkeypatch.setattr(own_door, "PAGES_AN_HOUR", 2)
    address = page_of(received(make_campaign()).donor)
    assert [client.get(f"{address}about-me/").status_code for _ in range(3)] == [200, 200, 429]


def test_a_donor_with_many_gifts_turns_pages(client, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr("campaigns.views.own.GIFTS_A_PAGE", 2)
    campaign = make_campaign()
    gifts = [received(campaign, amount=1100 + number, at=NOON + timedelta(hours=number)) for number in range(3)]
    address = page_of(gifts[0].donor)
    with django_assert_num_queries(7):
        first = text_of(client.get(address))
    assert "€11.02" in first
    assert "€11 " not in first
    assert "Page 1 of 2" in first
    assert "€11 " in text_of(client.get(f"{address}?page=2"))
    assert client.get(f"{address}?page=x").status_code == 200


def test_a_statement_is_made_by_its_button_and_fetched(client):
    donor = received(make_campaign(**STARTS), at=IN_2025).donor
    address = page_of(donor)
    paper = f"{address}statements/2025-{LegalEntity.objects.get().pk}.pdf"
    assert "Make it" in text_of(client.get(address))
    assert client.get(paper).status_code == 404
    assert client.post(paper).headers["Location"] == address
    assert "Total EUR €25" in words(client.get(paper).content)
    client.post(f"{address}about-me/", details(street="9 Quay"))
    client.post(paper)
    client.post(paper)
    assert "9 Quay" in words(client.get(paper).content)
    assert YearStatement.objects.get().versions.count() == 2
    assert mail.outbox == []


def test_the_year_that_still_runs_has_no_statement(client):
    donor = received(make_campaign(starts_at=timezone.now() - timedelta(hours=1), ends_at=None), at=timezone.now()).donor
    assert "tax return" not in text_of(client.get(page_of(donor)))


def test_details_are_changed_and_issued_receipts_stay(client):
    donor = received(make_campaign()).donor
    told = details(name=" Ada  King ", street="1\nStreet", country="PE", tax_number="X9", language="es", wants_news="on")
    answer = client.post(f"{page_of(donor)}about-me/", told)
    assert answer.status_code == 302
    known = Donor.objects.get()
    assert (known.name, known.street, known.country, known.language, known.wants_news) == (
        "Ada King",
        "1 Street",
        "PE",
        "es",
        True,
    )
    assert ReceiptVersion.objects.get().contents["donor"] == {"name": "Ada"}
    assert "Guardado." in text_of(client.get(answer.headers["Location"]))  # in the language that was chosen


@pytest.mark.parametrize(
    "wrong", [{"name": "x" * 161}, {"country": "XX"}, {"language": "tlh"}, {"street": "a\x00b"}, {"postcode": "9" * 5000}]
)
def test_details_that_cannot_be_are_said_so(client, wrong):
    donor = received(make_campaign()).donor
    answer = client.post(f"{page_of(donor)}about-me/", details(**wrong))
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert Donor.objects.get().name == "Ada"


def test_a_name_is_hidden_and_shown_again(client):
    donation = received(make_campaign(ends_at=None), rhythm="monthly", on_wall=True)
    page = f"{page_of(donation.donor)}about-me/"

    def state():
        donation.refresh_from_db()
        return donation.anonymous, donation.on_wall, Pledge.objects.get().anonymous

    client.post(page, {"form": "shown", "past": "", "future": "", "wall": ""})
    assert state() == (False, True, False)
    client.post(page, {"form": "shown", "past": "no", "future": "no", "wall": "yes"})
    assert state() == (True, False, True)
    client.post(page, {"form": "shown", "past": "yes", "future": "", "wall": "yes"})
    assert state() == (False, True, True)
    client.post(page, {"form": "shown", "wall": "no"})
    assert state() == (False, False, True)
    assert client.post(page, {"form": "shown", "past": "maybe"}).status_code == 422


def link_in(message) -> str:
    found = re.search(r"http://127.0.0.1:8000(/giving/address/\S+/)", str(message.body))
    assert found
    return found[1]


def test_another_address_is_confirmed_there_and_told_to_the_old_one(client, run_jobs):
    donor = received(make_campaign()).donor
    answer = client.post(f"{page_of(donor)}about-me/", {"form": "address", "email": "NEW@example.org"})
    assert answer.status_code == 302
    run_jobs()
    (message,) = mail.outbox
    assert message.to == ["NEW@example.org"]
    link = link_in(message)
    assert "Use NEW@example.org from now on?" in text_of(client.get(link))
    assert Donor.objects.get().email == "ada@example.org"
    assert client.post(link, HTTP_SEC_FETCH_SITE="cross-site").status_code == 403
    assert client.post(link).status_code == 302
    assert Donor.objects.get().email == "NEW@example.org"
    assert "your address now" in text_of(client.get(link))
    run_jobs()
    assert (mail.outbox[1].to, "NEW" in mail.outbox[1].body) == (["ada@example.org"], False)


def test_an_address_that_somebody_has_tells_so_in_that_mailbox_alone(client, run_jobs):
    campaign = make_campaign()
    donor, _ = received(campaign).donor, received(campaign, email="b@example.org")
    page = f"{page_of(donor)}about-me/"
    known = client.post(page, {"form": "address", "email": "B@example.org"})
    unknown = client.post(page, {"form": "address", "email": "c@example.org"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    run_jobs()
    answer = client.post(link_in(mail.outbox[0]))
    assert answer.status_code == 409
    assert "gifts of its own" in text_of(answer)
    assert Donor.objects.get(pk=donor.pk).email == "ada@example.org"


def test_so_many_addresses_a_day_and_no_link_that_is_altered(client, run_jobs):
    donor = received(make_campaign()).donor
    page = f"{page_of(donor)}about-me/"
    said = [client.post(page, {"form": "address", "email": f"n{number}@example.org"}).status_code for number in range(6)]
    assert said == [302] * 5 + [422]
    run_jobs()
    link = link_in(mail.outbox[0])
    assert client.post(link[:-2] + "x/").status_code == 404
    assert client.post(link).status_code == 302
    assert client.post(link_in(mail.outbox[1])).status_code == 404
    assert Donor.objects.get().email == "n0@example.org"


def erased(client, donor: Donor):
    address = f"{page_of(donor)}erase-me/"
    sure = re.search(r'name="sure" value="([^"]+)"', client.post(address).content.decode())
    assert sure
    return client.post(address, {"sure": sure[1]})


def test_erasure_takes_two_steps(client):
    donor = received(make_campaign()).donor
    other = received(make_campaign(), email="b@example.org").donor
    address = f"{page_of(donor)}erase-me/"
    client.get(address)
    for sure in ("", "x", str(donor.pk)):
        assert "Really erase you?" in text_of(client.post(address, {"sure": sure}))
    theirs = re.search(r'name="sure" value="([^"]+)"', client.post(f"{page_of(other)}erase-me/").content.decode())
    assert theirs
    client.post(address, {"sure": theirs[1]})
    assert Donor.objects.get(pk=donor.pk).erased_at is None
    answer = erased(client, donor)
    assert answer.headers["Location"] == "/giving/?erased=1&language=en"
    assert "You are erased" in text_of(client.get("/giving/?erased=1"))
    assert client.get(address).status_code == 404


def test_what_the_law_does_not_keep_is_gone(client, run_jobs):
    telling: dict[str, Any] = {"message": "Go on", "tribute": "memory", "tribute_name": "Grace", "on_wall": True}
    donation = received(make_campaign(ends_at=None), rhythm="monthly", address={"street": "1 Street"}, tax={"id": "7"}, **telling)
    Pledge.objects.update(mandate="card-1", method="Visa 4242")
    ProcessorEvent.objects.create(
        processor="sandbox", event_id="e", order_key=donation.key, body=b"ada@example.org", status="done", received_at=NOON
    )
    link = path_of(links.to_pledge(pledge_of(donation)))
    erased(client, donation.donor)
    run_jobs()
    donor, gift, pledge = Donor.objects.get(), Donation.objects.get(), Pledge.objects.get()
    assert (donor.name, donor.email, donor.street, donor.erased_at is not None) == ("", "", "", True)
    assert (gift.name, gift.message, gift.tribute_name, gift.particulars, gift.on_wall) == ("", "", "", {}, False)
    assert (pledge.status, pledge.mandate, pledge.method) == ("ended", "", "")
    assert bytes(ProcessorEvent.objects.get().body) == b""
    assert client.get(link).status_code == 404
    assert (gift.amount, gift.status, Receipt.objects.count()) == (2500, "received", 1)
    assert ReceiptVersion.objects.get().contents["donor"]["name"] == "Ada"
    assert AuditEntry.objects.filter(deed="erased", subject=f"campaigns.donor {donor.pk}").count() == 1


def test_papers_keep_a_name_for_their_years_and_no_longer(client):
    donor = received(make_campaign()).donor
    stays = received(make_campaign(), email="b@example.org", name="Ben")
    erased(client, donor)
    LegalEntity.objects.update(years_kept=3)
    assert forgetting.forget_due(at=datetime(2029, 12, 31, tzinfo=UTC)) == 0
    assert forgetting.forget_due(at=datetime(2030, 1, 1, tzinfo=UTC)) == 1
    assert forgetting.forget_due(at=datetime(2030, 1, 1, tzinfo=UTC)) == 0
    named = {version.receipt.donation_id: version.contents["donor"] for version in ReceiptVersion.objects.all()}
    assert named.pop(stays.pk)["name"] == "Ben"
    assert list(named.values()) == [{}]


def test_an_erased_donor_who_gives_again_is_somebody_new(client):
    donor = received(make_campaign()).donor
    erased(client, donor)
    again = received(make_campaign())
    assert again.donor != donor
    assert again.donor.email == "ada@example.org"


def test_the_outboxs_copies_go(client, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.OUTBOX, settings.EMAIL_URL = tmp_path, ""
    (tmp_path / "1.eml").write_bytes(b"Subject: x\nTo: ADA@example.org\n\nDear Ada")
    (tmp_path / "2.eml").write_bytes(b"Subject: x\nTo: ben@example.org\n\nada@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        forgetting.erase(received(make_campaign()).donor, at=NOON)
    assert [path.name for path in tmp_path.iterdir()] == ["2.eml"]
