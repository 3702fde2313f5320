"""A variable that cannot be used is told in a sentence with its name, and no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from newsroom import environment, trial

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCTION = {"DATABASE_URL": "postgres://nobody@localhost/nowhere", "SECRET_KEY": "a key"}


def manage(*words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=os.environ | PRODUCTION | variables, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "abc", "PORT=abc cannot be used: it must be a whole number from 1 to 65535."),
        ("DATABASE_POOL", "abc", "DATABASE_POOL=abc cannot be used: it must be a whole number from 1 to 1000."),
        (
            "PEERTUBE_HOSTS",
            "a.example;*",
            "PEERTUBE_HOSTS cannot be used: “a.example;*” is not a host name like video.example.org.",
        ),
        ("DIGEST_HOUR", "24", "DIGEST_HOUR=24 cannot be used: it must be a whole number from 0 to 23."),
        (
            *("LOG_LEVEL", "verbose"),
            "LOG_LEVEL=VERBOSE cannot be used: it must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL.",
        ),
        ("TIME_ZONE", "Mars", "TIME_ZONE=Mars is not a time zone known here: use a name like Europe/Madrid, or UTC."),
        ("DATABASE_URL", "nonsense", "DATABASE_URL must look like postgres://user:password@host/name"),
    ],
)
def test_manage_says_what_cannot_be_used(name, value, sentence):
    done = manage("check", **{name: value})
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{sentence}\n")


def test_bin_run_says_what_cannot_be_used():
    """Through the step that bin/run takes before it serves."""
    command = [sys.executable, "-m", "newsroom.firstrun", "1"]
    variables = os.environ | PRODUCTION | {"DIGEST_HOUR": "x", "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
    done = subprocess.run(command, cwd=ROOT, env=variables, input="password\n", capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (1, "DIGEST_HOUR=x cannot be used: it must be a whole number from 0 to 23.\n")


def test_a_variable_that_is_missing_or_empty_has_its_default(monkeypatch):
    monkeypatch.delenv("DIGEST_HOUR", raising=False)
    assert environment.number("DIGEST_HOUR", 7, least=0, most=23) == 7
    monkeypatch.setenv("DIGEST_HOUR", "")
    assert environment.number("DIGEST_HOUR", 7, least=0, most=23) == 7
    monkeypatch.setenv("DIGEST_HOUR", "23")
    assert environment.number("DIGEST_HOUR", 7, least=0, most=23) == 23


@pytest.mark.parametrize("zone", ["America", "../UTC", "/etc/passwd", ".", "Europe/Atlantis"])
def test_what_is_no_time_zone_is_refused(zone, monkeypatch):
    monkeypatch.setenv("TIME_ZONE", zone)
    with pytest.raises(environment.ImproperlyConfigured, match=r"^TIME_ZONE=.* is not a time zone known here"):
        environment.time_zone("TIME_ZONE", "UTC")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::", "::1", "news.local"])
def test_mails_carry_the_address_that_is_announced(host, monkeypatch):
    monkeypatch.delenv("SITE_URL", raising=False)
    words = ("shell", "--no-imports", "-c", "from django.conf import settings as s; print(s.SITE_URL, s.ALLOWED_HOSTS)")
    done = manage(*words, HOST=host, PORT="8123", DATABASE_URL="", SECRET_KEY="", NEWSROOM_DEMO="0")
    address, hosts = done.stdout.strip().split(" ", 1)
    assert address == trial.site_address(host, 8123)
    assert address.removeprefix("http://").removesuffix(":8123") in hosts
