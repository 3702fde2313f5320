"""Shares: counted for a span, for one name of one thing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory

from newsroom import limits, tasks
from newsroom.models import Share

NINE = datetime(2026, 11, 23, 9, 10, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def take(who: str = "ana", *, at: datetime = NINE, what: str = "mail") -> bool:
    return limits.take(what, who, most=2, per=limits.HOUR, at=at)


def test_a_share_is_used_up_within_its_span_and_there_again_after_it():
    assert [take() for _ in range(4)] == [True, True, False, False]
    assert take(at=NINE + timedelta(minutes=49, seconds=59)) is False
    assert take(at=NINE + timedelta(minutes=50)) is True


def test_everybody_and_everything_has_a_share_of_its_own():
    assert [take() for _ in range(3)] == [True, True, False]
    assert take("ben") is True
    assert take(what="gift") is True


def test_nobody_stands_in_the_table():
    take("ana@example.org")
    assert "ana" not in Share.objects.get().who


def test_what_is_over_is_forgotten():
    take()
    take(at=NINE + timedelta(hours=1))
    tasks.forget_shares(int((NINE + timedelta(minutes=50)).timestamp()))
    assert Share.objects.get().until == datetime(2026, 11, 23, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("proxies", "meta", "network"),
    [
        (0, {"REMOTE_ADDR": "192.0.2.77"}, "192.0.2.0/24"),
        (0, {"REMOTE_ADDR": "2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::/64"),
        (0, {"REMOTE_ADDR": "::ffff:192.0.2.77"}, "192.0.2.0/24"),
        (0, {"REMOTE_ADDR": ""}, ""),
        (0, {"REMOTE_ADDR": "192.0.2.77", "HTTP_X_FORWARDED_FOR": "198.51.100.1"}, "192.0.2.0/24"),
        (1, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.1"}, "198.51.100.0/24"),
        (0, {"REMOTE_ADDR": "nonsense"}, ""),
        (1, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "nonsense"}, ""),
    ],
)
def test_a_network_is_the_clients_and_not_what_the_client_says(settings, proxies, meta, network):
    settings.TRUSTED_PROXIES = proxies
    assert limits.network_of(RequestFactory().get("/", **meta)) == network


def test_one_mailbox_has_many_addresses():
    assert limits.mailbox_of("Ana+News@Example.org") == "ana@example.org"
    assert limits.mailbox_of("ben@example.org") == "ben@example.org"
