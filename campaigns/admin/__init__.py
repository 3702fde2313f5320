"""The fundraisers' desk. State is read here and changed by the verbs; only Fundraisers and Administrators see donors."""

from campaigns.admin.banking import BankStatementAdmin
from campaigns.admin.books import LedgerEntryAdmin, ProcessorEventAdmin, RefundAdmin
from campaigns.admin.campaign import CampaignAdmin
from campaigns.admin.donation import DonationAdmin
from campaigns.admin.entity import LegalEntityAdmin
from campaigns.admin.moving import MoveInAdmin
from campaigns.admin.people import DonorAdmin, OfflineInstructionsAdmin, PledgeAdmin
from campaigns.admin.receipt import ReceiptAdmin
from campaigns.admin.statement import StatementRunAdmin, YearStatementAdmin
from campaigns.admin.ways import WayAdmin

__all__ = [
    "BankStatementAdmin",
    "CampaignAdmin",
    "DonationAdmin",
    "DonorAdmin",
    "LedgerEntryAdmin",
    "LegalEntityAdmin",
    "MoveInAdmin",
    "OfflineInstructionsAdmin",
    "PledgeAdmin",
    "ProcessorEventAdmin",
    "ReceiptAdmin",
    "RefundAdmin",
    "StatementRunAdmin",
    "WayAdmin",
    "YearStatementAdmin",
]
