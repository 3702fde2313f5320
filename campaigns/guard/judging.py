"""How much is wrong, from counts alone. Pure: counts in, a step from 0 to 4 out.

What tells an attack from a good day is the part of payments that banks decline, against what is normal here. Numbers alone
do not: a campaign that a thousand people read of at breakfast looks like this, too, and their cards are good.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.guard.counting import LONG, QUICK, SITE, Counts

COOL = timedelta(minutes=10)  # without reason for a step, before the next lower one
HIGHEST = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """`limits`: for step 1, 2 … so many declines, and such a part of what was answered. `weight`: how many imagined payments,
    declined as usual, stand beside the real ones, so that one bad card says little."""

    limits: tuple[tuple[float, float], ...]
    weight: float
    unanswered: tuple[float, ...] = ()  # for step 1, 2: so many tries of which next to nothing was ever paid or declined


NARROW = Rule(limits=((3, 0.4), (5, 0.5), (12, 0.65), (25, 0.75)), weight=5, unanswered=(40, 150))
WIDE = Rule(limits=((8, 0.3), (14, 0.45)), weight=20)
RULES = {
    SITE: Rule(limits=((6, 0.3), (12, 0.45), (30, 0.6), (70, 0.7)), weight=20),
    "place": NARROW,
    "mailbox": Rule(limits=NARROW.limits, weight=5, unanswered=(10, 20)),
    # One person's, who tries a few cards of their own. Whoever tries more found the link, or is no donor.
    "link": Rule(limits=((3, 0.4), (4, 0.45), (8, 0.6), (16, 0.7)), weight=5, unanswered=(5, 10)),
    # Shared by many who have nothing to do with each other: never more than work.
    "around": WIDE,
    "host": WIDE,
    "shape": WIDE,
    "amount": WIDE,
    "small": WIDE,
}
ANSWERED = (0.1, 0.05)  # the part that is paid or declined sooner or later, at the very least
TURNED = 20  # who were asked to wait or work and never came back: an attack that knocks on


@dataclass(frozen=True, slots=True)
class Normal:
    """What this site knows without an attack."""

    ratio: float = 0.1  # declined of answered
    tries: float = 0  # within the quick window, at this hour of the week

    @property
    def declined(self) -> float:
        return self.ratio * self.tries


@dataclass(frozen=True, slots=True)
class Standing:
    step: int = 0
    since: datetime | None = None
    changed_at: datetime | None = None
    pressed_at: datetime | None = None


def pressure(kind: str, counts: Counts, normal: Normal, *, ease: float = 1.0) -> int:
    """The step that this key's counts call for. `ease` below 1 asks for less: a step is left later than it is taken."""
    rule = RULES[kind]
    usual = normal if kind == SITE else Normal(ratio=normal.ratio)
    quick = _declines(rule, counts.declined, counts.paid, usual, ease)
    slow = _declines(rule, counts.declined_long, counts.paid_long, _over(usual, LONG / QUICK), 1)
    return max(quick, 2 if slow >= 2 else 0, _unanswered(rule, counts))  # what is past for hours makes nobody wait


def pressures(counts: Mapping[str, Counts], normal: Normal) -> dict[str, int]:
    """By kind of key, without the site's own."""
    return {kind: pressure(kind, counts[kind], normal) for kind in counts if kind != SITE}


def following(standing: Standing, counts: Counts, normal: Normal, *, at: datetime) -> Standing:
    """Where the site stands next: up at once, down one step after ten calm minutes."""
    wanted = pressure(SITE, counts, normal)
    if wanted > standing.step:
        return Standing(wanted, standing.since or at, at, at)
    if standing.step == 0:
        return standing
    if _is_pressed(standing.step, counts, normal):
        return Standing(standing.step, standing.since, standing.changed_at, max(at, standing.pressed_at or at))
    if standing.pressed_at and at - standing.pressed_at < COOL:
        return standing
    lower = standing.step - 1
    return Standing(lower, standing.since if lower else None, at, at)


def _is_pressed(step: int, counts: Counts, normal: Normal) -> bool:
    knocking = counts.turned >= TURNED and counts.turned >= counts.tries / 2
    return pressure(SITE, counts, normal, ease=0.5) >= step or (knocking and step <= 2)


def _declines(rule: Rule, declined: float, paid: float, normal: Normal, ease: float) -> int:
    ratio = (declined + rule.weight * normal.ratio) / (declined + paid + rule.weight)
    reached = 0
    for step, (least, part) in enumerate(rule.limits, start=1):
        asked = min(max(part, 2 * normal.ratio), 0.95) * (0.5 + ease / 2)
        if declined >= least * ease + 2 * normal.declined and ratio >= asked:
            reached = step
    return reached


def _unanswered(rule: Rule, counts: Counts) -> int:
    answered = counts.paid + counts.declined
    return max((step for step, many in enumerate(rule.unanswered, 1) if _silent(counts.tries, many, answered, step)), default=0)


def _silent(tries: float, many: float, answered: float, step: int) -> bool:
    return tries >= many and answered < ANSWERED[step - 1] * tries


def _over(normal: Normal, times: float) -> Normal:
    return Normal(ratio=normal.ratio, tries=normal.tries * times)
