"""Every touch reaches the CDN, whatever the CDN does meanwhile."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from newsroom.models import Touch
from newsroom.pages import touch
from newsroom.pages.edge import outbox
from newsroom.pages.files import Kept
from newsroom.pages.here import store
from tests.cdn import PurgeService, purge_service

NOW = datetime.now(UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def service(settings) -> Iterator[PurgeService]:
    with purge_service() as service:
        settings.CDN = service.cdn()
        yield service


def told(service: PurgeService) -> list[set[str]]:
    """Of each call, the keys without what stands for lists."""
    return [{name for name in call.names if "@" not in name} - {"crowded"} for call in service.calls]


def waiting() -> int:
    return Touch.objects.filter(confirmed_at=None).count()


def test_a_touch_is_told_twice_and_then_confirmed(service, db):
    touch("article:1", "latest")
    again = outbox.tell(at=NOW)
    assert told(service) == [{"article:1", "latest"}]
    assert again
    assert NOW + 5 * SECOND <= again <= NOW + 6 * SECOND
    assert outbox.tell(at=NOW + 4 * SECOND) == again
    assert len(service.calls) == 1
    assert outbox.tell(at=NOW + 7 * SECOND) is None
    assert told(service) == [{"article:1", "latest"}] * 2
    assert waiting() == 0
    outbox.tell(at=NOW + timedelta(hours=1))
    assert len(service.calls) == 2


def test_touches_that_wait_together_go_in_one_call(service, db):
    touch("article:1")
    touch("article:2")
    outbox.tell(at=NOW)
    assert told(service) == [{"article:1", "article:2"}]


def test_the_worker_is_asked_in_the_touchs_own_transaction(service, run_jobs):
    with transaction.atomic():
        touch("article:1")
        touch("article:2")
    assert run_jobs(at=NOW + 30 * SECOND)[0] == "newsroom.tell_cdn"
    assert told(service)[0] == {"article:1", "article:2"}


def test_what_is_rolled_back_is_never_told(service, run_jobs):
    with transaction.atomic():
        touch("article:1")
        transaction.set_rollback(True)
    assert run_jobs() == []
    assert Touch.objects.count() == 0


def test_without_a_cdn_nothing_is_queued_and_nothing_told(settings, run_jobs):
    settings.CDN = None
    touch("article:1")
    assert run_jobs() == []
    assert outbox.tell(at=NOW) is None
    assert outbox.trouble(at=NOW + timedelta(days=1)) is None


def test_a_refusal_is_tried_again_later_and_later_but_never_given_up(service, db):
    touch("article:1")
    service.refuse(500, times=40)
    moment, pauses = NOW, []
    for _ in range(40):
        again = outbox.tell(at=moment)
        assert again
        pauses.append(round((again - moment).total_seconds()))
        moment = again
    assert pauses[:6] == [5, 10, 20, 40, 60, 60]
    assert pauses[-1] == 60
    assert outbox.tell(at=moment)
    assert outbox.tell(at=moment + 6 * SECOND) is None
    assert waiting() == 0


def test_while_the_cdn_is_given_a_rest_newer_touches_wait_with_it(service, db):
    touch("article:1")
    service.refuse(429, Retry_After="120")
    again = outbox.tell(at=NOW)
    assert again
    assert 119 <= (again - NOW).total_seconds() <= 122
    touch("article:2")
    outbox.tell(at=NOW + 100 * SECOND)
    assert len(service.calls) == 1
    outbox.tell(at=again)
    assert told(service)[1:] == [{"article:1", "article:2"}]


def test_it_may_not_ask_us_to_wait_for_ever(service, db):
    touch("article:1")
    service.refuse(503, Retry_After="99999999")
    again = outbox.tell(at=NOW)
    assert again
    assert again <= NOW + timedelta(hours=1, seconds=2)


def test_after_a_day_of_silence_all_pages_go_at_once(service, db):
    for number in range(outbox.MANY + 1):
        Touch.objects.create(keys=[f"article:{number}"], made_at=NOW - timedelta(hours=20), xid=1)
    outbox.tell(at=NOW)
    outbox.tell(at=NOW + 6 * SECOND)
    assert [call.names for call in service.calls] == [["everything"]] * 2
    assert waiting() == 0


def test_a_name_that_the_cdn_never_takes_ends_with_all_pages_gone(service, db):
    touch("article:1")
    service.refuse(400, times=outbox.HOPELESS)
    moment: datetime | None = NOW
    for _ in range(outbox.HOPELESS + 1):
        assert moment
        moment = outbox.tell(at=moment)
    assert service.calls[-1].names == ["everything"]


def test_a_worker_killed_while_it_told_leaves_the_row_to_another(service, db, monkeypatch):
    class Killed(BaseException):
        pass

    def die(*args):
        raise Killed

    touch("article:1")
    with monkeypatch.context() as patch:
        patch.setattr(outbox.client, "purge", die)
        with pytest.raises(Killed):
            outbox.tell(at=NOW)
    outbox.tell(at=NOW + 80 * SECOND)
    assert service.calls == []  # it might still be telling
    outbox.tell(at=NOW + 91 * SECOND)
    assert told(service) == [{"article:1"}]


def test_a_worker_that_took_too_long_confirms_nothing(service, db):
    """Its rows were claimed by another one, which is the one that knows."""
    touch("article:1")
    service.on_purge = lambda call: None
    slow, claims = outbox.uuid.uuid4(), Touch.objects.all()
    outbox._claim(slow, at=NOW)
    outbox._claim(outbox.uuid.uuid4(), at=NOW + 100 * SECOND)
    outbox.confirm(claims.filter(claim=slow), at=NOW + 101 * SECOND)
    assert Touch.objects.get().told == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_tell_the_same_row_at_once(service):
    for number in range(40):
        touch(f"article:{number}")
    ready = threading.Barrier(4)

    def work() -> None:
        try:
            ready.wait()
            outbox.tell(at=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = [name for keys in told(service) for name in keys]
    assert sorted(said) == sorted(f"article:{number}" for number in range(40))


@pytest.mark.django_db(transaction=True)
def test_the_cdn_is_told_only_when_the_page_is_gone_from_here(service, settings, tmp_path):
    """The worker may be quicker than the process that touched: else the CDN would fetch the old page again."""
    settings.PAGES_KEPT, settings.PAGES_ROOT = True, tmp_path / "pages"
    keep = Kept(200, (("Content-Type", "text/html"),), b"old", ("article:1",))
    here = store()
    here.note(built=here.built)
    with connection.cursor() as cursor:  # as after the commit of a process that was killed then
        cursor.execute("INSERT INTO newsroom_touch (keys, made_at, xid) VALUES ('{article:1}', now(), 1)")
    assert here.put("/a/", keep, keys=["article:1"], since=here.now())
    found: list[object] = []
    service.on_purge = lambda call: found.append(here.get("/a/"))
    outbox.tell(at=NOW)
    assert found == [None]


def test_trouble_is_said_after_some_minutes(service, db, client):
    touch("article:1")
    now = datetime.now(UTC)  # the touch has the database's own clock
    service.refuse(500, times=10)
    outbox.tell(at=now)
    assert outbox.trouble(at=now + timedelta(minutes=4)) is None
    trouble = outbox.trouble(at=now + timedelta(minutes=6)) or ""
    assert trouble.startswith("The CDN has not confirmed changes for more than five minutes")


def test_confirmed_rows_are_forgotten_after_a_day_and_others_stay(service, db):
    old = NOW - timedelta(hours=25)
    for made_at, confirmed_at in [(old, old), (old, None), (NOW, NOW), (NOW, None)]:
        Touch.objects.create(keys=["a"], made_at=made_at, confirmed_at=confirmed_at, xid=1)
    assert outbox.forget(at=NOW) == 1
    assert Touch.objects.filter(made_at=old, confirmed_at=None).exists()


def test_where_no_cdn_is_set_all_old_rows_are_forgotten(settings, db):
    settings.CDN = None
    for made_at in (NOW - timedelta(hours=25), NOW - timedelta(hours=7)):
        Touch.objects.create(keys=["a"], made_at=made_at, xid=1)
    assert outbox.forget(at=NOW) == 1
    assert Touch.objects.get().made_at == NOW - timedelta(hours=7)
