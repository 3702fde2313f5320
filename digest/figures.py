"""Counts in words."""

from digest.models import Delivery

Status = Delivery.Status
ALWAYS = {Status.ACCEPTED: "accepted", Status.REFUSED: "refused", Status.UNKNOWN: "unknown"}
WHEN_THERE = {Status.SKIPPED: "left before", Status.DUE: "still due", Status.CLAIMED: "being sent"}


def in_words(tally: dict[str, int]) -> str:
    """“48 readers: 47 accepted, 1 refused, 0 unknown”, and the other states where there is somebody in them."""
    if not tally:
        return "0 readers"
    parts = [f"{tally.get(status, 0):,} {word}" for status, word in ALWAYS.items()]
    parts += [f"{tally[status]:,} {word}" for status, word in WHEN_THERE.items() if tally.get(status)]
    return f"{count(sum(tally.values()), 'reader')}: {', '.join(parts)}"


def count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
