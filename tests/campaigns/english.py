"""What of a text is still English although it has a Spanish translation."""

import html
import re

from newsroom import labels


def left_in(text: str) -> list[str]:
    """The marked sentences that stand there as they are in the code. Of sentences with gaps, the longest part between them."""
    plain = html.unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split()))
    words = f" {plain} "
    return [one for one in _sentences() if f" {one} " in words or (len(one) > 12 and one in words)]


def _sentences() -> list[str]:
    spoken = {told for catalog in map(labels.read, labels.catalogs()) for one in catalog for told in _forms(one.string)}
    said = {form for one in labels.marked() if one.id for form in _forms(one.id)} - spoken
    return [part for one in said if len(part := _longest(one)) > 5 and " " in part]


def _forms(told: object) -> tuple[str, ...]:
    return (told,) if isinstance(told, str) else tuple(told or ())  # type: ignore[arg-type]


def _longest(sentence: str) -> str:
    plain = re.sub(r"<[^>]+>", "%()s", sentence)
    return max((part.strip() for part in re.split(r"%\(\w*\)s|\{\w+\}", plain)), key=len)
