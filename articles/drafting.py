"""The verbs of a text that is being written: begin, save, discard. What readers see, they change only where nobody reads it.

Every save is a revision, numbered without a gap. While an article is not public its row follows the newest one; once it
was, the row stays as readers know it until `publishing.publish_changes` brings it there. Who saves says which version
they began from: if somebody saved meanwhile they are told, with both texts in hand, and nothing is overwritten.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from articles import contents, publishing, richtext, rules
from articles.contents import Content
from articles.models import Article, Autosave, EndedForm, Revision
from articles.slugs import save_under_a_free_slug
from newsroom import audit


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


def begin(
    article: Article, content: Content, *, by: User | None, at: datetime, note: str = "", form: UUID | None = None
) -> Article:
    """Keep a new article with its first text. Its slug, if somebody takes it at this moment, becomes the next free one.
    `form`: the key of the form it was typed into."""
    with transaction.atomic():
        content = _clean(content)
        contents.lay_over(article, content)
        article.created_by, article.version = by, 1
        save_under_a_free_slug(article)
        contents.write(article, content.with_changes(slug=article.slug))
        _note(article, content.with_changes(slug=article.slug), by=by, at=at, note=note, form=form)
        publishing.keep(article, before={}, at=at)
        if by is not None:
            audit.record(by, audit.ADDED, article, at=at)
    return article


def save(
    article: Article,
    content: Content,
    *,
    by: User | None,
    at: datetime,
    expected: int | None,
    note: str = "",
    form: UUID | None = None,
) -> Article:
    """Keep a text as the newest revision. `expected`: the version it was begun from; Collision if there is a newer one.
    None: whatever there is. A text that says the same is a quiet no-op."""
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if by is not None and not rules.may_change(by, article):
            raise PermissionDenied("You may not change this article.")
        if expected is not None and expected != article.version:
            raise Collision(article)
        content, before = _clean(content), current(article)
        if content != before:
            _follow(article, content, before, by=by, at=at, note=note, form=form)
            if by is not None:
                audit.record(by, audit.CHANGED, article, detail=", ".join(content.differs_from(before)), at=at)
    return article


def _clean(content: Content) -> Content:
    return content.with_changes(body=richtext.taken_in(content.body))


def _follow(
    article: Article, content: Content, before: Content, *, by: User | None, at: datetime, note: str, form: UUID | None
) -> None:
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
    _note(article, content, by=by, at=at, note=note, form=form)
    article.save(update_fields=["version", "live_version", "modified_at"])


def _note(article: Article, content: Content, *, by: User | None, at: datetime, note: str, form: UUID | None = None) -> None:
    words = {"content": content.as_json(), "note": note[:200], "form": form}
    Revision.objects.create(article=article, number=article.version, by=by, at=at, **words)


def discard(article: Article, *, by: User | None, at: datetime) -> Article:
    """Back to what readers see. What is given up stays among the revisions."""
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if by is not None and not rules.may_change(by, article):
            raise PermissionDenied("You may not change this article.")
        if article.has_changes:
            article.version += 1
            article.live_version = article.version
            _note(article, contents.of(article), by=by, at=at, note="Changes discarded")
            article.publish_at, article.schedule_error = None, ""  # nothing is left to publish at that moment
            article.save(update_fields=["version", "live_version", "publish_at", "schedule_error", "modified_at"])
            if by is not None:
                audit.record(by, "discarded changes", article, at=at)
    return article


def go_back(article: Article, *, to: int, by: User | None, at: datetime, expected: int | None) -> Article:
    """Make an earlier text the newest one again. Readers see it when it is published."""
    content = _revision(article, to)
    if content is None:
        return article
    return save(article, content, by=by, at=at, expected=expected, note=f"Back to version {to}")


MOST_SET_ASIDE = 200  # forms of one person that wait at the same time
KEPT_ASIDE = timedelta(days=30)


class TooMany(Exception):
    """So many forms of this person wait already that a further one is not kept."""


def set_aside(key: UUID, *, article: Article | None, version: int, typed: dict[str, list[str]], by: User, at: datetime) -> bool:
    """Keep what stands in an open form: one row a form, over what it held before. False where the form was saved meanwhile:
    its words are a version already, and what comes late must not bring them back. TooMany beyond MOST_SET_ASIDE."""
    held = {"article": article, "version": version, "typed": typed, "saved_at": at}
    with transaction.atomic():
        _wait_for_a_save(key, article, by=by)
        if _was_saved(key, by=by):
            return False
        if not Autosave.objects.filter(user=by, key=key).update(**held):
            if Autosave.objects.filter(user=by).count() >= MOST_SET_ASIDE:
                raise TooMany
            Autosave.objects.create(user=by, key=key, **held)
    return True


def _wait_for_a_save(key: UUID, article: Article | None, *, by: User) -> None:
    """Until the transaction ends, no form is saved and kept at the same moment: each would miss the other's row. The article
    comes first, as in a save; it is held only as a row that names it holds it."""
    with connection.cursor() as cursor:
        if article:
            cursor.execute("SELECT 1 FROM articles_article WHERE id = %s FOR KEY SHARE", [article.pk])
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"articles.form:{by.pk}:{key}"])


def _was_saved(key: UUID, *, by: User) -> bool:
    ended = EndedForm.objects.filter(user=by, key=key).values_list("pk")
    return ended.union(Revision.objects.filter(form=key, by=by).values_list("pk")).exists()


def end(key: UUID, article: Article, *, by: User, at: datetime) -> None:
    """The form was saved, with news or without: nothing that comes late is kept under its key again."""
    with transaction.atomic():
        _wait_for_a_save(key, article, by=by)
        EndedForm.objects.bulk_create([EndedForm(user=by, key=key, ended_at=at)], ignore_conflicts=True)
        let_go(key, by=by)


def let_go(key: UUID, *, by: User, as_of: datetime | None = None) -> bool:
    """Its words are not wanted any more, or stand elsewhere. `as_of`: only if nothing was typed into it since then."""
    rows = Autosave.objects.filter(user=by, key=key)
    return bool((rows.filter(saved_at__lte=as_of) if as_of else rows).delete()[0])


def clear_aside(*, at: datetime) -> int:
    """What nobody came back to within KEPT_ASIDE is thrown away. Safe to repeat."""
    EndedForm.objects.filter(ended_at__lt=at - KEPT_ASIDE).delete()
    return Autosave.objects.filter(saved_at__lt=at - KEPT_ASIDE).delete()[0]
