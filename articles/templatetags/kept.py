"""What somebody typed and did not save, on the desk's first page."""

from typing import Any

from django import template
from django.urls import reverse

from articles.admin import kept, words
from articles.models import Autosave

register = template.Library()
SHOWN = 10


@register.inclusion_tag("admin/articles/_not_saved.html", takes_context=True)
def not_saved(context: dict[str, Any]) -> dict[str, Any]:
    """The newest of them, one query, their own alone."""
    rows = Autosave.objects.filter(user=context["request"].user).select_related("article").order_by("-saved_at")
    rows = rows.only("key", "typed", "saved_at", "user", "article__headline")
    return {"rows": [_entry(row) for row in rows[:SHOWN]]}


def _entry(row: Autosave) -> dict[str, str]:
    new = "a new article, " if row.article is None else ""
    return {
        "headline": kept.headline(row),
        "address": reverse("admin:articles_article_kept", args=[row.key]),
        "told": f"{new}typed on {words.moment(row.saved_at)}",
    }
