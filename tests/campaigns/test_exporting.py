"""Files to take along: what stands in them, who may take them, and that it is written down."""

import csv
import io
import zipfile
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.http import FileResponse
from django.test import Client

from campaigns import exporting, giving
from campaigns.exporting import files
from campaigns.models import Campaign, Donation, Donor, LedgerEntry
from newsroom.models import AuditEntry
from tests.campaigns.gifts import received
from tests.factories import NOON, make_article, make_campaign, make_user

pytestmark = pytest.mark.django_db
EXPORT = "/admin/campaigns/export/"
KINDS = ["gifts", "pledges", "donors", "ledger"]
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"]


def signed_in(group: str) -> Client:
    client = Client()
    client.force_login(make_user(group))
    return client


@pytest.fixture
def fundraiser() -> Client:
    return signed_in("Fundraiser")


def asked(**overrides: str) -> dict[str, str]:
    return {"what": "gifts", "kind": "csv", "campaign": "", "first": "2026-11-01", "last": "2026-11-30"} | overrides


def lines(client: Client, **overrides: str) -> list[dict[str, str]]:
    response: Any = client.post(EXPORT, asked(**overrides))
    assert response.status_code == 200, response.content.decode()
    whole = b"".join(response.streaming_content).decode()
    assert whole.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(whole.removeprefix("\ufeff"), newline="")))


def workbook(client: Client, **overrides: str) -> tuple[list[list[str]], str]:
    """The cells as they are shown, row by row, and the sheet's XML."""
    response = client.post(EXPORT, asked(kind="xlsx", **overrides))
    assert isinstance(response, FileResponse)
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    rows = ElementTree.fromstring(sheet).iterfind(".//{*}row")
    return [["".join(cell.itertext()) for cell in row] for row in rows], sheet


def a_campaign(**overrides) -> Campaign:
    return make_campaign(**{"starts_at": datetime(2020, 1, 1, tzinfo=UTC), "ends_at": None} | overrides)


# What stands in them


def test_gifts_are_told_with_decimals_currency_and_the_newsrooms_time(fundraiser, settings):
    settings.TIME_ZONE = "America/Lima"
    donation = received(a_campaign(title="Winter"), amount=2550, name="Ada", message="Thanks, all", rhythm="monthly")
    (line,) = lines(fundraiser)
    told = {name: line[name] for name in ("Reference", "Received", "Amount", "Currency", "In the books", "Rhythm", "Campaign")}
    assert told == {
        "Reference": donation.reference,
        "Received": "2026-11-23T07:00:00-05:00",
        "Amount": "25.50",
        "Currency": "EUR",
        "In the books": "25.50",
        "Rhythm": "monthly",
        "Campaign": "Winter",
    }
    assert (line["Name"], line["E-mail"], line["Message"], line["Anonymous"]) == ("Ada", "ada@example.org", "Thanks, all", "no")


@pytest.mark.parametrize(("currency", "shown"), [("JPY", "2550"), ("KWD", "2.550"), ("EUR", "25.50")])
def test_every_currency_has_its_own_decimals(fundraiser, currency, shown):
    received(a_campaign(currency=currency), amount=2550)
    assert [line["Amount"] for line in lines(fundraiser, what="ledger")] == [shown]
    (_, row), _ = workbook(fundraiser, what="ledger")
    assert float(row[3]) == float(shown)


def test_the_ledger_has_every_line_refunds_with_their_sign(fundraiser):
    donation = received(a_campaign(), amount=2500)
    giving.refund(donation, amount=1000, key=donation.token, by=None, at=NOON)
    assert [(line["Kind"], line["Amount"]) for line in lines(fundraiser, what="ledger")] == [
        ("gift", "25.00"),
        ("refund", "-10.00"),
    ]
    assert [line["In the books"] for line in lines(fundraiser)] == ["15.00"]


def test_pledges_and_donors_are_told(fundraiser):
    received(a_campaign(), rhythm="monthly", name="Ada")
    (pledge,), (donor,) = lines(fundraiser, what="pledges"), lines(fundraiser, what="donors")
    assert (pledge["Rhythm"], pledge["State"], pledge["Day"], pledge["E-mail"]) == ("monthly", "active", "23", "ada@example.org")
    assert (donor["Name"], donor["E-mail"], donor["Gifts in this time"]) == ("Ada", "ada@example.org", "1")


@pytest.mark.parametrize("what", KINDS)
def test_only_the_chosen_time_and_campaign_are_told(fundraiser, what):
    winter, spring = a_campaign(), a_campaign()
    received(winter, rhythm="monthly", email="in@example.org")
    received(spring, rhythm="monthly", email="other@example.org")
    received(winter, rhythm="monthly", email="before@example.org", at=datetime(2026, 10, 31, 12, tzinfo=UTC))
    received(winter, rhythm="monthly", email="after@example.org", at=datetime(2026, 12, 1, 12, tzinfo=UTC))
    assert (len(lines(fundraiser, what=what)), len(lines(fundraiser, what=what, campaign=str(winter.pk)))) == (2, 1)


def test_what_did_not_arrive_is_no_gift(fundraiser):
    giving.begin(a_campaign(), gift=giving.Gift(amount=1000, email="a@example.org", processor="sandbox"), at=NOON)
    assert lines(fundraiser) == lines(fundraiser, what="donors") == []


