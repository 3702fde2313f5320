"""The verbs of a text that is being written: begin, save, discard. What readers see, they change only where nobody reads it.

Every save is a revision, numbered without a gap. While an article is not public its row follows the newest one; once it
was, the row stays as readers know it until `publishing.publish_changes` brings it there. Who saves says which version
they began from: if somebody saved meanwhile they are told, with both texts in hand, and nothing is overwritten.
"""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction

from articles import contents, publishing, richtext
from articles.contents import Content
from articles.models import Article, Autosave, Revision
from articles.slugs import save_under_a_free_slug


class Collision(Exception):
    """Somebody else saved the article since this text was begun."""

    def __init__(self, article: Article) -> None:
        self.article = article
        super().__init__("Somebody else saved this article meanwhile.")


def current(article: Article) -> Content:
    """What the desk works on: the newest text, which readers may not see yet."""
    newest = _revision(article, article.version) if article.has_changes else None
    return newest or contents.of(article)


def begun_from(article: Article, version: int) -> Content:
    """What the article said at a version. The first one that is kept stands for all that was before it."""
    return _revision(article, max(version, 1)) or contents.of(article)


def _revision(article: Article, number: int) -> Content | None:
    kept = Revision.objects.filter(article=article, number=number).values_list("content", flat=True).first()
    return Content.from_json(kept) if kept else None


def begin(article: Article, content: Content, *, by: User | None, at: datetime, note: str = "") -> Article:
    """Keep a new article with its first text. Its slug, if somebody takes it at this moment, becomes the next free one."""
    with transaction.atomic():
        content = _clean(content)
        contents.lay_over(article, content)
        article.created_by, article.version = by, 1
        save_under_a_free_slug(article)
        contents.write(article, content.with_changes(slug=article.slug))
        _note(article, content.with_changes(slug=article.slug), by=by, at=at, note=note)
        publishing.keep(article, before={}, at=at)
    return article


def save(article: Article, content: Content, *, by: User | None, at: datetime, expected: int | None, note: str = "") -> Article:
    """Keep a text as the newest revision. `expected`: the version it was begun from; Collision if there is a newer one.
    None: whatever there is. A text that says the same is a quiet no-op."""
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if by is not None and not publishing.may_change(by, article):
            raise PermissionDenied("You may not change this article.")
        if expected is not None and expected != article.version:
            raise Collision(article)
        content, before = _clean(content), current(article)
        if content != before:
            _follow(article, content, before, by=by, at=at, note=note)
    return article


def _clean(content: Content) -> Content:
    return content.with_changes(body=richtext.taken_in(content.body))


def _follow(article: Article, content: Content, before: Content, *, by: User | None, at: datetime, note: str) -> None:
    if article.version == 0:  # from before anybody counted, or an import: what it said so far
        article.version = 1
        _note(article, before, by=article.created_by, at=article.modified_at, note="")
    if article.was_once_public and article.live_version is None:
        article.live_version = article.version
    article.version += 1
    if not article.was_once_public:
        former_slug = article.slug
        contents.write(article, content)
        content = content.with_changes(slug=article.slug)
        publishing.keep(article, before={}, former_slug=former_slug, at=at)
    _note(article, content, by=by, at=at, note=note)
    article.save(update_fields=["version", "live_version", "modified_at"])


def _note(article: Article, content: Content, *, by: User | None, at: datetime, note: str) -> None:
    Revision.objects.create(article=article, number=article.version, content=content.as_json(), by=by, at=at, note=note[:200])


def discard(article: Article, *, by: User | None, at: datetime) -> Article:
    """Back to what readers see. What is given up stays among the revisions."""
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if by is not None and not publishing.may_change(by, article):
            raise PermissionDenied("You may not change this article.")
        if article.has_changes:
            article.version += 1
            article.live_version = article.version
            _note(article, contents.of(article), by=by, at=at, note="Changes discarded")
            article.save(update_fields=["version", "live_version", "modified_at"])
    return article


def go_back(article: Article, *, to: int, by: User | None, at: datetime, expected: int | None) -> Article:
    """Make an earlier text the newest one again. Readers see it when it is published."""
    content = _revision(article, to)
    if content is None:
        return article
    return save(article, content, by=by, at=at, expected=expected, note=f"Back to version {to}")


def set_aside(key: UUID, *, article: Article | None, version: int, typed: dict[str, list[str]], by: User, at: datetime) -> None:
    """Keep what stands in an open form: one row a form, over what it held before."""
    held = {"article": article, "version": version, "typed": typed, "saved_at": at}
    Autosave.objects.update_or_create(user=by, key=key, defaults=held)


def let_go(key: UUID, *, by: User) -> None:
    """The form was saved, or its words are not wanted any more."""
    Autosave.objects.filter(user=by, key=key).delete()
