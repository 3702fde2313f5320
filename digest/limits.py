"""How many sign-ups one network may ask for, so that nobody floods third parties' mailboxes through our form."""

import ipaddress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from digest.models import Knocks

# An event where a room full of people signs up over one Wi-Fi must get through; a script that works down a list must not.
AN_HOUR = 60
FORGOTTEN_AFTER = timedelta(days=2)


def network_of(request: HttpRequest) -> str:
    """The client's network: /24 of IPv4, /64 of IPv6, which is what one customer usually holds. "" when unknown."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:  # behind a proxy of ours: the last address is the one that it added itself
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    try:
        client = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(client, ipaddress.IPv6Address) and client.ipv4_mapped:
        client = client.ipv4_mapped
    return str(ipaddress.ip_network((client, 24 if client.version == 4 else 64), strict=False))


def knock(network: str, *, at: datetime) -> bool:
    """Count one sign-up. False when the network has had its share of this hour."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:  # one statement: two at once cannot both read the old count
        cursor.execute(
            "INSERT INTO digest_knocks (network, hour, count) VALUES (%s, %s, 1)"
            " ON CONFLICT (hour, network) DO UPDATE SET count = digest_knocks.count + 1 RETURNING count",
            [salted_hmac("digest.limits", network, algorithm="sha256").hexdigest(), hour],
        )
        return cursor.fetchone()[0] <= AN_HOUR


def forget(*, at: datetime) -> None:
    Knocks.objects.filter(hour__lt=at - FORGOTTEN_AFTER).delete()