def test_no_article_stands_beside_a_name(fundraiser):
    received(a_campaign(), article=make_article(headline="A headline").pk)
    for what in KINDS:
        assert "A headline" not in str(lines(fundraiser, what=what))


@pytest.mark.parametrize("typed", FORMULAS)
def test_nothing_that_was_typed_is_a_formula(fundraiser, typed):
    received(a_campaign())
    Donor.objects.update(name=typed)
    assert lines(fundraiser)[0]["Name"] == f"'{typed}"
    assert "<f>" not in workbook(fundraiser)[1]


def test_texts_survive_the_files(fundraiser):
    typed = 'Łucja, "Ло" 李\nsecond\x0b\x01'
    received(a_campaign())
    Donor.objects.update(name=typed)
    assert lines(fundraiser, what="donors")[0]["Name"] == typed
    assert workbook(fundraiser, what="donors")[0][1][1].startswith('Łucja, "Ло" 李\nsecond')


@pytest.mark.parametrize("what", KINDS)
def test_a_workbook_has_what_the_csv_has(fundraiser, what):
    received(a_campaign(), rhythm="monthly")
    (head, row), _ = workbook(fundraiser, what=what)
    (line,) = lines(fundraiser, what=what)
    assert head == list(line)
    assert row[0] == next(iter(line.values()))


def test_more_rows_than_a_chunk_come_all_and_in_order(fundraiser, monkeypatch):
    monkeypatch.setattr("campaigns.exporting.tables.CHUNK", 2)
    monkeypatch.setattr(files, "LINES_AT_ONCE", 2)
    campaign = a_campaign()
    made = [received(campaign, email=f"d{turn}@example.org").reference for turn in range(5)]
    assert [line["Reference"] for line in lines(fundraiser)] == made


# Who may, and what is written down


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("what", KINDS)
def test_an_export_is_in_the_audit_log_before_its_first_byte(fundraiser, what, kind):
    campaign = a_campaign()
    response = fundraiser.post(EXPORT, asked(what=what, kind=kind, campaign=str(campaign.pk)))
    entry = AuditEntry.objects.get()  # nothing of the answer has been read yet
    table = exporting.TABLES[what]
    assert (entry.deed, entry.subject) == ("exported", table.model._meta.label_lower)
    assert entry.detail == f"{table.label}, 2026-11-01 to 2026-11-30, campaign {campaign.pk}, {kind.upper()}"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{what}-2026-11-01-2026-11-30.{kind}"'
    assert "no-store" in response.headers["Cache-Control"]
    response.close()


@pytest.mark.parametrize("what", KINDS)
@pytest.mark.parametrize("group", [None, "", "Writer", "Editor"])
def test_others_take_nothing_along(group, what):
    received(a_campaign())
    client = Client() if group is None else signed_in(group)
    assert client.post(EXPORT, asked(what=what)).status_code == (302 if group is None else 403)
    assert not AuditEntry.objects.exists()


def test_whoever_may_see_and_not_record_takes_nothing_along():
    client = Client()
    user = make_user()
    client.force_login(user)
    from django.contrib.auth.models import Permission

    user.user_permissions.add(*Permission.objects.filter(codename__in=["view_ledgerentry", "view_donation"]))
    assert "figures-export" not in client.get("/admin/campaigns/overview/").content.decode()
    assert client.post(EXPORT, asked()).status_code == 403


def test_a_link_exports_nothing(fundraiser):
    assert fundraiser.get(EXPORT, asked()).status_code == 405
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"what": "passwords"}, "Select a valid choice."),
        ({"kind": "pdf"}, "Select a valid choice."),
        ({"campaign": "999999"}, "Select a valid choice."),
        ({"campaign": "x\0"}, "Null characters are not allowed."),
        ({"first": ""}, "This field is required."),
        ({"last": "2025-01-01"}, "The last day comes before the first one."),
    ],
)
def test_what_cannot_be_exported_is_said_and_what_was_chosen_stays(fundraiser, wrong, sentence):
    response = fundraiser.post(EXPORT, asked(**{"what": "ledger"} | wrong))
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not AuditEntry.objects.exists()


def test_a_workbook_that_would_take_too_long_is_refused_and_csv_is_not(fundraiser, monkeypatch):
    monkeypatch.setattr("campaigns.admin.overview.MOST_ROWS", 1)
    campaign = a_campaign()
    for turn in range(2):
        received(campaign, email=f"d{turn}@example.org")
    response = fundraiser.post(EXPORT, asked(kind="xlsx"))
    assert response.status_code == 422
    assert "These are more than 1 rows. Choose CSV" in response.content.decode()
    assert len(lines(fundraiser)) == Donation.objects.count() == LedgerEntry.objects.count() == 2


@pytest.mark.parametrize("number", [1, 3])
def test_a_file_costs_the_same_however_many_rows(fundraiser, django_assert_num_queries, number):
    campaign = a_campaign()
    for turn in range(number):
        received(campaign, email=f"d{turn}@example.org", rhythm="monthly")
    with django_assert_num_queries(7):  # two of them the rows: the last one finds no more
        lines(fundraiser)
