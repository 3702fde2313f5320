"""What waits for somebody, on the desk's first page. Each panel is one query; empty ones that seldom matter stay away."""

from datetime import datetime
from typing import Any

from django import template
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from articles import lateness, rules
from articles.admin import words
from articles.admin.talk import name_of
from articles.models import Article, Comment, Status, Unread

register = template.Library()
SHOWN = 8
COLUMNS: tuple[str, ...] = (
    "headline",
    "status",
    "publish_at",
    "withdraw_at",
    "embargo_until",
    "published_at",
    "updated_at",
    "modified_at",
)
COLUMNS += ("schedule_error", "version", "live_version", "withdrawn_at", "retracted_at")
type Panel = dict[str, Any]


@register.inclusion_tag("admin/articles/_waiting.html", takes_context=True)
def articles_waiting(context: dict[str, Any]) -> dict[str, Any]:
    """The panels for those who write or edit; nothing for others."""
    request: HttpRequest = context["request"]
    user = request.user
    if not isinstance(user, User) or not user.has_perm("articles.view_article"):
        return {}
    panels = waiting_for(user, at=timezone.now())
    return {
        "lists": [panel for panel in panels if panel["articles"] or not panel["quiet"]],
        "may_see_to": rules.may_edit_any(user),
        "csrf_token": context.get("csrf_token"),
    }


def waiting_for(user: User, *, at: datetime) -> list[Panel]:
    seen, own = rules.seen_by(user), rules.own_of(user)
    today = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    assigned = seen.filter(assigned_to=user).exclude(status=Status.WITHDRAWN).order_by("-pk")
    scheduled = seen.filter(publish_at__isnull=False).order_by("publish_at")  # with the changes of what is out
    ending = seen.filter(withdraw_at__isnull=False, publish_at=None).order_by("withdraw_at")
    out = seen.filter(status=Status.PUBLISHED, published_at__gte=today).order_by("-published_at")
    return [
        _said(user),
        _list("Assigned to me", assigned, "assigned=1", at=at, quiet=True),
        _list("My drafts", own.filter(status=Status.DRAFT).order_by("-modified_at"), "status=draft&mine=1", at=at),
        _list("In review", seen.filter(status=Status.IN_REVIEW).order_by("modified_at"), "status=in_review", at=at),
        _list("Approved", seen.filter(status=Status.APPROVED).order_by("modified_at"), "status=approved", at=at, quiet=True),
        _list("Scheduled", scheduled, "status=scheduled", at=at),
        _list("Will be withdrawn", ending, "status=published", at=at, quiet=True),
        _wanted(user, seen),
        _list("Published today", out, "status=published", at=at),
    ]


def _list(title: str, articles: QuerySet[Article], query: str, *, at: datetime, quiet: bool = False) -> Panel:
    rows = list(articles.only(*COLUMNS)[: SHOWN + 1])
    return {
        "title": title,
        "articles": [_entry(article, at=at) for article in rows[:SHOWN]],
        "all": f"{reverse('admin:articles_article_changelist')}?{query.replace('status=', 'status__exact=')}",
        "more": len(rows) > SHOWN,
        "quiet": quiet,
    }


def _entry(article: Article, *, at: datetime) -> dict[str, Any]:
    if article.was_once_public or article.publish_at:
        told = words.state(article, at=at)
    else:
        told = ". ".join(filter(None, [f"Changed {words.moment(article.modified_at)}", words.embargo(article, at=at)]))
    address = reverse("admin:articles_article_change", args=[article.pk])
    return {"headline": article.headline, "address": address, "told": told, "trouble": _trouble(article, at=at)}


def _trouble(article: Article, *, at: datetime) -> str:
    """Why it is not out, or not gone; said as soon as it is late, for the worker may be what is wrong."""
    if article.schedule_error:
        deed = "withdrawn" if article.is_public and not article.publish_at else "published"
        return f"Could not be {deed}: {article.schedule_error}"
    moment = article.publish_at or article.withdraw_at
    return f"Late. {lateness.NO_REASON}" if moment and moment < at - lateness.PATIENCE else ""


def _said(user: User) -> Panel:
    """Comments that this person has not seen; a line for each."""
    rows = Unread.objects.filter(user=user).select_related("comment__article", "comment__by").order_by("-pk")
    entries = [_remark(unread.comment) for unread in rows.defer("comment__article__body", "comment__article__search")[:SHOWN]]
    return {"title": "Said to me", "articles": entries, "more": False, "quiet": True}


def _wanted(user: User, seen: QuerySet[Article]) -> Panel:
    rows = Comment.objects.filter(kind=Comment.Kind.WANTED, done_at=None).select_related("article", "by").order_by("pk")
    if not rules.may_edit_any(user):
        rows = rows.filter(article__in=seen.values("pk"))
    found = rows.defer("article__body", "article__search")[:SHOWN]
    entries = [_remark(comment) | {"wanted": comment.pk, "correct": _correcting(comment, user)} for comment in found]
    return {"title": "Corrections due", "articles": entries, "more": False, "quiet": True}


def _correcting(comment: Comment, user: User) -> str:
    """Where it can be corrected, by those who publish and while readers see it."""
    if not (comment.article.is_public and rules.may_publish(user)):
        return ""
    return f"{reverse('admin:articles_article_correct', args=[comment.article_id])}?wanted={comment.pk}"


def _remark(comment: Comment) -> dict[str, Any]:
    did = "" if comment.kind == Comment.Kind.SAID else f" {comment.get_kind_display()}"
    text = Truncator(" ".join(comment.text.split())).chars(160)
    return {
        "headline": comment.article.headline,
        "address": reverse("admin:articles_article_comments", args=[comment.article_id]),
        "told": f"{name_of(comment.by)}{did}, {words.moment(comment.at)}: “{text}”",
        "trouble": "",
    }
