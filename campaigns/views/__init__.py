from campaigns.views.embedding import progress_json, progress_png, progress_svg
from campaigns.views.events import events
from campaigns.views.framing import embed
from campaigns.views.guarding import waiting_form
from campaigns.views.news import news
from campaigns.views.own import ask_for_link, donor
from campaigns.views.own_details import details, erase, new_address
from campaigns.views.own_papers import everything, receipt, statement
from campaigns.views.public import campaign, donate, listed, translated
from campaigns.views.renewing import renew
from campaigns.views.returning import checkout, returning, transfer_code
from campaigns.views.walls import thanks

__all__ = [
    "ask_for_link",
    "campaign",
    "checkout",
    "details",
    "donate",
    "donor",
    "embed",
    "erase",
    "events",
    "everything",
    "listed",
    "new_address",
    "news",
    "progress_json",
    "progress_png",
    "progress_svg",
    "receipt",
    "renew",
    "returning",
    "statement",
    "thanks",
    "transfer_code",
    "translated",
    "waiting_form",
]
