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
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsroom import processes, trial

ROOT = Path(__file__).resolve().parent.parent.parent


class Running:
    """`python -m newsroom.trial`, what `bin/run` becomes once the packages are there."""

    def __init__(self, var: Path, port: int) -> None:
        self.port, self.said = port, ""
        environment = {name: value for name, value in os.environ.items() if name != processes.MARK}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "newsroom.trial"],
            cwd=ROOT,
            env=environment | {"NEWSROOM_VAR": str(var), "HOST": "127.0.0.1", "PORT": str(port), "NEWSROOM_DEMO": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

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

    def end(self, how: int) -> int:
        self.process.send_signal(how)
        status = self.process.wait(60)
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
