"""One thing done to many articles: each in a transaction of its own, told one by one, and undone where it can be.

What is ticked is frozen as rows before anybody says yes, so what was shown is what is done. A run claims item by item and
writes the outcome in the transaction that did it: it can be killed anywhere and goes on where it stopped, and two runs
at once share the work. A short deed is run by the request, a long one by the worker.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from procrastinate.contrib.django import app

from articles import amending, contents, drafting, publishing, rules, synonyms
from articles.models import Article, BulkDeed, BulkItem, Section, Status
from newsroom.database.failures import FAILURES

logger = logging.getLogger(__name__)

Kind, Outcome = BulkDeed.Kind, BulkItem.Outcome

AT_ONCE = 50  # a page of the list: some seconds at most
MOST = 5000
MOST_TOLD = 3  # above the list
UNDONE_BY = {Kind.WITHDRAW, Kind.ADD_TAG, Kind.REMOVE_TAG, Kind.SECTION}
OF_TEXT = {Kind.ADD_TAG, Kind.REMOVE_TAG, Kind.SECTION}
FOR_PUBLISHERS = {Kind.APPROVE, Kind.PUBLISH, Kind.WITHDRAW}
FORGOTTEN = timedelta(days=1)  # what nobody said yes to
REMEMBERED = timedelta(days=90)  # until then it can be undone


def allowed(user: User, kind: str) -> bool:
    """Whether somebody may do this to any article at all. To which ones the verbs say."""
    return rules.may_publish(user) if kind in FOR_PUBLISHERS else user.has_perm("articles.change_article")


def prepare(kind: str, articles: Iterable[int], *, by: User, at: datetime) -> BulkDeed:
    """Freeze what was ticked. ValidationError for more than MOST, or none."""
    if not allowed(by, kind):
        raise PermissionDenied("You may not do this.")
    ids = list(dict.fromkeys(articles))
    if not ids:
        raise ValidationError("None of these articles is there any more.")
    if len(ids) > MOST:
        raise ValidationError(f"That is more than {MOST:,} articles. Narrow the list down, and do it in parts.")
    with transaction.atomic():
        deed = BulkDeed.objects.create(kind=kind, by=by, made_at=at)
        BulkItem.objects.bulk_create([BulkItem(deed=deed, article_id=pk) for pk in ids], batch_size=1000)
    return deed


def begin(deed: BulkDeed, *, by: User, at: datetime, tag: str = "", section: Section | None = None) -> BulkDeed:
    """Somebody says yes. A second yes changes nothing. ValidationError where it is not said which tag or section."""
    with transaction.atomic():
        deed = BulkDeed.objects.select_for_update().get(pk=deed.pk)
        if deed.begun_at:
            return deed
        if deed.by_id != by.pk or not allowed(by, deed.kind):
            raise PermissionDenied("You may not do this.")
        if deed.kind in {Kind.ADD_TAG, Kind.REMOVE_TAG} and not tag:
            raise ValidationError("Say which tag.")
        if deed.kind == Kind.SECTION and section is None:
            raise ValidationError("Say which section.")
        deed.tag, deed.section, deed.begun_at = next(iter(synonyms.standing([tag] if tag else [])), ""), section, at
        deed.save(update_fields=["tag", "section", "begun_at"])
    return deed


def undo(deed: BulkDeed, *, by: User, at: datetime) -> BulkDeed:
    """Begin to undo what was done. A second time changes nothing."""
    with transaction.atomic():
        deed = BulkDeed.objects.select_for_update().get(pk=deed.pk)
        if not allowed(by, deed.kind):
            raise PermissionDenied("You may not undo this.")
        if deed.kind in UNDONE_BY and deed.done_at and not deed.undo_begun_at:
            deed.undone_by, deed.undo_begun_at = by, at
            deed.save(update_fields=["undone_by", "undo_begun_at"])
    return deed


def may_see(user: User, deed: BulkDeed) -> bool:
    return deed.by_id == user.pk or (user.has_perm("articles.edit_any_article") and deed.begun_at is not None)


def lately(user: User) -> QuerySet[BulkDeed]:
    """What somebody did to many articles, the newest first: where to look how far it is, and to undo it."""
    return BulkDeed.objects.filter(by=user, begun_at__isnull=False).select_related("section").order_by("-pk")[:MOST_TOLD]


def counts(deed: BulkDeed) -> dict[str, int]:
    rows = deed.items.order_by().values_list("outcome").annotate(Count("pk"))
    return dict(rows)


def run_or_order(deed: BulkDeed, *, at: datetime) -> BulkDeed:
    """A page of articles is done when this returns; for more the worker is asked."""
    if deed.items.count() <= AT_ONCE:
        run(deed.pk, at=at)
    else:
        app.configure_task("articles.run_deed").defer(deed_pk=deed.pk)
    return BulkDeed.objects.get(pk=deed.pk)


def run(deed_pk: int, *, at: datetime) -> None:
    """Go on until nothing is left to do, or to undo. Quiet where nobody began, or the deed is gone."""
    deed = BulkDeed.objects.select_related("by", "undone_by", "section").filter(pk=deed_pk, begun_at__isnull=False).first()
    if deed is None:
        return
    if deed.done_at is None:
        _each(deed, Outcome.WAITING, _do, by=deed.by, at=at)
        _finish(deed, Outcome.WAITING, "done_at", at=at)
    elif deed.undo_begun_at and deed.undo_done_at is None:
        _each(deed, Outcome.DONE, _take_back, by=deed.undone_by, at=at)
        _finish(deed, Outcome.DONE, "undo_done_at", at=at)


type Step = Callable[..., None]


def _each(deed: BulkDeed, waiting: str, step: Step, *, by: User | None, at: datetime) -> None:
    """The article's row before the item's: who deletes an article goes that way too."""
    waiting_items = BulkItem.objects.filter(deed=deed, outcome=waiting).order_by("pk")
    while next_item := waiting_items.first():
        with transaction.atomic():
            Article.objects.select_for_update(of=("self",)).filter(pk=next_item.article_id).first()
            item = waiting_items.select_for_update(of=("self",)).filter(pk=next_item.pk).first()
            if item is None:
                continue  # somebody who shares the work did it, or the article is gone
            _try(deed, item, step, by=by, at=at)
            item.save(update_fields=["outcome", "reason", "before", "after"])


def _try(deed: BulkDeed, item: BulkItem, step: Step, *, by: User | None, at: datetime) -> None:
    item.reason = ""
    refused = Outcome.REFUSED if item.outcome == Outcome.WAITING else Outcome.KEPT
    try:
        with transaction.atomic():
            if by is None or not by.is_active:
                raise PermissionDenied("Who asked for it has no sign-in any more.")
            step(deed, item, by=by, at=at)
    except (ValidationError, PermissionDenied) as refusal:
        sentence = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
        item.outcome, item.reason = refused, sentence[:500]
    except FAILURES:
        raise  # the database is away: it is tried again when it is back
    except Exception:  # one bad article keeps none of the others
        logger.exception("Article %s: “%s” did not work.", item.article_id, deed.get_kind_display())
        item.outcome, item.reason = refused, "It did not work, for a reason that is noted in the log."


def _finish(deed: BulkDeed, waiting: str, field: str, *, at: datetime) -> None:
    """Whoever does the last one, of those who share the work."""
    with transaction.atomic():
        locked = BulkDeed.objects.select_for_update().get(pk=deed.pk)
        if getattr(locked, field) is None and not locked.items.filter(outcome=waiting).exists():
            setattr(locked, field, at)
            locked.save(update_fields=[field])


def _do(deed: BulkDeed, item: BulkItem, *, by: User, at: datetime) -> None:
    article = Article.objects.select_for_update(of=("self",)).get(pk=item.article_id)
    was = (article.status, article.version)
    item.before = _remembered(deed, article)
    match deed.kind:
        case Kind.PUBLISH:
            after = publishing.publish(article, by=by, at=at)
        case Kind.WITHDRAW:
            after = publishing.withdraw(article, by=by, at=at)
        case Kind.APPROVE:
            after = publishing.approve(article, by=by)
        case Kind.HAND_IN:
            after = publishing.submit(article, by=by)
        case _:
            after = amending.amend(article, _change(deed), by=by, at=at, note=_note(deed))
    item.after = _standing(after)
    item.outcome = Outcome.SAME if (after.status, after.version) == was else Outcome.DONE
    if item.outcome == Outcome.DONE:
        _log(by, article, f"{deed.get_kind_display()}, with others.")


def _note(deed: BulkDeed) -> str:
    return f"{deed.get_kind_display()}: {deed.section or deed.tag}"


def _change(deed: BulkDeed) -> amending.Change:
    if deed.kind == Kind.SECTION:
        if deed.section_id is None:
            raise ValidationError("That section is gone.")
        return amending.in_section(deed.section_id)
    name = _tag_of(deed)
    return amending.with_tag(name) if deed.kind == Kind.ADD_TAG else amending.without_tag(name)


def _tag_of(deed: BulkDeed) -> str:
    """What it is called today: it may have been renamed or merged since somebody said yes."""
    return next(iter(synonyms.standing([deed.tag])), deed.tag)


def _remembered(deed: BulkDeed, article: Article) -> dict[str, Any]:
    """What an undo needs: of the text that readers see, and of the newest one."""
    if deed.kind not in OF_TEXT:
        return {"pending": article.has_changes}
    texts = {"seen": contents.of(article), "newest": drafting.current(article)}
    if deed.kind == Kind.SECTION:
        return {name: text.section for name, text in texts.items()}
    return {name: amending.carries(text, _tag_of(deed)) for name, text in texts.items()}


def _standing(article: Article) -> list[Any]:
    """What a change by anybody alters."""
    return [article.status, article.version]


SINCE = "Somebody changed it since."


def _take_back(deed: BulkDeed, item: BulkItem, *, by: User, at: datetime) -> None:
    article = Article.objects.select_for_update(of=("self",)).get(pk=item.article_id)
    if _standing(article) != item.after:
        raise ValidationError(SINCE)
    if deed.kind == Kind.WITHDRAW:
        if item.before["pending"] or article.status != Status.WITHDRAWN:
            raise ValidationError("It holds changes that readers have not seen: restore it by hand.")
        publishing.restore(article, by=by, at=at)
    else:
        seen, newest = (_back(deed, item.before[name]) for name in ("seen", "newest"))
        note = f"Undone: {_note(deed)}"
        amending.amend(article, seen if article.was_once_public else newest, draft=newest, by=by, at=at, note=note)
    item.outcome = Outcome.UNDONE
    _log(by, article, f"Undone: {deed.get_kind_display()}.")


def _back(deed: BulkDeed, before: Any) -> amending.Change:
    """To what one of the two texts said: a section, or whether it carried the tag."""
    if deed.kind == Kind.SECTION:
        if before is not None and not Section.objects.filter(pk=before).exists():
            raise ValidationError("The section it stood in is gone.")
        return amending.in_section(before)
    name = _tag_of(deed)
    return amending.with_tag(name) if before else amending.without_tag(name)


def _log(by: User, article: Article, message: str) -> None:
    rows: QuerySet[Any] = Article.objects.filter(pk=article.pk)
    LogEntry.objects.log_actions(by.pk, rows, CHANGE, change_message=message)


def forget(*, at: datetime) -> int:
    """What was ticked and never said yes to, and what was done long ago: how many deeds are gone. The articles' own versions
    and the audit log go on telling who did what."""
    unbegun = Q(begun_at=None, made_at__lt=at - FORGOTTEN)
    over = Q(done_at__isnull=False, made_at__lt=at - REMEMBERED)
    return BulkDeed.objects.filter(unbegun | over).delete()[1].get("articles.BulkDeed", 0)
