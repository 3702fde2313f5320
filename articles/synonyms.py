"""Which tag a name means: its own, one of its synonyms, or one that it had before it was merged or renamed."""

import html
import re
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Upper

from articles.models import FormerAddress, Synonym, Tag


def _called(model: type[Tag | Synonym], names: list[str]) -> QuerySet[Any]:
    """Rows that have one of these names, capitals aside. Postgres compares: Python has other capitals for some letters."""
    upper = [Upper(Value(name, output_field=TextField())) for name in names]
    return model._default_manager.alias(upper=Upper("name")).filter(upper__in=upper)


def named(name: str) -> Tag | None:
    """The tag that stands under this name or a synonym today."""
    tag = Tag.objects.filter(name__iexact=name).first()
    if tag is None:
        synonym = Synonym.objects.filter(name__iexact=name).select_related("tag").first()
        tag = synonym.tag if synonym else None
    return tag


def standing(names: Iterable[str]) -> list[str]:
    """The names under which the tags stand today, each once, in the order given. A name that no tag has or had is left as
    it is: a tag of that name is made when it is needed. Two queries, one more for each name that is new."""
    names = list(names)
    if not names:
        return []
    own = {name.upper() for name in _called(Tag, names).values_list("name", flat=True)}
    others = [name for name in names if name.upper() not in own]
    meant = {row.name.upper(): row.tag.name for row in _called(Synonym, others).select_related("tag")} if others else {}
    found = [name if name.upper() in own else meant.get(name.upper()) or _formerly(name) for name in names]
    once: dict[str, str] = {}
    for name in found:
        once.setdefault(name.upper(), name)
    return list(once.values())


def _formerly(name: str) -> str:
    """By the address that a tag of this name had."""
    path = f"/tags/{Tag().slugify(name)}/"
    former = FormerAddress.objects.filter(path=path, tag__isnull=False).select_related("tag").first()
    return former.tag.name if former and former.tag else name


BEGINNING = """
SELECT name FROM (
    (SELECT name, 0 AS rank FROM articles_tag WHERE upper(name) LIKE upper(%(begins)s) ORDER BY upper(name) LIMIT %(most)s)
    UNION ALL
    (SELECT t.name, 1 FROM articles_synonym s JOIN articles_tag t ON t.id = s.tag_id WHERE upper(s.name) LIKE upper(%(begins)s)
        ORDER BY upper(s.name) LIMIT %(most)s)
) AS found GROUP BY name ORDER BY min(rank), name LIMIT %(most)s
"""


def beginning(typed: str, most: int) -> list[str]:
    """Names of tags that begin so, or have a synonym that does; then of those that have the letters within."""
    with connection.cursor() as cursor:
        cursor.execute(BEGINNING, {"begins": _literally(typed) + "%", "most": most})
        names = [name for (name,) in cursor.fetchall()]
    if len(names) < most:
        inside = Tag.objects.filter(name__icontains=typed).exclude(name__in=names)
        names += inside.values_list("name", flat=True)[: most - len(names)]
    return names


def _literally(typed: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", typed)


WORDS, LONGEST_NAME, MOST_FOUND = 3000, 4, 12  # of a text; words in a name; tags
# What the text names, capitals aside; the name with more words first, then the one that stands earlier.
NAMED_IN = """
WITH said AS (SELECT upper(gram) AS name, min(place) AS place FROM unnest(%(grams)s::text[]) WITH ORDINALITY AS g (gram, place)
    GROUP BY 1)
SELECT name FROM (
    SELECT t.name, said.place FROM said JOIN articles_tag t ON upper(t.name) = said.name
    UNION ALL
    SELECT t.name, said.place FROM said
    JOIN articles_synonym s ON upper(s.name) = said.name JOIN articles_tag t ON t.id = s.tag_id
) AS found GROUP BY name ORDER BY min(place), name LIMIT %(most)s
"""


INLINE = re.compile(r"</?(?:a|b|i|u|s|em|strong|span|sub|sup|mark|small|code)\b[^<>]*>", re.IGNORECASE)


def named_in(texts: Iterable[str]) -> list[str]:
    """Tags whose name or synonym stands in one of these texts (HTML or plain), as they come. One query."""
    grams = list(dict.fromkeys(gram for text in texts for gram in _grams(text)))
    if not grams:
        return []
    with connection.cursor() as cursor:
        cursor.execute(NAMED_IN, {"grams": grams, "most": MOST_FOUND})
        return [name for (name,) in cursor.fetchall()]


def _grams(text: str) -> Iterable[str]:
    """Every run of up to four words, without the marks at its ends. A name does not go on past the end of a paragraph."""
    plain = re.sub(r"<[^<>]*>", " \n ", INLINE.sub("", text[:200_000]))
    plain = html.unescape(plain).replace("\x00", " ")
    words = re.findall(r"\S+|\n", plain)[:WORDS]
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST_NAME, len(words)) + 1):
            gram = re.sub(r"['’]s$", "", " ".join(words[start:end]).strip(".,;:!?…()[]«»„“”‚‘’\"'–—"))
            if 1 < len(gram) <= 100:
                yield gram
