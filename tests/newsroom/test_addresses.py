import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from newsroom.addresses import clean


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ana@example.org", "ana@example.org"),
        ("  ana@example.org ", "ana@example.org"),
        ("Ana.Ruiz+news@Example.ORG", "Ana.Ruiz+news@example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("ana@faß.example", "ana@xn--fa-hia.example"),
        ("ana@почта.example", "ana@xn--80a1acny.example"),
        ("ana@sub.domain.co.example", "ana@sub.domain.co.example"),
    ],
)
def test_an_address_is_kept_in_one_form(typed, kept):
    assert clean(typed) == kept


LOOKS_WRONG = "This is not an e-mail address. It should look like name@example.org."
NO_SUCH = "There is no such e-mail address: look at the part after the “@” again."


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter your e-mail address."),
        (" \t ", "Enter your e-mail address."),
        ("ana", LOOKS_WRONG),
        ("@example.org", LOOKS_WRONG),
        ("ana@", LOOKS_WRONG),
        ("ana@b@example.org", LOOKS_WRONG),
        ("ana@example.org\nBcc: eve@example.org", LOOKS_WRONG),
        ("ana@example.org\r\n", LOOKS_WRONG),
        ("ana\x00@example.org", LOOKS_WRONG),
        ("ana@example.org, eve@example.org", LOOKS_WRONG),
        ("Ana <ana@example.org>", LOOKS_WRONG),
        ('"ana ruiz"@example.org', LOOKS_WRONG),
        ("ana ruiz@example.org", LOOKS_WRONG),
        ("ana@[127.0.0.1]", LOOKS_WRONG),
        ("ana@localhost", NO_SUCH),
        ("ana@example", NO_SUCH),
        ("ana@exa_mple.org", NO_SUCH),
        ("ana@example..org", NO_SUCH),
        ("ana@-example.org", NO_SUCH),
        ("a" * 65 + "@example.org", NO_SUCH),
        ("a" * 5000, "This is longer than any e-mail address can be (254 characters)."),
        (
            "ána@example.org",
            "Before the “@” we can only write to plain letters without accents. Do you have another address?",
        ),
    ],
)
def test_everything_else_gets_a_sentence(typed, sentence):
    with pytest.raises(ValidationError) as refusal:
        clean(typed)
    assert refusal.value.messages == [sentence]


PLAIN = re.compile(r"[!-~]+@[a-z0-9.-]+\.[a-z0-9-]+")


@given(st.text() | st.emails() | st.from_regex(r"[^@]{1,20}@[^@]{1,20}\.[^@]{1,20}"))
def test_whatever_is_typed_is_one_plain_address_or_a_sentence(typed):
    try:
        kept = clean(typed)
    except ValidationError as refusal:
        (sentence,) = refusal.messages
        assert sentence
    else:
        assert PLAIN.fullmatch(kept)
        assert len(kept) <= 254
        assert clean(kept) == kept
