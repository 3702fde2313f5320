"""Other people's tables, as banks and processors write them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import tables
from campaigns.tables import Unreadable

GERMAN = (
    "Konto;DE89 3704 0044 0532 0130 00\nZeitraum;November\n\n"
    'Buchungstag;Auftraggeber;Verwendungszweck;Betrag;Währung\n"23.11.2026";"Müller, Ada";"7K3M-Q2XP; danke";"1.234,56";EUR\n'
)


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_table_is_read_in_any_coding_with_what_stands_before_it_left_out(coding):
    table = tables.read(GERMAN.encode(coding))
    assert table.header == ("Buchungstag", "Auftraggeber", "Verwendungszweck", "Betrag", "Währung")
    assert table.rows == (("23.11.2026", "Müller, Ada", "7K3M-Q2XP; danke", "1.234,56", "EUR"),)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_any_usual_separator_is_found(sign):
    data = "\n".join(
        sign.join(line) for line in (["Date", "Amount", "Text"], ["2026-11-23", "5.00", "a, b"], ["2026-11-24", "6", ""])
    )
    if sign == ",":
        data = data.replace("a, b", '"a, b"')
    assert tables.read(data.encode()).rows[0] == ("2026-11-23", "5.00", "a, b")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\n\n\n", "The file is empty."),
        (b"hello", "No table was found"),
        (b"a,b\n", "a header and no lines"),
        (b",".join([b"x"] * 300) + b"\n" + b",".join([b"y"] * 300), "more than 200 columns"),
        (b'a,b,c\n"x,1\n', "Line 2 was left out: a quotation mark is missing."),
    ],
)
def test_what_is_no_table_says_why(data, sentence):
    with pytest.raises(Unreadable, match=sentence):
        tables.read(data)


@given(st.binary(max_size=2000))
def test_no_file_breaks_it(data):
    try:
        table = tables.read(data)
    except Unreadable:
        return
    assert {len(row) for row in table.rows} == {len(table.header)}


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("-1.234.567,89 EUR", "-1234567.89"),
        ("(12.00)", "-12.00"),
        ("12,00-", "-12.00"),
        ("+25", "25"),
        ("€ 25,5", "25.5"),
        ("1 234,56", "1234.56"),
        ("0,10", "0.10"),
        ("\u2212 7.25", "-7.25"),
    ],
)
def test_sums_are_read_as_machines_write_them(cell, value):
    assert tables.amount(cell) == Decimal(value)


@pytest.mark.parametrize("cell", ["", "abc", "1.2.3", "--", "1,2,3.4.5"])
def test_what_is_no_sum_says_so(cell):
    with pytest.raises(Unreadable, match="is no sum"):
        tables.amount(cell)


@pytest.mark.parametrize(
    ("cell", "order"),
    [
        ("2026-11-23", "year-month-day"),
        ("2026-11-23T10:11:12Z", "year-month-day"),
        ("2026-11-23 10:11:12 UTC", "year-month-day"),
        ("23.11.2026", "day.month.year"),
        ("23.11.26", "day.month.year"),
        ("23/11/2026 10:11", "day.month.year"),
        ("11/23/2026", "month/day/year"),
        ("Nov 23, 2026", "month/day/year"),
        ("11/23/2026 10:11:12 PM PST", "month/day/year"),
    ],
)
def test_days_are_read_in_their_order(cell, order):
    assert tables.day(cell, order) == date(2026, 11, 23)
    assert tables.order_of([cell]) == order


def test_one_day_in_the_column_tells_the_order_of_all():
    assert tables.order_of(["01/02/2026", "", "02/13/2026"]) == "month/day/year"
    with pytest.raises(Unreadable):
        tables.order_of(["13/02/2026", "02/13/2026"])
