"""The verbs of an article's life. The only place that changes its status.

Each locks the row, looks again, changes it and is a quiet no-op when there is nothing left to do. `by` is who acts:
None stands for the newsroom itself (the scheduler, an import). Nobody without the permission gets past `_allow`.
"""

import logging
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from articles import checking, contents, pages, search, writing
from articles.models import Article, FormerAddress, Revision, Status
from articles.readdressing import path_of, readdress, refuse_anothers, tell_moved
from newsroom.pages import EVERYTHING, touch

logger = logging.getLogger(__name__)


def may_publish(user: User | None) -> bool:
    return user is None or user.has_perm("articles.publish_article")


def may_change(user: User, article: Article) -> bool:
    """A writer changes drafts of their own; those who may edit any article change all."""
    if not user.has_perm("articles.change_article"):
        return False
    if user.has_perm("articles.edit_any_article"):
        return True
    return article.created_by_id == user.pk and article.status in {Status.DRAFT, Status.IN_REVIEW}


def _allow(allowed: bool, deed: str) -> None:
    if not allowed:
        raise PermissionDenied(f"You may not {deed}.")


def _locked(article: Article) -> Article:
    return Article.objects.select_for_update(of=("self",)).get(pk=article.pk)


def keep(article: Article, *, before: pages.Faces | None = None, former_slug: str = "", at: datetime) -> None:
    """After a text, its tags or its bylines were saved: derive, index, and keep a former address working.

    `before`: what readers saw until then (`pages.of_article`); of whom that is not known every kept page goes.
    ValidationError when what readers see would lack what it needed to be published, or a new slug is
    another's former one.
    """
    with transaction.atomic():
        if article.is_public:
            _check_publishable(article)
        if former_slug and former_slug != article.slug:
            refuse_anothers(article)
        writing.derive(article)
        fields = [*writing.DERIVED]
        if article.is_public:
            article.updated_at = max(at, article.published_at or at)
            fields.append("updated_at")
        Article.objects.filter(pk=article.pk).update(**{name: getattr(article, name) for name in fields})
        search.index([article.pk])
        if former_slug and former_slug != article.slug and article.published_at:
            readdress(article, former_path=f"/articles/{former_slug}/")
        _tell(article, before)


def _tell(article: Article, before: pages.Faces | None) -> None:
    if before is not None:
        pages.tell_article(article, before)
    elif article.was_once_public:
        touch(EVERYTHING)


def submit(article: Article, *, by: User | None) -> Article:
    """Draft → in review."""
    with transaction.atomic():
        article = _locked(article)
        _allow(by is None or may_change(by, article) or may_publish(by), "hand in this article")
        if article.status == Status.DRAFT:
            article.status = Status.IN_REVIEW
            article.save(update_fields=["status", "modified_at"])
    return article


def return_to_draft(article: Article, *, by: User | None) -> Article:
    """In review or scheduled → draft: back to the writer, or a schedule cancelled."""
    with transaction.atomic():
        article = _locked(article)
        _allow(may_publish(by) or (by is not None and may_change(by, article)), "take this article back")
        if article.status in {Status.IN_REVIEW, Status.SCHEDULED}:
            article.status, article.publish_at, article.schedule_error = Status.DRAFT, None, ""
            article.save(update_fields=["status", "publish_at", "schedule_error", "modified_at"])
    return article


def schedule(article: Article, *, by: User | None, publish_at: datetime, at: datetime) -> Article:
    """Draft, in review or scheduled → scheduled for `publish_at`. ValidationError for a moment that has passed."""
    if publish_at <= at:
        raise ValidationError("Choose a moment in the future, or publish now.")
    with transaction.atomic():
        article = _locked(article)
        _allow(may_publish(by), "schedule articles")
        if article.status in {Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED}:
            _check_publishable(article)
            checking.refuse_blocked(article)
            refuse_anothers(article)
            article.status, article.publish_at, article.schedule_error = Status.SCHEDULED, publish_at, ""
            article.save(update_fields=["status", "publish_at", "schedule_error", "modified_at"])
    return article


PUBLISHED = ["status", "published_at", "updated_at", "publish_at", "schedule_error", "live_version"]


def publish(article: Article, *, by: User | None, at: datetime) -> Article:
    """Draft, in review or scheduled → published at `at`. ValidationError names what is missing."""
    with transaction.atomic():
        article = _locked(article)
        _allow(may_publish(by), "publish articles")
        if article.status in {Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED}:
            _check_publishable(article)
            if by is not None or article.status == Status.SCHEDULED:  # an import brings what others published long ago
                checking.refuse_blocked(article)
            refuse_anothers(article)
            article.status, article.published_at, article.updated_at = Status.PUBLISHED, at, None
            article.publish_at, article.schedule_error, article.live_version = None, "", article.version or None
            article.save(update_fields=[*PUBLISHED, "modified_at"])
            search.index([article.pk])
            if FormerAddress.objects.filter(path=path_of(article)).delete()[0]:
                tell_moved(path_of(article))
            pages.tell_article(article, {})
    return article


