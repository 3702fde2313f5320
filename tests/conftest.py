"""What every test has: a real, private Postgres, and `run_jobs` in the worker's place."""

import os
from collections.abc import Callable

import django
import pytest
from django.conf import settings

from tests import database

if settings.configured:
    raise pytest.UsageError("Settings were read before the tests' own database was there: unset DJANGO_SETTINGS_MODULE.")
VAR = database.start()


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a real one costs half a second a sign-in
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nobody ran collectstatic here
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.PAGES_KEPT = False  # most tests never commit: what they keep would never be purged. Who tests pages says so
    django.setup()
    del os.environ["DJANGO_SETTINGS_MODULE"]  # a process of pytest -n would read the settings before it has its own database
    database.let_tests_empty_every_table()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that empty the tables get back what migrations put there; the browser's come last, for its driver keeps an
    event loop in this thread, and Django takes every query under one for a mistake."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction"):
            item.add_marker(pytest.mark.django_db(**{**marker.kwargs, "serialized_rollback": True}), append=False)
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture
def run_jobs(db: None) -> Callable[..., list[str]]:
    """`run_jobs(at=None)`: run every job due by then, in this process; a task's error is the test's error."""
    from tests import jobs  # after django.setup(): it imports the job queue's models

    return jobs.run
