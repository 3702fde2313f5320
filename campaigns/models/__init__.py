"""What donors give: campaigns, people, promises, money. Money rows only grow."""

from campaigns.models.banking import BankLine, BankStatement
from campaigns.models.books import BooksDay, Difference, ProcessorTransaction
from campaigns.models.campaigns import Campaign, Rhythm
from campaigns.models.disputes import Dispute, SentMail
from campaigns.models.gifts import Donation, Donor, Instalment, Pledge
from campaigns.models.ledger import LedgerEntry, ProcessorEvent, Receipt, ReceiptSeries, Refund
from campaigns.models.offline import OfflineInstructions
from campaigns.models.papers import EntityText, LegalEntity, ReceiptVersion, StatementRun, StatementVersion, YearStatement
from campaigns.models.sandbox import SandboxMovement, SandboxPayment
from campaigns.models.ways import Way

__all__ = [
    "BankLine",
    "BankStatement",
    "BooksDay",
    "Campaign",
    "Difference",
    "Dispute",
    "Donation",
    "Donor",
    "EntityText",
    "Instalment",
    "LedgerEntry",
    "LegalEntity",
    "OfflineInstructions",
    "Pledge",
    "ProcessorEvent",
    "ProcessorTransaction",
    "Receipt",
    "ReceiptSeries",
    "ReceiptVersion",
    "Refund",
    "Rhythm",
    "SandboxMovement",
    "SandboxPayment",
    "SentMail",
    "StatementRun",
    "StatementVersion",
    "Way",
    "YearStatement",
]
