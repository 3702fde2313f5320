"""The promise of `newsroom/pages/`: of all kept pages, a change takes away exactly those that it alters.

The whole small site is kept, one thing is changed, and what was purged is compared with what now looks different.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from newsroom.pages.here import store
from tests.exactness import (  # noqa: F401  they register themselves
    changes_of_articles,
    changes_of_campaigns,
    changes_of_corrections,
    changes_of_front,
    changes_of_tags,
)
from tests.exactness import town as towns
from tests.exactness.changes import CHANGES, HARMLESS, Town
from tests.factories import make_user

pytestmark = pytest.mark.django_db
SHARES = 4  # of the changes, for several processes


@pytest.fixture
def desk() -> Client:
    client = Client()
    client.force_login(make_user("Administrator", is_superuser=True))
    return client


@pytest.fixture
def town(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    towns.shorten_lists(monkeypatch)
    settings.PAGES_ROOT = tmp_path / "pages"
    store().adopt_build()
    return towns.build()


@pytest.mark.parametrize("share", range(SHARES))
def test_exactly_the_pages_that_a_change_alters_are_gone(share, town, desk, settings, django_capture_on_commit_callbacks) -> None:
    """Each change is made to the same town, and taken back."""
    paths, safe = towns.addresses(), settings.PAGES_ROOT.with_name("safe")
    settings.PAGES_KEPT = True
    before = towns.answers(Client(), paths)
    kept = set(store().paths())
    assert kept == {path for path, (status, *_) in before.items() if status in {200, 301, 410}}
    shutil.copytree(settings.PAGES_ROOT, safe)
    settings.PAGES_KEPT = False
    wrong: dict[str, dict[str, list[str]]] = {}
    for name in sorted(CHANGES)[share::SHARES]:
        with taken_back():
            with django_capture_on_commit_callbacks(execute=True):
                CHANGES[name](deepcopy(town), desk)
            purged = kept - set(store().paths())
            after = towns.answers(Client(), sorted(kept))
        altered = {path for path in kept if after[path] != before[path]}
        wrong |= {name: {"stale": sorted(altered - purged), "for nothing": sorted(purged - altered)}} if purged != altered else {}
        assert purged or name in HARMLESS, name
        shutil.rmtree(settings.PAGES_ROOT)
        shutil.copytree(safe, settings.PAGES_ROOT)
    assert wrong == {}


@contextmanager
def taken_back() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
            raise TakenBack
    except TakenBack:
        pass


class TakenBack(Exception):
    pass
