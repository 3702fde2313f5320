"""Headers that survive the wire, whatever the newsroom and its articles are called."""

import email
import re
from email import policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.models import Masthead
from digest import letters


def wire(subject: str = "Subject", name: str = "The Lamp", contact: str = "", **headers: str) -> bytes:
    masthead = Masthead(name=name, contact_email=contact)
    letter = letters.write("ana@example.org", masthead, (letters.one_line(subject), "Text\n", "<p>Text</p>\n"), headers)
    return letter.message(policy=policy.SMTP).as_bytes()  # type: ignore[arg-type]  # the stubs think of old messages


def head(raw: bytes) -> bytes:
    return raw.split(b"\r\n\r\n")[0]


@given(st.text(max_size=90), st.text(max_size=250))
def test_any_name_and_subject_arrive_as_they_were(name, subject):
    raw = wire(subject, name)
    parsed = email.message_from_bytes(raw)
    shown, address = parseaddr(parsed["From"])
    assert str(make_header(decode_header(parsed["Subject"] or ""))).strip() == letters.one_line(subject)
    assert str(make_header(decode_header(shown))) == letters.one_line(name)
    assert address == "newsroom@localhost"


@given(st.text(max_size=90), st.text(max_size=250))
def test_no_name_and_no_subject_adds_a_header_or_breaks_a_line(name, subject):
    header = head(wire(subject, name))
    assert header.isascii()
    assert b"?==?" not in header  # two encoded words glued together: Yahoo refuses such mail
    assert max(len(line) for line in header.split(b"\r\n")) <= 300
    names = sorted(line.split(b":")[0] for line in header.split(b"\r\n") if not line.startswith((b" ", b"\t")))
    assert names == [b"Content-Type", b"Date", b"From", b"MIME-Version", b"Message-ID", b"Subject", b"To"]


@pytest.mark.parametrize(
    "evil", ["a\r\nBcc: eve@example.org", "a\nBcc: eve@example.org", "a\x00b", "a\u2028Bcc: x", "a\x0bBcc: x"]
)
def test_line_ends_in_a_name_or_subject_are_spaces(evil):
    raw = wire(evil, evil)
    assert email.message_from_bytes(raw)["Bcc"] is None
    assert len(re.findall(rb"(?im)^bcc", raw)) == 0


def test_a_long_link_to_unsubscribe_stays_one_line():
    address = f"https://www.a-long-name-for-a-newsroom.example.org/digest/unsubscribe/{'A' * 80}/"
    raw = wire(**letters.unsubscribe_headers(address))
    assert f"\r\nList-Unsubscribe: <{address}>\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


def test_the_newsrooms_name_stands_before_its_address(settings):
    settings.DEFAULT_FROM_EMAIL = "news@example.org"
    assert email.message_from_bytes(wire(name="The Lamp"))["From"] == "The Lamp <news@example.org>"


def test_a_name_in_the_setting_wins(settings):
    settings.DEFAULT_FROM_EMAIL = "Morning Lamp <news@example.org>"
    assert email.message_from_bytes(wire(name="The Lamp"))["From"] == "Morning Lamp <news@example.org>"


def test_answers_go_to_the_newsrooms_contact():
    assert email.message_from_bytes(wire(contact="desk@example.org"))["Reply-To"] == "desk@example.org"
    assert email.message_from_bytes(wire())["Reply-To"] is None


def test_text_comes_before_html_in_lines_of_seven_bits():
    message = email.message_from_bytes(wire(), policy=policy.default)
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_an_international_host_is_written_in_ascii(settings):
    settings.SITE_URL = "https://bücher.example"
    assert letters.host() == "xn--bcher-kva.example"
