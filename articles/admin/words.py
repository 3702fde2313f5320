"""What the desk says about an article: its state as a sentence, moments in the newsroom's own time."""

from datetime import datetime

from django.utils import formats, timezone

from articles.models import Article, Status

PAPER_TIME = "j F Y, H:i"
WITH_DAY = "l j F Y, H:i"


def moment(at: datetime | None, form: str = PAPER_TIME) -> str:
    return formats.date_format(timezone.localtime(at), form) if at else ""


def state(article: Article) -> str:
    """“Published 23 November 2026, 09:12”. What will happen is said with the day and the time zone."""
    match article.status:
        case Status.SCHEDULED:
            zone = timezone.get_current_timezone_name()
            return f"Will be published {moment(article.publish_at, WITH_DAY)} ({zone} time), unless you cancel"
        case Status.PUBLISHED:
            changed = f", changed {moment(article.updated_at)}" if article.updated_at else ""
            waiting = ". There are changes that readers do not see yet" if article.has_changes else ""
            return f"Published {moment(article.published_at)}{changed}{waiting}"
        case Status.WITHDRAWN:
            return f"Withdrawn {moment(article.withdrawn_at)}; was published {moment(article.published_at)}"
        case Status.IN_REVIEW:
            return "In review: handed in, not published"
    return "Draft: readers do not see it"


def state_in_a_word(article: Article) -> str:
    """For a list: “Scheduled, 24 Nov 09:00”."""
    if article.status == Status.SCHEDULED:
        trouble = " — could not be published" if article.schedule_error else ""
        return f"Scheduled, {moment(article.publish_at, 'j M H:i')}{trouble}"
    return article.get_status_display()
