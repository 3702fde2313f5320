"""The verbs of a gift. The only place that changes one.

Each locks the gift, looks again, changes it, and is a quiet no-op when there is nothing left to do. Processors are
called between transactions, never inside one. Every verb takes the moment as `at=`, which may be past (imports, the demo),
and `mail=False` leaves the donor without a mail.
"""

from campaigns.giving.arriving import BooksDiffer, currency_of, record, record_arrival, record_cheque, settle
from campaigns.giving.beginning import CampaignTakesNoGifts, begin
from campaigns.giving.ending import drop, refuse
from campaigns.giving.holding import finish_holds, let_go, take
from campaigns.giving.intent import MAXIMUM, Gift, Rhythm, next_key
from campaigns.giving.once_more import DoneBefore, ask_of_cheques
from campaigns.giving.refunding import finish_refund, refund

__all__ = [
    "MAXIMUM",
    "BooksDiffer",
    "CampaignTakesNoGifts",
    "DoneBefore",
    "Gift",
    "Rhythm",
    "ask_of_cheques",
    "begin",
    "currency_of",
    "drop",
    "finish_holds",
    "finish_refund",
    "let_go",
    "next_key",
    "record",
    "record_arrival",
    "record_cheque",
    "refund",
    "refuse",
    "settle",
    "take",
]
