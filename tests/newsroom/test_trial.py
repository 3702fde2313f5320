"""The trial as a person meets it: started, killed, started again, stopped."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsroom import postgres, processes, trial

ROOT = Path(__file__).resolve().parent.parent.parent


class Running:
    """`python -m newsroom.trial`, what `bin/run` becomes once the packages are there."""

    def __init__(self, var: Path, port: int, **variables: str) -> None:
        self.port, self.said = port, ""
        environment = {name: value for name, value in os.environ.items() if name != processes.MARK} | variables
        self.process = subprocess.Popen(
            [sys.executable, "-m", "newsroom.trial"],
            cwd=ROOT,
            env=environment | {"NEWSROOM_VAR": str(var), "HOST": "127.0.0.1", "PORT": str(port), "NEWSROOM_DEMO": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line

    def wait_for(self, words: str, seconds: float = 90) -> None:
        deadline = time.monotonic() + seconds
        while words not in self.said:
            assert time.monotonic() < deadline, f"“{words}” was never said:\n{self.said}"
            assert self.process.poll() is None or words in self.said, self.said
            time.sleep(0.05)

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as response:
                return response.status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    def wait_until_status(self, path: str, status: int, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while (found := self.status(path)) != status:
            assert time.monotonic() < deadline, f"{path} answers {found}:\n{self.said}"
            time.sleep(0.2)

    def announced(self) -> str:
        found = re.search(r"Site +(\S+)/\n", self.said)
        assert found, self.said
        return found[1]

    def sign_in(self, name: str, password: str) -> bool:
        """Whether the desk opens, by the announced address, with cookies as a browser keeps them."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        where = f"{self.announced()}/admin/login/?next=/admin/"
        with opener.open(where, timeout=20) as page:
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
        assert token
        words = urllib.parse.urlencode({"username": name, "password": password, "csrfmiddlewaretoken": token[1]}).encode()
        with opener.open(where, words, timeout=20) as desk:
            return desk.url == f"{self.announced()}/admin/"

    def end(self, how: int) -> int:
        self.process.send_signal(how)
        status = self.process.wait(60)
        self.reader.join(30)  # what it started may say something for a moment longer
        assert self.process.stdout
        self.process.stdout.close()
        return status


@pytest.fixture
def var() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="newsroom-test-"))
    yield folder / "var of a trial"
    shutil.rmtree(folder)


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def left_of(var: Path) -> list[str]:
    """Command lines of the processes that were started for `var`."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words, around = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except OSError:
            continue
        if str(var).encode() in words or f"NEWSROOM_VAR={var}".encode() in around.split(b"\0"):
            found.append(words.decode(errors="replace"))
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for leftovers in /proc")
def test_a_killed_trial_starts_again_and_a_stopped_one_leaves_nothing(var, port):
    first = Running(var, port)
    first.wait_for("Ctrl-C stops everything.")
    assert re.search(rf"Site +http://127\.0\.0\.1:{port}/\n", first.said)
    assert re.search(r"Editor +editor +password +\S{10,}", first.said)
    assert first.status("/healthz") == 200

    second = Running(var, port)
    second.process.wait(30)
    second.wait_for(f"Newsroom already runs on {var} at http://127.0.0.1:{port}")
    assert second.end(signal.SIGTERM) == 1

    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    again = Running(var, port)
    again.wait_for("Ctrl-C stops everything.")
    assert "Making a database" not in again.said
    assert again.status("/admin/login/") == 200
    assert again.end(signal.SIGINT) == 0
    again.wait_for("Stopped; the next bin/run starts where this one ended.")
    assert left_of(var) == []


@pytest.fixture
def database() -> Iterator[str]:
    """The address of a Postgres that is not the trial's own."""
    var = Path(tempfile.mkdtemp(prefix="newsroom-test-"))
    server = postgres.Server(var, throwaway=True)
    server.join()
    yield postgres.url(var)
    server.leave()


def manage(database: str, code: str) -> str:
    """What Django in production, beside the same database, prints."""
    variables = os.environ | {"DATABASE_URL": database, "SECRET_KEY": "a key"}
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=True, timeout=60).stdout


