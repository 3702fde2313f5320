"""What apps look after wherever somebody looks in, for no worker may be running: the desk's first page, /readyz."""

from collections.abc import Callable
from datetime import datetime

LOOKS: list[Callable[..., list[str]]] = []  # each takes at=, raises its alarms, and tells a sentence for each worry


def look(*, at: datetime) -> list[str]:
    return [worry for one in LOOKS for worry in one(at=at)]
