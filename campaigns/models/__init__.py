"""What donors give: campaigns, people, promises, money. Money rows only grow."""

from campaigns.models.campaigns import Campaign
from campaigns.models.gifts import Donation, Donor, Instalment, Pledge
from campaigns.models.ledger import LedgerEntry, ProcessorEvent, Receipt, ReceiptSeries
from campaigns.models.sandbox import SandboxPayment

__all__ = [
    "Campaign",
    "Donation",
    "Donor",
    "Instalment",
    "LedgerEntry",
    "Pledge",
    "ProcessorEvent",
    "Receipt",
    "ReceiptSeries",
    "SandboxPayment",
]
