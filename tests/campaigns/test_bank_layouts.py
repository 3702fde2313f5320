"""Statements in the layouts of real banks, with invented lines: what came is kept, and every line is accounted for."""

import pytest

from campaigns import banking, tables
from campaigns.models import BankLine
from tests.campaigns.test_banking import desk, kept_of, upload

pytestmark = pytest.mark.django_db
SPARKASSE = (
    '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Glaeubiger ID";"Mandatsreferenz";'
    '"Kundenreferenz (End-to-End)";"Sammlerreferenz";"Lastschrift Ursprungsbetrag";"Auslagenersatz Ruecklastschrift";'
    '"Beguenstigter/Zahlungspflichtiger";"Kontonummer/IBAN";"BIC (SWIFT-Code)";"Betrag";"Waehrung";"Info"\n'
    '"DE1";"23.11.26";"23.11.26";"GUTSCHR.";"7K3M-Q2XP";"";"";"";"";"";"";"Ada Müller";"DE2";"X";"1.234,56";"EUR";"gebucht"\n'
    '"DE1";"23.11.26";"23.11.26";"LASTSCHRIFT";"Strom";"";"";"";"";"";"";"Werk";"DE3";"X";"-80,00";"EUR";"gebucht"\n'
)
DEUTSCHE = (
    "Umsätze Girokonto;;;Kundennummer: 100 1234567\n01.11.2026 - 30.11.2026\nLetzter Kontostand;;;;1.000,00;EUR\n\n"
    "Buchungstag;Wert;Umsatzart;Begünstigter / Auftraggeber;Verwendungszweck;IBAN / Kontonummer;BIC;Kundenreferenz;"
    "Mandatsreferenz;Gläubiger ID;Fremde Gebühren;Betrag;Abweichender Empfänger;Anzahl der Aufträge;Anzahl der Schecks;Soll;"
    "Haben;Währung\n"
    "23.11.2026;23.11.2026;SEPA;Ada Müller;7K3M-Q2XP;DE2;X;;;;;;;;;;1.234,56;EUR\n"
    "23.11.2026;23.11.2026;SEPA;Werk;Strom;DE3;X;;;;;;;;;-80,00;;EUR\n"
    "Kontostand;30.11.2026;;;2.154,56;EUR\n"
)
ING = (
    "Umsatzanzeige;Datei erstellt am: 24.11.2026 10:00\n\nIBAN;DE1\nKontoname;Girokonto\nBank;ING\nKunde;Zeitung e. V.\n"
    "Zeitraum;01.11.2026 - 24.11.2026\nSaldo;2.154,56;EUR\n\nSortierung;Datum absteigend\n\n"
    "In der CSV-Datei finden Sie alle bereits gebuchten Umsätze; die vorgemerkten; fehlen; noch.\n\n"
    "Buchung;Wertstellungsdatum;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;Währung;Betrag;Währung\n"
    "23.11.2026;23.11.2026;Ada Müller;Gutschrift;7K3M-Q2XP;2.154,56;EUR;1.234,56;EUR\n"
    "23.11.2026;23.11.2026;Werk;Lastschrift;Strom;920,00;EUR;-80,00;EUR\n"
)
ING_NL = (
    '"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"Mutatiesoort";"Mededelingen"\n'
    '"20261123";"Ada Müller";"NL1";"NL2";"OV";"Bij";"1234,56";"Overschrijving";"7K3M-Q2XP"\n'
    '"20261123";"Werk";"NL1";"NL3";"IC";"Af";"80,00";"Incasso";"Strom"\n'
)
BBVA = (
    "Últimos movimientos;;;;;;\nTitular;Diario, S. L.;;;;;\n"
    "F.Valor;Fecha;Concepto;Movimiento;Importe;Divisa;Disponible;Divisa;Observaciones\n"
    "23/11/2026;23/11/2026;Transferencia recibida;Abono;1.234,56;EUR;2.154,56;EUR;7K3M-Q2XP Ada Müller\n"
    "23/11/2026;23/11/2026;Luz;Recibo;-80,00;EUR;920,00;EUR;Strom\n"
)
SANTANDER = (
    "Fecha Operación;Fecha Valor;Concepto;Importe EUR;Saldo\n"
    "23/11/2026;23/11/2026;7K3M-Q2XP Ada Müller;1.234,56;2.154,56\n23/11/2026;23/11/2026;Luz;-80,00;920,00\n"
)
CAIXABANK = "Fecha;Fecha valor;Movimiento;Más datos;Importe;Saldo\n23/11/2026;23/11/2026;TRANSF;7K3M-Q2XP Ada Müller;1.234,56EUR;2.154,56EUR\n23/11/2026;23/11/2026;LUZ;Luz;-80,00EUR;920,00EUR\n"  # noqa: E501
BCP = (
    "Cuenta;191-0000000-0-00\nMoneda;Soles\nTipo de cuenta;Corriente\n\n"
    "Fecha;Fecha valuta;Descripción operación;Monto;Saldo;Sucursal - agencia;Operación - Número;Operación - Hora;Usuario;UTC;"
    "Referencia2\n"
    '23/11/2026;;7K3M-Q2XP Ada Müller;"1,234.56";"2,154.56";111-008;0001;10:00:00;X;0;\n'
    "23/11/2026;;Luz;-80.00;920.00;111-008;0002;10:00:00;X;0;\n"
)
FRENCH = (
    "Date de comptabilisation;Libelle;Reference;Debit;Credit\n"
    "23/11/2026;Ada Müller;7K3M-Q2XP;;1 234,56\n23/11/2026;EDF;;-80,00;\n"
)
ITALIAN = "Data contabile\tData valuta\tDare\tAvere\tDescrizione\n23/11/2026\t23/11/2026\t\t1.234,56\t7K3M-Q2XP Ada Müller\n23/11/2026\t23/11/2026\t80,00\t\tLuce\n"  # noqa: E501
BARCLAYS = (
    "Number,Date,Account,Amount,Subcategory,Memo\n"
    "\t ,23/11/2026,20-00-00 1,1234.56,Counter Credit,Ada Müller 7K3M-Q2XP\n ,23/11/2026,20-00-00 1,-80.00,DD,Power\n"
)
MONZO = (
    "Transaction ID,Date,Time,Type,Name,Emoji,Category,Amount,Currency,Local amount,Local currency,Notes and #tags,Address,"
    "Receipt,Description,Category split,Money Out,Money In\n"
    "tx_1,23/11/2026,10:00:00,Faster payment,Ada Müller,,Income,1234.56,EUR,1234.56,EUR,7K3M-Q2XP,,,7K3M,,,1234.56\n"
    "tx_2,23/11/2026,10:00:00,Direct Debit,Power,,Bills,-80.00,EUR,-80.00,EUR,,,,P,,-80.00,\n"
)
STARLING = (
    "Date,Counter Party,Reference,Type,Amount (EUR),Balance (EUR),Spending Category,Notes\n"
    "23/11/2026,Ada Müller,7K3M-Q2XP,FASTER PAYMENT,1234.56,2154.56,INCOME,\n23/11/2026,Power,x,DD,-80.00,920.00,BILLS,\n"
)
CHASE = (
    "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
    "CREDIT,11/23/2026,7K3M-Q2XP Ada Müller,1234.56,ACH_CREDIT,2154.56,\nDEBIT,11/23/2026,Power,-80.00,ACH_DEBIT,920.00,\n"
)
MARKED = 'Date,Details,Amount\n2026-11-23,7K3M-Q2XP Ada Müller,"1,234.56 CR"\n2026-11-23,Power,80.00 DR\n'
SWISS = "Datum;Text;Betrag\n23.11.2026;7K3M-Q2XP Ada Müller;1'234.56\n23.11.2026;Strom;80.00-\n"
BRACKETS = 'Date,Details,Amount\n2026-11-23,7K3M-Q2XP Ada Müller,"1,234.56"\n2026-11-23,Power,(80.00)\n'
BANKS = {
    "Sparkasse": SPARKASSE, "Deutsche Bank": DEUTSCHE, "ING": ING, "ING, Dutch": ING_NL, "BBVA": BBVA, "Santander": SANTANDER,
    "CaixaBank": CAIXABANK, "BCP": BCP, "French": FRENCH, "Italian": ITALIAN, "Barclays": BARCLAYS, "Monzo": MONZO,
    "Starling": STARLING, "Chase": CHASE, "CR and DR": MARKED, "Swiss": SWISS, "brackets": BRACKETS,
}  # fmt: skip


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1252", "iso-8859-1", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("bank", BANKS)
def test_the_layout_of_a_bank_is_read_in_every_coding(bank, coding):
    kept = kept_of(BANKS[bank].replace("\n", "\r\n").encode(coding))
    line = BankLine.objects.get()
    assert (f"{line.day}", line.amount, line.currency) == ("2026-11-23", 123456, "EUR")
    assert "7K3M-Q2XP" in line.text
    assert "Ada Müller" in f"{line.payer} {line.text}"
    assert (kept.came, kept.went, kept.totals) == (1, 1, {"EUR": 123456})
    assert len(kept.trouble) == (bank == "Deutsche Bank"), kept.trouble


