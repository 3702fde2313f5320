"""Past gifts of other systems: what comes into the books, what does not, and that it comes once."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError

from campaigns import links
from campaigns.checking import differences
from campaigns.models import Campaign, Donation, Donor, GiftName, ImportedGift, LedgerEntry, Receipt
from campaigns.progress import progress_of
from newsroom.models import AuditEntry
from tests.campaigns.gifts import received
from tests.campaigns.moving.exports import DONORBOX, GIVEWP, PAYPAL, STRIPE, written
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db


def run(*files: Path, **options) -> str:
    out, err = StringIO(), StringIO()
    try:
        call_command("import_gifts", *files, stdout=out, stderr=err, **options)
    except CommandError as error:
        raise CommandError(f"{error} {err.getvalue()}") from None
    return out.getvalue()


@pytest.fixture(autouse=True)
def _the_books_agree():
    yield
    assert differences() == []
    assert len(mail.outbox) == 0


def the_gift() -> Donation:
    return Donation.objects.select_related("donor", "campaign", "imported").get()


def test_a_gift_of_givewp_is_in_the_books_with_its_day_donor_and_old_receipt(tmp_path):
    run(written(tmp_path / "give.csv", GIVEWP, {}))
    gift = the_gift()
    assert (gift.amount, gift.currency, gift.status) == (2500, "EUR", "received")
    assert gift.received_at == datetime(2024, 3, 14, 9, 30, tzinfo=UTC)
    assert (gift.donor.email, gift.donor.name, gift.donor.city, gift.donor.country) == (
        "ada@example.org",
        "Ada Byron",
        "Cork",
        "IE",
    )
    assert (gift.processor, gift.processor_ref) == ("import:givewp", "101")
    assert (gift.imported.receipt, Receipt.objects.count()) == ("GIVE-101", 0)
    assert set(GiftName.objects.values_list("source", "name")) == {("givewp", "101"), ("stripe", "ch_1Aaaa")}
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.amount, entry.at) == ("gift", 2500, gift.received_at)


def test_without_a_campaign_gifts_go_where_nobody_sees_them(tmp_path):
    run(
        written(
            tmp_path / "give.csv", GIVEWP, {}, {"Donation ID": "102", "Currency Code": "USD", "_give_payment_transaction_id": ""}
        )
    )
    campaigns = {one.title: (one.status, progress_of(one).total) for one in Campaign.objects.all()}
    assert campaigns == {"Before we moved (EUR)": ("draft", 2500), "Before we moved (USD)": ("draft", 2500)}
    assert not Campaign.objects.public(at=NOON).exists()


def test_a_chosen_campaign_counts_the_gifts_of_its_currency(tmp_path):
    campaign = make_campaign(currency="EUR")
    run(written(tmp_path / "give.csv", GIVEWP, {}), campaign=campaign.slug)
    assert progress_of(campaign).total == 2500


def test_the_same_file_twice_brings_nothing_twice(tmp_path):
    path = written(tmp_path / "give.csv", GIVEWP, {}, {})
    assert "2 lines gave 1 gift; 1 was here already" in run(path)
    assert "2 lines gave 0 gifts; 2 were here already" in run(path)
    assert (Donation.objects.count(), LedgerEntry.objects.count(), Donor.objects.count()) == (1, 1, 1)


def test_a_name_that_stripe_did_not_tell_is_filled_in_by_givewp(tmp_path):
    run(written(tmp_path / "stripe.csv", STRIPE, {}))
    Donor.objects.update(name="")
    run(written(tmp_path / "give.csv", GIVEWP, {}))
    named = Donor.objects.get().name
    run(written(tmp_path / "donorbox.csv", DONORBOX, {}))
    assert (named, Donor.objects.get().name) == ("Ada Byron", named)


@pytest.mark.parametrize("first", [GIVEWP, STRIPE, DONORBOX])
@pytest.mark.parametrize("second", [GIVEWP, STRIPE, DONORBOX])
def test_two_systems_that_tell_of_one_payment_tell_of_one_gift(tmp_path, first, second):
    run(written(tmp_path / "first.csv", first, {}))
    run(written(tmp_path / "second.csv", second, {}))
    assert (Donation.objects.count(), LedgerEntry.objects.total()) == (1, 2500)


def test_what_stripe_told_of_a_gift_is_added_to_what_givewp_did(tmp_path):
    run(written(tmp_path / "give.csv", GIVEWP, {}))
    run(written(tmp_path / "stripe.csv", STRIPE, {}))
    assert ("stripe", "pi_1Aaaa") in set(GiftName.objects.values_list("source", "name"))
    assert ImportedGift.objects.get().mandate == "cus_A1/pm_A1"


def test_stripes_own_payment_is_booked_under_stripe_where_stripe_is_set_up(tmp_path, settings):
    settings.PROCESSORS = settings.PROCESSORS | {"stripe": ("tests.campaigns.doubles.Keyless", {})}
    run(written(tmp_path / "stripe.csv", STRIPE, {}))
    gift = the_gift()
    assert (gift.processor, gift.processor_ref, gift.fee) == ("stripe", "pi_1Aaaa", 63)


def test_one_of_which_something_went_back_is_not_for_the_processor_would_count_it_again(tmp_path, settings):
    settings.PROCESSORS = settings.PROCESSORS | {"stripe": ("tests.campaigns.doubles.Keyless", {})}
    run(written(tmp_path / "stripe.csv", STRIPE, {"Amount Refunded": "5.00"}))
    assert the_gift().processor == "import:stripe"
    assert list(LedgerEntry.objects.values_list("kind", "amount")) == [("gift", 2500), ("refund", -500)]


def test_what_goes_back_later_is_added_by_a_later_file(tmp_path):
    run(written(tmp_path / "stripe.csv", STRIPE, {"Amount Refunded": "5.00"}))
    run(written(tmp_path / "later.csv", STRIPE, {"Amount Refunded": "25.00"}))
    run(written(tmp_path / "later.csv", STRIPE, {"Amount Refunded": "25.00"}))
    assert list(LedgerEntry.objects.values_list("amount", flat=True)) == [2500, -500, -2000]


def test_a_payment_that_was_ours_all_along_is_known_by_its_key(tmp_path):
    ours = received(make_campaign())
    run(written(tmp_path / "stripe.csv", STRIPE, {"key (metadata)": ours.key}))
    assert Donation.objects.get() == ours


def test_a_fee_in_another_currency_is_told_in_the_gifts_own(tmp_path):
    run(written(tmp_path / "s.csv", STRIPE, {"Currency": "usd", "Converted Amount": "20.00", "Fee": "1.00"}))
    assert (the_gift().currency, the_gift().fee) == ("USD", 125)


@pytest.mark.parametrize(
    ("header", "row", "reason"),
    [
        (GIVEWP, {"Payment Mode": "test"}, "made in test mode: 1"),
        (GIVEWP, {"Donation Status": "Abandoned"}, "not received: “Abandoned”: 1"),
        (GIVEWP, {"Donation Status": "Pending"}, "not received: “Pending”: 1"),
        (STRIPE, {"Status": "Failed"}, "not received: “Failed”: 1"),
        (STRIPE, {"Mode": "Test"}, "made in test mode: 1"),
        (DONORBOX, {"Status": "failed"}, "not received: “failed”: 1"),
        (PAYPAL, {"Status": "Pending"}, "not received: “Pending”: 1"),
        (PAYPAL, {"Type": "General Currency Conversion"}, "no gift: “General Currency Conversion”: 1"),
        (PAYPAL, {"Type": "General Withdrawal", "Gross": "-9.00"}, "money that went out: 1"),
        (PAYPAL, {"Balance Impact": "Memo"}, "a note that moved no money: 1"),
    ],
)
def test_what_is_no_gift_is_left_out_and_counted(tmp_path, header, row, reason):
    assert f"Left out, {reason}" in run(written(tmp_path / "file.csv", header, row))
    assert Donation.objects.count() == 0


def test_a_refunded_gift_came_and_went(tmp_path):
    run(written(tmp_path / "give.csv", GIVEWP, {"Donation Status": "Refunded"}))
    assert list(LedgerEntry.objects.values_list("kind", "amount")) == [("gift", 2500), ("refund", -2500)]


@pytest.mark.parametrize("order", [1, -1])
def test_paypals_refund_finds_its_payment_above_and_below(tmp_path, order):
    back = {"Type": "Payment Refund", "Gross": "-10.00", "Transaction ID": "9ZZ", "Reference Txn ID": "1AB23456CD789012E"}
    path = written(tmp_path / "paypal.csv", PAYPAL, *[{"Date": "15/03/2024"}, back][::order])
    run(path)
    run(path)
    assert list(LedgerEntry.objects.values_list("kind", "amount", "processor_ref")) == [
        ("gift", 2500, "1AB23456CD789012E"), ("refund", -1000, "9ZZ"),
    ]  # fmt: skip
    assert the_gift().fee == 85


def test_a_german_activity_download_is_understood(tmp_path):
    header = (
        '"Datum";"Uhrzeit";"Zeitzone";"Name";"Typ";"Status";"Währung";"Brutto";"Gebühr";"Netto";'
        '"Absender E-Mail-Adresse";"Transaktionscode";"Zugehöriger Transaktionscode";"Auswirkung auf Guthaben"\r\n'
    )
    line = '"14.03.2024";"23:30:00";"CET";"Jörg Müller";"Spendenzahlung";"Abgeschlossen";"EUR";"1.025,50";"-12,30";"1.013,20";'
    path = tmp_path / "paypal.csv"
    path.write_bytes((header + line + '"joerg@example.org";"5XY";"";"Haben"\r\n').encode("cp1252"))
    run(path)
    gift = the_gift()
    assert (gift.amount, gift.fee, gift.donor.name) == (102550, 1230, "Jörg Müller")
    assert gift.received_at == datetime(2024, 3, 14, 22, 30, tzinfo=UTC)


def test_days_that_may_be_either_are_asked_about(tmp_path):
    path = written(tmp_path / "paypal.csv", PAYPAL, {"Date": "03/04/2024"})
    with pytest.raises(CommandError, match=r"may be day\.month\.year or month/day/year: say which"):
        run(path)
    run(path, days="month/day/year")
    assert f"{the_gift().received_at:%Y-%m-%d}" == "2024-03-04"


def test_a_column_of_another_name_is_told_by_hand(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("Nr;Betrag;Wann\n1;10,50;2024-05-01\n")
    run(path, system="givewp", map=["id=Nr", "amount=Betrag", "day=Wann"], currency="eur")
    assert the_gift().amount == 1050
    with pytest.raises(CommandError, match="There is no column “Sum”"):
        run(path, system="givewp", map=["amount=Sum"])


def test_a_dry_run_tells_what_the_import_does_and_writes_nothing(tmp_path):
    rows = [
        {},
        {"Donation ID": "102", "_give_payment_transaction_id": "", "Donation Date": "May 1, 2023"},
        {"Donation Total": "-3"},
    ]
    path = written(tmp_path / "give.csv", GIVEWP, *rows, {"Donation ID": "9", "Payment Mode": "test"})
    tried = run(path, dry_run=True)
    assert (Donation.objects.count(), Campaign.objects.count(), Donor.objects.count(), AuditEntry.objects.count()) == (0, 0, 0, 0)
    done = run(path)
    assert tried.splitlines()[:-1] == done.splitlines()[:-1]
    assert tried.splitlines()[:5] == [
        "2023 EUR: 1 gift, €25", "2024 EUR: 1 gift, €25", "New donors: 1", "Left out, made in test mode: 1",
        "Lines that could not be read: 1",
    ]  # fmt: skip
    assert "Line 4: The amount is below nothing." in tried


def test_an_import_is_in_the_audit_log(tmp_path):
    run(written(tmp_path / "give.csv", GIVEWP, {}))
    entry = AuditEntry.objects.get()
    assert (entry.deed, entry.subject, entry.detail) == ("imported", "givewp gifts", "1 row, 1 new")


HOSTILE = {
    "Donation Total": ["=1+1", '=HYPERLINK("http://x/5")', "-5", "1e99", "999999999999999", "12abc3", "1,234", "", "NaN"],
    "Donation Date": ["January 5, 1900", "January 5, 2100", "=NOW()", "", "February 31, 2024"],
    "Email Address": [
        "a@example.org\nBcc: b@example.org",
        "a@b@c",
        "х@example.org",
        "a" * 300 + "@example.org",
        "a b@example.org",
    ],
    "Currency Code": ["EURO", "=A1"],
}


@pytest.mark.parametrize(("column", "cell"), [(column, cell) for column, values in HOSTILE.items() for cell in values])
def test_a_bad_cell_is_told_with_its_line_and_the_rest_is_imported(tmp_path, column, cell):
    good = {"Donation ID": "7", "_give_payment_transaction_id": ""}
    told = run(written(tmp_path / "give.csv", GIVEWP, {column: cell}, good))
    assert "Line 2: " in told
    assert ("gave 2 gifts" if column == "Email Address" else "gave 1 gift") in told
    assert set(Donation.objects.values_list("processor_ref", flat=True)) == {"7"} | (
        {"101"} if column == "Email Address" else set()
    )


def test_broken_lines_do_not_stop_the_file(tmp_path):
    path = written(tmp_path / "give.csv", GIVEWP, {})
    good = path.read_text().splitlines()[1].replace("101", "555").replace("ch_1Aaaa", "")
    huge = good.replace("Ada", "A" * 1_100_000)
    path.write_text(path.read_text() + f"{huge}\r\nonly,three,cells\r\n\x00\r\n" + good.replace("Ada", "A\x00da") + "\r\n")
    told = run(path)
    assert "Line 3: This line cannot be read: a cell is longer" in told
    assert "Line 4: This line has 3 cells" in told
    assert set(Donation.objects.values_list("processor_ref", flat=True)) == {"101", "555"}
    assert Donor.objects.get().name == "Ada Byron"


def test_addresses_that_differ_in_case_are_one_donor_and_ones_that_only_look_alike_are_two(tmp_path):
    other = {"_give_payment_transaction_id": ""}
    rows = [{"Email Address": "ADA@Example.org"}, {"Donation ID": "2"} | other]
    run(written(tmp_path / "g.csv", GIVEWP, *rows, {"Donation ID": "3", "Email Address": "ada@exаmple.org"} | other))
    assert sorted(Donor.objects.values_list("email", flat=True)) == ["ADA@example.org", "ada@xn--exmple-4nf.org"]


def test_a_gift_that_two_gifts_numbers_meet_in_is_told(tmp_path):
    run(written(tmp_path / "a.csv", GIVEWP, {"_give_payment_transaction_id": "ch_other"}))
    run(written(tmp_path / "b.csv", STRIPE, {}))
    assert "belong to two gifts" in run(written(tmp_path / "c.csv", GIVEWP, {}))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"PK\x03\x04xx", "save the table as CSV"),
        (b"just one line", "No table was found"),
        (b"a,b,c\n1,2,3\n", "It is not known whose export this is"),
        (b"Donation ID,Form Title,Payment Mode\n1,2,3\n", "No column was found for amount and day"),
    ],
)
def test_a_file_that_is_no_export_is_refused_in_a_sentence(tmp_path, content, sentence):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=sentence):
        run(path)


def test_a_file_that_is_not_there_does_not_stop_the_others(tmp_path):
    with pytest.raises(CommandError, match=r"1 of 2 files not imported: no\.csv"):
        run(tmp_path / "no.csv", written(tmp_path / "give.csv", GIVEWP, {}))
    assert Donation.objects.count() == 1


def test_yen_have_no_decimals_and_their_thousands_are_no_decimals(tmp_path):
    run(written(tmp_path / "give.csv", GIVEWP, {"Currency Code": "JPY", "Donation Total": "¥1,500"}))
    assert the_gift().amount == 1500


def test_a_donor_sees_gifts_of_before_without_a_receipt_of_ours(tmp_path, client):
    run(written(tmp_path / "give.csv", GIVEWP, {}))
    page = client.get(links.to_donor(the_gift().donor).removeprefix(settings.SITE_URL)).content.decode()
    assert "Before we moved (EUR)" in page
    assert "sent when it came" in page
    assert "receipts/.pdf" not in page
    assert "/campaigns/before-we-moved" not in page


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", "The line has no e-mail address."),
        ("ada at example", "The e-mail address cannot be used."),
        ("a@b@c", "cannot be used"),
    ],
)
def test_a_gift_counts_also_without_an_address_that_can_be_used_and_its_line_is_named(tmp_path, address, why):
    path = written(
        tmp_path / "give.csv", GIVEWP, {"Email Address": address}, {"Donation ID": "2", "_give_payment_transaction_id": ""}
    )
    tried = run(path, dry_run=True)
    assert "2 lines would give 2 gifts" in tried
    assert "Line 2: Its gift counts, its donor will have no e-mail address. " in tried
    assert why in tried
    out = run(path)
    assert "2 lines gave 2 gifts; 0 were here already, 0 left out, 0 not understood." in out
    assert "Gifts whose donor has no e-mail address that can be used: 1" in out
    nameless = Donation.objects.get(donor__email="")
    assert (nameless.amount, nameless.donor.name, nameless.received_at.year) == (2500, "Ada Byron", 2024)  # type: ignore[union-attr]
    note = LedgerEntry.objects.get(donation=nameless).note
    assert note == "Imported from givewp. Without an e-mail address that can be used."
    assert "2 lines gave 0 gifts; 2 were here already" in run(path)


def test_one_line_is_one_line(tmp_path):
    assert "1 line gave 1 gift; 0 were here already" in run(written(tmp_path / "give.csv", GIVEWP, {}))


def test_columns_that_nobody_knows_can_be_mapped_by_hand(tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text("Nr;Wann;Wieviel;Wer;Post\nA-1;14.03.2024;25,00;Ada;ada@example.org\n")
    mapped = ["id=Nr", "day=Wann", "amount=Wieviel", "name=Wer", "email=Post"]
    run(path, system="givewp", map=mapped, currency="EUR")
    assert (the_gift().amount, the_gift().donor.email, the_gift().processor_ref) == (2500, "ada@example.org", "A-1")
