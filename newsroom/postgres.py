"""The embedded Postgres of the trial and of the tests: standard library only, a Unix socket only, no TCP.

Whoever uses the server holds a shared file lock; the last to leave stops it. A lock dies with its process, so a
process killed with `kill -9` leaves too: a small keeper process waits for that and stops the server in its place.
"""

import atexit
import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

from newsroom import cluster
from newsroom.cluster import PostgresError

LOG_LIMIT = 5_000_000
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
}
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
INTERPRETERS_OWN = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "PYTHONHOME")

_outliving: list["subprocess.Popen[bytes]"] = []  # children of ours that others use on


@atexit.register
def _hand_over() -> None:
    """What runs on after us is no mistake to warn of."""
    for process in _outliving:
        if process.poll() is None:
            process.returncode = 0


def url(var: Path) -> str:
    """The address of the embedded database of `var`, whether or not its server runs: a pure function of the path."""
    return f"postgres://{cluster.USER}@/{cluster.DATABASE}?host={quote(str(cluster.socket_folder(var)), safe='')}"


def ensure_running(var: Path, *, throwaway: bool = False, say: Callable[[str], None] = lambda line: None) -> str:
    """Start the server of `var`, or join the one that runs, until this process ends. Returns its `url`."""
    server = Server(var, throwaway=throwaway, say=say)
    server.join()
    atexit.register(server.leave)
    return url(var)


