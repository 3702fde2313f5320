"""The trial in the foreground: Postgres, web server and worker, watched, and stopped together.

`bin/run` starts it, with the folder's claim and the listening socket handed over. Children are killed by the kernel if
this process is (Linux), and the next run ends what may still be left.
"""

import contextlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TextIO
from urllib.parse import urlsplit

from newsroom import environment, postgres, processes

ROOT = Path(__file__).resolve().parent.parent
SHORT_LIFE, LIVES = 10.0, 6  # seconds; so many short lives in a row and we give up
PATIENCE = 15.0  # seconds for a child to end by itself
ADDRESSING = ("ALLOWED_HOSTS", "SITE_URL", "SECURE_SSL_REDIRECT")


class Stop(BaseException):
    """Somebody asked us to end."""


class Failed(Exception):
    """The trial cannot go on; the text is a sentence for the person at the terminal."""


@dataclass
class Child:
    """A process that is started again when it ends, a little later each time it lived only briefly."""

    name: str
    command: list[str]
    pass_fds: Iterable[int] = ()
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0
    again_at: float = 0
    short_lives: int = 0

    def watch(self, now: float, *, lives: int) -> None:
        if self.process is None:
            if now >= self.again_at:
                self.process, self.started = start(self.command, pass_fds=self.pass_fds), now
            return
        status = self.process.poll()
        if status is None:
            return
        self.short_lives = self.short_lives + 1 if now - self.started < SHORT_LIFE else 1
        if self.short_lives >= lives:
            raise Failed(f"The {self.name} keeps ending (with {ending(status)}); what it said stands above.")
        wait = 2 ** (self.short_lives - 1)
        say(f"The {self.name} ended with {ending(status)}. Starting it again in {wait} s.")
        self.process, self.again_at = None, now + wait


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    var, host, port = Path(os.environ["NEWSROOM_VAR"]), os.environ["HOST"], int(os.environ["PORT"])
    stay_local()
    server: postgres.Server | None = None
    children: list[Child] = []
    try:
        claim = adopt_claim(var)
        listener = adopt_listener(host, port)
        address = site_address(host, port)
        os.environ[processes.MARK] = claim.sign(address)
        if not os.environ.get("DATABASE_URL"):
            server = postgres.Server(var, say=say)
            say("Starting Postgres")
            server.join()
        password = secrets.token_urlsafe(9)
        name = furnish(password)
        children += [web(listener), worker()]
        serve(children, server, lambda: announce(address, host, port, login=(name, password)))
    except Stop:
        say("Stopping")
    except (Failed, processes.Taken, postgres.PostgresError) as error:
        say(str(error), to=sys.stderr)
        return 1
    finally:
        close(children, server)
    say("Stopped; the next bin/run starts where this one ended.")
    return 0


def adopt_claim(var: Path) -> processes.Claim:
    given = os.environ.pop("NEWSROOM_CLAIM_FD", "")
    if not given:
        return processes.Claim.take(var)
    os.set_inheritable(int(given), False)
    return processes.Claim(var, int(given))


def adopt_listener(host: str, port: int) -> socket.socket:
    given = os.environ.pop("NEWSROOM_LISTENER_FD", "")
    if not given:
        return processes.listen(host, port)
    os.set_inheritable(int(given), False)
    return socket.socket(fileno=int(given))


def stay_local() -> None:
    """A database was given and no word about where readers come from: then they come from this machine, by plain HTTP."""
    if os.environ.get("DATABASE_URL") and not any(os.environ.get(name) for name in ADDRESSING):
        os.environ["INSECURE_LOCAL"] = "1"


def furnish(password: str) -> str:
    """Make everything ready. Returns the name that signs in with `password`; "" where people have their own accounts."""
    answer, told = os.pipe()
    try:
        command = [sys.executable, "-m", "newsroom.firstrun", str(told)]
        process = start(command, pass_fds=[told], stdin=subprocess.PIPE)
    finally:
        os.close(told)
    with open(answer) as reply:
        try:
            process.communicate(f"{password}\n".encode())
            name = reply.read()
        except BaseException:
            end([process])
            raise
    if process.returncode:
        raise Failed(
            f"Newsroom does not start: making it ready ended with {ending(process.returncode)}; the reason stands above."
        )
    return name


