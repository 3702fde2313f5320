"""The verbs of the talk about an article: say, send back, ask for a correction, see to it, assign. Nobody changes what was
said; whom it concerns finds it on the desk until they have seen it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse

from articles import publishing, rules
from articles.models import Article, Comment, Unread
from newsroom import audit, mail

LONGEST = 5000
TWICE = timedelta(minutes=1)  # the same words again within it are a button pressed twice
Kind = Comment.Kind


def say(article: Article, text: str, *, by: User, at: datetime, kind: str = Kind.SAID) -> Comment:
    """Add a comment for those whom the article concerns. ValidationError for an empty or endless one, and where a correction
    is asked for of what no reader sees."""
    text = text.replace("\0", "").strip()
    if not rules.may_see(by, article):
        raise PermissionDenied("You may not see this article.")
    if not text or len(text) > LONGEST:
        raise ValidationError(f"Write what you want to say: up to {LONGEST:,} characters.")
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if kind == Kind.WANTED and not article.is_public:
            raise ValidationError("Readers do not see it: change it instead of asking for a correction.")
        last = Comment.objects.filter(article=article).first()
        if last and (last.by_id, last.kind, last.text) == (by.pk, kind, text) and at - last.at < TWICE:
            return last
        comment = Comment.objects.create(article=article, kind=kind, text=text, version=article.version, by=by, at=at)
        concerned = _people(article) | _talkers(article)
        Unread.objects.bulk_create(Unread(user_id=pk, comment=comment) for pk in sorted(concerned - {by.pk}))
    return comment


def _people(article: Article) -> set[int]:
    """Whose it is: those who began it, have it assigned, or sign it and sign in."""
    signing = article.authors.filter(user__isnull=False).values_list("user", flat=True)
    own = {pk for pk in (article.created_by_id, article.assigned_to_id, *signing) if pk is not None}
    return set(User.objects.filter(pk__in=own, is_active=True, is_staff=True).values_list("pk", flat=True))


def _talkers(article: Article) -> set[int]:
    lately = Comment.objects.filter(article=article, by__is_active=True, by__is_staff=True).values_list("by", flat=True)[:50]
    return {pk for pk in lately if pk}


def send_back(article: Article, text: str, *, by: User, at: datetime) -> Article:
    """In review, approved or scheduled → draft, with what is to be done; its people are told by mail as well."""
    from articles import tasks  # it imports this module

    if not rules.may_publish(by):
        raise PermissionDenied("You may not return this article.")
    with transaction.atomic():
        after = publishing.return_to_draft(article, by=by)
        if after.status == article.status:
            return after
        comment = say(article, text, by=by, at=at, kind=Kind.RETURNED)
        for unread in comment.unread.filter(user__in=_people(article)).exclude(user__email=""):
            tasks.mail_returned.defer(unread_pk=unread.pk)
    return after


def mail_returned(unread: Unread, *, at: datetime) -> None:
    """Once, and to nobody who has read it at the desk by now."""
    if not Unread.objects.filter(pk=unread.pk, mailed_at=None).update(mailed_at=at):
        return
    comment = unread.comment
    by = (comment.by.get_full_name() or comment.by.get_username()) if comment.by else "The newsroom"
    address = f"{settings.SITE_URL}{reverse('admin:articles_article_change', args=[comment.article_id])}"
    headline = " ".join(comment.article.headline.split())
    text = f"{by} returned “{headline}” to you:\n\n{comment.text}\n\n{address}\n"
    try:
        mail.send(EmailMessage(f"Returned to you: {headline[:150]}", text, settings.DEFAULT_FROM_EMAIL, [unread.user.email]))
    except mail.NotSent as failure:
        if failure.is_certain:  # else it may be on its way, and once is enough
            Unread.objects.filter(pk=unread.pk).update(mailed_at=None)
        raise


def read(article: Article, *, by: User) -> None:
    """They have seen what was said so far."""
    Unread.objects.filter(user=by, comment__article=article).delete()


def see_to(comment: Comment, *, by: User, at: datetime) -> Comment:
    """The correction that was asked for is made, or not needed."""
    if not rules.may_edit_any(by):
        raise PermissionDenied("You may not see to corrections.")
    with transaction.atomic():
        comment = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
        if comment.kind == Kind.WANTED and comment.done_at is None:
            comment.done_at, comment.done_by = at, by
            comment.save(update_fields=["done_at", "done_by"])
            audit.record(by, "saw to a correction", comment.article, at=at)
    return comment


def assign(article: Article, *, to: User | None, by: User | None) -> Article:
    """It is theirs to work on: they see it, and change it as if they had begun it. None: nobody's."""
    if not rules.may_publish(by):
        raise PermissionDenied("You may not assign articles.")
    if to is not None and not (to.is_active and to.is_staff and to.has_perm("articles.change_article")):
        raise ValidationError("Assign it to somebody who writes or edits here.")
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if article.assigned_to != to:
            article.assigned_to = to
            article.save(update_fields=["assigned_to", "modified_at"])
            audit.record(by, "assigned" if to else "took away", article, detail=f"auth.user {to.pk}" if to else "")
    return article