class Server:
    """One data folder and the server on it. `throwaway`: fast, not crash-safe, and removed with its folder at the end."""

    def __init__(self, var: Path, *, throwaway: bool = False, say: Callable[[str], None] = lambda line: None) -> None:
        self.var = var
        self.home = cluster.home_of(var)
        self.data = self.home / "data"
        self.throwaway = throwaway
        self.say = say
        self._users: int | None = None
        self._joined_by = 0
        self._started: list[subprocess.Popen[bytes]] = []

    def join(self) -> None:
        """Hold a place among the users; make the data folder and start the server where that is missing."""
        if self._users is not None:
            return
        with _sentence_for_refused(self.home):
            self.home.mkdir(parents=True, exist_ok=True)
            with _lock(self.home / "starting.lock", fcntl.LOCK_EX):
                users = _open_lock(self.home / "users.lock", fcntl.LOCK_SH)
                try:
                    self._make_ready()
                except BaseException:
                    os.close(users)
                    raise
        self._users, self._joined_by = users, os.getpid()

    def leave(self) -> None:
        """Give the place back; the last one stops the server and waits until it has stopped."""
        if self._users is None or self._joined_by != os.getpid():  # a forked child shares the lock: it is not its own
            return
        users, self._users = self._users, None
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(users, fcntl.LOCK_SH)  # others use it, or the keeper is stopping it: this waits for the keeper
        else:
            self.stop()
        finally:
            os.close(users)
        if cluster.postmaster(self.data) is None:
            for process in self._started:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(5)
        else:
            _outliving.extend(self._started)

    def restart_if_dead(self) -> bool:
        """Start the server again if it died under its users. Returns whether it had."""
        if cluster.postmaster(self.data) is not None:
            return False
        for process in self._started:
            process.poll()  # a dead child nobody has asked for still counts as alive to Postgres
        with _lock(self.home / "starting.lock", fcntl.LOCK_EX):
            self._make_ready()
        return True

    def stop(self, *, patience: float = 30) -> None:
        """Fast shutdown: sessions are ended, everything committed is kept. To be called by the last user only."""
        pid = cluster.postmaster(self.data)
        if pid is not None:
            for how, wait in ((signal.SIGINT, patience), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, how)
                if _wait_until(lambda: cluster.postmaster(self.data) is None, wait):
                    break
        shutil.rmtree(cluster.socket_folder(self.var), ignore_errors=True)
        if self.throwaway:
            shutil.rmtree(self.var, ignore_errors=True)

    def _make_ready(self) -> None:
        owner = self._owner()
        if cluster.postmaster(self.data) is None:
            if owner:
                cluster.let_in(owner, [self.home, cluster.programs()], self.say)
            if not self.data.exists():
                self.say("Making a database (a few seconds)")
                cluster.make_data(self.home, owner, throwaway=self.throwaway)
            cluster.refuse_other_major_version(self.data)
            cluster.make_socket_folder(cluster.socket_folder(self.var), owner)
            self._appoint_keeper()  # first, so that a server never runs without one, whenever we are killed
            self._start(owner)
        else:
            self._appoint_keeper()

    def _owner(self) -> pwd.struct_passwd | None:
        """As root: who runs the server in our place (Postgres refuses root). Else None."""
        if os.geteuid() != 0:
            return None
        try:
            if self.data.exists() and self.data.stat().st_uid != 0:
                return pwd.getpwuid(self.data.stat().st_uid)
            return pwd.getpwnam("nobody")
        except KeyError as error:
            raise PostgresError(
                "Postgres does not run as root and there is no user “nobody” to run it: start Newsroom as an ordinary user."
            ) from error

    def _start(self, owner: pwd.struct_passwd | None) -> None:
        settings = SETTINGS | (THROWAWAY_SETTINGS if self.throwaway else {})
        settings["unix_socket_directories"] = str(cluster.socket_folder(self.var))
        command = [str(cluster.programs() / "postgres"), "-D", str(self.data)]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        log = self.home / "log"
        deadline = time.monotonic() + 60
        while True:
            with open(log, "ab" if log.exists() and log.stat().st_size < LOG_LIMIT else "wb") as out:
                began = out.tell()
                process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, **cluster.as_user(owner))
            # Crash recovery may take its time; a start that ends by itself is tried again, since the processes of a
            # killed server need a moment to notice and to let go of its memory.
            while process.poll() is None:
                if cluster.is_ready(self.data, process.pid):
                    self._started.append(process)
                    return
                time.sleep(0.02)
            cluster.forget_stale_pid_file(self.data)
            last_words = log.read_bytes()[began:].decode(errors="replace").strip().splitlines()
            if time.monotonic() > deadline or not any("still in use" in line or "lock file" in line for line in last_words):
                reason = last_words[-1] if last_words else f"it ended with status {process.returncode}"
                raise PostgresError(f"The embedded Postgres does not start: {reason} (see {log})")
            time.sleep(0.2)

    def _appoint_keeper(self) -> None:
        """One keeper per server, holding its own lock for as long as it lives."""
        try:
            post = _open_lock(self.home / "keeper.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        words = [str(self.var), str(post), "throwaway" if self.throwaway else "lasting"]
        keeper = subprocess.Popen(
            [sys.executable, "-S", "-m", "newsroom.postgres", *words],
            pass_fds=[post],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            env={"PYTHONPATH": str(Path(__file__).resolve().parent.parent), "PYTHONDONTWRITEBYTECODE": "1"} | _interpreters_own(),
        )
        os.close(post)
        self._started.append(keeper)


def keep(var: Path, *, post: int, throwaway: bool) -> None:
    """The keeper's whole life: wait until no user is left, then stop the server.

    It gives its post up while it still shuts newcomers out, so that the next one to start a server appoints another.
    """
    server = Server(var, throwaway=throwaway)
    with contextlib.suppress(FileNotFoundError), _lock(server.home / "users.lock", fcntl.LOCK_EX):
        server.stop()
        os.close(post)


def _interpreters_own() -> dict[str, str]:
    """What this Python itself may need to start, where it was installed beside the system's libraries. Nothing else of the
    session: the keeper outlives it."""
    return {name: os.environ[name] for name in INTERPRETERS_OWN if name in os.environ}


def _open_lock(path: Path, how: int) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, how)
    except BaseException:
        os.close(file)
        raise
    return file


@contextlib.contextmanager
def _lock(path: Path, how: int) -> Iterator[None]:
    file = _open_lock(path, how)
    try:
        yield
    finally:
        os.close(file)


@contextlib.contextmanager
def _sentence_for_refused(home: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise PostgresError(
            f"{error.filename or home} belongs to another user: start Newsroom as that user or choose another NEWSROOM_VAR."
        ) from error


def _wait_until(done: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


if __name__ == "__main__":
    keep(Path(sys.argv[1]), post=int(sys.argv[2]), throwaway=sys.argv[3] == "throwaway")
