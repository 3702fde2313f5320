"""Which keys the pages of the digest show."""

from collections.abc import Iterable
from datetime import date

from articles.models import Article
from articles.pages import Faces, stands
from digest.models import Edition, EditionItem, Notice

SIGN_UP = "sign-up"  # the house notice
EDITIONS = "editions"  # the list of past editions


def of_notice(notice: Notice) -> Faces:
    return {SIGN_UP: (notice.title, notice.pitch, notice.button)}


def day_key(day: date) -> str:
    return f"edition:{day.isoformat()}"


def shown_editions(listed: Iterable[Edition]) -> list[str]:
    """Of a list of past editions: the stories that lead them, and those withdrawn or retracted now, which may lead them again.
    One query."""
    gone = EditionItem.objects.exclude(article__in=Article.objects.standing().order_by())
    return [EDITIONS, *(f"line:{edition.lead}" for edition in listed), *(stands(pk) for pk in _articles(gone))]  # type: ignore[attr-defined]


def shown_edition(day: date) -> list[str]:
    """Of a day's web copy: every story of it, withdrawn or not. One query."""
    return [day_key(day), *(f"card:{pk}" for pk in _articles(EditionItem.objects.filter(edition__date=day)))]


def _articles(items: "Iterable[EditionItem]") -> list[int]:
    return list(items.values_list("article_id", flat=True))  # type: ignore[attr-defined]
