"""What the form of an article says about others who are in it, in words. The page and its browser get the same."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles import presence
from articles.admin import words
from articles.models import Article, Presence, Revision

ELSEWHERE = "You have this article open in another window too. Both are kept; what you save in one, the other will put together."
BOTH = "You can write too: saving puts both texts together."
KEPT = "Your words are kept; saving will show both texts."


def told(article: Article, *, to: User, key: UUID | None, version: int, at: datetime) -> dict[str, Any]:
    """One query; one more where a newer version was saved."""
    here = presence.look(article, by=to, key=key, at=at)
    return {
        "here": " ".join(_sentences(here, at)),
        "may_take_over": not here.is_mine,
        "elsewhere": ELSEWHERE if here.elsewhere else "",
        "newer": _newer(article, version, to, at) if article.version > version else None,
    }


def _sentences(here: presence.Here, at: datetime) -> list[str]:
    holder = here.holder if here.holder in here.others else None
    if holder and here.taken_from_me:
        first = [f"{name(holder.user)} took over at {clock(holder.took_over_at, at)}. {KEPT}"]
    elif holder:
        first = [f"{name(holder.user)} is editing since {clock(holder.since, at)}. {BOTH}"]
    else:
        first = []
    rest = [row for row in here.others if row is not holder]
    return [*first, *(f"{name(row.user)} has it open too, since {clock(row.since, at)}." for row in rest)]


def _newer(article: Article, version: int, to: User, at: datetime) -> dict[str, str]:
    newest = Revision.objects.filter(article=article, number=article.version).select_related("by").defer("content").first()
    who = "The newsroom"
    if newest and newest.by:
        who = "You, in another window," if newest.by == to else name(newest.by)
    when = f" at {clock(newest.at, at)}" if newest else ""
    page = reverse("admin:articles_article_versions", args=[article.pk])
    return {
        "words": f"{who} saved a newer version{when}: saving will put both together.",
        "address": f"{page}?before={max(version, 1)}&after={article.version}",
    }


def mark(rows: list[Presence]) -> SafeString | str:
    """For a line of a list."""
    people = list(dict.fromkeys(name(row.user) for row in rows))
    if not people:
        return ""
    verb = "is" if len(people) == 1 else "are"
    return format_html(' <span class="desk-here-mark">{} {} editing</span>', ", ".join(people[:3]), verb)


def name(user: User) -> str:
    return user.get_full_name() or user.get_username()


def clock(moment: datetime | None, at: datetime) -> str:
    """“14:02”, with the day where it was another one."""
    same = moment is not None and timezone.localtime(moment).date() == timezone.localtime(at).date()
    return words.moment(moment, "H:i" if same else "H:i, j F")
