import gzip
import os
import subprocess
import sys
import threading
from pathlib import Path

import brotli
import pytest

from newsroom.pages import store as store_module
from newsroom.pages.files import Kept
from newsroom.pages.store import Store

HTML = (("Content-Type", "text/html; charset=utf-8"),)


def page(text: str = "hello") -> Kept:
    return Kept(200, HTML, (text * 200).encode())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "pages")


def keep(store: Store, path: str, *keys: str, text: str = "hello") -> bool:
    return store.put(path, page(text), keys=keys, since=store.now())


def test_a_kept_page_comes_back_as_it_was(store):
    assert keep(store, "/articles/one/", "article:1")
    assert store.get("/articles/one/") == page()


def test_a_page_has_its_compressed_twins(store):
    keep(store, "/a/", "a")
    file = store.file_of("/a/")
    assert gzip.decompress(Path(f"{file}.gz").read_bytes()) == page().body
    assert brotli.decompress(Path(f"{file}.br").read_bytes()) == page().body


def test_exactly_the_pages_that_show_a_touched_key_are_gone(store):
    keep(store, "/a/", "article:1", "latest")
    keep(store, "/b/", "article:2", "latest")
    keep(store, "/c/", "article:1")
    assert store.purge(["article:1"]) == 2
    assert store.paths() == ["/b/"]
    assert not list(store.files.rglob("a/*"))


def test_a_render_that_began_before_a_touch_is_not_kept(store):
    since = store.now()
    store.purge(["article:1"])
    assert not store.put("/a/", page(), keys=["article:1"], since=since)
    assert store.get("/a/") is None


def test_a_touch_of_other_keys_does_not_hinder_keeping(store):
    since = store.now()
    store.purge(["article:2"])
    assert store.put("/a/", page(), keys=["article:1"], since=since)


def test_clearing_removes_all_and_refuses_what_is_under_way(store):
    keep(store, "/a/", "a")
    keep(store, "/b/", "b")
    since = store.now()
    assert store.clear() == 2
    assert store.paths() == []
    assert not store.put("/c/", page(), keys=["c"], since=since)


def test_a_new_version_never_repeats_the_time_of_an_old_one(store):
    times = []
    for text in ("one", "two", "six"):
        keep(store, "/a/", "a", text=text)
        times.append(int(os.stat(store.file_of("/a/")).st_mtime))
        store.purge(["a"])
    assert sorted(set(times)) == times


LIST = "list:latest"


def test_a_touch_of_a_point_meets_the_stretches_it_lies_in(store):
    keep(store, "/older/", f"{LIST}@..100")
    keep(store, "/newer/", f"{LIST}@..200")
    keep(store, "/front/", f"{LIST}@150..")
    keep(store, "/all/", LIST)
    keep(store, "/other/", "list:tag:1@..200")
    assert store.purge([f"{LIST}@201"]) == 2
    assert store.paths() == ["/newer/", "/older/", "/other/"]
    assert store.purge([f"{LIST}@200"]) == 1
    assert store.purge([LIST]) == 1
    assert store.paths() == ["/other/"]


def test_a_touch_of_a_point_refuses_only_renders_of_its_stretches(store):
    since = store.now()
    store.purge([f"{LIST}@150"])
    assert not store.put("/a/", page(), keys=[f"{LIST}@..150"], since=since)
    assert not store.put("/b/", page(), keys=[LIST], since=since)
    assert store.put("/c/", page(), keys=[f"{LIST}@..149"], since=since)


def test_redirects_and_what_is_gone_stand_where_no_web_server_looks(store):
    moved = Kept(301, (("Location", "/a/"),), b"")
    assert store.put("/2019/05/no-slash", moved, keys=["a"], since=store.now())
    assert store.get("/2019/05/no-slash") == moved
    assert not store.files.exists() or not [file for file in store.files.rglob("*") if file.is_file()]
    store.purge(["a"])
    assert store.get("/2019/05/no-slash") is None


def test_a_page_that_became_a_redirect_leaves_no_page_behind(store):
    keep(store, "/a/", "a")
    store.put("/a/", Kept(410, HTML, b"gone"), keys=["a"], since=store.now())
    assert store.get("/a/").status == 410
    assert store.find("/a/") == store.file_of("/a/", 410)


def test_a_touch_between_listing_and_appearing_leaves_no_page_that_nothing_would_purge(store, monkeypatch):
    """Another key of the page's former version is touched just then: it takes the new version's rows away as well."""
    keep(store, "/a/", "old")
    store.find("/a/").unlink()
    really = store_module.enter

    def index_then_be_touched(db, path, shown):
        found = really(db, path, shown)
        db.execute("UPDATE page SET kept = 0")
        return found

    monkeypatch.setattr(store_module, "enter", index_then_be_touched)
    assert not keep(store, "/a/", "new")
    assert store.get("/a/") is None


