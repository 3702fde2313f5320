"""Keys: what a page shows and a change touches.

A key is a name without blanks, such as "article:12". Of an ordered list a page may show a stretch and a change touches a
point: `stretch("list:tag:3", after=…)`, `point("list:tag:3", at=…)`. A touch without a point touches all of its list.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

FIRST, LAST = -(2**63), 2**63 - 1
EVERYTHING = "everything"  # the key that every page shows
UNTIL = "until:"
CHANNEL = "newsroom_touch"  # on which Postgres tells that something was touched
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FORM = re.compile(r"(?P<name>[^\s@]+)(@(?P<low>-?\d*)(?P<more>\.\.(?P<high>-?\d*))?)?")


@dataclass(frozen=True, slots=True)
class Key:
    name: str
    low: int = FIRST
    high: int = LAST

    @classmethod
    def of(cls, text: str) -> "Key":
        """Read “name”, “name@point”, “name@low..high” with either end open. ValueError for anything else."""
        found = FORM.fullmatch(text)
        if not found:
            raise ValueError(f"“{text}” is no key.")
        if "@" not in text:
            return cls(found["name"])
        low = int(found["low"]) if found["low"] else FIRST
        if found["more"] is None:
            return cls(found["name"], low, low)
        return cls(found["name"], low, int(found["high"]) if found["high"] else LAST)


def microseconds(at: datetime) -> int:
    """Exact, unlike a float's timestamp."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def stretch(name: str, *, since: datetime | None = None, until: datetime | None = None) -> str:
    """What a page shows of a list in order of time, both ends included; None: however far it goes."""
    ends = [str(microseconds(end)) if end else "" for end in (since, until)]
    return name if ends == ["", ""] else f"{name}@{'..'.join(ends)}"


def point(name: str, *, at: datetime) -> str:
    """Where a list in order of time changed."""
    return f"{name}@{microseconds(at)}"


def address(path: str) -> str:
    """The key of what stands under an address. Every kept page shows its own."""
    return f"at:{quote(path, safe='/')}"


def until(at: datetime) -> str:
    """Shown by a page that is true until a moment: a touch comes by itself then."""
    return f"{UNTIL}{max(0, microseconds(at)):020d}"


def moment(key: str) -> int | None:
    """The microseconds of such a key."""
    rest = key.removeprefix(UNTIL)
    return int(rest) if rest != key and rest.isdecimal() else None
