"""Two hosts on one database. Host A is this process (`kept` is its store); host B is real processes with a store of their own."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction

from articles import publishing
from newsroom import pages
from newsroom.pages import following, here
from newsroom.pages.files import Kept
from newsroom.pages.following import Follower, is_followed
from tests.factories import NOON, make_article
from tests.newsroom.pages.hosts import ROOT, Host, Wire, hosts, killed, tell, waited

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def b(kept, tmp_path: Path) -> Iterator[Host]:
    with hosts(tmp_path / "b", conninfo=here.conninfo()) as [host]:
        yield host


@pytest.fixture
def link(kept) -> Iterator[psycopg.Connection]:
    with psycopg.connect(here.conninfo(), autocommit=True) as opened:
        yield opened


def cut(link: psycopg.Connection) -> int:
    """End every follower's connection."""
    ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'newsroom pages'"
    return len(link.execute(ending).fetchall())


def test_what_is_published_on_one_host_is_gone_from_the_other(b):
    article = make_article(status="draft")
    b.start()
    b.keep("/", "list:latest")
    b.keep("/other/", "tag:1")
    publishing.publish(article, by=None, at=NOON)
    b.loses("/")
    assert b.store.paths() == ["/other/"]


def test_nothing_goes_before_the_commit_and_nothing_after_a_rollback(b):
    b.start()
    b.keep("/", "a")
    with transaction.atomic():
        pages.touch("a")
        time.sleep(0.3)
        assert b.store.paths() == ["/"]
        transaction.set_rollback(True)
    time.sleep(0.3)
    assert b.store.paths() == ["/"]


def test_a_host_whose_connection_is_ended_comes_back_and_follows(b, link):
    b.start()
    b.keep("/", "a")
    waited(lambda: cut(link) > 0, 10, "nobody follows")
    pages.touch("a")
    b.loses("/")


def test_a_host_that_was_cut_off_purges_exactly_what_it_missed(b, tmp_path):
    wire = Wire(Path(f"/tmp/newsroom-wire-{os.getpid()}"), b.conninfo)
    b.conninfo = wire.conninfo
    try:
        wire.mend()
        b.start()
        b.keep("/missed/", "a")
        b.keep("/missed-too/", "list@100..200")
        b.keep("/untouched/", "b", "list@201..")
        wire.cut()
        time.sleep(0.2)
        for key in ("a", "list@150", "c"):
            pages.touch(key)
        time.sleep(1.5)
        assert len(b.store.paths()) == 3
        wire.mend()
        b.loses("/missed/")
        assert b.store.paths() == ["/untouched/"]
    finally:
        wire.cut()
        wire.folder.rmdir()


def test_a_host_whose_network_fell_silent_purges_what_it_missed_when_it_is_heard_again(b):
    wire = Wire(Path(f"/tmp/newsroom-wire-{os.getpid()}"), b.conninfo)
    b.conninfo = wire.conninfo
    try:
        wire.mend()
        b.start()
        b.keep("/", "a")
        b.keep("/other/", "b")
        wire.silent.set()
        pages.touch("a")
        time.sleep(4)
        assert len(b.store.paths()) == 2
        wire.cut()
        wire.silent.clear()
        wire.mend()
        b.loses("/")
        assert b.store.paths() == ["/other/"]
    finally:
        wire.cut()
        wire.folder.rmdir()


def test_a_transaction_that_touched_early_and_commits_late_is_not_missed(b, link):
    """Its row has a lower number than rows that were heard long before it could be seen."""
    b.start()
    b.keep("/early/", "early")
    b.keep("/late/", "late")
    with link.transaction():
        tell(link, "early")
        for _ in range(3):
            pages.touch("late", "between")
            b.loses("/late/")
            b.keep("/late/", "late")
        assert b.store.get("/early/")
    b.loses("/early/")


def test_a_touch_inside_a_savepoint_counts_with_its_transaction(b, link):
    b.start()
    b.keep("/", "a")
    b.keep("/other/", "other")
    with link.transaction():
        with link.transaction():
            tell(link, "a")
        pages.touch("other")
        b.loses("/other/")
        assert b.store.get("/")
    b.loses("/")


