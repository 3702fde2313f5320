"""Lists in pages that are numbered from the oldest, so that publishing alters the newest page and not all of them.

Page n holds the entries (n-1)·size + 1 … n·size counted from the oldest, and is always full. A list's own address
shows the newest full page together with what has come since, between `size` and 2·size - 1 entries (all of them when
there are fewer), and leads on to the page before that. So who goes from page to page meets no entry twice.

Nothing on page n depends on what is newer than its own entries, not even whether it exists: that is why a publication
leaves every numbered page as it is. Its link to the newer page may lead to one that is not full yet: the view answers
there with a redirect to the list's own address.
"""

from dataclasses import dataclass

from django.http import Http404

from articles.listing import Listing
from articles.models import Article
from newsroom import pages

SIZE = 20


class NotFullYet(Exception):
    """The page that will be full next; its entries stand under the list's own address, `args[0]`."""


@dataclass(frozen=True)
class Page:
    address: str  # the list's own
    number: int | None  # None: the list's own address
    full: int  # how many full pages the list has, the one under its own address included
    entries: list[Article]

    @property
    def newer(self) -> str:
        return "" if self.number is None else f"{self.address}page/{self.number + 1}/"

    @property
    def older(self) -> str:
        older = (self.full if self.number is None else self.number) - 1
        return f"{self.address}page/{older}/" if older >= 1 else ""

    def stretch(self, name: str) -> str:
        """What it shows of its list: a numbered page nothing that is newer than its entries."""
        return name if self.number is None else pages.stretch(name, until=self.entries[0].published_at)

    @property
    def path(self) -> str:
        return self.address if self.number is None else f"{self.address}page/{self.number}/"


def page_of(listing: Listing, address: str, number: int | None = None, *, size: int = SIZE) -> Page:
    """One page of a list as cards, newest first. NotFullYet for the number that comes next, Http404 for others.

    Two queries: the count, the cards.
    """
    if number is not None and number < 1:
        raise Http404("This list has no such page.")
    first = 0 if number is None else (number - 1) * size
    count, near, skip = listing.place(first)
    full = count // size
    if number is None:
        articles = listing.newest(count - max(full - 1, 0) * size)
    elif number <= full:
        articles = listing.slice(near, skip, size)
    elif full and number == full + 1:
        raise NotFullYet(address)
    else:
        raise Http404("This list has no such page.")
    return Page(address, number, full, list(articles.as_cards()))
