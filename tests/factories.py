"""Rows for tests, made through the verbs where a verb exists. Every default can be overridden by name."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import Group, User

from articles import publishing
from articles.models import Article, Author, Byline, Section, Status, Tag
from campaigns.models import Campaign
from digest.models import Subscriber

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_numbers = count(1)


def make_user(group: str = "", **overrides: Any) -> User:
    """A member of staff in `group` ("Writer", "Editor", "Fundraiser", "Administrator"), with the password "pass"."""
    fields: dict[str, Any] = {"username": f"user{next(_numbers)}", "password": "pass", "is_staff": True} | overrides
    user = User.objects.create_user(**fields)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def make_section(name: str = "", **overrides: Any) -> Section:
    number = next(_numbers)
    return Section.objects.create(**{"name": name or f"Section {number}", "slug": f"section-{number}"} | overrides)


def make_author(name: str = "", **overrides: Any) -> Author:
    number = next(_numbers)
    return Author.objects.create(**{"name": name or f"Author {number}", "slug": f"author-{number}"} | overrides)


def make_article(
    *,
    status: str = Status.PUBLISHED,
    tags: list[str] | None = None,
    authors: list[Author] | None = None,
    **overrides: Any,
) -> Article:
    """An article in the given state; published ones at `published_at` (default: NOON less a second for each made)."""
    number = next(_numbers)
    published_at = overrides.pop("published_at", NOON - timedelta(seconds=number))
    fields = {
        "headline": f"Headline {number}",
        "slug": f"headline-{number}",
        "standfirst": f"Standfirst {number}.",
        "body": f"<p>The text of article number {number}. It has two sentences.</p>",
    } | overrides
    fields.setdefault("section", Section.objects.first() or make_section())
    article = Article.objects.create(**fields)
    if tags:
        article.tags.add(*tags)
    for position, author in enumerate(authors or []):
        Byline.objects.create(article=article, author=author, position=position)
    publishing.keep(article, at=published_at)
    if status in {Status.IN_REVIEW, Status.APPROVED}:
        article = publishing.submit(article, by=None)
        return publishing.approve(article, by=None) if status == Status.APPROVED else article
    if status == Status.SCHEDULED:
        return publishing.schedule(article, by=None, publish_at=NOON + timedelta(days=1), at=NOON)
    if status in {Status.PUBLISHED, Status.WITHDRAWN}:
        article = publishing.publish(article, by=None, at=published_at)
    if status == Status.WITHDRAWN:
        article = publishing.withdraw(article, by=None, at=published_at + timedelta(hours=1))
    return article


def make_tag(name: str = "", **overrides: Any) -> Tag:
    number = next(_numbers)
    return Tag.objects.create(**{"name": name or f"Tag {number}", "slug": f"tag-{number}"} | overrides)


def make_campaign(*, status: str = Campaign.Status.OPEN, **overrides: Any) -> Campaign:
    """An open campaign for €1,000 that began a day before NOON and ends ten days after it."""
    number = next(_numbers)
    fields = {
        "title": f"Campaign {number}",
        "slug": f"campaign-{number}",
        "call": "Help us stay.",
        "appeal": "Readers pay for this newsroom. Nobody else does.",
        "story": "<p>The first paragraph of the story.</p><p>The second.</p>",
        "goal": 100_000,
        "currency": "EUR",
        "starts_at": NOON - timedelta(days=1),
        "ends_at": NOON + timedelta(days=10),
        "suggested_amounts": [1000, 2500, 5000],
        "minimum": 100,
        "thanks": "<p>Thank you.</p>",
        "status": status,
        "opened_at": NOON - timedelta(days=1) if status in {Campaign.Status.OPEN, Campaign.Status.CLOSED} else None,
        "closed_at": NOON if status == Campaign.Status.CLOSED else None,
    } | overrides
    return Campaign.objects.create(**fields)


def make_subscriber(email: str = "", *, status: str = Subscriber.Status.CONFIRMED, **overrides: Any) -> Subscriber:
    fields = {
        "email": email or f"reader{next(_numbers)}@example.org",
        "status": status,
        "asked_at": NOON - timedelta(days=2),
        "confirmed_at": NOON - timedelta(days=1) if status == Subscriber.Status.CONFIRMED else None,
    } | overrides
    return Subscriber.objects.create(**fields)
