"""The names by which a cache in front knows what a page shows.

Such a cache compares names and nothing else, while a key may be a stretch of a list in order of time. So a page that shows
an end of its list, or all of it, carries the list's name, `L`; one that shows a closed stretch carries `L@` and `L@<span>`,
the span of time in which its stretch ends. A change at the moment t of L concerns pages that end at t or later: they
carry `L` or one of the spans from t to now. For a new entry that is the present span and no other, so older pages stay. For
an old moment there would be too many spans: then `L@` takes all pages of the list. Too much may go, never too little.

That no page is missed: let it show low..high, and a touch at t be in it. It carries `L`, which every touch of L names; or
its stretch ended a span before a, the moment it was handed out. The spans named reach from t to p, when the purge is
sent. Since t ≤ high, the page's own is among them unless high is later than p: then it was handed out, without the change,
more than SETTLED after the change was known everywhere. A host that was that late tells again (newsroom.pages.following).
"""

import hashlib
import re
from collections.abc import Iterable

from newsroom.pages.keys import EVERYTHING, LAST, Key

EDGE = "edge"  # a key that only caches in front hold: touching it takes all from them and nothing from our stores
CROWDED = "crowded"  # instead of names that are too many for a header; every purge takes it
SPAN = 5 * 60 * 1_000_000  # microseconds
SPANS = 12  # in one purge; a touch further back takes the list
SETTLED = 60 * 1_000_000  # after a stretch's end, before it counts as closed
ROOM = 6000  # bytes of names in a header. Varnish takes 8,192 a line, Fastly and Cloudflare 16,384
PLAIN = re.compile(r"[A-Za-z0-9:/._%~-]{1,120}")


def of_page(keys: Iterable[str], *, at: int) -> list[str]:
    """What a page that shows these keys is called when it is handed out `at` (microseconds)."""
    names = {EVERYTHING}
    for key in map(Key.of, keys):
        name = plain(key.name)
        is_closed = key.high < LAST and span(key.high) < span(at - SETTLED)
        names |= {f"{name}@", f"{name}@{span(key.high)}"} if is_closed else {name}
    if sum(map(len, names)) + len(names) > ROOM:
        return [CROWDED, EVERYTHING]
    return sorted(names)


def of_touches(keys: Iterable[str], *, at: int) -> list[str]:
    """What a purge has to name that is sent `at`, after what it tells of was committed."""
    names = {CROWDED}
    for key in map(Key.of, keys):
        if key.name in {EVERYTHING, EDGE}:
            return [EVERYTHING]
        name = plain(key.name)
        first, last = span(key.low), max(span(key.low), span(at))
        names |= {name, f"{name}@"} if last - first >= SPANS else {name, *(f"{name}@{n}" for n in range(first, last + 1))}
    return sorted(names)


def span(moment: int) -> int:
    return moment // SPAN


def plain(name: str) -> str:
    """As it may stand in the header of any of them; a long or unusual one as its fingerprint."""
    if PLAIN.fullmatch(name):
        return name
    return f"h:{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}"
