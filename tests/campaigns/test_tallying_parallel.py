"""Many who write lines at once, and one who folds: the tallies are exact."""

from datetime import timedelta

import pytest

from campaigns.checking import differences
from campaigns.models import LedgerEntry, LedgerTally
from campaigns.progress import progress_of
from tests.campaigns.gifts import received
from tests.campaigns.test_parallel import all_at_once
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_lines_of_one_gift_written_without_its_lock_count_it_once():
    """Six refunds of a sixth each: whoever comes last sees that nothing is left."""
    campaign = make_campaign(ends_at=None)
    gift = received(campaign, amount=6000)
    about = {"donation": gift, "campaign": campaign, "currency": "EUR", "processor": gift.processor, "kind": "refund"}

    def send_back(turn: int) -> None:
        LedgerEntry.objects.create(**about, amount=-1000, processor_ref=f"r{turn}", at=NOON + timedelta(hours=turn))

    all_at_once(6, send_back)
    assert (progress_of(campaign).total, progress_of(campaign).gifts) == (0, 0)


def test_what_is_folded_while_gifts_arrive_is_neither_lost_nor_doubled():
    campaign = make_campaign(ends_at=None)

    def give_or_fold(turn: int) -> None:
        for number in range(5):
            if turn < 2:
                LedgerTally.fold()
            else:
                received(campaign, email=f"{turn}-{number}@example.org", at=NOON)

    all_at_once(6, give_or_fold)
    LedgerTally.fold()
    assert (progress_of(campaign).total, progress_of(campaign).gifts) == (20 * 2500, 20)
    assert LedgerTally.objects.count() == 1
    assert differences() == []
