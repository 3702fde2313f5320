"""The buttons under an article: which there are for whom, and what each calls. A thin skin over publishing.py."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from articles import drafting, planning, publishing, rules, scheduling, talking
from articles.models import Article, Status
from articles.moments import told
from articles.publishing import NOT_OUT

CANCELLED = "is a draft again and will not be published by itself"
DISCARDED = "is as readers know it again. What was discarded is still among its versions"
UPDATED = "is published as it stands here"
OUT_OR_SOON = frozenset({Status.SCHEDULED, Status.PUBLISHED})
EVERY = frozenset(Status)


@dataclass(frozen=True)
class Verb:
    name: str  # of the button, as posted
    label: str
    states: frozenset[Status] | set[Status]  # from which it leads somewhere
    for_publishers: bool
    call: Callable[..., Article]
    done: str  # what is said afterwards
    group: str = "step"  # where its button stands: a step of the article's life, or beside a field of its own
    column: str = ""  # of the article: the moment that is said afterwards


def _at(verb: Callable[..., Article]) -> Callable[..., Article]:
    return lambda article, by, at, publish_at, said=None: verb(article, by=by, at=at)


def _timeless(verb: Callable[..., Article]) -> Callable[..., Article]:
    return lambda article, by, at, publish_at, said=None: verb(article, by=by)


def _then(verb: Callable[..., Article], argument: str) -> Callable[..., Article]:
    """`publish_at`: the moment that stands in the button's field."""

    def call(article: Article, by: User, at: datetime, publish_at: datetime | None, said: Any = None) -> Article:
        if publish_at is None:
            raise ValidationError(planning.WHEN)
        return verb(article, by=by, at=at, **{argument: publish_at})

    return call


def _never(verb: Callable[..., Article], argument: str) -> Callable[..., Article]:
    return lambda article, by, at, publish_at, said=None: verb(article, by=by, at=at, **{argument: None})


def _send_back(article: Article, by: User, at: datetime, publish_at: datetime | None, said: Any = None) -> Article:
    return talking.send_back(article, said or "", by=by, at=at)


def _assign(article: Article, by: User, at: datetime, publish_at: datetime | None, said: Any = None) -> Article:
    return talking.assign(article, to=said or None, by=by)


def _saved(article: Article, by: User, at: datetime, publish_at: datetime | None, said: Any = None) -> Article:
    return article  # what was said is kept with every button


_schedule = _then(publishing.schedule, "publish_at")
_changes_then = _then(scheduling.schedule_changes, "publish_at")
_end = _then(scheduling.end_at, "withdraw_at")
_stay = _never(scheduling.end_at, "withdraw_at")
_embargo = _then(scheduling.embargo, "until")
_lift = _never(scheduling.embargo, "until")
UNDECIDED = {Status.IN_REVIEW, Status.APPROVED}
LATER = "has changes that will be published"
VERBS = [
    Verb("_submit", "Hand in for review", {Status.DRAFT}, False, _timeless(publishing.submit), "is handed in for review"),
    Verb("_approve", "Approve", {Status.IN_REVIEW}, True, _timeless(publishing.approve), "is approved"),
    Verb("_publish", "Publish now", NOT_OUT, True, _at(publishing.publish), "is published"),
    Verb("_schedule", "Schedule", NOT_OUT, True, _schedule, "is scheduled", "schedule", "publish_at"),
    Verb("_return", "Back to draft", UNDECIDED, False, _timeless(publishing.return_to_draft), "is a draft again"),
    Verb("_cancel", "Cancel the schedule", {Status.SCHEDULED}, True, _timeless(scheduling.cancel), CANCELLED),
    Verb("_update", "Publish changes", {Status.PUBLISHED}, True, _at(publishing.publish_changes), UPDATED),
    Verb("_schedule_changes", "Publish changes then", {Status.PUBLISHED}, True, _changes_then, LATER, "schedule", "publish_at"),
    Verb("_keep_changes", "Cancel the schedule", {Status.PUBLISHED}, True, _timeless(scheduling.cancel), "keeps its changes"),
    Verb("_discard", "Discard changes", {Status.PUBLISHED, Status.WITHDRAWN}, True, _at(drafting.discard), DISCARDED),
    Verb("_withdraw", "Withdraw", {Status.PUBLISHED}, True, _at(publishing.withdraw), "is withdrawn: its address says so"),
    Verb("_restore", "Restore", {Status.WITHDRAWN}, True, _at(publishing.restore), "is published again, where it was"),
    Verb("_withdraw_at", "Withdraw then", OUT_OR_SOON, True, _end, "will be withdrawn", "end", "withdraw_at"),
    Verb("_stay", "Keep it published", OUT_OR_SOON, True, _stay, "stays published", "end"),
    Verb("_embargo", "Set the embargo", NOT_OUT, False, _embargo, "is embargoed until", "embargo", "embargo_until"),
    Verb("_lift", "Lift the embargo", NOT_OUT, True, _lift, "has no embargo any more", "embargo"),
    Verb("_assign", "Assign", EVERY, True, _assign, "is assigned", "assign"),
    Verb("_comment", "Comment", EVERY, False, _saved, "is saved", "talk"),
    Verb("_sendback", "Return to the writer", UNDECIDED, True, _send_back, "is returned to its writer", "talk"),
]
BY_NAME = {verb.name: verb for verb in VERBS}
# Verbs that need more than a state: something to take back or to end.
ONLY_IF: dict[str, Callable[[Article], Any]] = {
    "_discard": lambda article: article.has_changes,
    "_keep_changes": lambda article: article.publish_at,
    "_stay": lambda article: article.withdraw_at,
    "_lift": lambda article: article.embargo_until,
}


def offered(article: Article | None, *, to: User) -> list[Verb]:
    """The verbs that make sense for this article (None: one being written) and that this person may use."""
    status = Status(article.status) if article else Status.DRAFT
    allowed = rules.may_publish(to)
    own = article is None or rules.may_change(to, article)
    there = [verb for verb in VERBS if status in verb.states and (verb.name not in ONLY_IF or _leads_somewhere(verb, article))]
    there = [verb for verb in there if (allowed if verb.for_publishers else allowed or own)]
    if article and status in UNDECIDED and allowed:  # their own they take back, that of others goes back with a word
        twin = "_sendback" if rules.is_own(to, article) else "_return"
        there = [verb for verb in there if verb.name != twin]
    return there


def _leads_somewhere(verb: Verb, article: Article | None) -> bool:
    return article is not None and bool(ONLY_IF[verb.name](article))


def grouped(article: Article | None, *, to: User) -> dict[str, list[Verb]]:
    groups: dict[str, list[Verb]] = {}
    for verb in offered(article, to=to):
        groups.setdefault(verb.group, []).append(verb)
    return groups


def said_after(verb: Verb, article: Article) -> str:
    moment = getattr(article, verb.column) if verb.column else None
    if not moment:
        return verb.done
    return f"{verb.done}{'' if verb.done.endswith(' until') else ':'} {told(moment)}"


def asked(post: Any) -> Verb | None:
    """The verb whose button was pressed."""
    return next((verb for verb in VERBS if verb.name in post), None)
