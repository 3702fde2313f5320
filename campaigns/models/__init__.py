"""What donors give: campaigns, people, promises, money. Money rows only grow."""

from campaigns.models.campaigns import Campaign, Rhythm
from campaigns.models.gifts import Donation, Donor, Instalment, Pledge
from campaigns.models.ledger import LedgerEntry, ProcessorEvent, Receipt, ReceiptSeries, Refund
from campaigns.models.offline import OfflineInstructions
from campaigns.models.partners import PartnerHost
from campaigns.models.sandbox import SandboxMovement, SandboxPayment
from campaigns.models.updates import CampaignUpdate, UpdateMail
from campaigns.models.wall import WallName
from campaigns.models.ways import Way

__all__ = [
    "Campaign",
    "CampaignUpdate",
    "Donation",
    "Donor",
    "Instalment",
    "LedgerEntry",
    "OfflineInstructions",
    "PartnerHost",
    "Pledge",
    "ProcessorEvent",
    "Receipt",
    "ReceiptSeries",
    "Refund",
    "Rhythm",
    "SandboxMovement",
    "SandboxPayment",
    "UpdateMail",
    "WallName",
    "Way",
]
