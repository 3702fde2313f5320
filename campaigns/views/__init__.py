from campaigns.views.embedding import progress_json, progress_png, progress_svg
from campaigns.views.events import events
from campaigns.views.framing import embed
from campaigns.views.news import news
from campaigns.views.own import ask_for_link, donor
from campaigns.views.public import campaign, donate, listed
from campaigns.views.returning import checkout, returning
from campaigns.views.walls import thanks

__all__ = [
    "ask_for_link",
    "campaign",
    "checkout",
    "donate",
    "donor",
    "embed",
    "events",
    "listed",
    "news",
    "progress_json",
    "progress_png",
    "progress_svg",
    "returning",
    "thanks",
]
