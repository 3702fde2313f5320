"""The bulk's rows by COPY, as an import brings them: Postgres makes the search vectors while it stores."""

from django.conf import settings
from django.utils import timezone

from articles import search
from articles.importing.copying import copy_rows, copy_values
from articles.models import Article, Byline, ImportedObject, Status, TaggedArticle
from demo.bulk import content
from demo.bulk.content import Piece

SOURCE = "benchmark_content"


def store(pieces: list[Piece], *, sections: list[int], authors: list[int], tags: list[int], pictures: list[int]) -> None:
    """Inside a transaction. Primary keys are numbers plus one, so that the same rows are the same to the byte."""
    copy_values(
        Byline,
        ["article_id", "author_id", "position", "published_at"],
        (
            (piece.number + 1, authors[author], position, piece.published_at)
            for piece in pieces
            for position, author in enumerate(piece.authors)
        ),
    )
    copy_values(
        TaggedArticle,
        ["content_object_id", "tag_id", "published_at"],
        ((piece.number + 1, tags[tag], piece.published_at) for piece in pieces for tag in piece.tags),
    )
    rows = [_article(piece, sections, pictures) for piece in pieces]
    # Last: their words in the index are made of bylines and tags too. What those refer to is checked at the end.
    copy_rows(Article, rows, computed={"search": search.VECTOR}, values=search.VALUES)


def _article(piece: Piece, sections: list[int], pictures: list[int]) -> Article:
    return Article(
        pk=piece.number + 1,
        headline=piece.headline,
        slug=f"{content.SLUG}{piece.number}",
        standfirst=piece.standfirst,
        body=piece.body,
        teaser=piece.teaser,
        word_count=piece.word_count,
        section_id=sections[piece.section],
        lead_image_id=pictures[piece.number % len(pictures)] if pictures else None,
        language=settings.LANGUAGE_CODE,
        status=Status.PUBLISHED,
        published_at=piece.published_at,
    )


def done() -> dict[int, int]:
    """How many articles of each batch are there."""
    rows = ImportedObject.objects.filter(source=SOURCE, kind="batch").values_list("key", "object_id")
    return {int(key): count for key, count in rows}


def note(batch: int, count: int) -> None:
    ImportedObject.objects.update_or_create(
        source=SOURCE, kind="batch", key=str(batch), defaults={"object_id": count, "imported_at": timezone.now()}
    )
