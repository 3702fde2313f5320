"""How many sign-ups one network may ask for, so that nobody floods third parties' mailboxes through our form."""

import ipaddress
from datetime import datetime, timedelta

from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from digest.models import Knocks
from newsroom import signin

# An event where a room full of people signs up over one Wi-Fi must get through; a script that works down a list must not.
AN_HOUR = 60
FORGOTTEN_AFTER = timedelta(days=2)


def network_of(request: HttpRequest) -> str:
    """The client's network: /24 of IPv4, /64 of IPv6, which is what one customer usually holds. "" when unknown."""
    network = signin.network_of(request)
    try:
        return str(ipaddress.ip_network(f"{ipaddress.IPv4Address(network)}/24", strict=False))
    except ValueError:
        return network


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
