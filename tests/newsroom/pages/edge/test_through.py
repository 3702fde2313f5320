"""A small, true cache in front of the site, purged over HTTP: nobody reads an older page through it after a confirmation."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from newsroom import pages
from newsroom.models import Share, Touch
from newsroom.pages.edge import outbox
from newsroom.pages.here import store
from tests.cdn import PurgeService, purge_service

pytestmark = pytest.mark.django_db(transaction=True)
NEVER = datetime(2100, 1, 1, tzinfo=UTC)


@pages.kept
def thing(request: HttpRequest, name: str) -> HttpResponse:
    pages.shows(request, f"thing:{name}")
    return HttpResponse(str(Share.objects.get(who=name).count))


urlpatterns = [path("things/<name>/", thing)]


def change(name: str) -> int:
    """A verb: one more. Returns the number that readers are to see from now on."""
    with transaction.atomic():
        found = Share.objects.select_for_update().get(who=name)
        found.count += 1
        found.save()
        pages.touch(f"thing:{name}")
    return found.count


class Cache:
    """Keeps what it may by Surrogate-Control, forgets by Surrogate-Key. `on_the_way`: what happens while an answer is."""

    def __init__(self, site: Any, secret: str) -> None:
        self.site, self.secret = site, secret
        self.kept: dict[str, tuple[float, set[str], int]] = {}
        self.on_the_way: Callable[[], Any] = lambda: None
        self.lock = threading.Lock()
        self.asked = 0

    def read(self, address: str) -> int:
        with self.lock:
            until, _, body = self.kept.get(address, (0.0, set(), 0))
        return body if time.monotonic() < until else self.fetch(address)

    def fetch(self, address: str) -> int:
        self.asked += 1
        environ: dict[str, Any] = {"PATH_INFO": address, "HTTP_X_NEWSROOM_CDN": self.secret, "HTTP_HOST": "localhost"}
        setup_testing_defaults(environ)
        said: dict[str, str] = {}
        answer = self.site(environ, lambda status, headers: said.update(headers))
        body = int(b"".join(answer))
        if hasattr(answer, "close"):
            answer.close()
        self.on_the_way()
        control = said.get("Surrogate-Control", "")
        if control.startswith("max-age="):
            until = time.monotonic() + int(control.removeprefix("max-age="))
            with self.lock:
                self.kept[address] = (until, set(said["Surrogate-Key"].split()), body)
        return body

    def purge(self, names: list[str]) -> None:
        with self.lock:
            self.kept = {address: it for address, it in self.kept.items() if not it[1] & set(names)}


@pytest.fixture
def service() -> Iterator[PurgeService]:
    with purge_service() as service:
        yield service


@pytest.fixture
def cache(service, settings, tmp_path) -> Cache:
    settings.ROOT_URLCONF = __name__
    settings.CDN = service.cdn()
    settings.PAGES_KEPT, settings.PAGES_ROOT = True, tmp_path / "pages"
    store().note(built=store().built)
    for name in ("a", "b"):
        Share.objects.create(who=name, count=1, until=NEVER)
    cache = Cache(pages.in_front_of(get_wsgi_application()), settings.CDN.secret)
    service.on_purge = lambda call: cache.purge(call.names)
    return cache


def tell_until_confirmed() -> None:
    moment = datetime.now(UTC)
    while Touch.objects.filter(confirmed_at=None).exists():
        outbox.tell(at=moment)
        moment += timedelta(seconds=1)


def test_a_page_is_asked_of_us_once(cache):
    assert [cache.read("/things/a/") for _ in range(5)] == [1] * 5
    assert cache.asked == 1


def test_a_purge_takes_what_was_touched_and_nothing_else(cache):
    cache.read("/things/a/")
    cache.read("/things/b/")
    assert change("a") == 2
    assert cache.read("/things/a/") == 1  # not told yet
    tell_until_confirmed()
    assert set(cache.kept) == {"/things/b/"}
    assert cache.read("/things/a/") == 2


def test_an_answer_that_a_purge_overtook_is_gone_when_the_touch_is_confirmed(cache):
    def overtaken() -> None:
        cache.on_the_way = lambda: None
        change("a")
        outbox.tell(at=datetime.now(UTC))

    cache.on_the_way = overtaken
    assert cache.read("/things/a/") == 1
    assert cache.read("/things/a/") == 1  # kept after the first purge: this is why there is a second
    tell_until_confirmed()
    assert cache.read("/things/a/") == 2


def test_a_cdn_that_was_away_catches_up(cache, service):
    cache.read("/things/a/")
    service.refuse(503, times=6)
    change("a")
    change("a")
    tell_until_confirmed()
    assert cache.read("/things/a/") == 3


def test_under_load_no_reader_is_shown_what_was_before_a_confirmed_change(cache, service, monkeypatch):
    """Readers, a verb that changes the page all the time, a worker, a CDN that fails now and then."""
    monkeypatch.setattr(outbox, "REPEAT", timedelta(milliseconds=100))
    monkeypatch.setattr(outbox, "PAUSES", (0.05,))
    cache.on_the_way = lambda: time.sleep(0.02)  # less than REPEAT: the bound that docs/cdn.md states
    least, stale, read, stop = [1], list[tuple[int, int]](), list[int](), threading.Event()

    def reader() -> None:
        try:
            while not stop.is_set():
                bound = least[0]
                seen = cache.read("/things/a/")
                read.append(seen)
                if seen < bound:
                    stale.append((seen, bound))
                time.sleep(0.001)
        finally:
            connection.close()

    readers = [threading.Thread(target=reader) for _ in range(4)]
    for thread in readers:
        thread.start()
    ends, rounds = time.monotonic() + 4, 0
    while time.monotonic() < ends:
        rounds += 1
        if rounds % 4 == 0:
            service.refuse(500)
        new = change("a")
        while Touch.objects.filter(confirmed_at=None).exists():
            outbox.tell(at=datetime.now(UTC))
            time.sleep(0.01)
        least[0] = new
    stop.set()
    for thread in readers:
        thread.join()
    assert stale == []
    assert rounds > 8
    assert len(set(read)) > 8
    assert cache.asked < len(read) / 3  # it did keep pages
