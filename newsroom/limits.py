"""How often something is done for one network or one mailbox, so that nobody floods third parties through our forms.

Counted in Postgres, for all processes together; a share is used up for a span of the calendar: this hour, this day.
"""

import ipaddress
import re
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from newsroom import signin
from newsroom.models import Share

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def network_of(request: HttpRequest) -> str:
    """The client's network: /24 of IPv4, /64 of IPv6, which is what one customer usually holds. "" when unknown."""
    network = signin.network_of(request)
    try:
        return str(ipaddress.ip_network(f"{ipaddress.IPv4Address(network)}/24", strict=False))
    except ValueError:
        return network


def mailbox_of(email: str) -> str:
    """Where a mail to this address most likely ends: “Ana+news@example.org” is ana's."""
    return re.sub(r"\+[^@]*", "", email.lower())


def take(what: str, who: str, *, most: int, per: timedelta, at: datetime) -> bool:
    """Count one more for `who`. False when this span's share has been used up."""
    until = EPOCH + ((at - EPOCH) // per + 1) * per
    hashed = salted_hmac("newsroom.limits", f"{what} {per} {who}", algorithm="sha256").hexdigest()
    with connection.cursor() as cursor:  # one statement: two at once cannot both read the old count
        cursor.execute(
            "INSERT INTO newsroom_share (who, until, count) VALUES (%s, %s, 1)"
            " ON CONFLICT (who, until) DO UPDATE SET count = newsroom_share.count + 1 RETURNING count",
            [hashed, until],
        )
        return cursor.fetchone()[0] <= most


def forget(*, at: datetime) -> None:
    """Drop what is over."""
    Share.objects.filter(until__lte=at).delete()
