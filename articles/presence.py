"""Who has an article open to write in it, and who of them holds it.

The first to come holds it, until somebody takes it over and is told so, or is not heard of any longer. It is a courtesy and
no gate: nobody's save is refused for it (`drafting.save` compares versions), for a desk on deadline must not wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Prefetch, Q, QuerySet, Value, When

from articles import rules
from articles.models import Article, Presence
from newsroom import audit

GONE_AFTER = timedelta(seconds=45)
HIDDEN_GONE_AFTER = timedelta(seconds=150)  # browsers run the timers of a hidden tab once a minute: one call may fail
MOST_FORMS = 20  # of one article that one person is noted with


@dataclass(frozen=True)
class Here:
    """Who else is there, as one person sees it."""

    others: list[Presence]  # one a person, the one who holds the article first
    holder: Presence | None
    is_mine: bool  # I hold it, or nobody does
    taken_from_me: bool  # somebody took it over while I was there
    elsewhere: bool  # I have it open in another window too


def alive(*, at: datetime) -> QuerySet[Presence]:
    return Presence.objects.filter(~_gone(at))


def _gone(at: datetime) -> Q:
    return Q(hidden=False, seen_at__lte=at - GONE_AFTER) | Q(hidden=True, seen_at__lte=at - HIDDEN_GONE_AFTER)


def for_a_list(*, at: datetime) -> Prefetch:
    """`article.here`: who is in it, one query for all rows of a list."""
    rows = alive(at=at).select_related("user").order_by("since", "pk")
    return Prefetch("presences", rows, to_attr="here")


def beat(article: Article, *, by: User, key: UUID, at: datetime, hidden: bool = False) -> None:
    """The form is still open; `hidden`: in a tab that nobody looks at, which speaks seldom.

    Who was gone and is back comes anew; a page that follows a save goes on where that one was. A hidden one stays and does
    not come: its last word may arrive after the one that it left.
    """
    late = _gone(at)
    mine = Presence.objects.filter(article=article, user=by)
    since, taken = Case(When(late, then=Value(at)), default=F("since")), Case(When(late, then=None), default=F("took_over_at"))
    if mine.filter(key=key).update(seen_at=at, hidden=hidden, since=since, took_over_at=taken):
        return
    with transaction.atomic():
        following = mine.select_for_update(skip_locked=True).filter(~late, key=None).order_by("since").first()
        if following:
            mine.filter(pk=following.pk).update(key=key, seen_at=at, hidden=hidden)
        elif not hidden:
            _come(article, mine, by=by, key=key, at=at)


def _come(article: Article, mine: QuerySet[Presence], *, by: User, key: UUID, at: datetime) -> None:
    mine.filter(_gone(at)).delete()
    here = list(mine.order_by("since"))
    if len(here) < MOST_FORMS:
        since = here[0].since if here else at  # a second window of somebody who is there
        try:
            with transaction.atomic():
                Presence.objects.create(article=article, user=by, key=key, since=since, seen_at=at)
        except IntegrityError:
            pass  # two calls of one page at the same moment


def leave(article: Article, *, by: User, key: UUID) -> None:
    Presence.objects.filter(article=article, user=by, key=key).delete()


def hand_on(article: Article, *, by: User, key: UUID, at: datetime) -> None:
    """The form was saved: its next page goes on where this one was."""
    Presence.objects.filter(article=article, user=by, key=key).update(key=None, seen_at=at, hidden=False)


def look(article: Article, *, by: User, key: UUID | None, at: datetime) -> Here:
    """One query. `key`: of the form that asks."""
    rows = list(alive(at=at).filter(article=article).select_related("user").order_by("since", "pk"))
    holder = _holder(rows)
    mine = [row for row in rows if row.user_id == by.pk]
    others: dict[int, Presence] = {}
    for row in [holder, *rows] if holder else rows:
        if row.user_id != by.pk:
            others.setdefault(row.user_id, row)
    taken_at = holder.took_over_at if holder and holder.user_id != by.pk else None
    return Here(
        others=list(others.values()),
        holder=holder,
        is_mine=holder is None or holder.user_id == by.pk,
        taken_from_me=taken_at is not None and any(row.since < taken_at for row in mine),
        elsewhere=any(row.key not in {None, key} for row in mine),
    )


def _holder(rows: Sequence[Presence]) -> Presence | None:
    """Whoever took it over last; else whoever came first."""
    taken = [row for row in rows if row.took_over_at]
    if taken:
        return max(taken, key=lambda row: (row.took_over_at, row.pk))
    return rows[0] if rows else None


def take_over(article: Article, *, by: User, key: UUID, at: datetime) -> bool:
    """Hold it from now on; whoever held it is told by their own page. Quiet no-op (False) for who holds it already."""
    with transaction.atomic():
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if not rules.may_change(by, article):
            raise PermissionDenied("You may not change this article.")
        beat(article, by=by, key=key, at=at)
        if look(article, by=by, key=key, at=at).is_mine:
            return False
        Presence.objects.filter(article=article, user=by, key=key).update(took_over_at=at)
        audit.record(by, "took over", article, at=at)
    return True


def forget(*, at: datetime) -> int:
    """Rows of browsers that went without a word. Safe to repeat."""
    return Presence.objects.filter(seen_at__lte=at - timedelta(hours=1)).delete()[0]
