"""Full-text search: one weighted, accent-blind vector a published article, kept in the row."""

import json
import re
from collections.abc import Iterable

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db import connection
from django.db.models import F, FloatField, Func, TextField, Value
from django.db.models.functions import Cast

from articles.models import Article
from articles.models.articles import ArticleQuerySet

# Made by migration 0002: newsroom_<language> = that language's stemmer behind `unaccent`; others fall to newsroom_simple.
CONFIGS = {
    "en": "newsroom_english",
    "es": "newsroom_spanish",
    "fr": "newsroom_french",
    "de": "newsroom_german",
    "it": "newsroom_italian",
    "pt": "newsroom_portuguese",
}
FALLBACK = "newsroom_simple"

# The parser skips HTML tags by itself. Weights: A headline, B standfirst, tags and names, C summary, D text.
INDEX = """
UPDATE articles_article AS a SET search =
    setweight(to_tsvector(c.config, a.headline), 'A') ||
    setweight(to_tsvector(c.config, a.standfirst), 'B') ||
    setweight(to_tsvector('newsroom_simple', coalesce(n.names, '')), 'B') ||
    setweight(to_tsvector(c.config, coalesce(t.tags, '')), 'B') ||
    setweight(to_tsvector(c.config, a.summary), 'C') ||
    setweight(to_tsvector(c.config, left(a.body, 500000)), 'D')
FROM articles_article AS b
CROSS JOIN LATERAL (SELECT coalesce(%(configs)s::jsonb ->> b.language, 'newsroom_simple')::regconfig AS config) AS c
LEFT JOIN LATERAL (
    SELECT string_agg(w.name, ' ') AS names FROM articles_byline y JOIN articles_author w ON w.id = y.author_id
    WHERE y.article_id = b.id) AS n ON true
LEFT JOIN LATERAL (
    SELECT string_agg(g.name, ' ') AS tags FROM articles_taggedarticle j JOIN articles_tag g ON g.id = j.tag_id
    WHERE j.content_object_id = b.id) AS t ON true
WHERE a.id = b.id AND a.id = ANY(%(ids)s)
"""


def index(article_ids: Iterable[int]) -> None:
    """Make the search vectors of these articles anew from their text, tags and bylines: one statement."""
    ids = list(article_ids)
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(INDEX, {"ids": ids, "configs": json.dumps(CONFIGS)})


class _Plain(Func):
    """The text without its tags (and without our own marks), for snippets. Entities stay, or `<` in a text were a tag again."""

    template = r"regexp_replace(left(%(expressions)s, 60000), '<[^>]*>|[\x02\x03]', ' ', 'g')"
    output_field = TextField()


START, STOP = "\x02", "\x03"  # marks round a hit: no text contains them, so escaping cannot be fooled


def askable(words: str) -> str:
    """What Postgres is asked: at most 200 characters, and no minus but before a word or a phrase.

    A long row of minuses is one negation in another to Postgres, and it refuses past a certain depth.
    """
    return re.sub(r"-(?![\w\"])", " ", words.replace("\x00", " ")).strip()[:200]


def find(words: str, *, language: str = "en") -> ArticleQuerySet:
    """Published articles that match what a reader typed (quotes, minus, or: websearch syntax), best first.

    No words, no articles.
    """
    words = askable(words)
    if not words:
        return Article.objects.none()
    config = CONFIGS.get(language, FALLBACK)
    query = SearchQuery(words, config=config, search_type="websearch")
    if config != FALLBACK and "-" not in words:  # a word left out would come back by its unstemmed form
        query |= SearchQuery(words, config=FALLBACK, search_type="websearch")
    return (
        Article.objects.published()
        .filter(search=query)
        .annotate(rank=Cast(SearchRank(F("search"), query, normalization=Value(1)), FloatField()))
        .order_by("-rank", "-published_at", "-pk")
    )


def with_snippets(articles: ArticleQuerySet, words: str, *, language: str = "en") -> ArticleQuerySet:
    """Add `.snippet` to a page of hits: words with HTML entities, \\x02 and \\x03 round the hits.

    Costly for each row: slice first, then ask by primary key.
    """
    config = CONFIGS.get(language, FALLBACK)
    return articles.annotate(
        snippet=SearchHeadline(
            _Plain(F("body")),
            SearchQuery(askable(words), config=config, search_type="websearch"),
            config=config,
            start_sel=START,
            stop_sel=STOP,
            max_words=45,
            min_words=25,
            max_fragments=2,
            fragment_delimiter=" … ",
        )
    )
