"""The slots of the front page as an editor's form, and what its buttons do to them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from articles import synonyms
from articles.composing import HEAD, STRIP
from articles.fronting import MOST_SECONDS, MOST_STRIPS, NEEDS_A_LIST, Choice
from articles.models import Section, Tag
from articles.models.front import MOST_ENTRIES, Place
from articles.moments import MomentField

MOST_ROWS = 1 + MOST_SECONDS + MOST_STRIPS
MOST_KEY = 2**63 - 1


class SlotForm(forms.Form):
    """One slot. What a strip is filled from is chosen (a section) or typed (a tag)."""

    place = forms.ChoiceField(choices=Place, widget=forms.HiddenInput)
    article = forms.IntegerField(required=False, min_value=1, max_value=MOST_KEY, widget=forms.HiddenInput)
    shown = forms.IntegerField(required=False, min_value=1, max_value=MOST_KEY, widget=forms.HiddenInput)
    until = MomentField(required=False, label="Stays until")
    section = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    tag = forms.CharField(required=False, max_length=100, label="or tag", widget=forms.TextInput(attrs={"autocomplete": "off"}))
    entries = forms.IntegerField(required=False, min_value=1, max_value=MOST_ENTRIES, label="Stories")
    title = forms.CharField(required=False, max_length=80, label="Title, if not its name")

    def __init__(self, *args: Any, sections: list[tuple[Any, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["section"].choices = sections  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("place") == Place.STRIP and not self.errors:
            name = told.get("tag") or ""
            told["tag_row"] = synonyms.named(name) if name else None
            if name and not told["tag_row"]:
                self.add_error("tag", f"There is no tag “{name}”.")
            elif bool(name) == bool(told.get("section")):
                self.add_error("section", NEEDS_A_LIST)
        return told

    def choice(self) -> Choice:
        told = self.cleaned_data
        until = told["until"] if told["article"] else None
        if told["place"] != Place.STRIP:
            return Choice(told["place"], told["article"], until)
        tag = told["tag_row"].pk if told["tag_row"] else None
        return Choice(Place.STRIP, told["article"], until, told["section"], tag, told["entries"] or STRIP, told["title"])


def sections() -> list[tuple[Any, str]]:
    return [("", "– no section –"), *Section.objects.values_list("pk", "name")]


def typed(data: Mapping[str, Any]) -> list[SlotForm]:
    """The slots of a form that was sent."""
    number = str(data.get("slots", "0"))
    known = sections()
    rows = min(int(number), MOST_ROWS + 1) if number.isdecimal() and len(number) < 4 else 0
    return [SlotForm(data, prefix=f"s{n}", sections=known) for n in range(rows)]


def unsent(choices: list[Choice], shown: list[int | None]) -> list[SlotForm]:
    known = sections()
    tags = Tag.objects.in_bulk([choice.tag for choice in choices if choice.tag])
    told = [{**_initial(choice, tags), "shown": key} for choice, key in zip(choices, shown, strict=True)]
    return [SlotForm(initial=initial, prefix=f"s{n}", sections=known) for n, initial in enumerate(told)]


def _initial(choice: Choice, tags: dict[int, Tag]) -> dict[str, Any]:
    named = {name: getattr(choice, name) for name in ("place", "article", "until", "section", "entries", "title")}
    return named | {"tag": tags[choice.tag].name if choice.tag in tags else ""}


# What the buttons do


def pressed(data: Mapping[str, Any], rows: list[SlotForm]) -> list[Choice]:
    """The slots after the button that was pressed did its work. ValidationError says what cannot be."""
    choices, shown = [row.choice() for row in rows], [row.cleaned_data["shown"] for row in rows]
    for name, deed in DEEDS.items():
        if name in data:
            return list(deed(choices, shown, data, str(data[name])))
    return choices


def _at(choices: list[Choice], number: str) -> int:
    if not number.isdecimal() or len(number) > 3 or int(number) >= len(choices):
        raise ValidationError("That slot is gone. Look at the page as it is now.")
    return int(number)


def _move(choices: list[Choice], shown: list[int | None], start: int, end: int) -> list[Choice]:
    """Within the head, or among the strips. A story that only a rule put into the slot is chosen by moving it."""
    moved = choices[start]
    group = [n for n, other in enumerate(choices) if (other.place == Place.STRIP) == (moved.place == Place.STRIP)]
    if end not in group or end == start:
        return choices
    if moved.place != Place.STRIP and not moved.article:
        moved = replace(moved, article=shown[start])
    rest = [choice for n, choice in enumerate(choices) if n != start]
    rest.insert(end, moved)
    places = [choice.place for choice in choices]
    return [replace(choice, place=place) for choice, place in zip(rest, places, strict=True)]


def _up(choices: list[Choice], shown: list[int | None], data: Any, number: str) -> list[Choice]:
    start = _at(choices, number)
    return _move(choices, shown, start, start - 1)


def _down(choices: list[Choice], shown: list[int | None], data: Any, number: str) -> list[Choice]:
    start = _at(choices, number)
    return _move(choices, shown, start, start + 1)


def _to(choices: list[Choice], shown: list[int | None], data: Any, ends: str) -> list[Choice]:
    """“3:1”, as dragged."""
    start, _, end = ends.partition(":")
    return _move(choices, shown, _at(choices, start), _at(choices, end))


def _open(choices: list[Choice], shown: list[int | None], data: Any, number: str) -> Iterator[Choice]:
    """Let it fill itself."""
    at = _at(choices, number)
    return (replace(choice, article=None, until=None) if n == at else choice for n, choice in enumerate(choices))


def _pin(choices: list[Choice], shown: list[int | None], data: Any, number: str) -> Iterator[Choice]:
    """What a rule put there stays."""
    at = _at(choices, number)
    return (replace(choice, article=choice.article or shown[at]) if n == at else choice for n, choice in enumerate(choices))


def _remove(choices: list[Choice], shown: list[int | None], data: Any, number: str) -> list[Choice]:
    at = _at(choices, number)
    if choices[at].place == Place.LEAD:
        raise ValidationError("There is always a lead. Let it fill itself, or put another story there.")
    return [choice for n, choice in enumerate(choices) if n != at]


def _put(choices: list[Choice], shown: list[int | None], data: Any, key: str) -> Iterator[Choice]:
    """An article into a slot, out of the one it stood in."""
    into = _at(choices, str(data.get("into", "0")))
    if not key.isdecimal() or not 0 < int(key[:19]) <= MOST_KEY:
        raise ValidationError("Choose an article.")
    pk = int(key[:19])
    for n, choice in enumerate(choices):
        if n == into:
            yield replace(choice, article=pk, until=None)
        else:
            yield replace(choice, article=None, until=None) if choice.article == pk else choice


def _add(choices: list[Choice], shown: list[int | None], data: Any, what: str) -> list[Choice]:
    if what == Place.SECOND:
        head = sum(choice.place != Place.STRIP for choice in choices)
        return [*choices[:head], Choice(Place.SECOND), *choices[head:]]
    told = {name: data.get(f"new-{name}") for name in ("section", "tag", "entries")}
    row = SlotForm({**told, "place": Place.STRIP}, sections=sections())
    if not row.is_valid():
        raise ValidationError([message for messages in row.errors.values() for message in messages])
    return [*choices, row.choice()]


DEEDS = {
    "_up": _up,
    "_down": _down,
    "_to": _to,
    "_open": _open,
    "_pin": _pin,
    "_remove": _remove,
    "_put": _put,
    "_add": _add,
}


def by_hand() -> list[Choice]:
    """What the page is by rule, as slots to begin with."""
    navigated = Section.objects.filter(in_navigation=True)[:MOST_STRIPS]
    head = [Choice(Place.LEAD), *[Choice(Place.SECOND)] * (HEAD - 1)]
    return [*head, *(Choice(Place.STRIP, section=section.pk, entries=STRIP) for section in navigated)]
