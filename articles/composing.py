"""What stands on the front page: what editors chose, and by rule what they left open.

An open slot of the head takes the newest story; a strip takes the newest of its section or tag. No story stands twice, and
what is pinned anywhere is not taken by a rule. A story that may not stand (any more) leaves its slot to the rule.

Which stories come into question is one query, however many slots: each looks at the newest end of one index. The cards are
a second query and the plain lines a third.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Case, Exists, OuterRef, QuerySet, Subquery, Value, When

from articles.fronting import MOST_ON_PAGE
from articles.models import Article, FrontPage, Section, Slot, Tag, TaggedArticle
from articles.models.articles import ArticleQuerySet
from articles.models.front import Place
from articles.pages import FRONT, LATEST, in_section, offered, shown_newest, shown_story, stands
from newsroom.database.prepared import Given, prepared

HEAD = 4  # the lead and the seconds of a page that nobody arranged
STRIP = 6  # stories of a section there
REST = 8  # under an arranged page, the newest that stand nowhere above


def may_stand() -> ArticleQuerySet:
    """The one definition of what may stand on the front page, newest first."""
    return Article.objects.standing()


@dataclass
class Filled:
    """A slot, and what stands in it."""

    place: str
    of: Section | Tag | None = None
    title: str = ""
    size: int = 1
    pin: int | None = None  # what an editor chose
    stands: bool = False  # the chosen may stand
    slot: Slot | None = None
    by_rule: list[int] = field(default_factory=list)
    cards: list[Article] = field(default_factory=list)

    @property
    def keys(self) -> list[int]:
        return [*([self.pin] if self.pin and self.stands else []), *self.by_rule]

    @property
    def name(self) -> str:
        return self.title or (self.of.name if self.of else "")

    @property
    def address(self) -> str:
        return self.of.get_absolute_url() if self.of else ""


@dataclass(frozen=True)
class Front:
    slots: list[Filled]
    rest: Filled | None

    @property
    def head(self) -> list[Filled]:
        return [slot for slot in self.slots if slot.place != Place.STRIP]

    @property
    def lead(self) -> list[Article]:
        return [card for slot in self.head[:1] for card in slot.cards]

    @property
    def seconds(self) -> list[Article]:
        return [card for slot in self.head[1:] for card in slot.cards]

    @property
    def strips(self) -> list[Filled]:
        return [slot for slot in self.slots if slot.place == Place.STRIP and slot.cards]


# The queries


@prepared
def live_slots() -> QuerySet[Slot]:
    live = FrontPage.objects.exclude(number=None).order_by("-number").values("pk")[:1]
    return _with_candidates(Slot.objects.filter(front=Subquery(live)))


@prepared
def slots_of(front: Given) -> QuerySet[Slot]:
    return _with_candidates(Slot.objects.filter(front=front))


def _with_candidates(slots: QuerySet[Slot]) -> QuerySet[Slot]:
    """`.candidates`: keys of stories, newest first, of which enough are left when all that stand elsewhere are taken out."""
    newest = may_stand().values("pk")[: MOST_ON_PAGE + REST]
    of_section = may_stand().filter(section=OuterRef("section")).values("pk")[:MOST_ON_PAGE]
    tagged = TaggedArticle.objects.filter(tag=OuterRef("tag"), published_at__isnull=False)
    tagged = tagged.filter(Exists(may_stand().order_by().filter(pk=OuterRef("content_object"))))
    of_tag = tagged.order_by("-published_at", "-content_object").values("content_object")[:MOST_ON_PAGE]
    candidates = Case(
        When(kind=Place.LEAD, then=ArraySubquery(newest)),
        When(section__isnull=False, then=ArraySubquery(of_section)),
        When(tag__isnull=False, then=ArraySubquery(of_tag)),
        default=Value([], output_field=ArrayField(BigIntegerField())),
        output_field=ArrayField(BigIntegerField()),
    )
    stands = Exists(may_stand().order_by().filter(pk=OuterRef("article")))
    return slots.select_related("section", "tag").annotate(stands=stands, candidates=candidates).order_by("position")


@prepared
def newest() -> QuerySet[Article, int]:
    return may_stand().values_list("pk", flat=True)[:HEAD]


@prepared
def navigated() -> QuerySet[Section]:
    """The sections of the navigation with the keys of their newest, and the newest of all."""
    of_section = may_stand().filter(section=OuterRef("pk")).values("pk")[: HEAD + STRIP]
    rows = Section.objects.filter(in_navigation=True)
    return rows.annotate(candidates=ArraySubquery(of_section), head=ArraySubquery(may_stand().values("pk")[:HEAD]))


@prepared
def cards_of(keys: Given) -> ArticleQuerySet:
    return may_stand().filter(pk__in=keys.each()).as_cards("standfirst")


@prepared
def lines_of(keys: Given) -> ArticleQuerySet:
    return may_stand().filter(pk__in=keys.each()).as_lines()


# The page


def compose(draft: FrontPage | None = None) -> Front:
    """The front page as readers see it, or as they would see this draft: three queries."""
    slots = slots_of(front=draft.pk) if draft else live_slots()
    front = _arranged(slots) if slots else _by_rule()
    _fetch(front)
    return front


def _arranged(slots: list[Any]) -> Front:
    pins = {slot.article_id for slot in slots if _is_pinned(slot) and slot.stands}
    taken, filled = set(pins), []
    latest: list[int] = next((slot.candidates for slot in slots if slot.kind == Place.LEAD), [])
    for slot in slots:
        pin = slot.article_id if _is_pinned(slot) else None
        one = Filled(slot.kind, slot.section or slot.tag, slot.title, slot.entries, pin, bool(pin and slot.stands), slot)
        one.by_rule = _take(slot.candidates if one.of else latest, one.size - one.stands, taken)
        filled.append(one)
    rest = Filled("rest", size=REST)
    rest.by_rule = _take(latest, REST, taken)
    return Front(filled, rest)


def _is_pinned(slot: Any) -> bool:
    return slot.article_id is not None and slot.ended_at is None


def _take(candidates: Iterable[int], count: int, taken: set[int]) -> list[int]:
    found = [pk for pk in candidates if pk not in taken][:count]
    taken.update(found)
    return found


def _by_rule() -> Front:
    """Nobody arranged anything: the newest stories, then for each section of the navigation its newest."""
    sections: list[Any] = navigated()
    head = sections[0].head if sections else newest()
    taken = set(head)
    slots = [Filled(Place.SECOND if n else Place.LEAD, by_rule=[pk]) for n, pk in enumerate(head)]
    for section in sections:
        slots.append(Filled(Place.STRIP, section, size=STRIP, by_rule=_take(section.candidates, STRIP, taken)))
    return Front(slots, None)


def _fetch(front: Front) -> None:
    """Cards for the head and the first of each strip, lines for the others. A story that was withdrawn since is left out, and
    its strip too if it was the first: then this page is rendered anew at once."""
    firsts = [pk for slot in front.slots for pk in slot.keys[:1]]
    further = [pk for slot in front.slots for pk in slot.keys[1:]] + (front.rest.keys if front.rest else [])
    cards = {card.pk: card for card in cards_of(keys=firsts)}
    lines = {line.pk: line for line in lines_of(keys=further)}
    for slot in front.slots:
        first = [cards[pk] for pk in slot.keys[:1] if pk in cards]
        slot.cards = first and first + [lines[pk] for pk in slot.keys[1:] if pk in lines]
    if front.rest:
        front.rest.cards = [lines[pk] for pk in front.rest.keys if pk in lines]


# The keys that the page shows


def shown(front: Front) -> Iterator[str]:
    """Each template shows less of a story than the one before. A chosen story that may not stand yet does when it is public."""
    yield FRONT
    yield from (stands(slot.pin) for slot in front.slots if slot.pin)
    yield from _shown_head(front)
    for slot in front.slots:
        if slot.of:
            yield from _shown_strip(slot)
    if front.rest:
        yield shown_newest(offered(LATEST), front.rest.cards, REST)
        yield from (f"line:{line.pk}" for line in front.rest.cards)


def _shown_head(front: Front) -> Iterator[str]:
    found = [card for slot in front.head for card in slot.cards if card.pk in slot.by_rule]
    wanted = sum(slot.size - slot.stands for slot in front.head) if front.rest else HEAD
    if wanted:
        yield shown_newest(offered(LATEST), found, wanted)
    for n, card in enumerate([*front.lead, *front.seconds]):
        yield from shown_story(card, "teaser" if n == 0 else "blurb", kicker=True, picture=n < 2)
    if front.lead and front.lead[0].lead_image_id:
        yield f"image:{front.lead[0].lead_image_id}:social"


def _shown_strip(slot: Filled) -> Iterator[str]:
    assert slot.of
    is_section = isinstance(slot.of, Section)
    kind = "section" if is_section else "tag"
    yield f"moved:{kind}:{slot.of.pk}" if slot.title else f"{kind}:{slot.of.pk}"  # the address alone, or with the name
    wanted = slot.size - slot.stands
    if wanted:
        name = in_section(slot.of.pk) if is_section else f"list:tag:{slot.of.pk}"
        yield shown_newest(offered(name), [card for card in slot.cards if card.pk in slot.by_rule], wanted)
    for n, card in enumerate(slot.cards):
        yield from [f"line:{card.pk}"] if n else shown_story(card, "blurb", kicker=False, picture=True)
