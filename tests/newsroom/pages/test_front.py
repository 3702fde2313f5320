import gzip
from pathlib import Path

import brotli
import pytest

from newsroom.pages import front as front_module
from newsroom.pages.common import Common
from newsroom.pages.files import Kept
from newsroom.pages.front import Front
from newsroom.pages.store import Store

BODY = ("Ink on paper. " * 100).encode()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "pages")


@pytest.fixture
def front(store: Store) -> Front:
    def django(environ, start_response):
        start_response("200 OK", [("X-From", "django")])
        return [b"django"]

    return Front(django, store)


def keep(store: Store, path: str = "/a/", body: bytes = BODY, status: int = 200) -> None:
    store.put(path, Kept(status, (("Content-Type", "text/html; charset=utf-8"),), body), keys=["a"], since=store.now())


def ask(front: Front, path: str = "/a/", method: str = "GET", **headers: str) -> tuple[str, dict[str, str], bytes]:
    said: list = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path.encode().decode("latin-1"), "QUERY_STRING": headers.pop("query", "")}
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    body = b"".join(front(environ, lambda status, headers: said.extend([status, dict(headers)])))
    return said[0], said[1], body


def test_what_is_not_kept_is_asked_of_django(front):
    assert ask(front) == ("200 OK", {"X-From": "django"}, b"django")


def test_a_kept_page_is_answered_without_django(front, store):
    keep(store)
    status, headers, body = ask(front)
    assert (status, body, headers["Content-Type"]) == ("200 OK", BODY, "text/html; charset=utf-8")


def test_the_twin_the_reader_takes_is_sent(front, store):
    keep(store)
    assert brotli.decompress(ask(front, accept_encoding="gzip, br")[2]) == BODY
    assert gzip.decompress(ask(front, accept_encoding="gzip")[2]) == BODY
    assert ask(front, accept_encoding="br;q=0, identity")[2] == BODY


def test_a_reader_with_the_same_copy_gets_304(front, store):
    keep(store)
    headers = ask(front)[1]
    assert ask(front, if_none_match=headers["ETag"])[0::2] == ("304 Not Modified", b"")
    assert ask(front, if_modified_since=headers["Last-Modified"])[0] == "304 Not Modified"
    assert ask(front, if_none_match='"other"', if_modified_since=headers["Last-Modified"])[0] == "200 OK"


def test_head_has_the_headers_and_no_body(front, store):
    keep(store)
    assert ask(front, method="HEAD") == ("200 OK", ask(front)[1], b"")


def test_a_purged_page_is_gone_from_memory_too(front, store):
    keep(store)
    ask(front)
    store.purge(["a"])
    assert ask(front)[2] == b"django"


def test_a_new_version_is_seen_at_once_and_has_another_validator(front, store):
    keep(store, body=b"A" * 500)
    first = ask(front)[1]["ETag"]
    store.purge(["a"])
    keep(store, body=b"B" * 500)
    status, _, body = ask(front, if_none_match=first)
    assert (status, body) == ("200 OK", b"B" * 500)


@pytest.mark.parametrize(("method", "query"), [("POST", ""), ("GET", "a=1"), ("PUT", "")])
def test_other_requests_go_to_django(front, store, method, query):
    keep(store)
    assert ask(front, method=method, query=query)[2] == b"django"


@pytest.mark.parametrize("path", ["/../index.db", "/a/../../index.db", "/a\x00", "//a/", "/a/index.html.head", "/" + "a" * 5000])
def test_no_path_leads_out_of_the_store(front, store, path):
    keep(store)
    assert ask(front, path)[2] == b"django"


def test_a_path_in_any_script_is_found(front, store):
    keep(store, "/tags/água-viva/")
    assert ask(front, "/tags/água-viva/")[2] == BODY


def test_gone_and_moved_pages_keep_their_status(front, store):
    keep(store, status=410)
    assert ask(front)[0] == "410 Gone"


def test_a_writer_who_has_another_version_is_told_so(front, store):
    keep(store)
    status, headers, body = ask(front, if_match='"other"')
    assert (status, headers["Content-Type"], headers["Content-Length"]) == (
        "412 Precondition Failed",
        "text/plain; charset=utf-8",
        str(len(body)),
    )
    assert ask(front, method="HEAD", if_match='"other"')[2] == b""


def test_conditions_ask_nothing_of_what_is_gone(front, store):
    keep(store, status=410)
    assert ask(front, if_none_match="*")[0] == "410 Gone"


def test_a_request_that_is_not_admitted_goes_to_django(front, store):
    keep(store)
    front.admits = lambda environ: "HTTP_HOST" in environ
    assert ask(front)[2] == b"django"
    assert ask(front, host="news.example.org")[2] == BODY


def test_a_page_with_headers_of_its_own_stands_where_no_web_server_looks(tmp_path):
    store = Store(tmp_path / "pages", common=Common((("X-Frame-Options", "DENY"),)))
    kind = ("Content-Type", "text/html; charset=utf-8")
    for path, headers in {
        "/usual/": (kind, ("x-frame-options", "DENY")),
        "/more/": (kind, ("X-Frame-Options", "DENY"), ("X-Robots-Tag", "noindex")),
        "/less/": (kind,),
        "/other/": (kind, ("X-Frame-Options", "SAMEORIGIN")),
        "/type.txt": (kind, ("X-Frame-Options", "DENY")),
    }.items():
        assert store.put(path, Kept(200, headers, BODY), keys=["a"], since=store.now())
        assert store.get(path) == Kept(200, headers, BODY)
    in_sight = [file for file in store.tree.rglob("*") if file.is_file()]
    assert {file.parent.name for file in in_sight} == {"usual"}
    assert store.purge(["a"]) == 5
    assert store.get("/more/") is None


def test_a_process_with_other_settings_purges_what_this_one_kept(tmp_path):
    one, other = (Store(tmp_path / "pages", common=Common((("X-Site", name),))) for name in ("one", "other"))
    headers = (("Content-Type", "text/html; charset=utf-8"), ("X-Site", "one"))
    assert one.put("/a/", Kept(200, headers, BODY), keys=["a"], since=one.now())
    assert other.purge(["a"]) == 1
    assert one.get("/a/") is None


def test_no_more_is_held_in_memory_than_was_allowed(front, store, monkeypatch):
    monkeypatch.setattr(front_module, "REMEMBERED", 3)
    for number in range(5):
        keep(store, f"/{number}/")
        ask(front, f"/{number}/")
    assert list(front.memory) == ["/2/", "/3/", "/4/"]
    assert front.bytes == sum(entry.size for entry in front.memory.values())
