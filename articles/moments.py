"""Moments as people type and read them: in the newsroom's own zone, right where its clocks jump."""

import re
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats, timezone

OFFSET = re.compile(r"(Z|[+-]\d\d:?\d\d)\s*$")  # a program says in which zone it means it
PAPER_TIME = "j F Y, H:i"
WITH_DAY = "l j F Y, H:i"
WITHOUT_YEAR = "l j F, H:i"


def moment(at: datetime | None, form: str = PAPER_TIME) -> str:
    return formats.date_format(timezone.localtime(at), form) if at else ""


def zone() -> str:
    """“Lima time”; “UTC”."""
    name = timezone.get_current_timezone_name().rpartition("/")[2].replace("_", " ")
    return name if name == "UTC" else f"{name} time"


def told(at: datetime, *, now: datetime | None = None) -> str:
    """“Tuesday 24 November 2026, 09:00, Lima time”; without the year where it is that of `now`."""
    is_this_year = now is not None and timezone.localtime(now).year == timezone.localtime(at).year
    return f"{moment(at, WITHOUT_YEAR if is_this_year else WITH_DAY)}{which(at)}, {zone()}"


def which(at: datetime) -> str:
    """Of an hour that comes twice, because the clocks go back: which of the two. Else nothing."""
    local = timezone.localtime(at)
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return ""
    return f" (the {'second' if local.fold else 'first'} of two: the clocks go back)"


class MomentField(forms.DateTimeField):
    """A day and a time in the newsroom's zone. What the clocks skip is refused with a sentence; of what comes twice the first
    is meant, and whoever shows the moment says so."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    default_error_messages = {"invalid": "Give a day and a time that the calendar has, for example 2026-11-24 09:00."}

    def to_python(self, value: Any) -> datetime | None:
        if not isinstance(value, str) or not value.strip() or OFFSET.search(value):
            return super().to_python(value)
        try:
            return self._typed(value)
        except (ValueError, OverflowError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def _typed(self, value: str) -> datetime:
        with timezone.override(UTC):  # where every hour of a day is there: the newsroom's clocks are asked below
            typed = super().to_python(value)
        assert typed is not None
        at = typed.replace(tzinfo=timezone.get_current_timezone(), fold=0).astimezone(UTC)
        if timezone.localtime(at).replace(tzinfo=None) != typed.replace(tzinfo=None):
            sentence = f"There is no {typed:%H:%M} on that day: the clocks go forward over it. Choose another time."
            raise ValidationError(sentence, code="gap")
        return at
