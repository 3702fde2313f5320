"""A host as in production on the database of this test: gunicorn with the front, several processes and threads."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from tests.newsroom.pages.hosts import waited

ROOT = Path(__file__).resolve().parents[2]


class Site:
    """`var`: the host's NEWSROOM_VAR."""

    def __init__(self, var: Path) -> None:
        self.var = var
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.environment = os.environ | self.settings()

    def settings(self) -> dict[str, str]:
        given = connection.get_connection_params()
        return {
            "DATABASE_URL": f"postgres://{given['user']}@/{given['dbname']}?host={quote(given['host'], safe='')}",
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
            "INSECURE_LOCAL": "1",
            "LOG_LEVEL": "ERROR",
            "NEWSROOM_VAR": str(self.var),
            "SECRET_KEY": "of the stress test, and of nothing else" * 2,
            "SITE_URL": f"http://127.0.0.1:{self.port}",
        }

    def start(self, *words: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", *words]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True)

    def manage(self, *words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)

    def answers(self) -> bool:
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.suppress(OSError), contextlib.closing(asking):
            asking.request("GET", "/")
            return asking.getresponse().status == 200
        return False

    @contextlib.contextmanager
    def serving(self) -> Iterator["subprocess.Popen[str]"]:
        assert self.manage("collectstatic", "--noinput").returncode == 0
        words = ["--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread", "--workers", "2", "--threads", "4"]
        words += ["--config", "python:newsroom.gunicorn", "--preload", "--no-control-socket", "--log-level", "critical"]
        server = self.start("gunicorn", *words, "newsroom.wsgi")
        try:
            waited(self.answers, 60, "the site does not answer")
            yield server
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=30)


def kill_one_of(server: "subprocess.Popen[str]") -> None:
    """kill -9 for the worker that has lived longest."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    with contextlib.suppress(ProcessLookupError, IndexError):
        os.kill(int(children[0]), signal.SIGKILL)