def test_a_balance_below_the_table_is_told_and_no_money_that_came():
    assert kept_of(DEUTSCHE.encode()).trouble == ["Line 8 was left out: it has 6 cells, and the table 18."]


def test_the_header_may_name_the_currency():
    kept = kept_of(STARLING.replace("EUR", "GBP").encode(), currency="EUR")
    assert kept.totals == {"GBP": 123456}


@pytest.mark.parametrize("bank", ["Santander", "Barclays", "Starling"])
def test_days_that_may_be_read_in_two_ways_are_asked_about(bank):
    data = BANKS[bank].replace("23/11", "03/11").encode()
    with pytest.raises(tables.Ambiguous, match=r"The days may be day.month.year or month/day/year: say which."):
        kept_of(data)
    kept_of(data, order="day.month.year")
    assert f"{BankLine.objects.get().day}" == "2026-11-03"


def test_the_desk_asks_which_and_keeps_the_file():
    client, text = desk(), STARLING.replace("23/11", "03/11")
    asked = upload(client, text)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "The days may be day.month.year or month/day/year: say which." in page
    fields = {"kept": page.split('name="kept" value="')[1].split('"')[0], "name": "x.csv", "currency": "EUR"}
    assert client.post("/admin/campaigns/bankstatement/upload/", fields | {"order": "day.month.year"}).status_code == 302
    assert f"{BankLine.objects.get().day}" == "2026-11-03"


