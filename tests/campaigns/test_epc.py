"""The code for banking apps (EPC069-12)."""

import pytest
import segno

from campaigns import epc, giving
from campaigns.models import OfflineInstructions
from tests.campaigns.gifts import a_gift, begun
from tests.factories import NOON, make_campaign

IBAN = "DE89370400440532013000"


@pytest.mark.parametrize("typed", [IBAN, "de89 3704 0044 0532 0130 00", "GB82 WEST 1234 5698 7654 32", "NO93 8601 1117 947"])
def test_a_good_iban_loses_its_blanks(typed):
    assert epc.check_iban(typed) == typed.replace(" ", "").upper()


@pytest.mark.parametrize("typed", ["", "DE88370400440532013000", "DE89", "8937 0400 4405 3201 3000", IBAN * 2])
def test_a_mistyped_iban_is_refused(typed):
    with pytest.raises(ValueError, match="IBAN"):
        epc.check_iban(typed)


def test_the_code_says_account_amount_and_reference(monkeypatch):
    said: list[tuple[bytes, dict[str, object]]] = []

    def drawn(data: bytes, **options: object) -> segno.QRCode:
        said.append((data, options))
        return one

    one = segno.make_qr("x")

    monkeypatch.setattr(segno, "make_qr", drawn)
    epc.code(holder="Río e.V.", iban=IBAN, bic="", amount=2550, currency="EUR", reference="7K3M-Q2XP")
    data, options = said[0]
    assert data.decode().splitlines() == ["BCD", "002", "1", "SCT", "", "Río e.V.", IBAN, "EUR25.5", "", "", "7K3M-Q2XP"]
    assert options == {"error": "m", "boost_error": False}


@pytest.mark.parametrize("wrong", [{"currency": "USD"}, {"amount": 10**11}, {"iban": ""}, {"holder": ""}])
def test_where_the_standard_has_none_there_is_none(wrong):
    about = {"holder": "Río", "iban": IBAN, "bic": "", "amount": 2500, "currency": "EUR", "reference": "7K3M-Q2XP"} | wrong
    assert epc.code(**about) is None


@pytest.mark.django_db
def test_a_promise_in_euros_has_the_code_on_its_page(client):
    OfflineInstructions.objects.update(account_holder="Río e.V.", iban=IBAN)
    donation = begun(make_campaign(), processor="offline")
    page = client.get(donation.get_absolute_url()).content.decode()
    assert "DE89 3704 0044 0532 0130 00" in page
    drawing = client.get(f"/giving/return/{donation.token}/transfer.svg")
    assert (drawing.status_code, drawing.headers["Content-Type"]) == (200, "image/svg+xml")
    assert "no-store" in drawing.headers["Cache-Control"]
    assert drawing.content.startswith(b"<svg")


@pytest.mark.django_db
def test_other_money_and_other_ways_have_none(client):
    OfflineInstructions.objects.update(account_holder="Río e.V.", iban=IBAN)
    dollars = begun(make_campaign(currency="USD"), processor="offline")
    card = giving.begin(make_campaign(), gift=a_gift(email="ben@example.org"), at=NOON)
    for donation in (dollars, card):
        assert client.get(f"/giving/return/{donation.token}/transfer.svg").status_code == 404
    assert "transfer.svg" not in client.get(dollars.get_absolute_url()).content.decode()