def test_a_touch_of_which_no_notice_came_is_found_within_a_round(b, link):
    b.start()
    b.keep("/", "a")
    time.sleep(0.5)
    link.execute("INSERT INTO newsroom_touch (keys, made_at, xid) VALUES ('{a}', now(), pg_current_xact_id()::text::bigint)")
    assert b.loses("/", within=following.ROUND + 5) < following.ROUND + 1


def test_a_storm_of_touches_loses_none(b):
    b.start()
    for number in range(200):
        b.keep(f"/{number}/", f"k{number}")
    b.keep("/calm/", "calm")

    def touch(first: int) -> None:
        with psycopg.connect(here.conninfo(), autocommit=True) as link:
            for number in range(first, 200, 4):
                tell(link, f"k{number}")

    threads = [threading.Thread(target=touch, args=[first]) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waited(lambda: b.store.paths() == ["/calm/"], 20, "some were missed")


def test_when_the_process_that_follows_is_killed_another_one_of_its_host_does(b):
    first = b.start()
    b.start()
    assert is_followed(b.store)
    b.keep("/", "a")
    killed(first)
    pages.touch("a")
    b.loses("/")


def test_nobody_follows_after_the_last_process(b):
    killed(b.start())
    assert not is_followed(b.store)


@pytest.mark.parametrize("follows_twice", [False, True])
def test_two_followers_of_one_store_do_no_harm(b, follows_twice):
    b.start()
    b.keep("/", "a")
    b.keep("/other/", "b")
    if follows_twice:
        (b.store.locks / following.LOCK).unlink()
        b.start()
    pages.touch("a")
    b.loses("/")
    assert b.store.paths() == ["/other/"]


# -- what a host cannot know ----------------------------------------------------------------------------------------------


def caught_up(b: Host) -> list[str]:
    """What the host has kept after a start."""
    b.start()
    return b.store.paths()


def test_a_host_that_was_down_purges_at_its_start_exactly_what_it_missed(b):
    killed(b.start())
    b.keep("/missed/", "a")
    b.keep("/other/", "b")
    pages.touch("a")
    assert caught_up(b) == ["/other/"]


@pytest.mark.parametrize("hours", [-7, 7])
def test_a_host_that_slept_too_long_begins_empty(b, hours):
    killed(b.start())
    b.keep("/", "a")
    b.store.note(seen_at=str(int(b.store.fact("seen_at")) + hours * 3600))
    assert caught_up(b) == []


def test_a_failover_empties_the_store(b):
    killed(b.start())
    b.keep("/", "a")
    system, timeline, rest = b.store.fact("history").split("-", 2)
    assert len(timeline) == 8
    b.store.note(history=f"{system}-{int(timeline, 16) - 1:08X}-{rest}")
    assert caught_up(b) == []


def test_a_restore_into_the_same_database_empties_the_store(b, link):
    killed(b.start())
    b.keep("/", "a")
    link.execute("CREATE TEMPORARY TABLE dumped AS SELECT * FROM newsroom_touch")
    link.execute("TRUNCATE newsroom_touch")
    link.execute("INSERT INTO newsroom_touch SELECT * FROM dumped")
    assert caught_up(b) == []


def test_a_restore_while_a_host_follows_empties_its_store(b, link):
    b.start()
    b.keep("/", "a")
    link.execute("TRUNCATE newsroom_touch")
    b.loses("/")


def test_a_data_folder_set_back_to_an_earlier_moment_empties_the_store(b):
    killed(b.start())
    b.keep("/", "a")
    low, _, _ = b.store.fact("seen").split(":")
    b.store.note(seen=f"{low}:{int(low) + 1_000_000}:")
    assert caught_up(b) == []


def test_a_key_that_only_newer_code_can_read_takes_everything(b, link):
    b.start()
    b.keep("/", "a")
    tell(link, "a key@of/another form")
    b.loses("/")
    b.keep("/", "a")
    tell(link, "a")
    b.loses("/")


# -- a host in trouble ----------------------------------------------------------------------------------------------------


def test_an_index_that_breaks_takes_its_pages_with_it_and_the_host_follows_on(b, link):
    b.start()
    b.keep("/", "a")
    time.sleep(0.3)
    for file in b.store.root.glob("index.db-*"):
        file.unlink()
    (b.store.root / "index.db").write_bytes(b"this is no database" * 1000)
    b.loses("/")
    waited(lambda: bool(b.store.root.exists() and b.store.fact("seen")), 20, "it does not follow")
    b.keep("/", "a")
    tell(link, "a")
    b.loses("/")


def test_a_store_that_is_deleted_under_its_processes_begins_anew(b, link):
    b.start()
    b.keep("/", "a")
    subprocess.run(["rm", "-rf", str(b.store.root)])  # it may complain that somebody begins anew meanwhile
    b.keep("/", "a")
    tell(link, "a")
    b.loses("/")


KILLED_BEFORE_THE_PURGE = """
import os, signal, django
django.setup()
from datetime import UTC, datetime
from articles import publishing
from articles.models import Article
from newsroom.pages import touching
touching.purge = lambda keys, *, touches: os.kill(os.getpid(), signal.SIGKILL)
publishing.withdraw(Article.objects.get(), by=None, at=datetime.now(UTC))
"""


def environment(var: Path) -> dict[str, str]:
    """For a process of the whole project on this test's database."""
    given = connection.get_connection_params()
    address = f"postgres://{given['user']}@/{given['dbname']}?host={given['host'].replace('/', '%2F')}"
    more = {"NEWSROOM_VAR": str(var), "DATABASE_URL": address, "SECRET_KEY": "x" * 60, "INSECURE_LOCAL": "1"}
    return os.environ | more | {"DJANGO_SETTINGS_MODULE": "newsroom.settings"}


def test_a_process_killed_between_commit_and_purge_leaves_nothing_stale(b, tmp_path):
    """kill -9 at that very place: the row it wrote is all there is, and the host reads it."""
    article = make_article()
    b.start()
    b.keep("/", f"article:{article.pk}")
    done = subprocess.run([sys.executable, "-c", KILLED_BEFORE_THE_PURGE], cwd=ROOT, env=environment(tmp_path / "var"))
    assert done.returncode == -signal.SIGKILL
    article.refresh_from_db()
    assert article.status == "withdrawn"
    b.loses("/")


def test_what_another_process_of_the_host_heard_first_is_not_purged_again(kept):
    """The follower was quicker than the verb; a page kept in between is a new one and stays."""
    with transaction.atomic():
        pages.touch("a")
        transaction.on_commit(lambda: None)
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(id) FROM newsroom_touch")
            (number,) = cursor.fetchone()
        kept.purge(["a"], touches=[number])
        kept.put("/", Kept(200, (), b"new"), keys=["a"], since=kept.now())
    assert kept.paths() == ["/"]


# -- moments --------------------------------------------------------------------------------------------------------------


def test_a_page_is_gone_at_the_second_until_which_it_is_true(b):
    b.start()
    time.sleep(0.2)
    moment = datetime.now(UTC) + timedelta(seconds=2.2)
    b.keep("/", pages.until(moment))
    b.keep("/other/", "a")
    b.loses("/")
    assert 0 <= (datetime.now(UTC) - moment).total_seconds() < 0.5
    assert b.store.paths() == ["/other/"]


def test_moments_come_without_the_database_too(kept, tmp_path):
    follower = Follower(kept, "host=/nowhere")
    stop = threading.Event()
    thread = threading.Thread(target=follower.run, args=[stop])
    thread.start()
    kept.put("/", Kept(200, (), b"a"), keys=[pages.until(datetime.now(UTC) + timedelta(seconds=1))], since=kept.now())
    waited(lambda: kept.get("/") is None, 5, "it is still kept")
    stop.set()
    thread.join()
