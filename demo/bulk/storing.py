"""The bulk's rows by COPY and one INSERT … SELECT, which makes the search vectors in Postgres."""

from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from articles.importing.copying import copy_values
from articles.models import Article, Byline, ImportedObject, Status, TaggedArticle
from articles.search import CONFIGS, FALLBACK
from demo.bulk import content
from demo.bulk.content import Piece

SOURCE = "benchmark_content"
COLUMNS = ["id", "headline", "slug", "standfirst", "body", "teaser", "word_count", "published_at", "section_id", "lead_image_id"]
STAGE = "CREATE TEMP TABLE IF NOT EXISTS benchmark_stage ON COMMIT DELETE ROWS AS SELECT "
STAGE += ", ".join([*COLUMNS, "''::text AS names", "''::text AS tags"]) + " FROM articles_article WITH NO DATA"
# The same weights as articles.search gives.
SEARCH = """
setweight(to_tsvector(%(config)s::regconfig, headline), 'A') || setweight(to_tsvector(%(config)s::regconfig, standfirst), 'B')
|| setweight(to_tsvector('newsroom_simple', names), 'B') || setweight(to_tsvector(%(config)s::regconfig, tags), 'B')
|| setweight(to_tsvector(%(config)s::regconfig, body), 'D')
"""


def store(pieces: list[Piece], *, sections: list[int], authors: list[int], tags: list[int], pictures: list[int]) -> None:
    """Inside a transaction. Primary keys are numbers plus one, so that the same rows are the same to the byte."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(STAGE)
        with cursor.copy(f"COPY benchmark_stage ({', '.join(COLUMNS)}, names, tags) FROM STDIN") as stream:
            for piece in pieces:
                stream.write_row(_staged(piece, sections, pictures))
        rest = _defaults()
        values = [f"%({name})s" for name in rest]
        cursor.execute(
            f"INSERT INTO articles_article ({', '.join([*COLUMNS, *rest])}, search) "  # noqa: S608  names from our own model
            f"SELECT {', '.join([*COLUMNS, *values])}, {SEARCH} FROM benchmark_stage ORDER BY id",
            rest | {"config": CONFIGS.get(settings.LANGUAGE_CODE, FALLBACK)},
        )
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


def _staged(piece: Piece, sections: list[int], pictures: list[int]) -> tuple[Any, ...]:
    return (
        piece.number + 1,
        piece.headline,
        f"{content.SLUG}{piece.number}",
        piece.standfirst,
        piece.body,
        piece.teaser,
        piece.word_count,
        piece.published_at,
        sections[piece.section],
        pictures[piece.number % len(pictures)] if pictures else None,
        " ".join(content.author_name(author) for author in piece.authors),
        " ".join(content.tag_name(tag) for tag in piece.tags),
    )


def _defaults() -> dict[str, Any]:
    """Every other column as a new article has it."""
    pattern = Article(status=Status.PUBLISHED, language=settings.LANGUAGE_CODE)
    pattern.created_at = pattern.modified_at = content.FIRST
    fields = [field for field in Article._meta.local_concrete_fields if field.column not in {*COLUMNS, "search"}]
    return {str(field.column): field.get_db_prep_save(getattr(pattern, field.attname), connection) for field in fields}


def done() -> dict[int, int]:
    """How many articles of each batch are there."""
    rows = ImportedObject.objects.filter(source=SOURCE, kind="batch").values_list("key", "object_id")
    return {int(key): count for key, count in rows}


def note(batch: int, count: int) -> None:
    ImportedObject.objects.update_or_create(
        source=SOURCE, kind="batch", key=str(batch), defaults={"object_id": count, "imported_at": timezone.now()}
    )
