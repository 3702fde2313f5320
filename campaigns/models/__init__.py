"""What donors give: campaigns, people, promises, money. Money rows only grow."""

from campaigns.models.banking import BankLine, BankStatement
from campaigns.models.campaigns import Campaign, Rhythm
from campaigns.models.gifts import Donation, Donor, Instalment, Pledge
from campaigns.models.ledger import LedgerEntry, ProcessorEvent, Receipt, ReceiptSeries, Refund
from campaigns.models.moving import GiftName, ImportedGift, MoveIn, MoveInPart
from campaigns.models.offline import OfflineInstructions
from campaigns.models.papers import EntityText, LegalEntity, ReceiptVersion, StatementRun, StatementVersion, YearStatement
from campaigns.models.sandbox import SandboxMovement, SandboxPayment
from campaigns.models.ways import Way

__all__ = [
    "BankLine",
    "BankStatement",
    "Campaign",
    "Donation",
    "Donor",
    "EntityText",
    "GiftName",
    "ImportedGift",
    "Instalment",
    "LedgerEntry",
    "LegalEntity",
    "MoveIn",
    "MoveInPart",
    "OfflineInstructions",
    "Pledge",
    "ProcessorEvent",
    "Receipt",
    "ReceiptSeries",
    "ReceiptVersion",
    "Refund",
    "Rhythm",
    "SandboxMovement",
    "SandboxPayment",
    "StatementRun",
    "StatementVersion",
    "Way",
    "YearStatement",
]
