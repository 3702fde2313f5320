"""Bank statements: read, matched, confirmed by a person, and nothing twice."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from campaigns import banking
from campaigns.checking import differences
from campaigns.models import BankLine, Donation, LedgerEntry
from newsroom.models import AuditEntry
from tests.campaigns.gifts import begun
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db
HEADER = "Buchungstag;Auftraggeber;Verwendungszweck;Betrag;Währung"


def statement(*lines: str, header: str = HEADER, by=None):
    kept = kept_of("\n".join([header, *lines]).encode(), by=by)
    return kept.statement, kept.known, kept.trouble


def kept_of(data: bytes, *, by=None, currency: str = "EUR", order: str = "") -> banking.Kept:
    table = banking.read(data)
    columns = banking.guess(table, order)
    assert columns
    return banking.keep(table, columns, name="November", currency=currency, by=by, at=NOON + timedelta(days=1))


def a_line(text: str = "danke", *, amount: str = "25,00", payer: str = "ADA LOVELACE", day: str = "23.11.2026") -> BankLine:
    statement(f"{day};{payer};{text};{amount};EUR")
    return BankLine.objects.latest("pk")


def promised(**overrides) -> Donation:
    return begun(make_campaign(), processor="offline", **overrides)


def sort_of(line: BankLine) -> tuple[str, Donation | None]:
    (match,) = banking.matches([line])
    return match.sort, match.donation


def test_only_money_that_came_is_kept_with_its_day_and_words():
    kept, known, trouble = statement(
        "23.11.2026;Ada;7K3M-Q2XP;25,00;EUR", "23.11.2026;The landlord;Rent;-900,00;EUR", "24.11.2026;Ben;;1.000,50;EUR"
    )
    lines = kept.lines.values_list("day", "amount", "currency", "payer", "text")
    assert list(lines) == [(date(2026, 11, 23), 2500, "EUR", "Ada", "7K3M-Q2XP"), (date(2026, 11, 24), 100050, "EUR", "Ben", "")]
    assert (known, trouble) == (0, [])


def test_overlapping_statements_bring_no_line_twice_but_two_alike_are_two():
    same = "23.11.2026;Ada;Danke;25,00;EUR"
    statement(same, same)
    _, known, _ = statement(same, same, "24.11.2026;Ben;;5,00;EUR")
    assert (known, BankLine.objects.count()) == (2, 3)


def test_a_line_that_cannot_be_read_keeps_none_of_the_others():
    kept, _, trouble = statement("23.11.2026;Ada;;25,00;EUR", "23.11.2026;Ben;;many;EUR", "23.11.2026;Cy;;1,00;XXQ")
    assert kept.lines.count() == 1
    assert trouble == ["Line 3: “many” is no sum.", "Line 4: “XXQ” is no currency."]


@pytest.mark.parametrize("written", ["{}", "gift {} thanks", "{} ", "ref:{}/"])
@pytest.mark.parametrize("changed", [str, str.lower, lambda ref: ref.replace("-", ""), lambda ref: ref.replace("-", " ")])
def test_the_reference_is_found_however_it_was_written(written, changed):
    gift = promised()
    assert sort_of(a_line(written.format(changed(gift.reference)))) == ("sure", gift)


def test_another_sum_and_a_gift_that_is_recorded_are_told():
    gift = promised()
    other = a_line(gift.reference, amount="30,00")
    assert sort_of(other) == ("other sum", gift)
    banking.record(other, gift, by=None, at=NOON + timedelta(days=1))
    assert sort_of(a_line(gift.reference)) == ("recorded", gift)


def test_without_a_reference_sum_and_whole_name_are_a_suggestion():
    gift = promised(name="Ada Lovelace", email="ada.l@example.org")
    assert sort_of(a_line()) == ("perhaps", gift)
    assert sort_of(a_line(payer="Ada King")) == ("none", None)
    assert sort_of(a_line(amount="26,00")) == ("none", None)


def test_two_promises_that_fit_are_no_suggestion():
    for address in ("a@example.org", "b@example.org"):
        promised(name="Ada Lovelace", email=address)
    assert sort_of(a_line()) == ("none", None)


@pytest.mark.parametrize("number", [1, 3])
def test_matching_costs_two_queries_however_many_lines(number, django_assert_num_queries):
    lines = [a_line(promised(email=f"d{turn}@example.org").reference) for turn in range(number)]
    with django_assert_num_queries(2):
        assert [match.sort for match in banking.matches(lines)] == ["sure"] * number


def test_a_confirmed_line_is_the_gifts_arrival_once():
    gift = promised()
    line = a_line(gift.reference)
    for _ in range(2):
        banking.record(line, gift, by=None, at=NOON + timedelta(days=2))
    assert list(LedgerEntry.objects.values_list("kind", "amount")) == [("gift", 2500)]
    gift.refresh_from_db()
    assert (gift.status, gift.received_at.date()) == ("received", date(2026, 11, 23))  # type: ignore[union-attr]
    assert differences() == []


def test_a_line_without_a_promise_becomes_a_gift_of_its_campaign():
    line, campaign = a_line(), make_campaign()
    gift = banking.record(line, None, by=None, at=NOON + timedelta(days=2), campaign=campaign)
    assert (gift.campaign, gift.amount, gift.name) == (campaign, 2500, "ADA LOVELACE")
    assert differences() == []


def test_what_does_not_fit_is_refused_and_nothing_is_recorded():
    line, at = a_line(), NOON + timedelta(days=2)
    dollars = begun(make_campaign(currency="USD"), processor="offline")
    for gift, campaign in [(None, None), (dollars, None), (None, dollars.campaign)]:
        with pytest.raises(ValidationError):
            banking.record(line, gift, by=None, at=at, campaign=campaign)
    banking.set_aside(line, by=None)
    with pytest.raises(ValidationError, match="set aside"):
        banking.record(line, None, by=None, at=at, campaign=make_campaign())
    assert LedgerEntry.objects.count() == 0


@pytest.mark.parametrize("group", ["", "Writer", "Editor"])
def test_a_stranger_may_neither_read_nor_record(group):
    line, person = a_line(), make_user(group)
    with pytest.raises(PermissionDenied):
        statement("24.11.2026;Ben;;5,00;EUR", by=person)
    with pytest.raises(PermissionDenied):
        banking.record(line, None, by=person, at=NOON, campaign=make_campaign())
    with pytest.raises(PermissionDenied):
        banking.set_aside(line, by=person)
    client = desk(group)
    for address in ("", "upload/", f"{line.statement_id}/change/"):
        assert client.get(f"/admin/campaigns/bankstatement/{address}").status_code == 403
    assert client.post(f"/admin/campaigns/bankstatement/{line.statement_id}/change/", {"line": line.pk}).status_code == 403


# The desk


def desk(group: str = "Fundraiser") -> Client:
    client = Client()
    client.force_login(make_user(group))
    return client


def upload(client: Client, text: str, **fields: str):
    file = SimpleUploadedFile("umsatz.csv", text.encode(), content_type="text/csv")
    return client.post("/admin/campaigns/bankstatement/upload/", {"file": file, "currency": "EUR"} | fields)


def test_a_line_in_a_currency_without_a_campaign_says_why_it_can_be_no_new_gift():
    client = desk()
    make_campaign()
    for currency, said in (("USD", True), ("EUR", False)):
        response = upload(client, f"{HEADER}\n23.11.2026;Ada;Thanks;25,00;{currency}\n")
        page = client.get(response.headers["Location"]).content.decode()
        assert ("No campaign is in USD" in page, "A gift without a form" in page) == (said, not said)


def test_from_the_file_to_the_receipt():
    client, gift = desk(), promised()
    response = upload(client, f"{HEADER}\n23.11.2026;Ada;{gift.reference};25,00;EUR\n")
    page = client.get(response.headers["Location"]).content.decode()
    assert "Reference and sum agree." in page
    assert f'<option value="gift:{gift.pk}" selected>' in page
    line = BankLine.objects.get()
    done = client.post(response.headers["Location"], {"line": line.pk, f"is-{line.pk}": f"gift:{gift.pk}"}, follow=True)
    assert "1 line is done." in done.content.decode()
    gift.refresh_from_db()
    assert gift.status == "received"
    deeds = list(AuditEntry.objects.order_by("pk").values_list("deed", flat=True))
    assert deeds == ["uploaded", "looked at", "recorded", "looked at"]


def test_a_header_that_tells_nothing_is_asked_about_and_the_file_stays():
    client = desk()
    asked = upload(client, "A;B;C\n23.11.2026;25,00;Ada\n")
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "Choose at least the day and the amount." in page
    kept = page.split('name="kept" value="')[1].split('"')[0]
    fields = {"kept": kept, "name": "umsatz.csv", "currency": "EUR", "column_day": "1", "column_amount": "2", "column_payer": "3"}
    assert client.post("/admin/campaigns/bankstatement/upload/", fields).status_code == 302
    assert list(BankLine.objects.values_list("amount", "payer")) == [(2500, "Ada")]


@pytest.mark.parametrize(
    "fields", [{}, {"kept": "%%%"}, {"kept": "AAAA"}, {"currency": "XAU"}, {"column_day": "99", "column_amount": "-1"}]
)
def test_a_hostile_upload_has_a_sentence(fields):
    response = desk().post("/admin/campaigns/bankstatement/upload/", {"currency": "EUR"} | fields)
    assert response.status_code == 422
    assert 'class="errorlist' in response.content.decode()


def test_lines_that_are_refused_are_marked_and_the_others_are_done():
    client, gift = desk(), promised()
    first, second = a_line(gift.reference), a_line("Rent back", day="24.11.2026")
    BankLine.objects.update(statement=first.statement)
    form = {"line": [first.pk, second.pk], f"is-{first.pk}": "ignore", f"is-{second.pk}": "", f"ref-{second.pk}": "AAAA-BBBB"}
    page = client.post(f"/admin/campaigns/bankstatement/{first.statement_id}/change/", form)
    assert page.status_code == 422
    assert "No gift has the reference “AAAA-BBBB”." in page.content.decode()
    first.refresh_from_db()
    assert first.status == "ignored"


# Several at once


def batch(client: Client, *rows: dict[str, str], key: str = "11111111-1111-4111-8111-111111111111", **fields: str):
    form = {"key": key, "rows": "10"} | fields
    for number, row in enumerate(rows):
        typed = {"day": "2026-11-20", "amount": ""} | row
        form |= {f"gift-{number}-{name}": value for name, value in typed.items()}
    return client.post("/admin/campaigns/donation/several/", form)


def test_a_pile_of_cheques_is_recorded_together_and_once():
    client, campaign = desk(), make_campaign()
    rows = [{"amount": "25", "name": "Ada", "email": "ada@example.org"}, {}, {"amount": "12.50", "name": "Ben", "note": "No. 7"}]
    for _ in range(2):
        assert batch(client, *rows, campaign=str(campaign.pk)).status_code == 302
    assert sorted(Donation.objects.values_list("amount", "name", "status")) == [
        (1250, "Ben", "received"),
        (2500, "Ada", "received"),
    ]
    assert differences() == []


def test_one_wrong_line_records_nothing_and_keeps_what_was_typed():
    client, campaign = desk(), make_campaign()
    response = batch(client, {"amount": "25", "name": "Ada"}, {"amount": "much"}, campaign=str(campaign.pk))
    page = response.content.decode()
    assert (response.status_code, Donation.objects.count()) == (422, 0)
    assert 'value="Ada"' in page
    assert "Type an amount in figures" in page


def test_ten_more_lines_keep_what_was_typed_and_record_nothing():
    response = batch(desk(), {"amount": "25", "name": "Ada"}, _more="1")
    page = response.content.decode()
    assert (response.status_code, Donation.objects.count()) == (200, 0)
    assert 'value="Ada"' in page
    assert 'name="gift-19-amount"' in page


@pytest.mark.parametrize("group", ["", "Writer", "Editor"])
def test_a_stranger_records_no_pile(group):
    assert batch(desk(group), {"amount": "25"}, campaign=str(make_campaign().pk)).status_code == 403
    assert Donation.objects.count() == 0
