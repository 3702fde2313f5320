from pathlib import Path

import pytest

from newsroom.pages import here
from newsroom.pages.following import Follower
from newsroom.pages.store import Store


@pytest.fixture
def kept(settings, tmp_path: Path) -> Store:
    """This host's own store as a web server finds it at its start, for a test whose transactions are real."""
    settings.PAGES_KEPT, settings.PAGES_ROOT = True, tmp_path / "pages"
    here.adopt_build()
    follower = Follower(here.store(), here.conninfo())
    with follower.connected() as connection:
        follower.catch_up(connection)
    return here.store()
