"""The files under content/ as values. Knows no database; every moment is told as days before the day of loading."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal

CONTENT = Path(__file__).parent / "content"


@dataclass(frozen=True, slots=True)
class When:
    """A time of day, so many days before the day of loading; a negative number is a day to come."""

    days_ago: int
    clock: time

    def seen_from(self, now: datetime) -> datetime:
        """The moment itself. `now` is local. What should have happened by now has: within the hour, in its order."""
        moment = datetime.combine(now.date() - timedelta(days=self.days_ago), self.clock, now.tzinfo)
        if self.days_ago < 0 or moment < now:
            return moment
        share = (self.clock.hour * 60 + self.clock.minute) / (24 * 60)
        return now - timedelta(hours=1) * (1 - share)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is drawn. The same recipe is the same picture, so it stands for the file in the library."""

    motif: str
    mood: str = ""  # none: the portrait of that name


@dataclass(frozen=True, slots=True)
class Picture:
    recipe: Recipe
    alt: str
    caption: str
    focal: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """An article. `status` is the last state it reaches; published if nothing else is said."""

    slug: str
    headline: str
    standfirst: str
    body: str
    section: str
    tags: list[str]
    authors: list[str]
    language: str
    source: dict[str, str]
    picture: Picture | None
    status: str
    when: When | None
    updated: When | None
    correction: dict[str, str]  # what readers were told when it was updated: kind and text; mostly nothing
    withdrawn: When | None


@dataclass(frozen=True, slots=True)
class Giving:
    """A gift; amounts in minor units."""

    name: str
    email: str
    amount: int
    processor: str
    when: When
    arrives: When
    rhythm: Literal["once", "monthly", "yearly"]
    anonymous: bool
    message: str
    tribute: Literal["", "honour", "memory"]
    tribute_name: str


@dataclass(frozen=True, slots=True)
class Promise:
    """A matching pool: what somebody adds to each gift within a window; `cap` in minor units."""

    sponsor: str
    cap: int
    note: str
    starts: When
    ends: When


