"""Real processes, a real mail server, kill -9: nobody missed, and nobody twice except those listed as unknown."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from digest import delivery
from digest.models import Delivery, Edition
from tests.digest.sink import Sink
from tests.factories import make_article, make_subscriber

ROOT = Path(__file__).resolve().parents[2]
READERS = 60

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.usefixtures("_readers")]


@pytest.fixture
def _readers() -> None:
    make_article(headline="The ferry is back", published_at=timezone.now() - timedelta(hours=1))
    for number in range(READERS):
        make_subscriber(f"reader{number:03}@example.org")


def start(sink: Sink, *arguments: str) -> subprocess.Popen[str]:
    """manage.py send_digest in a process of its own, on this test's database and mail server."""
    there = connection.get_connection_params()
    address = f"postgres://{there['user']}@/{there['dbname']}?host={quote(there['host'], safe='')}"
    environment = os.environ | {
        "DATABASE_URL": address,
        "SECRET_KEY": "the-key-of-a-test",
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}/?tls=0",
        "SITE_URL": "https://newsroom.example.org",
    }
    command = [sys.executable, "manage.py", "send_digest", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(process: subprocess.Popen[str]) -> str:
    out, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (0, "")
    return out


def wait_until_heard(sink: Sink, number: int) -> None:
    deadline = time.monotonic() + 30
    while len(sink.heard) < number:
        assert time.monotonic() < deadline, "the sender did not get that far"
        time.sleep(0.005)


def by_reader() -> dict[str, str]:
    return dict(Delivery.objects.values_list("subscriber__email", "status"))


@pytest.mark.parametrize("heard", [1, 7, 31])
def test_killed_while_sending_nobody_is_missed_and_nobody_gets_it_twice(sink, heard):
    sink.delay = 0.01
    sender = start(sink)
    wait_until_heard(sink, heard)
    os.kill(sender.pid, signal.SIGKILL)
    sender.communicate()
    time.sleep(0.05)  # what the mail server was answering when the sender died
    (claimed,) = [reader for reader, status in by_reader().items() if status == "claimed"]

    finished(start(sink))
    delivery.send(Edition.objects.get(), clock=lambda: timezone.now() + delivery.LEASE)

    listed = Counter(by_reader().values())
    assert listed == {"accepted": READERS - 1, "unknown": 1}
    assert by_reader()[claimed] == "unknown"
    times = Counter(sink.recipients)
    assert {reader for reader in times if times[reader] > 1} == set()
    assert set(by_reader()) - set(times) <= {claimed}


def test_four_senders_at_once_send_to_everybody_once(sink):
    sink.delay = 0.005
    senders = [start(sink) for _ in range(4)]
    lines = [finished(sender).splitlines()[-1] for sender in senders]
    assert sorted(sink.recipients) == sorted(by_reader())
    assert Counter(by_reader().values()) == {"accepted": READERS}
    assert sink.connections > 1
    assert Edition.objects.count() == 1
    assert all(line.startswith("Digest of ") for line in lines)
    assert any(line.endswith(f": {READERS} readers: {READERS} accepted, 0 refused, 0 unknown.") for line in lines)


def test_killed_again_and_again_the_table_and_the_mail_server_agree(sink):
    sink.delay = 0.005
    for round_ in range(4):
        sender = start(sink)
        wait_until_heard(sink, (round_ + 1) * 9)
        os.kill(sender.pid, signal.SIGKILL)
        sender.communicate()
    finished(start(sink))
    delivery.send(Edition.objects.get(), clock=lambda: timezone.now() + delivery.LEASE)

    table, times = by_reader(), Counter(sink.recipients)
    unknown = {reader for reader, status in table.items() if status == "unknown"}
    assert len(unknown) <= 4
    assert {reader for reader, status in table.items() if status == "accepted"} | unknown == set(table)
    assert max(times.values()) == 1
    assert set(table) - set(times) <= unknown
