"""Makes .venv with the pinned packages, then becomes the trial (`run`) or the checks and tests (`test`).

Standard library only. Killed at any point, the next call recovers: .venv/ready.json is written last, and a folder
without it, or of another Python than the one it names, is made anew; a lock, which dies with its holders, keeps two
calls from working on .venv at once.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from newsroom import processes  # noqa: E402 - needs the path above

VENV = ROOT / ".venv"
READY = VENV / "ready.json"
PYTHON = VENV / "bin" / "python"
LOCKS = {name: ROOT / "requirements" / f"{name}.txt" for name in ("run", "test")}


def main(here: str, what: str, arguments: list[str]) -> None:
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):
        os.environ.pop(name, None)
    os.environ["NEWSROOM_VAR"] = str(Path(here, os.environ.get("NEWSROOM_VAR") or ROOT / "var").expanduser())
    if what == "run":
        run(arguments)
    else:
        make_environment("test")
        become([str(PYTHON), str(ROOT / "bin" / "checks.py"), *arguments])


def run(arguments: list[str]) -> None:
    if arguments:
        sys.exit("bin/run takes no arguments: it reads HOST, PORT, NEWSROOM_VAR and others from the environment (see README.md).")
    host, port = os.environ.setdefault("HOST", "127.0.0.1"), os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) < 65536:
        sys.exit(f"PORT={port} is not a port: choose a number from 1 to 65535.")
    var = Path(os.environ["NEWSROOM_VAR"])
    claim = processes.Claim.take(var)  # both before any work, and kept through it
    listener = processes.listen(host, int(port))
    make_environment("run")
    for name, file in (("NEWSROOM_CLAIM_FD", claim.file), ("NEWSROOM_LISTENER_FD", listener.fileno())):
        os.set_inheritable(file, True)
        os.environ[name] = str(file)
    os.environ["PORT"] = port
    become([str(PYTHON), "-m", "newsroom.trial"])


def become(command: list[str]) -> None:
    sys.stdout.flush()
    os.execv(command[0], command)


def make_environment(which: str) -> None:
    """Bring .venv to what requirements/`which`.txt says; at once when it is there already."""
    wanted = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in LOCKS.items()}
    with alone() as lock:
        ready = read_ready()
        if ready.get(which) == wanted[which]:
            return
        if not ready:
            make_venv(lock)
        READY.unlink(missing_ok=True)
        install(which, lock)
        now = wanted if which == "test" else {"run": wanted["run"]}  # the tests' list contains the run's
        unfinished = READY.with_suffix(".part")
        unfinished.write_text(json.dumps(now | {"python": python_behind()}))
        unfinished.rename(READY)


@contextlib.contextmanager
def alone() -> Iterator[int]:
    lock = os.open(ROOT / ".venv.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Waiting for another bin/run or bin/test that is installing packages here")
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield lock
    finally:
        os.close(lock)


def read_ready() -> dict[str, str]:
    """What is installed, for the Python that .venv uses today; empty when .venv is missing, unfinished or of another Python."""
    try:
        ready = json.loads(READY.read_text())
        python = python_behind()
    except (OSError, ValueError, subprocess.CalledProcessError):
        return {}
    return ready if isinstance(ready, dict) and ready.get("python") == python else {}


def python_behind() -> str:
    """The version behind .venv/bin/python, which an upgrade of the system may exchange: packages belong to one of them."""
    asked = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run([PYTHON, "-I", "-c", asked], check=True, capture_output=True, text=True).stdout.strip()


def make_venv(lock: int) -> None:
    if VENV.exists():
        say("Removing a .venv made for another Python" if READY.exists() else "Removing an unfinished .venv")
        shutil.rmtree(VENV)
    say(f"Making .venv with Python {sys.version.split()[0]}")
    uv = shutil.which("uv")
    command = [uv, "venv", "--quiet", "--python", sys.executable, str(VENV)] if uv else [sys.executable, "-m", "venv", str(VENV)]
    done = work(command, lock)
    if done.returncode and "ensurepip" in done.stdout:
        sys.exit(
            "Python comes without its venv module here: install it (Debian and Ubuntu: apt-get install python3-venv), or uv."
        )
    if done.returncode:
        sys.exit(f"The folder .venv could not be made: {last_line(done.stdout)}")


def install(which: str, lock: int) -> None:
    listed = LOCKS[which].read_text()
    say(f"Installing {listed.count('==')} packages (half a minute; longer when they have to be fetched)")
    uv = shutil.which("uv")
    pip = [uv, "pip"] if uv else [str(PYTHON), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    target = ["--python", str(PYTHON)] if uv else []
    done = work([*pip, "install", *target, "--require-hashes", "-r", str(LOCKS[which])], lock, follow=True)
    if done.returncode:
        sys.exit(f"The packages could not be installed: {last_line(done.stdout)}")


def work(command: list[str], lock: int, *, follow: bool = False) -> "subprocess.CompletedProcess[str]":
    """Run `command`, which dies with us and holds our lock for as long as it lives all the same."""
    umask = os.umask(0o022)
    os.umask(umask)
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        pass_fds=[lock],
        umask=umask & ~0o055,  # packages may be read by all: as root, another user runs the Postgres among them
        preexec_fn=processes.dying_with_parent(),
    )
    assert process.stdout
    said, count = [], 0
    for line in process.stdout:
        said.append(line)
        if follow and line.startswith("Collecting "):
            count += 1
            progress(f"  {count} {line.split()[1].split('=')[0]}")
    progress("")
    return subprocess.CompletedProcess(command, process.wait(), stdout="".join(said))


def last_line(text: str) -> str:
    """The line that tells most: the last error, else the last line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["it did not say why"])[-1]


def progress(line: str) -> None:
    """On a terminal, one line that changes; elsewhere nothing."""
    if sys.stdout.isatty():
        print(f"\r\033[K{line}", end="", flush=True)


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2], sys.argv[3:])
    except KeyboardInterrupt:
        sys.exit("Stopped; run it again to go on.")
    except processes.Taken as error:
        sys.exit(str(error))
    except PermissionError as error:
        sys.exit(
            f"{error.filename} belongs to another user: run this as that user, or use a checkout and a NEWSROOM_VAR of your own."
        )
    except OSError as error:
        sys.exit(f"{error.strerror}: {error.filename or ROOT}.")
