"""May this form go on to a payment page, and at what price? Decided from counts and from what the donor brings.

Nobody is refused for good: there is always something that a person can do, by waiting, by letting the browser work, or by
a link in their own mailbox. What was typed travels along and is never lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from campaigns.guard import counting, judging, standing, tickets
from campaigns.guard.counting import SITE, Attempt
from campaigns.guard.tickets import Ticket
from campaigns.models import Campaign, Donation, GuardState, GuardTicket, GuardTrace

RAISED = 5  # times the campaign's minimum
Step = GuardState.Step


@dataclass(frozen=True, slots=True)
class Passage:
    """`may_go`: on to the payment. If not, the donor needs `ticket` and, from step 2 on, an answer to its challenge."""

    may_go: bool
    step: int
    keys: Sequence[str]
    ticket: Ticket | None = None
    seconds_left: int = 0
    needs_mailbox: bool = False  # no work stands for the link by mail

    @property
    def needs_work(self) -> bool:
        return self.step >= tickets.WORK_FROM

    @property
    def hold_reason(self) -> str:
        return "Given while stolen cards were tested on the form." if self.step >= Step.HELD else ""


def raised_minimum(campaign: Campaign, rhythm: str) -> int:
    """The smallest gift of a rhythm while cards are tested: five times the usual one, at most the amount that is chosen on
    the form at first. Testers want small sums that nobody sees."""
    least = campaign.least(rhythm)
    return max(least, min(RAISED * least, campaign.first_choice(rhythm) or RAISED * least))


@dataclass(frozen=True, slots=True)
class Look:
    """What this form meets: the site's step, or a higher one of its own. `again`: the same form was here lately."""

    step: int
    keys: Sequence[str]
    again: bool
    is_small: bool = False

    @property
    def needs_mailbox(self) -> bool:
        return self.is_small and self.step >= Step.RAISED

    def count(self, *, at: datetime, hour: dict[str, int], **told: int) -> None:
        """A form that is sent again is no other try: impatient hands press twice, and a hundred times."""
        if not self.again:
            counting.count(self.keys, at=at, hour=hour, **told)


def look(attempt: Attempt, content: str, *, at: datetime) -> Look:
    """Two queries, and a third one where the site's step changes."""
    keys = counting.keys_of(attempt)
    form = counting.hashed("form", content)
    counts = counting.look([*keys.values(), form], at=at)
    state = standing.judge(standing.current(), counts[keys[SITE]], at=at)
    own = judging.pressures({kind: counts[key] for kind, key in keys.items()}, standing.normal(state, at=at))
    return Look(max(standing.step_of(state, at=at), *own.values()), [*keys.values(), form], counts[form].tries > 0)


def admit(
    attempt: Attempt, *, content: str, brought: str = "", solution: str = "", is_small: bool = False, at: datetime
) -> Passage:
    """Let a form on, or tell what it needs. `content` names the form, `brought` and `solution` are what came along with it.

    `is_small`: below the raised minimum, and its sum cannot be changed. From that step on the link by mail opens it alone.
    """
    seen = replace(look(attempt, content, at=at), is_small=is_small)
    ticket = tickets.read(brought, content, at=at) if brought else None
    if ticket and (ticket.step >= tickets.WORK_FROM or seen.step < tickets.WORK_FROM):
        return _with_ticket(ticket, solution, seen, at=at)
    return _without(content, seen, at=at)


def is_too_small(attempt: Attempt, *, content: str, at: datetime) -> bool:
    """Whether it meets the raised minimum, below which it is. Counted: a form that is refused is blocked."""
    seen = look(attempt, content, at=at)
    if seen.step < Step.RAISED:
        return False
    seen.count(at=at, hour={"tries": 1, "refused": 1}, tries=1)
    return True


def remember(donation: Donation, passage: Passage, *, at: datetime) -> None:
    """Where its outcome is to be counted."""
    GuardTrace.objects.bulk_create([GuardTrace(donation=donation, keys=list(passage.keys), at=at)], ignore_conflicts=True)
    if passage.ticket:
        GuardTicket.objects.filter(name=passage.ticket.name, donation=None).update(donation=donation)


def _without(content: str, seen: Look, *, at: datetime) -> Passage:
    if seen.step == Step.NORMAL:
        seen.count(at=at, hour={"tries": 1}, tries=1)
        return Passage(may_go=True, step=seen.step, keys=seen.keys)
    seen.count(at=at, hour={"tries": 1, "asked": 1}, tries=1, turned=1)
    ticket = tickets.give(content, step=seen.step, at=at)
    return Passage(False, seen.step, seen.keys, ticket, ticket.seconds_left(at=at), seen.needs_mailbox)


def _with_ticket(ticket: Ticket, solution: str, seen: Look, *, at: datetime) -> Passage:
    if left := ticket.seconds_left(at=at):
        return Passage(False, max(seen.step, ticket.step), seen.keys, ticket, left, seen.needs_mailbox)
    has_worked = seen.step < tickets.WORK_FROM or (tickets.is_solved(ticket, solution) and not seen.needs_mailbox)
    if not ticket.mailed and not has_worked:
        return Passage(False, seen.step, seen.keys, ticket, needs_mailbox=seen.needs_mailbox)
    may_go, is_first = tickets.spend(ticket, at=at)
    if not may_go:
        return _without(ticket.content, seen, at=at)
    if is_first:
        held = {"held": 1} if seen.step >= Step.HELD else {}
        counting.count(seen.keys, at=at, hour={"passed": 1} | held, turned=-1)
    return Passage(True, seen.step, seen.keys, ticket)