@dataclass(frozen=True, slots=True)
class Appeal:
    """A campaign with its gifts, in the order in which they arrived. `fields` are the model's, amounts in minor units."""

    slug: str
    fields: dict[str, Any]
    picture: Picture
    starts: When
    ends: When
    gifts: list[Giving]
    promises: list[Promise]
    translations: dict[str, dict[str, str]]  # by language: the model's fields

    @property
    def is_over(self) -> bool:
        return self.ends.days_ago > 0


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign-up to the digest, and when the reader left again."""

    email: str
    when: When
    left: When | None


def site() -> dict[str, Any]:
    """Masthead, sections, tags, authors and house notices, as they stand in site.toml."""
    return tomllib.loads((CONTENT / "site.toml").read_text())


def pieces() -> list[Piece]:
    """All articles, newest first; those without a moment last."""
    read = [_piece(path) for path in sorted((CONTENT / "articles").glob("*.html"))]
    return sorted(read, key=lambda piece: (piece.when is None, _age(piece.when), piece.slug))


def appeals() -> list[Appeal]:
    """The campaigns, oldest first."""
    gifts = tomllib.loads((CONTENT / "gifts.toml").read_text())
    read = [_appeal(path, gifts[path.stem]) for path in sorted((CONTENT / "campaigns").glob("*.html"))]
    return sorted(read, key=lambda appeal: _age(appeal.starts), reverse=True)


def signs() -> Iterator[Sign]:
    """Sign-ups, the earliest first."""
    read = tomllib.loads((CONTENT / "subscribers.toml").read_text())
    left = {name: days - 30 for name, days in read["left"].items()}
    for name, days in sorted((read["confirmed"] | read["left"]).items(), key=lambda sign: -sign[1]):
        gone = When(left[name], time(20, 15)) if name in left else None
        yield Sign(f"{name}@example.org", When(days, time(6, 20)), gone)


def _age(when: When | None) -> tuple[int, int]:
    return (when.days_ago, -(when.clock.hour * 60 + when.clock.minute)) if when else (0, 0)


def _parts(path: Path) -> tuple[dict[str, Any], str]:
    """The head between two lines of “+++”, and what follows."""
    _, head, body = path.read_text().split("+++\n", 2)
    return tomllib.loads(head), body.strip()


def _when(head: dict[str, Any], name: str, clock: str) -> When | None:
    return When(head[name], time.fromisoformat(clock)) if name in head else None


def _picture(told: dict[str, Any]) -> Picture:
    across, down = told.get("focal", (50, 50))
    return Picture(Recipe(told["motif"], told["mood"]), told["alt"], told.get("caption", ""), (across, down))


def _piece(path: Path) -> Piece:
    head, body = _parts(path)
    clock = head.get("time", "06:00")
    return Piece(
        slug=path.stem,
        headline=head["headline"],
        standfirst=head.get("standfirst", ""),
        body=body,
        section=head["section"],
        tags=head["tags"],
        authors=head["authors"],
        language=head.get("language", "en"),
        source=head.get("source", {}),
        picture=_picture(head["picture"]) if "picture" in head else None,
        status=head.get("status", "published"),
        when=_when(head, "days_ago", clock),
        updated=_when(head, "updated_days_ago", "16:00"),
        correction=head.get("correction", {}),
        withdrawn=_when(head, "withdrawn_days_ago", "08:10"),
    )


def _appeal(path: Path, gifts: list[dict[str, Any]]) -> Appeal:
    head, story = _parts(path)
    fields = {name: head[name].strip() for name in ("title", "call", "appeal", "thanks", "currency")}
    numbers: dict[str, Any] = {name: head[name] * 100 for name in ("goal", "minimum")}
    numbers |= {name: head[name] for name in ("rhythms", "offers_tribute") if name in head}
    suggested = {
        "suggested_amounts": [amount * 100 for amount in head["suggested"]],
        "suggested_monthly": [amount * 100 for amount in head["suggested_monthly"]],
        "suggested_yearly": [amount * 100 for amount in head.get("suggested_yearly", [])],
    }
    return Appeal(
        slug=path.stem,
        fields={
            **fields,
            **numbers,
            **suggested,
            "story": story,
            "priority": head["priority"],
            "has_bar": head.get("bar", False),
            "has_wall": head.get("wall", False),
        },
        picture=_picture(head["picture"]),
        starts=When(head["starts_days_ago"], time(5)),
        ends=When(head["ends_days_ago"], time(22)),
        gifts=sorted(map(_giving, gifts), key=lambda gift: _age(gift.arrives), reverse=True),
        promises=[_promise(told) for told in head.get("pools", [])],
        translations={found.parent.name: _translation(found) for found in path.parent.glob(f"*/{path.name}")},
    )


def _promise(told: dict[str, Any]) -> Promise:
    starts, ends = When(told["starts_days_ago"], time(0)), When(told["ends_days_ago"], time(0))
    return Promise(told["sponsor"], told["cap"] * 100, told["note"], starts, ends)


def _translation(path: Path) -> dict[str, str]:
    head, story = _parts(path)
    return {name: text.strip() for name, text in head.items()} | {"story": story}


def _giving(told: dict[str, Any]) -> Giving:
    when = When(told["days_ago"], time.fromisoformat(told["time"]))
    taken = told.get("cheque_days", 0)
    return Giving(
        name=told["name"],
        email=told.get("email") or f"{told['name'].lower()}@example.org",
        amount=told["amount"] * 100,
        processor=told.get("processor", "sandbox"),
        when=when,
        arrives=When(when.days_ago - taken, time(14, 30)) if taken else when,
        rhythm="monthly" if told.get("monthly") else "yearly" if told.get("yearly") else "once",
        anonymous=told.get("anonymous", False),
        message=told.get("message", ""),
        tribute=told.get("tribute", ""),
        tribute_name=told.get("tribute_name", ""),
    )
