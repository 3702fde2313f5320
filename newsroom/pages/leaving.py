"""How folders of a store go: out of sight by one rename, removed afterwards. A process may be killed in between."""

import contextlib
import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

INDEX = ("index.db-wal", "index.db-shm", "index.db")
LEFT_BEHIND = 3600.0  # seconds after which what waits to appear belongs to nobody any more


def abandon(root: Path) -> None:
    """Take the whole store out of sight, with its index. Where it cannot be renamed (it is a mount, or its parent is not
    ours) its parts are: first what waits to appear, so that nobody who holds the former index puts a page in sight."""
    gone = root.with_name(f"{root.name}-abandoned-{_unique()}")
    try:
        root.rename(gone)
    except FileNotFoundError:
        return
    except OSError:
        take_away(root, ["new", "files", "others"])
        for name in INDEX:
            (root / name).unlink(missing_ok=True)
    shutil.rmtree(gone, ignore_errors=True)


def out_of_sight(root: Path, names: Iterable[str]) -> list[Path]:
    """Rename these folders. Returns what is to be removed."""
    gone = []
    for name in names:
        away = root / f"gone-{_unique()}"
        with contextlib.suppress(FileNotFoundError):
            (root / name).rename(away)
            gone.append(away)
    return gone


def take_away(root: Path, names: Iterable[str]) -> None:
    for folder in out_of_sight(root, names):
        shutil.rmtree(folder, ignore_errors=True)


def sweep(root: Path) -> int:
    """Remove what killed processes left: folders out of sight, and pages that waited to appear for an hour."""
    left = [*root.glob("gone-*"), *root.parent.glob(f"{root.name}-abandoned-*")]
    left += [entry for entry in root.glob("new/*") if _age(entry) > LEFT_BEHIND]
    for entry in left:
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
    return len(left)


def _age(entry: Path) -> float:
    try:
        return time.time() - entry.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _unique() -> str:
    return f"{os.getpid()}-{time.monotonic_ns()}"
