"""Django's command line on a folder where nothing has run yet."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import manage as command_line

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def never_run() -> Iterator[Path]:
    """Not tmp_path: every starting pytest closes the folder above it to the user that runs Postgres."""
    with tempfile.TemporaryDirectory(prefix="newsroom-test-") as folder:
        yield Path(folder) / "var"


def manage(var: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"NEWSROOM_VAR": str(var)}
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("command", ["check_ledger", "publish_due", "send_digest", "demo"])
def test_a_command_on_a_newsroom_that_never_ran_says_what_to_run_first(never_run, command):
    done = manage(never_run, command)
    assert done.stderr == "The database lacks tables or columns of this version: run bin/run first, or manage.py migrate.\n"
    assert done.returncode == 1


def test_a_mistake_of_the_person_is_told_as_before(never_run):
    done = manage(never_run, "import_wordpress", "no-such-file.xml")
    assert "no-such-file.xml" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 1


@pytest.mark.django_db
def test_where_the_database_is_up_to_date_an_error_stays_what_it_is():
    def fails(words: list[str]) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        command_line.on_its_tables(fails)
