"""Which articles make an edition, and the verb that composes it once.

An edition closes at a moment that is the same whenever the composing runs: the digest hour of its day. A worker that
was down at that hour sends the same edition late; an article published meanwhile waits for the next day; and a day on
which nothing was published by then has no edition, however often it is asked for one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min

from articles.models import Article
from digest.models import Edition, EditionItem, Subscriber
from digest.pages import EDITIONS, day_key
from newsroom.pages import touch

FIRST_LOOKS_BACK = timedelta(days=1)
# What the last edition could not see: an article whose transaction had not ended yet, one that was withdrawn and is
# restored since. Later than that nobody calls it news.
OVERLAP = timedelta(days=2)


@dataclass(frozen=True)
class Span:
    """Published after `since`, up to and with `until`."""

    since: datetime
    until: datetime


def today(at: datetime) -> date:
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def closing(day: date) -> datetime:
    """When that day's edition closes. An hour that the clocks leave out is the moment they jump; of two, the first."""
    return _local(day, time(settings.DIGEST_HOUR))


def whole(day: date) -> Span:
    """From midnight to midnight, 23 to 25 hours."""
    moment = timedelta(microseconds=1)
    return Span(_local(day, time()) - moment, _local(day + timedelta(days=1), time()) - moment)


def since_last(*, until: datetime) -> Span:
    """Looks back over the last edition's end, but never to before the first one began: what a newsroom published before
    it had a digest is in none."""
    ends = Edition.objects.aggregate(first=Min("covers_until"), last=Max("covers_until"))
    if ends["last"] is None:
        return Span(until - FIRST_LOOKS_BACK, until)
    return Span(max(ends["last"] - OVERLAP, ends["first"] - FIRST_LOOKS_BACK), until)


def _local(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)


def candidates(span: Span) -> list[Article]:
    """Published in the span, still public, not retracted, and in no edition yet."""
    published = Article.objects.standing().filter(published_at__gt=span.since, published_at__lte=span.until)
    return arranged(published.filter(edition_item=None).as_cards())


def arranged(articles: Iterable[Article]) -> list[Article]:
    """The order of an edition: as on the front page, newest first."""
    return sorted(articles, key=lambda article: (article.published_at, article.pk), reverse=True)


def subject(articles: list[Article]) -> str:
    return articles[0].headline


def due(*, at: datetime) -> Edition | None:
    """Today's edition once its hour has come, composed now if it was not yet. None before, and on an empty day.

    While there is no reader at all it waits, so that the first one gets the day's digest and not an empty envelope.
    """
    day = today(at)
    until = closing(day)
    if at < until or not Subscriber.objects.reached().exists():
        return None
    return compose(day, since_last(until=until), at=at)


def by_hand(day: date, *, at: datetime) -> Edition | None:
    """What somebody means who sends a day's digest now: go on with one that is being sent, else bring what is new.

    What is new after the day's digest makes an extra edition. None when nothing was published and nothing sent. While
    there is no reader, what is new waits for the first one: in an edition for nobody it would be used up.
    """
    with transaction.atomic():
        _alone()
        latest = Edition.objects.filter(date=day).first()
        if latest and latest.deliveries.unsettled(at=at).exists():
            return latest
        if not Subscriber.objects.reached().exists():
            return latest
        return _composed(day, of_day(day, at=at), number=latest.number + 1 if latest else 1, at=at) or latest


def of_day(day: date, *, at: datetime) -> Span:
    """Today: everything since the last edition. Another day: what was published on it."""
    return since_last(until=at) if day == today(at) else whole(day)


def compose(day: date, span: Span, *, at: datetime) -> Edition | None:
    """The day's digest: the one that is there, or a new one of what was published in the span. None for nothing."""
    with transaction.atomic():
        _alone()
        return Edition.objects.filter(date=day, number=1).first() or _composed(day, span, number=1, at=at)


def _composed(day: date, span: Span, *, number: int, at: datetime) -> Edition | None:
    """Its audience is frozen here: one delivery for everyone confirmed at this moment."""
    articles = candidates(span)
    if not articles:
        return None
    edition = Edition.objects.create(date=day, number=number, subject=subject(articles), composed_at=at, covers_until=span.until)
    EditionItem.objects.bulk_create(
        EditionItem(edition=edition, article=article, position=position) for position, article in enumerate(articles)
    )
    _freeze_audience(edition, at=at)
    touch(EDITIONS, day_key(day))
    return edition


def _alone() -> None:
    """One composing at a time, on whatever host: two at once would want the same articles."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('digest.compose'))")


def _freeze_audience(edition: Edition, *, at: datetime) -> None:
    """One statement inside Postgres: 100,000 rows do not travel through Python."""
    audience, parameters = Subscriber.objects.reached().order_by("pk").values_list("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        columns = "edition_id, subscriber_id, status, due_at, attempts, problem"
        cursor.execute(
            f"INSERT INTO digest_delivery ({columns})"  # noqa: S608 - nothing from outside stands in it
            f" SELECT %s, audience.pk, 'due', %s, 0, '' FROM ({audience}) AS audience(pk)",
            [edition.pk, at, *parameters],
        )
