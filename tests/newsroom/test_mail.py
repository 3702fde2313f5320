"""Mail of the trial becomes files; EMAIL_URL becomes Django's SMTP options."""

import email
import email.policy
import multiprocessing
import os
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.smtp import EmailBackend

from newsroom.mail import OutboxBackend, mailers

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def message(subject: str = "Thank you", to: Sequence[str] = ("reader@example.org",)) -> mail.EmailMultiAlternatives:
    return mail.EmailMultiAlternatives(subject, "Grüße, naïve reader — 25 €", "desk@example.org", to)


def read(path: Path) -> email.message.EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def test_each_message_is_a_file_that_mail_programs_read(tmp_path):
    first, second = message("First"), message("Second — für dich")
    second.attach_alternative("<p>Grüße</p>", "text/html")
    assert OutboxBackend(folder=tmp_path / "outbox").send_messages([first, second]) == 2

    files = sorted((tmp_path / "outbox").iterdir())
    assert [path.suffix for path in files] == [".eml", ".eml"]
    assert [read(path)["Subject"] for path in files] == ["First", "Second — für dich"]
    assert read(files[0]).get_content().strip() == "Grüße, naïve reader — 25 €"
    html = read(files[1]).get_body(("html",))
    assert html
    assert html.get_content().strip() == "<p>Grüße</p>"


def test_only_the_owner_may_read_the_outbox(tmp_path):
    OutboxBackend(folder=tmp_path / "outbox").send_messages([message()])
    (path,) = (tmp_path / "outbox").iterdir()
    assert [stat.S_IMODE(found.stat().st_mode) for found in (tmp_path / "outbox", path)] == [0o700, 0o600]


def test_a_message_to_nobody_makes_no_file(tmp_path):
    assert OutboxBackend(folder=tmp_path / "outbox").send_messages([message(to=[])]) == 0
    assert not (tmp_path / "outbox").exists()


def test_a_message_that_cannot_be_written_leaves_no_half_file(tmp_path, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(OSError, match="No space left"):
        OutboxBackend(folder=tmp_path / "outbox").send_messages([message()])
    assert list((tmp_path / "outbox").iterdir()) == []


def find_settings() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"


def send_many(folder: Path) -> None:
    OutboxBackend(folder=folder).send_messages([message(str(number)) for number in range(25)])


def test_many_processes_write_at_once_and_lose_nothing(tmp_path):
    with multiprocessing.get_context("spawn").Pool(4, find_settings) as pool:
        pool.map(send_many, [tmp_path / "outbox"] * 4)
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 100


def test_without_an_address_mail_goes_to_the_outbox(tmp_path):
    assert mailers("", outbox=tmp_path) == {
        "default": {"BACKEND": "newsroom.mail.OutboxBackend", "OPTIONS": {"folder": tmp_path}}
    }


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("smtp://mail.example.org", {"host": "mail.example.org", "port": 587, "use_tls": True, "use_ssl": False}),
        ("smtp://mail.example.org:25/?tls=0", {"port": 25, "use_tls": False, "use_ssl": False}),
        ("smtps://mail.example.org", {"port": 465, "use_tls": False, "use_ssl": True}),
        ("smtp://a%40b:p%2Fq%3A@mail.example.org:2525/?tls=1&timeout=3", {"username": "a@b", "password": "p/q:", "timeout": 3.0}),
    ],
)
def test_an_address_becomes_options_that_django_accepts(tmp_path, address, expected):
    default = mailers(address, outbox=tmp_path)["default"]
    assert default["BACKEND"] == SMTP
    assert default["OPTIONS"] | expected == default["OPTIONS"]
    assert EmailBackend(alias="default", **default["OPTIONS"]).port == default["OPTIONS"]["port"]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://mail.example.org", "must begin with smtp://, smtps:// or one of brevo, mailersend, mailgun"),
        ("smtp://:587", "the host is missing"),
        ("smtp://mail.example.org:port", "Port could not be cast"),
        ("smtp://mail.example.org/?tls=perhaps", "tls is 1 or 0, not “perhaps”"),
        ("smtp://mail.example.org/?ssl=1", "“ssl” is not an option"),
    ],
)
def test_an_address_that_means_nothing_is_refused_with_its_reason(tmp_path, address, reason):
    with pytest.raises(ImproperlyConfigured, match=reason):
        mailers(address, outbox=tmp_path)
