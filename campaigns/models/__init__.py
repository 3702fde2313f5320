"""What donors give: campaigns, people, promises, money. Money rows only grow."""

from campaigns.models.banking import BankLine, BankStatement
from campaigns.models.books import BooksDay, Difference, ProcessorTransaction
from campaigns.models.campaigns import Campaign, Rhythm
from campaigns.models.disputes import Dispute, SentMail
from campaigns.models.gifts import Donation, Donor, Farewell, Instalment, Pledge
from campaigns.models.guard import (
    GuardCount,
    GuardHour,
    GuardState,
    GuardTicket,
    GuardTrace,
    HeldGift,
    Hold,
    WaitingForm,
)
from campaigns.models.ledger import LedgerEntry, ProcessorEvent, Receipt, ReceiptSeries, Refund
from campaigns.models.matching import MatchingPool
from campaigns.models.moving import GiftName, ImportedGift, MoveIn, MoveInPart
from campaigns.models.offline import OfflineInstructions
from campaigns.models.outages import Outage, Stranding
from campaigns.models.papers import EntityText, LegalEntity, ReceiptVersion, StatementRun, StatementVersion, YearStatement
from campaigns.models.partners import PartnerHost
from campaigns.models.promises import PledgeChange, PledgeMail, Renewal
from campaigns.models.sandbox import SandboxMovement, SandboxPayment
from campaigns.models.tallies import ArticleTally, LedgerTally
from campaigns.models.translations import CampaignTranslation
from campaigns.models.updates import CampaignUpdate, UpdateMail
from campaigns.models.wall import WallName
from campaigns.models.ways import Way

__all__ = [
    "ArticleTally",
    "BankLine",
    "BankStatement",
    "BooksDay",
    "Campaign",
    "CampaignTranslation",
    "CampaignUpdate",
    "Difference",
    "Dispute",
    "Donation",
    "Donor",
    "EntityText",
    "Farewell",
    "GiftName",
    "GuardCount",
    "GuardHour",
    "GuardState",
    "GuardTicket",
    "GuardTrace",
    "HeldGift",
    "Hold",
    "ImportedGift",
    "Instalment",
    "LedgerEntry",
    "LedgerTally",
    "LegalEntity",
    "MatchingPool",
    "MoveIn",
    "MoveInPart",
    "OfflineInstructions",
    "Outage",
    "PartnerHost",
    "Pledge",
    "PledgeChange",
    "PledgeMail",
    "ProcessorEvent",
    "ProcessorTransaction",
    "Receipt",
    "ReceiptSeries",
    "ReceiptVersion",
    "Refund",
    "Renewal",
    "Rhythm",
    "SandboxMovement",
    "SandboxPayment",
    "SentMail",
    "StatementRun",
    "StatementVersion",
    "Stranding",
    "UpdateMail",
    "WaitingForm",
    "WallName",
    "Way",
    "YearStatement",
]
