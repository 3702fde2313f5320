"""What donors give: campaigns, people, promises, money. Money rows only grow."""

from campaigns.models.campaigns import Campaign, Rhythm
from campaigns.models.gifts import Donation, Donor, Instalment, Pledge
from campaigns.models.ledger import LedgerEntry, ProcessorEvent, Receipt, ReceiptSeries, Refund
from campaigns.models.matching import MatchingPool
from campaigns.models.offline import OfflineInstructions
from campaigns.models.sandbox import SandboxMovement, SandboxPayment
from campaigns.models.translations import CampaignTranslation
from campaigns.models.ways import Way

__all__ = [
    "Campaign",
    "CampaignTranslation",
    "Donation",
    "Donor",
    "Instalment",
    "LedgerEntry",
    "MatchingPool",
    "OfflineInstructions",
    "Pledge",
    "ProcessorEvent",
    "Receipt",
    "ReceiptSeries",
    "Refund",
    "Rhythm",
    "SandboxMovement",
    "SandboxPayment",
    "Way",
]
