"""Lists in pages that are numbered from the oldest, so that publishing alters the newest page and not all of them.

Page n holds the entries (n-1)·size + 1 … n·size counted from the oldest, and is always full. A list's own address
shows the newest full page together with what has come since, between `size` and 2·size - 1 entries (all of them when
there are fewer). So page n exists once size·(n + 1) entries do, and no entry stands on two pages.
"""

from dataclasses import dataclass

from django.http import Http404

from articles.models import Article
from articles.models.articles import ArticleQuerySet

SIZE = 20


@dataclass(frozen=True)
class Page:
    address: str  # the list's own
    number: int | None  # None: the list's own address
    full: int  # how many full pages the list has, the one under its own address included
    entries: list[Article]

    @property
    def newer(self) -> str:
        if self.number is None:
            return ""
        return self.address if self.number + 1 >= self.full else f"{self.address}page/{self.number + 1}/"

    @property
    def older(self) -> str:
        older = (self.full if self.number is None else self.number) - 1
        return f"{self.address}page/{older}/" if older >= 1 else ""

    @property
    def path(self) -> str:
        return self.address if self.number is None else f"{self.address}page/{self.number}/"


def page_of(articles: ArticleQuerySet, address: str, number: int | None = None, *, size: int = SIZE) -> Page:
    """One page of published articles as cards, newest first. Http404 for a number that is not there (yet).

    Three queries: the count, the cards, their bylines.
    """
    count = articles.count()
    full = count // size
    if number is None:
        entries = articles.as_cards()[: count - max(full - 1, 0) * size]
    elif 1 <= number < full:
        newer = count - number * size
        entries = articles.as_cards()[newer : newer + size]
    else:
        raise Http404("This list has no such page.")
    return Page(address, number, full, list(entries))
