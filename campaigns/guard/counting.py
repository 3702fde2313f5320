"""What comes under which key, counted in Postgres for all processes together. Sums fade: nothing is ever reset by hand.

A try is counted by one statement. Hot keys (the whole site, a large mail host) are spread over shards, so that at
thousands of tries a minute no two processes wait long for one row.
"""

import ipaddress
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.crypto import salted_hmac

from campaigns.models import GuardCount, GuardHour, GuardTicket, GuardTrace, WaitingForm

SHARDS = 4
QUICK, LONG = 15 * 60, 3 * 3600  # seconds in which a sum fades to 1/e
SITE = "site"
KEPT = {GuardTrace: timedelta(days=3), GuardTicket: timedelta(days=1), WaitingForm: timedelta(days=2)}
HOURS_ARE_KEPT = timedelta(days=60)
FADING = {"tries": QUICK, "declined": QUICK, "paid": QUICK, "turned": QUICK, "declined_long": LONG, "paid_long": LONG}
OF_AN_HOUR = ("tries", "asked", "passed", "refused", "held", "declined", "paid")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A form that asks for a payment page: where it came from and what it says. Never kept; only its keys are."""

    address: str
    email: str
    amount: int  # minor units
    currency: str
    minimum: int
    link: str = ""  # the personal link it was sent by, if any


@dataclass(frozen=True, slots=True)
class Counts:
    """What came under one key. Of the last quarter of an hour, more or less; the `_long` ones of some hours."""

    tries: float = 0
    declined: float = 0
    paid: float = 0
    turned: float = 0
    declined_long: float = 0
    paid_long: float = 0


def keys_of(attempt: Attempt) -> dict[str, str]:
    """Keyed hashes by kind: who holds the table without our secret reads no address and no mailbox from it."""
    told = {SITE: "", "amount": f"{attempt.amount} {attempt.currency}", **_places(attempt.address)}
    if attempt.email:
        host = attempt.email.rpartition("@")[2].lower()
        told |= {"mailbox": _mailbox(attempt.email), "host": host, "shape": _shape(attempt.email)}
    if attempt.link:
        told["link"] = attempt.link
    if attempt.amount <= 2 * attempt.minimum:  # whoever tests a card wants nobody to notice
        told["small"] = attempt.currency
    return {kind: hashed(kind, what) for kind, what in told.items()}


def hashed(kind: str, what: str) -> str:
    return salted_hmac("campaigns.guard", f"{kind} {what}", algorithm="sha256").hexdigest()[:32]


def count(keys: Sequence[str], *, at: datetime, hour: dict[str, int] | None = None, **told: int) -> None:
    """Add what was `told` (tries, declined, paid, turned) to the keys, and `hour` to the hour's sums: one statement.

    Its rows are taken in the order of their keys, so that no two of them wait for each other.
    """
    more = {name: told.get(name.removesuffix("_long"), 0) for name in FADING}
    sums = dict.fromkeys(OF_AN_HOUR, 0) | (hour or {})
    shard = random.randrange(SHARDS)  # noqa: S311  no secret
    expires = (at + timedelta(days=4)).replace(hour=0, minute=0, second=0, microsecond=0)  # the same all day: the index rests
    values: dict[str, Any] = {"keys": sorted(set(keys)), "shard": shard, "at": at, "expires": expires, "hour": _hour(at)}
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT, values | {f"k_{name}": value for name, value in more.items()} | {f"h_{n}": v for n, v in sums.items()}
        )


def look(keys: Sequence[str], *, at: datetime) -> dict[str, Counts]:
    """What came lately under each key, faded to `at`. One query."""
    with connection.cursor() as cursor:
        cursor.execute(LOOK, {"keys": list(keys), "at": at})
        found = {row[0]: Counts(*row[1:]) for row in cursor.fetchall()}
    return {key: found.get(key, Counts()) for key in keys}


def hours(*, since: datetime) -> list[dict[str, Any]]:
    """The sums of each hour from the one of `since` on, the newest first."""
    with connection.cursor() as cursor:
        sums = ", ".join(f"sum({name})" for name in OF_AN_HOUR)
        cursor.execute(
            f"SELECT hour, {sums} FROM campaigns_guardhour WHERE hour >= %s GROUP BY hour ORDER BY hour DESC",  # noqa: S608
            [_hour(since)],
        )
        return [dict(zip(("hour", *OF_AN_HOUR), row, strict=True)) for row in cursor.fetchall()]


def forget(*, at: datetime) -> None:
    """Drop what is older than it may be."""
    GuardCount.objects.filter(expires_at__lte=at).delete()
    GuardHour.objects.filter(hour__lt=at - HOURS_ARE_KEPT).delete()
    for model, kept_for in KEPT.items():
        model._default_manager.filter(at__lte=at - kept_for).delete()


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _places(address: str) -> dict[str, str]:
    """IPv4: the address and its /24. IPv6: the /64 that one customer holds, and the /48 of their network."""
    try:
        network = ipaddress.ip_network(address, strict=False)
    except ValueError:
        return {}
    near, far = (32, 24) if network.version == 4 else (64, 48)
    base = network.network_address
    return {
        "place": str(ipaddress.ip_network(f"{base}/{near}", strict=False)),
        "around": str(ipaddress.ip_network(f"{base}/{far}", strict=False)),
    }


def _mailbox(email: str) -> str:
    """“A.na+x@example.org” and “ana@example.org” reach the same person at most hosts."""
    name, _, host = email.lower().rpartition("@")
    return f"{name.partition('+')[0].replace('.', '')}@{host}"


def _shape(email: str) -> str:
    """How a mailbox is made, whoever owns it: “qx83kd02@…” and “zz17ab44@…” are both “a9a9 8”."""
    name = email.rpartition("@")[0].lower()
    runs = re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", name))
    return f"{runs} {len(name)}"


def _faded(name: str, until: str) -> str:
    """A sum as it is at `until`. Cut off far before it is too small for a float."""
    past = f"extract(epoch FROM {until} - c.at)::float8"
    faded = f"c.{name} * exp(-least(greatest({past}, 0) / {FADING[name]}, 30))"
    return f"CASE WHEN abs({faded}) < 0.001 THEN 0 ELSE {faded} END"


COUNT = f"""
WITH this_hour AS (
    INSERT INTO campaigns_guardhour AS h (hour, shard, {", ".join(OF_AN_HOUR)})
    VALUES (%(hour)s, %(shard)s, {", ".join(f"%(h_{name})s" for name in OF_AN_HOUR)})
    ON CONFLICT (hour, shard) DO UPDATE SET {", ".join(f"{name} = h.{name} + excluded.{name}" for name in OF_AN_HOUR)}
)
INSERT INTO campaigns_guardcount AS c (key, shard, {", ".join(FADING)}, at, expires_at)
SELECT key, %(shard)s, {", ".join(f"%(k_{name})s" for name in FADING)}, %(at)s, %(expires)s
FROM unnest(%(keys)s::text[]) AS key ORDER BY key
ON CONFLICT (key, shard) DO UPDATE SET
    {", ".join(f"{name} = {_faded(name, 'excluded.at')} + excluded.{name}" for name in FADING)},
    at = greatest(c.at, excluded.at), expires_at = greatest(c.expires_at, excluded.expires_at)
"""  # noqa: S608  names of ours
LOOK = f"""
SELECT c.key, {", ".join(f"sum({_faded(name, '%(at)s::timestamptz')})" for name in FADING)}
FROM campaigns_guardcount c WHERE c.key = ANY(%(keys)s) GROUP BY c.key
"""  # noqa: S608
