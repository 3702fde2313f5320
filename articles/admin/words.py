"""What the desk says about an article: its state as a sentence, moments in the newsroom's own time."""

from datetime import datetime

from django.utils import timezone

from articles.models import Article, Status
from articles.moments import PAPER_TIME, WITH_DAY, moment, told

__all__ = ["PAPER_TIME", "WITH_DAY", "moment", "state", "state_in_a_word", "told"]


def state(article: Article, *, at: datetime | None = None) -> str:
    """“Published 23 November 2026, 09:12”. What will happen is said with the day and the time zone."""
    now = at or timezone.now()
    return ". ".join([_now(article, now), *_to_come(article, now)])


def _now(article: Article, now: datetime) -> str:
    match article.status:
        case Status.SCHEDULED:
            assert article.publish_at
            if article.publish_at <= now:
                return f"Was to publish {told(article.publish_at, now=now)}, and will as soon as it can, unless you cancel"
            return f"Will publish {told(article.publish_at, now=now)}, unless you cancel"
        case Status.PUBLISHED:
            changed = f", changed {moment(article.updated_at)}" if article.updated_at else ""
            retracted = f". Retracted {moment(article.retracted_at)}" if article.retracted_at else ""
            return f"Published {moment(article.published_at)}{changed}{retracted}"
        case Status.WITHDRAWN:
            return f"Withdrawn {moment(article.withdrawn_at)}; was published {moment(article.published_at)}"
        case Status.IN_REVIEW:
            return "In review: handed in, not published"
        case Status.APPROVED:
            return "Approved: ready to be published or scheduled"
    return "Draft: readers do not see it"


def _to_come(article: Article, now: datetime) -> list[str]:
    sentences = []
    if article.is_public and article.has_changes:
        sentences.append("There are changes that readers do not see yet")
        if article.publish_at:
            sentences.append(f"They will be published {told(article.publish_at, now=now)}, unless you cancel")
    if article.withdraw_at:
        sentences.append(f"Will be withdrawn {told(article.withdraw_at, now=now)}, unless you change that")
    if label := embargo(article, at=now):
        sentences.append(label)
    return sentences


def embargo(article: Article, *, at: datetime) -> str:
    """“Embargoed until …”, while it lasts."""
    if article.embargo_until and article.embargo_until > at:
        return f"Embargoed until {told(article.embargo_until, now=at)}"
    return ""


def state_in_a_word(article: Article) -> str:
    """For a list: “Scheduled, 24 Nov 09:00”."""
    if article.status == Status.SCHEDULED:
        trouble = " — could not be published" if article.schedule_error else ""
        word = f"Scheduled, {moment(article.publish_at, 'j M H:i')}{trouble}"
    else:
        word = article.get_status_display() + (", retracted" if article.is_retracted else "")
    if article.withdraw_at:
        word += f", until {moment(article.withdraw_at, 'j M H:i')}"
    if embargo(article, at=timezone.now()):
        word += f", embargoed until {moment(article.embargo_until, 'j M H:i')}"
    return word
