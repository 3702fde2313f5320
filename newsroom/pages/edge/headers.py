"""What the CDN gets beside a kept page, and nobody else."""

import hmac
import time
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from newsroom.cdn import Cdn
from newsroom.pages.edge import names
from newsroom.pages.keys import moment

ASKED_BY_CDN = "HTTP_X_NEWSROOM_CDN"  # carries the secret we share with it


def for_cdn(keys: Iterable[str], environ: dict[str, Any]) -> list[tuple[str, str]]:
    """Names to purge by and the time it may keep the page; nothing where the CDN does not ask."""
    given: str = environ.get(ASKED_BY_CDN, "")
    cdn: Cdn | None = settings.CDN if given else None
    if cdn is None or not hmac.compare_digest(given.encode("latin-1", "replace"), cdn.secret.encode()):
        return []
    keys = tuple(keys)
    now = time.time_ns() // 1000
    called = names.of_page(keys, at=now)
    may = seconds_left(keys, cdn.lifetime, at=now)
    control = f"max-age={may}" if may > 0 else "no-store"
    if cdn.kind == "cloudflare":
        return [("Cache-Tag", ",".join(called)), ("CDN-Cache-Control", control)]
    return [("Surrogate-Key", " ".join(called)), ("Surrogate-Control", control)]


def seconds_left(keys: Iterable[str], lifetime: int, *, at: int) -> int:
    """Not beyond the moment until which the page is true: when it comes, the CDN has let go of the page by itself.

    Whole seconds, rounded down, less one for the way there.
    """
    ends = [end for end in map(moment, keys) if end is not None]
    return min([lifetime, *((end - at) // 1_000_000 - 1 for end in ends)])
