"""The question before the same is done once more by hand: a form gone back to is drawn anew, with a key of its own."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import formats, timezone
from django.utils.crypto import salted_hmac

from campaigns.giving.intent import submit_key
from campaigns.models import Campaign, Donation, Refund
from newsroom import money

NAMED = 3
SENT = [Refund.Status.ASKED, Refund.Status.DONE]


class DoneBefore(ValidationError):
    """The same stands in the books already. Whoever knows of it, up to `last`, may do it once more."""

    def __init__(self, message: str, *, last: int) -> None:
        super().__init__(message)
        self.last = last


def cheque_print(
    campaign: Campaign, *, amount: int, at: datetime, email: str = "", name: str = "", anonymous: bool = False, note: str = ""
) -> str:
    """The same for the same gift by hand: its day counts, not its moment."""
    contents = json.dumps([campaign.pk, amount, email.lower(), name, anonymous, note, f"{timezone.localdate(at)}"])
    return salted_hmac("campaigns.cheque", contents, algorithm="sha256").hexdigest()


def ask_of_cheques(campaign: Campaign, cheques: Sequence[tuple[str, dict[str, Any]]], *, newer_than: int) -> None:
    """DoneBefore when gifts like these, made under other keys, are in the books and newer than that one. Each cheque is its
    key and what `cheque_print` takes. Until this transaction ends no other one asks of the same."""
    prints = {cheque_print(campaign, **about) for _, about in cheques}
    with connection.cursor() as cursor:
        for number in sorted(int.from_bytes(bytes.fromhex(one[:16]), signed=True) for one in prints):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
    own = {submit_key(key, "cheque", 0) for key, _ in cheques}
    alike = Donation.objects.filter(fingerprint__in=prints, pk__gt=newer_than).exclude(submit_key__in=own)
    found = list(alike.select_related("donor").order_by("-pk"))
    if not found:
        return
    named = ", ".join(_told(gift) for gift in found[:NAMED])
    more = f", and {len(found) - NAMED} more" if len(found) > NAMED else ""
    raise DoneBefore(f"The same is recorded already: {named}{more}.", last=found[0].pk)


def ask_of_refund(donation: Donation, *, amount: int, newer_than: int) -> None:
    """DoneBefore when the same sum of it was sent back. The gift's lock is held."""
    wish = Refund.objects.filter(donation=donation, amount=amount, status__in=SENT, pk__gt=newer_than).order_by("-pk").first()
    if wish is None:
        return
    moment = formats.date_format(timezone.localtime(wish.asked_at), "j F Y, H:i")
    sum_ = money.display(wish.amount, wish.currency)
    raise DoneBefore(f"{sum_} of this gift was sent back on {moment} already.", last=wish.pk)


def _told(gift: Donation) -> str:
    day = formats.date_format(timezone.localdate(gift.received_at or gift.created_at), "j F Y")
    return f"{gift.reference} of {money.display(gift.amount, gift.currency)}, {day}, {gift.name or gift.donor}"
