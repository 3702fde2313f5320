"""Processes that leave nothing behind: one run per folder, one listener per port, children that die with their parent.

Standard library only: `bin/run` uses it before anything is installed.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

MARK = "NEWSROOM_RUN"  # in the environment of every process of one run, with a value of its own
PR_SET_PDEATHSIG = 1


class Taken(Exception):
    """A folder or a port is in use; the text is a sentence for the person at the terminal."""


class Claim:
    """The right to run on one `var` folder. Ends with the process that holds it, however that ends."""

    def __init__(self, var: Path, file: int) -> None:
        self.var, self.file = var, file

    @classmethod
    def take(cls, var: Path) -> "Claim":
        """Ours, or Taken. Ends what a killed former run left."""
        var.mkdir(parents=True, exist_ok=True)
        file = os.open(var / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
        claim = cls(var, file)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            there = claim._read()
            os.close(file)
            where = f" at {there['address']}" if "address" in there else ""
            raise Taken(
                f"Newsroom already runs on {var}{where} (process {there.get('process', 'unknown')}): "
                "stop that one first, or give this one its own NEWSROOM_VAR and PORT."
            ) from None
        former = claim._read().get("mark")
        if former:  # it was killed, and what it left may still hold the port
            end_marked(former)
        return claim

    def sign(self, address: str) -> str:
        """Write down who runs now; returns this run's mark."""
        mark = secrets.token_hex(16)
        content = json.dumps({"process": os.getpid(), "address": address, "mark": mark}).encode()
        os.ftruncate(self.file, 0)
        os.pwrite(self.file, content, 0)
        return mark

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(os.pread(self.file, 10_000, 0))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, so that the port is ours from the first moment; visitors wait until somebody accepts."""
    try:
        family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (OSError, OverflowError) as error:
        raise Taken(f"HOST={host} PORT={port} is not an address to listen on: {error}.") from error
    listener = socket.socket(family, kind)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(where)
        listener.listen(512)
    except OSError as error:
        listener.close()
        why = os.strerror(error.errno or 0)
        raise Taken(f"Port {port} on {host} cannot be used ({why}): choose another, for example PORT={port + 1}.") from error
    return listener


def end_marked(mark: str, *, patience: float = 5) -> None:
    """Kill the processes that carry `mark` in their environment, and wait until they are gone (where there is a /proc)."""
    deadline, killed = time.monotonic() + patience, set[int]()
    while (left := [*marked(mark), *filter(runs, killed)]) and time.monotonic() < deadline:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        killed.update(left)
        time.sleep(0.02)


def marked(mark: str) -> list[int]:
    word = f"{MARK}={mark}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int(folder.name) != os.getpid() and word in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def runs(pid: int) -> bool:
    """Whether the process still holds anything: one that ends loses its environment first and its files later."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def dying_with_parent() -> Callable[[], None] | None:
    """A preexec_fn after which the kernel kills the child when this process ends (Linux; elsewhere None)."""
    if not sys.platform.startswith("linux"):
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before we asked
            os._exit(1)

    return ask
