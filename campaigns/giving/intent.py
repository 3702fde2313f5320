"""What a donor wants to give, before it is a row."""

import json
import secrets
from dataclasses import astuple, dataclass, replace
from typing import Literal

from django.utils.crypto import salted_hmac

from campaigns.models import Campaign, Donation

Rhythm = Literal["once", "monthly"]

MAXIMUM = 10**11  # minor units; beyond it somebody slipped, or should talk to us first
# Without letters and figures that look alike on paper.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Gift:
    """`amount` in minor units of the campaign's currency."""

    amount: int
    email: str
    processor: str
    name: str = ""
    rhythm: Rhythm = "once"
    anonymous: bool = False
    message: str = ""
    language: str = "en"

    def fingerprint(self, campaign: Campaign) -> str:
        """The same for the same form filled in the same way; tells a stranger nothing."""
        parts = [campaign.pk, campaign.currency, *astuple(replace(self, email=self.email.lower()))]
        return salted_hmac("campaigns.gift", json.dumps(parts), algorithm="sha256").hexdigest()


def submit_key(key: str, fingerprint: str, attempt: int) -> str:
    """One form sent with one key is one gift; a declined or cancelled one makes room for the next attempt."""
    return salted_hmac("campaigns.submit", json.dumps([key, fingerprint, attempt]), algorithm="sha256").hexdigest()


def next_key(donation: Donation) -> str:
    """The key of the form that follows a gift, for another try or another gift: the same whenever that form is drawn."""
    return salted_hmac("campaigns.next", donation.key, algorithm="sha256").hexdigest()[:32]


def new_reference() -> str:
    """What a donor writes on a cheque or transfer: “7K3M-Q2XP”. 8.5 × 10¹¹ of them; the column is unique."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"
