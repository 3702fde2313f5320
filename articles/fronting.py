"""The verbs of the front page: arrange the draft, publish it, bring an earlier one back, end what was pinned until now.

The draft's row is locked by each. Who arranges says which version they began from: if somebody else arranged meanwhile they
are told, and nothing is overwritten. Without any slot the front page arranges itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F

from articles import rules
from articles.models import Article, FrontPage, Section, Slot, Status, Tag
from articles.models.front import MOST_ENTRIES, Place
from articles.pages import FRONT
from newsroom import audit
from newsroom.pages import touch

MOST_SECONDS = 6
MOST_STRIPS = 8
MOST_ON_PAGE = 1 + MOST_SECONDS + MOST_STRIPS * MOST_ENTRIES
NEEDS_A_LIST = "A strip needs a section or a tag: one of the two."


@dataclass(frozen=True, slots=True)
class Choice:
    """What an editor chose for a slot. Without an article it fills itself."""

    place: str
    article: int | None = None
    until: datetime | None = None
    section: int | None = None
    tag: int | None = None
    entries: int = 1
    title: str = ""


type Choices = tuple[Choice, ...]


class Collision(Exception):
    """Somebody else arranged the front page since this arrangement was begun."""

    def __init__(self, front: FrontPage) -> None:
        self.front = front
        super().__init__("Somebody else arranged the front page meanwhile.")


def draft() -> FrontPage:
    return FrontPage.objects.select_related("by").get(number=None)


def live() -> FrontPage | None:
    """The arrangement that readers see; None while nobody has arranged anything."""
    return FrontPage.objects.exclude(number=None).select_related("by").order_by("-number").first()


def choices_of(front: FrontPage | None) -> Choices:
    """As they hold now: a pin that ended is none any more."""
    slots = Slot.objects.filter(front=front).order_by("position") if front else Slot.objects.none()
    return tuple(_choice(slot) for slot in slots)


def _choice(slot: Slot) -> Choice:
    stands = slot.article_id is not None and slot.ended_at is None
    return Choice(
        place=slot.kind,
        article=slot.article_id if stands else None,
        until=slot.until if stands else None,
        section=slot.section_id,
        tag=slot.tag_id,
        entries=slot.entries,
        title=slot.title,
    )


def arrange(choices: Iterable[Choice], *, by: User | None, at: datetime, expected: int | None) -> FrontPage:
    """Keep the draft as it is to be. `expected`: the version it was begun from; Collision if there is a newer one, None:
    whatever there is. ValidationError says what cannot be. A quiet no-op where it is so already."""
    with transaction.atomic():
        front = _locked(by, expected)
        before, wanted = choices_of(front), ordered(choices)
        if wanted != before:
            _check(wanted, before, at)
            _write(front, wanted, by=by, at=at)
    return front


def publish(*, by: User | None, at: datetime, expected: int | None) -> FrontPage:
    """What is arranged becomes what readers see. A quiet no-op where they see it already."""
    with transaction.atomic():
        front = _locked(by, expected)
        former, choices = live(), choices_of(front)
        if choices == choices_of(former):
            return former or front
        number = (former.number or 0) + 1 if former else 1
        published = FrontPage.objects.create(number=number, at=at, by=by)
        _fill(published, _without(choices, set(), at))
        _note(by, "published the front page", published, at)
        touch(FRONT)
    return published


def discard(*, by: User | None, at: datetime, expected: int | None) -> FrontPage:
    """The draft is again what readers see."""
    return arrange(choices_of(live()), by=by, at=at, expected=expected)


def bring_back(number: int, *, by: User | None, at: datetime, expected: int | None) -> FrontPage:
    """An earlier arrangement becomes the draft, but for what was withdrawn and pins whose end has come.
    FrontPage.DoesNotExist."""
    choices = choices_of(FrontPage.objects.get(number=number))
    pinned = [choice.article for choice in choices if choice.article]
    gone = set(Article.objects.filter(pk__in=pinned, status=Status.WITHDRAWN).values_list("pk", flat=True))
    return arrange(_without(choices, gone, at), by=by, at=at, expected=expected)


def _without(choices: Choices, gone: set[int], at: datetime) -> Choices:
    """Without pins on what is gone, or of which the end has come."""
    ended = {c for c in choices if c.article in gone or (c.until and c.until <= at)}
    return tuple(replace(c, article=None, until=None) if c in ended else c for c in choices)


def end_pins(*, at: datetime) -> int:
    """By the clock: what is pinned until now in the draft and in what readers see leaves its slot. How many did."""
    with transaction.atomic():
        front, shown = _locked(None, None), live()
        due = Slot.objects.filter(until__lte=at, until__isnull=False, ended_at=None, article__isnull=False)
        ending = list(due.filter(front__in=[front.pk, *([shown.pk] if shown else [])]).order_by("pk"))
        Slot.objects.filter(pk__in=[slot.pk for slot in ending]).update(ended_at=at)
        fronts = {slot.front_id for slot in ending}
        if front.pk in fronts:  # who has it open is told when they save
            FrontPage.objects.filter(pk=front.pk).update(version=front.version + 1, at=at, by=None)
        if shown and shown.pk in fronts:
            audit.record(None, "ended a pin", shown, detail="as it was to end", at=at)
            touch(FRONT)
    return len(ending)


def follow(sender: Any, *, tags: list[int], into: Tag, **_: Any) -> None:
    """In a merge: strips of the tags that go become strips of the one that stays. Who merges has the draft's row, and touches
    the pages of both tags. Who has the draft open is told when they save."""
    strips = Slot.objects.filter(tag__in=tags)
    drafted = strips.filter(front__number=None).exists()
    strips.update(tag=into)
    if drafted:
        FrontPage.objects.filter(number=None).update(version=F("version") + 1)


def lock() -> None:
    """Nobody arranges the front page until the end of the transaction. Taken before any article or tag."""
    FrontPage.objects.select_for_update().filter(number=None).first()


def _locked(by: User | None, expected: int | None) -> FrontPage:
    if not rules.may_arrange(by):
        raise PermissionDenied("You may not arrange the front page.")
    front = FrontPage.objects.select_for_update(of=("self",)).select_related("by").get(number=None)
    if expected is not None and expected != front.version:
        raise Collision(front)
    return front


def _write(front: FrontPage, choices: Choices, *, by: User | None, at: datetime) -> None:
    Slot.objects.filter(front=front).delete()
    _fill(front, choices)
    front.version, front.by, front.at = front.version + 1, by, at
    front.save(update_fields=["version", "by", "at"])
    _note(by, "arranged the front page", front, at)


def _fill(front: FrontPage, choices: Choices) -> None:
    Slot.objects.bulk_create(
        Slot(
            front=front,
            position=position,
            kind=choice.place,
            article_id=choice.article,
            until=choice.until,
            section_id=choice.section,
            tag_id=choice.tag,
            entries=choice.entries,
            title=choice.title,
        )
        for position, choice in enumerate(choices)
    )


def _note(by: User | None, deed: str, front: FrontPage, at: datetime) -> None:
    if by is not None:
        audit.record(by, deed, front, at=at)


# What an arrangement has to be


def ordered(choices: Iterable[Choice]) -> Choices:
    """The head, of which the first is the lead, then the strips; each with what belongs to its place alone."""
    every = tuple(choices)
    head = [choice for choice in every if choice.place != Place.STRIP]
    strips = [choice for choice in every if choice.place == Place.STRIP]
    if strips and not head:
        head = [Choice(Place.LEAD)]
    told = [_of_the_head(choice, Place.SECOND if n else Place.LEAD) for n, choice in enumerate(head)]
    return (*told, *(replace(choice, until=choice.until if choice.article else None) for choice in strips))


def _of_the_head(choice: Choice, place: Place) -> Choice:
    return Choice(place, choice.article, choice.until if choice.article else None)


def _check(choices: Choices, before: Choices, at: datetime) -> None:
    strips = [choice for choice in choices if choice.place == Place.STRIP]
    if len(choices) - len(strips) > 1 + MOST_SECONDS:
        raise ValidationError(f"Beside the lead there is room for {MOST_SECONDS} stories.")
    if len(strips) > MOST_STRIPS:
        raise ValidationError(f"There is room for {MOST_STRIPS} strips.")
    for strip in strips:
        _check_strip(strip)
    pinned = [choice.article for choice in choices if choice.article]
    if len(pinned) != len(set(pinned)):
        raise ValidationError("An article stands in one slot only. Take it out of the other one first.")
    standing = {(choice.article, choice.until) for choice in before}
    if any(c.until and c.until <= at and (c.article, c.until) not in standing for c in choices):
        raise ValidationError("Choose a moment in the future until which an article stays, or empty its slot.")
    _check_there(choices, pinned, before)


def _check_strip(strip: Choice) -> None:
    if (strip.section is None) == (strip.tag is None):
        raise ValidationError(NEEDS_A_LIST)
    if not 1 <= strip.entries <= MOST_ENTRIES:
        raise ValidationError(f"A strip has one to {MOST_ENTRIES} stories.")
    if len(strip.title) > 80:
        raise ValidationError("A strip’s title has 80 characters at most.")


def _check_there(choices: Choices, pinned: list[int], before: Choices) -> None:
    """What is withdrawn cannot be chosen; what stood in a slot before waits there, and comes back if it is restored."""
    chosen = set(pinned) - {choice.article for choice in before}
    sections, tags = {c.section for c in choices if c.section}, {c.tag for c in choices if c.tag}
    there = [
        Article.objects.exclude(status=Status.WITHDRAWN).filter(pk__in=chosen).count() == len(chosen),
        Section.objects.filter(pk__in=sections).count() == len(sections),
        Tag.objects.filter(pk__in=tags).count() == len(tags),
    ]
    if not there[0]:
        raise ValidationError("An article you chose was withdrawn or deleted. Choose another one.")
    if not all(there):
        raise ValidationError("A section or tag you chose is gone. Choose another one.")