def withdraw(article: Article, *, by: User | None, at: datetime) -> Article:
    """Published → withdrawn: gone from every list; its address answers 410."""
    with transaction.atomic():
        article = _locked(article)
        _allow(may_publish(by), "withdraw articles")
        if article.status == Status.PUBLISHED:
            before = pages.of_article(article)
            article.status, article.withdrawn_at = Status.WITHDRAWN, at
            article.save(update_fields=["status", "withdrawn_at", "modified_at"])
            pages.tell_article(article, before)
    return article


def restore(article: Article, *, by: User | None, at: datetime) -> Article:
    """Withdrawn → published again, with its first moment of publication and with what was changed since. ValidationError
    names what is missing."""
    with transaction.atomic():
        article = _locked(article)
        _allow(may_publish(by), "restore articles")
        if article.status == Status.WITHDRAWN:
            before, former_slug, changed = pages.of_article(article), article.slug, article.has_changes
            _bring_up(article)
            _check_publishable(article)
            checking.refuse_blocked(article)
            article.status, article.withdrawn_at = Status.PUBLISHED, None
            article.save(update_fields=["status", "withdrawn_at", "modified_at"])
            if changed:
                keep(article, before=before, former_slug=former_slug, at=at)
            else:
                pages.tell_article(article, before)
    return article


def publish_changes(article: Article, *, by: User | None, at: datetime) -> Article:
    """What was saved over a published article reaches its readers, as one update of that moment. ValidationError names what
    is missing; a quiet no-op where readers see everything already."""
    with transaction.atomic():
        article = _locked(article)
        _allow(may_publish(by), "publish changes")
        if article.is_public and article.has_changes:
            before, former_slug = pages.of_article(article), article.slug
            _bring_up(article)
            checking.refuse_blocked(article)
            keep(article, before=before, former_slug=former_slug, at=at)
    return article


def _bring_up(article: Article) -> None:
    """Write the newest revision into the row that readers see."""
    if article.has_changes:
        newest = Revision.objects.get(article=article, number=article.version)
        content = contents.Content.from_json(newest.content)
        if Article.objects.exclude(pk=article.pk).filter(slug=content.slug).exists():
            raise ValidationError(f"Another article has the address “{content.slug}” by now. Choose another one.")
        contents.write(article, content)
        article.live_version = article.version
        article.save(update_fields=["live_version"])


def publish_due(*, at: datetime) -> tuple[int, int]:
    """Publish every scheduled article whose moment has come: (published, failed).

    Each is claimed and published in a transaction of its own, so a bad one delays nobody: its error stands in its
    row, where the desk shows it, and it is tried again at the next run.
    """
    published = failed = 0
    tried: list[int] = []
    while True:
        with transaction.atomic():
            due = Article.objects.select_for_update(of=("self",), skip_locked=True).filter(
                status=Status.SCHEDULED, publish_at__lte=at
            )
            article = due.exclude(pk__in=tried).order_by("publish_at", "pk").first()
            if article is None:
                return published, failed
            tried.append(article.pk)
            try:
                with transaction.atomic():
                    publish(article, by=None, at=at)
                published += 1
            except Exception as error:
                _note_failure(article, error)
                failed += 1


def _note_failure(article: Article, error: Exception) -> None:
    """In the row, for the desk; in the log only what is new, for it is tried again every minute."""
    unfinished = isinstance(error, ValidationError)
    sentence = " ".join(error.messages) if isinstance(error, ValidationError) else repr(error)
    if sentence != article.schedule_error:
        trace = None if unfinished else error
        logger.log(
            logging.WARNING if unfinished else logging.ERROR,
            "Article %s could not be published on schedule: %s",
            article.pk,
            sentence,
            exc_info=trace,
        )
        Article.objects.filter(pk=article.pk).update(schedule_error=sentence)


NEEDED = {"headline": "a headline", "body": "a text", "section": "a section"}  # field → how it is asked for


def _check_publishable(article: Article) -> None:
    there = {"headline": article.headline.strip(), "body": article.body.strip(), "section": article.section_id}
    missing = [asked_for for name, asked_for in NEEDED.items() if not there[name]]
    if missing:
        raise ValidationError(f"Before it can be published the article needs {' and '.join(missing)}.")
