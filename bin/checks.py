"""What `bin/test` runs, in .venv: linter, formatter, types, migrations, the production check, then pytest.

With arguments: pytest alone, with them.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
PRODUCTION = {
    "DATABASE_URL": "postgres://nobody@localhost/nowhere",
    "SECRET_KEY": "only-for-this-check-Zk3vTq81LwXyB0rN5uHcE7sJ2mPdF9aG4oQ6",
    "ALLOWED_HOSTS": "news.example.org",
    "SITE_URL": "https://news.example.org",
    "EMAIL_URL": "smtp://user:password@mail.example.org:587/",
    "DEFAULT_FROM_EMAIL": "desk@news.example.org",
}


def main(arguments: list[str]) -> int:
    if arguments:
        print("Running pytest alone, with the arguments given; bin/test without arguments also checks style, types and settings.")
        return pytest(arguments)
    refuse_missing_browser()
    checks = [
        ("style", [PYTHON, "-m", "ruff", "check", "."], {}),
        ("formatting", [PYTHON, "-m", "ruff", "format", "--check", "."], {}),
        ("types", [PYTHON, "-m", "mypy", "."], {}),
        ("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"], {}),
        ("production settings", [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    ]
    failed = [name for name, command, extra in checks if not passes(name, command, extra)]
    status = pytest([])
    if failed:
        print(f"Before the tests these failed, see above: {', '.join(failed)}.", file=sys.stderr)
    return status or bool(failed)


def passes(name: str, command: list[str], extra: dict[str, str]) -> bool:
    """Run one check in a throw-away NEWSROOM_VAR, so that it touches no running trial."""
    print(f"Checking {name}", flush=True)
    with tempfile.TemporaryDirectory(prefix="newsroom-check-") as var:
        done = subprocess.run(command, cwd=ROOT, env=os.environ | {"NEWSROOM_VAR": var} | extra)
    return done.returncode == 0


def pytest(arguments: list[str]) -> int:
    return subprocess.run([PYTHON, "-m", "pytest", *arguments], cwd=ROOT).returncode


def refuse_missing_browser() -> None:
    if any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        return
    if os.environ.get("CI") == "true":
        sys.exit("Chromium is missing: the browser tests cannot run (Debian and Ubuntu: apt-get install chromium).")
    print("Chromium is missing: the browser tests will be skipped (Debian and Ubuntu: apt-get install chromium).")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
