"""The processors that are under contract, as its tests meet them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from campaigns.models import Donation
from tests.campaigns.gifts import begun
from tests.campaigns.hands import HANDS
from tests.factories import make_campaign


@dataclass
class Case:
    name: str
    hand: Any

    def begin(self, **overrides: Any) -> Donation:
        return begun(make_campaign(), processor=self.name, **overrides)


def each_of(names: Iterable[str]) -> Any:
    """A fixture: one processor after the other, configured."""

    @pytest.fixture(params=sorted(names))
    def case(request: pytest.FixtureRequest, settings: Any) -> Iterator[Case]:
        name = request.param
        with HANDS[name].configured() as line:
            settings.PROCESSORS = {**settings.PROCESSORS, name: line}
            yield Case(name, HANDS[name])

    return case


def with_books() -> Any:
    """Those that keep books of their own."""
    return each_of(name for name, hand in HANDS.items() if hand.has_books)
