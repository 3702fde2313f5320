"""What sponsors add, reckoned from the ledger."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import giving, running
from campaigns.matching import matches_of
from campaigns.models import Campaign, MatchingPool
from newsroom.pages.showing import keys_of
from tests.campaigns.forms import an_open_campaign, text_of
from tests.campaigns.gifts import begun, received
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def make_pool(campaign: Campaign, **overrides: Any) -> MatchingPool:
    fields = {"sponsor": "The Lund family", "cap": 1_000_000, "starts_at": NOON - DAY, "ends_at": NOON + 9 * DAY}
    return MatchingPool.objects.create(campaign=campaign, **fields | overrides)


def matched(campaign: Campaign, *, at: datetime = NOON) -> list[int]:
    return [match.matched for match in matches_of(campaign, at=at)]


def test_a_pool_matches_what_arrived_in_its_window(django_assert_num_queries):
    campaign, other = make_campaign(starts_at=NOON - 9 * DAY), make_campaign()
    make_pool(campaign)
    received(campaign, amount=700, at=NOON - 2 * DAY, email="early@example.org")
    received(campaign, amount=2500, at=NOON - DAY)
    received(campaign, amount=1050, email="b@example.org")
    received(campaign, amount=900, at=NOON + 9 * DAY, email="late@example.org")
    begun(campaign, amount=9900, email="c@example.org")
    received(other, amount=777)
    with django_assert_num_queries(2):
        (match,) = matches_of(campaign, at=NOON)
    assert (match.matched, match.left, match.is_running, match.does) == (3550, 996_450, True, "doubles every gift")


def test_a_refund_and_a_dispute_free_their_share_for_the_next():
    campaign = make_campaign()
    make_pool(campaign, cap=3000)
    first = received(campaign, amount=2500)
    received(campaign, amount=2500, email="b@example.org")
    assert matched(campaign) == [3000]
    giving.refund(first, amount=2400, key=UUID(int=1), by=None, at=NOON)
    assert matched(campaign) == [2600]
    assert [match.left for match in matches_of(campaign, at=NOON)] == [400]


def test_a_gift_is_matched_once_and_what_one_pool_cannot_take_goes_to_the_next():
    campaign = make_campaign()
    make_pool(campaign, cap=3000, starts_at=NOON - 3 * DAY)
    make_pool(campaign, cap=9000, numerator=2, sponsor="Berth 6")
    received(campaign, amount=2500)
    assert matched(campaign) == [2500, 0]
    received(campaign, amount=2500, email="b@example.org")
    assert matched(campaign) == [3000, 4000]


def test_the_sponsors_own_money_counts_as_a_gift_and_is_not_matched_by_their_promise():
    campaign = make_campaign()
    sponsor = received(campaign, amount=5000, email="lund@example.org").donor
    make_pool(campaign, donor=sponsor)
    received(campaign, amount=2500)
    assert matched(campaign) == [2500]


@pytest.mark.parametrize(
    ("ratio", "came", "matched_by_it", "words"),
    [
        ((1, 1), 333, 333, "doubles every gift"),
        ((2, 1), 333, 666, "trebles every gift"),
        ((1, 2), 333, 166, "adds €1 to every €2 given"),
        ((3, 2), 333, 499, "adds €3 to every €2 given"),
    ],
)
def test_a_ratio_is_reckoned_down_and_said_in_words(ratio, came, matched_by_it, words):
    campaign = make_campaign()
    make_pool(campaign, numerator=ratio[0], denominator=ratio[1])
    received(campaign, amount=came)
    (match,) = matches_of(campaign, at=NOON)
    assert (match.matched, match.does) == (matched_by_it, words)


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({}, "The Lund family doubles every gift until December 31, 2100: €75 of €100 are left."),
        ({"ends_at": None}, "The Lund family doubles every gift: €75 of €100 are left."),
        ({"cap": 2500}, "All of it has been used: gifts are matched by it no more."),
        ({"starts_at": datetime(2100, 1, 1, tzinfo=NOON.tzinfo)}, "From January 1, 2100 on The Lund family doubles every gift"),
        ({"ends_at": datetime(2020, 1, 1, tzinfo=NOON.tzinfo)}, "adds €0 to what readers gave until December 31, 2019, of €100"),
        ({"note": "For the boots."}, "For the boots."),
    ],
)
def test_the_page_says_honestly_how_it_stands(client, overrides, sentence):
    campaign = an_open_campaign(ends_at=None)
    fields = {"cap": 10_000, "starts_at": datetime(2019, 1, 1, tzinfo=NOON.tzinfo)}
    make_pool(campaign, **fields | {"ends_at": datetime(2101, 1, 1, tzinfo=NOON.tzinfo)} | overrides)
    received(campaign, at=timezone.now())
    words = text_of(client.get(campaign.get_absolute_url())).replace(" :", ":").replace(" ,", ",")
    assert sentence in words


def test_a_closed_campaigns_page_tells_what_was_added_and_asks_for_no_more(client):
    campaign = an_open_campaign()
    make_pool(campaign, starts_at=timezone.now() - DAY, ends_at=None)
    received(campaign, at=timezone.now())
    running.close_campaign(campaign, by=None, at=timezone.now())
    assert "The Lund family adds €25 to what readers gave, of €10,000 promised." in text_of(
        client.get(campaign.get_absolute_url())
    )


def test_the_page_changes_by_itself_when_a_window_opens_or_ends(client):
    campaign, now = an_open_campaign(ends_at=None), timezone.now()
    make_pool(campaign, starts_at=now + DAY, ends_at=now + 2 * DAY)
    response = client.get(campaign.get_absolute_url())
    assert len([key for key in keys_of(response.wsgi_request) if key.startswith("until:")]) == 2


def test_the_total_holds_only_money_that_came(client):
    campaign = an_open_campaign()
    make_pool(campaign, starts_at=timezone.now() - DAY)
    received(campaign, at=timezone.now())
    assert "€25 of €1,000" in text_of(client.get(campaign.get_absolute_url()))


# Against a plain reckoning, gift by gift

Gifts = list[tuple[int, int, int]]  # hours after the beginning, what came, what went back
Pools = list[tuple[int, int, int, int, int]]  # window in hours, ratio, cap
hours = st.integers(0, 20)


def plainly(gifts: Gifts, pools: Pools) -> list[int]:
    took = [0] * len(pools)
    for at, came, back in sorted(gifts, key=lambda gift: gift[0]):
        rest = came - back
        for number, (start, end, numerator, denominator, cap) in enumerate(pools):
            if start <= at < end and rest > 0:
                want = rest * numerator // denominator
                part = min(want, cap - took[number])
                took[number] += part
                rest = 0 if part == want else rest - -(-part * denominator // numerator)
    return took


@settings(max_examples=40, deadline=None)
@given(
    gifts=st.lists(
        st.tuples(hours, st.integers(1, 9999), st.integers(0, 9999)).map(lambda g: (g[0], g[1], min(g[1:]))), max_size=8
    ),
    pools=st.lists(
        st.tuples(hours, st.integers(1, 21), st.integers(1, 4), st.integers(1, 4), st.integers(1, 20_000)).map(
            lambda pool: (pool[0], pool[0] + pool[1], *pool[2:])
        ),
        max_size=4,
    ),
)
def test_it_is_what_one_reckons_gift_by_gift(gifts, pools):
    with transaction.atomic():
        campaign = make_campaign(starts_at=NOON - DAY, ends_at=None, minimum=1)
        pools = sorted(pools, key=lambda pool: pool[0])
        for start, end, numerator, denominator, cap in pools:
            window = {"starts_at": NOON + start * DAY / 24, "ends_at": NOON + end * DAY / 24}
            make_pool(campaign, numerator=numerator, denominator=denominator, cap=cap, **window)
        for number, (at, came, back) in enumerate(gifts):
            moment = NOON + at * DAY / 24
            gift = received(campaign, amount=came, at=moment, email=f"d{number}@example.org", processor="offline")
            if back:
                giving.refund(gift, amount=back, key=uuid4(), by=None, at=moment)
        assert matched(campaign) == plainly(gifts, pools)
        transaction.set_rollback(True)
