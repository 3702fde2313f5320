import os
from pathlib import Path

import pytest

from newsroom.pages.files import Kept
from newsroom.pages.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "pages")


def keep(store: Store, path: str) -> bool:
    return store.put(path, Kept(200, (), b"text"), keys=["a"], since=store.now())


def refuse_to_rename(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """As a folder that is a mount."""
    really = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self == folder:
            raise OSError(16, "Device or resource busy")
        return really(self, target)

    monkeypatch.setattr(Path, "rename", rename)


def test_a_store_that_is_a_mount_is_abandoned_too(store, monkeypatch):
    keep(store, "/a/")
    since = store.now()
    refuse_to_rename(monkeypatch, store.root)
    store.abandon()
    assert store.get("/a/") is None
    assert not store.put("/a/", Kept(200, (), b"text"), keys=["a"], since=since)
    assert keep(store, "/a/")


def test_a_page_about_to_appear_does_not_when_the_store_is_abandoned_meanwhile(store, monkeypatch):
    """Between its listing in the index and its appearing."""
    from newsroom.pages import store as store_module

    refuse_to_rename(monkeypatch, store.root)
    really = store_module.appear

    def abandon_then_appear(*given):
        store.abandon()
        really(*given)

    monkeypatch.setattr(store_module, "appear", abandon_then_appear)
    keep(store, "/a/")
    assert store.get("/a/") is None


def test_what_killed_processes_left_is_swept_and_nothing_else(store):
    keep(store, "/a/")
    old, young = store.new / "1-1-1", store.new / "2-2-2"
    for folder in (store.root / "gone-1-1", store.root.with_name("pages-abandoned-1-1"), old, young):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))
    assert store.sweep() == 3
    assert [folder.name for folder in store.new.iterdir()] == ["2-2-2"]
    assert store.get("/a/")


def test_a_number_of_another_index_refuses_the_page(store):
    """The clock went back before the index was lost: the new one counts from below."""
    assert not store.put("/a/", Kept(200, (), b"text"), keys=["a"], since=store.now() + 1_000_000)


def test_touches_that_were_all_heard_purge_nothing_again(store):
    store.purge(["a"], touches=[1])
    keep(store, "/a/")
    assert store.purge(["a"], touches=[1]) == 0
    assert store.purge(["a"], touches=[1, 2]) == 1
