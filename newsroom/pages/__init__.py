"""Published pages as files. Knows paths and keys, never what an article is.

A public view says what it shows: `pages.shows(request, "article:12", "tag:5")`. A verb says what it touched, inside its
transaction: `pages.touch("article:12", "latest")`. After the commit, exactly the kept pages that show a touched key are
gone, before the verb returns; and no page that missed a touch is ever kept.
"""

from newsroom.pages.here import in_front_of
from newsroom.pages.keys import EPOCH, EVERYTHING, address, point, stretch, until
from newsroom.pages.showing import kept, shows, shows_nothing
from newsroom.pages.touching import touch

__all__ = [
    "EPOCH",
    "EVERYTHING",
    "address",
    "in_front_of",
    "kept",
    "point",
    "shows",
    "shows_nothing",
    "stretch",
    "touch",
    "until",
]
