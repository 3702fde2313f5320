"""Cheques have no books and no events: a fundraiser's hand is all there is."""

from collections.abc import Iterator
from contextlib import contextmanager

from campaigns import giving
from campaigns.models import Donation
from tests.factories import NOON


class Hand:
    has_books = False
    saves_methods = False
    holds = False

    @contextmanager
    def configured(self) -> Iterator[tuple[str, dict[str, str]]]:
        yield "campaigns.processors.offline.Offline", {}

    def arrive(self, donation: Donation) -> Donation:
        return giving.record_arrival(donation, amount=donation.amount, by=None, at=NOON)