def test_a_page_is_gone_when_its_moment_has_come(store):
    keep(store, "/a/", "until:00000000000000000100")
    keep(store, "/b/", "until:00000000000000000200")
    assert store.expire(99) == 100
    assert store.expire(100) == 200
    assert store.paths() == ["/b/"]
    since = store.now()
    assert store.expire(200) is None
    assert not store.put("/b/", page(), keys=["until:00000000000000000200"], since=since)


def test_a_moment_that_has_come_is_looked_at_once_and_again_after_the_clock_was_set_back(store):
    moment = "until:00000000000000000100"
    for path in ("/a/", "/b/"):
        assert store.put(path, page(), keys=[moment, "b"], since=store.now())
    assert store.expire(100) is None
    number = store.now()
    assert (store.paths(), store.expire(101), store.now()) == ([], None, number)
    assert store.put("/a/", page(), keys=[moment, "b"], since=store.now())
    assert store.expire(50) == 100
    store.expire(100)
    assert store.paths() == []


def test_other_code_than_that_which_rendered_empties_the_store_and_keeps_no_more(store):
    old, new = Store(store.root, built="1"), Store(store.root, built="2")
    assert old.adopt_build()
    assert keep(old, "/a/", "a")
    assert not old.adopt_build()
    assert new.adopt_build()
    assert new.paths() == []
    assert not keep(old, "/a/", "a")
    assert keep(new, "/a/", "a")


def test_an_index_that_was_lost_takes_its_pages_with_it(store):
    keep(store, "/a/", "a")
    since = store.now()
    for file in store.root.glob("index.db*"):
        file.unlink()
    assert store.paths() == []
    assert store.get("/a/") is None
    assert not store.put("/b/", page(), keys=["b"], since=since)


def test_an_abandoned_store_begins_anew(store):
    keep(store, "/a/", "a")
    since = store.now()
    store.abandon()
    assert store.get("/a/") is None
    assert not store.put("/a/", page(), keys=["a"], since=since)
    assert keep(store, "/a/", "a")


@pytest.mark.parametrize("text", ["", "with blank", "a@b", "a@1..b", "a@1..2..3", "a b@1"])
def test_what_is_no_key_is_refused(store, text):
    with pytest.raises(ValueError, match="is no key"):
        keep(store, "/a/", text)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a",
        "/../etc/passwd",
        "/a/../b/",
        "/a//b/",
        "/a/./",
        "/a\x00/",
        "/a.gz",
        "/a/b.head",
        "/a\\b/",
        "/" + "x" * 300 + "/",
        "/noending",
    ],
)
def test_a_path_that_no_file_may_have_is_never_kept(store, path):
    assert store.file_of(path) is None
    assert not keep(store, path, "a")


def test_readers_of_one_path_fly_one_at_a_time(store):
    inside, most = 0, 0

    def fly() -> None:
        nonlocal inside, most
        with store.flight("/a/"):
            inside += 1
            most = max(most, inside)
            inside -= 1

    threads = [threading.Thread(target=fly) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


HAMMER = """
import os, sys, random
from pathlib import Path
from newsroom.pages.files import Kept
from newsroom.pages.store import Store
store, truth = Store(Path(sys.argv[1])), Path(sys.argv[2])
chance = random.Random(int(sys.argv[3]))
for n in range(150):
    key = chance.randrange(5)
    if chance.random() < 0.3:
        fact = truth / str(key)
        new = int(fact.read_text()) + 1 if fact.exists() else 1
        if int(sys.argv[3]) == 0:  # whole or not at all: others read it meanwhile
            aside = fact.with_suffix(".new")
            aside.write_text(str(new))
            aside.replace(fact)
        store.purge([f"k{key}"])
    else:
        since = store.now()
        fact = truth / str(key)
        text = fact.read_text() if fact.exists() else "0"
        store.put(f"/p{key}/", Kept(200, (("Content-Type", "text/plain"),), text.encode()), keys=[f"k{key}"], since=since)
"""


def test_whatever_four_processes_do_no_kept_page_is_older_than_its_last_touch(store, tmp_path):
    """One process changes facts and touches them; three render and touch. At the end every kept page tells the fact."""
    truth = tmp_path / "truth"
    truth.mkdir()
    for key in range(5):
        (truth / str(key)).write_text("0")
    command = [sys.executable, "-c", HAMMER, str(store.root), str(truth)]
    running = [subprocess.Popen([*command, str(n)]) for n in range(4)]
    assert [process.wait() for process in running] == [0, 0, 0, 0]
    told = {path: store.get(path).body.decode() for path in store.paths()}
    assert told == {path: (truth / path.strip("/p")).read_text() for path in told}


def test_many_processes_that_come_first_all_find_an_index(store):
    """Nobody has made it yet, and all of them try to."""
    command = [sys.executable, "-c", f"from pathlib import Path\n{FIRST_LOOK}", str(store.root)]
    running = [subprocess.Popen(command) for _ in range(12)]
    assert [process.wait() for process in running] == [0] * 12


FIRST_LOOK = """
import sys, time
from newsroom.pages.store import Store
time.sleep(1.5 - time.time() % 1)  # all at the same moment
Store(Path(sys.argv[1])).now()
"""
