"""A whole running newsroom for browser tests: `bin/run` itself, in a folder of its own, with its demo content."""

import email
import email.policy
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OPEN = "Ctrl-C stops everything."


@dataclass(frozen=True)
class Site:
    address: str
    editor: str
    password: str
    var: Path

    def mails(self, *, to: str, subject: str = "") -> list[EmailMessage]:
        """What has been mailed to an address so far, oldest first."""
        read = (email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in sorted(self.outbox()))
        return [mail for mail in read if to in str(mail["To"]) and subject in str(mail["Subject"])]

    def outbox(self) -> list[Path]:
        return list((self.var / "outbox").glob("*.eml"))

    def mail(self, *, to: str, subject: str = "", seconds: float = 60) -> EmailMessage:
        """The newest mail to an address, waited for: the worker sends it."""
        return wait_for(lambda: self.mails(to=to, subject=subject), seconds, f"a mail to {to}")[-1]

    def manage(self, *words: str) -> str:
        """Run a management command beside the running site."""
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        done = subprocess.run(command, env=environment(self.var), capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def wait_for[T](look: Callable[[], T], seconds: float, what: str) -> T:
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what} did not come within {seconds:.0f} seconds"
        time.sleep(0.2)
    return found


def environment(var: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "USER", "PYENV_ROOT"}}
    return kept | {"NEWSROOM_VAR": str(var), "PYTHONDONTWRITEBYTECODE": "1"} | more


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@contextmanager
def running(**more: str) -> Iterator[Site]:
    """Start the site and stop it as a person would, with Ctrl-C; it has to end cleanly. `more`: settings of its own."""
    with tempfile.TemporaryDirectory(prefix="newsroom-browser-") as folder:
        var = Path(folder) / "var"
        port = free_port()
        process = subprocess.Popen(
            [ROOT / "bin" / "run"],
            env=environment(var, PORT=str(port), **more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        said = until_open(process)
        login = re.search(r"Editor\s+(\S+)\s+password\s+(\S+)", said)
        assert login, said
        try:
            yield Site(f"http://127.0.0.1:{port}", login[1], login[2], var)
        finally:
            process.send_signal(signal.SIGINT)
            rest = process.communicate(timeout=60)[0]
            assert process.returncode == 0, rest


def until_open(process: "subprocess.Popen[str]") -> str:
    said = ""
    assert process.stdout
    for line in process.stdout:
        said += line
        if OPEN in line:
            return said
    raise AssertionError(f"bin/run ended with status {process.wait()}:\n{said}")
