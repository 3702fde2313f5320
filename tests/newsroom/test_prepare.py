"""bin/run and bin/test make their own .venv, whatever interrupted them before."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PYTHON = Path(sys.base_prefix) / "bin"
ROOT = Path(__file__).resolve().parent.parent.parent
INSTALLER = """#!/bin/sh
# Stands in for uv: a .venv without pip at once, packages never. With SLOW it is caught half-way.
for word; do last=$word; done
case "$1 $2" in
"venv "*) [ -z "$SLOW" ] || { mkdir "$last"; touch "$last/pyvenv.cfg"; exec sleep 60; }
    exec python3 -m venv --without-pip "$last" ;;
"pip install") grep -q unknown "$last" && { echo "error: unknown is not known here"; exit 1; } ;;
esac
exit 0
"""
CHECKS = "import os, sys; print('checks', sys.argv[1:], os.environ['NEWSROOM_VAR'], os.getcwd())"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A project with our bin/, an installer that is quick, and a stand-in for the checks."""
    project = tmp_path / "a checkout – with spaces"
    shutil.copytree(ROOT / "bin", project / "bin", ignore=shutil.ignore_patterns("__pycache__"))
    (project / "bin/checks.py").write_text(CHECKS)
    (project / "newsroom").mkdir()
    for name in ("__init__.py", "processes.py"):
        shutil.copy(ROOT / "newsroom" / name, project / "newsroom" / name)
    (project / "requirements").mkdir()
    for name in ("run", "test"):
        (project / f"requirements/{name}.txt").write_text("# nothing\n")
    (tmp_path / "uv").write_text(INSTALLER)
    (tmp_path / "uv").chmod(0o755)
    return project


def start(checkout: Path, *words: str, **environment: str) -> "subprocess.Popen[str]":
    kept = {name: value for name, value in os.environ.items() if name not in {"NEWSROOM_VAR", "VIRTUAL_ENV"}}
    kept["PATH"] = f"{checkout.parent}:{PYTHON}:{os.environ['PATH']}"
    return subprocess.Popen(
        [checkout / "bin/test", *words],
        cwd=checkout.parent,
        env=kept | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def output(process: "subprocess.Popen[str]") -> str:
    said, _ = process.communicate(timeout=120)
    return said


def test_the_first_call_makes_the_environment_and_the_second_uses_it(checkout):
    first = output(start(checkout, "tests/x.py", "-k", "two words"))
    assert "Making .venv with Python" in first
    assert first.endswith(f"checks ['tests/x.py', '-k', 'two words'] {checkout}/var {checkout}\n")
    assert output(start(checkout)) == f"checks [] {checkout}/var {checkout}\n"


def test_a_relative_newsroom_var_is_meant_from_where_the_person_stands(checkout):
    assert f"{checkout.parent}/here " in output(start(checkout, NEWSROOM_VAR="here"))


def test_killed_while_it_makes_the_environment_it_begins_anew(checkout):
    killed = start(checkout, SLOW="1")
    while not (checkout / ".venv/pyvenv.cfg").exists():
        assert killed.poll() is None
        time.sleep(0.005)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert not (checkout / ".venv/ready.json").exists()
    said = output(start(checkout))
    assert said.startswith("Removing an unfinished .venv\n")  # nobody is left to wait for
    assert said.endswith(f"checks [] {checkout}/var {checkout}\n")


def test_a_changed_list_of_packages_is_installed_and_an_unchanged_one_is_not(checkout):
    output(start(checkout))
    with (checkout / "requirements/test.txt").open("a") as listed:
        listed.write("# changed\n")
    said = output(start(checkout))
    assert "Installing 0 packages" in said
    assert "Making .venv" not in said
    assert "Installing" not in output(start(checkout))


def test_a_package_that_cannot_be_had_is_said_in_one_sentence(checkout):
    (checkout / "requirements/test.txt").write_text("unknown==1\n")
    process = start(checkout)
    said = output(process)
    assert process.returncode == 1
    assert said.splitlines()[-1] == "The packages could not be installed: error: unknown is not known here"
    assert not (checkout / ".venv/ready.json").exists()


def test_a_python_that_is_gone_is_replaced(checkout):
    output(start(checkout))
    (checkout / ".venv/bin/python").unlink()
    (checkout / ".venv/bin/python").symlink_to("/nowhere/python3")
    assert output(start(checkout)).endswith(f"checks [] {checkout}/var {checkout}\n")


def test_a_python_that_was_upgraded_in_place_gets_its_packages(checkout):
    output(start(checkout))
    stamp = checkout / ".venv/ready.json"
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | {"python": "3.11"}))  # as the one before the upgrade wrote it
    (checkout / ".venv/lib/of the former").mkdir()
    said = output(start(checkout))
    assert said.startswith("Removing a .venv made for another Python\nMaking .venv with Python")
    assert "Installing 0 packages" in said
    assert not (checkout / ".venv/lib/of the former").exists()
    assert output(start(checkout)) == f"checks [] {checkout}/var {checkout}\n"


def test_a_stamp_without_a_version_is_not_believed(checkout):
    output(start(checkout))
    stamp = checkout / ".venv/ready.json"
    stamp.write_text(json.dumps({name: word for name, word in json.loads(stamp.read_text()).items() if name != "python"}))
    assert "Making .venv with Python" in output(start(checkout))


def test_without_a_python_it_says_what_to_install(checkout):
    tools = checkout.parent / "tools"
    tools.mkdir()
    for name in ("dirname", "readlink"):
        (tools / name).symlink_to(str(shutil.which(name)))
    process = start(checkout, PATH=str(tools), HOME="/nowhere")
    assert output(process) == "Python 3.12 or newer is missing: install it, then run this again.\n"
    assert process.returncode == 1


def test_without_uv_it_uses_pythons_own_venv_and_pip(checkout):
    (checkout.parent / "uv").unlink()
    without_uv = os.pathsep.join(part for part in os.environ["PATH"].split(os.pathsep) if not (Path(part) / "uv").exists())
    said = output(start(checkout, PATH=f"{PYTHON}:{without_uv}"))
    assert said.endswith(f"checks [] {checkout}/var {checkout}\n")
    assert (checkout / ".venv/bin/pip").exists()


def test_what_is_ready_says_which_lists_were_installed_and_for_which_python(checkout):
    output(start(checkout))
    ready = json.loads((checkout / ".venv/ready.json").read_text())
    python = [checkout / ".venv/bin/python", "-c", "import sys; print(f'{sys.version_info[0]}.{sys.version_info[1]}')"]
    assert set(ready) == {"run", "test", "python"}
    assert ready["python"] == subprocess.run(python, capture_output=True, text=True, check=True).stdout.strip()
