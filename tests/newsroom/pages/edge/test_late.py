"""A host that could not keep up tells the CDN again: it may have handed out older pages meanwhile."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from newsroom.models import Touch
from newsroom.pages import touch
from newsroom.pages.following import Follower
from newsroom.pages.here import conninfo
from newsroom.pages.store import Store

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def database() -> Iterator[psycopg.Connection]:
    with psycopg.connect(conninfo(), autocommit=True) as database:
        yield database


@pytest.fixture
def follower(tmp_path, database) -> Follower:
    """Of another host, which has heard of all there was."""
    follower = Follower(Store(tmp_path / "elsewhere", built="1"), conninfo(), edge=True)
    follower.catch_up(database)
    confirm_all()
    return follower


def confirm_all() -> None:
    Touch.objects.update(told=2, confirmed_at="2026-11-23T12:00Z")


def made_long_ago() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE newsroom_touch SET made_at = made_at - interval '1 minute'")


def to_tell() -> list[list[str]]:
    return list(Touch.objects.filter(confirmed_at=None, told=0, due_at=None).order_by("pk").values_list("keys", flat=True))


def test_what_is_heard_in_time_is_not_told_again(follower, database):
    touch("article:1")
    confirm_all()
    follower.catch_up(database)
    assert to_tell() == []


def test_what_is_heard_late_is_told_again(follower, database):
    touch("article:1")
    confirm_all()
    made_long_ago()
    follower.catch_up(database)
    assert to_tell() == [["article:1"]]
    confirm_all()
    follower.catch_up(database)
    assert to_tell() == []


def test_a_host_that_cannot_know_what_it_missed_has_all_pages_told(follower, database):
    follower.store.note(seen="")
    follower.catch_up(database)
    assert to_tell() == [["edge"]]
    confirm_all()
    follower.catch_up(database)
    assert to_tell() == []


def test_new_code_has_all_pages_told(follower, database):
    new = Store(follower.store.root, built="2")
    assert new.adopt_build()
    follower.catch_up(database)
    assert to_tell() == [["edge"]]


def test_other_hosts_keep_their_pages_then(follower, database, tmp_path):
    from tests.newsroom.pages.test_store import keep

    other = Follower(Store(tmp_path / "third"), conninfo(), edge=True)
    other.catch_up(database)
    assert keep(other.store, "/a/", "article:1")
    follower.store.note(seen="")
    follower.catch_up(database)
    other.catch_up(database)
    assert other.store.paths() == ["/a/"]


def test_without_a_cdn_no_host_says_anything(follower, database):
    follower.edge = False
    touch("article:1")
    confirm_all()
    made_long_ago()
    follower.catch_up(database)
    follower.store.note(seen="")
    follower.catch_up(database)
    assert to_tell() == []
