"""What should have come out or gone and did not: an alarm for each, until it is done. Looked for by the worker, and where no
worker runs by the desk's first page and by /readyz."""

from datetime import datetime, timedelta

from django.urls import reverse

from articles.models import Article, Status
from articles.moments import told
from newsroom import alarms
from newsroom.models import Alarm

PATIENCE = timedelta(minutes=5)
TOLD = (*alarms.GROUPS, "Editor")  # whose article it is
AT_ONCE = 10  # alarms; whoever gets ten looks at the desk
KEY = "articles.late:"
NO_REASON = "Nothing has tried: see whether the worker runs."


def look(*, at: datetime) -> list[str]:
    """Raise what is new, end what is done; a sentence for whoever asks how the site is. Two queries when all is well."""
    due = Article.objects.due(at=at - PATIENCE).only("headline", "status", "publish_at", "withdraw_at", "schedule_error")
    late = list(due.order_by("publish_at", "pk")[:AT_ONCE])
    on = _on()
    for article in late:
        if article.pk not in on:
            link = reverse("admin:articles_article_change", args=[article.pk])
            alarms.sound(f"{KEY}{article.pk}", sentence(article, at=at), at=at, link=link, groups=TOLD)
    if on:
        still = set(due.filter(pk__in=on).values_list("pk", flat=True))
        for pk in on - still:
            alarms.over(f"{KEY}{pk}", at=at)
    return ["An article is late: it was to be published or withdrawn."] if late else []


def _on() -> set[int]:
    keys = Alarm.objects.filter(over_at=None, key__startswith=KEY).values_list("key", flat=True)
    return {int(key.removeprefix(KEY)) for key in keys}


def sentence(article: Article, *, at: datetime) -> str:
    was_to = "be published" if article.status == Status.SCHEDULED else "get its changes"
    moment = article.publish_at
    if article.status != Status.SCHEDULED and article.withdraw_at and article.withdraw_at <= at:
        was_to, moment = "be withdrawn", article.withdraw_at
    assert moment
    headline = article.headline if len(article.headline) <= 120 else f"{article.headline[:119]}…"
    return f"“{headline}” was to {was_to} {told(moment, now=at)}. {article.schedule_error or NO_REASON}"
