"""What the clock does to articles: publishes what is scheduled, brings up changes, withdraws what was to end.

A moment stands in the article's row. `publish_due` claims the rows one by one and calls the verbs of publishing.py.
"""

import logging
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from articles import publishing, rules
from articles.models import Article, Status
from articles.moments import told
from newsroom import audit

logger = logging.getLogger(__name__)


def _locked(article: Article, by: User | None, deed: str) -> Article:
    if not rules.may_publish(by):
        raise PermissionDenied(f"You may not {deed}.")
    return Article.objects.select_for_update(of=("self",)).get(pk=article.pk)


def _keep(article: Article, by: User | None, deed: str, *fields: str) -> None:
    article.save(update_fields=[*fields, "modified_at"])
    if by is not None:
        audit.record(by, deed, article)


def schedule_changes(article: Article, *, by: User | None, publish_at: datetime, at: datetime) -> Article:
    """What is saved over a published article by then reaches its readers at that moment. ValidationError for a moment that
    has passed or lies after the article's end, and where nothing was changed."""
    if publish_at <= at:
        raise ValidationError("Choose a moment in the future, or publish the changes now.")
    with transaction.atomic():
        article = _locked(article, by, "schedule changes")
        if article.is_public:
            if not article.has_changes:
                raise ValidationError("There are no changes to publish: readers see everything already.")
            publishing.check_end(article, publish_at)
            if (article.publish_at, article.schedule_error) != (publish_at, ""):
                article.publish_at, article.schedule_error = publish_at, ""
                _keep(article, by, "scheduled changes", "publish_at", "schedule_error")
    return article


def cancel(article: Article, *, by: User | None) -> Article:
    """Nothing is published by itself any more: a scheduled article is a draft again, a published one stays as it is."""
    with transaction.atomic():
        article = _locked(article, by, "cancel a schedule")
        if article.status == Status.SCHEDULED:
            return publishing.return_to_draft(article, by=by)
        if article.publish_at:
            article.publish_at, article.schedule_error = None, ""
            _keep(article, by, "cancelled the schedule", "publish_at", "schedule_error")
    return article


def end_at(article: Article, *, by: User | None, withdraw_at: datetime | None, at: datetime) -> Article:
    """A published or scheduled article is withdrawn at that moment; None: it stays. ValidationError for a moment that has
    passed or is not after its publication."""
    with transaction.atomic():
        article = _locked(article, by, "withdraw articles")
        if withdraw_at and withdraw_at <= at:
            raise ValidationError("Choose a moment in the future, or withdraw the article now.")
        if withdraw_at and article.publish_at and withdraw_at <= article.publish_at:
            raise ValidationError(f"It comes out {told(article.publish_at)}: choose a later moment.")
        if article.status in {Status.SCHEDULED, Status.PUBLISHED} and article.withdraw_at != withdraw_at:
            article.withdraw_at = withdraw_at
            deed = "set the end" if withdraw_at else "took away the end"
            _keep(article, by, deed, "withdraw_at")
    return article


def embargo(article: Article, *, by: User | None, until: datetime | None, at: datetime) -> Article:
    """Nobody publishes it before; None: lifted. Whoever may change the article sets one; only publishers shorten or lift it.
    ValidationError for a moment that has passed, or if the article is to come out before."""
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if by is not None and not rules.may_change(by, article):
            raise PermissionDenied("You may not change this article.")
        before = article.embargo_until
        if article.status not in publishing.NOT_OUT or before == until:
            return article
        if before and before > at and (until is None or until < before) and not rules.may_publish(by):
            raise PermissionDenied("Only those who publish may lift or shorten an embargo.")
        if until and until <= at:
            raise ValidationError("Choose a moment in the future, or lift the embargo.")
        if until and article.publish_at and article.publish_at < until:
            raise ValidationError(f"It is scheduled for {told(article.publish_at)}, before that. Move the schedule first.")
        article.embargo_until = until
        _keep(article, by, "set an embargo" if until else "lifted the embargo", "embargo_until")
    return article


def publish_due(*, at: datetime) -> tuple[int, int]:
    """Do what is due to every article whose moment has come: (done, failed).

    Each is claimed and treated in a transaction of its own, so a bad one delays nobody: its error stands in its
    row, where the desk shows it, and it is tried again at the next run.
    """
    done = failed = 0
    tried: list[int] = []
    while True:
        with transaction.atomic():
            due = Article.objects.due(at=at).select_for_update(of=("self",), skip_locked=True)
            article = due.exclude(pk__in=tried).order_by("publish_at", "pk").first()
            if article is None:
                return done, failed
            tried.append(article.pk)
            try:
                with transaction.atomic():
                    _treat(article, at=at)
                done += 1
            except Exception as error:
                _note_failure(article, error)
                failed += 1


def _treat(article: Article, *, at: datetime) -> None:
    """An end that has come goes before everything: nobody publishes for a minute what was to be gone by now."""
    if article.status == Status.SCHEDULED:
        publishing.publish(article, by=None, at=at)
        deed = "published"
    elif article.withdraw_at and article.withdraw_at <= at:
        publishing.withdraw(article, by=None, at=at)
        deed = "withdrew"
    elif article.has_changes:
        publishing.publish_changes(article, by=None, at=at)
        deed = "published changes"
    else:
        cancel(article, by=None)
        return
    audit.record(None, deed, article, detail="as scheduled", at=at)


def _note_failure(article: Article, error: Exception) -> None:
    """In the row, for the desk; in the log only what is new, for it is tried again every minute."""
    unfinished = isinstance(error, ValidationError)
    sentence = " ".join(error.messages) if isinstance(error, ValidationError) else repr(error)
    if sentence != article.schedule_error:
        trace = None if unfinished else error
        logger.log(
            logging.WARNING if unfinished else logging.ERROR,
            "Article %s could not be published or withdrawn on schedule: %s",
            article.pk,
            sentence,
            exc_info=trace,
        )
        Article.objects.filter(pk=article.pk).update(schedule_error=sentence)
