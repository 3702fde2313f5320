"""One run per folder, one listener per port, and nothing left of a killed run."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newsroom import processes

ROOT = Path(__file__).resolve().parent.parent.parent
needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="only where there is a /proc")


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def run_apart(code: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_a_second_run_on_the_same_folder_hears_who_runs_and_where(tmp_path):
    claim = processes.Claim.take(tmp_path)
    claim.sign("http://localhost:8123")
    with pytest.raises(processes.Taken, match=rf"already runs on {tmp_path} at http://localhost:8123 \(process {os.getpid()}\)"):
        processes.Claim.take(tmp_path)
    os.close(claim.file)
    os.close(processes.Claim.take(tmp_path).file)


def test_folders_do_not_disturb_each_other(tmp_path):
    claims = [processes.Claim.take(tmp_path / name) for name in ("one", "two")]
    for claim in claims:
        os.close(claim.file)


@needs_proc
def test_a_killed_run_lets_go_of_its_folder_and_its_children_are_ended(tmp_path):
    holder = run_apart(
        "import os, subprocess, sys, time; from pathlib import Path; from newsroom import processes\n"
        "os.environ[processes.MARK] = processes.Claim.take(Path(sys.argv[1])).sign('here')\n"
        "child = subprocess.Popen(['sleep', '60'], start_new_session=True, stdout=subprocess.DEVNULL)\n"
        "print(child.pid, flush=True); time.sleep(60)",
        str(tmp_path),
    )
    assert holder.stdout
    child = int(holder.stdout.readline())
    holder.kill()
    holder.communicate()
    assert processes.runs(child)  # it outlived its parent

    os.close(processes.Claim.take(tmp_path).file)
    assert not processes.runs(child)


def test_a_damaged_note_of_the_former_run_is_no_obstacle(tmp_path):
    (tmp_path / "run.lock").write_text('["what')
    os.close(processes.Claim.take(tmp_path).file)


def test_a_port_in_use_is_said_before_any_work(free_port):
    with (
        processes.listen("127.0.0.1", free_port),
        pytest.raises(processes.Taken, match=f"Port {free_port} on 127.0.0.1 cannot be used"),
    ):
        processes.listen("127.0.0.1", free_port)


def test_what_is_no_address_is_refused():
    with pytest.raises(processes.Taken, match=r"HOST=256\.1\.1\.1 PORT=8000 is not an address"):
        processes.listen("256.1.1.1", 8000)


@needs_proc
def test_a_child_dies_with_its_killed_parent():
    parent = run_apart(
        "import subprocess, time; from newsroom import processes\n"
        "child = subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL, preexec_fn=processes.dying_with_parent())\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    assert parent.stdout
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    deadline = time.monotonic() + 5
    while processes.runs(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not processes.runs(child)
