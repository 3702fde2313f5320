"""A real process that dies in the middle of an import, and the same command again."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from campaigns.checking import differences
from campaigns.models import Donation, GiftName, LedgerEntry
from tests.campaigns.moving.exports import GIVEWP, written

pytestmark = pytest.mark.django_db(transaction=True)
LINES = 6000


def command(path: Path) -> subprocess.Popen[str]:
    there = connection.get_connection_params()
    address = f"postgres://{there['user']}@/{there['dbname']}?host={quote(there['host'], safe='')}"
    own = {"DATABASE_URL": address, "SECRET_KEY": "x" * 60, "NEWSROOM_VAR": str(settings.VAR), "DEBUG": "1"}
    return subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "import_gifts", str(path)],
        env=os.environ | own | {"DJANGO_SETTINGS_MODULE": "newsroom.settings"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_killed_in_the_middle_and_started_again_it_brings_every_gift_once(tmp_path):
    rows = [{"Donation ID": str(n), "_give_payment_transaction_id": f"ch_{n:06}"} for n in range(LINES)]
    path = written(tmp_path / "give.csv", GIVEWP, *rows)
    first = command(path)
    until = time.monotonic() + 60
    while not Donation.objects.exists() and first.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    first.send_signal(signal.SIGKILL)
    _, err = first.communicate()
    came = Donation.objects.count()
    assert 0 < came < LINES, (came, err)
    second = command(path)
    out, err = second.communicate(timeout=120)
    assert second.returncode == 0, err
    assert f"gave {LINES - came:,} gifts; {came:,} were here already" in out
    assert (Donation.objects.count(), LedgerEntry.objects.count()) == (LINES, LINES)
    assert (LedgerEntry.objects.total(), GiftName.objects.count()) == (LINES * 2500, LINES * 2)
    assert differences() == []
