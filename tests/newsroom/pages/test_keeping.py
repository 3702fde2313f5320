"""What is kept of a reader's request, and what happens when nothing can be."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from newsroom import pages
from newsroom.pages import here
from newsroom.pages.keeping import ends_soon
from newsroom.pages.store import Store
from tests.factories import make_article

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_page_is_kept_and_answered_from_its_file(kept, client):
    make_article(slug="harbour")
    first = client.get("/articles/harbour/")
    assert kept.get("/articles/harbour/").body == first.content
    assert client.get("/articles/harbour/")["ETag"] == first["ETag"]


@pytest.mark.parametrize("trouble", [sqlite3.OperationalError("database is locked"), OSError(28, "No space left on device")])
@pytest.mark.parametrize("place", ["now", "flight", "put"])
def test_readers_get_their_page_although_it_cannot_be_kept(kept, client, monkeypatch, place, trouble):
    make_article(slug="harbour")

    def fail(*given, **words):
        raise trouble

    monkeypatch.setattr(Store, place, fail)
    assert client.get("/articles/harbour/").status_code == 200
    assert kept.get("/articles/harbour/") is None


def test_a_web_server_starts_on_a_broken_index_and_has_no_page(kept):
    (kept.root / "index.db").write_bytes(b"this is no database" * 1000)
    for ending in ("-wal", "-shm"):
        (kept.root / f"index.db{ending}").unlink(missing_ok=True)
    here.adopt_build()
    assert kept.paths() == []
    assert kept.fact("built") == kept.built


def test_a_page_that_is_true_for_a_moment_only_is_not_kept():
    now = datetime.now(UTC)
    assert ends_soon(["a", pages.until(now + timedelta(seconds=1))])
    assert not ends_soon(["a", pages.until(now + timedelta(seconds=10))])
