"""What a donor wants to give, before it is a row."""

import json
import secrets
from dataclasses import asdict, dataclass, field
from typing import Literal

from django.utils.crypto import salted_hmac

from campaigns.models import Campaign, Donation

Rhythm = Literal["once", "monthly", "yearly"]
# What comes along with a form and is not typed into it: the same form again may bring another one.
NOT_TYPED = {"source", "article", "hold"}

MAXIMUM = 10**11  # minor units; beyond it somebody slipped, or should talk to us first
# Without letters and figures that look alike on paper.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Gift:
    """`amount` in minor units of the campaign's currency; `covered` is what of it is there to cover the processor's fee.

    `address` has some of street, postcode, city, region, country and tax_number; `tax` what the country's tax office wants
    to know besides. `article` is the primary key of the one that asked, `source` where the form stood if not on our page,
    `hold` why it is to be looked at before the money is taken.
    """

    amount: int
    email: str
    processor: str
    name: str = ""
    rhythm: Rhythm = "once"
    anonymous: bool = False
    message: str = ""
    language: str = "en"
    covered: int = 0
    on_wall: bool = False
    tribute: Literal["", "honour", "memory"] = ""
    tribute_name: str = ""
    gift_aid: bool = False
    address: dict[str, str] = field(default_factory=dict)
    tax: dict[str, str] = field(default_factory=dict)
    wants_news: bool = False
    source: str = ""
    article: int | None = None
    hold: str = ""

    def fingerprint(self, campaign: Campaign) -> str:
        """The same for the same form filled in the same way; tells a stranger nothing."""
        typed = {name: value for name, value in asdict(self).items() if name not in NOT_TYPED} | {"email": self.email.lower()}
        parts = [campaign.pk, campaign.currency, typed]
        return salted_hmac("campaigns.gift", json.dumps(parts, sort_keys=True), algorithm="sha256").hexdigest()


def submit_key(key: str, fingerprint: str, attempt: int) -> str:
    """One form sent with one key is one gift; a declined or cancelled one makes room for the next attempt."""
    return salted_hmac("campaigns.submit", json.dumps([key, fingerprint, attempt]), algorithm="sha256").hexdigest()


def adopted_key(processor: str, ref: str) -> str:
    """The submit key of a gift that nobody sent a form for: made from a payment in the processor's books."""
    return submit_key(f"{processor} {ref}", "adopted", 0)


def next_key(donation: Donation) -> str:
    """The key of the form that follows a gift, for another try or another gift: the same whenever that form is drawn."""
    return salted_hmac("campaigns.next", donation.key, algorithm="sha256").hexdigest()[:32]


def new_reference() -> str:
    """What a donor writes on a cheque or transfer: “7K3M-Q2XP”. 8.5 × 10¹¹ of them; the column is unique."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{drawn[:4]}-{drawn[4:]}"
