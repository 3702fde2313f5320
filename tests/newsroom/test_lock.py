"""What pyproject.toml asks for is pinned, with hashes, and the tests' list contains the run's."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def pinned(name: str) -> dict[str, str]:
    """Package → version, in requirements/`name`.txt."""
    lines = (ROOT / f"requirements/{name}.txt").read_text().splitlines()
    found = [re.match(r"([a-z0-9-]+)==(\S+)", line) for line in lines]
    return {match[1]: match[2] for match in found if match}


def asked(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[~<>=!; ]", line)[0].lower().replace("_", "-") for line in requirements}


def test_everything_asked_for_is_pinned():
    assert asked(PROJECT["dependencies"]) - pinned("run").keys() == set()
    assert asked(PROJECT["optional-dependencies"]["test"]) - pinned("test").keys() == set()


def test_the_tests_run_with_the_versions_that_readers_get():
    assert pinned("run").items() <= pinned("test").items()


@pytest.mark.parametrize("name", ["run", "test"])
def test_a_list_names_hashes_and_no_place_to_fetch_from(name):
    text = (ROOT / f"requirements/{name}.txt").read_text()
    for entry in re.split(r"\n(?=[a-z])", text):
        assert "--hash=sha256:" in entry, entry
    assert "://" not in text
    assert "index" not in text
