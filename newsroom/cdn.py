"""The content delivery network (or Varnish) in front of the site, as the environment names it. docs/cdn.md tells the rest."""

import os
import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

from newsroom.environment import number

DAY = 24 * 3600
KINDS = ("fastly", "cloudflare", "varnish", "generic")
NAMED_BY_TOKEN = ("fastly", "cloudflare")  # services for anybody: only the token tells them who asks
VISIBLE = re.compile(r"[!-~]+")  # what may stand in a header without being quoted


@dataclass(frozen=True)
class Cdn:
    kind: str
    addresses: tuple[str, ...]  # each of them has to confirm a purge
    token: str = field(repr=False)
    secret: str = field(repr=False)  # by which we know that it is the CDN that asks for a page
    lifetime: int  # seconds for which it may keep a page of which it hears nothing


def from_environment() -> Cdn | None:
    """None without CDN_PURGE_URL. ImproperlyConfigured with a sentence for what cannot be used."""
    given = os.environ.get("CDN_PURGE_URL", "").replace(",", " ").split()
    if not given:
        return None
    kind = (os.environ.get("CDN_PURGE_KIND") or "generic").strip().lower()
    if kind not in KINDS:
        raise ImproperlyConfigured(f"CDN_PURGE_KIND={kind} cannot be used: it must be one of {', '.join(KINDS)}.")
    return Cdn(
        kind=kind,
        addresses=tuple(_address(address, kind) for address in given),
        token=_secret("CDN_PURGE_TOKEN", needed=kind in NAMED_BY_TOKEN, least=1),
        secret=_secret("CDN_SECRET", needed=True, least=16),
        lifetime=number("CDN_MAX_AGE", DAY, least=1, most=365 * DAY),
    )


def _address(given: str, kind: str) -> str:
    """Complaints do not repeat the address: some services hide a secret in it."""
    try:
        parts = urlsplit(given)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0 and VISIBLE.fullmatch(given)
    except ValueError:
        usable = False
    if not usable or parts.username is not None or parts.fragment or parts.query:
        raise ImproperlyConfigured(
            "CDN_PURGE_URL cannot be used: it must be an address like https://api.example.org/site, without a question mark"
            " and without a password (CDN_PURGE_TOKEN has a place of its own), or several parted by blanks."
        )
    if kind in NAMED_BY_TOKEN and parts.scheme == "http" and not _is_this_machine(parts):
        raise ImproperlyConfigured(f"CDN_PURGE_URL must begin with https:// for {kind}: others could read the token.")
    return given.rstrip("/")


def _is_this_machine(parts: SplitResult) -> bool:
    try:
        return parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def _secret(name: str, *, needed: bool, least: int) -> str:
    given = os.environ.get(name, "").strip()
    if needed and not given:
        raise ImproperlyConfigured(f"{name} is missing: with CDN_PURGE_URL set, it is needed (docs/cdn.md).")
    if given and (len(given) < least or not VISIBLE.fullmatch(given)):
        long = f" at least {least}" if least > 1 else ""
        raise ImproperlyConfigured(f"{name} cannot be used: it must be{long} plain letters, digits and signs without a blank.")
    return given
