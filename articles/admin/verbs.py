"""The buttons under an article: which there are for whom, and what each calls. A thin skin over publishing.py."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from articles import drafting, publishing, rules
from articles.models import Article, Status

CANCELLED = "is a draft again and will not be published by itself"
DISCARDED = "is as readers know it again. What was discarded is still among its versions"
UPDATED = "is published as it stands here"
NOT_OUT = {Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED}


@dataclass(frozen=True)
class Verb:
    name: str  # of the button, as posted
    label: str
    states: set[Status]  # from which it leads somewhere
    for_publishers: bool
    call: Callable[..., Article]
    done: str  # what is said afterwards


def _at(verb: Callable[..., Article]) -> Callable[..., Article]:
    return lambda article, by, at, publish_at: verb(article, by=by, at=at)


def _timeless(verb: Callable[..., Article]) -> Callable[..., Article]:
    return lambda article, by, at, publish_at: verb(article, by=by)


def _schedule(article: Article, by: User, at: datetime, publish_at: datetime | None) -> Article:
    if publish_at is None:
        raise ValidationError("Say when: choose a day and a time.")
    return publishing.schedule(article, by=by, publish_at=publish_at, at=at)


VERBS = [
    Verb("_submit", "Hand in for review", {Status.DRAFT}, False, _timeless(publishing.submit), "is handed in for review"),
    Verb("_publish", "Publish now", NOT_OUT, True, _at(publishing.publish), "is published"),
    Verb("_schedule", "Schedule", NOT_OUT, True, _schedule, "is scheduled"),
    Verb("_return", "Back to draft", {Status.IN_REVIEW}, False, _timeless(publishing.return_to_draft), "is a draft again"),
    Verb("_cancel", "Cancel the schedule", {Status.SCHEDULED}, True, _timeless(publishing.return_to_draft), CANCELLED),
    Verb("_update", "Publish changes", {Status.PUBLISHED}, True, _at(publishing.publish_changes), UPDATED),
    Verb("_discard", "Discard changes", {Status.PUBLISHED, Status.WITHDRAWN}, True, _at(drafting.discard), DISCARDED),
    Verb("_withdraw", "Withdraw", {Status.PUBLISHED}, True, _at(publishing.withdraw), "is withdrawn: its address says so"),
    Verb("_restore", "Restore", {Status.WITHDRAWN}, True, _at(publishing.restore), "is published again, where it was"),
]
BY_NAME = {verb.name: verb for verb in VERBS}


def offered(article: Article | None, *, to: User) -> list[Verb]:
    """The verbs that make sense for this article (None: one being written) and that this person may use."""
    status = Status(article.status) if article else Status.DRAFT
    allowed = rules.may_publish(to)
    own = article is None or rules.may_change(to, article)
    pending = article is not None and article.has_changes
    there = [verb for verb in VERBS if status in verb.states and (pending or verb.name != "_discard")]
    return [verb for verb in there if (allowed if verb.for_publishers else allowed or own)]


def asked(post: Any) -> Verb | None:
    """The verb whose button was pressed."""
    return next((verb for verb in VERBS if verb.name in post), None)
