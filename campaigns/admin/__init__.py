"""The fundraisers' desk. State is read here and changed by the verbs; only Fundraisers and Administrators see donors."""

from campaigns.admin.books import LedgerEntryAdmin, ProcessorEventAdmin, ReceiptAdmin, RefundAdmin
from campaigns.admin.campaign import CampaignAdmin
from campaigns.admin.donation import DonationAdmin
from campaigns.admin.partners import PartnerHostAdmin
from campaigns.admin.people import DonorAdmin, OfflineInstructionsAdmin, PledgeAdmin
from campaigns.admin.updates import CampaignUpdateAdmin
from campaigns.admin.ways import WayAdmin

__all__ = [
    "CampaignAdmin",
    "CampaignUpdateAdmin",
    "DonationAdmin",
    "DonorAdmin",
    "LedgerEntryAdmin",
    "OfflineInstructionsAdmin",
    "PartnerHostAdmin",
    "PledgeAdmin",
    "ProcessorEventAdmin",
    "ReceiptAdmin",
    "RefundAdmin",
    "WayAdmin",
]