def test_beside_a_database_of_ones_own_the_announced_site_answers_and_lets_its_people_in(var, port, database):
    first = Running(var, port, DATABASE_URL=database, SECRET_KEY="a key")
    first.wait_for("Ctrl-C stops everything.")
    assert not (var / "postgres").exists()
    assert first.announced() == f"http://127.0.0.1:{port}"
    assert first.status("/") == 200
    found = re.search(r"Editor +(\S+) +password +(\S+)", first.said)
    assert found
    assert found[1] == "editor"
    assert first.sign_in(found[1], found[2])
    first.wait_until_status("/readyz", 200)
    manage(database, "from newsroom.tasks import forget_shares; forget_shares.configure(queueing_lock=None).defer(timestamp=0)")
    jobs = "from procrastinate.contrib.django.models import ProcrastinateJob; import time\n"
    left = "ProcrastinateJob.objects.filter(task_name='newsroom.forget_shares').exists()"
    assert (
        manage(database, f"{jobs}end = time.time() + 20\nwhile {left} and time.time() < end: time.sleep(0.2)\nprint({left})")
        == "False\n"
    )
    assert first.end(signal.SIGINT) == 0

    person = "User.objects.create_user('jo', password='own-password-of-jo', is_staff=True)"
    manage(
        database,
        f"from django.contrib.auth.models import User; {person}; User.objects.filter(username='editor').update(is_active=False)",
    )
    second = Running(var, port, DATABASE_URL=database, SECRET_KEY="a key")
    second.wait_for("Ctrl-C stops everything.")
    assert "  Editor  sign in with your own account\n" in second.said
    assert "password" not in second.said
    assert second.sign_in("jo", "own-password-of-jo")
    assert second.end(signal.SIGINT) == 0
    who = "from django.contrib.auth.models import User; print(*User.objects.order_by('pk').values_list('username', 'is_active'))"
    assert manage(database, who) == "('editor', False) ('jo', True)\n"


def test_a_site_whose_front_page_does_not_answer_is_not_announced(var, port, database):
    dead = Running(var, port, DATABASE_URL=database, SECRET_KEY="a key", SITE_URL="https://news.example.org")
    dead.wait_for("Ctrl-C stops everything.")
    assert (
        "Newsroom runs, but the front page at https://news.example.org/ answers with status 400: ALLOWED_HOSTS has to name"
        in dead.said
    )
    assert "  Site " not in dead.said
    assert "password" not in dead.said
    assert dead.end(signal.SIGINT) == 0


@pytest.mark.parametrize(
    ("environment", "local"),
    [
        ({}, False),
        ({"DATABASE_URL": "postgres://host/name"}, True),
        ({"DATABASE_URL": "postgres://host/name", "SITE_URL": "https://news.example.org"}, False),
        ({"DATABASE_URL": "postgres://host/name", "ALLOWED_HOSTS": "news.example.org"}, False),
        ({"DATABASE_URL": "postgres://host/name", "SECURE_SSL_REDIRECT": "1"}, False),
    ],
)
def test_plain_http_is_for_a_database_about_whose_readers_nothing_is_said(environment, local, monkeypatch):
    monkeypatch.setattr(os, "environ", dict(environment))
    trial.stay_local()
    assert ("INSECURE_LOCAL" in os.environ) is local


def test_gunicorn_in_production_never_falls_back_to_plain_http(database):
    code = "from django.conf import settings as s; print(s.ALLOWED_HOSTS, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE)"
    assert manage(database, code) == "[] True True\n"


@pytest.fixture
def processes_of_children() -> Iterator[list[trial.Child]]:
    children: list[trial.Child] = []
    yield children
    trial.end([child.process for child in children if child.process])


def died(child: trial.Child, at: float, *, lives: int = trial.LIVES) -> None:
    """Let the child's process end, and watch it at that moment."""
    assert child.process
    child.process.wait(10)
    child.watch(at, lives=lives)


def test_a_child_that_ends_is_started_again_a_little_later_each_time(capsys, processes_of_children):
    child = trial.Child("worker", [sys.executable, "-c", "raise SystemExit(3)"])
    processes_of_children.append(child)
    waits = []
    now = 100.0
    for _ in range(3):
        child.watch(now, lives=trial.LIVES)
        died(child, now)
        waits.append(child.again_at - now)
        child.watch(child.again_at - 0.1, lives=trial.LIVES)
        assert child.process is None
        now = child.again_at
    assert waits == [1, 2, 4]
    assert "The worker ended with status 3. Starting it again in 4 s." in capsys.readouterr().out


def test_a_child_that_lived_long_is_started_again_soon(processes_of_children):
    child = trial.Child("worker", [sys.executable, "-c", ""], short_lives=4)
    processes_of_children.append(child)
    child.watch(0, lives=trial.LIVES)
    died(child, 3600)
    assert child.again_at - 3600 == 1


def test_a_child_that_keeps_ending_stops_the_trial(processes_of_children):
    child = trial.Child("web server", [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"])
    processes_of_children.append(child)
    child.watch(0, lives=1)
    with pytest.raises(trial.Failed, match=r"The web server keeps ending \(with signal SIGKILL\)"):
        died(child, 1, lives=1)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://localhost:8000"),
        ("::1", "http://[::1]:8000"),
        ("news.local", "http://news.local:8000"),
    ],
)
def test_the_address_shown_can_be_typed_into_a_browser(host, address, monkeypatch):
    monkeypatch.delenv("SITE_URL", raising=False)
    assert trial.site_address(host, 8000) == address
