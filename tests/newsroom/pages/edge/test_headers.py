"""The CDN gets names and a time beside a kept page; everybody else gets what they always got."""

import time

import pytest

from newsroom.pages.edge.headers import for_cdn
from newsroom.pages.files import Kept
from newsroom.pages.front import Front
from newsroom.pages.keys import UNTIL
from newsroom.pages.store import Store
from tests.cdn import PurgeService
from tests.newsroom.pages.test_front import ask

CDN = PurgeService(1).cdn()
OURS = {"x_newsroom_cdn": CDN.secret}


@pytest.fixture
def front(tmp_path, settings) -> Front:
    settings.CDN = CDN
    store = Store(tmp_path / "pages")
    headers = (("Content-Type", "text/html"), ("Cache-Control", "public, max-age=0, must-revalidate"))
    store.put("/a/", Kept(200, headers, b"ink" * 99, ("article:1", "at:/a/")), keys=["article:1"], since=store.now())
    store.put("/b/", Kept(301, (("Location", "/a/"),), b"", ("article:1",)), keys=["article:1"], since=store.now())
    return Front(lambda environ, start_response: start_response("404 Not Found", []) or [b""], store)


def test_the_cdn_is_told_names_and_a_time(front):
    status, headers, _ = ask(front, **OURS)
    assert (status, headers["Surrogate-Key"]) == ("200 OK", "article:1 at:/a/ everything")
    assert headers["Surrogate-Control"] == "max-age=3600"
    assert headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_readers_see_nothing_of_it(front):
    _, headers, _ = ask(front)
    assert {name for name in headers if "urrogate" in name or "Tag" in name} - {"ETag"} == set()


@pytest.mark.parametrize("guess", ["", "1", "é", "\xff\xfe", CDN.secret[:-1], CDN.secret + "x"])
def test_a_stranger_who_guesses_sees_nothing_of_it(front, guess):
    assert ask(front, x_newsroom_cdn=guess)[1] == ask(front)[1]


def test_the_secret_means_nothing_where_no_cdn_is_set(front, settings):
    settings.CDN = None
    assert ask(front, **OURS)[1] == ask(front)[1]


def test_a_copy_that_is_found_fresh_gets_them_anew(front):
    etag = ask(front)[1]["ETag"]
    status, headers, _ = ask(front, if_none_match=etag, **OURS)
    assert (status[:3], headers["Surrogate-Control"]) == ("304", "max-age=3600")


def test_a_redirect_is_kept_in_front_too(front):
    status, headers, _ = ask(front, path="/b/", **OURS)
    assert (status[:3], headers["Surrogate-Key"]) == ("301", "article:1 everything")


def test_cloudflare_is_spoken_to_in_its_words(front, settings):
    settings.CDN = PurgeService(1).cdn("cloudflare")
    _, headers, _ = ask(front, **OURS)
    assert headers["Cache-Tag"] == "article:1,at:/a/,everything"
    assert headers["CDN-Cache-Control"] == "max-age=3600"
    assert "Surrogate-Key" not in headers


@pytest.mark.parametrize(("seconds", "control"), [(7200, "max-age=3600"), (100, "max-age=98"), (1, "no-store"), (-5, "no-store")])
def test_no_page_is_kept_in_front_beyond_its_moment(settings, seconds, control):
    settings.CDN = CDN
    ends = time.time_ns() // 1000 + seconds * 1_000_000 + 900_000 * (seconds == 100)
    headers = dict(for_cdn(["article:1", f"{UNTIL}{ends:020d}"], {"HTTP_X_NEWSROOM_CDN": CDN.secret}))
    allowed = {control, "max-age=99"} if seconds == 100 else {control}
    assert headers["Surrogate-Control"] in allowed
