"""The verb of small changes from outside the form: tags and section, of many articles at once.

A draft changes as if somebody had saved it. Of what readers see they see the change at once, without a new date; a newer
text that waits over it has the change too, and waits on.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction

from articles import contents, drafting, pages, rules, search, synonyms
from articles.contents import Content
from articles.models import Article, Revision

type Change = Callable[[Content], Content]

FIELDS = {"tags", "section"}


def amend(
    article: Article, change: Change, *, draft: Change | None = None, by: User | None, at: datetime, note: str = ""
) -> Article:
    """Change tags or section. `draft`: another change for a newer text over what readers see. A quiet no-op where nothing
    would differ. PermissionDenied for who may not change it, or not what readers see."""
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if by is not None and not rules.may_change(by, article):
            raise PermissionDenied("You may not change this article.")
        if not article.was_once_public:
            content = _checked(drafting.current(article), change)
            return drafting.save(article, content, by=by, at=at, expected=None, note=note)
        if not rules.may_publish(by):
            raise PermissionDenied("You may not change what readers see.")
        seen, newest = contents.of(article), drafting.current(article)
        after, later = _checked(seen, change), _checked(newest, draft or change)
        if (after, later) != (seen, newest):
            _write(article, seen, after, newest if article.has_changes else None, later, by=by, at=at, note=note)
    return article


def _checked(content: Content, change: Change) -> Content:
    changed = change(content)
    assert set(changed.differs_from(content)) <= FIELDS, "another field needs deriving, and a new date"
    return changed


def _write(
    article: Article, seen: Content, after: Content, newest: Content | None, later: Content, *, by: Any, at: datetime, note: str
) -> None:
    before = pages.of_article(article)
    if article.version == 0:  # from before anybody counted, or an import: what it said so far
        article.version = 1
        _note(article, seen, by=article.created_by, at=article.modified_at, note="")
    article.section_id = after.section
    article.tags.set(synonyms.standing(after.tags))
    article.version += 1
    article.live_version = article.version
    _note(article, after, by=by, at=at, note=note)
    if newest is not None:
        article.version += 1
        _note(article, later, by=by, at=at, note=note)
    article.save(update_fields=["section", "version", "live_version", "modified_at"])
    search.index([article.pk])
    pages.tell_article(article, before)


def _note(article: Article, content: Content, *, by: Any, at: datetime, note: str) -> None:
    Revision.objects.create(article=article, number=article.version, content=content.as_json(), by=by, at=at, note=note[:200])


def with_tag(name: str) -> Change:
    return lambda content: content if carries(content, name) else content.with_changes(tags=(*content.tags, name))


def without_tag(name: str) -> Change:
    return lambda content: content.with_changes(tags=tuple(tag for tag in content.tags if tag.casefold() != name.casefold()))


def in_section(pk: int | None) -> Change:
    return lambda content: content.with_changes(section=pk)


def carries(content: Content, name: str) -> bool:
    return name.casefold() in {tag.casefold() for tag in content.tags}
