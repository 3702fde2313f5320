"""Real processes and kill -9: each instalment is charged once, and each donor of a processor that is gone is written to once."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from campaigns.checking import differences
from campaigns.models import Instalment, LedgerEntry, Pledge, PledgeMail, SandboxPayment, Stranding
from tests.campaigns.gifts import a_pledge
from tests.factories import NOON, make_campaign

ROOT = Path(__file__).resolve().parents[2]
DUE = NOON + timedelta(days=30)

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def start(*words: str) -> "subprocess.Popen[str]":
    """A process of its own on this test's database."""
    there = connection.get_connection_params()
    address = f"postgres://{there['user']}@/{there['dbname']}?host={quote(there['host'], safe='')}"
    environment = os.environ | {
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "LOG_LEVEL": "ERROR",
        "PYTHONPATH": str(ROOT),
        "SECRET_KEY": "the-key-of-a-test",
        "SITE_URL": "https://newsroom.example.org",
    }
    command = [sys.executable, *words]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finished(process: "subprocess.Popen[str]") -> str:
    out, error = process.communicate(timeout=120)
    assert (process.returncode, error) == (0, "")
    return out


def killed_when(process: "subprocess.Popen[str]", is_there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_there():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "it did not get that far"
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


def reached(rows: type[SandboxPayment | Stranding], wanted: int) -> bool:
    return rows.objects.count() >= wanted


def pledges(number: int) -> None:
    campaign = make_campaign(ends_at=None)
    for n in range(number):
        a_pledge(campaign=campaign, email=f"donor{n}@example.org", amount=1000 + n)


def collector(minutes: int) -> "subprocess.Popen[str]":
    return start("tests/campaigns/collector.py", (DUE + timedelta(minutes=minutes)).isoformat())


def test_killed_again_and_again_while_collecting_each_instalment_is_charged_once():
    pledges(40)
    first = SandboxPayment.objects.count()
    for turn in range(6):
        wanted = first + 1 + turn * 6
        two = [collector(20 * turn), collector(20 * turn)]
        for process in two:
            killed_when(process, partial(reached, SandboxPayment, wanted))
    finished(collector(200))
    finished(collector(220))
    assert Counter(Instalment.objects.values_list("period", "status")) == {
        (NOON.date(), "paid"): 40,
        (DUE.date(), "paid"): 40,
    }
    assert (SandboxPayment.objects.count(), SandboxPayment.objects.filter(status="paid").count()) == (80, 80)
    assert LedgerEntry.objects.total() == sum(SandboxPayment.objects.values_list("amount", flat=True))
    assert set(Pledge.objects.values_list("next_due", flat=True)) == {(NOON + timedelta(days=61)).date()}
    assert differences() == []


def test_killed_in_the_middle_of_processor_down_the_same_command_goes_on_and_writes_to_everybody_once():
    pledges(1)
    copies = list(Pledge.objects.all())
    many = [{"donor_id": copies[0].donor_id, **fields_of(copies[0])} for _ in range(4999)]
    Pledge.objects.bulk_create(Pledge(**fields) for fields in many)
    for wanted in (1, 1500, 3000):
        killed_when(start("manage.py", "processor_down", "sandbox"), partial(reached, Stranding, wanted))
    assert Stranding.objects.count() < 5000
    assert "5,000 pledges without a way" in finished(start("manage.py", "processor_down", "sandbox"))
    assert Counter(Pledge.objects.values_list("status", flat=True)) == {"stranded": 5000}
    assert (Stranding.objects.count(), PledgeMail.objects.count(), jobs()) == (5000, 5000, 5000)
    killed_when(start("manage.py", "processor_up", "sandbox"), lambda: Pledge.objects.filter(status="active").count() >= 1000)
    assert "5000 pledges went back to it" in finished(start("manage.py", "processor_up", "sandbox"))
    assert Counter(Pledge.objects.values_list("status", flat=True)) == {"active": 5000}
    assert PledgeMail.objects.filter(kind="restored").count() == 5000


def fields_of(pledge: Pledge) -> dict[str, object]:
    names = ("campaign_id", "amount", "currency", "rhythm", "day", "status", "processor", "mandate", "consent", "consented_at")
    return {name: getattr(pledge, name) for name in (*names, "started_at", "next_due")}


def jobs() -> int:
    """Mails queued, as the job queue has them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'campaigns.mail_pledge'")
        return cursor.fetchone()[0]
