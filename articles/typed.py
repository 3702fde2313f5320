"""What a browser sent of an article's form, right or wrong, as something to keep and to look at. Nothing is refused here."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from articles import contents, richtext
from articles.bylines import MOST
from articles.contents import Content

MOST_TYPED = 2_000_000  # characters of one form
OF_THE_PAGE = {"csrfmiddlewaretoken", "once", "taken", "theirs"}  # fields that nobody typed


class TooLong(Exception):
    """More than MOST_TYPED characters."""


def of(sent: QueryDict) -> dict[str, list[str]]:
    """The fields to keep: without buttons and tokens, and without the character that Postgres cannot hold."""
    kept = {
        name.replace("\0", ""): [str(value).replace("\0", "") for value in values]
        for name, values in sent.lists()
        if not name.startswith("_") and name not in OF_THE_PAGE and "password" not in name.casefold()
    }
    if sum(len(name) + sum(map(len, values)) for name, values in kept.items()) > MOST_TYPED:
        raise TooLong
    return kept


def as_sent(typed: dict[str, list[str]]) -> QueryDict:
    """As a form takes it."""
    sent = QueryDict(mutable=True)
    for name, values in typed.items():
        sent.setlist(name, list(values) or [""])
    return sent


def read(sent: Any, *, over: Content, tags: Any) -> Content:
    """As far as it can be understood. What the form did not show is as in `over`; `tags`: the field that reads them."""
    words = {name: sent[name] for name in contents.WORDS if name in sent}
    if "headline" in words:
        words["headline"] = " ".join(words["headline"].split())
    if "body" in words:
        words["body"] = richtext.sanitise(words["body"])
    rows: dict[str, Any] = {name: number(sent[name]) for name in ("lead_image", "section") if name in sent}
    if "headline" in sent:  # a box that is not ticked sends nothing
        rows["without_appeal"] = "without_appeal" in sent
    if "tags" in sent:
        rows["tags"] = _tags(sent["tags"], tags)
    if "bylines-TOTAL_FORMS" in sent:
        rows["authors"] = tuple(_authors(sent))
    return over.with_changes(**words, **rows)


def _tags(typed: str, field: Any) -> tuple[str, ...]:
    try:
        return tuple(field.clean(typed))
    except ValidationError:
        return (typed,)


def _authors(sent: Any) -> Iterable[int]:
    rows = range(min(number(sent["bylines-TOTAL_FORMS"]) or 0, MOST))
    there = [row for row in rows if f"bylines-{row}-DELETE" not in sent]
    there.sort(key=lambda row: number(sent.get(f"bylines-{row}-position")) or MOST * 1000)
    found = [number(sent.get(f"bylines-{row}-author")) for row in there]
    return [pk for pk in found if pk is not None]


def number(typed: str | None) -> int | None:
    """A key or a count, if it is one that the database can hold."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else None
