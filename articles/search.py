"""Full-text search: one weighted, accent-blind vector a published article, kept in the row.

A site may write in several languages. Each vector is made by the configuration of its article's own language and carries
that configuration's mark, a lexeme that no text has; a reader's words are asked in every configuration at once, each
together with its mark. So one look into the index finds a row by its own stemmer and never by another's.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchQueryField, SearchRank
from django.db import connection
from django.db.models import Case, F, FloatField, Func, QuerySet, TextField, Value, When
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
MOST_RANKED = 1000  # as many as readers can page through

# Of the article `a`. The parser skips HTML tags by itself. Weights: A headline, B standfirst, tags and names, C summary, D text.
VECTOR = """(SELECT
    setweight(to_tsvector(c.config, a.headline), 'A') ||
    setweight(to_tsvector(c.config, a.standfirst), 'B') ||
    setweight(to_tsvector('newsroom_simple', coalesce(n.names, '')), 'B') ||
    setweight(to_tsvector(c.config, coalesce(t.tags, '')), 'B') ||
    setweight(to_tsvector(c.config, a.summary), 'C') ||
    setweight(to_tsvector(c.config, left(a.body, 500000)), 'D') ||
    array_to_tsvector(ARRAY[':' || c.name])
FROM (
    SELECT name, name::regconfig AS config FROM coalesce(%(configs)s::jsonb ->> a.language, 'newsroom_simple') AS name) AS c
CROSS JOIN LATERAL (
    SELECT string_agg(w.name, ' ') AS names FROM articles_byline y JOIN articles_author w ON w.id = y.author_id
    WHERE y.article_id = a.id) AS n
CROSS JOIN LATERAL (
    SELECT string_agg(g.name, ' ') AS tags FROM articles_taggedarticle j JOIN articles_tag g ON g.id = j.tag_id
    WHERE j.content_object_id = a.id) AS t)"""
INDEX = f"UPDATE articles_article AS a SET search = {VECTOR} WHERE a.id = ANY(%(ids)s)"  # noqa: S608  no value is in it
VALUES = {"configs": json.dumps(CONFIGS)}


def index(article_ids: Iterable[int]) -> None:
    """Make the search vectors of these articles anew from their text, tags and bylines: one statement."""
    ids = list(article_ids)
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(INDEX, {"ids": ids, **VALUES})


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


LEFT_OUT = re.compile(r'(?<!\w)-("[^"]*"?|[^\s"]+)')  # a minus inside a word (“north-east”) leaves nothing out


def _form(config: str) -> str:
    return f"websearch_to_tsquery('{config}', %s)"


def _in_every_language(words: str) -> tuple[str, list[str]]:
    """The words as each configuration understands them, each with its mark; and, for names, in the form nobody stemmed."""
    sql, params = _form(FALLBACK), [words]
    for config in CONFIGS.values():
        # Words that mean nothing find nothing: to Postgres “empty AND mark” is “mark”, and that were every article.
        form = _form(config)
        sql += f" || CASE numnode({form}) WHEN 0 THEN ''::tsquery ELSE {form} && $$':{config}'$$::tsquery END"
        params += [words] * 2
    return f"({sql})", params


class Asked(SearchQuery):
    """One query for rows of every language, for the column `search`. Postgres reckons it once, before it looks.

    What a minus leaves out is left out in every form in which it would have been found.
    """

    def __init__(self, words: str) -> None:
        self.words = askable(words)
        super().__init__(self.words)

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **how: Any) -> tuple[str, tuple[str, ...]]:
        sql, params = _in_every_language(LEFT_OUT.sub(" ", self.words))
        if left_out := LEFT_OUT.findall(self.words):
            without, more = _in_every_language(" or ".join(left_out))
            sql, params = f"({sql} && !!{without})", params + more
        return sql, tuple(params)


class _Wanted(Func):
    """For each row what is wanted of it in its own language, to rank it by."""

    output_field = SearchQueryField()

    def __init__(self, words: str) -> None:
        self.wanted = LEFT_OUT.sub(" ", words)
        super().__init__(F("language"))

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **how: Any) -> tuple[str, tuple[str, ...]]:
        column, _ = compiler.compile(self.source_expressions[0])
        plain = _form(FALLBACK)
        own = " ".join(f"WHEN '{language}' THEN {_form(config)} || {plain}" for language, config in CONFIGS.items())
        return f"CASE {column} {own} ELSE {plain} END", (self.wanted,) * (2 * len(CONFIGS) + 1)


def find(words: str) -> ArticleQuerySet:
    """Published articles that match what a reader typed (quotes, minus, or: websearch syntax), best first.

    No words, no articles. A word that stands in many texts finds the newest thousand of them: a search costs the same
    however many there are.
    """
    words = askable(words)
    if not words:
        return Article.objects.none()
    newest = Article.objects.published().filter(search=Asked(words))[:MOST_RANKED]
    return (
        Article.objects.filter(pk__in=newest.values("pk"))
        .annotate(rank=Cast(SearchRank(F("search"), _Wanted(words), normalization=Value(1)), FloatField()))
        .order_by("-rank", "-published_at", "-pk")
    )


def are_too_common(words: str, language: str) -> bool:
    """Whether all of the words are such that the language has them in every text, and its index has none of them."""
    wanted, config = LEFT_OUT.sub(" ", askable(words)), CONFIGS.get(language, FALLBACK)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT numnode({_form(config)}) = 0 AND numnode({_form(FALLBACK)}) > 0", [wanted, wanted])
        row: tuple[bool] = cursor.fetchone()
    return row[0]


def _own_config() -> Case:
    return Case(*(When(language=each, then=Value(config)) for each, config in CONFIGS.items()), default=Value(FALLBACK))


def beginning(words: str) -> SearchQuery | None:
    """Texts in which each of the words begins one: “harb” finds “harbour”. None where there is no word."""
    parts = re.findall(r"\w+", words)
    return SearchQuery(" & ".join(f"{part}:*" for part in parts), config=FALLBACK, search_type="raw") if parts else None


FEW = 5000


def if_few(found: QuerySet[Any]) -> list[int] | None:
    """The primary keys of what a search found; None when that is more than FEW.

    Of a word's beginning Postgres knows no frequency and takes it for common: asked for the newest fifty it then walks through
    the whole archive to find a rare one, for ten seconds. A materialised CTE is planned as if all of it were wanted, so it
    is the text's index that answers, and it stops when it has enough.
    """
    sql, params = found.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"WITH found AS MATERIALIZED ({sql}) SELECT * FROM found LIMIT {FEW + 1}", params)  # noqa: S608
        ids = [pk for (pk,) in cursor.fetchall()]
    return ids if len(ids) <= FEW else None


def with_snippets(articles: ArticleQuerySet, words: str) -> ArticleQuerySet:
    """Add `.snippet` to a page of hits: words with HTML entities, \\x02 and \\x03 round the hits.

    Costly for each row: slice first, then ask by primary key.
    """
    return articles.annotate(
        snippet=SearchHeadline(
            _Plain(F("body")),
            SearchQuery(askable(words), config=_own_config(), search_type="websearch"),
            config=_own_config(),
            start_sel=START,
            stop_sel=STOP,
            max_words=45,
            min_words=25,
            max_fragments=2,
            fragment_delimiter=" … ",
        )
    )
