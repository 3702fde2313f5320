"""What waits for somebody, at the top of the desk's first page."""

from datetime import datetime
from typing import Any

from django import template
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from articles import rules
from articles.admin import words
from articles.models import Article, Status

register = template.Library()
SHOWN = 8


@register.inclusion_tag("admin/articles/_waiting.html", takes_context=True)
def articles_waiting(context: dict[str, Any]) -> dict[str, Any]:
    """Four lists for those who write or edit, one query each; nothing for others."""
    request: HttpRequest = context["request"]
    if not request.user.has_perm("articles.view_article"):
        return {}
    return {
        "lists": waiting_for(request.user, at=timezone.now()),
        "may_write": request.user.has_perm("articles.add_article"),
    }


def waiting_for(user: Any, *, at: datetime) -> list[dict[str, Any]]:
    seen, own = rules.seen_by(user), rules.own_of(user)
    today = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        _list("My drafts", own.filter(status=Status.DRAFT).order_by("-modified_at"), "status=draft&mine=1"),
        _list("In review", seen.filter(status=Status.IN_REVIEW).order_by("modified_at"), "status=in_review"),
        _list("Scheduled", seen.filter(status=Status.SCHEDULED).order_by("publish_at"), "status=scheduled"),
        _list(
            "Published today",
            seen.filter(status=Status.PUBLISHED, published_at__gte=today).order_by("-published_at"),
            "status=published",
        ),
    ]


def _list(title: str, articles: QuerySet[Article], query: str) -> dict[str, Any]:
    rows = list(articles.only("headline", "status", "publish_at", "published_at", "modified_at", "schedule_error")[: SHOWN + 1])
    return {
        "title": title,
        "articles": [_entry(article) for article in rows[:SHOWN]],
        "all": f"{reverse('admin:articles_article_changelist')}?{query.replace('status=', 'status__exact=')}",
        "more": len(rows) > SHOWN,
    }


def _entry(article: Article) -> dict[str, Any]:
    match article.status:
        case Status.SCHEDULED:
            told = words.state(article)
        case Status.PUBLISHED:
            told = words.moment(article.published_at)
        case _:
            told = f"Changed {words.moment(article.modified_at)}"
    return {
        "headline": article.headline,
        "address": reverse("admin:articles_article_change", args=[article.pk]),
        "told": told,
        "trouble": article.schedule_error,
    }
