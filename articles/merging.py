"""Two people changed one text: what each of them changed, put together field by field. Pure: no database, no clock."""

from dataclasses import dataclass

from articles.contents import LABELS, Content


@dataclass(frozen=True)
class Merge:
    merged: Content  # with mine where both changed the same field
    theirs: Content
    clashes: list[str]  # fields that both changed, each otherwise
    taken: list[str]  # fields that they alone changed


def merge(base: Content, mine: Content, theirs: Content) -> Merge:
    """Nothing that either side wrote is dropped but by the choice of a person: a field that one side left alone is the
    other's, tags are put together one by one, and of what both rewrote both texts are given."""
    fields: dict[str, object] = {}
    clashes, taken = [], []
    for name in LABELS:
        before, my, their = (getattr(content, name) for content in (base, mine, theirs))
        if my in (before, their):
            fields[name] = their
            taken += [name] if their != my else []
        elif name == "tags":
            fields[name] = together(before, my, their)
        else:
            fields[name] = my
            clashes += [name] if their != before else []
    return Merge(mine.with_changes(**fields), theirs, clashes, taken)


def together(base: tuple[str, ...], mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    """Tags: all that either added, without those that either took away. Capitals do not count."""
    was, my, their = ({name.casefold(): name for name in names} for names in (base, mine, theirs))
    gone = {key for key in was if key not in my or key not in their}
    return tuple(name for key, name in (their | my).items() if key not in gone)
