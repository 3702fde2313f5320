"""RFC 9110: sections 12.5.3 and 13. tests/deploy/test_nginx.py holds the same against the real nginx."""

import pytest

from newsroom.pages.conditions import chosen, verdict

MARK, MODIFIED = '"6b0430a9-578"', 1795436921
DATE, EARLIER, LATER = (f"Mon, 23 Nov 2026 12:28:4{second} GMT" for second in (1, 0, 2))
SAME, OTHER = "304 Not Modified", "412 Precondition Failed"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP", "gzip"),
        ("gzip;q=0.5", "gzip"),
        ("gzip;q=0", ""),
        ("br; Q=0.000, gzip", "gzip"),
        ("*", ""),
        ("identity;q=0", ""),
        ("brotli, x-gzip", ""),
        (",;q=1,", ""),
    ],
)
def test_the_best_coding_that_is_taken_by_name_is_chosen(accepted, coding):
    assert chosen(accepted, {"", "gzip", "br"}) == coding


def test_a_page_without_twins_is_sent_as_it_is():
    assert chosen("gzip, br", {""}) == ""


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({}, ""),
        ({"IF_NONE_MATCH": MARK}, SAME),
        ({"IF_NONE_MATCH": f'"x" , W/{MARK}'}, SAME),
        ({"IF_NONE_MATCH": "*"}, SAME),
        ({"IF_NONE_MATCH": '"x"'}, ""),
        ({"IF_NONE_MATCH": MARK.strip('"')}, ""),
        ({"IF_NONE_MATCH": ""}, ""),
        ({"IF_MODIFIED_SINCE": DATE}, SAME),
        ({"IF_MODIFIED_SINCE": "Monday, 23-Nov-26 12:28:41 GMT"}, SAME),
        ({"IF_MODIFIED_SINCE": EARLIER}, ""),
        ({"IF_MODIFIED_SINCE": LATER}, ""),
        ({"IF_MODIFIED_SINCE": "yesterday"}, ""),
        ({"IF_NONE_MATCH": MARK, "IF_MODIFIED_SINCE": DATE}, SAME),
        ({"IF_NONE_MATCH": '"x"', "IF_MODIFIED_SINCE": DATE}, ""),
        ({"IF_NONE_MATCH": MARK, "IF_MODIFIED_SINCE": EARLIER}, ""),
        ({"IF_MATCH": MARK}, ""),
        ({"IF_MATCH": "*"}, ""),
        ({"IF_MATCH": f"W/{MARK}"}, OTHER),
        ({"IF_MATCH": '"x"'}, OTHER),
        ({"IF_UNMODIFIED_SINCE": DATE}, ""),
        ({"IF_UNMODIFIED_SINCE": EARLIER}, OTHER),
        ({"IF_UNMODIFIED_SINCE": "yesterday"}, ""),
        ({"IF_MATCH": MARK, "IF_UNMODIFIED_SINCE": EARLIER}, ""),
        ({"IF_MATCH": MARK, "IF_NONE_MATCH": MARK}, SAME),
    ],
)
def test_a_condition_is_read_as_the_standard_has_it(said, answer):
    assert verdict({f"HTTP_{name}": value for name, value in said.items()}, MARK, MODIFIED) == answer