def web(listener: socket.socket) -> Child:
    words = ["--bind", f"fd://{listener.fileno()}", "--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    words += [
        "--config",
        "python:newsroom.gunicorn",
        "--preload",
        "--no-control-socket",
        "--log-level",
        "warning",
        "--graceful-timeout",
        "10",
        "--timeout",
        "60",
    ]
    return Child("web server", [sys.executable, "-m", "gunicorn", *words, "newsroom.wsgi"], pass_fds=[listener.fileno()])


def worker() -> Child:
    words = ["procrastinate", "worker", "--concurrency", "2", "--shutdown-graceful-timeout", "10", "--delete-jobs", "successful"]
    return Child("worker", [sys.executable, "manage.py", *words])


def serve(children: list[Child], server: postgres.Server | None, when_open: Callable[[], bool]) -> None:
    """Watch until somebody says stop. `when_open` is asked until it says that it has announced the site."""
    announced = False
    while True:
        if server and server.restart_if_dead():
            say("Postgres had ended and was started again.")
        for child in children:
            child.watch(time.monotonic(), lives=LIVES if announced else 1)  # what never ran is not tried again
        announced = announced or when_open()
        time.sleep(0.1 if not announced else 0.5)


def announce(address: str, host: str, port: int, *, login: tuple[str, str]) -> bool:
    """Say where the site is, once its front page answers; when it answers with an error, say that. False while nothing does."""
    status = front_page_status(address, host, port)
    if status is None:
        return False
    if status == 200:
        describe(address, *login)
    else:
        say(f"Newsroom runs, but the front page at {address}/ answers with status {status}{reason(status)}.")
    say("Ctrl-C stops everything.")
    return True


def describe(address: str, name: str, password: str) -> None:
    say("")
    say(f"  Site    {address}/")
    say(f"  Admin   {address}/admin/")
    say(f"  Editor  {name}   password  {password}   (new at every start)" if name else "  Editor  sign in with your own account")
    say(
        f"  Mail    {Path(os.environ['NEWSROOM_VAR']) / 'outbox'}"
        if not os.environ.get("EMAIL_URL")
        else "  Mail    leaves by EMAIL_URL"
    )
    say("")


def reason(status: int) -> str:
    if status >= 500:
        return ": what went wrong stands above"
    if status == 400:
        return ": ALLOWED_HOSTS has to name the host of that address (SITE_URL)"
    if 300 <= status < 400:
        return ": it sends readers to HTTPS, so SITE_URL has to be the https:// address of the web server in front"
    return ""


def front_page_status(address: str, host: str, port: int) -> int | None:
    """What a reader who comes to `address` is answered, asked of our own port as the web server in front would."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
    site = urlsplit(address)
    connection = http.client.HTTPConnection(everywhere.get(host, host), port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": site.netloc, "X-Forwarded-Proto": site.scheme})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def close(children: list[Child], server: postgres.Server | None) -> None:
    """End the children, then leave Postgres. A second Ctrl-C kills instead of waiting."""
    running = [child.process for child in children if child.process]
    try:
        end(running)
    except Stop:
        for process in running:
            process.kill()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if server:
        server.leave()


def start(command: list[str], *, pass_fds: Iterable[int] = (), stdin: int = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
    """In a session of its own, so that Ctrl-C reaches us alone and we end things in order."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        pass_fds=list(pass_fds),
        stdin=stdin,
        start_new_session=True,
        preexec_fn=processes.dying_with_parent(),
    )


def end(running: "list[subprocess.Popen[bytes]]") -> None:
    for process in running:
        process.terminate()
    deadline = time.monotonic() + PATIENCE
    for process in running:
        try:
            process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def site_address(host: str, port: int) -> str:
    return (os.environ.get("SITE_URL") or environment.local_address(host, port)).rstrip("/")


def ending(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"status {status}"


def say(line: str, to: TextIO | None = None) -> None:
    """A line for the person; a terminal that is gone is no reason to stop."""
    with contextlib.suppress(OSError):
        print(line, file=to or sys.stdout, flush=True)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stop


if __name__ == "__main__":
    sys.exit(main())
