"""How often somebody may try a password. Counted in Postgres (the cache is a table), so for all processes together."""

import ipaddress

from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest

# Names of rates in settings.ACCOUNT_RATE_LIMITS.
PER_NAME, PER_NETWORK = "desk_sign_in", "desk_sign_in_network"
WAIT = "Too many attempts to sign in. Wait a quarter of an hour, then try again."


def address_of(request: HttpRequest) -> str:
    """The address a request comes from; "" when that is unknown.

    X-Forwarded-For counts only as far as our own proxies (settings.TRUSTED_PROXIES of them) wrote it: each adds the
    address it saw at the end, and what stands further left is whatever the client liked to send.
    """
    address = request.META.get("REMOTE_ADDR", "")
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if 0 < settings.TRUSTED_PROXIES <= len(told):
        address = told[-settings.TRUSTED_PROXIES]
    try:
        client = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(getattr(client, "ipv4_mapped", None) or client)


def network_of(request: HttpRequest) -> str:
    """Where a request comes from: the address, of IPv6 the /64 that one customer holds."""
    address = address_of(request)
    if ":" in address:
        return str(ipaddress.ip_network((ipaddress.IPv6Address(address), 64), strict=False))
    return address


def may_try(request: HttpRequest, name: str) -> bool:
    """Count an attempt. False when this name from this network, or this network with all its names, had too many."""
    network = network_of(request)
    return ratelimit.consume(request, action=PER_NETWORK, key=network) and ratelimit.consume(
        request, action=PER_NAME, key=_key(network, name)
    )


def forget(request: HttpRequest, name: str) -> None:
    """After a sign-in that worked: this name begins anew."""
    ratelimit.clear(request, action=PER_NAME, key=_key(network_of(request), name))


def _key(network: str, name: str) -> str:
    return f"{network} {name.strip().casefold()[:150]}"
