"""Reads environment variables: a value is what it should be, or a sentence names the variable that is not."""

import os
import re
from collections.abc import Collection
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured

SYSTEM_ZONES = Path("/usr/share/zoneinfo")  # where it exists, Django wants a zone to be there


def flag(name: str, default: str = "0") -> bool:
    return os.environ.get(name, default).strip().lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int, *, least: int, most: int) -> int:
    given = (os.environ.get(name) or str(default)).strip()
    if not (given.isascii() and given.isdigit() and len(given) < 20 and least <= int(given) <= most):
        raise ImproperlyConfigured(f"{name}={given} cannot be used: it must be a whole number from {least} to {most}.")
    return int(given)


def hosts(name: str) -> list[str]:
    """Host names, parted by spaces or commas."""
    given = os.environ.get(name, "").lower().replace(",", " ").split()
    wrong = [host for host in given if not re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z0-9-]+", host)]
    if wrong:
        raise ImproperlyConfigured(f"{name} cannot be used: “{wrong[0]}” is not a host name like video.example.org.")
    return given


def choice(name: str, default: str, allowed: Collection[str]) -> str:
    given = (os.environ.get(name) or default).strip().upper()
    if given not in allowed:
        raise ImproperlyConfigured(f"{name}={given} cannot be used: it must be one of {', '.join(allowed)}.")
    return given


def time_zone(name: str, default: str) -> str:
    given = os.environ.get(name) or default
    try:
        ZoneInfo(given)
        known = not SYSTEM_ZONES.exists() or (SYSTEM_ZONES / given).exists()
    except (OSError, ValueError, LookupError):  # of LookupError: ZoneInfoNotFoundError
        known = False
    if not known:
        raise ImproperlyConfigured(f"{name}={given} is not a time zone known here: use a name like Europe/Madrid, or UTC.")
    return given


def local_address(host: str, port: int) -> str:
    """What to type into a browser on this machine to reach a server that listens on `host` and `port`."""
    return f"http://{bracketed('localhost' if host in {'0.0.0.0', '::', ''} else host)}:{port}"  # noqa: S104


def bracketed(host: str) -> str:
    """A host as it stands in an address and in a Host header: an IPv6 one in brackets (RFC 3986, 3.2.2)."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
