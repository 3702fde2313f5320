"""The fundraisers' desk. State is read here and changed by the verbs; only Fundraisers and Administrators see donors."""

from campaigns.admin.banking import BankStatementAdmin
from campaigns.admin.books import LedgerEntryAdmin, ProcessorEventAdmin, RefundAdmin
from campaigns.admin.campaign import CampaignAdmin
from campaigns.admin.differences import DifferenceAdmin, ProcessorTransactionAdmin
from campaigns.admin.disputes import DisputeAdmin
from campaigns.admin.donation import DonationAdmin
from campaigns.admin.entity import LegalEntityAdmin
from campaigns.admin.guard import GuardAdmin, HeldGiftAdmin
from campaigns.admin.moving import MoveInAdmin
from campaigns.admin.outages import OutageAdmin
from campaigns.admin.partners import PartnerHostAdmin
from campaigns.admin.people import DonorAdmin, OfflineInstructionsAdmin
from campaigns.admin.pledges import PledgeAdmin
from campaigns.admin.receipt import ReceiptAdmin
from campaigns.admin.statement import StatementRunAdmin, YearStatementAdmin
from campaigns.admin.updates import CampaignUpdateAdmin
from campaigns.admin.ways import WayAdmin

__all__ = [
    "BankStatementAdmin",
    "CampaignAdmin",
    "CampaignUpdateAdmin",
    "DifferenceAdmin",
    "DisputeAdmin",
    "DonationAdmin",
    "DonorAdmin",
    "GuardAdmin",
    "HeldGiftAdmin",
    "LedgerEntryAdmin",
    "LegalEntityAdmin",
    "MoveInAdmin",
    "OfflineInstructionsAdmin",
    "OutageAdmin",
    "PartnerHostAdmin",
    "PledgeAdmin",
    "ProcessorEventAdmin",
    "ProcessorTransactionAdmin",
    "ReceiptAdmin",
    "RefundAdmin",
    "StatementRunAdmin",
    "WayAdmin",
    "YearStatementAdmin",
]
