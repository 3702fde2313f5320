"""The verbs of an article's life. The only place that changes its status; scheduling.py calls them by the clock.

Each locks the row, looks again, changes it and is a quiet no-op when there is nothing left to do. `by` is who acts:
None stands for the newsroom itself (the scheduler, an import). Nobody without the permission gets past `_allow`.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from articles import checking, contents, pages, rules, search, writing
from articles.models import Article, FormerAddress, PreviewLink, Revision, Status
from articles.moments import told
from articles.readdressing import path_of, readdress, refuse_anothers, tell_moved
from newsroom import audit
from newsroom.pages import EVERYTHING, touch


def _allow(allowed: bool, deed: str) -> None:
    if not allowed:
        raise PermissionDenied(f"You may not {deed}.")


def _note(by: User | None, deed: str, article: Article) -> None:
    """Who did it stands in the audit log. An import of thousands is one deed, and its own log tells it."""
    if by is not None:
        audit.record(by, deed, article)


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
        _allow(by is None or rules.may_change(by, article) or rules.may_publish(by), "hand in this article")
        if article.status == Status.DRAFT:
            article.status = Status.IN_REVIEW
            article.save(update_fields=["status", "modified_at"])
            _note(by, "handed in", article)
    return article


def return_to_draft(article: Article, *, by: User | None) -> Article:
    """In review, approved or scheduled → draft: back to the writer, or a schedule cancelled."""
    with transaction.atomic():
        article = _locked(article)
        _allow(rules.may_publish(by) or (by is not None and rules.may_change(by, article)), "take this article back")
        if article.status in {Status.IN_REVIEW, Status.APPROVED, Status.SCHEDULED}:
            _clear_the_clock(article)
            article.status = Status.DRAFT
            article.save(update_fields=["status", *CLOCK, "modified_at"])
            _note(by, "took back", article)
    return article


CLOCK = ["publish_at", "withdraw_at", "schedule_error"]


def _clear_the_clock(article: Article) -> None:
    article.publish_at, article.withdraw_at, article.schedule_error = None, None, ""


def approve(article: Article, *, by: User | None) -> Article:
    """In review → approved: ready, and its writer changes it no more. ValidationError names what is missing."""
    with transaction.atomic():
        article = _locked(article)
        _allow(rules.may_publish(by), "approve articles")
        if article.status == Status.IN_REVIEW:
            _check_publishable(article)
            article.status = Status.APPROVED
            article.save(update_fields=["status", "modified_at"])
            _note(by, "approved", article)
    return article


NOT_OUT = frozenset({Status.DRAFT, Status.IN_REVIEW, Status.APPROVED, Status.SCHEDULED})


def schedule(article: Article, *, by: User | None, publish_at: datetime, at: datetime) -> Article:
    """What was never out → scheduled for `publish_at`. ValidationError for a moment that has passed, lies before the end
    of an embargo or not before that of the article."""
    if publish_at <= at:
        raise ValidationError("Choose a moment in the future, or publish now.")
    with transaction.atomic():
        article = _locked(article)
        _allow(rules.may_publish(by), "schedule articles")
        if article.status in NOT_OUT:
            _check_publishable(article)
            check_embargo(article, publish_at)
            check_end(article, publish_at)
            checking.refuse_blocked(article)
            refuse_anothers(article)
            article.status, article.publish_at, article.schedule_error = Status.SCHEDULED, publish_at, ""
            article.save(update_fields=["status", "publish_at", "schedule_error", "modified_at"])
            _note(by, "scheduled", article)
    return article


PUBLISHED = ["status", "published_at", "updated_at", "publish_at", "schedule_error", "live_version"]


def publish(article: Article, *, by: User | None, at: datetime) -> Article:
    """What was never out → published at `at`. ValidationError names what is missing, or an embargo that lasts."""
    with transaction.atomic():
        article = _locked(article)
        _allow(rules.may_publish(by), "publish articles")
        if article.status in NOT_OUT:
            _check_publishable(article)
            check_embargo(article, at)
            check_end(article, at)
            if by is not None or article.status == Status.SCHEDULED:  # an import brings what others published long ago
                checking.refuse_blocked(article)
            refuse_anothers(article)
            article.status, article.published_at, article.updated_at = Status.PUBLISHED, at, None
            article.publish_at, article.schedule_error, article.live_version = None, "", article.version or None
            article.save(update_fields=[*PUBLISHED, "modified_at"])
            _note(by, "published", article)
            search.index([article.pk])
            if FormerAddress.objects.filter(path=path_of(article)).delete()[0]:
                tell_moved(path_of(article))
            pages.tell_article(article, {})
    return article


def withdraw(article: Article, *, by: User | None, at: datetime) -> Article:
    """Published → withdrawn: gone from every list; its address answers 410."""
    with transaction.atomic():
        article = _locked(article)
        _allow(rules.may_publish(by), "withdraw articles")
        if article.status == Status.PUBLISHED:
            before = pages.of_article(article)
            _clear_the_clock(article)
            article.status, article.withdrawn_at = Status.WITHDRAWN, at
            article.save(update_fields=["status", "withdrawn_at", *CLOCK, "modified_at"])
            _note(by, "withdrew", article)
            # Who withdraws wants nobody to read it; a colleague may share it again on purpose.
            PreviewLink.objects.filter(article=article, ended_at=None, expires_at__gt=at).update(ended_at=at)
            pages.tell_article(article, before)
    return article


def restore(article: Article, *, by: User | None, at: datetime) -> Article:
    """Withdrawn → published again, with its first moment of publication and with what was changed since. ValidationError
    names what is missing."""
    with transaction.atomic():
        article = _locked(article)
        _allow(rules.may_publish(by), "restore articles")
        if article.status == Status.WITHDRAWN:
            before, former_slug, changed = pages.of_article(article), article.slug, article.has_changes
            bring_up(article)
            _check_publishable(article)
            checking.refuse_blocked(article)
            article.status, article.withdrawn_at = Status.PUBLISHED, None
            article.save(update_fields=["status", "withdrawn_at", "modified_at"])
            _note(by, "restored", article)
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
        _allow(rules.may_publish(by), "publish changes")
        if article.is_public and article.has_changes:
            before, former_slug = pages.of_article(article), article.slug
            bring_up(article)
            article.publish_at, article.schedule_error = None, ""
            article.save(update_fields=["publish_at", "schedule_error"])
            checking.refuse_blocked(article)
            keep(article, before=before, former_slug=former_slug, at=at)
            _note(by, "published changes", article)
    return article


def bring_up(article: Article) -> None:
    """Write the newest revision into the row that readers see."""
    if article.has_changes:
        newest = Revision.objects.get(article=article, number=article.version)
        content = contents.Content.from_json(newest.content)
        if Article.objects.exclude(pk=article.pk).filter(slug=content.slug).exists():
            raise ValidationError(f"Another article has the address “{content.slug}” by now. Choose another one.")
        contents.write(article, content)
        article.live_version = article.version
        article.save(update_fields=["live_version"])


NEEDED = {"headline": "a headline", "body": "a text", "section": "a section"}  # field → how it is asked for


def _check_publishable(article: Article) -> None:
    there = {"headline": article.headline.strip(), "body": article.body.strip(), "section": article.section_id}
    missing = [asked_for for name, asked_for in NEEDED.items() if not there[name]]
    if article.is_retracted and missing == [NEEDED["body"]]:
        return  # it may be taken away with a retraction: why stands in its place
    if missing:
        raise ValidationError(f"Before it can be published the article needs {' and '.join(missing)}.")


def check_embargo(article: Article, moment: datetime) -> None:
    if article.embargo_until and moment < article.embargo_until:
        raise ValidationError(f"It is embargoed until {told(article.embargo_until)}: nobody publishes it before.")


def check_end(article: Article, moment: datetime) -> None:
    if article.withdraw_at and moment >= article.withdraw_at:
        raise ValidationError(f"It is to be withdrawn {told(article.withdraw_at)}. Move or take away that moment first.")
