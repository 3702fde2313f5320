"""Corrections as readers meet them: on the article's page, in feeds, in structured data. Pure: no query beyond what the page
has fetched (`views.article.with_its_page`)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from articles.models import Article, Correction

COLUMNS = ("pk", "kind", "place", "text", "published_at")
RETRACTED = "Retracted: "  # before a headline, wherever it stands without its page


@dataclass(frozen=True, slots=True)
class Note:
    pk: int
    kind: str
    place: str
    text: str
    at: datetime
    instead_of: datetime | None  # of the note that it replaces

    @property
    def label(self) -> str:
        return str(Correction.Kind(self.kind).label)

    @property
    def anchor(self) -> str:
        return f"correction-{self.pk}"

    @property
    def is_retraction(self) -> bool:
        return self.kind == Correction.Kind.RETRACTION


def rows() -> ArraySubquery:
    """The notes that stand on an article, the oldest first, in the same query."""
    standing = Correction.objects.standing().filter(article=OuterRef("pk"))
    columns = {name: name for name in COLUMNS}
    return ArraySubquery(standing.values(row=JSONObject(**columns, instead_of="replaces__published_at")))


def of(article: Article) -> list[Note]:
    told: list[dict[str, Any]] = getattr(article, "note_rows", None) or []
    return [_read(row) for row in told]


def _read(row: dict[str, Any]) -> Note:
    at, instead_of = row["published_at"], row["instead_of"]
    return Note(
        pk=row["pk"],
        kind=row["kind"],
        place=row["place"],
        text=row["text"],
        at=datetime.fromisoformat(at),
        instead_of=datetime.fromisoformat(instead_of) if instead_of else None,
    )


def headline(article: Article) -> str:
    """As a list that nobody designs shows it: feeds, mails, titles of links."""
    return f"{RETRACTED}{article.headline}" if article.is_retracted else article.headline