def test_the_desk_tells_what_became_of_every_line():
    client = desk()
    page = client.get(upload(client, DEUTSCHE).headers["Location"]).content.decode()
    told = "3 lines under the header; 1 of money that came, together €1,234.56; 1 of money that went; 1 could not be read."
    assert told in page
    assert "Of what came 1 is new." in page
    assert "Line 8 was left out: it has 6 cells, and the table 18." in page
    again = client.get(upload(client, DEUTSCHE).headers["Location"]).content.decode()
    assert "Of what came 0 are new. 1 was known already." in again


def test_a_statement_without_a_header_asks_and_loses_no_line():
    table = banking.read(b'23/11/2026,Ada,"1,234.56"\n24/11/2026,Ben,5.00\n')
    assert (len(table.rows), banking.guess(table), table.numbers) == (2, None, (1, 2))


HEAD = "Buchungstag;Auftraggeber;Verwendungszweck;Betrag;Währung\n"


@pytest.mark.parametrize(
    "broken",
    [
        '23.11.2026;"Ada;danke;25,00;EUR\n',
        '23.11.2026;Ada;"danke;25,00;EUR\n',
        '23.11.2026;Ada;5" Rohr;25,00;EUR\n',
        '23.11.2026;Ada;"5" Rohr;25,00;EUR\n',
    ],
)
def test_a_quotation_mark_that_nobody_closes_swallows_no_line(broken):
    others = "".join(f'24.11.2026;"Ben {number}";"x";1,00;EUR\n' for number in range(40))
    kept = kept_of((HEAD + broken + others).encode())
    assert (kept.came, kept.trouble) == (41, [])
    assert kept.statement.lines.get(amount=2500).payer == "Ada"


def test_two_of_them_swallow_nothing_between():
    lines = '23.11.2026;Ada;"danke;25,00;EUR\n24.11.2026;Ben;x;1,00;EUR\n25.11.2026;"Cy;y;2,00;EUR\n'
    assert kept_of((HEAD + lines).encode()).totals == {"EUR": 2800}


def test_one_that_leaves_too_few_cells_names_its_line():
    kept = kept_of((HEAD + '23.11.2026;"Ada\n24.11.2026;Ben;x;1,00;EUR\n').encode())
    assert (kept.came, kept.trouble) == (1, ["Line 2 was left out: a quotation mark is missing."])


def test_a_cell_of_several_lines_is_one_cell():
    kept = kept_of((HEAD + '23.11.2026;Ada;"danke\nsehr; ""viel""";25,00;EUR\n24.11.2026;Ben;x;1,00;EUR\n').encode())
    assert kept.statement.lines.get(amount=2500).text == 'danke sehr; "viel"'
    assert kept.came == 2


def test_the_same_and_overlapping_statements_bring_nothing_twice_in_whatever_coding():
    assert kept_of(SPARKASSE.encode("cp1252")).new == 1
    assert kept_of(SPARKASSE.encode()).new == 0
    twice = SPARKASSE + SPARKASSE.splitlines()[1] + "\n"
    assert (kept_of(twice.encode()).new, kept_of(twice.encode()).new) == (1, 0)
    assert BankLine.objects.count() == 2
