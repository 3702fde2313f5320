"""Today's digest, on the desk's first page."""

from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from articles.moments import moment, zone
from digest import editions, figures
from digest.figures import count
from digest.models import Edition, Subscriber

register = template.Library()
MANY = 100  # articles counted for what is to come


@register.inclusion_tag("admin/_digest_today.html", takes_context=True)
def digest_today(context: dict[str, Any]) -> dict[str, Any]:
    """For those who may see editions; nothing for others."""
    if not context["request"].user.has_perm("digest.view_edition"):
        return {}
    at = timezone.now()
    today = editions.today(at)
    rows = list(Edition.objects.filter(date=today).order_by("number")[:5])
    return {"editions": [_told(edition) for edition in rows], "sentence": "" if rows else to_come(at=at)}


def _told(edition: Edition) -> dict[str, str]:
    if edition.finished_at:
        told = f"Sent by {moment(edition.finished_at, 'H:i')} to {figures.in_words(edition.outcome)}."
    else:
        told = f"Being sent, since {moment(edition.composed_at, 'H:i')}, to {figures.in_words(edition.deliveries.tally())}."
    return {"subject": edition.subject, "told": told, "address": reverse("admin:digest_edition_change", args=[edition.pk])}


def to_come(*, at: datetime) -> str:
    """What will happen today, or why nothing did."""
    closing = editions.closing(editions.today(at))
    if not Subscriber.objects.reached().exists():
        return "Nobody reads it yet: it waits for the first reader."
    when = f"{moment(closing, 'H:i')}, {zone()}"
    found = _waiting(until=min(at, closing))
    if at < closing:
        articles = f"with {count(found, 'article')} so far" if found else "if something is published by then"
        return f"Will be sent at {when}, {articles}."
    if found:
        return f"Is late: it was to be sent at {when}. See whether the worker runs."
    return f"None today: nothing new was published by {when}."


def _waiting(*, until: datetime) -> int:
    span = editions.since_last(until=until)
    new = Article.objects.standing().filter(published_at__gt=span.since, published_at__lte=span.until, edition_item=None)
    return new.order_by()[:MANY].count()
