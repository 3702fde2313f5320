from collections.abc import Iterator
from typing import Any

import pytest

from tests.digest import sink as sinks


@pytest.fixture
def sink(settings: Any) -> Iterator[sinks.Sink]:
    """A mail server that takes this site's mail."""
    sink = sinks.Sink()
    server = sinks.start(sink)
    settings.MAILERS = sink.mailers
    yield sink
    server.shutdown()
    server.server_close()
