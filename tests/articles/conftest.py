"""What several tests of the articles app have in common: an editor at the desk, a picture library of their own."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def editor(client: Client) -> Client:
    from tests.factories import make_user  # after django.setup(): it imports models

    client.force_login(make_user("Editor"))
    return client


@pytest.fixture
def own_library(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
